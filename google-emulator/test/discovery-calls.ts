/** One plausible call for each method and request, and the workbook they are made on. */
import type { JsonObject } from "../src/http/json.ts";
import type { Emulator } from "../src/index.ts";
import { testEmulator } from "./support.ts";

const cells = (rows: [number, number], columns: [number, number], sheetId = 0): JsonObject => ({
  sheetId,
  startRowIndex: rows[0],
  endRowIndex: rows[1],
  startColumnIndex: columns[0],
  endColumnIndex: columns[1],
});
const rows = (startIndex: number, endIndex: number): JsonObject => ({
  sheetId: 0,
  dimension: "ROWS",
  startIndex,
  endIndex,
});
const A1 = cells([0, 1], [0, 1]);
const BLOCK = cells([0, 3], [0, 2]);
const FREE = cells([20, 24], [4, 6]);
const CORNER = { sheetId: 0, rowIndex: 0, columnIndex: 0 };
const red = { red: 1 };
const source = { sourceRange: { sources: [cells([0, 3], [0, 1])] } };
const chart: JsonObject = {
  title: "Prices",
  basicChart: {
    chartType: "COLUMN",
    domains: [{ domain: source }],
    series: [{ series: source, targetAxis: "LEFT_AXIS" }],
  },
};
const overlay = { overlayPosition: { anchorCell: CORNER, offsetXPixels: 5 } };
const condition = { type: "NUMBER_GREATER", values: [{ userEnteredValue: "1" }] };
const rule = { ranges: [BLOCK], booleanRule: { condition, format: { backgroundColor: red } } };
const gradient = {
  ranges: [BLOCK],
  gradientRule: { minpoint: { color: red, type: "MIN" }, maxpoint: { color: {}, type: "MAX" } },
};
const cell = {
  userEnteredValue: { numberValue: 5 },
  userEnteredFormat: { textFormat: { bold: true } },
  note: "n",
};
const lookup = { developerMetadataLookup: { metadataKey: "row", locationType: "ROW" } };

