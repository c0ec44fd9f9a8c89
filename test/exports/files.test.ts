import { describe, expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import type { CellValue } from "#contract/cell.ts";
import { compute } from "../../src/exports/compute/compute.ts";
import { type FileTable, tableOfDocument, tableOfPlan } from "../../src/exports/files/file-table.ts";
import { csvFile, guarded, ndjsonFile } from "../../src/exports/files/text-files.ts";
import { XLSX_BOOK_CELLS_MAX, xlsxBook } from "../../src/exports/files/xlsx-book.ts";
import { xlsxTitles } from "../../src/exports/files/xlsx-limits.ts";
import { XLSX_TABLE_CELLS_MAX, xlsxTable } from "../../src/exports/files/xlsx-table.ts";
import type { GivenData } from "../../src/exports/items.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { salesAnalysis } from "../../src/exports/ready/sales-analysis.ts";
import { attachment } from "../../src/registry/api/attachment.ts";
import { readXlsx } from "../support/read-xlsx.ts";

function table(
  rows: readonly (readonly CellValue[])[],
  types: readonly ("text" | "number" | "mixed")[] = ["mixed"],
): FileTable {
  const columns = types.map((type, slot) => ({ slot, key: `k${slot}`, header: `H${slot}`, type }));
  return tableOfDocument({ title: "T", columns, rows });
}

const text = (pieces: Iterable<string>): string => [...pieces].join("");
const sales = (() => {
  const planned = planExport(salesAnalysis, salesAnalysis.sample as GivenData, { title: "Sales" });
  if (!planned.ok) throw new Error("the sample is wrong");
  return planned.value;
})();

describe("CSV and NDJSON", () => {
  test("DWN-1 dates, errors, blanks and empty texts are told apart; a reader gets the texts back", () => {
    const columns = (["date", "datetime", "time", "mixed", "text"] as const).map((type, slot) => ({
      slot,
      key: `k${slot}`,
      header: "",
      type,
    }));
    const rows: CellValue[][] = [
      [46_143, 46_143.5, 1.25, { error: "#REF!" }, ""],
      [null, true, null, 1e21, 'a,"b"\nc'],
    ];
    const made = tableOfDocument({ title: "T", columns, rows });
    expect(text(csvFile(made))).toBe(
      '\ufeffk0,k1,k2,k3,k4\r\n2026-05-01,2026-05-01T12:00:00,30:00:00,#REF!,""\r\n,TRUE,,1e+21,"a,""b""\nc"\r\n',
    );
    expect(
      text(ndjsonFile(made))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { k0: "2026-05-01", k1: "2026-05-01T12:00:00", k2: "30:00:00", k3: { error: "#REF!" }, k4: "" },
      { k0: null, k1: true, k2: null, k3: 1e21, k4: 'a,"b"\nc' },
    ]);
  });

  test("DWN-2 what would be a formula gets an apostrophe; numbers stay", () => {
    for (const bad of [
      "=1",
      "+1 555",
      "-x",
      "@a",
      "\t=1",
      "\r",
      " =1",
      "\n=1",
      "\u00a0=1",
      "\u0000=1",
      "＝1",
      "-1+2",
      "=",
      "\tx",
    ]) {
      expect([bad, guarded(bad)]).toEqual([bad, `'${bad}`]);
    }
    for (const fine of ["", "a=1", "1-2", "-12.5", "-3", "'=1", "x\n=1"])
      expect([fine, guarded(fine)]).toEqual([fine, fine]);
    expect(text(csvFile(table([[-5.5], ["-5.5"], ["-5.5x"], ["=A1"]])))).toBe(
      "\ufeffH0\r\n-5.5\r\n-5.5\r\n'-5.5x\r\n'=A1\r\n",
    );
  });

  test("DWN-2 whatever the text, a reader of CSV gets it back with at most an apostrophe, and no formula", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 1, maxLength: 5 }),
        (texts) => {
          const made = table(
            [texts],
            texts.map(() => "text"),
          );
          const records: string[][] = parse(text(csvFile(made)).slice(1), {
            record_delimiter: "\r\n",
            relax_column_count: false,
          });
          expect(records[1]).toEqual(texts.map(guarded).map((one) => one.toWellFormed()));
          for (const one of records[1]!) expect(/^\s*[=+@]/.test(one)).toBe(false);
        },
      ),
    );
  });
});

