/** A1 notation: reading what callers write, and writing ranges as Google does. */
import type { Box, GridRange } from "./box.ts";

/** A range as written: a tab's title, a place on it, or one bare word that only a workbook can tell. */
export interface WrittenRange {
  readonly title: string | null;
  /** Sides that were not written are absent. Without a tab: the first one. */
  readonly place: GridRange | null;
  /** Set when the text is neither quoted nor a place: a tab's title or, also after a tab, a named range. */
  readonly word: string | null;
}

/** "A" for 0, "AA" for 26. */
export function columnName(column: number): string {
  let name = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

export function columnIndex(name: string): number {
  let index = 0;
  for (const letter of name.toUpperCase()) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

/** Null when the text cannot be a range in any workbook. */
export function readA1(text: string): WrittenRange | null {
  const quoted = /^'((?:[^']|'')*)'(?:!(.*))?$/s.exec(text);
  if (quoted) {
    const title = quoted[1]!.replaceAll("''", "'");
    if (quoted[2] === undefined) return { title, place: null, word: null };
    return onTab(title, quoted[2]);
  }
  const mark = text.lastIndexOf("!");
  if (mark >= 0) {
    return onTab(text.slice(0, mark), text.slice(mark + 1));
  }
  const place = readPlace(text);
  if (place) return { title: null, place, word: text };
  return text === "" ? null : { title: null, place: null, word: text };
}

/** "B2:C", "2:4", "A:A", "R1C1:R2C2"; corners in any order. Null when it is no place. */
export function readPlace(text: string): GridRange | null {
  const [first, second, ...more] = text.split(":");
  if (first === undefined || more.length > 0) return null;
  const from = readCorner(first);
  const to = second === undefined ? from : readCorner(second);
  if (!from || !to) return null;
  if (second === undefined && (from.row === null || from.column === null)) return null;
  const [startRow, endRow] = side(from.row, to.row);
  const [startColumn, endColumn] = side(from.column, to.column);
  const place: GridRange = {};
  if (startRow !== null) place.startRowIndex = startRow;
  if (endRow !== null) place.endRowIndex = endRow + 1;
  if (startColumn !== null) place.startColumnIndex = startColumn;
  if (endColumn !== null) place.endColumnIndex = endColumn + 1;
  return place;
}

/** "Sheet1!A1:B2"; a single cell is written once. */
export function writeA1(title: string, box: Box): string {
  return `${quoteTitle(title)}!${writeBox(box)}`;
}

export function writeBox(box: Box): string {
  const from = `${columnName(box.startColumn)}${box.startRow + 1}`;
  const to = `${columnName(box.endColumn - 1)}${box.endRow}`;
  return from === to ? from : `${from}:${to}`;
}

/** Quotes only where the bare title could be misread. */
export function quoteTitle(title: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_.]*$/.test(title);
  const likeCell =
    /^[A-Za-z]{1,3}\d+$/.test(title) || /^R\d*C\d*$/i.test(title) || /^(TRUE|FALSE)$/i.test(title);
  return plain && !likeCell ? title : `'${title.replaceAll("'", "''")}'`;
}

function onTab(title: string, text: string): WrittenRange | null {
  const place = readPlace(text);
  if (place) return { title, place, word: null };
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(text) ? { title, place: null, word: text } : null;
}

interface Corner {
  readonly row: number | null;
  readonly column: number | null;
}

function readCorner(text: string): Corner | null {
  const grid = /^R(\d+)C(\d+)$/i.exec(text);
  if (grid) return { row: Number(grid[1]) - 1, column: Number(grid[2]) - 1 };
  const match = /^\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?$/.exec(text);
  if (!match || text === "" || (match[1] === undefined && match[2] === undefined)) return null;
  return {
    row: match[2] === undefined ? null : Number(match[2]) - 1,
    column: match[1] === undefined ? null : columnIndex(match[1]),
  };
}

/** An open side stays open at the end: A2:B runs down, and B:A2 is the same. */
function side(a: number | null, b: number | null): [number | null, number | null] {
  if (a === null) return [b, null];
  if (b === null) return [a, null];
  return a <= b ? [a, b] : [b, a];
}
