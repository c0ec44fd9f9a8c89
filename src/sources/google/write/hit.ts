/** What a batch hit, as its answer shows it: at that moment, whatever moved before or moves since. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { lazy } from "../../../model/lazy.ts";
import { indexRows } from "../../../model/row-index.ts";
import type { Sent, Step } from "./decide.ts";
import { type FreshCell, isGiven } from "./fresh-tab.ts";
import { rowAfter } from "./places.ts";
import { rowIdOf } from "./positions.ts";
import type { Shown } from "./read-back.ts";
import {
  addedPlaces,
  areAllWatched,
  bareRows,
  blindRows,
  neighbours,
  removedRows,
  rowsBelow,
  watchedHeader,
  watchedRows,
} from "./watched.ts";

/** A row that kept at least so many of its other cells is the same one; people edit cells, too. */
export const SAME_SHARE = 0.5;

export interface Hit {
  /** By position in the answer: which column of before stood there, by its position; -1: one that came in between. */
  readonly columns: readonly number[];
  /** Which rows of before, by position, may have stood where the step went. None: one that came in between; null: nothing tells. */
  rows(step: Exclude<Step, { tag: "add" }>): readonly number[] | null;
  /** Which rows of before the answer shows: whatever went, it was none of these. */
  seen(): ReadonlySet<number>;
  /** What did not reach the rows and columns that were meant. */
  readonly missed: readonly Step[];
}

export function hitOf(plan: Sent, shown: Shown): Hit {
  const { steps, tab, located } = plan;
  const columns = columnsShown(plan, shown);
  const likeness = likenessOf(plan, shown, columns);
  const likely = likelyRows(plan, shown, columns);
  const written = writtenColumns(plan);
  /** Rows that show the same are like the same ones. */
  const contentAt = (place: number): string => {
    if (written.has(place)) return `at ${place}`;
    const cells = columns.map((_, position) => shown.cell(place, tab.gridColumn(position)));
    return JSON.stringify(cells.map((cell) => (cell?.spilled ? {} : (cell?.value ?? null))));
  };
  const known = new Map<string, number[] | null>();
  const alikeAt = (place: number): number[] | null => {
    const content = contentAt(place);
    if (!known.has(content)) {
      known.set(
        content,
        mostAlike(likely(place), (at) => likeness(at, place)),
      );
    }
    return known.get(content)!;
  };
  const alike = (row: number): number[] | null => alikeAt(rowAfter(steps, { row }));
  const watched = watchedRows(plan);
  const isBareAt = (place: number): boolean =>
    columns.every((_, position) => {
      const across = tab.gridColumn(position);
      return written.get(place)?.has(across) || (shown.cell(place, across)?.value ?? null) === null;
    });
  /** Which rows of before are surely shown, by position: how like what stands there they are. */
  const shownRows = lazy(() => {
    const likest = new Map<number, number>();
    for (const place of [...watched.keys(), ...rowsBelow(plan)]) {
      const [at, ...others] = isBareAt(place) ? [] : (alikeAt(place) ?? []);
      if (at === undefined || others.length > 0) continue;
      likest.set(at, Math.max(likest.get(at) ?? 0, likeness(at, place) ?? 0));
    }
    return likest;
  });
  /** Whether a row that was to go is shown as it was. */
  const survived = (row: number): boolean => shownRows().get(positionOf(plan, row)) === 1;
  const [removed, blind] = [removedRows(plan), blindRows(plan)];
  /** Whether a row stands where it was meant to when all is done; one that is not watched says nothing. */
  const stayed = (row: number): boolean => {
    const place = rowAfter(steps, { row });
    const at = watched.get(place);
    return at === undefined || (likeness(at, place) ?? 1) === 1 || alike(row)?.includes(at) === true;
  };
  const around = (row: number): number[] => neighbours(row, removed, blind);
  const reached = (step: Step): boolean => {
    switch (step.tag) {
      case "cell": {
        if (columns[step.column - tab.gridColumn(0)] !== step.column - tab.gridColumn(0)) return false;
        return blind.has(step.row) ? around(step.row).every(stayed) : stayed(step.row);
      }
      case "remove":
        return neighbours(step.row, removed).every(stayed) && !survived(step.row);
      case "add":
        return located.columns.every(
          ({ slot }, position) => (step.edit.values[slot] ?? null) === null || columns[position] === position,
        );
    }
  };
  const isBare = (row: number): boolean => isBareAt(rowAfter(steps, { row }));
  /** A blank row was none that held something. */
  const mayBe = (at: number, row: number): boolean =>
    !isBare(row) || likeness(at, rowAfter(steps, { row })) === null;
  const isShown = areAllWatched(plan) ? (at: number) => shownRows().has(at) : null;
  const rows = rowsOf(plan, watched, { alike, isBare, mayBe, isShown });
  const seen = (): ReadonlySet<number> => new Set(shownRows().keys());
  return { columns, rows, seen, missed: steps.filter((step) => !reached(step)) };
}

