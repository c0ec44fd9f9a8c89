/** Google's A1 notation, counting rows and columns from 0. */

/** Part of a tab. Ends are exclusive; null: to the end of the grid, wherever that is. */
export interface Box {
  readonly row: number;
  readonly column: number;
  readonly endRow: number | null;
  readonly endColumn: number | null;
}

export const WHOLE_TAB: Box = { row: 0, column: 0, endRow: null, endColumn: null };

/** Google's limits of a grid; a range that ends beyond the grid is cut to it. */
const ROWS_MAX = 10_000_000;
const COLUMNS_MAX = 18_278;

/** A whole tab, or a part of it. Always quoted: an unquoted title may read as a cell or a named range. */
export function rangeOf(title: string, box: Box = WHOLE_TAB): string {
  const tab = `'${title.replaceAll("'", "''")}'`;
  return sameBox(box, WHOLE_TAB) ? tab : `${tab}!${formatBox(box)}`;
}

/** "B3:F9", "B3:F" to the last row, "3:9" of all columns. */
export function formatBox({ row, column, endRow, endColumn }: Box): string {
  if (column === 0 && endColumn === null) return `${row + 1}:${endRow ?? ROWS_MAX}`;
  const end = columnLetters((endColumn ?? COLUMNS_MAX) - 1);
  return `${columnLetters(column)}${row + 1}:${end}${endRow ?? ""}`;
}

/** Null where `text` is no range: "B3:F", "$A$1:C9", "2:4", "B:B" and "C7" are; corners in any order. */
export function parseBox(text: string): Box | null {
  const [from, to = from, ...more] = text.trim().split(":").map(parseCorner);
  if (!from || !to || more.length > 0) return null;
  if (!text.includes(":") && (from.row === null || from.column === null)) return null;
  const [row, endRow] = side(from.row, to.row);
  const [column, endColumn] = side(from.column, to.column);
  return { row, column, endRow, endColumn };
}

/** Where the range of an answer begins, such as "'My tab'!B3:F1000". */
export function originOf(range: string): { readonly row: number; readonly column: number } {
  const box = parseBox(range.slice(range.lastIndexOf("!") + 1));
  return { row: box?.row ?? 0, column: box?.column ?? 0 };
}

export function sameBox(a: Box, b: Box): boolean {
  return a.row === b.row && a.column === b.column && a.endRow === b.endRow && a.endColumn === b.endColumn;
}

export function columnLetters(column: number): string {
  const before = Math.floor(column / 26);
  return (before > 0 ? columnLetters(before - 1) : "") + String.fromCharCode(65 + (column % 26));
}

interface Corner {
  readonly row: number | null;
  readonly column: number | null;
}

function parseCorner(text: string): Corner | null {
  const [, letters, digits] = /^\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,7})?$/.exec(text) ?? [];
  if (letters === undefined && digits === undefined) return null;
  return {
    row: digits === undefined ? null : Number(digits) - 1,
    column: letters === undefined ? null : columnIndex(letters),
  };
}

export function columnIndex(letters: string): number {
  let index = 0;
  for (const letter of letters.toUpperCase()) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

/** A side that one corner leaves open runs to the end: A2:B is all of both columns from the second row on. */
function side(a: number | null, b: number | null): [start: number, end: number | null] {
  if (a === null || b === null) return [a ?? b ?? 0, null];
  return [Math.min(a, b), Math.max(a, b) + 1];
}

/** Longest query of ranges in one request: Google refuses addresses much longer than this. */
const QUERY_LENGTH_MAX = 6_000;

/** Splits ranges into lists that each fit one request. Never returns an empty list. */
export function requestSized(ranges: readonly string[]): string[][] {
  const lists: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const range of ranges) {
    const needed = encodeURIComponent(range).length + "&ranges=".length;
    if (length + needed > QUERY_LENGTH_MAX) {
      lists.push([]);
      length = 0;
    }
    lists.at(-1)!.push(range);
    length += needed;
  }
  return lists;
}
