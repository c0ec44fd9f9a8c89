/** Which tabs are large, how they are read beside the others, and what is more than a source may take. */
import type { HeaderRow } from "#contract/rest.ts";
import { ok, type Result } from "#contract/result.ts";
import type { CallError } from "./problems.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import type { TabState } from "./revision.ts";
import type { WantedTab } from "./tab-choice.ts";
import { type Measured, measuredBefore, measureTab } from "./tab-reading.ts";
import type { ValueRange } from "./value-ranges.ts";
import { readTable, type TableDeps } from "./windows.ts";

/** Never read: a table of a large grid may hold little, but nobody knows. */
export function isLarge(tab: WantedTab, before: TabState | null): boolean {
  return before ? before.windows !== null : tab.rows * tab.columns > GRID_CELLS_MAX;
}

/** Cells of grids, filled or not, that are asked for at once before their content is known: 8 MiB if all are numbers. */
export const GRID_CELLS_MAX = 1 << 20;

export async function readLarge(
  deps: TableDeps,
  tab: WantedTab,
  header: HeaderRow,
  state: TabState | null,
  cursor: number,
  signal: AbortSignal,
): Promise<Result<{ readonly measured: Measured; readonly cursor: number }, CallError>> {
  if (state?.tooLarge && sameGrid(state, tab)) return ok({ measured: measuredBefore(state), cursor: 0 });
  const valid = state?.windows?.every((window) => window.row < tab.box.row + tab.rows);
  const read = await readTable(deps, tab, valid ? state : null, cursor, signal);
  if (!read.ok) return read;
  const table = read.value;
  switch (table.tag) {
    case "Same":
    case "Later":
      return ok({ measured: measuredBefore(state!), cursor: table.cursor });
    case "TooLarge":
      return ok({ measured: tooLarge(tab), cursor: 0 });
    case "Read": {
      const measured = measureTab(tab, table.range, header, table.windows);
      const fits = measured.bytes <= deps.limits.answerBytesMax;
      return ok({ measured: fits ? { ...measured, windows: null } : measured, cursor: 0 });
    }
  }
}

/** One that outgrew an answer, or what may be synced at all, is read otherwise from the next poll on. */
export function measureSmall(
  limits: ReadingLimits,
  tab: WantedTab,
  header: HeaderRow,
  read: ValueRange,
): Measured {
  const measured = measureTab(tab, read, header);
  if (measured.cells > limits.tabCellsMax) return tooLarge(tab);
  return measured.bytes > limits.answerBytesMax ? { ...measured, windows: [] } : measured;
}

/** Tables are taken in order as long as the source has room for the whole of them. */
export function withinSource(
  tabs: readonly Measured[],
  wanted: readonly WantedTab[],
  cellsMax: number,
): readonly Measured[] {
  let cells = 0;
  return tabs.map((tab, index) => {
    cells += tab.cells;
    if (cells <= cellsMax) return tab;
    cells -= tab.cells;
    return tooLarge(wanted[index]!);
  });
}

function tooLarge(tab: WantedTab): Measured {
  const none: ValueRange = { grid: [], row: tab.box.row, column: tab.box.column, suspects: [] };
  return { ...measureTab(tab, none, "first", []), tooLarge: true, read: null };
}

/** Filled or not, its size is the same. */
export function sameGrid(a: WantedTab, b: WantedTab): boolean {
  return a.rows === b.rows && a.columns === b.columns;
}