interface Looks {
  /** Which rows of before may stand where a row was to stand. */
  alike(row: number): number[] | null;
  /** Whether nothing stands there but what was written. */
  isBare(row: number): boolean;
  /** Whether a row of before, by position, may be what stands there. */
  mayBe(at: number, row: number): boolean;
  /** Whether a row of before, by position, is surely one of those that the answer shows; null: it does not show them all. */
  readonly isShown: ((at: number) => boolean) | null;
}

/** See Hit. */
function rowsOf(
  plan: Sent,
  watched: ReadonlyMap<number, number>,
  { alike, isBare, mayBe, isShown }: Looks,
): Hit["rows"] {
  const { steps, tab } = plan;
  const [removed, blind, bare] = [removedRows(plan), blindRows(plan), bareRows(plan)];
  const added = new Set(addedPlaces(plan));
  const knownRows = lazy(() =>
    [...watched.values()]
      .map((at) => tab.gridRow(at))
      .filter((row) => alike(row)?.length === 1)
      .toSorted((a, b) => a - b),
  );
  /** The nearest rows above and below that are surely known again. */
  const nearestKnown = (row: number): number[] => {
    const above = knownRows().findLast((other) => other < row);
    const below = knownRows().find((other) => other > row);
    return [above, below].filter((other) => other !== undefined);
  };
  /** Where the rows around it went the same way, it went with them. */
  const shifted = (row: number, beside: readonly number[]): number[] | null => {
    const shifts = beside.flatMap((other) => {
      const at = watched.get(rowAfter(steps, { row: other }));
      const found = at === undefined ? null : alike(other);
      return found && found.length > 0 ? [found.map((one) => one - at!)] : [];
    });
    if (shifts.length === 0) return null;
    return shifts[0]!
      .filter((shift) => shifts.every((one) => one.includes(shift)))
      .map((shift) => positionOf(plan, row) + shift);
  };
  const isBesideBare = (row: number): boolean =>
    neighbours(row, removed, blind).some(
      (other) => watched.has(rowAfter(steps, { row: other })) && isBare(other),
    );
  /** Where the table had shrunk, or a row is blank: nothing is left of what stood beside what was written. */
  const fellBelow = (row: number): boolean => isBare(row) && (!bare.has(row) || isBesideBare(row));
  return ({ row, tag }) => {
    const itself = positionOf(plan, row);
    if (tag === "remove") {
      const found = shifted(row, neighbours(row, removed));
      if (isShown === null) return found;
      // Where nothing stands now but what is new it may have fallen below the table.
      const mayBeBelow = isBare(row) || added.has(rowAfter(steps, { row }));
      const isPossible = (at: number): boolean => (at < tab.snapshot.rows.length ? !isShown(at) : mayBeBelow);
      return found?.filter(isPossible) ?? (mayBeBelow ? null : []);
    }
    const own = alike(row);
    // A row that was blank may have been filled in.
    const isUnlike = own?.length === 0;
    if (own?.length === 1 || (isUnlike && !bare.has(row))) return own;
    const shift = shifted(row, nearestKnown(row)) ?? [];
    const found = shift.filter((at) => (isUnlike ? at === itself : (own?.includes(at) ?? mayBe(at, row))));
    if (found.length > 0) return found;
    // Nothing tells that it is another one.
    if (own?.includes(itself)) return [itself];
    return fellBelow(row) || (isUnlike && shift.length > 0) ? [] : null;
  };
}

function positionOf({ tab }: Sent, row: number): number {
  return rowIdOf(tab, row) - 1;
}

/** By position, where the header names the columns. */
function columnsShown(plan: Sent, shown: Shown): number[] {
  const { tab } = plan;
  const row = watchedHeader(plan);
  const places = tab.snapshot.columns.map((_, position) => position);
  if (row === null) return places;
  const was = places.map((position) => tab.cell(row, tab.gridColumn(position)));
  const width = Math.max(places.length, shown.width(row) - tab.gridColumn(0));
  const is = Array.from({ length: width }, (_, position) => shown.cell(row, tab.gridColumn(position)));
  const columns = matchHeaders(was, is);
  // The header itself went elsewhere, and tells nothing.
  return columns.every((column) => column < 0) ? places : columns;
}

