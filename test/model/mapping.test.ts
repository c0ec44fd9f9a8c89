import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { uniqueKeys } from "../../src/model/mapping.ts";

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
