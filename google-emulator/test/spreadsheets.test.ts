import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

const box = (sheetId: number, rows: [number, number], columns: [number, number]): unknown => ({
  sheetId,
  startRowIndex: rows[0],
  endRowIndex: rows[1],
  startColumnIndex: columns[0],
  endColumnIndex: columns[1],
});

describe("spreadsheets.get and create", () => {
  describe("EMU-18 each of these", () => {
    test.each([
      ["sheets.properties.title", { sheets: [{ properties: { title: "Sheet1" } }] }],
      ["sheets(properties(sheetId,title))", { sheets: [{ properties: { sheetId: 0, title: "Sheet1" } }] }],
      [
        "sheets/properties/gridProperties(rowCount)",
        { sheets: [{ properties: { gridProperties: { rowCount: 1000 } } }] },
      ],
      [
        "properties/title,sheets.properties.index",
        { properties: { title: "Shop" }, sheets: [{ properties: { index: 0 } }] },
      ],
      ["sheets.properties.tabColorStyle", { sheets: [{ properties: {} }] }],
      ["namedRanges", {}],
      [
        "sheets.data.rowData.values.formattedValue",
        { sheets: [{ data: [{ rowData: [{ values: [{ formattedValue: "a" }] }] }] }] },
      ],
      ["sheets(*)/properties/title", null],
    ])("the field mask %s selects exactly its fields", (fields, expected) => {
      const emulator = testEmulator();
      const id = withRows(emulator, [["a"]]);
      const answer = emulator.get(`/v4/spreadsheets/${id}?fields=${encodeURIComponent(fields)}`);
      if (expected === null) expect(answer.status).toBe(400);
      else expect(answer.body as unknown).toEqual(expected);
    });
  });

  test("EMU-19 a mask that names no field of the answer is Google's 400", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, []);
    const { status, body } = emulator.get(`/v4/spreadsheets/${id}?fields=sheets.titel`);
    expect(status).toBe(400);
    expect(body.error?.details?.[0]?.fieldViolations?.[0]?.field as unknown).toBe("sheets.titel");
  });

  test("EMU-20 grid data holds entered, effective and shown values, formats, notes and merges, cut to the ranges", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["x", "$5.00"],
      ["=B1*2", true],
    ]);
    emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {
      requests: [
        {
          updateCells: {
            range: box(0, [0, 1], [0, 1]),
            rows: [{ values: [{ note: "hi" }] }],
            fields: "note",
          },
        },
        { mergeCells: { range: box(0, [2, 4], [0, 2]), mergeType: "MERGE_ALL" } },
      ],
    });
    const [sheet] = emulator.get(`/v4/spreadsheets/${id}?includeGridData=true&ranges=A1:B4`).body
      .sheets as never as [
      {
        data: { rowData: { values: Record<string, unknown>[] }[]; rowMetadata: unknown[] }[];
        merges: unknown;
      },
    ];
    const rows = sheet.data[0]!.rowData;
    expect(rows[0]!.values[0]).toMatchObject({
      userEnteredValue: { stringValue: "x" },
      formattedValue: "x",
      note: "hi",
    });
    expect(rows[0]!.values[1]).toMatchObject({
      userEnteredValue: { numberValue: 5 },
      formattedValue: "$5.00",
      userEnteredFormat: { numberFormat: { type: "CURRENCY", pattern: '"$"#,##0.00' } },
      effectiveFormat: { horizontalAlignment: "RIGHT" },
    });
    expect(rows[1]!.values[0]).toMatchObject({
      userEnteredValue: { formulaValue: "=B1*2" },
      effectiveValue: { numberValue: 10 },
      formattedValue: "$10.00",
    });
    expect(sheet.merges).toEqual(
      [box(0, [2, 4], [0, 2])].map((range) => ({ ...(range as object), sheetId: undefined })),
    );
    expect(sheet.data[0]!.rowMetadata.length).toBe(4);
  });

  test("EMU-21 create takes titles, tabs, sizes and cells, and refuses what a workbook cannot have", () => {
    const emulator = testEmulator();
    const { body } = emulator.call("POST", "/v4/spreadsheets", {
      properties: { title: "New", timeZone: "Europe/Paris" },
      sheets: [
        {
          properties: { title: "One", gridProperties: { rowCount: 5, columnCount: 2 } },
          data: [{ rowData: [{ values: [{ userEnteredValue: { stringValue: "=1" } }] }] }],
        },
        { properties: { title: "Two", sheetId: 9 } },
      ],
    });
    expect(body).toMatchObject({
      properties: { title: "New", timeZone: "Europe/Paris" },
      sheets: [
        { properties: { title: "One", gridProperties: { rowCount: 5, columnCount: 2 } } },
        { properties: { sheetId: 9, index: 1 } },
      ],
    } as never);
    // A stringValue is never a formula.
    expect(emulator.get(`/v4/spreadsheets/${body.spreadsheetId}/values/One`).body.values as unknown).toEqual([
      ["=1"],
    ]);
    const twins = { sheets: [{ properties: { title: "A" } }, { properties: { title: "a" } }] };
    expect(emulator.call("POST", "/v4/spreadsheets", twins).status).toBe(400);
  });
});

