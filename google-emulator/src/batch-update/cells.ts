/** Requests that write cells. */
import { copiedBy } from "../formulas/adjust.ts";
import { compactCell, isBlank, isRich, rich, withFormat } from "../grid/cell.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import { gridLimits } from "../ranges/resolve.ts";
import { withNormalColors } from "../spreadsheets/color.ts";
import { type Apply, boxIn, fail, growTo, maskIn, numberIn, objectIn, objectsIn, tabIn } from "./request.ts";
import { writeCells, writtenCell } from "./write-cells.ts";

export const updateCells: Apply = (batch, request) => {
  const mask = maskIn(batch, request, "CellData");
  const rows = objectsIn(request, "rows");
  const start = request.start;
  if (isObject(start)) {
    const tab = tabIn(batch, numberIn(start, "sheetId"));
    const at = { row: numberIn(start, "rowIndex") ?? 0, column: numberIn(start, "columnIndex") ?? 0 };
    const widest = Math.max(0, ...rows.map((row) => objectsIn(row, "values").length));
    const end = { row: at.row + rows.length, column: at.column + widest };
    if (at.row < 0 || at.column < 0 || end.row > tab.size.rowCount || end.column > tab.size.columnCount) {
      const last = { startRow: at.row, endRow: end.row, startColumn: at.column, endColumn: end.column };
      fail(batch, gridLimits(tab, last));
    }
    writeCells(tab, at, rows, mask);
    return {};
  }
  const { tab, box } = boxIn(batch, request);
  const [height, width] = [box.endRow - box.startRow, box.endColumn - box.startColumn];
  if (rows.length > height) {
    fail(
      batch,
      `Attempting to write row: ${box.startRow + height}, beyond the last requested row of: ${box.endRow - 1}`,
    );
  }
  for (let i = 0; i < height; i += 1) {
    const values = rows[i]?.values;
    const given = Array.isArray(values) ? values : [];
    if (given.length > width) {
      fail(
        batch,
        `Attempting to write column: ${box.startColumn + width}, beyond the last requested column of: ${box.endColumn - 1}`,
      );
    }
    // A range larger than its rows clears the rest.
    for (let j = 0; j < width; j += 1) {
      const [row, column] = [box.startRow + i, box.startColumn + j];
      const data = given[j];
      const before = tab.grid.get(row, column);
      tab.grid.set(row, column, writtenCell(before, isObject(data) ? data : {}, mask));
    }
  }
  return {};
};

export const repeatCell: Apply = (batch, request) => {
  const mask = maskIn(batch, request, "CellData");
  const { tab, box } = boxIn(batch, request);
  const data = objectIn(request, "cell");
  const entered = objectIn(data, "userEnteredValue");
  const formula = entered.formulaValue;
  for (let row = box.startRow; row < box.endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) {
      // A repeated formula reads as if copied from the first cell.
      const own =
        typeof formula === "string"
          ? {
              ...data,
              userEnteredValue: {
                formulaValue: copiedBy(formula, row - box.startRow, column - box.startColumn),
              },
            }
          : data;
      tab.grid.set(row, column, writtenCell(tab.grid.get(row, column), own, mask));
    }
  }
  return {};
};

export const appendCells: Apply = (batch, request) => {
  const tab = tabIn(batch, numberIn(request, "sheetId"));
  const rows = objectsIn(request, "rows");
  let last = tab.grid.height;
  while (last > 0 && tab.grid.row(last - 1).every(isBlank)) last -= 1;
  const widest = Math.max(0, ...rows.map((row) => objectsIn(row, "values").length));
  growTo(batch, tab, last + rows.length, widest);
  writeCells(tab, { row: last, column: 0 }, rows, maskIn(batch, request, "CellData"));
  return {};
};

export const setDataValidation: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const rule = request.rule;
  for (let row = box.startRow; row < box.endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) {
      const { validation: _gone, ...rest } = rich(tab.grid.get(row, column));
      tab.grid.set(
        row,
        column,
        compactCell(isObject(rule) ? { ...rest, validation: shownRule(rule) } : rest),
      );
    }
  }
  return {};
};

export const updateBorders: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const side = (name: string): JsonObject | null => {
    const border = request[name];
    return isObject(border) ? withNormalColors(border) : null;
  };
  for (let row = box.startRow; row < box.endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) {
      const given: Record<string, JsonObject | null> = {
        top: side(row === box.startRow ? "top" : "innerHorizontal"),
        bottom: side(row === box.endRow - 1 ? "bottom" : "innerHorizontal"),
        left: side(column === box.startColumn ? "left" : "innerVertical"),
        right: side(column === box.endColumn - 1 ? "right" : "innerVertical"),
      };
      const drawn = Object.fromEntries(Object.entries(given).filter(([, border]) => border !== null));
      if (Object.keys(drawn).length === 0) continue;
      const cell = tab.grid.get(row, column);
      const format = isRich(cell) && cell.format ? cell.format : {};
      const borders = { ...objectIn(format, "borders"), ...drawn };
      tab.grid.set(row, column, withFormat(cell, { ...format, borders: copyOf(borders) }));
    }
  }
  return {};
};

/** Google does not show what is false. */
function shownRule(rule: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(copyOf(rule)).filter(([, value]) => value !== false));
}
