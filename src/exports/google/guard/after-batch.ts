/** What a batch makes of a tab, worked out beforehand: which rows it touches, and how the tab stands afterwards. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { type SeenCell, seen } from "../seen-cell.ts";

type Request = sheets_v4.Schema$Request;
type GridRange = sheets_v4.Schema$GridRange;

export interface AfterBatch {
  readonly cells: readonly (readonly SeenCell[])[];
  /** By row of afterwards: which row it was; -1: the batch made it. */
  readonly origin: readonly number[];
  /** Rows of before that the batch deletes. */
  readonly removed: readonly number[];
  /** Values that it writes into rows that were there; rows of afterwards. */
  readonly written: readonly WrittenCell[];
  /** Columns of afterwards that the batch made. */
  readonly columns: readonly number[];
}

export interface WrittenCell {
  readonly row: number;
  readonly column: number;
  readonly value: SeenCell;
}

export function afterBatch(
  before: readonly (readonly SeenCell[])[],
  requests: readonly Request[],
  sheetId: number,
): AfterBatch {
  const rows: Row[] = before.map((cells, origin) => ({ cells, origin, written: null }));
  const ours = requests.filter((request) => sheetOf(request) === sheetId);
  const end = Math.max(0, ...ours.map(lastRowOf));
  while (rows.length < end) rows.push({ cells: [], origin: rows.length, written: null });
  const removed: number[] = [];
  const columns: number[] = [];
  for (const request of ours) apply(rows, request, { removed, columns });
  const written = rows.flatMap(({ cells, written: at }, row) =>
    at ? [...at].map((column): WrittenCell => ({ row, column, value: cells[column] ?? null })) : [],
  );
  return {
    cells: rows.map(({ cells }) => cells),
    origin: rows.map(({ origin }) => origin),
    removed,
    written,
    columns,
  };
}

interface Row {
  cells: readonly SeenCell[];
  origin: number;
  /** Columns. */
  written: Set<number> | null;
}

/** Of a request that changes cells, rows or columns; null: of any other. */
function sheetOf({ updateCells, repeatCell, insertDimension, deleteDimension }: Request): number | null {
  const range =
    updateCells?.start ?? repeatCell?.range ?? insertDimension?.range ?? deleteDimension?.range ?? null;
  return range && (range.sheetId ?? 0);
}

function lastRowOf({ updateCells, repeatCell, insertDimension, deleteDimension }: Request): number {
  if (updateCells) return (updateCells.start?.rowIndex ?? 0) + (updateCells.rows?.length ?? 0);
  if (repeatCell) return writesValues(repeatCell.fields) ? (repeatCell.range?.endRowIndex ?? 0) : 0;
  const range = insertDimension?.range ?? deleteDimension?.range;
  if (range?.dimension !== "ROWS") return 0;
  return (insertDimension ? range.startIndex : range.endIndex) ?? 0;
}

function apply(rows: Row[], request: Request, kept: { removed: number[]; columns: number[] }): void {
  const { updateCells, repeatCell, insertDimension, deleteDimension } = request;
  if (updateCells && writesValues(updateCells.fields)) {
    const { rowIndex, columnIndex } = updateCells.start ?? {};
    updateCells.rows?.forEach(({ values }, down) => {
      const given = (values ?? []).map(({ userEnteredValue }) => seen(userEnteredValue));
      write(rows[(rowIndex ?? 0) + down]!, columnIndex ?? 0, given);
    });
  }
  if (repeatCell && writesValues(repeatCell.fields)) {
    const value = seen(repeatCell.cell?.userEnteredValue);
    for (const [row, column] of cellsOf(repeatCell.range ?? {})) write(rows[row]!, column, [value]);
  }
  const inserted = insertDimension?.range;
  if (inserted) {
    const [from, to] = [inserted.startIndex ?? 0, inserted.endIndex ?? 0];
    if (inserted.dimension === "COLUMNS") insertColumns(rows, from, to - from, kept.columns);
    else rows.splice(from, 0, ...Array.from({ length: to - from }, newRow));
  }
  const deleted = deleteDimension?.range;
  if (deleted) {
    const from = deleted.startIndex ?? 0;
    const gone = rows.splice(from, (deleted.endIndex ?? 0) - from);
    for (const { origin } of gone) if (origin >= 0) kept.removed.push(origin);
  }
}

function newRow(): Row {
  return { cells: [], origin: -1, written: null };
}

function writesValues(fields: string | null | undefined): boolean {
  return fields?.includes("userEnteredValue") === true;
}

function write(row: Row, column: number, values: readonly SeenCell[]): void {
  const cells = [...row.cells];
  while (cells.length < column + values.length) cells.push(null);
  values.forEach((value, across) => {
    cells[column + across] = value;
    if (row.origin < 0) return;
    row.written ??= new Set();
    row.written.add(column + across);
  });
  row.cells = cells;
}

function insertColumns(rows: Row[], at: number, count: number, made: number[]): void {
  for (let index = 0; index < made.length; index++) if (made[index]! >= at) made[index]! += count;
  for (let column = at; column < at + count; column++) made.push(column);
  for (const row of rows) {
    if (row.cells.length <= at) continue;
    row.cells = [...row.cells.slice(0, at), ...Array(count).fill(null), ...row.cells.slice(at)];
  }
}

function* cellsOf({ startRowIndex, endRowIndex, startColumnIndex, endColumnIndex }: GridRange) {
  for (let row = startRowIndex ?? 0; row < (endRowIndex ?? 0); row++) {
    for (let column = startColumnIndex ?? 0; column < (endColumnIndex ?? 0); column++) {
      yield [row, column] as const;
    }
  }
}
