/** Requests for tables: named ranges with a header row, bands and typed columns. */
import type { Overlay, Tab } from "../grid/tab.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import { type Box, boxOf, overlaps, rangeOf, shownRange } from "../ranges/box.ts";
import { shownText } from "../values/render.ts";
import { merged, overlayById } from "./overlays.ts";
import {
  type Apply,
  type Batch,
  boxIn,
  fail,
  maskIn,
  newNumber,
  numberIn,
  objectIn,
  objectsIn,
  textIn,
} from "./request.ts";

/** What a new table looks like [R]. */
const DEFAULT_ROWS: JsonObject = {
  headerColorStyle: { rgbColor: { red: 0.20784314, green: 0.40784314, blue: 0.32941177 } },
  firstBandColorStyle: { rgbColor: { red: 1, green: 1, blue: 1 } },
  secondBandColorStyle: { rgbColor: { red: 0.9647059, green: 0.972549, blue: 0.9764706 } },
};

export const addTable: Apply = (batch, request) => {
  const given = objectIn(request, "table");
  const { tab, box } = boxIn(batch, given);
  if (tab.state.tables.some((table) => overlaps(box, boxOf(table.range, tab.size)))) {
    fail(batch, "You can't add a table that overlaps with an existing table.");
  }
  const name = textIn(given, "name") ?? `Table${tab.state.tables.length + 1}`;
  const rows = { ...DEFAULT_ROWS, ...objectIn(given, "rowsProperties") };
  const added: Overlay = {
    tableId: textIn(given, "tableId") ?? String(newNumber(batch)),
    name,
    range: rangeOf(tab.id, box),
    rowsProperties: copyOf(rows),
    columnProperties: columnsOf(batch, tab, box, objectsIn(given, "columnProperties")),
  };
  tab.state.tables.push(added);
  // A table at the top freezes its header row [R].
  if (box.startRow === 0) tab.state.gridProperties.frozenRowCount = 1;
  return { addTable: { table: { ...added, range: shownRange(added.range) } } };
};

export const updateTable: Apply = (batch, request) => {
  const given = objectIn(request, "table");
  const { list, at } = overlayById(batch, "tables", "tableId", given.tableId);
  list[at] = merged(batch, list[at]!, given, maskIn(batch, request, "Table"));
  return {};
};

export const deleteTable: Apply = (batch, request) => {
  const { tab, list, at } = overlayById(batch, "tables", "tableId", request.tableId);
  const box = boxOf(list[at]!.range, tab.size);
  list.splice(at, 1);
  for (let row = box.startRow; row < box.endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1)
      tab.grid.set(row, column, undefined);
  }
  return {};
};

/** Columns are named by the header row; an index of 0 does not show [R]. */
function columnsOf(batch: Batch, tab: Tab, box: Box, given: readonly JsonObject[]): JsonObject[] {
  return Array.from({ length: box.endColumn - box.startColumn }, (_none, i) => {
    const own = given.find((one) => (numberIn(one, "columnIndex") ?? 0) === i) ?? {};
    const column = box.startColumn + i;
    const cell = tab.grid.get(box.startRow, column);
    const header = shownText(
      batch.workbook,
      tab,
      cell,
      batch.workbook.calculator.value(tab, box.startRow, column),
    );
    const columnName = textIn(own, "columnName") ?? (header === "" ? `Column ${i + 1}` : header);
    const type = textIn(own, "columnType");
    const rule = own.dataValidationRule;
    return {
      ...(i > 0 ? { columnIndex: i } : {}),
      columnName,
      ...(type !== undefined ? { columnType: type } : {}),
      ...(isObject(rule) ? { dataValidationRule: copyOf(rule) } : {}),
    };
  });
}
