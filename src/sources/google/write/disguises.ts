/** Which rows of before are hidden behind what a batch wrote into them by mistake, wherever they stand by now. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { lazy } from "../../../model/lazy.ts";
import type { Located } from "../../../model/locate.ts";
import { isRepair, type Sent, type Step } from "./decide.ts";
import { isGiven, type SeenTab } from "./fresh-tab.ts";
import { mostAlike, SAME_SHARE } from "./hit.ts";
import { rowAfter } from "./places.ts";

type CellStep = Extract<Step, { tag: "cell" }>;

export interface Disguises {
  /** Whether a row of before, by its position, is there, though it looks otherwise. */
  isThere(at: number): boolean;
  /** The one place where the step's value stands and was not before; null: there is none, or it may be one of several. */
  strayOf(step: CellStep): Stray | null;
}

/** In larger tabs nobody is looked for. */
const CELLS_MAX = 5_000;

export interface Stray {
  /** In the grid. */
  readonly row: number;
  readonly column: number;
  /** What stands there, by its position before. */
  readonly at: number;
  readonly position: number;
}

/** `found`: rows and columns of before by their positions, rows plus one, in the tab as it is now. */
export function disguisesOf({ tab, steps }: Sent, now: SeenTab, found: Located): Disguises {
  const values = new Set(steps.flatMap(valuesOf).map(textOf));
  const isWritten = (value: CellValue): boolean => value !== null && values.has(textOf(value));
  const width = tab.snapshot.columns.length;
  const shared = found.columns.flatMap(({ slot }, place) => (slot < width ? [{ slot, place }] : []));
  const cellOf = (at: number, slot: number) => tab.cell(tab.gridRow(at), tab.gridColumn(slot));
  const was = (at: number, slot: number): CellValue => cellOf(at, slot)?.value ?? null;
  const is = (row: number, place: number): CellValue => now.cell(row, now.gridColumn(place))?.value ?? null;

  /** By all that the batch cannot have written there; null: there is nothing to compare. */
  function likeness(row: number, at: number): number | null {
    let [filled, equal] = [0, 0];
    for (const { slot, place } of shared) {
      const value = is(row, place);
      if (isGiven(cellOf(at, slot)) || now.cell(row, now.gridColumn(place))?.spilled) continue;
      const isSame = cellsEqual(was(at, slot), value);
      if ((isSame && value === null) || (!isSame && isWritten(value))) continue;
      filled++;
      if (isSame) equal++;
    }
    return filled === 0 ? null : equal / filled;
  }

  /** The one row of before that is most alike, and at least so much; null: there is none, or several. */
  function whoIs(row: number, share: number): number | null {
    const [at, ...others] =
      mostAlike(tab.snapshot.rows.keys(), (one) => likeness(row, one) ?? 0, share) ?? [];
    if (at === undefined || others.length > 0) return null;
    const place = found.row(at + 1);
    return place.tag === "at" && now.gridRow(place.at) !== row ? null : at;
  }

  /** A row that the batch added is none of before, however alike. */
  const isAdded = (place: number): boolean => {
    const id = found.order[place]!;
    return id > tab.snapshot.rows.length && found.row(id).tag === "at";
  };

  const find = (share: number): Stray[] =>
    now.snapshot.rows.flatMap((_, at): Stray[] => {
      if (isAdded(at)) return [];
      const row = now.gridRow(at);
      const written = shared.filter(({ place }) => isWritten(is(row, place)));
      const who = written.length > 0 ? whoIs(row, share) : null;
      if (who === null) return [];
      return written
        .filter(
          ({ slot, place }) => !isGiven(cellOf(who, slot)) && !cellsEqual(was(who, slot), is(row, place)),
        )
        .map(({ slot, place }) => ({ row, column: now.gridColumn(place), at: who, position: slot }));
    });
  const isLarge = tab.snapshot.rows.length * width > CELLS_MAX;
  // Each row is compared with all that were before.
  const unchanged = lazy(() => (isLarge ? [] : find(1)));
  const edited = lazy(() => (isLarge ? [] : find(SAME_SHARE)));
  return {
    isThere: (at) => edited().some((stray) => stray.at === at),
    strayOf(step) {
      const mine = (strays: readonly Stray[]): Stray[] =>
        strays.filter(
          ({ row, column, at, position }) =>
            cellsEqual(now.cell(row, column)?.value ?? null, step.edit.value) &&
            !(tab.gridRow(at) === step.row && tab.gridColumn(position) === step.column),
        );
      const certain = mine(unchanged());
      // Where people edited the row as well, a value that they may have typed says nothing.
      const found = certain.length > 0 || !isOwn({ tab, steps }, step) ? certain : mine(edited());
      return found.length === 1 ? found[0]! : null;
    },
  };
}

/** Whether the step may have put it there: where that is another row, or another column, that one must have moved. */
export function mayBeStray(
  { tab, steps }: Pick<Sent, "tab" | "steps">,
  step: CellStep,
  stray: Stray,
): boolean {
  const [row, column] = [tab.gridRow(stray.at), tab.gridColumn(stray.position)];
  const mayBeRow = row === step.row || rowAfter(steps, { row }) !== stray.row;
  return mayBeRow && (column === step.column || column !== stray.column);
}

/** The tab held it nowhere, and the batch put it nowhere else. A repair may have found it in its own row, under another column. */
export function isOwn(
  { tab: { snapshot, gridRow }, steps }: Pick<Sent, "tab" | "steps">,
  step: CellStep,
): boolean {
  const { value } = step.edit;
  if (value === null || value === "" || typeof value === "boolean") return false;
  const others = steps.filter((other) => other !== step).flatMap(valuesOf);
  const rows = isRepair(step) ? snapshot.rows.filter((_, at) => gridRow(at) !== step.row) : snapshot.rows;
  return ![...rows, others].some((row) => row.some((cell) => cellsEqual(cell, value)));
}

function valuesOf(step: Step): readonly CellValue[] {
  if (step.tag === "cell") return [step.edit.value];
  return step.tag === "add" ? step.edit.values.filter((value) => value !== null) : [];
}

function textOf(value: CellValue): string {
  return JSON.stringify(value);
}