describe("batchUpdate", () => {
  test("EMU-22 a batch is applied as a whole or not at all, and replies mirror requests", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"]]);
    const batch = (...requests: unknown[]) =>
      emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, { requests });
    const before = emulator.get(`/v4/spreadsheets/${id}?includeGridData=true`).body;
    const failed = batch(
      { insertDimension: { range: { sheetId: 0, dimension: "ROWS", startIndex: 0, endIndex: 1 } } },
      { updateSheetProperties: { properties: { sheetId: 0, title: "New" }, fields: "title" } },
      { deleteSheet: { sheetId: 99 } },
    );
    expect(failed.body.error?.message as unknown).toBe(
      "Invalid requests[2].deleteSheet: No grid with id: 99",
    );
    expect(emulator.get(`/v4/spreadsheets/${id}?includeGridData=true`).body).toEqual(before);
    const done = batch(
      { addSheet: { properties: { title: "B" } } },
      { updateSpreadsheetProperties: { properties: { title: "T" }, fields: "title" } },
    );
    expect(done.body.replies).toMatchObject([
      { addSheet: { properties: { title: "B", index: 1 } } },
      {},
    ] as never);
  });

  test("EMU-23 what the emulator cannot do is 501, what no API has is 400", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, []);
    const status = (request: unknown): number =>
      emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, { requests: [request] }).status;
    expect(status({ addDataSource: { dataSource: {} } })).toBe(501);
    expect(status({ addTypo: {} })).toBe(400);
    const properties = { sheetId: 0, title: "x" };
    expect(status({ updateSheetProperties: { properties, fields: "titel" } })).toBe(400);
    expect(status({ appendDimension: { sheetId: 0, dimension: "ROWS", length: 1_000_000_000 } })).toBe(400);
    expect(status({})).toBe(400);
    expect(emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {}).status).toBe(400);
  });

  test("EMU-24 updateCells with a mask leaves the rest of a cell, and a range larger than its rows clears", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["$5.00", "b"],
      ["c", "d"],
    ]);
    emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {
      requests: [
        {
          updateCells: {
            range: box(0, [0, 2], [0, 2]),
            rows: [{ values: [{ userEnteredValue: { numberValue: 7 } }] }],
            fields: "userEnteredValue",
          },
        },
      ],
    });
    expect(emulator.get(`/v4/spreadsheets/${id}/values/Sheet1`).body.values as unknown).toEqual([["$7.00"]]);
  });

  test("EMU-25 sortRange orders by its keys, keeps equals in place, empties last, and rows keep their own formulas", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["b", 2, "=B1"],
      ["", 9],
      ["a", 2, "=B3"],
      ["c", 1, "=B4"],
    ]);
    const sort = (sortOrder: string): unknown => {
      emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {
        requests: [{ sortRange: { range: { sheetId: 0 }, sortSpecs: [{ dimensionIndex: 0, sortOrder }] } }],
      });
      return emulator.person(id).read("Sheet1", "A:C", "FORMULA");
    };
    expect(sort("ASCENDING")).toEqual([
      ["a", 2, "=B1"],
      ["b", 2, "=B2"],
      ["c", 1, "=B3"],
      ["", 9],
    ]);
    expect(sort("DESCENDING")).toEqual([
      ["c", 1, "=B1"],
      ["b", 2, "=B2"],
      ["a", 2, "=B3"],
      ["", 9],
    ]);
  });

  test("EMU-26 merges, named ranges, filters, tables and developer metadata follow inserted and deleted rows", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["Name", "Age"],
      ["Ann", 3],
      ["Bob", 4],
    ]);
    const batch = (...requests: unknown[]) =>
      emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, { requests });
    batch(
      { addNamedRange: { namedRange: { name: "People", range: box(0, [1, 3], [0, 2]) } } },
      { mergeCells: { range: box(0, [5, 7], [0, 1]), mergeType: "MERGE_ALL" } },
      { addTable: { table: { name: "T", range: box(0, [0, 3], [0, 2]) } } },
      {
        createDeveloperMetadata: {
          developerMetadata: {
            metadataId: 5,
            metadataKey: "row",
            visibility: "DOCUMENT",
            location: { dimensionRange: { sheetId: 0, dimension: "ROWS", startIndex: 2, endIndex: 3 } },
          },
        },
      },
    );
    const insert = {
      insertDimension: { range: { sheetId: 0, dimension: "ROWS", startIndex: 2, endIndex: 4 } },
    };
    batch(insert);
    const shown = emulator.get(`/v4/spreadsheets/${id}`).body;
    expect(shown.namedRanges?.[0]?.range).toMatchObject({ startRowIndex: 1, endRowIndex: 5 } as never);
    expect(shown.sheets?.[0]?.merges?.[0]).toMatchObject({ startRowIndex: 7, endRowIndex: 9 } as never);
    expect(shown.sheets?.[0]?.tables?.[0]?.range).toMatchObject({ endRowIndex: 5 } as never);
    const gone = batch(
      { deleteDimension: { range: { sheetId: 0, dimension: "ROWS", startIndex: 4, endIndex: 5 } } },
      { deleteDeveloperMetadata: { dataFilter: { developerMetadataLookup: { metadataId: 5 } } } },
    );
    expect(gone.body.replies?.[1] as unknown).toEqual({ deleteDeveloperMetadata: {} });
  });

  test("EMU-27 a copy of a tab goes its own way from then on", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"], ["b"]]);
    emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {
      requests: [{ duplicateSheet: { sourceSheetId: 0, newSheetName: "Copy" } }],
    });
    const person = emulator.person(id);
    person.setCell("Copy", "A1", "changed");
    person.setCell("Sheet1", "A2", "also");
    expect(person.read("Sheet1")).toEqual([["a"], ["also"]]);
    expect(person.read("Copy")).toEqual([["changed"], ["b"]]);
  });

  test("EMU-28 cells move and change by copyPaste, cutPaste, textToColumns and findReplace", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["a,b", "=1+1"],
      ["c", ""],
    ]);
    const { body } = emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, {
      requests: [
        {
          copyPaste: {
            source: box(0, [0, 1], [1, 2]),
            destination: box(0, [0, 2], [3, 4]),
            pasteType: "PASTE_VALUES",
          },
        },
        {
          cutPaste: {
            source: box(0, [1, 2], [0, 1]),
            destination: { sheetId: 0, rowIndex: 4, columnIndex: 0 },
          },
        },
        { textToColumns: { source: box(0, [0, 1], [0, 1]), delimiterType: "COMMA" } },
        { findReplace: { find: "C", replacement: "z", range: box(0, [4, 5], [0, 1]) } },
      ],
    });
    expect(body.replies?.[3]?.findReplace?.occurrencesChanged as unknown).toBe(1);
    expect(emulator.person(id).read("Sheet1")).toEqual([["a", "b", "", 2], ["", "", "", 2], [], [], ["z"]]);
  });
});
