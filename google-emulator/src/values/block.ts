/** Blocks of values in and out of a grid: reading with Google's trimming, writing row by row. */
import { isBlank } from "../grid/cell.ts";
import { CELL_CHARACTERS_MAX } from "../grid/limits.ts";
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { invalid } from "../http/errors.ts";
import type { Json } from "../http/json.ts";
import { columnName, writeA1 } from "../ranges/a1.ts";
import { type Box, height, width } from "../ranges/box.ts";
import type { Place } from "../ranges/resolve.ts";
import { type EntryContext, enterRaw, enterTyped } from "./enter.ts";
import { type RenderOptions, renderValue } from "./render.ts";

export type MajorDimension = "ROWS" | "COLUMNS";
export type ValueInput = "RAW" | "USER_ENTERED";

/** Rows of a box: each trimmed after its last non-empty cell, the whole after its last non-empty row. */
export function readRows(workbook: Workbook, tab: Tab, box: Box, options: RenderOptions): Json[][] {
  const rows: Json[][] = [];
  const [rowsFilled, columnsFilled] = workbook.calculator.extent(tab);
  const endRow = Math.min(box.endRow, Math.max(tab.grid.height, rowsFilled));
  let filled = 0;
  for (let row = box.startRow; row < endRow; row += 1) {
    const cells = tab.grid.row(row);
    const values: Json[] = [];
    let length = 0;
    const endColumn = Math.min(box.endColumn, Math.max(cells.length, columnsFilled));
    for (let column = box.startColumn; column < endColumn; column += 1) {
      const value = renderValue(workbook, tab, row, column, cells[column], options);
      values.push(value);
      if (value !== "") length = values.length;
    }
    values.length = length;
    rows.push(values);
    if (length > 0) filled = rows.length;
  }
  rows.length = filled;
  return rows;
}

/** Turns rows into columns or back, then trims as `readRows` does. */
export function transposed(rows: readonly (readonly Json[])[]): Json[][] {
  const length = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  return Array.from({ length }, (_none, i) => {
    const line = rows.map((row) => row[i] ?? "");
    while (line.at(-1) === "") line.pop();
    return line;
  });
}

export interface Written {
  readonly tab: Tab;
  readonly box: Box;
  readonly rows: number;
  readonly columns: number;
  readonly cells: number;
}

/** Where values will go and whether they fit; throws Google's 400 before anything is written. */
export function planWrite(place: Place, values: readonly (readonly Json[])[], major: MajorDimension): Box {
  const lines = values.length;
  const longest = values.reduce((most, line) => Math.max(most, line.length), 0);
  const [rows, columns] = major === "ROWS" ? [lines, longest] : [longest, lines];
  for (const [i, line] of values.entries()) for (const [j, value] of line.entries()) refuseOdd(value, i, j);
  const { tab, box, single } = place;
  const target = {
    ...box,
    endRow: box.startRow + Math.max(rows, 1),
    endColumn: box.startColumn + Math.max(columns, 1),
  };
  if (!single && target.endRow > box.endRow) {
    throw invalid(
      `Requested writing within range [${writeA1(tab.title, box)}], but tried writing to row [${box.endRow + 1}]`,
    );
  }
  if (!single && target.endColumn > box.endColumn) {
    throw invalid(
      `Requested writing within range [${writeA1(tab.title, box)}], but tried writing to column [${columnName(box.endColumn)}]`,
    );
  }
  const { rowCount, columnCount } = tab.size;
  if (target.endRow > rowCount || target.endColumn > columnCount) {
    throw invalid(
      `Range (${writeA1(tab.title, target)}) exceeds grid limits. Max rows: ${rowCount}, max columns: ${columnCount}`,
    );
  }
  return target;
}

