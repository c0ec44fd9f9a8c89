/**
 * Google has no conditional write: somebody may move rows or columns between our look and our write. The written rows and
 * the header come back with the answer, and what stands beside and above the written cells tells whether they are the
 * right ones.
 */
import type { Sent } from "./decide.ts";
import { rowAfter } from "./places.ts";

/** Rows of the table, by where they stand when all steps are done, that a batch touches or that close a gap it made. */
export function watchedRows(plan: Sent): ReadonlyMap<number, number> {
  const { steps, tab } = plan;
  const removed = removedRows(plan);
  const blind = blindRows(plan);
  const wanted = new Set<number>();
  for (const step of steps) {
    if (step.tag === "cell") wanted.add(step.row);
    if (step.tag === "remove") for (const row of neighbours(step.row, removed)) wanted.add(row);
  }
  for (const row of blind) for (const other of neighbours(row, removed, blind)) wanted.add(other);
  const watched = new Map<number, number>();
  for (let at = 0; at < tab.snapshot.rows.length; at++) {
    const row = tab.gridRow(at);
    if (!wanted.has(row) || removed.has(row)) continue;
    watched.set(rowAfter(steps, { row }), at);
  }
  return watched;
}

export function removedRows({ steps }: Pick<Sent, "steps">): ReadonlySet<number> {
  return new Set(steps.flatMap((step) => (step.tag === "remove" ? [step.row] : [])));
}

/** Rows that hold nothing beside what is written: only those around them tell whether they are the right ones. */
export function blindRows({ steps, tab }: Pick<Sent, "steps" | "tab">): ReadonlySet<number> {
  const columns = new Map<number, Set<number>>();
  for (const step of steps) {
    if (step.tag !== "cell") continue;
    columns.set(step.row, (columns.get(step.row) ?? new Set()).add(step.column));
  }
  const isBlind = (row: number, written: ReadonlySet<number>): boolean =>
    tab.snapshot.columns.every((_, position) => {
      const column = tab.gridColumn(position);
      return written.has(column) || (tab.cell(row, column)?.value ?? null) === null;
    });
  return new Set([...columns].flatMap(([row, written]) => (isBlind(row, written) ? [row] : [])));
}

/** The nearest rows of the grid above and below that are none of these. */
export function neighbours(row: number, ...without: readonly ReadonlySet<number>[]): number[] {
  let [above, below] = [row - 1, row + 1];
  const isWithout = (other: number): boolean => without.some((rows) => rows.has(other));
  while (isWithout(above)) above--;
  while (isWithout(below)) below++;
  return [above, below];
}

/** Where the header stands, which names the columns; null: nothing does, or no value was written. */
export function watchedHeader({ tab, steps }: Sent): number | null {
  return tab.headerRow < 0 || steps.every(({ tag }) => tag === "remove") ? null : tab.headerRow;
}
