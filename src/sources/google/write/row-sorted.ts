/** Values of a new row go from the columns that they fell into to those that were meant. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Slot } from "#contract/layout.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import { REPAIRS, type Step } from "./decide.ts";
import { rowAfter } from "./places.ts";
import { type Context, rowNow, rowsOf } from "./repair-context.ts";

type CellStep = Extract<Step, { tag: "cell" }>;

export interface Sorted {
  readonly cells: readonly CellStep[];
  /** Absent: it was told before. */
  readonly outcome?: WriteOutcome;
  readonly isLast: boolean;
}

/**
 * A new row is ours whole: its values go to the columns that were meant, over nothing that somebody put there since. What
 * stands there already is not written: a row that moves under this is told by it, and another one keeps its key. For the same
 * reason what stands where nothing else goes stays until the rest has arrived.
 */
export function rowSorted(context: Context, step: Extract<Step, { tag: "add" }>): Sorted | null {
  const { plan, now, hit, found, columnsNow } = context;
  const wished = plan.located.columns.flatMap(({ slot }, position) => {
    const value = step.edit.values[slot] ?? null;
    const from = columnsNow[position] ?? -1;
    const place = found.column(position);
    // It stands under its own header, though others may have that one as well.
    const isRight = hit.columns[position] === position;
    const to = isRight ? from : place.tag === "at" ? now.gridColumn(place.at) : null;
    return value === null || value === "" ? [] : [{ slot, value, from, to }];
  });
  const astray = wished.filter(({ from, to }) => from !== to);
  const left = astray.filter(({ from }) => astray.every(({ to }) => to !== from));
  const row = rowOfAdded(context, step, { wished, left });
  if (astray.length === 0 || row === null) return null;
  const cells = new Map<number, CellValue>(astray.map(({ from }) => [from, null]));
  const values = [...step.edit.values];
  const missing = astray.filter(({ slot, value, to }) => {
    const there = to === null || cells.has(to) ? undefined : now.cell(row, to);
    const fits =
      to !== null && there?.formula === undefined && isFree(context, slot, there?.value ?? null, value);
    if (fits) cells.set(to, value);
    else values[slot] = there?.value ?? null;
    return !fits;
  });
  const wrong = [...cells].filter(([column, value]) => !cellsEqual(now.cell(row, column)?.value, value));
  const rest = wrong.filter(([, value]) => value !== null);
  // What is left behind goes once the rest has arrived.
  const isLast = rest.length === 0 || left.length === 0;
  const outcome: WriteOutcome = {
    ...{ id: step.edit.id, tag: "written", values },
    ...(missing.length > 0 ? { missing: missing.map(({ slot }) => slot) } : {}),
  };
  const isTold = rest.length === 0 && context.begun.has(step.edit.id);
  return { cells: cellSteps(row, isLast ? wrong : rest), isLast, ...(isTold ? {} : { outcome }) };
}

interface Astray {
  readonly value: CellValue;
  readonly from: number;
}

/** Where its values stand; once they were sent to their own columns, where those stand that are left behind. */
function rowOfAdded(
  context: Context,
  step: Extract<Step, { tag: "add" }>,
  { wished, left }: { readonly wished: readonly Astray[]; readonly left: readonly Astray[] },
): number | null {
  const { plan, now, begun, unheard } = context;
  const holdsAll = (row: number, values: readonly Astray[]): boolean =>
    values.every(({ from, value }) => cellsEqual(now.cell(row, from)?.value, value));
  const row = rowNow(context, rowAfter(plan.steps, step), -1);
  if (row !== null && holdsAll(row, wished)) return row;
  if (left.length === 0 || !(begun.has(step.edit.id) || unheard?.isAstray)) return null;
  const rows = rowsOf(now).filter((one) => holdsAll(one, left));
  return rows.length === 1 ? rows[0]! : null;
}

/** Empty, or with what is to stand there, or with what a repair brought there for another new row. */
function isFree({ plan }: Context, slot: Slot, there: CellValue, value: CellValue): boolean {
  if (there === null || cellsEqual(there, value)) return true;
  return plan.steps.some((step) => step.tag === "add" && cellsEqual(step.edit.values[slot] ?? null, there));
}

function cellSteps(row: number, cells: readonly (readonly [number, CellValue])[]): CellStep[] {
  return cells.map(([column, value]) => ({ tag: "cell", row, column, edit: { ...REPAIRS, value } }));
}
