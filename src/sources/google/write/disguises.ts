/** Which rows of before are hidden behind what a batch wrote into them by mistake, wherever they stand by now. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Located } from "../../../model/locate.ts";
import type { Sent, Step } from "./decide.ts";
import type { SeenTab } from "./fresh-tab.ts";

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

  /** All that the batch did not write is as it was; null: that is true of none, or of several. */
  function whoIs(row: number): number | null {
    const same = tab.snapshot.rows.flatMap((_, at) => {
      let equal = 0;
      for (const { slot, place } of shared) {
        const value = is(row, place);
        // What a formula gives may depend on what was written.
        if (cellOf(at, slot)?.formula !== undefined || cellOf(at, slot)?.spilled) continue;
        if (now.cell(row, now.gridColumn(place))?.spilled) continue;
        if (!cellsEqual(was(at, slot), value)) {
          if (!isWritten(value)) return [];
        } else if (value !== null) equal++;
      }
      return equal > 0 ? [at] : [];
    });
    return same.length === 1 ? same[0]! : null;
  }

  const find = (): Stray[] =>
    now.snapshot.rows.flatMap((_, at): Stray[] => {
      const row = now.gridRow(at);
      const written = shared.filter(({ place }) => isWritten(is(row, place)));
      const who = written.length > 0 ? whoIs(row) : null;
      if (who === null) return [];
      return written
        .filter(({ slot, place }) => !cellsEqual(was(who, slot), is(row, place)))
        .map(({ slot, place }) => ({ row, column: now.gridColumn(place), at: who, position: slot }));
    });
  let known: readonly Stray[] | null = null;
  // Each row is compared with all that were before.
  const strays = (): readonly Stray[] =>
    (known ??= tab.snapshot.rows.length * width > CELLS_MAX ? [] : find());
  return {
    isThere: (at) => strays().some((stray) => stray.at === at),
    strayOf(step) {
      const mine = strays().filter(
        ({ row, column, at, position }) =>
          cellsEqual(now.cell(row, column)?.value ?? null, step.edit.value) &&
          !(tab.gridRow(at) === step.row && tab.gridColumn(position) === step.column),
      );
      return mine.length === 1 ? mine[0]! : null;
    },
  };
}

function valuesOf(step: Step): readonly CellValue[] {
  if (step.tag === "cell") return [step.edit.value];
  return step.tag === "add" ? step.edit.values.filter((value) => value !== null) : [];
}

function textOf(value: CellValue): string {
  return JSON.stringify(value);
}
