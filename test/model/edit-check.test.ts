import { describe, expect, test } from "bun:test";
import { parseEdit, type Wish } from "#contract/edits.ts";
import type { Column, ColumnType } from "#contract/layout.ts";
import type { Baseline } from "../../src/model/delta.ts";
import { checkEdit, type EditedTab, type EditSettings, policyOf } from "../../src/model/edit-check.ts";

const TYPES: readonly ColumnType[] = [
  "text",
  "number",
  "boolean",
  "date",
  "time",
  "datetime",
  "mixed",
  "empty",
];
const columns: readonly Column[] = TYPES.map((type, slot) => ({
  slot,
  header: `A ${type}`,
  key: type,
  type,
}));
const slotOf = (type: ColumnType): number => TYPES.indexOf(type);

const baseline: Baseline = {
  columns,
  order: [1, 2],
  rows: new Map([
    [1, { values: ["a", 1, true] }],
    [2, { values: ["b", 2], formulas: new Map([[1, "=1+1"]]) }],
  ]),
  nextRow: 5,
  nextSlot: 10,
};
const tab: EditedTab = { name: "Prices", title: "Prices 2030", baseline, isProvisional: (row) => row === 7 };
const WRITABLE: EditSettings = { writable: true };

function wish(key: string, entry: unknown): Wish {
  const parsed = parseEdit(key, entry);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
}
const cell = (slot: number, value: unknown, row = 1): Wish => wish(`${row}:${slot}`, { value });
const code = (edit: Wish, settings: EditSettings = WRITABLE): string | null =>
  checkEdit(edit, tab, settings)?.code ?? null;

describe("edit check", () => {
  test("WRB-1 a source that is not writable takes nothing", () => {
    for (const edit of [cell(0, "x"), wish("+a", { values: {} }), wish("-1", {})]) {
      expect(code(edit, {})).toBe("read-only-source");
      expect(code(edit)).toBeNull();
    }
  });

  test("WRB-2 a column takes what it holds, and any cell may be emptied", () => {
    const taken: Record<string, string> = {};
    for (const type of TYPES) {
      taken[type] = [null, "12", 12, true].map((value) => code(cell(slotOf(type), value)) ?? "ok").join(" ");
    }
    expect(taken).toEqual({
      text: "ok ok ok ok",
      number: "ok not-a-number ok not-a-number",
      boolean: "ok not-a-boolean not-a-boolean ok",
      date: "ok not-a-number ok not-a-number",
      time: "ok not-a-number ok not-a-number",
      datetime: "ok not-a-number ok not-a-number",
      mixed: "ok ok ok ok",
      empty: "ok ok ok ok",
    });
  });

  test("WRB-2 a refusal names the column, what it was given and what it takes", () => {
    expect(checkEdit(cell(1, "soon"), tab, WRITABLE)?.why).toBe(
      'Column "A number" holds numbers, and "soon" is a text: give a number, or null to empty the cell.',
    );
    expect(checkEdit(cell(1, "x".repeat(500)), tab, WRITABLE)!.why.length).toBeLessThan(200);
  });

  test("WRB-2 errors and texts beyond 50,000 characters are refused", () => {
    expect(code(cell(0, { error: "#REF!" }))).toBe("error-value");
    expect(code(cell(0, "x".repeat(50_000)))).toBeNull();
    expect(code(cell(0, "x".repeat(50_001)))).toBe("too-long");
    expect(code(wish("+a", { values: { 0: "x".repeat(50_001) } }))).toBe("too-long");
    expect(code(wish("+a", { values: { 1: "soon" } }))).toBe("not-a-number");
  });

  test("WRB-3 formulas, and cells that hold one, are refused unless the settings allow them", () => {
    const formula = wish("1:1", { value: null, formula: "=A1" });
    const allowed = { ...WRITABLE, writes: { formulas: true } };
    expect(code(formula)).toBe("formulas-off");
    expect(code(formula, allowed)).toBeNull();
    expect(code(cell(1, 3, 2))).toBe("formula-cell");
    expect(code(cell(1, 3, 2), allowed)).toBeNull();
    expect(code(wish("1:1", { value: null, formula: `=${"A".repeat(50_000)}` }), allowed)).toBe("too-long");
  });

  test("WRB-4 a row or column that never was is refused; what was there once is left to be a conflict", () => {
    expect(code(cell(0, "x", 5))).toBe("no-such-row");
    expect(code(cell(0, "x", 4))).toBeNull();
    expect(code(cell(0, "x", 7))).toBeNull();
    expect(code(wish("-5", {}))).toBe("no-such-row");
    expect(code(wish("-4", {}))).toBeNull();
    expect(code(cell(10, "x"))).toBe("no-such-column");
    expect(code(cell(9, "x"))).toBeNull();
    expect(code(wish("+a", { values: { 9: "x" } }))).toBe("column-gone");
    expect(code(wish("+a", { values: { 10: "x" } }))).toBe("no-such-column");
    expect(code(wish("+a", { values: {}, after: 5 }))).toBe("no-such-row");
  });

  test("WRB-5 a column is written both ways, in new rows only, or not at all", () => {
    const rules = (direction: "read-only" | "new-rows" | "two-way", title = "Prices 2030"): EditSettings => ({
      writable: true,
      writes: { columns: { [title]: { "A text": { direction } } } },
    });
    const wishes = [cell(0, "x"), cell(0, "x", 7), wish("+a", { values: { 0: "x" } })];
    const by = (settings: EditSettings) => wishes.map((edit) => code(edit, settings) ?? "ok").join(" ");
    expect(by(rules("two-way"))).toBe("ok ok ok");
    expect(by(rules("new-rows"))).toBe("read-only ok ok");
    expect(by(rules("read-only"))).toBe("read-only read-only read-only");
    for (const title of ["Prices", "Prices 2030!B3:F", "'Prices 2030'!B3:F"])
      expect(by(rules("read-only", title))).toBe("read-only read-only read-only");
    expect(by(rules("read-only", "Other"))).toBe("ok ok ok");
    expect(code(cell(1, 3), rules("read-only"))).toBeNull();
  });

  test("WRB-5 the key of a row that exists is not changed", () => {
    const settings = { ...WRITABLE, keyColumns: { "Prices 2030": "A text" } };
    expect(code(cell(0, "x"), settings)).toBe("key-column");
    expect(code(cell(0, "x", 7), settings)).toBeNull();
    expect(code(wish("+a", { values: { 0: "x" } }), settings)).toBeNull();
    expect(code(cell(1, 3), settings)).toBeNull();
  });

  test("WRB-6 a column's conflict policy goes before the source's, and the sheet wins where none is given", () => {
    expect(policyOf(tab, 0, WRITABLE)).toBe("sheet");
    const settings: EditSettings = {
      writable: true,
      conflictPolicy: "latest",
      writes: { columns: { "Prices 2030": { "A text": { conflictPolicy: "ask" } } } },
    };
    expect(policyOf(tab, 0, settings)).toBe("ask");
    expect(policyOf(tab, 1, settings)).toBe("latest");
    expect(policyOf(tab, 9, settings)).toBe("latest");
  });
});
