/** GridData: cells with values, formats and notes, as spreadsheets.get answers them. */
import { below, type FieldMask, wants } from "../fields/field-mask.ts";
import { ERROR_TYPES, FormulaError, type Scalar } from "../formulas/value.ts";
import { isRich, type Stored } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import type { Box } from "../ranges/box.ts";
import { effectiveNumberFormat, shownText } from "../values/render.ts";
import { DEFAULT_FORMAT } from "./defaults.ts";

/** One entry per box; the whole tab when there is none. */
export function showGridData(
  workbook: Workbook,
  tab: Tab,
  boxes: readonly Box[],
  mask: FieldMask,
): JsonObject[] {
  const { rowCount, columnCount } = tab.size;
  const whole = { startRow: 0, endRow: rowCount, startColumn: 0, endColumn: columnCount };
  const dataMask = below(below(mask, "sheets"), "data");
  return (boxes.length > 0 ? boxes : [whole]).map((box) => {
    const data: JsonObject = {};
    if (box.startRow > 0) data.startRow = box.startRow;
    if (box.startColumn > 0) data.startColumn = box.startColumn;
    if (wants(dataMask, "rowData")) {
      const rows = rowData(workbook, tab, box, dataMask);
      if (rows.length > 0) data.rowData = rows;
    }
    if (wants(dataMask, "rowMetadata")) {
      data.rowMetadata = dimensionData(tab.state.rows, box.startRow, box.endRow, 21);
    }
    if (wants(dataMask, "columnMetadata")) {
      data.columnMetadata = dimensionData(tab.state.columns, box.startColumn, box.endColumn, 100);
    }
    return data;
  });
}

export function showCell(
  workbook: Workbook,
  tab: Tab,
  row: number,
  column: number,
  mask: FieldMask,
): JsonObject {
  const cell = tab.grid.get(row, column);
  const shown: JsonObject = {};
  const value = workbook.calculator.valueOf(tab, row, column, cell);
  if (cell === undefined && value === null) return shown;
  const entered = enteredValue(cell);
  if (entered && wants(mask, "userEnteredValue")) shown.userEnteredValue = entered;
  if (value !== null && wants(mask, "effectiveValue")) shown.effectiveValue = effectiveValue(value);
  if (value !== null && wants(mask, "formattedValue")) {
    shown.formattedValue = shownText(workbook, tab, cell, value);
  }
  if (isRich(cell)) {
    if (cell.format) shown.userEnteredFormat = cell.format;
    if (cell.note !== undefined) shown.note = cell.note;
    if (cell.validation) shown.dataValidation = cell.validation;
    if (cell.extra) Object.assign(shown, cell.extra);
  }
  if (wants(mask, "effectiveFormat")) shown.effectiveFormat = effectiveFormat(workbook, tab, cell, value);
  return shown;
}

export function effectiveValue(value: Exclude<Scalar, null>): JsonObject {
  if (value instanceof FormulaError) {
    const { code, message } = value;
    return { errorValue: { type: ERROR_TYPES[code], ...(message ? { message } : {}) } };
  }
  if (typeof value === "number") return { numberValue: value };
  return typeof value === "boolean" ? { boolValue: value } : { stringValue: value };
}

function enteredValue(cell: Stored): JsonObject | null {
  if (isRich(cell)) {
    if (cell.formula) return { formulaValue: cell.formula.text };
    return cell.value === null ? null : effectiveValue(cell.value);
  }
  return cell === undefined ? null : effectiveValue(cell);
}

/** Rows down to the last one with anything in it; of a row, cells up to its last. */
function rowData(workbook: Workbook, tab: Tab, box: Box, dataMask: FieldMask): JsonObject[] {
  const cellMask = below(below(dataMask, "rowData"), "values");
  const rows: JsonObject[] = [];
  let filled = 0;
  const [rowsFilled, columnsFilled] = workbook.calculator.extent(tab);
  const endRow = Math.min(box.endRow, Math.max(tab.grid.height, rowsFilled));
  for (let row = box.startRow; row < endRow; row += 1) {
    const cells = tab.grid.row(row);
    const isEmpty = (column: number): boolean =>
      cells[column] === undefined &&
      (columnsFilled === 0 || workbook.calculator.value(tab, row, column) === null);
    let end = Math.min(box.endColumn, Math.max(cells.length, columnsFilled));
    while (end > box.startColumn && isEmpty(end - 1)) end -= 1;
    const values: JsonObject[] = [];
    for (let column = box.startColumn; column < end; column += 1) {
      values.push(showCell(workbook, tab, row, column, cellMask));
    }
    rows.push(values.length > 0 ? { values } : {});
    if (values.length > 0) filled = rows.length;
  }
  rows.length = filled;
  return rows;
}

function dimensionData(
  set: readonly (JsonObject | undefined)[],
  from: number,
  to: number,
  pixelSize: number,
): JsonObject[] {
  return Array.from({ length: to - from }, (_none, i) => ({ pixelSize, ...set[from + i] }));
}

function effectiveFormat(workbook: Workbook, tab: Tab, cell: Stored, value: Scalar): JsonObject {
  const format = deepMerged(DEFAULT_FORMAT, isRich(cell) && cell.format ? cell.format : {});
  const number = effectiveNumberFormat(workbook, tab, cell);
  if (number) format.numberFormat = { ...number };
  format.horizontalAlignment ??=
    typeof value === "number" ? "RIGHT" : typeof value === "boolean" ? "CENTER" : "LEFT";
  format.hyperlinkDisplayType ??= "PLAIN_TEXT";
  return format;
}

function deepMerged(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before: Json | undefined = merged[name];
    merged[name] = isObject(before) && isObject(value) ? deepMerged(before, value) : value;
  }
  return merged;
}
