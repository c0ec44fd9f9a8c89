import { describe, expect, test } from "bun:test";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column } from "#contract/layout.ts";
import { type Baseline, type Delta, EMPTY_BASELINE, isEmptyDelta } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import { createView, type ViewDefinition } from "../../src/model/view.ts";
import { type Claims, compileWhere } from "../../src/model/where/compile.ts";
import { claimsOf, columnsOf } from "../../src/model/where/expression.ts";
import { parseWhere } from "../../src/model/where/parse.ts";
import { applyDelta } from "../support/apply-delta.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { ALL_ACTIONS, act, below, createTable, pick, toSnapshot } from "../support/table-script.ts";

const COLUMNS: Column[] = ["Price", "In stock", "Category", "Sold"].map((key, slot) => ({
  slot,
  header: key,
  key,
  type: "mixed",
}));

function holds(where: string, row: CellValue[], claims: Claims = {}): boolean {
  const parsed = parseWhere(where);
  if (!parsed.ok) throw new Error(`${where}: ${parsed.error.problem}`);
  return compileWhere(parsed.value, COLUMNS, claims)(row);
}

describe("conditions", () => {
  const row: CellValue[] = [89.5, 0, "Tents", true];

  test("WHR-1 every comparison, joined and nested", () => {
    const right = [
      "Price = 89.5",
      "Price == 89.5",
      "Price != 90 and Price <> 91",
      "Price < 90 and Price <= 89.5 and Price > -1e2 and Price >= 89.5",
      `"In stock" = 0`,
      "`In stock` = 0 AND Sold = TRUE",
      "Category in ('Footwear', 'Tents')",
      "Category not in ('Footwear')",
      "Category contains 'ENT' and Category starts with 'te' and Category ends with 's'",
      "Category is not blank and not Category is blank",
      "not (Price > 100 or Sold = false)",
      "Price > 100 and Sold = false or Category = 'Tents'",
      "Category = claims.category",
      "Price < date '2026-05-01' and date '1900-01-01' = 2",
      "100 > Price",
    ];
    for (const where of right)
      expect([where, holds(where, row, { category: "Tents" })]).toEqual([where, true]);
    expect(holds("Category = 'it''s'", [1, 0, "it's"])).toBe(true);
  });

  test("WHR-2 values compare within their type", () => {
    expect(holds("Price = '89.5'", row)).toBe(false);
    expect(holds("Price < 'a'", row)).toBe(false);
    expect(holds("Category > 5", row)).toBe(false);
    expect(holds("Sold = 1", row)).toBe(false);
    expect(holds("Category = ''", [1, 0, null])).toBe(true);
    expect(holds("Category = blank", [1, 0, ""])).toBe(true);
    expect(holds("Category < 'a'", [1, 0, null])).toBe(false);
    const error: CellValue[] = [{ error: "#REF!" }, 0, "x"];
    expect(holds("Price = Price", error)).toBe(false);
    expect(holds("Price is blank", error)).toBe(false);
  });

  test("WHR-3 what cannot be read is refused with the place, the problem and the fix", () => {
    const wrong: [string, number][] = [
      ["", 0],
      ["Price", 5],
      ["Price =", 7],
      ["Price = 'a", 8],
      ["(Price = 1", 10],
      ["Price = 1 Sold = 2", 10],
      ["Price is 5", 9],
      ["Category in ()", 13],
      ["Price = 1; drop", 9],
      ["constructor('return 1')()", 11],
      ["Price < date 'tomorrow'", 13],
      [`${"not ".repeat(60)}Sold = true`, 200],
      ["x".repeat(5000), 4000],
    ];
    for (const [where, at] of wrong) {
      const parsed = parseWhere(where);
      expect([where, parsed.ok]).toEqual([where, false]);
      if (!parsed.ok) {
        expect([where, parsed.error.at]).toEqual([where, at]);
        expect(parsed.error.fix).not.toBe("");
      }
    }
    const random = createSeededRandom("where");
    const pieces = [
      "Price",
      "=",
      "(",
      ")",
      "'a'",
      "and",
      "or",
      "not",
      "in",
      ",",
      "1",
      "is",
      "blank",
      '"',
      "claims.x",
      "date",
    ];
    for (let i = 0; i < 5000; i++) {
      parseWhere(Array.from({ length: below(random, 12) }, () => pick(random, pieces)).join(" "));
    }
  });

  test("WHR-4 a column or a claim that is not there wants no row, not even by `not`", () => {
    expect(holds("not (Secret = true)", row)).toBe(false);
    expect(holds("Price = 89.5 or Category = claims.nothing", row)).toBe(false);
    expect(holds("Category != claims.constructor", row)).toBe(false);
    const parsed = parseWhere("Price = claims.b and (Sold = claims.a or Price > 1)");
    expect(parsed.ok && [columnsOf(parsed.value), claimsOf(parsed.value)]).toEqual([
      ["Price", "Sold"],
      ["a", "b"],
    ]);
  });
});

