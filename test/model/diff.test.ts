import { describe, expect, test } from "bun:test";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { RowId } from "#contract/layout.ts";
import { type Baseline, type Delta, EMPTY_BASELINE, isEmptyDelta } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import { applySplices, joinSplices } from "../../src/model/order.ts";
import type { TabSnapshot } from "../../src/model/snapshot.ts";
import { applyDelta } from "../support/apply-delta.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import {
  ALL_ACTIONS,
  act,
  below,
  createTable,
  pick,
  ROW_ACTIONS,
  type TableAction,
  toSnapshot,
} from "../support/table-script.ts";

function expectEqual(baseline: Baseline, tab: TabSnapshot): void {
  expect(baseline.columns.map(({ header }) => header)).toEqual(tab.columns.map(({ header }) => header));
  expect(new Set(baseline.columns.map(({ key }) => key)).size).toBe(tab.columns.length);
  expect(new Set(baseline.columns.map(({ slot }) => slot)).size).toBe(tab.columns.length);
  expect(baseline.order.length).toBe(tab.rows.length);
  expect(new Set(baseline.order).size).toBe(tab.rows.length);
  baseline.order.forEach((id, index) => {
    const values = baseline.rows.get(id)!.values;
    baseline.columns.forEach(({ slot }, position) => {
      if (cellsEqual(values[slot], tab.rows[index]![position])) return;
      throw new Error(
        `row ${index} column ${position}: ${JSON.stringify([values[slot], tab.rows[index]![position]])}`,
      );
    });
  });
}

const tab = (
  rows: readonly (readonly CellValue[])[],
  headers = ["a", "b", "c"],
  keyColumn?: number,
): TabSnapshot => ({
  tabId: "1",
  title: "T",
  columns: headers.map((header) => ({ header, type: "mixed" })),
  rows,
  ...(keyColumn === undefined ? {} : { keyColumn }),
});

const first = (snapshot: TabSnapshot): Baseline =>
  applyDelta(EMPTY_BASELINE, diffTab(EMPTY_BASELINE, snapshot).delta);
const next = (baseline: Baseline, snapshot: TabSnapshot): Baseline =>
  applyDelta(baseline, diffTab(baseline, snapshot).delta);

describe("random scripts", () => {
  for (let seed = 1; seed <= 60; seed++) {
    test(`DIF-1 the delta turns the baseline into the snapshot, seed ${seed}`, () => {
      const random = createSeededRandom(seed);
      const distinct = random.float() < 0.3;
      const rows = [1, 3, 20, 200][seed % 4]!;
      const table = createTable(random, {
        rows,
        columns: 1 + below(random, 8),
        distinct,
        keyed: random.float() < 0.5,
      });
      let baseline = first(toSnapshot(table));
      expectEqual(baseline, toSnapshot(table));
      for (let poll = 0; poll < 30; poll++) {
        const script = Array.from({ length: 1 + below(random, 6) }, () => pick(random, ALL_ACTIONS));
        for (const action of script) act(random, table, action, distinct);
        const snapshot = toSnapshot(table);
        baseline = next(baseline, snapshot);
        expectEqual(baseline, snapshot);
        const again = diffTab(baseline, snapshot).delta;
        expect(isEmptyDelta(again)).toBe(true);
      }
    });
  }

  for (let seed = 1; seed <= 20; seed++) {
    test(`DIF-2 rows keep their ids through inserts, deletes, moves, sorts and edits, seed ${seed}`, () => {
      expectIdsKept(seed, false, ROW_ACTIONS);
    });
    test(`DIF-3 a row whose key stays keeps its id, whatever else changes in it, seed ${seed}`, () => {
      expectIdsKept(seed, true, [...ROW_ACTIONS, "editRow", "editRow"]);
    });
  }
});

function expectIdsKept(seed: number, keyed: boolean, actions: readonly TableAction[]): void {
  const random = createSeededRandom(`identity ${seed}`);
  const table = createTable(random, { rows: [5, 60, 400][seed % 3]!, columns: 6, distinct: true, keyed });
  let baseline = first(toSnapshot(table));
  const idOf = new Map<number, RowId>();
  const learn = (): void => {
    table.rows.forEach((row, index) => {
      const id = baseline.order[index]!;
      const known = idOf.get(row.id);
      if (known !== undefined && known !== id) throw new Error(`row ${row.id} was ${known}, is ${id}`);
      idOf.set(row.id, id);
    });
  };
  learn();
  for (let poll = 0; poll < 25; poll++) {
    // Without a key, a row of six cells that lost most of them is another row: two edits a poll at most.
    let edits = 0;
    for (let n = 1 + below(random, 5); n > 0; n--) {
      const action = pick(random, actions);
      if (keyed || action !== "editCell" || edits++ < 2) act(random, table, action, true);
    }
    baseline = next(baseline, toSnapshot(table));
    learn();
  }
  expect(new Set(idOf.values()).size).toBe(idOf.size);
}

