/**
 * Large tables, read some rows at a time. The windows of a table are read round and round, each answer under the
 * size that Google advises. Content is consistent once every window but the last that was news has been read after
 * that one and was found as it was before: all of them then stood like this at that very moment. Hence one read a
 * window where a single one changed, and nearly two where all did. See docs/decisions/0004-row-windows.md.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Grid } from "../../model/mapping.ts";
import { type Box, rangeOf } from "./a1.ts";
import type { CallError } from "./problems.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import { hashOf, type TableWindow, type TabState } from "./revision.ts";
import type { SheetsApi } from "./sheets-api.ts";
import type { WantedTab } from "./tab-choice.ts";
import { parseValueRanges, type Suspect, type ValueRange } from "./value-ranges.ts";

/** Read twice they stay under the reads that Google grants a user in a minute. */
const WINDOWS_MAX = 24;
/** Plain numbers take about eight; the first window shows how it really is. */
const CELL_BYTES_GUESS = 16;
/** A window grows to so many times the one before at most: sparse rows may be followed by full ones. */
const GROWTH_MAX = 4;
/** Rounds until a table that changes all the time is taken as it is, unless rows moved. */
const ROUNDS_MAX = 2;

export type TableReading =
  /** As far as it was looked at, it is what it was; next time from window `cursor` on. */
  | { readonly tag: "Same"; readonly cursor: number }
  /** Changed, but the quota leaves no room to read it now. */
  | { readonly tag: "Later"; readonly cursor: number }
  | {
      readonly tag: "Read";
      readonly range: ValueRange;
      readonly windows: readonly TableWindow[];
    }
  | { readonly tag: "TooLarge" };

export interface TableDeps {
  readonly api: SheetsApi;
  readonly limits: ReadingLimits;
}

/** `before`: what is known of the table, whose windows are still windows of it. */
export async function readTable(
  { api, limits }: TableDeps,
  tab: WantedTab,
  before: TabState | null,
  cursor: number,
  signal: AbortSignal,
): Promise<Result<TableReading, CallError>> {
  const known = before?.windows ?? [];
  if (known.length === 0) {
    const guess = Math.ceil((tab.rows * tab.columns * CELL_BYTES_GUESS) / 2 / limits.windowBytes);
    const room = api.claim(2 * Math.min(guess, WINDOWS_MAX));
    return room.ok ? readRound(api, limits, tab, [], 0, signal) : err(room.error);
  }
  let at = cursor % known.length;
  for (let looks = looksNow(api, known.length); looks > 0; looks--) {
    const answer = await readWindow(api, tab, known[at]!, signal);
    if (!answer.ok) return answer;
    if (answer.value.hash !== known[at]!.hash) {
      if (!api.claim(2 * known.length).ok) return ok({ tag: "Later", cursor: at });
      return readRound(api, limits, tab, known, at, signal, answer.value);
    }
    at = (at + 1) % known.length;
  }
  return ok({ tag: "Same", cursor: at });
}

/** A look at each window while there is plenty of quota, else at fewer: a quarter of what is free, but one at least. */
function looksNow(api: SheetsApi, windows: number): number {
  let looks = windows;
  while (looks > 1 && !api.room(4 * looks).ok) looks = Math.floor(looks / 2);
  return looks;
}

interface WindowAnswer {
  readonly hash: string;
  readonly bytes: number;
  readonly body: Uint8Array;
}

/** A window as it was last read; parsed at once, so that only one body is held at a time. */
interface Held extends TableWindow {
  readonly bytes: number;
  readonly range: ValueRange;
}

/** Reads the table from window `start` on, of which `first` may be the answer, until it holds together. */
async function readRound(
  api: SheetsApi,
  limits: ReadingLimits,
  tab: WantedTab,
  known: readonly TableWindow[],
  start: number,
  signal: AbortSignal,
  first: WindowAnswer | null = null,
): Promise<Result<TableReading, CallError>> {
  const planned = known.length === 0 ? await plan(api, limits, tab, signal) : null;
  if (planned && !planned.ok) return planned;
  if (planned && !planned.value) return ok({ tag: "TooLarge" });
  const held: (Held | TableWindow)[] = planned?.value ? [...planned.value] : [...known];
  let next = first;
  let quiet = 0;
  let at = planned ? 0 : start;
  const complete = (): boolean => held.every((one) => "range" in one);
  for (let reads = planned ? held.length : 0; quiet < held.length - 1 || !complete(); reads++) {
    if (complete() && reads >= ROUNDS_MAX * held.length) {
      if (bordersFit(held as Held[])) break;
      return err({
        tag: "Unreachable",
        detail: `"${tab.title}" changed each time while it was read: sync a smaller part of it`,
      });
    }
    const window = held[at]!;
    const answer = next ? ok(next) : await readWindow(api, tab, window, signal);
    if (!answer.ok) return answer;
    next = null;
    quiet = answer.value.hash === window.hash ? quiet + 1 : 0;
    if (answer.value.hash !== window.hash || !("range" in window)) {
      const parsed = hold(tab, window, answer.value);
      if (!parsed.ok) return parsed;
      held[at] = parsed.value;
    }
    at = (at + 1) % held.length;
  }
  const all = held as Held[];
  const cells = all.reduce((sum, one) => sum + cellsOf(one.range.grid), 0);
  return ok(cells > limits.tabCellsMax ? { tag: "TooLarge" } : joined(all, limits));
}

