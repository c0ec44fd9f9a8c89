/** insertRange and deleteRange: cells come and go while their neighbours in other rows and columns stay. */
import type { Dimension } from "../grid/axis-edit.ts";
import { deleteCells, insertCells } from "../grid/shift.ts";
import type { JsonObject } from "../http/json.ts";
import { type Apply, boxIn, growTo } from "./request.ts";

export const insertRange: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  insertCells(batch.workbook, tab, box, shiftOf(request));
  let columnCount = 0;
  tab.grid.eachRow((_row, cells) => {
    columnCount = Math.max(columnCount, cells.length);
  });
  growTo(batch, tab, tab.grid.height, columnCount);
  return {};
};

export const deleteRange: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  deleteCells(batch.workbook, tab, box, shiftOf(request));
  return {};
};

/** Unless told, cells move up and down. */
function shiftOf(request: JsonObject): Dimension {
  return request.shiftDimension === "COLUMNS" ? "COLUMNS" : "ROWS";
}
