import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

const rows = (startIndex: number, endIndex: number) => ({
  sheetId: 0,
  dimension: "ROWS",
  startIndex,
  endIndex,
});

function workbook() {
  const emulator = testEmulator({ open: true });
  const id = withRows(emulator, [
    ["sku", "price"],
    ["a", "€1.00"],
    ["b", 2],
  ]);
  const batch = (body: object, fields = "") =>
    emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate${fields}`, body);
  return { emulator, id, batch, person: emulator.person(id) };
}

describe("what writes from outside rely on", () => {
  test("EMU-70 inserted rows take the formats of the row above or below", () => {
    const { batch, person } = workbook();
    batch({ requests: [{ insertDimension: { range: rows(2, 4), inheritFromBefore: true } }] });
    batch({ requests: [{ insertDimension: { range: rows(1, 2), inheritFromBefore: false } }] });
    person.setCell("Sheet1", "B2", "");
    batch({
      requests: [2, 4, 5, 6].map((rowIndex) => ({
        updateCells: {
          start: { sheetId: 0, rowIndex: rowIndex - 1, columnIndex: 1 },
          rows: [{ values: [{ userEnteredValue: { numberValue: 7 } }] }],
          fields: "userEnteredValue",
        },
      })),
    });
    expect(person.read("Sheet1", "B2:B6", "FORMATTED_VALUE").flat()).toEqual([
      "€7.00",
      "€1.00",
      "€7.00",
      "€7.00",
      "7",
    ]);
  });

  test("EMU-70 at the grid's edges only one neighbour is there", () => {
    const { batch } = workbook();
    const top = batch({ requests: [{ insertDimension: { range: rows(0, 1), inheritFromBefore: true } }] });
    expect([top.status, String(top.body.error?.message)]).toEqual([
      400,
      expect.stringContaining("greater than 0"),
    ]);
    const end = batch({ requests: [{ insertDimension: { range: rows(1000, 1001) } }] });
    expect([end.status, String(end.body.error?.message)]).toEqual([
      400,
      "Invalid requests[0].insertDimension: range.startIndex[1000] must be less than the grid size (1000) if inheritFromBefore is false.",
    ]);
    expect(
      batch({ requests: [{ insertDimension: { range: rows(1000, 1001), inheritFromBefore: true } }] }).status,
    ).toBe(200);
  });

  test("EMU-71 an id of metadata is made once, and with it the rest of its batch", () => {
    const { emulator, id, batch, person } = workbook();
    const make = (value: number) => ({
      requests: [
        {
          updateCells: {
            start: { sheetId: 0, rowIndex: 1, columnIndex: 1 },
            rows: [{ values: [{ userEnteredValue: { numberValue: value } }] }],
            fields: "userEnteredValue",
          },
        },
        {
          createDeveloperMetadata: {
            developerMetadata: {
              metadataId: 5,
              metadataKey: "k",
              metadataValue: String(value),
              location: { spreadsheet: true },
              visibility: "DOCUMENT",
            },
          },
        },
      ],
    });
    expect([batch(make(7)).status, batch(make(8)).status]).toEqual([200, 400]);
    expect(person.read("Sheet1", "B2")).toEqual([[7]]);
    const search = (lookup: object) =>
      emulator.call("POST", `/v4/spreadsheets/${id}/developerMetadata:search`, {
        dataFilters: [{ developerMetadataLookup: lookup }],
      }).body;
    for (const lookup of [
      { metadataId: 5 },
      { metadataKey: "k" },
      { metadataKey: "k", metadataValue: "7" },
    ]) {
      expect(search(lookup).matchedDeveloperMetadata?.[0]?.developerMetadata?.metadataId).toEqual(5 as never);
    }
    expect(search({ metadataKey: "k", metadataValue: "8" })).toEqual({});
    const gone = {
      requests: [{ deleteDeveloperMetadata: { dataFilter: { developerMetadataLookup: { metadataId: 5 } } } }],
    };
    expect([batch(gone).status, batch(gone).status, batch(make(8)).status]).toEqual([200, 200, 200]);
  });

  test("EMU-72 a batch answers the cells of the asked ranges after it, by the mask of the call", () => {
    const { batch } = workbook();
    const { body } = batch(
      {
        requests: [{ deleteDimension: { range: rows(1, 2) } }],
        includeSpreadsheetInResponse: true,
        responseRanges: ["Sheet1!A2:A3"],
        responseIncludeGridData: false,
      },
      "?fields=updatedSpreadsheet(sheets(data(startRow,rowData(values(effectiveValue)))))",
    );
    expect(body).toEqual({
      updatedSpreadsheet: {
        sheets: [
          { data: [{ startRow: 1, rowData: [{ values: [{ effectiveValue: { stringValue: "b" } }] }] }] },
        ],
      },
    } as never);
  });

  test("EMU-73 a protection tells who may edit, and the request that breaks it is named", () => {
    const emulator = testEmulator({ quota: null });
    const id = withRows(emulator, [["x", "y"]]);
    const as = (email: string, role: "owner" | "writer") => {
      emulator.share(id, email, role);
      const headers = { authorization: `Bearer ${emulator.accounts.issueToken(email)}` };
      return (path: string, body?: object) =>
        emulator.call(body ? "POST" : "GET", `/v4/spreadsheets/${id}${path}`, body, headers);
    };
    const [owner, ann, bob] = [
      as("owner@example.com", "owner"),
      as("ann@example.com", "writer"),
      as("bob@example.com", "writer"),
    ];
    const range = { sheetId: 0, startRowIndex: 0, endRowIndex: 1, startColumnIndex: 0, endColumnIndex: 1 };
    owner(":batchUpdate", {
      requests: [
        { addProtectedRange: { protectedRange: { range, editors: { users: ["ann@example.com"] } } } },
      ],
    });
    const told = [owner, ann, bob].map(
      (call) => call("?fields=sheets.protectedRanges").body.sheets?.[0]?.protectedRanges?.[0],
    );
    expect(told.map((one) => one?.requestingUserCanEdit)).toEqual([true, true, undefined] as never);
    expect(told.map((one) => one?.editors !== undefined)).toEqual([true, true, false]);
    const write = (columnIndex: number) => ({
      updateCells: {
        start: { sheetId: 0, rowIndex: 0, columnIndex },
        rows: [{ values: [{ userEnteredValue: { numberValue: 7 } }] }],
        fields: "userEnteredValue",
      },
    });
    const refused = bob(":batchUpdate", { requests: [write(1), write(0)] });
    expect(String(refused.body.error?.message)).toStartWith(
      "Invalid requests[1].updateCells: You are trying to edit a protected cell",
    );
    expect(emulator.person(id).read("Sheet1")).toEqual([["x", "y"]]);
  });
});
