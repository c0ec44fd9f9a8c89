/** From a range as text to cells of a workbook. */
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { invalid } from "../http/errors.ts";
import { readA1, writeA1 } from "./a1.ts";
import { type Box, boxOf, type GridRange } from "./box.ts";

export interface Place {
  readonly tab: Tab;
  /** Open sides closed by the tab's grid. */
  readonly box: Box;
  /** The text named nothing but one cell; writes then take it as a starting point. */
  readonly single: boolean;
}

/** Resolves on the grid as it is. A start outside of it is Google's 400; an end outside is cut for reading. */
export function resolveRange(workbook: Workbook, text: string, use: "read" | "write"): Place {
  const written = readA1(text);
  if (!written) throw unparsable(text);
  if (written.title !== null) {
    const tab = workbook.tabByTitle(written.title);
    if (!tab) throw unparsable(text);
    if (written.word !== null) return byName(workbook, written.word, text, use);
    return onGrid(tab, written.place ?? {}, use);
  }
  if (written.place) return onGrid(workbook.tabs[0]!, written.place, use);
  const tab = workbook.tabByTitle(written.word ?? "");
  if (tab) return onGrid(tab, {}, use);
  return byName(workbook, written.word ?? "", text, use);
}

/** The tab and cells of a GridRange in a request; `where` names it in the error. */
export function resolveGridRange(
  workbook: Workbook,
  range: GridRange,
  where: string,
): { tab: Tab; box: Box } {
  const tab = workbook.tabById(range.sheetId ?? 0);
  if (!tab) throw invalid(`Invalid ${where}: No grid with id: ${range.sheetId ?? 0}`);
  const box = boxOf(range, tab.size);
  const inverted = box.startRow >= box.endRow || box.startColumn >= box.endColumn;
  const outside = box.endRow > tab.size.rowCount || box.endColumn > tab.size.columnCount;
  if (inverted || outside || box.startRow < 0 || box.startColumn < 0) {
    throw invalid(`Invalid ${where}: ${inverted ? "The range is empty." : gridLimits(tab, box)}`);
  }
  return { tab, box };
}

export function gridLimits(tab: Tab, box: Box): string {
  const { rowCount, columnCount } = tab.size;
  return `Range (${writeA1(tab.title, box)}) exceeds grid limits. Max rows: ${rowCount}, max columns: ${columnCount}`;
}

function unparsable(text: string) {
  return invalid(`Unable to parse range: ${text}`);
}

function byName(workbook: Workbook, name: string, text: string, use: "read" | "write"): Place {
  const named = workbook.namedRanges.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!named) throw unparsable(text);
  return onGrid(workbook.tabById(named.range.sheetId ?? 0)!, named.range, use);
}

function onGrid(tab: Tab, place: GridRange, use: "read" | "write"): Place {
  const box = boxOf(place, tab.size);
  const { rowCount, columnCount } = tab.size;
  const outside = box.startRow >= rowCount || box.startColumn >= columnCount;
  if (outside) {
    const end = {
      endRow: Math.max(box.endRow, box.startRow + 1),
      endColumn: Math.max(box.endColumn, box.startColumn + 1),
    };
    throw invalid(gridLimits(tab, { ...box, ...end }));
  }
  const single = box.endRow - box.startRow === 1 && box.endColumn - box.startColumn === 1;
  if (use === "write") return { tab, box, single };
  const cut = {
    ...box,
    endRow: Math.min(box.endRow, rowCount),
    endColumn: Math.min(box.endColumn, columnCount),
  };
  return { tab, box: cut, single };
}
