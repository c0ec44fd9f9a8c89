import { describe, expect, test } from "bun:test";
import type { CellValue, Column, EditStatus, Table } from "../../../client-sdk/src/index.ts";
import { clearBlock, copyBlock, pasteBlock } from "../../../src/registry/ui/grid/acts.ts";
import { formatBlock, parseBlock } from "../../../src/registry/ui/grid/block.ts";
import { cellMark, rowMarkWords } from "../../../src/registry/ui/grid/cell-marks.ts";
import { editText, parseTyped } from "../../../src/registry/ui/grid/edit-value.ts";
import { stepFocus } from "../../../src/registry/ui/grid/navigation.ts";
import { blockInRow, blockOf, cellCount, isInRange } from "../../../src/registry/ui/grid/selection.ts";

type Typed = Pick<Column, "type" | "format">;

describe("what is typed", () => {
  const cases: readonly [Typed, string, CellValue][] = [
    [{ type: "text" }, "007", "007"],
    [{ type: "text" }, "=A1", "=A1"],
    [{ type: "text" }, "  ", null],
    [{ type: "number" }, "1,234.50", 1234.5],
    [{ type: "number" }, "-$4.20", -4.2],
    [{ type: "number" }, "25%", 0.25],
    [{ type: "number", format: "0%" }, "25", 0.25],
    [{ type: "number" }, "many", "many"],
    [{ type: "number" }, "1,2", "1,2"],
    [{ type: "number" }, "-", "-"],
    [{ type: "boolean" }, "Yes", true],
    [{ type: "boolean" }, "0", false],
    [{ type: "boolean" }, "maybe", "maybe"],
    [{ type: "date" }, "2025-11-19", 45_980],
    [{ type: "date" }, "Nov 19, 2025", 45_980],
    [{ type: "date" }, "3/4/2025", "3/4/2025"],
    [{ type: "datetime" }, "2025-11-19 12:00", 45_980.5],
    [{ type: "datetime" }, "2025-11-19 25:00", "2025-11-19 25:00"],
    [{ type: "time" }, "18:00", 0.75],
    [{ type: "time" }, "6:00 pm", 0.75],
    [{ type: "mixed" }, "007", "007"],
    [{ type: "mixed" }, "12.5", 12.5],
    [{ type: "mixed" }, "1234567890123456", "1234567890123456"],
    [{ type: "mixed" }, "TRUE", true],
    [{ type: "empty" }, "tea", "tea"],
  ];
  test.each(cases)("WEB-22 in a column of %o, %p is %p", (column, text, value) => {
    expect(parseTyped(text, column)).toEqual(value);
  });

  const values: readonly [Typed, CellValue][] = [
    [{ type: "number" }, 0.1],
    [{ type: "number", format: "0.0%" }, 0.256],
    [{ type: "date" }, 45_980],
    [{ type: "datetime" }, 45_980.5],
    [{ type: "time" }, 0.75],
    [{ type: "boolean" }, true],
    [{ type: "text" }, "a, b"],
    [{ type: "text" }, null],
  ];
  test.each(values)("WEB-22 what the editor of %o begins with reads back as %p", (column, value) => {
    expect(parseTyped(editText(value, column), column)).toEqual(value);
  });

  test("WEB-22 Enter goes down, Tab on and at the end of a row into the next, and neither leaves the grid", () => {
    const size = { rows: 2, columns: 2 };
    expect(stepFocus({ row: 0, column: 1 }, "down", size)).toEqual({ row: 1, column: 1 });
    expect(stepFocus({ row: 1, column: 1 }, "down", size)).toEqual({ row: 1, column: 1 });
    expect(stepFocus({ row: 0, column: 1 }, "right", size)).toEqual({ row: 1, column: 0 });
    expect(stepFocus({ row: 1, column: 0 }, "left", size)).toEqual({ row: 0, column: 1 });
    expect(stepFocus({ row: 0, column: 0 }, "stay", size)).toEqual({ row: 0, column: 0 });
  });
});