/** Reads a table for the first time and finds its windows on the way; null when it is too large. */
async function plan(
  api: SheetsApi,
  limits: ReadingLimits,
  tab: WantedTab,
  signal: AbortSignal,
): Promise<Result<Held[] | null, CallError>> {
  const held: Held[] = [];
  const end = tab.box.row + tab.rows;
  let rows = Math.max(1, Math.floor(limits.windowBytes / (CELL_BYTES_GUESS * tab.columns)));
  let cells = 0;
  for (let row = tab.box.row; row < end; row = held.at(-1)!.endRow ?? end) {
    const endRow = row + rows >= end ? tab.box.endRow : row + rows;
    const window = { row, endRow, hash: "" };
    const answer = await readWindow(api, tab, window, signal);
    if (!answer.ok) return answer;
    const parsed = hold(tab, window, answer.value);
    if (!parsed.ok) return parsed;
    held.push(parsed.value);
    cells += cellsOf(parsed.value.range.grid);
    if (cells > limits.tabCellsMax || held.length > WINDOWS_MAX) return ok(null);
    const wished = (rows * limits.windowBytes * WINDOW_FILL) / answer.value.bytes;
    rows = Math.max(1, Math.floor(Math.min(rows * GROWTH_MAX, wished)));
  }
  return ok(held);
}

/** Rows are not all alike: windows are planned to be so full. */
const WINDOW_FILL = 0.8;

/** One row more than the window has: where it is not the next window's first row, rows moved in between. */
async function readWindow(
  api: SheetsApi,
  tab: WantedTab,
  { row, endRow }: TableWindow,
  signal: AbortSignal,
): Promise<Result<WindowAnswer, CallError>> {
  const box: Box = { ...tab.box, row, endRow: endRow === null ? null : endRow + 1 };
  const body = await api.values([rangeOf(tab.sheetTitle, box)], signal);
  if (!body.ok) return body;
  return ok({ hash: hashOf(body.value), bytes: body.value.length, body: body.value });
}

function hold(tab: WantedTab, { row, endRow }: TableWindow, answer: WindowAnswer): Result<Held, CallError> {
  const parsed = parseValueRanges(answer.body, 1);
  if (!parsed.ok) return parsed;
  const range = { ...parsed.value[0]!, row, column: tab.box.column };
  return ok({ row, endRow, hash: answer.hash, bytes: answer.bytes, range });
}

function bordersFit(held: readonly Held[]): boolean {
  return held.every((one, index) => {
    const next = held[index + 1];
    if (!next || one.endRow === null) return true;
    return Bun.deepEquals(one.range.grid[one.endRow - one.row] ?? [], next.range.grid[0] ?? []);
  });
}

function joined(held: readonly Held[], limits: ReadingLimits): TableReading {
  const grid: (readonly [] | Grid[number])[] = [];
  const suspects: Suspect[] = [];
  const top = held[0]!.row;
  for (const { row, endRow, range } of held) {
    while (grid.length < row - top) grid.push([]);
    const rows = endRow === null ? range.grid : range.grid.slice(0, endRow - row);
    for (const cells of rows) grid.push(cells);
    for (const suspect of range.suspects) if (endRow === null || suspect.row < endRow) suspects.push(suspect);
  }
  while (grid.length > 0 && grid.at(-1)!.length === 0) grid.pop();
  return {
    tag: "Read",
    range: { grid, row: top, column: held[0]!.range.column, suspects },
    windows: held.flatMap((one) => parted(one, limits)),
  };
}

/** A window that grew far beyond its size is two from now on; each is news when it is looked at. */
function parted({ row, endRow, hash, bytes, range }: Held, limits: ReadingLimits): TableWindow[] {
  const middle = row + Math.floor(range.grid.length / 2);
  if (bytes < 2 * limits.windowBytes || middle <= row) return [{ row, endRow, hash }];
  return [
    { row, endRow: middle, hash: "" },
    { row: middle, endRow, hash: "" },
  ];
}

function cellsOf(grid: Grid): number {
  return grid.reduce((sum, cells) => sum + cells.length, 0);
}
