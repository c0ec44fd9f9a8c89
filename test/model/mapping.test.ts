import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CellValue } from "#contract/cell.ts";
import { mapGrid, type NumberFormat, uniqueKeys } from "../../src/model/mapping.ts";

const keysOf = (...headers: string[]): string[] => uniqueKeys(headers.map((header) => ({ header })));

describe("keys", () => {
  test("MAP-1 a header, without surrounding blanks, is its column's key", () => {
    expect(keysOf("sku", " in stock ", "Preis €", "🦊")).toEqual(["sku", "in stock", "Preis €", "🦊"]);
  });

  test("MAP-2 duplicate and blank headers get keys of their own", () => {
    expect(keysOf("price", "price", "", "price")).toEqual(["price", "price_2", "column_3", "price_3"]);
    expect(keysOf("price", "price", "price_2", "column_4", "")).toEqual([
      "price",
      "price_3",
      "price_2",
      "column_4",
      "column_5",
    ]);
    expect(keysOf("", "column_1")).toEqual(["column_1_2", "column_1"]);
  });

  test("MAP-2 keys are unique and never reserved, whatever the headers and known keys", () => {
    const word = fc.constantFrom("a", "a_2", "a_3", "", " a", "$row", "__proto__", "column_1", "column_2");
    const column = fc.record({ header: word, known: fc.option(word, { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(column), (columns) => {
        const keys = uniqueKeys(columns);
        expect(keys).toHaveLength(columns.length);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).not.toContain("$row");
        expect(keys).not.toContain("__proto__");
        expect(keys).not.toContain("");
      }),
    );
  });

  test("MAP-3 a known key stays, whatever comes before it", () => {
    expect(
      uniqueKeys([
        { header: "price" },
        { header: "price", known: "price" },
        { header: "", known: "column_2" },
        { header: "note", known: "price" },
      ]),
    ).toEqual(["price_2", "price", "column_2", "note"]);
  });
});

describe("grids", () => {
  test("MAP-10 a named header row is the header, and nothing above it is part of the table", () => {
    const grid = [["Price list"], [], ["sku", "price"], ["a", 1], [], ["b", 2]];
    expect(mapGrid(grid, { header: 2 })).toMatchObject({
      headerRow: 2,
      firstRow: 3,
      columns: [{ header: "sku" }, { header: "price" }],
      rows: [["a", 1], [], ["b", 2]],
    });
    expect(mapGrid(grid, { header: 1 })).toMatchObject({
      headerRow: 1,
      columns: [
        { header: "", type: "text" },
        { header: "", type: "mixed" },
      ],
      rows: { length: 4 },
    });
    expect(mapGrid(grid, { header: 9 })).toEqual({ headerRow: 9, firstRow: 10, columns: [], rows: [] });
  });

  test("MAP-10 without a header all rows are rows", () => {
    const grid = [[], ["a", 1], ["b", true], []];
    expect(mapGrid(grid, { header: "none" })).toEqual({
      headerRow: -1,
      firstRow: 0,
      columns: [
        { header: "", type: "text" },
        { header: "", type: "mixed" },
      ],
      rows: [[], ["a", 1], ["b", true]],
    });
  });

  test("MAP-4 the first row with content is the header, the rows below it are the rows", () => {
    const table = mapGrid([[], [null, null], ["sku", "price"], ["a", 1]]);
    expect(table.headerRow).toBe(2);
    expect(table.columns).toEqual([
      { header: "sku", type: "text" },
      { header: "price", type: "number" },
    ]);
    expect(table.rows).toEqual([["a", 1]]);
    expect(mapGrid([["only", "headers"]])).toMatchObject({ headerRow: 0, rows: [] });
    expect(mapGrid([[], [null]])).toMatchObject({ headerRow: -1, columns: [], rows: [] });
  });

  test("MAP-5 blank rows and columns at the end are no part of the table, those inside it are", () => {
    const table = mapGrid([
      [null, "a", null, "b", null],
      [null, 1, null, null, null],
      [],
      [null, 2],
      [null],
      [],
    ]);
    expect(table.columns.map((column) => column.header)).toEqual(["", "a", "", "b"]);
    expect(table.columns.map((column) => column.type)).toEqual(["empty", "number", "empty", "empty"]);
    expect(table.rows).toEqual([[null, 1, null, null, null], [], [null, 2]]);
  });

  test("MAP-6 a row may be shorter or longer than the header", () => {
    const table = mapGrid([["a", "b"], [1], [1, "x", true]]);
    expect(table.columns).toEqual([
      { header: "a", type: "number" },
      { header: "b", type: "text" },
      { header: "", type: "boolean" },
    ]);
    expect(table.rows).toEqual([[1], [1, "x", true]]);
  });

  test("MAP-7 a column's type is what stands below its header", () => {
    const typeOf = (...values: CellValue[]): string => {
      return mapGrid([["h"], ...values.map((value) => [value])]).columns[0]!.type;
    };
    expect(typeOf(1, null, 2.5)).toBe("number");
    expect(typeOf("0042", "")).toBe("text");
    expect(typeOf(true, false)).toBe("boolean");
    expect(typeOf(1, "two")).toBe("mixed");
    expect(typeOf(true, 1)).toBe("mixed");
    expect(typeOf(null)).toBe("empty");
    expect(typeOf({ error: "#N/A" }, 1)).toBe("number");
    expect(typeOf({ error: "#N/A" })).toBe("mixed");
  });

  test("MAP-8 numbers are dates or times where their format says so, and the format's pattern is kept", () => {
    const formats: NumberFormat[] = [
      { kind: "date", pattern: "yyyy-mm-dd" },
      { kind: "time", pattern: "[h]:mm" },
      { kind: "datetime" },
      { kind: "number", pattern: "0.00%" },
      { kind: "date", pattern: "yyyy-mm-dd" },
      { kind: "date", pattern: "d.m." },
    ];
    const grid = [
      ["day", "at", "when", "share", "name", "either"],
      [1, 0.5, 1.5, 0.1, "x", 1],
      [2, null, 2, 3, "y", "?"],
    ];
    expect(mapGrid(grid, { formats }).columns).toEqual([
      { header: "day", type: "date", format: "yyyy-mm-dd" },
      { header: "at", type: "time", format: "[h]:mm" },
      { header: "when", type: "datetime" },
      { header: "share", type: "number", format: "0.00%" },
      { header: "name", type: "text" },
      { header: "either", type: "mixed", format: "d.m." },
    ]);
  });

  test("MAP-9 a header that is not text reads as the source shows it, else plainly", () => {
    const shownHeaders = [undefined, "1 May"];
    const { columns } = mapGrid(
      [
        [2024, 45413, true, { error: "#REF!" }],
        [1, 2, 3, 4],
      ],
      { shownHeaders },
    );
    expect(columns.map((column) => column.header)).toEqual(["2024", "1 May", "TRUE", "#REF!"]);
  });
});
