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
      ["=D9", undefined],
      ["=D9+1", 1],
    ])("%s is %s", (formula, value) => {
      const result = shown(formula);
      expect(typeof value === "string" && value.startsWith("#") ? String(result).split(" ")[0] : result).toBe(
        value,
      );
    });
  });

  describe("EMU-56 each of these functions", () => {
    const emulator = testEmulator();
    const id = emulator.addWorkbook({
      title: "Shop",
      tabs: [
        {
          title: "S",
          rows: [
            [1, 2, "text", true],
            [3, 4, "5", ""],
            ["apple", 10, "x"],
            ["pear", 20, "y"],
            ["apple", 30, "x"],
            ["2026-01-15", "2026-03-01"],
          ],
        },
        { title: "F" },
      ],
    });
    const person = emulator.person(id);
    test.each([
      ['SUMIFS(S!B3:B5,S!A3:A5,"apple",S!C3:C5,"x")', 40],
      ['COUNTIFS(S!A3:A5,"apple",S!B3:B5,">10")', 1],
      ['AVERAGEIF(S!A3:A5,"apple",S!B3:B5)', 20],
      ['MAXIFS(S!B3:B5,S!A3:A5,"apple")', 30],
      ["HLOOKUP(2,S!A1:B2,2,FALSE)", 4],
      ['XLOOKUP("pear",S!A3:A5,S!B3:B5)', 20],
      ['XLOOKUP("zzz",S!A3:A5,S!B3:B5,"none")', "none"],
      ["XMATCH(15,S!B3:B5,1)", 2],
      ['INDEX(S!B3:B5,MATCH("pear",S!A3:A5,0))', 20],
      ["OFFSET(S!A1,1,1)", 4],
      ['INDIRECT("S!B4")', 20],
      ["ADDRESS(2,3)", "$C$2"],
      ['SWITCH(2,1,"a",2,"b")', "b"],
      ['IFS(FALSE,1,TRUE,"x")', "x"],
      ["ISERR(1/0)", true],
      ['ISDATE("2020-01-01")', true],
      ['ISEMAIL("a@b.co")', true],
      ["ISBETWEEN(2,1,3)", true],
      ["EDATE(S!A6,1)", 46_068],
      ["EOMONTH(S!A6,0)", 46_053],
      ['DATEDIF(S!A6,S!B6,"D")', 45],
      ["NETWORKDAYS(S!A6,S!B6)", 32],
      ["WEEKDAY(S!A6)", 5],
      ['TIMEVALUE("12:30")', 0.520_833_333_333_333_4],
      ['TEXT(S!A6,"dddd, d mmmm yyyy")', "Thursday, 15 January 2026"],
      ['TEXTJOIN("-",TRUE,"a","","b")', "a-b"],
      ['JOIN("-",S!A3:A5)', "apple-pear-apple"],
      ['PROPER("john o\'neil")', "John O'Neil"],
      ['REGEXEXTRACT("abc123","[0-9]+")', "123"],
      ['REGEXREPLACE("abc","(b)","[$1]")', "a[b]c"],
      ['SUBSTITUTE("aXbX","X","-")', "a-b-"],
      ['HYPERLINK("http://x","label")', "label"],
      ["MROUND(7,5)", 5],
      ["CEILING.MATH(2.1)", 3],
      ["MOD(-3,5)", 2],
      ["COUNTUNIQUE(S!A3:A5)", 2],
      ["RANK(20,S!B3:B5)", 2],
      ["PERCENTILE(S!B3:B5,0.5)", 20],
      ["STDEV(S!B3:B5)", 10],
      ["DEC2HEX(255)", "FF"],
      ["MDETERM({1,2;3,4})", -2],
      ['SUMPRODUCT((S!A3:A5="apple")*S!B3:B5)', 40],
      ['SUM(FILTER(S!B3:B5,S!A3:A5="apple"))', 40],
      ["LET(x,2,y,x*3,x+y)", 8],
      ["LAMBDA(x,x+1)(3)", 4],
      ["REDUCE(0,S!B3:B5,LAMBDA(a,x,a+x))", 60],
      ["GT(2,1)", true],
      ['QUERY(S!A3:B5,"select A")', "#NAME? (Unknown function: 'QUERY'.)"],
    ])("%s is %s", (formula, value) => {
      person.setCell("F", "A1", `=${formula}`);
      expect(person.read("F", "A1")[0]?.[0]).toBe(value);
    });
  });

  describe("EMU-57 a block from", () => {
    const rows = [["apple", 10], ["pear", 20], ["apple", 30], []];
    test.each([
      [
        'FILTER(A1:B3,A1:A3="apple")',
        [
          ["apple", 10],
          ["apple", 30],
        ],
      ],
      ["UNIQUE(A1:A3)", [["apple"], ["pear"]]],
      [
        "SORT(A1:B3,2,FALSE)",
        [
          ["apple", 30],
          ["pear", 20],
          ["apple", 10],
        ],
      ],
      ["ARRAYFORMULA(B1:B3*2)", [[20], [40], [60]]],
      ['ARRAYFORMULA(IF(A1:A3="apple",B1:B3,"-"))', [[10], ["-"], [30]]],
      ['ARRAYFORMULA(VLOOKUP({"pear";"apple"},A1:B3,2,FALSE))', [[20], [10]]],
      ["TRANSPOSE(B1:B3)", [[10, 20, 30]]],
      [
        "SEQUENCE(2,2,10,5)",
        [
          [10, 15],
          [20, 25],
        ],
      ],
      ['SPLIT("a,2",",")', [["a", 2]]],
      [
        "{B1:B2,A1:A2}",
        [
          [10, "apple"],
          [20, "pear"],
        ],
      ],
      ["MAP(B1:B3,LAMBDA(x,x/10))", [[1], [2], [3]]],
      ['IFERROR(FILTER(A1:A3,B1:B3>99),"none")', [["none"]]],
    ])("%s fills the cells below and beside, which formulas and answers see", (formula, values) => {
      const emulator = testEmulator();
      const id = withRows(emulator, rows);
      const person = emulator.person(id);
      person.setCell("Sheet1", "D1", `=${formula}`);
      person.setCell("Sheet1", "C9", "=COUNTA(D1:F8)");
      expect(person.read("Sheet1", "D1:F8")).toEqual(values);
      expect(person.read("Sheet1", "C9")).toEqual([[values.flat().length]]);
      const grid = emulator.get(`/v4/spreadsheets/${id}?ranges=D1:F8&includeGridData=true`).body;
      const last = grid.sheets?.[0]?.data?.[0]?.rowData?.[values.length - 1]?.values?.[values[0]!.length - 1];
      expect(Object.values((last?.effectiveValue ?? {}) as object)[0]).toBe(values.at(-1)?.at(-1));
    });
  });

  test("EMU-57 a block without room is #REF! saying what is in the way, and follows what it is made of", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [[3, "=SORT(A1:A3)"], [1], [2]]);
    const person = emulator.person(id);
    expect(person.read("Sheet1", "B1:B9")).toEqual([[1], [2], [3]]);
    person.setCell("Sheet1", "A2", 9);
    expect(person.read("Sheet1", "B1:B9")).toEqual([[2], [3], [9]]);
    person.setCell("Sheet1", "B3", "mine");
    expect(person.read("Sheet1", "B1:B9")).toEqual([
      ["#REF! (Array result was not expanded because it would overwrite data in B3.)"],
      [],
      ["mine"],
    ]);
    person.setCell("Sheet1", "B3", "");
    expect(person.read("Sheet1", "B1:B9", "FORMULA")).toEqual([["=SORT(A1:A3)"]]);
    person.setCell("Sheet1", "C1", "=SEQUENCE(2000)");
    expect(String(person.read("Sheet1", "C1")[0]?.[0])).toContain("please insert more rows (1000)");
  });

  test("EMU-58 a reference to several cells where one is wanted is the one in line", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      [1, "=A1:A3*10"],
      [2, "=A1:A3"],
      [3, "=LEN(A1:A3)"],
      ["", "=A1:A3+1"],
    ]);
    expect(emulator.person(id).read("Sheet1", "B1:B4")).toEqual([
      [10],
      [2],
      [1],
      ["#VALUE! (An array value could not be found.)"],
    ]);
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
