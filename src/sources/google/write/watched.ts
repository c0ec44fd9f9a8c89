/**
 * Google has no conditional write: somebody may move rows or columns between our look and our write. The written rows and
 * the header come back with the answer, and what stands beside and above the written cells tells whether they are the
 * right ones.
 */
import { hashRow } from "../../../model/row-hash.ts";
import type { Sent } from "./decide.ts";
import { rowAfter } from "./places.ts";

/** Of larger tabs the rows around a removal are shown, not all. */
const CELLS_MAX = 5_000;
/** So many rows that come above a removal are told by what they push out of the table. */
const BELOW_MAX = 10;

/** Rows of the table, by where they stand when all steps are done, that a batch touches or that close a gap it made. */
export function watchedRows(plan: Sent): ReadonlyMap<number, number> {
  const { steps, tab } = plan;
  const removed = removedRows(plan);
  const isWhole = areAllWatched(plan);
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
    if (!(isWhole || wanted.has(row)) || removed.has(row)) continue;
    watched.set(rowAfter(steps, { row }), at);
  }
  return watched;
}

/** Where rows go: which one went in the place of another is told by all others. */
export function areAllWatched({ steps, tab }: Sent): boolean {
  const { rows, columns } = tab.snapshot;
  return steps.some(({ tag }) => tag === "remove") && rows.length * columns.length <= CELLS_MAX;
}

/** Where new rows stand when all steps are done. */
export function addedPlaces({ steps }: Pick<Sent, "steps">): number[] {
  return steps.filter((step) => step.tag === "add").map((step) => rowAfter(steps, step));
}

/** Below the table, when all steps are done: a row that was to be removed stands there where others came above it. */
export function rowsBelow(plan: Sent): number[] {
  const { steps, tab } = plan;
  const { size } = removedRows(plan);
  if (size === 0) return [];
  const inserted = steps.filter((step) => step.tag === "add" && step.like !== "none").length;
  const taken = new Set(addedPlaces(plan));
  const first = rowAfter(steps, { row: tab.gridRow(tab.snapshot.rows.length - 1) + 1 });
  const end = Math.min(tab.box.endRow ?? tab.rowCount, tab.rowCount) - size + inserted;
  const count = Math.max(0, Math.min(BELOW_MAX, end - first));
  return Array.from({ length: count }, (_, i) => first + i).filter((row) => !taken.has(row));
}

export function removedRows({ steps }: Pick<Sent, "steps">): ReadonlySet<number> {
  return new Set(steps.flatMap((step) => (step.tag === "remove" ? [step.row] : [])));
}

/** Rows that nothing tells from all others beside what is written: only those around them tell whether they are the right ones. */
export function blindRows(plan: Pick<Sent, "steps" | "tab">): ReadonlySet<number> {
  const known = blindOf.get(plan.steps) ?? findBlindRows(plan);
  blindOf.set(plan.steps, known);
  return known;
}

/** All rows are hashed for it, and it is asked for more than once. */
const blindOf = new WeakMap<Sent["steps"], ReadonlySet<number>>();

function findBlindRows(plan: Pick<Sent, "steps" | "tab">): ReadonlySet<number> {
  const { rows } = plan.tab.snapshot;
  const counts = new Map<string, Map<number, number>>();
  const hasTwin = (at: number, places: readonly number[]): boolean => {
    const key = places.join();
    const across = Int32Array.from(places);
    if (!counts.has(key)) counts.set(key, countOf(rows.map((row) => hashRow(row, across))));
    return counts.get(key)!.get(hashRow(rows[at]!, across))! > 1;
  };
  return rowsWhere(plan, (row, at, places) => isBare(plan, row, places) || hasTwin(at, places));
}

/** Those that hold nothing beside it. */
export function bareRows(plan: Pick<Sent, "steps" | "tab">): ReadonlySet<number> {
  return rowsWhere(plan, (row, _at, places) => isBare(plan, row, places));
}

function isBare({ tab }: Pick<Sent, "tab">, row: number, places: readonly number[]): boolean {
  return places.every((position) => (tab.cell(row, tab.gridColumn(position))?.value ?? null) === null);
}

/** `places`: positions of columns that tell which row it is; what a formula gives may depend on what is written. */
function rowsWhere(
  { steps, tab }: Pick<Sent, "steps" | "tab">,
  test: (row: number, at: number, places: readonly number[]) => boolean,
): ReadonlySet<number> {
  const columns = new Map<number, Set<number>>();
  for (const step of steps) {
    if (step.tag !== "cell") continue;
    columns.set(step.row, (columns.get(step.row) ?? new Set()).add(step.column));
  }
  const { snapshot } = tab;
  const found = new Set<number>();
  for (let at = 0; columns.size > 0 && at < snapshot.rows.length; at++) {
    const row = tab.gridRow(at);
    const written = columns.get(row);
    if (!written) continue;
    const places = snapshot.columns.flatMap((_, position) => {
      const cell = tab.cell(row, tab.gridColumn(position));
      const isTelling = cell?.formula === undefined && !cell?.spilled;
      return isTelling && !written.has(tab.gridColumn(position)) ? [position] : [];
    });
    const { keyColumn } = snapshot;
    const isKeyed =
      keyColumn !== undefined &&
      places.includes(keyColumn) &&
      (snapshot.rows[at]![keyColumn] ?? null) !== null;
    if (!isKeyed && test(row, at, places)) found.add(row);
  }
  return found;
}

function countOf(hashes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
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