describe("blocks of cells", () => {
  const blocks: readonly [string, string[][]][] = [
    [
      "a\tb\nc\td\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["a\r\nb", [["a"], ["b"]]],
    ['"x\ty"\t"he said ""no"""', [["x\ty", 'he said "no"']]],
    ['"two\nlines"\tb', [["two\nlines", "b"]]],
    ['"tea" and more', [['"tea" and more']]],
    ["\t", [["", ""]]],
  ];
  test.each(blocks)("WEB-23 the clipboard's %p are the cells %p", (text, cells) => {
    expect(parseBlock(text)).toEqual(cells);
  });

  test("WEB-23 what is copied is pasted as it was", () => {
    const cells = [
      ["plain", "with\ttab"],
      ['with "quotes"', "two\nlines"],
    ];
    expect(parseBlock(formatBlock(cells))).toEqual(cells);
  });

  test("WEB-23 a block reaches from its one corner to the other, whichever was first", () => {
    const block = blockOf({ row: 5, column: 3 }, { row: 2, column: 4 });
    expect(block).toEqual({ top: 2, bottom: 5, left: 3, right: 4 });
    expect(cellCount(block)).toBe(8);
    expect([1, 2, 5, 6].map((row) => blockInRow(block, row))).toEqual([undefined, "3-4", "3-4", undefined]);
    expect([2, 3, 4, 5].map((column) => isInRange("3-4", column))).toEqual([false, true, true, false]);
    expect(blockInRow(blockOf({ row: 1, column: 1 }, { row: 1, column: 1 }), 1)).toBeUndefined();
  });
});

describe("acts", () => {
  /** Two rows of two columns, and what is wished. */
  function table() {
    const wishes: unknown[] = [];
    const columns: Column[] = ["a", "b"].map((key, slot) => ({ slot, key, header: key, type: "number" }));
    const fake = {
      columns,
      rowIds: [7, 8],
      row: (id: number) => ({ $row: id, a: id, b: 0.5 }),
      set: (...wish: unknown[]) => void wishes.push(wish),
      insert: (values: unknown) => void wishes.push(values),
      batch: (run: () => void) => run(),
    };
    return { table: fake as unknown as Table, wishes };
  }

  test("WEB-23 rows beyond the end are added, and columns that do not fit are told", () => {
    const { table: into, wishes } = table();
    expect(pasteBlock(into, { row: 1, column: 1 }, "1\t2\n3\t4")).toBe(
      "1 columns did not fit and were left out.",
    );
    expect(wishes).toEqual([[8, "b", 1], { b: 3 }]);
  });

  test("WEB-23 more than 10,000 cells are refused, and nothing is wished", () => {
    const { table: into, wishes } = table();
    expect(pasteBlock(into, { row: 0, column: 0 }, "1\n".repeat(10_001))).toContain("10001 cells are more");
    expect(clearBlock(into, { top: 0, bottom: 10_000, left: 0, right: 0 })).toContain("10001 cells are more");
    expect(wishes).toEqual([]);
  });

  test("WEB-23 a block is copied as it would be typed, and cleared cell by cell", () => {
    const { table: from, wishes } = table();
    expect(copyBlock(from, { top: 0, bottom: 1, left: 0, right: 1 })).toBe("7\t0.5\n8\t0.5");
    clearBlock(from, { top: 1, bottom: 1, left: 0, right: 1 });
    expect(wishes).toEqual([
      [8, "a", null],
      [8, "b", null],
    ]);
  });
});

describe("marks", () => {
  const edit = (part: Partial<EditStatus>): EditStatus => ({
    state: "local",
    kind: "set",
    row: 1,
    slot: 2,
    atMs: 0,
    ...part,
  });
  const cases: readonly [Partial<EditStatus>, string | undefined, string][] = [
    [{ state: "local" }, "pending", "waits for the daemon"],
    [{ state: "writing" }, "pending", "on its way"],
    [{ state: "writing", waits: "The quota is spent." }, "pending", "The quota is spent."],
    [{ state: "conflict", why: "Another value." }, "conflict", "Conflict: Another value."],
    [{ state: "refused", why: "Not a number." }, "refused", "Not taken: Not a number."],
    [{ state: "parked", why: "It broke." }, "parked", "Could not be written: It broke."],
    [{ state: "unknown", why: "Closed." }, "refused", "Nobody knows"],
  ];
  test.each(cases)("WEB-24 an edit that is %o is marked as %p and says %p", (part, kind, words) => {
    const mark = cellMark({ edit: edit(part) });
    expect(mark?.kind).toBe(kind as never);
    expect(mark?.why).toContain(words);
  });

  test("WEB-24 what is confirmed has no mark; somebody else's wish names them", () => {
    expect(cellMark({ edit: edit({ state: "confirmed" }) })).toBeNull();
    expect(cellMark({ unconfirmed: { by: "user:ann", at: 1 } })?.why).toContain("user:ann");
    expect(cellMark({})).toBeNull();
  });

  test("WEB-24 rows to come and to go say so, and why they did not", () => {
    expect(rowMarkWords(undefined)).toBeNull();
    expect(rowMarkWords({ added: { by: "ann", at: 1 } })).toContain("New row");
    expect(rowMarkWords({ removing: { by: "ann", at: 1 } })).toContain("To be removed");
    const refused = edit({ state: "refused", kind: "remove", why: "Protected." });
    expect(rowMarkWords({ edit: refused })).toBe("Row not removed: Protected.");
  });
});
