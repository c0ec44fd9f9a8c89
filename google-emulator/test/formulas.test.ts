import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

function shown(formula: string): unknown {
  const emulator = testEmulator();
  const id = emulator.addWorkbook({
    title: "Shop",
    tabs: [
      { title: "Sheet1", rows: [[1, 2, "text", true], [3, 4, "5", ""], [formula]] },
      { title: "Other tab", rows: [[10], [20]] },
    ],
  });
  return emulator.person(id).read("Sheet1", "A3", "UNFORMATTED_VALUE")[0]?.[0];
}

describe("formulas", () => {
  describe("EMU-14 each of these", () => {
    test.each([
      ["=1+2*3", 7],
      ["=(1+2)*3", 9],
      ["=-2^2", 4],
      ["=10%*50", 5],
      ['="a"&B1', "a2"],
      ["=A1<B1", true],
      ["=SUM(A1:B2)", 10],
      ["=SUM(A:A)-A3*0", "#REF!"],
      ["=SUM('Other tab'!A1:A2)", 30],
      ['=IF(A1>1,"many","one")', "one"],
      ["=AVERAGE(A1:B1)", 1.5],
      ["=COUNTA(A1:D2)", 7],
      ['=COUNTIF(A1:B2,">1")', 3],
      ["=VLOOKUP(3,A1:B2,2,FALSE)", 4],
      ["=ROUND(2.345,2)", 2.35],
      ['=TEXT(1234.5,"#,##0.00")', "1,234.50"],
      ['=IFERROR(1/0,"none")', "none"],
      ["=MEDIAN(1,5,9)", 5],
      ["=TODAY()", 46_146],
      ["=D9", 0],
    ])("%s is %s", (formula, value) => {
      const result = shown(formula);
      expect(typeof value === "string" && value.startsWith("#") ? String(result).split(" ")[0] : result).toBe(
        value,
      );
    });
  });

  describe("EMU-15 each of these", () => {
    test.each([
      ["=1/0", "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)", "DIVIDE_BY_ZERO"],
      ["=NOPE(1)", "#NAME? (Unknown function: 'NOPE'.)", "NAME"],
      ["='No tab'!A1", "#REF! (Unresolved sheet name 'No tab'.)", "REF"],
      [
        '="a"+1',
        "#VALUE! (Function ADD parameter 1 expects number values. But 'a' is a text and cannot be coerced to a number.)",
        "VALUE",
      ],
      ["=NA()", "#N/A", "N_A"],
      [
        "=A3",
        "#REF! (Circular dependency detected. To resolve with iterative calculation, see File > Settings.)",
        "REF",
      ],
      ["=1+", "#ERROR! (Formula parse error.)", "ERROR"],
    ])("%s shows its code, says why, and has Google's error type", (formula, unformatted, type) => {
      expect(shown(formula)).toBe(unformatted);
      const emulator = testEmulator();
      const id = withRows(emulator, [[], [], [formula]]);
      expect(emulator.get(`/v4/spreadsheets/${id}/values/A3`).body.values?.[0]?.[0] as unknown).toBe(
        unformatted.split(" ")[0],
      );
      const grid = emulator.get(`/v4/spreadsheets/${id}?ranges=A3&includeGridData=true`).body;
      const cell = grid.sheets?.[0]?.data?.[0]?.rowData?.[0]?.values?.[0];
      expect(cell?.effectiveValue?.errorValue?.type as unknown).toBe(type);
    });
  });

  test("EMU-16 references follow what they point at when rows and columns come, go and move", () => {
    const emulator = testEmulator();
    const id = emulator.addWorkbook({
      title: "Shop",
      tabs: [
        {
          title: "Sheet1",
          rows: [
            [1, "=A1*2"],
            [2, "=SUM($A$1:A2)"],
            [3, "=A3"],
          ],
        },
        { title: "Two", rows: [["=Sheet1!A3", "=A1"]] },
      ],
    });
    const person = emulator.person(id);
    const formulas = (): unknown => [
      person.read("Sheet1", "A:C", "FORMULA"),
      person.read("Two", undefined, "FORMULA"),
    ];
    person.insertRows("Sheet1", 1, 2);
    expect(formulas()).toEqual([
      [[1, "=A1*2"], [], [], [2, "=SUM($A$1:A4)"], [3, "=A5"]],
      [["=Sheet1!A5", "=A1"]],
    ]);
    person.insertColumns("Sheet1", 0);
    person.deleteRows("Sheet1", 1, 2);
    expect(formulas()).toEqual([
      [
        ["", 1, "=B1*2"],
        ["", 2, "=SUM($B$1:B2)"],
        ["", 3, "=B3"],
      ],
      [["=Sheet1!B3", "=A1"]],
    ]);
    person.moveRows("Sheet1", 2, 1, 0);
    expect(person.read("Two", undefined, "FORMULA")).toEqual([["=Sheet1!B1", "=A1"]]);
    person.renameTab("Sheet1", "Price list");
    person.deleteRows("Price list", 0);
    expect(person.read("Two", undefined, "FORMULA")).toEqual([["=#REF!", "=A1"]]);
  });

  test("EMU-17 a chain of 20,000 formulas is computed from either end, and a circle as long is found", () => {
    const emulator = testEmulator();
    const chain = Array.from({ length: 20_000 }, (_none, i) => [i === 0 ? 1 : `=A${i}+1`]);
    const id = emulator.addWorkbook({
      title: "Shop",
      tabs: [{ title: "T", rows: chain, size: { rowCount: 20_000, columnCount: 2 } }],
    });
    const person = emulator.person(id);
    expect(person.read("T", "A20000")).toEqual([[20_000]]);
    person.setCell("T", "A1", "=A20000");
    expect(person.read("T", "A20000", "FORMATTED_VALUE")).toEqual([["#REF!"]]);
  });

  test("EMU-17 a formula sees every change at once, across tabs and within one batch", () => {
    const emulator = testEmulator();
    const id = emulator.addWorkbook({
      title: "Shop",
      tabs: [
        { title: "Sheet1", rows: [[1]] },
        { title: "Two", rows: [["=Sheet1!A1*10"]] },
      ],
    });
    const person = emulator.person(id);
    expect(person.read("Two")).toEqual([[10]]);
    person.setCell("Sheet1", "A1", "4");
    expect(person.read("Two")).toEqual([[40]]);
    const wide = (value: number): unknown => ({
      updateCells: {
        start: { sheetId: 0, rowIndex: 0, columnIndex: 0 },
        rows: [{ values: [{ userEnteredValue: { numberValue: value } }] }],
        fields: "userEnteredValue",
      },
    });
    emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, { requests: [wide(5), wide(6)] });
    expect(person.read("Two")).toEqual([[60]]);
  });
});
