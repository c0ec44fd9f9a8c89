/**
 * Google has no conditional write: somebody may move rows or columns between our look and our write. The written rows and
 * the header come back with the answer, and what stands beside and above the written cells tells whether they are the
 * right ones.
 */
import { cellsEqual } from "#contract/cell.ts";
import type { TabPlan } from "./decide.ts";
import { rowAfter } from "./places.ts";
import type { Shown } from "./read-back.ts";

/** A row that kept at least so many of its other cells is the same one; people edit cells, too. */
export const SAME_SHARE = 0.5;

/** Rows of the table, by where they stand when all steps are done, that a batch touches or that close a gap it made. */
export function watchedRows(plan: TabPlan): ReadonlyMap<number, number> {
  const { steps, tab } = plan;
  const removed = new Set(steps.flatMap((step) => (step.tag === "remove" ? [step.row] : [])));
  const wanted = new Set<number>();
  for (const step of steps) {
    if (step.tag === "cell") wanted.add(step.row);
    if (step.tag === "remove") for (const row of neighbours(step.row, removed)) wanted.add(row);
  }
  const watched = new Map<number, number>();
  for (let at = 0; at < tab.snapshot.rows.length; at++) {
    const row = tab.gridRow(at);
    if (!wanted.has(row) || removed.has(row)) continue;
    watched.set(rowAfter(steps, { row }), at);
  }
  return watched;
}

function neighbours(row: number, removed: ReadonlySet<number>): number[] {
  let [above, below] = [row - 1, row + 1];
  while (removed.has(above)) above--;
  while (removed.has(below)) below++;
  return [above, below];
}

/** Where the header stands, which names the columns; null: nothing does, or no value was written. */
export function watchedHeader({ tab, steps }: TabPlan): number | null {
  return tab.headerRow < 0 || steps.every(({ tag }) => tag === "remove") ? null : tab.headerRow;
}

/** Whether some row or column of the answer is another one than was meant. */
export function strayed(plan: TabPlan, shown: Shown | undefined): boolean {
  if (!shown) return false;
  return (
    !sameColumns(plan, shown) || [...watchedRows(plan)].some(([row, at]) => !sameRow(plan, at, row, shown))
  );
}

function sameColumns(plan: TabPlan, shown: Shown): boolean {
  const { tab } = plan;
  const row = watchedHeader(plan);
  if (row === null) return true;
  return tab.snapshot.columns.every((_, position) => {
    const column = tab.gridColumn(position);
    return cellsEqual(tab.cell(row, column)?.value, shown.cell(row, column)?.value);
  });
}

function sameRow({ tab, steps }: TabPlan, at: number, row: number, shown: Shown): boolean {
  const written = new Set(
    steps.flatMap((step) => (step.tag === "cell" && step.row === tab.gridRow(at) ? [step.column] : [])),
  );
  const was = (position: number) => tab.cell(tab.gridRow(at), tab.gridColumn(position));
  const is = (position: number) => shown.cell(row, tab.gridColumn(position));
  const { keyColumn, columns } = tab.snapshot;
  if (keyColumn !== undefined && !written.has(tab.gridColumn(keyColumn)) && was(keyColumn)) {
    return cellsEqual(was(keyColumn)?.value, is(keyColumn)?.value);
  }
  let [filled, equal] = [0, 0];
  for (let position = 0; position < columns.length; position++) {
    const [before, now] = [was(position), is(position)];
    // What a formula gives may depend on what was written.
    if (written.has(tab.gridColumn(position)) || before?.formula || before?.spilled) continue;
    if ((before?.value ?? null) === null && (now?.value ?? null) === null) continue;
    filled++;
    if (cellsEqual(before?.value, now?.value)) equal++;
  }
  return filled === 0 || equal / filled >= SAME_SHARE;
}
