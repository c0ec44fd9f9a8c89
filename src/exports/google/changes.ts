/** The changes of a tab as requests, in pieces that each leave the sheet whole. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { SkippedRow } from "#contract/exports.ts";
import { NO_COUNTS } from "../jobs/record.ts";
import { type ColumnPlan, type RowPlan, renderFormula, type TabPlan } from "../plan.ts";
import { type Piece, pieceOf } from "./batches.ts";
import { cellData, cellLooks, columnFormat, hasLooks, LOOKS_FIELDS } from "./cells.ts";
import type { CellChange, TabChange } from "./compare.ts";
import { columnNote, columnSize } from "./layout.ts";
import type { TabLook } from "./look.ts";
import { geometryOf, type Places, type TabPlace } from "./places.ts";
import { rowPieces } from "./rows.ts";
import { isBlank } from "./seen-cell.ts";

type Request = sheets_v4.Schema$Request;

/** Cells changed one by one go in pieces of so many. */
const PIECE_CELLS_MAX = 2_000;
const PIECE_ROWS_MAX = 1_000;

/** The places once all pieces were written. */
export function placeAfter(look: TabLook, change: TabChange): TabPlace {
  const { place } = look;
  const grown = change.added.length - freeRow(look, change);
  const gone = change.removed.length - (emptied(look, change) ? 1 : 0);
  const lastRow = place.lastRow + change.added.length - change.removed.length;
  const totalsRow = place.totalsRow === null ? null : place.totalsRow + Math.max(0, grown) - gone;
  return { ...place, lastRow, totalsRow };
}

export interface Changing {
  readonly tab: TabPlan;
  readonly look: TabLook;
  readonly change: TabChange;
  /** Once all tabs are written: formulas of new rows name what will stand there. */
  readonly places: Places;
  readonly append: boolean;
}

export function* changePieces(changing: Changing): Generator<Piece> {
  const { tab, look, change } = changing;
  yield* cellPieces(tab, look.place, change.cells);
  yield* addedPieces(changing);
  yield* removedPieces(look, change);
}

export function told({ tab, row, why }: SkippedRow): SkippedRow {
  return { tab, row, why };
}

/** All changed cells of some rows; those of one column that stand below each other are one request. */
function* cellPieces(tab: TabPlan, place: TabPlace, cells: readonly CellChange[]): Generator<Piece> {
  const ordered = cells.toSorted((a, b) => a.row - b.row);
  for (let from = 0; from < ordered.length; ) {
    let end = Math.min(from + PIECE_CELLS_MAX, ordered.length);
    while (end < ordered.length && ordered[end]!.row === ordered[end - 1]!.row) end++;
    const part = ordered.slice(from, end).sort((a, b) => a.column - b.column || a.row - b.row);
    const rows = new Set(part.map(({ row }) => row)).size;
    const handEditCells = part.flatMap(({ byHand }) => byHand ?? []);
    const counts = { ...NO_COUNTS, changed: rows, handEdits: handEditCells.length, handEditCells };
    yield pieceOf(
      runsOf(part).flatMap((run) => runRequests(tab.columns[run[0]!.column]!, place, run)),
      { rows, counts },
    );
    from = end;
  }
}

function runsOf(cells: readonly CellChange[]): CellChange[][] {
  const runs: CellChange[][] = [];
  for (const cell of cells) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (before?.column === cell.column && before.row === cell.row - 1) run!.push(cell);
    else runs.push([cell]);
  }
  return runs;
}

function runRequests(column: ColumnPlan, place: TabPlace, part: readonly CellChange[]): Request[] {
  const columnIndex = place.columns.get(column.key)!;
  const start = { sheetId: place.sheetId, rowIndex: part[0]!.row, columnIndex };
  const rows = part.map(({ cell }) => ({ values: [cellData(cell)] }));
  const written: Request = { updateCells: { start, rows, fields: "userEnteredValue" } };
  if (column.type !== "link" && !part.some(({ cell }) => hasLooks(cell))) return [written];
  const looks = part.map(({ cell }) => ({ values: [cellLooks(cell, column)] }));
  return [written, { updateCells: { start, rows: looks, fields: LOOKS_FIELDS } }];
}

/** An empty table keeps a row that looks like one: the first new row goes there. */
function freeRow({ place, cells }: TabLook, { added }: TabChange): 0 | 1 {
  if (added.length === 0 || place.lastRow > place.headerRow) return 0;
  const below = place.headerRow + 1;
  return below !== place.totalsRow && (cells[below] ?? []).every(isBlank) ? 1 : 0;
}

/**
 * New rows are inserted below the last one: what people wrote below the table moves down. They look like the row above
 * them, people's own columns too.
 */