/** What a view shows, made the plain way. */
function plainly(
  definition: ViewDefinition,
  tab: Baseline,
): { keys: string[]; rows: [number, CellValue[]][] } {
  const columns = definition.columns
    ? definition.columns.flatMap((key) => tab.columns.find((column) => column.key === key) ?? [])
    : tab.columns;
  const test_ = definition.where ? compileWhere(definition.where, tab.columns, {}) : () => true;
  let ids = tab.order.filter((id) => test_(tab.rows.get(id)!.values));
  for (const { key, descending } of definition.order ?? []) {
    const slot = tab.columns.find((column) => column.key === key)?.slot;
    if (slot === undefined) continue;
    const rank = (id: number): [number, CellValue] => {
      const value = tab.rows.get(id)!.values[slot] ?? null;
      const kind =
        value === null ? 4 : { number: 0, string: 1, boolean: 2, object: 3 }[typeof value as "number"];
      return [kind, value];
    };
    ids = [...ids].sort((a, b) => {
      const [[kindA, x], [kindB, y]] = [rank(a), rank(b)];
      if (kindA === 4 || kindB === 4) return kindA - kindB || a - b;
      const sign = descending ? -1 : 1;
      return sign * (kindA - kindB || (kindA === 3 ? 0 : x! < y! ? -1 : x! > y! ? 1 : 0)) || a - b;
    });
  }
  return {
    keys: columns.map(({ key }) => key),
    rows: ids
      .slice(0, definition.limit)
      .map((id) => [id, columns.map(({ slot }) => tab.rows.get(id)!.values[slot] ?? null)]),
  };
}

describe("views", () => {
  const parse = (where: string): NonNullable<ViewDefinition["where"]> => {
    const parsed = parseWhere(where);
    if (!parsed.ok) throw new Error(parsed.error.problem);
    return parsed.value;
  };
  const definitions: ViewDefinition[] = [
    {},
    { columns: ["column 2", "column 0", "nowhere"] },
    { where: parse(`"column 1" is blank or "column 1" > 1`) },
    { where: parse(`"column 0" = 'a'`), limit: 3, columns: ["column 0"] },
    { order: [{ key: "column 1" }], limit: 10 },
    { order: [{ key: "column 2", descending: true }], where: parse(`"column 0" is not blank`) },
  ];

  for (let seed = 1; seed <= 24; seed++) {
    test(`VIE-1 a view shows what its definition says, whatever happened to the tab, seed ${seed}`, () => {
      const random = createSeededRandom(`view ${seed}`);
      const table = createTable(random, { rows: 40, columns: 4, distinct: false });
      const definition = definitions[seed % definitions.length]!;
      const view = createView(definition, {});
      let tab = EMPTY_BASELINE;
      let shown = EMPTY_BASELINE;
      const step = (delta: Delta, first: boolean): void => {
        tab = applyDelta(tab, delta);
        const change = first ? view.reconcile(tab, shown) : view.follow(tab, delta, shown);
        shown = applyDelta(shown, change);
        const wanted = plainly(definition, tab);
        expect(shown.columns.map(({ key }) => key)).toEqual(wanted.keys);
        expect(shown.order).toEqual(wanted.rows.map(([id]) => id));
        for (const [id, cells] of wanted.rows) {
          const { values } = shown.rows.get(id)!;
          shown.columns.forEach(({ slot }, i) => {
            if (!cellsEqual(values[slot], cells[i]))
              throw new Error(`row ${id}: ${values[slot]} is not ${cells[i]}`);
          });
        }
        expect(isEmptyDelta(view.reconcile(tab, shown))).toBe(true);
      };
      step(diffTab(tab, toSnapshot(table)).delta, true);
      for (let poll = 0; poll < 40; poll++) {
        for (let n = 1 + below(random, 5); n > 0; n--) act(random, table, pick(random, ALL_ACTIONS), false);
        step(diffTab(tab, toSnapshot(table)).delta, false);
      }
    });
  }

  test("VIE-2 a change that the view does not show gives an empty delta, one that it shows only that", () => {
    const view = createView({ columns: ["a"], where: parse("b = 1") }, {});
    const rows = Array.from({ length: 100 }, (_, i) => [`a${i}`, i % 2, `c${i}`]);
    const columns = ["a", "b", "c"].map((header) => ({ header, type: "mixed" as const }));
    const snapshot = (): Parameters<typeof diffTab>[1] => ({ tabId: "0", title: "T", columns, rows });
    let tab = applyDelta(EMPTY_BASELINE, diffTab(EMPTY_BASELINE, snapshot()).delta);
    let shown = applyDelta(EMPTY_BASELINE, view.reconcile(tab, EMPTY_BASELINE));
    const change = (edit: () => void): Delta => {
      edit();
      const { delta } = diffTab(tab, snapshot());
      tab = applyDelta(tab, delta);
      const seen = view.follow(tab, delta, shown);
      shown = applyDelta(shown, seen);
      return seen;
    };
    expect(isEmptyDelta(change(() => (rows[1]![2] = "unseen column")))).toBe(true);
    expect(isEmptyDelta(change(() => (rows[2]![0] = "unseen row")))).toBe(true);
    expect(change(() => (rows[3]![0] = "seen"))).toMatchObject({
      cells: [[4, 0, "seen"]],
      added: [],
      order: [],
    });
    expect(change(() => (rows[3]![1] = 0))).toMatchObject({ cells: [], added: [], removed: [4] });
    expect(change(() => (rows[3]![1] = 1))).toMatchObject({ cells: [], added: [[4, ["seen"]]], removed: [] });
  });

  test("VIE-3 rows and columns keep the tab's ids and slots", () => {
    const tab = applyDelta(EMPTY_BASELINE, {
      columns: COLUMNS,
      added: [
        [7, [1, 2, "x"]],
        [9, [3, 4, "y"]],
      ],
      cells: [],
      removed: [],
      order: [{ at: 0, remove: 0, insert: [9, 7] }],
    });
    const delta = createView({ columns: ["Category"] }, {}).reconcile(tab, EMPTY_BASELINE);
    expect(delta.columns!.map(({ slot }) => slot)).toEqual([2]);
    expect(delta.added).toEqual([
      [9, [null, null, "y"]],
      [7, [null, null, "x"]],
    ]);
  });
});