describe("what a person would expect", () => {
  const rows = [
    ["tea", 3, "x"],
    ["coffee", 4, "y"],
    ["cocoa", 5, "z"],
  ];
  const base = first(tab(rows));

  test("DIF-4 an equal snapshot gives an empty delta", () => {
    expect(isEmptyDelta(diffTab(base, tab(rows)).delta)).toBe(true);
  });

  test("DIF-5 one changed cell is one cell, whatever else the row holds", () => {
    const { delta } = diffTab(base, tab([rows[0]!, ["coffee", 9, "y"], rows[2]!]));
    expect(delta).toEqual({ added: [], cells: [[2, 1, 9]], removed: [], order: [] });
  });

  test("DIF-6 a row inserted on top is one row and one place", () => {
    const { delta } = diffTab(base, tab([["milk", 1, "w"], ...rows]));
    expect(delta).toEqual({
      added: [[4, ["milk", 1, "w"]]],
      cells: [],
      removed: [],
      order: [{ at: 0, remove: 0, insert: [4] }],
    });
  });

  test("DIF-7 a deleted row's id is not given out again", () => {
    const without = next(base, tab(rows.slice(0, 2)));
    expect(without.order).toEqual([1, 2]);
    expect(next(without, tab([...rows.slice(0, 2), ["milk", 1, "w"]])).order).toEqual([1, 2, 4]);
  });

  test("DIF-8 a moved row changes the order alone, in two places at most", () => {
    const { delta } = diffTab(base, tab([rows[2]!, rows[0]!, rows[1]!]));
    expect([delta.added, delta.cells, delta.removed]).toEqual([[], [], []]);
    expect(applySplices(base.order, delta.order)).toEqual([3, 1, 2]);
    expect(delta.order.length).toBe(2);
  });

  test("DIF-9 a row that moved and changed a cell keeps its id", () => {
    expect(next(base, tab([["cocoa", 6, "z"], rows[0]!, rows[1]!])).order).toEqual([3, 1, 2]);
  });

  test("DIF-10 a column inserted on the left changes columns alone", () => {
    const { delta } = diffTab(
      base,
      tab(
        rows.map((row) => [null, ...row]),
        ["", "a", "b", "c"],
      ),
    );
    expect(delta.cells).toEqual([]);
    expect(delta.order).toEqual([]);
    expect(delta.columns!.map(({ slot, key }) => [slot, key])).toEqual([
      [3, "column_1"],
      [0, "a"],
      [1, "b"],
      [2, "c"],
    ]);
  });

  test("DIF-11 a renamed column keeps its slot and takes the new header as its key", () => {
    const { delta } = diffTab(base, tab(rows, ["a", "price", "c"]));
    expect(delta.columns![1]).toMatchObject({ slot: 1, header: "price", key: "price" });
    expect(delta.cells).toEqual([]);
  });

  test("DIF-12 moved columns keep their slots", () => {
    const { delta } = diffTab(
      base,
      tab(
        rows.map(([a, b, c]) => [c!, a!, b!]),
        ["c", "a", "b"],
      ),
    );
    expect(delta.columns!.map(({ slot }) => slot)).toEqual([2, 0, 1]);
    expect(delta.cells).toEqual([]);
  });

  test("DIF-13 a slot is not given out again, so old values cannot come back", () => {
    const without = next(
      base,
      tab(
        rows.map((row) => row.slice(0, 2)),
        ["a", "b"],
      ),
    );
    const again = next(
      without,
      tab(
        rows.map((row) => [...row.slice(0, 2), null]),
        ["a", "b", "c"],
      ),
    );
    expect(again.columns[2]!.slot).toBe(3);
    expectEqual(
      again,
      tab(
        rows.map((row) => [...row.slice(0, 2), null]),
        ["a", "b", "c"],
      ),
    );
  });

  test("DIF-14 with a key column, another key is another row", () => {
    const keyed = first(tab(rows, ["a", "b", "c"], 0));
    const after = next(keyed, tab([["tea", 3, "x"], ["water", 4, "y"], rows[2]!], ["a", "b", "c"], 0));
    expect(after.order).toEqual([1, 4, 3]);
  });

  test("DIF-15 rows with a blank or repeated key are told apart by content and reported", () => {
    const odd = [
      ["tea", 1, "x"],
      [null, 2, "y"],
      ["tea", 3, "z"],
      ["milk", 4, "w"],
    ];
    const keyed = first(tab(odd, ["a", "b", "c"], 0));
    const shuffled = [odd[3]!, odd[2]!, [null, 2, "changed"], odd[0]!];
    const { delta, keysUnusable } = diffTab(keyed, tab(shuffled, ["a", "b", "c"], 0));
    expect(keysUnusable).toBe(3);
    expect(applySplices(keyed.order, delta.order)).toEqual([4, 3, 2, 1]);
  });

  test("DIF-16 equal rows keep their order among themselves", () => {
    const same = first(tab([["a"], ["a"], ["a"], ["b"]], ["h"]));
    expect(next(same, tab([["a"], ["a"], ["b"]], ["h"])).order.slice(0, 2)).toEqual([1, 2]);
  });

  test("DIF-20 a row that lost all of several cells is gone, and the blank or short one at its place is new", () => {
    const before = first(tab([...rows.slice(0, 2), ["rye", 7, "q"]]));
    expect(next(before, tab([...rows.slice(0, 2), [null, 5_000_023], ["jam"]])).order).toEqual([1, 2, 4, 5]);
    expect(next(before, tab([...rows.slice(0, 2), ["wish", null, 260]])).order).toEqual([1, 2, 4]);
  });

  test("DIF-21 of two rows that may be the one, the more alike is, be it further away", () => {
    const before = first(
      tab(
        [
          ["row 1", "coffee", 384, "sold out"],
          ["row 2", "tea", 295, 7],
          ["row 6", "coffee", 735, "sold out"],
        ],
        ["a", "b", "c", "d"],
      ),
    );
    const after = next(
      before,
      tab(
        [
          ["row 6", "coffee", 400, "typed"],
          ["row 2", "tea", 295, 7],
          ["row 1", "coffee", 284, "sold out"],
        ],
        ["a", "b", "c", "d"],
      ),
    );
    expect(after.order[2]).toBe(1);
    expect(after.order[0]).not.toBe(1);
  });

  test("DIF-17 the text of a number is not the number, an error is not its text", () => {
    const { delta } = diffTab(first(tab([[1, "#N/A", ""]])), tab([["1", { error: "#N/A" }, null]]));
    expect(delta.cells).toEqual([
      [1, 0, "1"],
      [1, 1, { error: "#N/A" }],
      [1, 2, null],
    ]);
  });
});