/** Fields of each request of batchUpdate; a kind without an entry is sent empty. */
export const REQUESTS: Readonly<Record<string, readonly JsonObject[]>> = {
  addBanding: [
    {
      bandedRange: {
        range: FREE,
        rowProperties: { headerColor: red, firstBandColorStyle: { themeColor: "ACCENT1" } },
      },
    },
  ],
  addChart: [
    { chart: { spec: chart, position: overlay } },
    { chart: { spec: { pieChart: { domain: source, series: source } }, position: { newSheet: true } } },
  ],
  addConditionalFormatRule: [{ rule, index: 0 }, { rule: gradient }],
  addDimensionGroup: [{ range: rows(5, 8) }],
  addFilterView: [{ filter: { title: "V", range: FREE, criteria: { 4: { hiddenValues: ["x"] } } } }],
  addNamedRange: [{ namedRange: { name: "Fresh", range: FREE } }],
  addProtectedRange: [
    { protectedRange: { range: FREE, description: "d", editors: { users: ["ann@example.com"] } } },
    { protectedRange: { range: { sheetId: 0 }, warningOnly: true } },
  ],
  addSheet: [
    { properties: { title: "Three", gridProperties: { rowCount: 5, columnCount: 5 }, tabColor: red } },
    {},
  ],
  addSlicer: [{ slicer: { spec: { dataRange: BLOCK, columnIndex: 0, title: "S" }, position: overlay } }],
  addTable: [
    { table: { name: "Fresh", range: FREE, columnProperties: [{ columnIndex: 0, columnType: "TEXT" }] } },
  ],
  appendCells: [{ sheetId: 0, rows: [{ values: [cell] }], fields: "*" }],
  appendDimension: [{ sheetId: 0, dimension: "ROWS", length: 2 }],
  autoFill: [
    { range: cells([0, 8], [0, 2]) },
    {
      sourceAndDestination: { source: BLOCK, dimension: "COLUMNS", fillLength: 2 },
      useAlternateSeries: true,
    },
  ],
  autoResizeDimensions: [{ dimensions: rows(0, 2) }],
  clearBasicFilter: [{ sheetId: 0 }],
  copyPaste: [
    "NORMAL",
    "VALUES",
    "FORMAT",
    "NO_BORDERS",
    "FORMULA",
    "DATA_VALIDATION",
    "CONDITIONAL_FORMATTING",
  ].map((type) => ({
    source: BLOCK,
    destination: FREE,
    pasteType: `PASTE_${type}`,
    pasteOrientation: "NORMAL",
  })),
  createDeveloperMetadata: [
    {
      developerMetadata: {
        metadataKey: "k",
        metadataValue: "v",
        visibility: "DOCUMENT",
        location: { sheetId: 0 },
      },
    },
    { developerMetadata: { metadataKey: "k", visibility: "PROJECT", location: { spreadsheet: true } } },
  ],
  cutPaste: [
    { source: BLOCK, destination: { sheetId: 7, rowIndex: 1, columnIndex: 1 }, pasteType: "PASTE_NORMAL" },
    { source: BLOCK, destination: CORNER, pasteType: "PASTE_FORMAT" },
  ],
  deleteBanding: [{ bandedRangeId: 13 }],
  deleteConditionalFormatRule: [{ sheetId: 0, index: 0 }],
  deleteDeveloperMetadata: [{ dataFilter: lookup }],
  deleteDimension: [{ range: rows(0, 1) }],
  deleteDimensionGroup: [{ range: rows(2, 4) }],
  deleteDuplicates: [
    { range: BLOCK, comparisonColumns: [{ sheetId: 0, dimension: "COLUMNS", startIndex: 0, endIndex: 1 }] },
  ],
  deleteEmbeddedObject: [{ objectId: 14 }, { objectId: 15 }],
  deleteFilterView: [{ filterId: 12 }],
  deleteNamedRange: [{ namedRangeId: "n1" }],
  deleteProtectedRange: [{ protectedRangeId: 11 }],
  deleteRange: [{ range: A1, shiftDimension: "ROWS" }],
  deleteSheet: [{ sheetId: 7 }],
  deleteTable: [{ tableId: "t1" }],
  duplicateFilterView: [{ filterId: 12 }],
  duplicateSheet: [{ sourceSheetId: 0, insertSheetIndex: 1, newSheetId: 99, newSheetName: "Copy" }],
  findReplace: [{ find: "a", replacement: "b", allSheets: true, matchCase: true }],
  insertDimension: [{ range: rows(1, 3), inheritFromBefore: true }],
  insertRange: [{ range: A1, shiftDimension: "COLUMNS" }],
  mergeCells: ["MERGE_ALL", "MERGE_COLUMNS", "MERGE_ROWS"].map((mergeType) => ({ range: FREE, mergeType })),
  moveDimension: [{ source: rows(0, 1), destinationIndex: 3 }],
  pasteData: [{ coordinate: CORNER, data: "1,2\n3,4", delimiter: ",", type: "PASTE_NORMAL" }],
  randomizeRange: [{ range: BLOCK }],
  repeatCell: [{ range: FREE, cell, fields: "userEnteredValue,userEnteredFormat.textFormat.bold" }],
  setBasicFilter: [{ filter: { range: BLOCK, sortSpecs: [{ dimensionIndex: 0, sortOrder: "ASCENDING" }] } }],
  setDataValidation: [
    { range: FREE, rule: { condition, strict: true, showCustomUi: true, inputMessage: "m" } },
  ],
  sortRange: [{ range: BLOCK, sortSpecs: [{ dimensionIndex: 0, sortOrder: "DESCENDING" }] }],
  textToColumns: [{ source: cells([0, 3], [0, 1]), delimiter: "-", delimiterType: "CUSTOM" }],
  trimWhitespace: [{ range: BLOCK }],
  unmergeCells: [{ range: BLOCK }],
  updateBanding: [
    { bandedRange: { bandedRangeId: 13, rowProperties: { footerColor: red } }, fields: "rowProperties" },
  ],
  updateBorders: [{ range: FREE, top: { style: "SOLID", color: red }, innerHorizontal: { style: "DASHED" } }],
  updateCells: [
    { range: FREE, rows: [{ values: [cell] }], fields: "*" },
    { start: CORNER, rows: [{ values: [cell, cell] }], fields: "note" },
  ],
  updateChartSpec: [{ chartId: 14, spec: chart }],
  updateConditionalFormatRule: [
    { index: 0, rule },
    { index: 0, newIndex: 0, sheetId: 0 },
  ],
  updateDeveloperMetadata: [
    { dataFilters: [lookup], developerMetadata: { metadataValue: "w" }, fields: "metadataValue" },
  ],
  updateDimensionGroup: [{ dimensionGroup: { range: rows(2, 4), depth: 1, collapsed: true }, fields: "*" }],
  updateDimensionProperties: [
    { range: rows(0, 2), properties: { pixelSize: 40, hiddenByUser: true }, fields: "*" },
  ],
  updateEmbeddedObjectBorder: [{ objectId: 14, border: { colorStyle: { rgbColor: red } }, fields: "*" }],
  updateEmbeddedObjectPosition: [
    { objectId: 14, newPosition: { overlayPosition: { anchorCell: CORNER } }, fields: "anchorCell" },
  ],
  updateFilterView: [{ filter: { filterViewId: 12, title: "W" }, fields: "title" }],
  updateNamedRange: [{ namedRange: { namedRangeId: "n1", name: "Other" }, fields: "name" }],
  updateProtectedRange: [
    { protectedRange: { protectedRangeId: 11, description: "e" }, fields: "description" },
  ],
  updateSheetProperties: [
    { properties: { sheetId: 7, hidden: true, rightToLeft: true }, fields: "hidden,rightToLeft" },
  ],
  updateSlicerSpec: [{ slicerId: 15, spec: { title: "Z" }, fields: "title" }],
  updateSpreadsheetProperties: [{ properties: { title: "T", locale: "de_DE" }, fields: "title,locale" }],
  updateTable: [{ table: { tableId: "t1", name: "Renamed" }, fields: "name" }],
};

