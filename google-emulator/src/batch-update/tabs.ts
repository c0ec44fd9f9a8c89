/** Requests for tabs and the workbook as a whole. */
import { overwrite } from "../fields/field-mask.ts";
import { removeTab } from "../grid/structure.ts";
import { newTabState, Tab } from "../grid/tab.ts";
import type { JsonObject } from "../http/json.ts";
import { showTabProperties } from "../spreadsheets/show.ts";
import { writeTabProperties } from "../spreadsheets/tab-properties.ts";
import {
  type Apply,
  type Batch,
  fail,
  maskIn,
  newNumber,
  numberIn,
  objectIn,
  tabIn,
  textIn,
} from "./request.ts";

export const addSheet: Apply = (batch, request) => {
  const { workbook } = batch;
  const properties = objectIn(request, "properties");
  const id = newTabId(batch, properties.sheetId);
  const tab = new Tab(id, newTabState(nextTitle(batch)));
  const at = numberIn(properties, "index");
  if (at === undefined || at >= workbook.tabs.length) workbook.tabs.push(tab);
  else workbook.tabs.splice(at, 0, tab);
  const { index: _placed, ...rest } = properties;
  writeTabProperties(workbook, tab, rest, "all", batch.where);
  return { addSheet: { properties: showTabProperties(workbook, tab) } };
};

export const deleteSheet: Apply = (batch, request) => {
  const tab = tabIn(batch, numberIn(request, "sheetId"));
  if (batch.workbook.tabs.length === 1) fail(batch, "You can't remove all the sheets in a document.");
  removeTab(batch.workbook, tab);
  return {};
};

export const duplicateSheet: Apply = (batch, request) => {
  const { workbook } = batch;
  const source = tabIn(batch, numberIn(request, "sourceSheetId"));
  const copy = source.duplicate(newTabId(batch, request.newSheetId), () => newNumber(batch));
  copy.state.title = textIn(request, "newSheetName") ?? workbook.freeTitle(`Copy of ${source.title}`);
  if (workbook.tabByTitle(copy.title)) {
    fail(batch, `A sheet with the name "${copy.title}" already exists. Please enter another name.`);
  }
  const at = numberIn(request, "insertSheetIndex") ?? 0;
  workbook.tabs.splice(at, 0, copy);
  return { duplicateSheet: { properties: showTabProperties(workbook, copy) } };
};

export const updateSheetProperties: Apply = (batch, request) => {
  const properties = objectIn(request, "properties");
  const tab = tabIn(batch, numberIn(properties, "sheetId"));
  writeTabProperties(batch.workbook, tab, properties, maskIn(batch, request, "SheetProperties"), batch.where);
  return {};
};

export const updateSpreadsheetProperties: Apply = (batch, request) => {
  const { properties } = batch.workbook;
  const { extra, ...plain } = properties;
  const written = overwrite(
    { ...plain, ...extra },
    objectIn(request, "properties"),
    maskIn(batch, request, "SpreadsheetProperties"),
  );
  const { title, locale, timeZone, autoRecalc, ...rest } = written;
  if (title === undefined || title === "") fail(batch, "The title of a spreadsheet cannot be empty.");
  batch.workbook.properties = {
    title: String(title),
    locale: String(locale ?? properties.locale),
    timeZone: String(timeZone ?? properties.timeZone),
    autoRecalc: String(autoRecalc ?? properties.autoRecalc),
    extra: rest,
  };
  return {};
};

function newTabId(batch: Batch, given: JsonObject[string] | undefined): number {
  if (typeof given !== "number") return newNumber(batch);
  if (batch.workbook.tabById(given)) {
    fail(batch, `A sheet with the id ${given} already exists. Please enter another id.`);
  }
  return given;
}

/** "Sheet3", or the next that is free. */
function nextTitle(batch: Batch): string {
  for (let number = Math.max(batch.workbook.tabs.length + 1, 2); ; number += 1) {
    if (!batch.workbook.tabByTitle(`Sheet${number}`)) return `Sheet${number}`;
  }
}
