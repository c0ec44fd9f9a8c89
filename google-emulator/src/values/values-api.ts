/** The methods of spreadsheets.values, and what the methods by DataFilter share with them. */
import { sizeProblem } from "../grid/limits.ts";
import type { Workbook } from "../grid/workbook.ts";
import { ApiError, badRequest, invalid } from "../http/errors.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import type { Call } from "../http/message.ts";
import { writeA1 } from "../ranges/a1.ts";
import { type Place, resolveRange } from "../ranges/resolve.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import type { WorkbookCall } from "../spreadsheets/workbook-call.ts";
import {
  clearValues,
  type MajorDimension,
  planWrite,
  readRows,
  tableAround,
  transposed,
  type ValueInput,
  type Written,
  writeValues,
} from "./block.ts";
import type { DateTimeRender, RenderOptions, ValueRender } from "./render.ts";

export function getValues({ open, call, params }: WorkbookCall): JsonObject {
  const [major, render] = [majorOf(call), renderOf(call)];
  const workbook = open("read");
  return valueRange(workbook, resolveRange(workbook, params.range ?? "", "read"), major, render);
}

export function batchGetValues({ open, call }: WorkbookCall): JsonObject {
  const [major, render] = [majorOf(call), renderOf(call)];
  const workbook = open("read");
  const places = call.query.getAll("ranges").map((range) => resolveRange(workbook, range, "read"));
  const valueRanges = places.map((place) => valueRange(workbook, place, major, render));
  return { spreadsheetId: workbook.id, ...(valueRanges.length > 0 ? { valueRanges } : {}) };
}

export function updateValues(context: WorkbookCall): JsonObject {
  const { call, params } = context;
  const range = params.range ?? "";
  const body = readMessage("ValueRange", parseBody(call.text), "data");
  const input = inputOf(call.query.get("valueInputOption"));
  const workbook = context.open("write");
  const echoed = body.range;
  const place = resolveRange(workbook, range, "write");
  if (typeof echoed === "string" && echoed !== range && !samePlace(workbook, echoed, place)) {
    throw invalid(`Requested range '${range}' does not match the range in the body '${echoed}'.`);
  }
  const response = call.query.get("includeValuesInResponse");
  const written = write(context, workbook, place, body, input);
  return updateResponse(workbook, written, isTrue(response) ? responseOf(call) : null);
}

export function batchUpdateValues(context: WorkbookCall): JsonObject {
  const { call } = context;
  const body = readMessage("BatchUpdateValuesRequest", parseBody(call.text));
  const input = inputOf(body.valueInputOption);
  const workbook = context.open("write");
  const data = objects(body.data);
  const render = renderIn(body.responseValueRenderOption, body.responseDateTimeRenderOption);
  const planned = data.map((one) => {
    const place = resolveRange(workbook, String(one.range ?? ""), "write");
    planWrite(place, linesOf(one), asMajor(one.majorDimension));
    return { one, place };
  });
  const all = planned.map(({ one, place }) => write(context, workbook, place, one, input));
  const answers = all.map((written) =>
    updateResponse(workbook, written, body.includeValuesInResponse === true ? render : null),
  );
  return {
    spreadsheetId: workbook.id,
    ...totals(all),
    responses: answers,
  };
}

export function appendValues(context: WorkbookCall): JsonObject {
  const { call, params } = context;
  const range = params.range ?? "";
  const body = readMessage("ValueRange", parseBody(call.text), "data");
  const input = inputOf(call.query.get("valueInputOption"));
  const workbook = context.open("write");
  const place = resolveRange(workbook, range, "write");
  const { tab } = place;
  const table = tableAround(tab, place.box);
  const lines = linesOf(body);
  const major = asMajor(body.majorDimension);
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const [rows, columns] = major === "ROWS" ? [lines.length, longest] : [longest, lines.length];
  const startRow = table ? table.endRow : place.box.startRow;
  const startColumn = table ? table.startColumn : place.box.startColumn;
  const problem = sizeProblem(workbook, tab, {
    rowCount: Math.max(tab.size.rowCount, startRow + rows),
    columnCount: Math.max(tab.size.columnCount, startColumn + columns),
  });
  if (problem) throw invalid(problem);
  if (call.query.get("insertDataOption") === "INSERT_ROWS" && rows > 0 && startRow < tab.size.rowCount) {
    tab.grid.insertRows(startRow, rows);
    tab.state.gridProperties.rowCount += rows;
  }
  const grid = tab.state.gridProperties;
  grid.rowCount = Math.max(grid.rowCount, startRow + rows);
  grid.columnCount = Math.max(grid.columnCount, startColumn + columns);
  const box = { startRow, startColumn, endRow: startRow + 1, endColumn: startColumn + 1 };
  const written = write(context, workbook, { tab, box, single: true }, body, input);
  const render = isTrue(call.query.get("includeValuesInResponse")) ? responseOf(call) : null;
  return {
    spreadsheetId: workbook.id,
    ...(table ? { tableRange: writeA1(tab.title, table) } : {}),
    updates: updateResponse(workbook, written, render),
  };
}

export function clearRange(context: WorkbookCall): JsonObject {
  const { call, params } = context;
  const range = params.range ?? "";
  readMessage("ClearValuesRequest", parseBody(call.text));
  const workbook = context.open("write");
  const { tab, box } = resolveRange(workbook, range, "read");
  clearValues(tab, box);
  context.touch();
  return { spreadsheetId: workbook.id, clearedRange: writeA1(tab.title, box) };
}

