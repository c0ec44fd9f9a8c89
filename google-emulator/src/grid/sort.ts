/** Sorting rows of a box by columns, as a person or sortRange does: cells move with their formats, empties go last. */
import { copiedBy } from "../formulas/adjust.ts";
import { makeFormula } from "../formulas/formula.ts";
import { compareScalars, type Scalar } from "../formulas/value.ts";
import type { Box } from "../ranges/box.ts";
import { isRich, type Stored } from "./cell.ts";
import type { Tab } from "./tab.ts";
import type { Workbook } from "./workbook.ts";

export interface SortKey {
  /** Absolute column of the grid. */
  readonly column: number;
  readonly descending: boolean;
}

export function sortRows(workbook: Workbook, tab: Tab, box: Box, keys: readonly SortKey[]): void {
  const rows = Array.from({ length: box.endRow - box.startRow }, (_none, i) => {
    const row = box.startRow + i;
    return { row, keys: keys.map((key) => workbook.calculator.value(tab, row, key.column)) };
  });
  // Array.sort is stable: equal keys keep their order, as in Google.
  rows.sort((a, b) => {
    for (const [i, key] of keys.entries()) {
      const order = ordered(a.keys[i] ?? null, b.keys[i] ?? null, key.descending);
      if (order !== 0) return order;
    }
    return 0;
  });
  arrangeRows(
    tab,
    box,
    rows.map(({ row }) => row),
  );
}

/** Puts the rows of a box in this order; only its columns move. */
export function arrangeRows(tab: Tab, box: Box, order: readonly number[]): void {
  const { grid } = tab;
  const taken = order.map((row) =>
    Array.from(
      { length: box.endColumn - box.startColumn },
      (_none, j): Stored => grid.get(row, box.startColumn + j),
    ),
  );
  for (const [i, row] of order.entries()) {
    const target = box.startRow + i;
    if (target === row) continue;
    for (const [j, cell] of taken[i]?.entries() ?? []) {
      grid.set(target, box.startColumn + j, movedCell(cell, target - row));
    }
  }
}

/** A formula that moves with its row keeps pointing at its own row. */
function movedCell(cell: Stored, rows: number): Stored {
  if (!isRich(cell) || !cell.formula) return cell;
  return { ...cell, formula: makeFormula(copiedBy(cell.formula.text, rows, 0)) };
}

/** Empty cells stay at the end in either direction. */
function ordered(a: Scalar, b: Scalar, descending: boolean): number {
  const [emptyA, emptyB] = [a === null || a === "", b === null || b === ""];
  if (emptyA || emptyB) return Number(emptyA) - Number(emptyB);
  return descending ? compareScalars(b, a) : compareScalars(a, b);
}
