/** spreadsheets.create and get. */
import { writeCells } from "../batch-update/write-cells.ts";
import type { DriveFile } from "../drive/file.ts";
import { WORKBOOK_TYPE } from "../drive/file.ts";
import type { FileStore } from "../drive/file-store.ts";
import { newTabState, Tab } from "../grid/tab.ts";
import { invalid } from "../http/errors.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import { placesOf, showWorkbook } from "./show.ts";
import { writeTabProperties } from "./tab-properties.ts";
import type { WorkbookCall } from "./workbook-call.ts";

export function createSpreadsheet({ call, files, user, mask }: WorkbookCall): JsonObject {
  const body = readMessage("Spreadsheet", parseBody(call.text));
  const properties = isObject(body.properties) ? body.properties : {};
  const file = files.create(String(properties.title ?? "Untitled spreadsheet"), WORKBOOK_TYPE, user);
  const workbook = file.workbook!;
  const { locale, timeZone, autoRecalc } = properties;
  if (typeof locale === "string") workbook.properties.locale = locale;
  if (typeof timeZone === "string") workbook.properties.timeZone = timeZone;
  if (typeof autoRecalc === "string") workbook.properties.autoRecalc = autoRecalc;
  const sheets = Array.isArray(body.sheets) ? body.sheets.filter(isObject) : [];
  if (sheets.length > 0) {
    workbook.tabs = [];
    for (const [i, sheet] of sheets.entries()) addGivenTab(file, files, sheet, i);
  }
  return showWorkbook(workbook, { mask, includeGridData: false, places: null });
}

export function getSpreadsheet({ call, open, mask, mayEdit }: WorkbookCall): JsonObject {
  const workbook = open("read");
  return showWorkbook(workbook, {
    mask,
    includeGridData: call.query.get("includeGridData")?.toLowerCase() === "true",
    places: placesOf(workbook, call.query.getAll("ranges")),
    mayEdit,
  });
}

export function newTabId(random: () => number): number {
  return Math.floor(random() * 2_147_483_647);
}

function addGivenTab(file: DriveFile, files: FileStore, sheet: JsonObject, index: number): void {
  const workbook = file.workbook!;
  const properties = isObject(sheet.properties) ? sheet.properties : {};
  const given = properties.sheetId;
  const id = typeof given === "number" ? given : index === 0 ? 0 : newTabId(files.random);
  if (workbook.tabById(id))
    throw invalid(`Invalid sheets[${index}].properties: Sheet with id ${id} already exists.`);
  const tab = new Tab(id, newTabState(`Sheet${index + 1}`));
  workbook.tabs.push(tab);
  writeTabProperties(workbook, tab, properties, "all", `sheets[${index}].properties`);
  for (const data of Array.isArray(sheet.data) ? sheet.data.filter(isObject) : []) {
    const rows = Array.isArray(data.rowData) ? data.rowData.filter(isObject) : [];
    const at = { row: Number(data.startRow ?? 0), column: Number(data.startColumn ?? 0) };
    writeCells(tab, at, rows, "all");
  }
}
