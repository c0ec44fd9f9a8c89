/** What proves that a batch hits, or has hit, the rows and columns it means: their headers and what tells rows apart. */

import { rangeOf } from "../../../sources/google/a1.ts";
import type { Workbook } from "../../../sources/google/workbook-calls.ts";
import { sameCell } from "../compare.ts";
import type { TabLook } from "../look.ts";
import { isFormula, type SeenCell, seen } from "../seen-cell.ts";
import type { AfterBatch } from "./after-batch.ts";

/** Of an answer that shows a workbook. */
export const SIGHT_FIELDS =
  "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(userEnteredValue))))";

export interface Sight {
  readonly sheetId: number;
  readonly ranges: readonly string[];
  /** What those ranges are to show. */
  readonly blocks: readonly Block[];
}

interface Block {
  readonly row: number;
  readonly endRow: number;
  /** Null: all. */
  readonly column: number | null;
  readonly cells: readonly (readonly SeenCell[])[];
}

export type Cells = readonly (readonly SeenCell[])[];

/** Null where the batch touches nothing of this tab. `keyAt`: the key's column; null: rows are known by all that is in them. */
export function sightAfter(look: TabLook, keyAt: number | null, after: AfterBatch): Sight | null {
  const touched = [
    ...after.written.map(({ row }) => row),
    ...after.origin.flatMap((from, row) => (from < 0 ? [row] : [])),
    // Which rows went is told by all that are left.
    ...(after.removed.length > 0 ? [look.place.headerRow, after.cells.length - 1] : []),
  ];
  if (touched.length === 0 && after.columns.length === 0) return null;
  return sightOf(look, after.columns.length > 0 ? null : keyAt, after.cells, touched);
}

/** The same rows before the batch. */
export function sightBefore(
  look: TabLook,
  keyAt: number | null,
  cells: Cells,
  after: AfterBatch,
): Sight | null {
  const written = after.written.map(({ row }) => after.origin[row]!);
  const above = after.origin.flatMap((from, row) => (from < 0 ? [after.origin[row - 1] ?? -1] : []));
  const touched = [...written, ...above, ...after.removed].filter((row) => row >= 0);
  if (touched.length === 0 && after.columns.length === 0) return null;
  return sightOf(look, keyAt, cells, touched);
}

function sightOf({ place }: TabLook, keyAt: number | null, cells: Cells, touched: readonly number[]): Sight {
  const { sheetId, title, headerRow } = place;
  const header: Block = { row: headerRow, endRow: headerRow + 1, column: null, cells };
  const rows: Block[] = [];
  if (touched.length > 0) {
    let [first, last] = [Number.POSITIVE_INFINITY, 0];
    for (const row of touched) {
      first = Math.min(first, row);
      last = Math.max(last, row);
    }
    // Those beside them tell where a block of new rows stands.
    rows.push({ row: Math.max(0, first - 1), endRow: last + 2, column: keyAt, cells });
  }
  const blocks = [header, ...rows];
  const ranges = blocks.map(({ row, endRow, column }) =>
    rangeOf(title, { row, endRow, column: column ?? 0, endColumn: column === null ? null : column + 1 }),
  );
  return { sheetId, ranges, blocks };
}

/** Whether the workbook shows what is to be there; what the batch wrote itself proves nothing. */
export function isSeen(sight: Sight, workbook: Workbook, after: AfterBatch | null): boolean {
  const sheet = workbook.sheets?.find(({ properties }) => (properties?.sheetId ?? 0) === sight.sheetId);
  if (!sheet) return false;
  const written = new Map<number, Set<number>>();
  for (const { row, column } of after?.written ?? []) {
    if (!written.has(row)) written.set(row, new Set());
    written.get(row)!.add(column);
  }
  return sight.blocks.every((block, index) => {
    const { startRow, startColumn, rowData } = sheet.data?.[index] ?? {};
    if ((startRow ?? 0) !== block.row || (startColumn ?? 0) !== (block.column ?? 0)) return false;
    for (let row = block.row; row < block.endRow; row++) {
      if (after?.origin[row] === -1) continue;
      const values = rowData?.[row - block.row]?.values ?? [];
      const is = (column: number): SeenCell => seen(values[column - (block.column ?? 0)]?.userEnteredValue);
      const line = block.cells[row] ?? [];
      const width = block.column === null ? Math.max(line.length, values.length) : block.column + 1;
      for (let column = block.column ?? 0; column < width; column++) {
        if (written.get(row)?.has(column)) continue;
        if (!alike(line[column] ?? null, is(column))) return false;
      }
    }
    return true;
  });
}

/** The cells with what the workbook shows of them: Google may keep a text otherwise than it was sent. */
export function asShown(cells: Cells, sight: Sight, workbook: Workbook): Cells {
  const sheet = workbook.sheets?.find(({ properties }) => (properties?.sheetId ?? 0) === sight.sheetId);
  const next = [...cells];
  for (const { startRow, startColumn, rowData } of sheet?.data ?? []) {
    rowData?.forEach(({ values }, down) => {
      const line = [...(next[(startRow ?? 0) + down] ?? [])];
      (values ?? []).forEach(({ userEnteredValue }, across) => {
        line[(startColumn ?? 0) + across] = seen(userEnteredValue);
      });
      next[(startRow ?? 0) + down] = line;
    });
  }
  return next;
}

/** A formula names other rows as these move. */
function alike(a: SeenCell, b: SeenCell): boolean {
  return (isFormula(a) && isFormula(b)) || sameCell(a, b);
}