describe("XLSX", () => {
  test("DWN-3 another reader gets kinds, dates and texts that look like formulas", async () => {
    const columns = [
      { slot: 0, key: "t", header: "Text", type: "text" as const },
      { slot: 1, key: "n", header: "=Number", type: "number" as const },
      { slot: 2, key: "d", header: "Day", type: "date" as const },
      { slot: 3, key: "m", header: "", type: "mixed" as const },
    ];
    const rows: CellValue[][] = [
      ["=1+1", -1.5, 46_143, true],
      [" two\nlines <&> 😀", 1e-7, null, { error: "#N/A" }],
      ["+x", 0, 1_000, "_x0041_ a\u0001b\u000bc_x000A_"],
    ];
    const made = xlsxTable(tableOfDocument({ title: "A/B: [x]", columns, rows }));
    if (!made.ok) throw new Error(made.error.why);
    const [sheet] = await readXlsx(made.value);
    expect(sheet!.sheet).toBe("A B   x");
    expect(sheet!.data).toEqual([
      ["Text", "=Number", "Day", "m"],
      ["=1+1", -1.5, new Date("2026-05-01T00:00:00Z"), true],
      [" two\nlines <&> 😀", 1e-7, null, "#N/A"],
      ["+x", 0, new Date("1902-09-26T00:00:00Z"), "_x0041_ a\u0001b\u000bc_x000A_"],
    ]);
  });

  test("DWN-3 any text and number comes back", async () => {
    const cell = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter((one) => one.trim() !== ""),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
        const made = xlsxTable(table(rows, ["mixed", "mixed"]));
        if (!made.ok) throw new Error(made.error.why);
        const [sheet] = await readXlsx(made.value);
        const plain = rows.map((row) => row.map((one) => (Object.is(one, -0) ? 0 : one)));
        expect(sheet!.data.slice(1)).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  test("DWN-3 titles of sheets fit Excel and differ", () => {
    expect(xlsxTitles(["Ü".repeat(40), "ü".repeat(40), "'a'", "", "[]"])).toEqual([
      "Ü".repeat(31),
      `${"ü".repeat(27)} (2)`,
      "_a_",
      "Sheet",
      "Sheet (2)",
    ]);
  });

  test("DWN-4 too many cells, rows or characters are refused, and another way is named", async () => {
    const size = (rowCount: number, columns: number): FileTable => ({
      ...table([], Array(columns).fill("text")),
      rowCount,
    });
    for (const [rows, columns] of [
      [1_048_576, 1],
      [1, 16_385],
      [XLSX_TABLE_CELLS_MAX / 10 + 1, 10],
    ] as const) {
      const made = xlsxTable(size(rows, columns));
      expect(made.ok ? "made" : made.error.why).toMatch(/take format=csv or format=ndjson/);
    }
    const long = xlsxTable(table([["a"], ["x".repeat(32_768)]]));
    expect(long.ok ? "made" : long.error.why).toStartWith('Row 3, "H0", is longer');
    const rows = Array.from(
      { length: Math.ceil(XLSX_BOOK_CELLS_MAX / 10) + 1 },
      () => sales.tabs[0]!.rows[0]!,
    );
    const book = await xlsxBook({ ...sales, tabs: [{ ...sales.tabs[0]!, rows }] });
    expect(book.ok ? "made" : book.error.why).toContain("format=csv");
  });

  test("DWN-7 a workbook has the tabs, values and computed values of the plan; its formulas stand in it", async () => {
    const book = await xlsxBook(sales);
    if (!book.ok) throw new Error(book.error.why);
    const read = await readXlsx(book.value);
    expect(read.map(({ sheet }) => sheet)).toEqual(["Sales", "By region", "By product"]);
    const [data, regions] = read.map((one) => one.data);
    expect(data![1]!.slice(0, 10)).toEqual([
      "S-1001",
      new Date("2026-03-02T00:00:00Z"),
      "North",
      "Ridge 2 tent",
      "Alpine Club Oslo",
      12,
      289,
      171.5,
      3_468,
      1_410,
    ]);
    expect(data!.at(-1)!.slice(0, 9)).toEqual(["Total", null, null, null, null, 597, null, null, 32_269]);
    expect(regions![1]!.slice(0, 4)).toEqual(["North", 3, 180, 8_205]);
    const { readXlsx: reread } = await import("hucre/xlsx");
    const formulas = (await reread(book.value)).sheets.map(({ cells }) =>
      [...(cells ?? new Map()).values()].map(({ formula }) => formula),
    );
    expect(formulas[0]).toContain("$F2*$G2");
    expect(formulas[1]!.some((formula) => formula?.includes("'Sales'!$C$2:$C$11"))).toBe(true);
  });

  test("DWN-7 one tab's computed values, without its totals; none where a formula is not known", () => {
    const regions = tableOfPlan(sales.tabs[1]!, compute(sales))!;
    expect(text(csvFile(regions)).split("\r\n").slice(0, 2)).toEqual([
      "\ufeffRegion,Orders,Quantity,Revenue,Profit,Share",
      "North,3,180,8205,3781.8,0.2542688028758251",
    ]);
    expect(regions.rowCount).toBe(4);
    const columns = [{ key: "a" }, { key: "f", formula: "=TODAY()" }];
    const planned = planExport(
      { id: "t", name: "T", version: 1, tabs: [{ title: "T", columns }] },
      [{ a: 1 }],
      { title: "x" },
    );
    expect(planned.ok && tableOfPlan(planned.value.tabs[0]!, compute(planned.value))).toBeNull();
  });
});

describe("names", () => {
  test("DWN-6 a header takes any title, and a file system what it says", () => {
    expect(attachment("Prices", "csv")).toBe(
      `attachment; filename="Prices.csv"; filename*=UTF-8''Prices.csv`,
    );
    expect(attachment("Preise für März", "xlsx")).toBe(
      `attachment; filename="Preise fur Marz.xlsx"; filename*=UTF-8''Preise%20f%C3%BCr%20M%C3%A4rz.xlsx`,
    );
    expect(attachment("../..\\x", "csv")).not.toMatch(/[/\\]|\.\./);
    expect(attachment("", "csv")).toContain('"download.csv"');
    expect(attachment("日本", "csv")).toContain("filename=\"download.csv\"; filename*=UTF-8''%E6%97%A5");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (title) => {
        const header = attachment(title, "csv");
        expect(header).toMatch(
          /^attachment; filename="[\x20-\x7e]+\.csv"; filename\*=UTF-8''[\w.~%!&+^`|$#-]+\.csv$/,
        );
        expect(header.slice(22).split('"')).toHaveLength(2);
        expect(new Headers({ "Content-Disposition": header }).get("Content-Disposition")).toBe(header);
      }),
    );
  });
});
