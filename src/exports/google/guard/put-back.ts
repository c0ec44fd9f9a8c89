/**
 * A batch hit other rows or columns than it meant, for somebody moved them in between: what was there goes back. How the
 * tab stood before is known, so this is no guess; a cell that came only in between and was written over is emptied.
 */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { sameCell } from "../compare.ts";
import { isBlank, isFormula, type SeenCell } from "../seen-cell.ts";
import { type Astray, type Found, findRows } from "./find-rows.ts";
import type { Cells } from "./sight.ts";

type Request = sheets_v4.Schema$Request;

/** Google may keep a text otherwise than it was sent. */
const SAME_SHARE = 0.5;

export interface PutBack {
  readonly requests: readonly Request[];
  /** Cells that were written over and came only in between: nobody knows what they held. */
  readonly lost: readonly { readonly row: number; readonly column: number }[];
}

export function putBack(astray: Astray): PutBack {
  const found = findRows(astray);
  const strange = astray.after.columns.filter((column) => isOurColumn(astray, column));
  const hit = cellRequests(astray, found, new Set(strange));
  const cells = [...hit, ...movedSince(astray, found, hit)];
  const structural = [...strangeRows(astray, found), ...lostRows(astray, found)];
  // The lowest first, so that no place moves before its turn.
  structural.sort((a, b) => b.at - a.at || b.order - a.order);
  const columns = strange.toSorted((a, b) => b - a).map((at) => removal(astray.sheetId, "COLUMNS", at));
  return {
    requests: [
      ...cells.map(({ request }) => request),
      ...structural.flatMap(({ requests }) => requests),
      ...columns,
    ],
    lost: cells.filter(({ isLost }) => isLost),
  };
}

interface CellBack {
  readonly row: number;
  readonly column: number;
  readonly request: Request;
  readonly isLost: boolean;
}

/** Values that landed in another row or column than was meant. */
function cellRequests(astray: Astray, found: Found, leave: ReadonlySet<number>): CellBack[] {
  const { before, after, now } = astray;
  return after.written.flatMap(({ row, column, value }): CellBack[] => {
    if (leave.has(column)) return [];
    const [meant, slot] = [found.rowOf(row), found.columnOf(column)];
    if (meant === row && slot === column) return [];
    const there = now[row]?.[column] ?? null;
    // Somebody wrote something else meanwhile, or the row has moved again.
    if (isFormula(value) ? !isFormula(there) : !sameCell(there, value)) return [];
    const origin = meant === null ? -1 : after.origin[meant]!;
    const was = slot === null || origin < 0 ? null : (before[origin]?.[slot] ?? null);
    const request = restore(astray, found, { row, column, was, moved: origin !== row || slot !== column });
    return [{ row, column, request, isLost: meant === null || slot === null }];
  });
}

/** Values of the batch in cells of known rows that were to hold something else: the rows have moved once more since. */
function movedSince(astray: Astray, found: Found, hit: readonly CellBack[]): CellBack[] {
  const { before, after, now } = astray;
  const known = new Set(hit.map(({ row, column }) => `${row}/${column}`));
  const values = new Set(
    after.written.flatMap(({ value }) => (isBlank(value) ? [] : [JSON.stringify(value)])),
  );
  return now.flatMap((line, row) => {
    const meant = found.rowOf(row);
    const origin = meant === null ? -1 : after.origin[meant]!;
    if (meant === null || origin < 0) return [];
    return line.flatMap((there, column): CellBack[] => {
      const slot = found.columnOf(column);
      if (slot === null || known.has(`${row}/${column}`) || !values.has(JSON.stringify(there))) return [];
      const was = before[origin]?.[slot] ?? null;
      if (sameCell(there, was) || sameCell(there, after.cells[meant]?.[slot] ?? null)) return [];
      const request = restore(astray, found, { row, column, was, moved: origin !== row || slot !== column });
      return [{ row, column, request, isLost: false }];
    });
  });
}

interface Back {
  readonly row: number;
  readonly column: number;
  readonly was: SeenCell;
  /** It stood elsewhere, and a formula's text named other rows there. */
  readonly moved: boolean;
}

function restore({ sheetId, after, now }: Astray, found: Found, { row, column, was, moved }: Back): Request {
  if (isFormula(was) && moved) {
    const hit = new Set(after.written.flatMap((cell) => (cell.column === column ? [cell.row] : [])));
    const like = nearest(
      row,
      now,
      (at) => !hit.has(at) && found.rowOf(at) !== null && isFormula(now[at]?.[column] ?? null),
    );
    if (like !== null) return copied(sheetId, like, row, column);
  }
  return written(sheetId, row, column, [was]);
}

function nearest(row: number, now: Cells, fits: (at: number) => boolean): number | null {
  for (let by = 1; by < now.length; by++) {
    if (row - by >= 0 && fits(row - by)) return row - by;
    if (row + by < now.length && fits(row + by)) return row + by;
  }
  return null;
}

