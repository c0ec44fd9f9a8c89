/** Moving a block of cells within a tab or to another one, everything that refers to it following. */
import { afterMove } from "../formulas/adjust.ts";
import { type Box, boxOf, contains, type GridRange, height, rangeOf, width } from "../ranges/box.ts";
import type { Dimension } from "./axis-edit.ts";
import type { Stored } from "./cell.ts";
import { rewriteFormulas } from "./structure.ts";
import type { Overlay, Tab } from "./tab.ts";
import type { Workbook } from "./workbook.ts";

/** Inserts empty cells at `box`: what was there moves down or to the right, and the caller lets the grid grow. */
export function insertCells(workbook: Workbook, tab: Tab, box: Box, dimension: Dimension): void {
  const moving = behind(tab, box, dimension, false);
  if (moving) moveBlock(workbook, tab, moving, tab, beside(box, dimension));
}

/** Deletes the cells of `box`: what is below or to the right of it moves up to its place. */
export function deleteCells(workbook: Workbook, tab: Tab, box: Box, dimension: Dimension): void {
  const gone = { title: tab.title, box };
  clearBlock(tab, box);
  rewriteFormulas(workbook, (text, own) => afterMove(text, own.title, gone, null));
  const { state } = tab;
  const left = (range: GridRange): boolean => !contains(box, boxOf(range, tab.size));
  state.merges = state.merges.filter(left);
  const moving = behind(tab, box, dimension, true);
  if (moving) moveBlock(workbook, tab, moving, tab, { row: box.startRow, column: box.startColumn });
}

/** Puts the cells of `from` at `to`; formulas, merges and names that point into the block go with it. */
export function moveBlock(
  workbook: Workbook,
  tab: Tab,
  from: Box,
  target: Tab,
  to: { readonly row: number; readonly column: number },
): void {
  const cells: Stored[][] = Array.from({ length: height(from) }, (_r, i) =>
    Array.from({ length: width(from) }, (_c, j) => tab.grid.get(from.startRow + i, from.startColumn + j)),
  );
  clearBlock(tab, from);
  for (const [i, row] of cells.entries()) {
    for (const [j, cell] of row.entries()) target.grid.set(to.row + i, to.column + j, cell);
  }
  const by = { rows: to.row - from.startRow, columns: to.column - from.startColumn };
  rewriteFormulas(workbook, (text, own) =>
    afterMove(text, own.title, { title: tab.title, box: from }, { title: target.title, ...by }),
  );
  if (tab === target) followWithin(workbook, tab, from, by);
}

function followWithin(
  workbook: Workbook,
  tab: Tab,
  from: Box,
  by: { readonly rows: number; readonly columns: number },
): void {
  const moved = (range: GridRange): GridRange => {
    const box = boxOf(range, tab.size);
    if (!contains(from, box)) return range;
    return rangeOf(tab.id, {
      startRow: box.startRow + by.rows,
      endRow: box.endRow + by.rows,
      startColumn: box.startColumn + by.columns,
      endColumn: box.endColumn + by.columns,
    });
  };
  const follow = <T extends Overlay>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, range: moved(item.range) }));
  const { state } = tab;
  state.merges = state.merges.map(moved);
  state.protectedRanges = follow(state.protectedRanges);
  state.bandedRanges = follow(state.bandedRanges);
  state.tables = follow(state.tables);
  workbook.namedRanges = workbook.namedRanges.map((one) =>
    (one.range.sheetId ?? 0) === tab.id ? { ...one, range: moved(one.range) } : one,
  );
}

/** The filled cells that an edit of `box` pushes along; null when there are none. */
function behind(tab: Tab, box: Box, dimension: Dimension, after: boolean): Box | null {
  const rows = dimension === "ROWS";
  const start = after ? (rows ? box.endRow : box.endColumn) : rows ? box.startRow : box.startColumn;
  let end = start;
  tab.grid.eachRow((row, cells) => {
    if (rows) {
      const filled = cells.slice(box.startColumn, box.endColumn).some((cell) => cell !== undefined);
      if (filled) end = Math.max(end, row + 1);
    } else if (row >= box.startRow && row < box.endRow) end = Math.max(end, cells.length);
  });
  const open = rows
    ? { ...box, startRow: start, endRow: Number.POSITIVE_INFINITY }
    : { ...box, startColumn: start, endColumn: Number.POSITIVE_INFINITY };
  for (const range of tab.state.merges) {
    const merge = boxOf(range, tab.size);
    if (contains(open, merge)) end = Math.max(end, rows ? merge.endRow : merge.endColumn);
  }
  if (end <= start) return null;
  return rows ? { ...box, startRow: start, endRow: end } : { ...box, startColumn: start, endColumn: end };
}

function beside(box: Box, dimension: Dimension): { row: number; column: number } {
  return dimension === "ROWS"
    ? { row: box.endRow, column: box.startColumn }
    : { row: box.startRow, column: box.endColumn };
}

function clearBlock(tab: Tab, box: Box): void {
  for (let row = box.startRow; row < Math.min(box.endRow, tab.grid.height); row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1)
      tab.grid.set(row, column, undefined);
  }
}