/** A cell holds one value of at most 50,000 characters. */
function refuseOdd(value: Json, i: number, j: number): void {
  if (typeof value === "string" && value.length > CELL_CHARACTERS_MAX) {
    throw invalid(
      `Your input contains more than the maximum of ${CELL_CHARACTERS_MAX} characters in a single cell.`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  throw invalid(
    `Invalid values[${i}][${j}]: ${Array.isArray(value) ? "list_value" : "struct_value"} ${JSON.stringify(value)}`,
  );
}

/** Stores values; null leaves a cell as it is, "" empties it and counts. */
export function writeValues(
  tab: Tab,
  target: Box,
  values: readonly (readonly Json[])[],
  how: { major: MajorDimension; input: ValueInput; context: EntryContext },
): Written {
  const rows = new Set<number>();
  const columns = new Set<number>();
  let cells = 0;
  for (const [line, items] of values.entries()) {
    for (const [i, value] of items.entries()) {
      if (value === null) continue;
      const row = target.startRow + (how.major === "ROWS" ? line : i);
      const column = target.startColumn + (how.major === "ROWS" ? i : line);
      const before = tab.grid.get(row, column);
      tab.grid.set(
        row,
        column,
        how.input === "RAW" ? enterRaw(before, value) : enterTyped(before, value, how.context),
      );
      rows.add(row);
      columns.add(column);
      cells += 1;
    }
  }
  return { tab, box: target, rows: rows.size, columns: columns.size, cells };
}

/** Empties the values of a box; formats and notes stay. */
export function clearValues(tab: Tab, box: Box): void {
  const endRow = Math.min(box.endRow, tab.grid.height);
  for (let row = box.startRow; row < endRow; row += 1) {
    const end = Math.min(box.endColumn, tab.grid.row(row).length);
    for (let column = box.startColumn; column < end; column += 1) {
      const cell = tab.grid.get(row, column);
      if (!isBlank(cell)) tab.grid.set(row, column, enterRaw(cell, null));
    }
  }
}

/**
 * The last table that reaches into a box, as append looks for it: filled cells that touch each other, corners
 * counting. Null when the box holds nothing.
 */
export function tableAround(tab: Tab, box: Box): Box | null {
  const rowOf = (row: number, from: number, to: number): boolean => {
    const cells = tab.grid.row(row);
    for (let column = Math.max(0, from); column < Math.min(to, cells.length); column += 1) {
      if (!isBlank(cells[column])) return true;
    }
    return false;
  };
  const columnOf = (column: number, from: number, to: number): boolean => {
    if (column < 0) return false;
    for (let row = Math.max(0, from); row < Math.min(to, tab.grid.height); row += 1) {
      if (!isBlank(tab.grid.get(row, column))) return true;
    }
    return false;
  };
  const start = lastFilled(tab, box);
  if (!start) return null;
  const table = {
    startRow: start.row,
    endRow: start.row + 1,
    startColumn: start.column,
    endColumn: start.column + 1,
  };
  for (let grew = true; grew; ) {
    grew = false;
    const { startColumn, endColumn } = table;
    while (table.endRow < tab.grid.height && rowOf(table.endRow, startColumn - 1, endColumn + 1)) {
      table.endRow += 1;
      grew = true;
    }
    while (table.startRow > 0 && rowOf(table.startRow - 1, startColumn - 1, endColumn + 1)) {
      table.startRow -= 1;
      grew = true;
    }
    while (columnOf(table.endColumn, table.startRow - 1, table.endRow + 1)) {
      table.endColumn += 1;
      grew = true;
    }
    while (columnOf(table.startColumn - 1, table.startRow - 1, table.endRow + 1)) {
      table.startColumn -= 1;
      grew = true;
    }
  }
  return height(table) > 0 && width(table) > 0 ? table : null;
}

/** The last filled cell, row by row: of several tables in a box, append takes the last [R]. */
function lastFilled(tab: Tab, box: Box): { row: number; column: number } | null {
  for (let row = Math.min(box.endRow, tab.grid.height) - 1; row >= box.startRow; row -= 1) {
    const cells = tab.grid.row(row);
    for (let column = Math.min(box.endColumn, cells.length) - 1; column >= box.startColumn; column -= 1) {
      if (!isBlank(cells[column])) return { row, column };
    }
  }
  return null;
}
