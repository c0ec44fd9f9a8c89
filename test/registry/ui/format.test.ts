import { describe, expect, test } from "bun:test";
import type { CellValue, Column } from "../../../client-sdk/src/index.ts";
import { cellFormatter } from "../../../src/registry/ui/grid/format.ts";
import { gridColumns } from "../../../src/registry/ui/grid/widths.ts";

const shown = (type: Column["type"], value: CellValue, format?: string): string => {
  const { kind, text } = cellFormatter({ type, ...(format && { format }) }, "en-GB")(value);
  return `${kind} ${text}`;
};

describe("cells", () => {
  const cells: readonly [Column["type"], CellValue, string | undefined, string][] = [
    ["text", "Tea", undefined, "text Tea"],
    ["text", null, undefined, "empty "],
    ["number", 1234.5, undefined, "number 1234.5"],
    ["number", 0.1 + 0.2, undefined, "number 0.3"],
    ["number", 1234.5, "#,##0.00", "number 1,234.50"],
    ["number", -1234.5, "$#,##0.00;($#,##0.00)", "number -$1,234.50"],
    ["number", 4.2, '[$€-407]#,##0.00" per kg"', "number €4.20 per kg"],
    ["number", 0.256, "0.0%", "number 25.6%"],
    ["number", 7, "0000", "number 0007"],
    ["number", 3, "@", "number 3"],
    ["boolean", true, undefined, "boolean true"],
    ["number", { error: "#REF!" }, undefined, "error #REF!"],
    ["date", 45_980, undefined, "date 19 Nov 2025"],
    ["time", 0.75, undefined, "date 18:00"],
    ["datetime", 45_980.5, undefined, "date 19 Nov 2025, 12:00"],
    ["date", "to be announced", undefined, "text to be announced"],
    ["date", 1e12, undefined, "number 1000000000000"],
  ];
  test.each(cells)(
    "WEB-6 a cell of a %s column, %p with format %p, shows as %s",
    (type, value, format, text) => {
      expect(shown(type, value, format)).toBe(text);
    },
  );

  test("WEB-6 a column is as wide as its header and first rows, within bounds", () => {
    const columns: Column[] = [
      { slot: 0, header: "n", key: "n", type: "number" },
      { slot: 1, header: "A rather long header", key: "long", type: "text" },
      { slot: 2, header: "t", key: "t", type: "text" },
    ];
    const rows = [{ $row: 1, n: 1, long: "x", t: "y".repeat(5000) }];
    const widths = gridColumns(columns, rows, (text) => text.length * 10).map(({ widthPx }) => widthPx);
    expect(widths).toEqual([76, 230, 340]);
  });
});
