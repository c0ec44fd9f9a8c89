/** Google's A1 notation, counting rows and columns from 0. */

/** A whole tab, or with `box` a part of it. Always quoted: an unquoted title may read as a cell or a named range. */
export function rangeOf(title: string, box?: Box): string {
  const tab = `'${title.replaceAll("'", "''")}'`;
  if (!box) return tab;
  const start = `${columnLetters(box.column)}${box.row + 1}`;
  const end = `${columnLetters(box.column + box.columns - 1)}${box.row + box.rows}`;
  return `${tab}!${start}:${end}`;
}

export interface Box {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function columnLetters(column: number): string {
  const before = Math.floor(column / 26);
  return (before > 0 ? columnLetters(before - 1) : "") + String.fromCharCode(65 + (column % 26));
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