export function batchClearValues(context: WorkbookCall): JsonObject {
  const { call } = context;
  const body = readMessage("BatchClearValuesRequest", parseBody(call.text));
  const workbook = context.open("write");
  const ranges = Array.isArray(body.ranges) ? body.ranges.map(String) : [];
  const places = ranges.map((range) => resolveRange(workbook, range, "read"));
  for (const { tab, box } of places) clearValues(tab, box);
  context.touch();
  return {
    spreadsheetId: workbook.id,
    clearedRanges: places.map(({ tab, box }) => writeA1(tab.title, box)),
  };
}

/** A ValueRange as answers carry it; an empty range has no `values` [R]. */
export function valueRange(
  workbook: Workbook,
  { tab, box }: Place,
  major: MajorDimension,
  render: RenderOptions,
): JsonObject {
  const rows = readRows(workbook, tab, box, render);
  const values = major === "ROWS" ? rows : transposed(rows);
  return {
    range: writeA1(tab.title, box),
    majorDimension: major,
    ...(values.length > 0 ? { values } : {}),
  };
}

export function write(
  context: WorkbookCall,
  workbook: Workbook,
  place: Place,
  body: JsonObject,
  input: ValueInput,
): Written {
  const values = linesOf(body);
  const major = asMajor(body.majorDimension);
  const target = planWrite(place, values, major);
  const entry = { locale: workbook.properties.locale, nowMs: context.nowMs };
  const written = writeValues(place.tab, target, values, { major, input, context: entry });
  context.touch();
  return written;
}

function updateResponse(workbook: Workbook, written: Written, render: RenderOptions | null): JsonObject {
  return { spreadsheetId: workbook.id, ...updateCounts(workbook, written, render) };
}

/** Where values went and how many; with `render` also as they read now. */
export function updateCounts(workbook: Workbook, written: Written, render: RenderOptions | null): JsonObject {
  const { tab, box, rows, columns, cells } = written;
  const updatedData = render && valueRange(workbook, { tab, box, single: false }, "ROWS", render);
  return {
    updatedRange: writeA1(tab.title, box),
    ...(cells > 0 ? { updatedRows: rows, updatedColumns: columns, updatedCells: cells } : {}),
    ...(updatedData ? { updatedData } : {}),
  };
}

/** Rows and columns count once however many ranges touched them. */
export function totals(all: readonly Written[]): JsonObject {
  const rows = new Set<string>();
  const columns = new Set<string>();
  for (const { tab, box } of all) {
    for (let row = box.startRow; row < box.endRow; row += 1) rows.add(`${tab.id}:${row}`);
    for (let column = box.startColumn; column < box.endColumn; column += 1)
      columns.add(`${tab.id}:${column}`);
  }
  return {
    totalUpdatedRows: rows.size,
    totalUpdatedColumns: columns.size,
    totalUpdatedCells: all.reduce((sum, one) => sum + one.cells, 0),
    totalUpdatedSheets: new Set(all.map((one) => one.tab)).size,
  };
}

function samePlace(workbook: Workbook, text: string, place: Place): boolean {
  const other = resolveRange(workbook, text, "write");
  return other.tab === place.tab && writeA1("", other.box) === writeA1("", place.box);
}

export function linesOf(body: JsonObject): Json[][] {
  const values = body.values;
  return Array.isArray(values) ? values.filter(Array.isArray) : [];
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function inputOf(value: Json | undefined): ValueInput {
  if (value === "RAW" || value === "USER_ENTERED") return value;
  if (value === null || value === undefined || value === "INPUT_VALUE_OPTION_UNSPECIFIED") {
    throw new ApiError("INVALID_ARGUMENT", "'valueInputOption' is required but not specified");
  }
  throw badEnum("value_input_option", "ValueInputOption", value);
}

function majorOf(call: Call): MajorDimension {
  return asMajor(call.query.get("majorDimension"));
}

export function asMajor(value: Json | undefined): MajorDimension {
  if (value === "COLUMNS") return "COLUMNS";
  if (value === null || value === undefined || value === "ROWS" || value === "DIMENSION_UNSPECIFIED")
    return "ROWS";
  throw badEnum("major_dimension", "Dimension", value);
}

function renderOf({ query }: Call): RenderOptions {
  return renderIn(query.get("valueRenderOption"), query.get("dateTimeRenderOption"));
}

function responseOf({ query }: Call): RenderOptions {
  return renderIn(query.get("responseValueRenderOption"), query.get("responseDateTimeRenderOption"));
}

export function renderIn(value: Json | undefined, dateTime: Json | undefined): RenderOptions {
  return { value: asValueRender(value), dateTime: asDateTimeRender(dateTime) };
}

function asValueRender(value: Json | undefined): ValueRender {
  if (value === null || value === undefined || value === "FORMATTED_VALUE") return "FORMATTED_VALUE";
  if (value === "UNFORMATTED_VALUE" || value === "FORMULA") return value;
  throw badEnum("value_render_option", "ValueRenderOption", value);
}

function asDateTimeRender(value: Json | undefined): DateTimeRender {
  if (value === null || value === undefined || value === "SERIAL_NUMBER") return "SERIAL_NUMBER";
  if (value === "FORMATTED_STRING") return value;
  throw badEnum("date_time_render_option", "DateTimeRenderOption", value);
}

function badEnum(field: string, type: string, value: Json): ApiError {
  const description = `Invalid value at '${field}' (type.googleapis.com/google.apps.sheets.v4.${type}), ${JSON.stringify(value)}`;
  return badRequest([{ field, description }]);
}

/** Python clients write "True". */
function isTrue(value: string | null): boolean {
  return value?.toLowerCase() === "true";
}
