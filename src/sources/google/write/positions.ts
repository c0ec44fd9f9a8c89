/** A tab that was seen, as the baseline of what becomes of it: slots are positions, row ids positions plus one. */
import type { RowId, Slot } from "#contract/layout.ts";
import type { Baseline } from "../../../model/delta.ts";
import type { SeenTab } from "./fresh-tab.ts";

export function baselineOf({ snapshot }: SeenTab): Baseline {
  return {
    columns: snapshot.columns.map(({ header, type }, slot) => ({ slot, header, key: `c${slot}`, type })),
    order: snapshot.rows.map((_, at) => at + 1),
    rows: new Map(snapshot.rows.map((values, at) => [at + 1, { values }])),
    nextRow: snapshot.rows.length + 1,
    nextSlot: snapshot.columns.length,
  };
}

/** Of a row of the grid; 0: it is none of the table's. */
export function rowIdOf({ snapshot, gridRow }: SeenTab, row: number): RowId {
  return snapshot.rows.findIndex((_, at) => gridRow(at) === row) + 1;
}

export function slotOf({ gridColumn }: SeenTab, column: number): Slot {
  return column - gridColumn(0);
}
