/**
 * A large tab as it stands: all of its values, which take a tenth of what else there is to know, and the rest of the rows that
 * edits are about. Between the two calls nothing may have moved: the rows must hold the same in both.
 */
import { cellsEqual } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import { rangeOf } from "../a1.ts";
import type { CallError } from "../problems.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { parseValueRanges } from "../value-ranges.ts";
import { type FreshTab, type FreshTabWish, freshTab, parseSheets } from "./fresh-tab.ts";

/** "moved": somebody changed one of the rows in between. Null: the tab is gone. */
export async function readLargeTab(
  api: SheetsApi,
  wish: FreshTabWish,
  rowsOf: (tab: FreshTab) => readonly number[],
  signal: AbortSignal,
): Promise<Result<FreshTab | "moved" | null, CallError>> {
  const body = await api.values([rangeOf(wish.sheetTitle, wish.box)], signal);
  if (!body.ok) return body;
  const values = parseValueRanges(body.value, 1);
  if (!values.ok) return values;
  const range = values.value[0]!;
  const unseen = new Map([[wish.sheetId, { properties: { sheetId: wish.sheetId, title: wish.sheetTitle } }]]);
  const sketch = freshTab(wish, unseen, range)!;
  const rows = [...new Set([Math.max(0, sketch.headerRow), ...rowsOf(sketch)])].sort((a, b) => a - b);
  const column = range.column;
  const endColumn = column + Math.max(1, sketch.snapshot.columns.length);
  const parts = runsOf(rows).map(([row, endRow]) => ({
    sheetId: wish.sheetId,
    box: { row, column, endRow, endColumn },
  }));
  const facts = await api.facts(parts, signal);
  if (!facts.ok) return facts;
  const answers = parseSheets(facts.value);
  if (!answers.ok) return answers;
  const tab = freshTab(wish, answers.value.sheets, range);
  if (!tab) return ok(null);
  const same = rows.every((row) =>
    tab.snapshot.columns.every((_, at) =>
      cellsEqual(tab.cell(row, column + at)?.value, range.grid[row - range.row]?.[at] ?? null),
    ),
  );
  return ok(same && tab.sheetTitle === wish.sheetTitle ? tab : "moved");
}

/** Rows in order as runs, the ends exclusive. */
function runsOf(rows: readonly number[]): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && last[1] === row) last[1]++;
    else runs.push([row, row + 1]);
  }
  return runs;
}
