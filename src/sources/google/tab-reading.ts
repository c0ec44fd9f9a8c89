/** From what Google answered about one tab to the state it is remembered by and the snapshot it gives. */
import type { CellValue } from "#contract/cell.ts";
import type { HeaderRow } from "#contract/rest.ts";
import { type Grid, mapGrid, placeHeader } from "../../model/mapping.ts";
import type { RowRun, TablePlace, TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import { type Box, rangeOf } from "./a1.ts";
import { hashOf, type TableWindow, type TabState } from "./revision.ts";
import type { WantedTab } from "./tab-choice.ts";
import { columnFormat, isPlainText, type TypedCells } from "./typed-cells.ts";
import { errorCode, LOADING, type Suspect, type ValueRange } from "./value-ranges.ts";

/** Rows below the header whose number formats stand for their columns. */
const SAMPLE_ROWS = 5;
/** A typed cell takes about 200 bytes; more suspects than this in one tab count as what they seem. */
const SUSPECTS_MAX = 2_000;

/** What the values alone tell of a tab; all but `checkable` and `read` are fields of its state. */
export interface Measured
  extends Pick<
    TabState,
    | "values"
    | "shape"
    | "headerRow"
    | "firstRow"
    | "row"
    | "column"
    | "height"
    | "width"
    | "bytes"
    | "cells"
    | "suspects"
    | "windows"
    | "tooLarge"
  > {
  /** Suspects that may be plain text: an error with its reason written out is never typed by hand. */
  readonly checkable: readonly Suspect[];
  /** Null when the values are known to be those of the state before, or are not synced at all. */
  readonly read: ValueRange | null;
}

/** `windows`: those that a large tab was read in. */
export function measureTab(
  tab: WantedTab,
  read: ValueRange,
  header: HeaderRow,
  windows: readonly TableWindow[] | null = null,
): Measured {
  const { grid, row, column } = read;
  const table = tableRows(read, header, tab.hiddenRows);
  const width = grid.reduce((widest, cells) => Math.max(widest, cells.length), 0);
  const checkable = read.suspects.filter(({ text }) => text === LOADING || text === errorCode(text));
  const content = digest(grid);
  const place = [table.headerRow, table.firstRow, width];
  return {
    values: content.hash,
    shape: hashOf(JSON.stringify([grid[table.headerRow - row] ?? [], ...place])),
    headerRow: table.headerRow,
    firstRow: table.firstRow,
    row,
    column,
    height: grid.length,
    width,
    bytes: content.bytes,
    cells: grid.reduce((sum, cells) => sum + cells.length, 0),
    suspects: hashOf(JSON.stringify(checkable)),
    windows,
    tooLarge: false,
    checkable,
    read,
  };
}

/** Rows written out at once to be hashed: a large tab as one text would take as much memory again. */
const DIGEST_ROWS = 4_096;

function digest(grid: Grid): { readonly hash: string; readonly bytes: number } {
  const hashes: string[] = [];
  let bytes = 0;
  for (let row = 0; row < grid.length; row += DIGEST_ROWS) {
    const text = JSON.stringify(grid.slice(row, row + DIGEST_ROWS));
    hashes.push(hashOf(text));
    bytes += text.length;
  }
  return { hash: hashes.length === 1 ? hashes[0]! : hashOf(hashes.join(" ")), bytes };
}

export function measuredBefore(state: TabState): Measured {
  return { ...state, checkable: [], read: null };
}

/** Rows of the grid that belong to a table, and where they stand. */
export interface TableRows {
  readonly rows: Grid;
  /** In the tab's grid; -1 without a header. */
  readonly headerRow: number;
  readonly firstRow: number;
  /** Position of the header in `rows`, or -1. */
  readonly headerAt: number;
  /** Position in the grid that was read of a row of `rows`. */
  readonly readAt: (at: number) => number;
}

/** A header that was asked for by its number is never left out, whether hidden or not. */
export function tableRows(
  { grid, row }: ValueRange,
  header: HeaderRow,
  hidden: readonly RowRun[],
): TableRows {
  const asked = typeof header === "number" ? header - 1 - row : -1;
  const leftOut = new Set<number>();
  for (const [from, count] of hidden) {
    for (let index = from - row; index < Math.min(from - row + count, grid.length); index++) {
      if (index !== asked) leftOut.add(index);
    }
  }
  const kept = leftOut.size === 0 ? null : [...grid.keys()].filter((index) => !leftOut.has(index));
  const rows = kept ? kept.map((index) => grid[index]!) : grid;
  const readAt = (at: number): number => (kept ? (kept[at] ?? grid.length) : at);
  // A header above the range cannot be its header: the first row with content is.
  const place = typeof header !== "number" ? header : asked < 0 ? "first" : (kept?.indexOf(asked) ?? asked);
  const headerAt = placeHeader(rows, place);
  const headerRow = headerAt < 0 ? -1 : row + readAt(headerAt);
  return { rows, headerAt, headerRow, firstRow: row + readAt(headerAt + 1), readAt };
}

/** The part of a tab that tells its formats: the header and a few rows below. None of a blank tab. */
export function formatRange(tab: WantedTab, measured: Measured): string | null {
  const { headerRow, firstRow, row, column, height, width } = measured;
  const from = headerRow < 0 ? firstRow : headerRow;
  const end = Math.min(row + height, firstRow + SAMPLE_ROWS);
  if (width === 0 || end <= from) return null;
  return rangeOf(tab.sheetTitle, { row: from, column, endRow: end, endColumn: column + width });
}

/** Ranges that hold the checkable cells: those below one another in one range, as formulas are filled down. */
export function suspectRanges(title: string, suspects: readonly Suspect[]): string[] {
  const byColumn = suspects.slice(0, SUSPECTS_MAX).toSorted((a, b) => a.column - b.column || a.row - b.row);
  const boxes: (Box & { endRow: number })[] = [];
  for (const { row, column } of byColumn) {
    const last = boxes.at(-1);
    if (last && last.column === column && last.endRow === row) last.endRow++;
    else boxes.push({ row, column, endRow: row + 1, endColumn: column + 1 });
  }
  return boxes.map((box) => rangeOf(title, box));
}

/** What was asked for about a tab; null: it was not asked, what is known stays. */
export interface Typed {
  readonly formats: TypedCells | null;
  readonly suspects: TypedCells | null;
}

/** The tab's state as it is now; its formulas and notices come with the snapshot. */
export function tabState(
  tab: WantedTab,
  { checkable, read: _, ...measured }: Measured,
  typed: Typed,
  before: TabState | undefined,
): TabState {
  const { headerRow, firstRow, column, height, width } = measured;
  const cells = typed.formats;
  const columns = Array.from({ length: height === 0 ? 0 : width }, (_none, index) => column + index);
  const sample = { from: firstRow, to: firstRow + SAMPLE_ROWS };
  return {
    ...measured,
    ...wantedOf(tab),
    formats: cells ? columns.map((at) => columnFormat(cells, at, sample)) : (before?.formats ?? []),
    shownHeaders: cells
      ? columns.map((at) => shownHeader(cells, headerRow, at))
      : (before?.shownHeaders ?? []),
    texts: typed.suspects ? plainTexts(checkable, typed.suspects) : (before?.texts ?? []),
    formulas: before?.formulas ?? "",
    notices: before?.notices ?? [],
  };
}

/** A tab of a choice may be a state of before, which holds more. */
function wantedOf(tab: WantedTab): WantedTab {
  const { tabId, sheetId, title, name, sheetTitle, box, range, rows, columns, merges, hiddenRows } = tab;
  return { tabId, sheetId, title, name, sheetTitle, box, range, rows, columns, merges, hiddenRows };
}

/** True while a formula of the tab has not settled. */
export function isLoading(measured: Measured, state: TabState): boolean {
  const texts = textsOf(state);
  return measured.checkable.some((suspect) => suspect.text === LOADING && !texts.has(placeOf(suspect)));
}

export function unchangedTab(state: TabState): UnchangedTab {
  return { tabId: state.tabId, title: state.title, unchanged: true };
}

/** What the settings say of a tab. */
export interface TabSettings {
  readonly header: HeaderRow;
  /** The column that identifies rows. */
  readonly keyHeader?: string | undefined;
  /** Whether they are asked for. */
  readonly formulas: boolean;
}

/** Writes the errors into the grid, then maps it. `formulas`: as in the grid that was read, null for none. */
export function snapshotOf(
  state: TabState,
  read: ValueRange,
  { header, keyHeader, formulas: formulasWanted }: TabSettings,
  formulas: FormulaGrid | null,
): { readonly snapshot: TabSnapshot; readonly notices: readonly string[] } {
  const { rows, headerAt, readAt } = tableRows(
    { ...read, grid: withErrors(read, state) },
    header,
    state.hiddenRows,
  );
  const table = mapGrid(rows, { ...state, header: headerAt < 0 ? "none" : headerAt });
  const notices: string[] = [];
  if (formulasWanted && !formulas) {
    notices.push(
      `The formulas of "${state.title}" are not synced: it is too large. Choose a part of it under "tabs".`,
    );
  }
  if (typeof header === "number" && header - 1 < state.row) {
    notices.push(
      `The header row ${header} of "${state.title}" stands above its first row, ${state.row + 1}: its first row with content is taken instead.`,
    );
  }
  const keyColumn = table.columns.findIndex((column) => column.header.trim() === keyHeader?.trim());
  if (keyHeader !== undefined && keyColumn < 0) {
    notices.push(
      `The tab "${state.title}" has no column "${keyHeader}": correct the header under "keyColumns".`,
    );
  }
  const snapshot: TabSnapshot = {
    tabId: state.tabId,
    title: state.title,
    columns: table.columns,
    rows: table.rows,
    place: placeOfTable(state),
    ...(state.merges.length > 0 ? { merges: state.merges } : {}),
    ...(keyColumn >= 0 ? { keyColumn } : {}),
    ...(state.windows ? { readInParts: true } : {}),
    ...(formulas ? { formulas: table.rows.map((_, at) => formulas[readAt(table.firstRow + at)] ?? []) } : {}),
  };
  return { snapshot, notices };
}

/** By row and column of the grid that was read. */
export type FormulaGrid = readonly (readonly (string | null)[])[];

function placeOfTable({ headerRow, firstRow, column, hiddenRows }: TabState): TablePlace {
  const place = { headerRow: headerRow < 0 ? null : headerRow, firstRow, firstColumn: column };
  return hiddenRows.length > 0 ? { ...place, leftOut: hiddenRows } : place;
}

function withErrors(read: ValueRange, state: TabState): Grid {
  const texts = textsOf(state);
  for (const suspect of read.suspects) {
    const code = errorCode(suspect.text);
    if (code === null || texts.has(placeOf(suspect))) continue;
    const row = read.grid[suspect.row - read.row] as CellValue[];
    row[suspect.column - read.column] = { error: code };
  }
  return read.grid;
}

function plainTexts(suspects: readonly Suspect[], cells: TypedCells): TabState["texts"] {
  return suspects
    .filter((suspect) =>
      isPlainText(cells.at(suspect.row, suspect.column), suspect, suspect.text !== LOADING),
    )
    .map(({ row, column }) => [row, column] as const);
}

/** Places of the cells that only read like an error. */
function textsOf(state: TabState): ReadonlySet<string> {
  return new Set(state.texts.map(([row, column]) => placeOf({ row, column })));
}

function placeOf({ row, column }: { readonly row: number; readonly column: number }): string {
  return `${row} ${column}`;
}

function shownHeader(cells: TypedCells, row: number, column: number): string | null {
  const cell = cells.at(row, column);
  return cell?.effectiveValue?.numberValue === undefined ? null : (cell.formattedValue ?? null);
}