interface Structural {
  readonly at: number;
  /** Of several at one place: from above. */
  readonly order: number;
  readonly requests: readonly Request[];
}

/** The rows that the batch made: there is nothing in them but what it wrote. */
function strangeRows({ sheetId, after, now }: Astray, found: Found): Structural[] {
  const is = (made: number, at: number): boolean => {
    const [wanted, there] = [after.cells[made] ?? [], now[at] ?? []];
    let [filled, equal] = [0, 0];
    for (let column = 0; column < Math.max(wanted.length, there.length); column++) {
      const [a, b] = [wanted[column] ?? null, there[column] ?? null];
      if (isBlank(a) && !isBlank(b)) return false;
      if (isBlank(a)) continue;
      filled++;
      if ((isFormula(a) && isFormula(b)) || sameCell(a, b)) equal++;
    }
    return equal >= filled * SAME_SHARE;
  };
  return after.origin.flatMap((from, made) => {
    if (from >= 0) return [];
    const at = is(made, made) ? made : found.placeOf(made);
    if (at === null || !is(made, at)) return [];
    return [{ at, order: 0, requests: [removal(sheetId, "ROWS", at)] }];
  });
}

/** Rows that went in the place of those that were to go and are still there. */
function lostRows(astray: Astray, found: Found): Structural[] {
  const { before, after, keyAt } = astray;
  const strangers = new Set(found.strangers);
  const missed = after.removed.filter((row) => {
    const at = [...strangers].find((one) => found.isRow(one, before[row] ?? [], keyAt));
    return at !== undefined && strangers.delete(at);
  });
  const gone = found.gone.filter(
    (row) => after.origin[row]! >= 0 && !(after.cells[row] ?? []).every(isBlank),
  );
  return missed.flatMap((row) => {
    const next = gone.toSorted(
      (a, b) => Math.abs(after.origin[a]! - row) - Math.abs(after.origin[b]! - row),
    )[0];
    if (next === undefined) return [];
    gone.splice(gone.indexOf(next), 1);
    return [rowBack(astray, found, next)];
  });
}

/** The row again, below the one that it followed, with its looks from there. */
function rowBack(
  { sheetId, after, headerRow, headerNow, before }: Astray,
  found: Found,
  row: number,
): Structural {
  let above = row - 1;
  while (above > headerRow && found.placeOf(above) === null) above--;
  const place = above > headerRow ? found.placeOf(above)! : headerNow;
  const at = place + 1;
  const range = { sheetId, dimension: "ROWS", startIndex: at, endIndex: at + 1 };
  const requests: Request[] = [{ insertDimension: { range, inheritFromBefore: place !== headerNow } }];
  const origin = after.origin[row]!;
  before[origin]?.forEach((was, slot) => {
    const column = found.positionOf(slot);
    if (column === null || isBlank(was)) return;
    const copies = isFormula(was) && origin !== at && place !== headerNow;
    requests.push(copies ? copied(sheetId, place, at, column) : written(sheetId, at, column, [was]));
  });
  return { at, order: row, requests };
}

/** A column that the batch made, and nobody wrote into since. */
function isOurColumn({ after, now }: Astray, column: number): boolean {
  return now.every((line, row) => {
    const there = line[column] ?? null;
    return (
      isBlank(there) ||
      after.written.some((cell) => cell.row === row && cell.column === column && sameCell(cell.value, there))
    );
  });
}

function removal(sheetId: number, dimension: "ROWS" | "COLUMNS", at: number): Request {
  return { deleteDimension: { range: { sheetId, dimension, startIndex: at, endIndex: at + 1 } } };
}

function copied(sheetId: number, from: number, to: number, column: number): Request {
  const cell = (row: number) => ({
    sheetId,
    startRowIndex: row,
    endRowIndex: row + 1,
    startColumnIndex: column,
    endColumnIndex: column + 1,
  });
  return { copyPaste: { source: cell(from), destination: cell(to), pasteType: "PASTE_FORMULA" } };
}

function written(
  sheetId: number,
  rowIndex: number,
  columnIndex: number,
  cells: readonly SeenCell[],
): Request {
  const values = cells.map((cell) => (isBlank(cell) ? {} : { userEnteredValue: entered(cell) }));
  return {
    updateCells: {
      start: { sheetId, rowIndex, columnIndex },
      rows: [{ values }],
      fields: "userEnteredValue",
    },
  };
}

function entered(cell: SeenCell): sheets_v4.Schema$ExtendedValue {
  if (isFormula(cell)) return { formulaValue: cell.formula };
  if (typeof cell === "number") return { numberValue: cell };
  if (typeof cell === "boolean") return { boolValue: cell };
  return { stringValue: typeof cell === "string" ? cell : (cell?.error ?? "") };
}