const filters = [{ a1Range: "Sheet1!A1:B2" }, { gridRange: BLOCK }, lookup];
const spreadsheet = { properties: { title: "New" }, sheets: [{ properties: { title: "One" } }] };

/** Bodies of the other methods of Sheets. */
export const METHOD_BODIES: Readonly<Record<string, readonly JsonObject[]>> = {
  "sheets.spreadsheets.create": [spreadsheet, {}],
  "sheets.spreadsheets.getByDataFilter": [{ dataFilters: filters, includeGridData: true }, {}],
  "sheets.spreadsheets.developerMetadata.search": [{ dataFilters: filters }],
  "sheets.spreadsheets.sheets.copyTo": [{ destinationSpreadsheetId: "book" }],
  "sheets.spreadsheets.values.append": [{ values: [["x", 1, true]] }],
  "sheets.spreadsheets.values.update": [{ values: [["x", null]], majorDimension: "COLUMNS" }],
  "sheets.spreadsheets.values.batchClear": [{ ranges: ["A1:B2", "Two"] }],
  "sheets.spreadsheets.values.batchClearByDataFilter": [{ dataFilters: filters }],
  "sheets.spreadsheets.values.batchGetByDataFilter": [{ dataFilters: filters, majorDimension: "COLUMNS" }],
  "sheets.spreadsheets.values.batchUpdate": [
    { valueInputOption: "RAW", data: [{ range: "A1", values: [[1]] }], includeValuesInResponse: true },
  ],
  "sheets.spreadsheets.values.batchUpdateByDataFilter": [
    {
      valueInputOption: "USER_ENTERED",
      data: [{ dataFilter: filters[0]!, majorDimension: "ROWS", values: [["1"]] }],
      includeValuesInResponse: true,
    },
  ],
};

const channel = { id: "kept", type: "web_hook", address: "https://example.com/hook" };

export const DRIVE_BODIES: Readonly<Record<string, readonly JsonObject[]>> = {
  "drive.changes.watch": [{ ...channel, id: "fresh", token: "t" }],
  "drive.channels.stop": [{ id: "kept", resourceId: "{resourceId}" }],
  "drive.files.create": [
    { name: "f", mimeType: "application/vnd.google-apps.spreadsheet", description: "d" },
    {},
  ],
  "drive.files.update": [{ name: "g", starred: true, properties: { a: "b" } }],
  "drive.files.copy": [{ name: "h" }],
  "drive.permissions.create": [
    { type: "user", role: "reader", emailAddress: "bob@example.com" },
    { type: "group", role: "writer", emailAddress: "all@example.com" },
    { type: "domain", role: "reader", domain: "example.com" },
    { type: "anyone", role: "reader" },
  ],
  "drive.permissions.update": [{ role: "writer" }],
};

/** A fresh emulator with something of everything that a call may name. */
export function fixture(): { emulator: Emulator; params: Readonly<Record<string, string>> } {
  const emulator = testEmulator();
  emulator.addWorkbook({
    id: "book",
    title: "Shop",
    tabs: [
      {
        title: "Sheet1",
        rows: [
          ["a", 1],
          ["b", 2],
          ["c-d", "=SUM(B1:B2)"],
        ],
      },
      { title: "Two", rows: [["x"]], sheetId: 7 },
    ],
  });
  const requests = [
    { addNamedRange: { namedRange: { namedRangeId: "n1", name: "Named", range: BLOCK } } },
    { addProtectedRange: { protectedRange: { protectedRangeId: 11, range: A1 } } },
    { addFilterView: { filter: { filterViewId: 12, title: "V", range: BLOCK } } },
    { addBanding: { bandedRange: { bandedRangeId: 13, range: BLOCK, rowProperties: { headerColor: red } } } },
    { addChart: { chart: { chartId: 14, spec: chart, position: overlay } } },
    { addSlicer: { slicer: { slicerId: 15, spec: { dataRange: BLOCK }, position: overlay } } },
    { addTable: { table: { tableId: "t1", name: "T", range: cells([30, 33], [0, 2]) } } },
    { addConditionalFormatRule: { rule, index: 0 } },
    { addDimensionGroup: { range: rows(2, 4) } },
    { setBasicFilter: { filter: { range: BLOCK } } },
    {
      createDeveloperMetadata: {
        developerMetadata: {
          metadataId: 16,
          metadataKey: "row",
          visibility: "DOCUMENT",
          location: { dimensionRange: rows(1, 2) },
        },
      },
    },
  ];
  const made = emulator.call("POST", "/v4/spreadsheets/book:batchUpdate", { requests });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  const watching = emulator.call("POST", "/drive/v3/changes/watch?pageToken=1", channel).body;
  emulator.share("book", "ann@example.com", "writer");
  const permissions = emulator.get(
    "/drive/v3/files/book/permissions?fields=permissions(id,emailAddress)",
  ).body;
  const params = {
    spreadsheetId: "book",
    fileId: "book",
    range: "Sheet1!A1:B2",
    sheetId: "7",
    metadataId: "16",
    permissionId: String(permissions.permissions?.[1]?.id),
    resourceId: String(watching.resourceId),
  };
  return { emulator, params };
}