function* addedPieces({ tab, look, change, places, append }: Changing): Generator<Piece> {
  const { place } = look;
  const free = freeRow(look, change);
  let at = place.lastRow + 1;
  for (let from = 0; from < change.added.length; from += PIECE_ROWS_MAX) {
    const part = change.added.slice(from, from + PIECE_ROWS_MAX);
    const rows = part.map(({ row }) => row);
    const insert = rows.length - (from === 0 ? free : 0);
    const first = at + rows.length - insert;
    const requests = [
      ...insertRows(place, first, insert, free === 1 || place.lastRow > place.headerRow),
      ...[...rowPieces(tab, place, rows, at)].flatMap((piece) => piece.requests),
      ...rowFormulas(tab, place, rows, at, places),
    ];
    const upTo = part.at(-1)!.index + 1;
    const since = from === 0 ? 0 : change.added[from - 1]!.index + 1;
    // What an append skipped on the way is told with it: it is not looked at again.
    const passed = append ? change.skipped.filter(({ index }) => index >= since && index < upTo) : [];
    const counts = {
      ...NO_COUNTS,
      added: rows.length,
      skipped: passed.length,
      skippedRows: passed.map(told),
    };
    yield pieceOf(requests, { rows: rows.length, counts, appended: append ? { [tab.id]: upTo } : {} });
    at += rows.length;
  }
}

function insertRows({ sheetId }: TabPlace, first: number, count: number, fromAbove: boolean): Request[] {
  if (count <= 0) return [];
  const range = { sheetId, dimension: "ROWS", startIndex: first, endIndex: first + count };
  const insert: Request = { insertDimension: { range, inheritFromBefore: fromAbove } };
  if (!fromAbove) return [insert];
  const source = { sheetId, startRowIndex: first - 1, endRowIndex: first };
  const destination = { sheetId, startRowIndex: first, endRowIndex: first + count };
  const paste = (pasteType: string): Request => ({ copyPaste: { source, destination, pasteType } });
  return [insert, paste("PASTE_FORMAT"), paste("PASTE_DATA_VALIDATION")];
}

function rowFormulas(
  tab: TabPlan,
  place: TabPlace,
  rows: readonly RowPlan[],
  at: number,
  places: Places,
): Request[] {
  return tab.columns.flatMap(({ key, formula }) => {
    const column = place.columns.get(key);
    if (!formula || column === undefined) return [];
    const formulaValue = renderFormula(formula, tab.id, at, geometryOf(places));
    if (formulaValue === null) return [];
    const range = {
      sheetId: place.sheetId,
      startRowIndex: at,
      endRowIndex: at + rows.length,
      startColumnIndex: column,
      endColumnIndex: column + 1,
    };
    return [
      { repeatCell: { range, cell: { userEnteredValue: { formulaValue } }, fields: "userEnteredValue" } },
    ];
  });
}

/** All rows of the table go: one stays, empty, so that its looks and its ranges do. */
function emptied({ place }: TabLook, { added, removed }: TabChange): boolean {
  return removed.length > 0 && added.length === 0 && removed.length === place.lastRow - place.headerRow;
}

/** From below, so that what is still to go stands where it was seen. */
function* removedPieces(look: TabLook, change: TabChange): Generator<Piece> {
  const { sheetId, columns } = look.place;
  const [kept] = emptied(look, change) ? change.removed : [];
  if (kept !== undefined) {
    const clear = [...columns.values()].map((columnIndex): Request => {
      const start = { sheetId, rowIndex: kept, columnIndex };
      return { updateCells: { start, rows: [{ values: [{}] }], fields: "userEnteredValue" } };
    });
    yield pieceOf(clear, { counts: { ...NO_COUNTS, removed: 1 } });
  }
  const gone = change.removed.filter((row) => row !== kept).reverse();
  let requests: Request[] = [];
  let count = 0;
  for (let from = 0; from < gone.length; ) {
    let end = from + 1;
    while (end < gone.length && gone[end] === gone[end - 1]! - 1) end++;
    const range = { sheetId, dimension: "ROWS", startIndex: gone[end - 1]!, endIndex: gone[from]! + 1 };
    requests.push({ deleteDimension: { range } });
    count += end - from;
    from = end;
    if (requests.length < PIECE_ROWS_MAX && from < gone.length) continue;
    yield pieceOf(requests, { counts: { ...NO_COUNTS, removed: count } });
    [requests, count] = [[], 0];
  }
}

/** Columns that the plan has now and the sheet never had, to the right of the last of ours. */
export function newColumns(tab: TabPlan, { place, missing }: TabLook, exportId: string): Request[] {
  const { sheetId, headerRow } = place;
  const at = Math.max(...place.columns.values()) + 1;
  return tab.columns
    .filter(({ key }) => missing.includes(key))
    .flatMap((column, index): Request[] => {
      const position = at + index;
      const range = { sheetId, dimension: "COLUMNS", startIndex: position, endIndex: position + 1 };
      const values = [{ userEnteredValue: { stringValue: column.header } }];
      const body = {
        sheetId,
        startRowIndex: headerRow + 1,
        startColumnIndex: position,
        endColumnIndex: position + 1,
      };
      return [
        { insertDimension: { range, inheritFromBefore: true } },
        {
          updateCells: {
            start: { sheetId, rowIndex: headerRow, columnIndex: position },
            rows: [{ values }],
            fields: "userEnteredValue",
          },
        },
        {
          repeatCell: {
            range: body,
            cell: { userEnteredFormat: columnFormat(column, tab.bodyStyle) },
            fields: "userEnteredFormat",
          },
        },
        columnSize(column, sheetId, position),
        columnNote(exportId, tab.id, column.key, sheetId, position),
      ];
    });
}
