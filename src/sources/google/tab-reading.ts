/** From what Google answered about one tab to the state it is remembered by and the snapshot it gives. */
import { type Grid, mapGrid } from "../../model/mapping.ts";
import type { TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import { type Box, rangeOf } from "./a1.ts";
import { hashOf, type TabState } from "./revision.ts";
import type { WantedTab } from "./tab-list.ts";
import { columnFormat, isPlainText, type TypedCells } from "./typed-cells.ts";
import { errorCode, LOADING, type Suspect, type ValueRange } from "./value-ranges.ts";

/** Rows below the header whose number formats stand for their columns. */
const SAMPLE_ROWS = 5;
/** A typed cell takes about 200 bytes; more suspects than this in one tab count as what they seem. */
const SUSPECTS_MAX = 2_000;

/** What the values alone tell of a tab; all but `checkable` and `read` are fields of its state. */
export interface Measured
  extends Pick<TabState, "values" | "shape" | "headerRow" | "height" | "width" | "suspects"> {
  /** Suspects that may be plain text: an error with its reason written out is never typed by hand. */
  readonly checkable: readonly Suspect[];
  /** Null when the values are known to be those of the state before. */
  readonly read: ValueRange | null;
}

export function measureTab(read: ValueRange): Measured {
  const { grid } = read;
  const headerRow = grid.findIndex((row) => row.some((value) => value !== null));
  const width = grid.reduce((widest, row) => Math.max(widest, row.length), 0);
  const checkable = read.suspects.filter(({ text }) => text === LOADING || text === errorCode(text));
  return {
    values: hashOf(JSON.stringify(grid)),
    shape: hashOf(JSON.stringify([grid[headerRow] ?? [], headerRow, width])),
    headerRow,
    height: grid.length,
    width,
    suspects: hashOf(JSON.stringify(checkable)),
    checkable,
    read,
  };
}

export function measuredBefore(state: TabState): Measured {
  return { ...state, checkable: [], read: null };
}

/** The part of a tab that tells its formats: the header and a few rows below. None of a blank tab. */
export function formatRange(title: string, measured: Measured): string | null {
  if (measured.headerRow < 0) return null;
  const rows = Math.min(measured.height - measured.headerRow, 1 + SAMPLE_ROWS);
  return rangeOf(title, { row: measured.headerRow, column: 0, rows, columns: measured.width });
}

/** Ranges that hold the checkable cells: those below one another in one range, as formulas are filled down. */
export function suspectRanges(title: string, suspects: readonly Suspect[]): string[] {
  const byColumn = suspects.slice(0, SUSPECTS_MAX).toSorted((a, b) => a.column - b.column || a.row - b.row);
  const boxes: Box[] = [];
  for (const { row, column } of byColumn) {
    const last = boxes.at(-1);
    if (last && last.column === column && last.row + last.rows === row) {
      boxes[boxes.length - 1] = { ...last, rows: last.rows + 1 };
    } else boxes.push({ row, column, rows: 1, columns: 1 });
  }
  return boxes.map((box) => rangeOf(title, box));
}

/** What was asked for about a tab; null: it was not asked, what is known stays. */
export interface Typed {
  readonly formats: TypedCells | null;
  readonly suspects: TypedCells | null;
}

/** The tab's state as it is now, its notices excepted: those come with the snapshot. */
export function tabState(
  tab: WantedTab,
  measured: Measured,
  typed: Typed,
  before: TabState | undefined,
): TabState {
  const { values, shape, headerRow, height, width, suspects } = measured;
  const cells = typed.formats;
  const columns = headerRow < 0 ? [] : Array.from({ length: width }, (_, column) => column);
  const sample = { from: headerRow + 1, to: headerRow + 1 + SAMPLE_ROWS };
  return {
    sheetId: tab.sheetId,
    title: tab.title,
    name: tab.name,
    values,
    shape,
    headerRow,
    height,
    width,
    formats: cells ? columns.map((column) => columnFormat(cells, column, sample)) : (before?.formats ?? []),
    shownHeaders: cells
      ? columns.map((column) => shownHeader(cells, headerRow, column))
      : (before?.shownHeaders ?? []),
    suspects,
    texts: typed.suspects ? plainTexts(measured.checkable, typed.suspects) : (before?.texts ?? []),
    notices: before?.notices ?? [],
  };
}

/** True while a formula of the tab has not settled. */
export function isLoading(measured: Measured, state: TabState): boolean {
  const texts = textsOf(state);
  return measured.checkable.some((suspect) => suspect.text === LOADING && !texts.has(placeOf(suspect)));
}

export function unchangedTab(state: TabState): UnchangedTab {
  return { tabId: String(state.sheetId), title: state.title, unchanged: true };
}

/** Writes the errors into the grid, then maps it. `keyHeader`: the column that identifies rows. */
export function snapshotOf(
  state: TabState,
  read: ValueRange,
  keyHeader: string | undefined,
): { readonly snapshot: TabSnapshot; readonly notices: readonly string[] } {
  const table = mapGrid(withErrors(read, state), state);
  const snapshot = {
    tabId: String(state.sheetId),
    title: state.title,
    columns: table.columns,
    rows: table.rows,
  };
  if (keyHeader === undefined) return { snapshot, notices: [] };
  const keyColumn = table.columns.findIndex((column) => column.header.trim() === keyHeader.trim());
  if (keyColumn >= 0) return { snapshot: { ...snapshot, keyColumn }, notices: [] };
  const notice = `The tab "${state.title}" has no column "${keyHeader}": correct the header under "keyColumns".`;
  return { snapshot, notices: [notice] };
}

function withErrors(read: ValueRange, state: TabState): Grid {
  const texts = textsOf(state);
  for (const suspect of read.suspects) {
    const code = errorCode(suspect.text);
    if (code === null || texts.has(placeOf(suspect))) continue;
    const row = read.grid[suspect.row] as (typeof read.grid)[number][number][];
    row[suspect.column] = { error: code };
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
