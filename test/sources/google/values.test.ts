import { describe, expect, test } from "bun:test";
import type { FakeTab } from "./fake-google.ts";
import { changed, createTestSource } from "./test-source.ts";

const sheet = (values: unknown[][], typed?: FakeTab["typed"]): FakeTab => ({
  sheetId: 0,
  title: "Sheet1",
  values,
  ...(typed ? { typed } : {}),
});
const rowsOf = (snapshot: ReturnType<typeof changed>) => {
  const tab = snapshot.tabs[0]!;
  return tab.unchanged ? "unchanged" : tab.rows;
};
/** What spreadsheets.get says of a cell whose formula gives an error. */
const error = (type: string) => ({
  userEnteredValue: { formulaValue: "=VLOOKUP(A2,B:C,2,FALSE)" },
  effectiveValue: { errorValue: { type } },
  formattedValue: "#N/A",
});
const format = (type: string, pattern?: string) => ({
  effectiveFormat: { numberFormat: pattern ? { type, pattern } : { type } },
});

describe("values", () => {
  test("GOO-17 numbers, texts, booleans and blanks come as they are", async () => {
    const { poll } = createTestSource([
      sheet([["n", "t", "b", "e"], [53, "0042", true, ""], [], [-0.5, "🦊 \n", false, "end"], ["", ""]]),
    ]);
    expect(rowsOf(changed(await poll()))).toEqual([
      [53, "0042", true, null],
      [],
      [-0.5, "🦊 \n", false, "end"],
    ]);
  });

  test("GOO-18 an error comes as its code, without the reason", async () => {
    const { poll } = createTestSource([
      sheet(
        [
          ["a", "b"],
          ["#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)", "#N/A"],
          ["#REF! (Reference does not exist.)", "#NAME? (Unknown function: 'SMU'.)"],
          ["#hashtag", "#N/A or so"],
        ],
        { "1:1": error("N_A") },
      ),
    ]);
    expect(rowsOf(changed(await poll()))).toEqual([
      [{ error: "#DIV/0!" }, { error: "#N/A" }],
      [{ error: "#REF!" }, { error: "#NAME?" }],
      ["#hashtag", "#N/A or so"],
    ]);
  });

  test("GOO-18 a cell where somebody typed an error's text stays text, and only news of such cells cost a call", async () => {
    const { google, poll } = createTestSource([
      sheet(
        [
          ["a", "b"],
          ["#N/A", "#N/A"],
          [1, 2],
        ],
        { "1:1": error("N_A") },
      ),
    ]);
    expect(rowsOf(changed(await poll()))).toEqual([
      ["#N/A", { error: "#N/A" }],
      [1, 2],
    ]);
    google.calls();
    google.tabs[0]!.values[2]![0] = 5;
    expect(rowsOf(changed(await poll()))).toEqual([
      ["#N/A", { error: "#N/A" }],
      [5, 2],
    ]);
    expect(google.calls()).toEqual(["values"]);
    google.tabs[0]!.values[2]![1] = "#REF!";
    expect(rowsOf(changed(await poll()))).toEqual([
      ["#N/A", { error: "#N/A" }],
      [5, "#REF!"],
    ]);
    expect(google.calls()).toEqual(["values", "cells"]);
  });

  test("GOO-18 ten thousand errors filled down are looked up in bounded calls", async () => {
    const rows = Array.from({ length: 10_000 }, () => [1, "#N/A"]);
    const typed = Object.fromEntries(rows.map((_, index) => [`${index + 1}:1`, error("N_A")]));
    const { google, poll } = createTestSource([sheet([["k", "v"], ...rows], typed)]);
    const table = rowsOf(changed(await poll()));
    expect(table).toHaveLength(10_000);
    expect(table[9_999]).toEqual([1, { error: "#N/A" }]);
    expect(google.calls()).toEqual(["token", "list", "values", "cells"]);
  });

  test("GOO-18 of texts like errors in more places than fifty the rest count as errors", async () => {
    const rows = Array.from({ length: 120 }, (_, index) => [index % 2 ? "#N/A" : "fine"]);
    const { google, poll } = createTestSource([sheet([["a"], ...rows])]);
    const table = rowsOf(changed(await poll()));
    expect(table[99]).toEqual(["#N/A"]);
    expect(table[101]).toEqual([{ error: "#N/A" }]);
    const cells = new URL(google.net.requests.at(-1)!.url);
    expect(cells.searchParams.getAll("ranges")).toHaveLength(51);
  });

  test("GOO-19 while a cell is loading the poll is Pending, and its words typed by somebody are text", async () => {
    const loading = {
      userEnteredValue: { formulaValue: "=IMPORTRANGE(A1)" },
      effectiveValue: { errorValue: { type: "LOADING" } },
    };
    const { google, poll, revision } = createTestSource([sheet([["a"], ["Loading..."]], { "1:0": loading })]);
    expect(await poll()).toEqual({ tag: "Pending" });
    expect(revision).toBeNull();
    google.tabs[0]!.typed = { "1:0": { userEnteredValue: { formulaValue: "=X()" } } };
    expect(await poll()).toEqual({ tag: "Pending" });
    google.tabs[0]!.typed = { "1:0": { userEnteredValue: { stringValue: "Loading..." } } };
    expect(rowsOf(changed(await poll()))).toEqual([["Loading..."]]);
    google.tabs[0]!.values = [["a"], ["Loading..."], ["Loading..."]];
    google.tabs[0]!.typed["2:0"] = loading;
    expect(await poll()).toEqual({ tag: "Pending" });
    google.tabs[0]!.values[2] = ["settled"];
    expect(rowsOf(changed(await poll()))).toEqual([["Loading..."], ["settled"]]);
  });

  test("GOO-20 number formats make dates, times and patterns", async () => {
    const { poll } = createTestSource([
      sheet(
        [
          ["day", "at", "when", "price", 45413],
          [43831, 0.45, 43831.5, 2, "x"],
        ],
        {
          "1:0": format("DATE", "M/d/yyyy"),
          "1:1": format("TIME", "[h]:mm:ss"),
          "1:2": format("DATE_TIME"),
          "1:3": format("CURRENCY", '"$"#,##0.00'),
          "0:4": { formattedValue: "1 May" },
        },
      ),
    ]);
    expect(changed(await poll()).tabs[0]).toMatchObject({
      columns: [
        { header: "day", type: "date", format: "M/d/yyyy" },
        { header: "at", type: "time", format: "[h]:mm:ss" },
        { header: "when", type: "datetime" },
        { header: "price", type: "number", format: '"$"#,##0.00' },
        { header: "1 May", type: "text" },
      ],
    });
  });

  test("GOO-20 the first number's format counts, and a change of formats alone is a change", async () => {
    const typed: NonNullable<FakeTab["typed"]> = {
      "1:0": format("NUMBER", "0"),
      "2:0": format("DATE", "d.m."),
    };
    const { google, poll, clock } = createTestSource([sheet([["day"], ["soon"], [45000]], typed)]);
    expect(changed(await poll()).tabs[0]).toMatchObject({ columns: [{ type: "mixed", format: "d.m." }] });
    typed["2:0"] = format("DATE", "yyyy-mm-dd");
    for (let count = 0; count < 5; count++) expect((await poll()).tag).toBe("Unchanged");
    await clock.advance(15_000);
    expect(changed(await poll()).tabs[0]).toMatchObject({
      columns: [{ format: "yyyy-mm-dd" }],
      rows: [["soon"], [45000]],
    });
    expect((await poll()).tag).toBe("Unchanged");
    expect(google.tabs).toHaveLength(1);
  });
});
