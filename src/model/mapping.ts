/** A grid of values as a table: its header row, its columns with their keys and types, its rows. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import type { ColumnSnapshot } from "./snapshot.ts";

/** Rows by position; a missing cell is empty. */
export type Grid = readonly (readonly CellValue[])[];

/** How a source shows the numbers of a column. */
export interface NumberFormat {
  readonly kind: "number" | "date" | "time" | "datetime";
  /** The source's own pattern, such as "yyyy-mm-dd". */
  readonly pattern?: string;
}

export interface Table {
  /** Position in the grid; -1 when there is no header. */
  readonly headerRow: number;
  /** Position in the grid of the first of `rows`. */
  readonly firstRow: number;
  /** By position in the grid: the column at index 2 is the grid's third. */
  readonly columns: readonly ColumnSnapshot[];
  /** The rows below the header, the same arrays as in the grid. */
  readonly rows: Grid;
}

/** Where the header stands: in the first row with content, nowhere, or in the row at this position of the grid. */
export type HeaderPlace = "first" | "none" | number;

/** What a source knows about its columns beyond their values, by position. */
export interface GridHints {
  /** "first" unless given. */
  readonly header?: HeaderPlace;
  readonly formats?: readonly (NumberFormat | null | undefined)[];
  /** How the source shows a header that is not text, such as a date. */
  readonly shownHeaders?: readonly (string | null | undefined)[];
}

/** Blank rows and columns at the end are no part of the table. */
export function mapGrid(grid: Grid, hints: GridHints = {}): Table {
  const headerRow = placeHeader(grid, hints.header);
  const firstRow = headerRow + 1;
  const rows = grid.slice(firstRow, grid.findLastIndex(hasContent) + 1);
  const header = grid[headerRow] ?? [];
  const kinds = kindsByColumn(rows, contentWidth(header));
  const columns = kinds.map((seen, index) => {
    const format = hints.formats?.[index] ?? null;
    const type = columnType(seen, format);
    const pattern = seen & NUMBER ? format?.pattern : undefined;
    const shown = hints.shownHeaders?.[index] ?? headerText(header[index]);
    return pattern === undefined ? { header: shown, type } : { header: shown, type, format: pattern };
  });
  return { headerRow, firstRow, columns, rows };
}

/** Position of the header in the grid, -1 where there is none: by wish, or in a blank grid. */
export function placeHeader(grid: Grid, place: HeaderPlace = "first"): number {
  if (typeof place === "number") return place;
  return place === "none" ? -1 : grid.findIndex(hasContent);
}

/** Names that a row object cannot give to a column: the row's id, and what JavaScript keeps for itself. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(["$row", "__proto__"]);

/**
 * A unique key for each column, in the columns' order: the key it is known by if it has one, else its header
 * without surrounding blanks. Who comes second to a key gets `price_2`, `price_3`; a blank header at the third
 * position gives `column_3`. A key that is another column's own header is never made up for somebody else.
 */
export function uniqueKeys(
  columns: readonly { readonly header: string; readonly known?: string | undefined }[],
): string[] {
  const keys: (string | undefined)[] = columns.map(() => undefined);
  const taken = new Set(RESERVED_KEYS);
  const claim = (index: number, key: string | undefined): void => {
    if (key === undefined || key === "" || keys[index] !== undefined || taken.has(key)) return;
    taken.add(key);
    keys[index] = key;
  };
  columns.forEach((column, index) => {
    claim(index, column.known);
  });
  columns.forEach((column, index) => {
    claim(index, column.header.trim());
  });
  return columns.map((column, index) => {
    const wish = column.header.trim() || `column_${index + 1}`;
    claim(index, wish);
    for (let count = 2; keys[index] === undefined; count++) claim(index, `${wish}_${count}`);
    return keys[index]!;
  });
}

const NUMBER = 1;
const TEXT = 2;
const BOOLEAN = 4;
const ERROR = 8;

/** For each column, up to the last one with content, the bits of what stands below its header. */
function kindsByColumn(rows: Grid, headerWidth: number): number[] {
  const kinds: number[] = new Array(headerWidth).fill(0);
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      const kind = kindOf(row[index]);
      if (kind === 0) continue;
      while (kinds.length <= index) kinds.push(0);
      kinds[index]! |= kind;
    }
  }
  return kinds;
}

function kindOf(value: CellValue | undefined): number {
  if (typeof value === "number") return NUMBER;
  if (typeof value === "string") return TEXT;
  if (typeof value === "boolean") return BOOLEAN;
  return value == null ? 0 : ERROR;
}

/** Errors say nothing of a column's type, unless there is nothing else. */
function columnType(seen: number, format: NumberFormat | null): ColumnType {
  if (seen === 0) return "empty";
  const values = seen & ~ERROR;
  if (values === NUMBER) return format?.kind ?? "number";
  if (values === TEXT) return "text";
  return values === BOOLEAN ? "boolean" : "mixed";
}

function headerText(value: CellValue | undefined): string {
  if (value == null) return "";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return isCellError(value) ? value.error : String(value);
}

function hasContent(row: readonly CellValue[]): boolean {
  return row.some((value) => value != null);
}

function contentWidth(row: readonly CellValue[]): number {
  return row.findLastIndex((value) => value != null) + 1;
}