describe("order", () => {
  test("DIF-18 joined splices give the same order in fewer pieces", () => {
    const random = createSeededRandom("splices");
    for (let round = 0; round < 200; round++) {
      const table = createTable(random, { rows: below(random, 60), columns: 3, distinct: true });
      const baseline = first(toSnapshot(table));
      for (let n = below(random, 12); n > 0; n--) act(random, table, pick(random, ROW_ACTIONS), true);
      const { order } = diffTab(baseline, toSnapshot(table)).delta;
      const joined = joinSplices(order, baseline.order);
      expect(applySplices(baseline.order, joined)).toEqual(applySplices(baseline.order, order));
      expect(joined.length).toBeLessThanOrEqual(order.length);
    }
  });
});

describe("formulas", () => {
  const columns = [
    { header: "n", type: "number" },
    { header: "double", type: "number" },
  ] as const;
  const tab = (rows: TabSnapshot["rows"], formulas?: TabSnapshot["formulas"]): TabSnapshot => ({
    tabId: "t",
    title: "T",
    columns,
    rows,
    ...(formulas ? { formulas } : {}),
  });
  const withFormulas = (baseline: Baseline, delta: Delta): Baseline => {
    const next = applyDelta(baseline, delta);
    const rows = new Map(next.rows);
    for (const [id, slot, text] of delta.formulas ?? []) {
      const row = rows.get(id)!;
      const formulas = new Map(row.formulas).set(slot, text);
      if (text === "") formulas.delete(slot);
      rows.set(id, { ...row, formulas });
    }
    return { ...next, rows };
  };

  test("DIF-19 formulas come with added rows, and then what came, changed or went", () => {
    const first = tab(
      [
        [1, 2],
        [2, 4],
      ],
      [[null, "=A2*2"], []],
    );
    const { delta } = diffTab(EMPTY_BASELINE, first);
    expect(delta.formulas).toEqual([[1, 1, "=A2*2"]]);
    const known = withFormulas(EMPTY_BASELINE, delta);
    expect(isEmptyDelta(diffTab(known, first).delta)).toBe(true);
    const moved = tab(
      [
        [0, 0],
        [1, 2],
        [2, 4],
      ],
      [[], [null, "=A3*2"], [null, "=A4*2"]],
    );
    const second = diffTab(known, moved).delta;
    expect(second.formulas).toEqual([
      [1, 1, "=A3*2"],
      [2, 1, "=A4*2"],
    ]);
    expect(isEmptyDelta({ ...second, added: [], order: [] })).toBe(false);
    const after = withFormulas(known, second);
    const without = diffTab(after, tab(moved.rows)).delta;
    expect(without.formulas).toEqual([
      [1, 1, ""],
      [2, 1, ""],
    ]);
  });
});