type Header = FreshCell | undefined;

/** By position in `is`: the position in `was`, or -1. What is neither found elsewhere nor taken was renamed in its place. */
export function matchHeaders(was: readonly Header[], is: readonly Header[]): number[] {
  const match = is.map((header, i) => (i < was.length && sameHeader(was[i], header) ? i : -1));
  const taken = new Set(match);
  is.forEach((header, i) => {
    if (match[i] !== -1 || header === undefined) return;
    const found = was.findIndex((one, at) => !taken.has(at) && sameHeader(one, header));
    if (found < 0) return;
    match[i] = found;
    taken.add(found);
  });
  return match.map((at, i) => (at === -1 && i < was.length && !taken.has(i) ? i : at));
}

/** What a formula gives may differ from look to look. */
function sameHeader(a: Header, b: Header): boolean {
  if (a?.formula !== undefined) return a.formula === b?.formula;
  return cellsEqual(a?.value, b?.value);
}

/** Those that are most alike, and enough to be the same; null: nothing tells. */
export function mostAlike(
  rows: Iterable<number>,
  likeness: (at: number) => number | null,
  share = SAME_SHARE,
): number[] | null {
  let best = share;
  let found: number[] = [];
  for (const at of rows) {
    const share = likeness(at);
    if (share === null) return null;
    if (share > best) found = [];
    if (share >= best) found.push(at);
    best = Math.max(best, share);
  }
  return found;
}

/**
 * How much a row of before, by position, is like a row of the grid that the answer shows, 0 to 1: by its key where it
 * has one, else by all that the batch did not write. Null: there is nothing to compare.
 */
function likenessOf(plan: Sent, shown: Shown, columns: readonly number[]) {
  const { tab } = plan;
  const written = writtenColumns(plan);
  return (at: number, row: number): number | null => {
    let [filled, equal] = [0, 0];
    for (const [position, before] of columns.entries()) {
      const across = tab.gridColumn(position);
      if (before < 0 || written.get(row)?.has(across)) continue;
      const [was, is] = [tab.cell(tab.gridRow(at), tab.gridColumn(before)), shown.cell(row, across)];
      if (isGiven(was) || is?.spilled) continue;
      const [a, b] = [was?.value ?? null, is?.value ?? null];
      if (before === tab.snapshot.keyColumn && a !== null) return cellsEqual(a, b) ? 1 : 0;
      if (a === null && b === null) continue;
      filled++;
      if (cellsEqual(a, b)) equal++;
    }
    return filled === 0 ? null : equal / filled;
  };
}

/**
 * Which rows of before, by position, may be like enough to a row that the answer shows: none else is. Where it shows too
 * little to tell, all of them.
 */
function likelyRows(plan: Sent, shown: Shown, columns: readonly number[]): (row: number) => number[] {
  const { tab } = plan;
  const { rows, columns: before, keyColumn } = tab.snapshot;
  const written = writtenColumns(plan);
  const given = new Set<number>();
  const index = lazy(() =>
    indexRows(rows.length, before.length, (at, position) => {
      const cell = tab.cell(tab.gridRow(at), tab.gridColumn(position));
      if (!isGiven(cell)) return cell?.value;
      given.add(position);
      return null;
    }),
  );
  return (row) => {
    const { sharing } = index();
    const cells: CellValue[] = [];
    for (const [position, was] of columns.entries()) {
      const across = tab.gridColumn(position);
      const cell = was < 0 || written.get(row)?.has(across) ? undefined : shown.cell(row, across);
      if (cell && !cell.spilled) cells[was] = cell.value;
    }
    // Where a formula stood nothing is compared.
    const certain = cells.filter((value, position) => value != null && !given.has(position)).length;
    if (certain === 0) return rows.map((_, at) => at);
    const key = keyColumn === undefined ? null : cells[keyColumn];
    const sameKey = key == null ? [] : sharing(Object.assign([], { [keyColumn!]: key }), 1);
    const likely = new Set([...sameKey, ...sharing(Array.from(cells), Math.ceil(SAME_SHARE * certain))]);
    return [...likely].toSorted((a, b) => a - b);
  };
}

/** By row of the grid, as it is when all steps are done. */
function writtenColumns({ steps }: Sent): ReadonlyMap<number, ReadonlySet<number>> {
  const written = new Map<number, Set<number>>();
  for (const step of steps) {
    if (step.tag !== "cell") continue;
    const row = rowAfter(steps, step);
    written.set(row, (written.get(row) ?? new Set()).add(step.column));
  }
  return written;
}
