/** A tab that was seen, as the baseline of what becomes of it: slots are positions, row ids positions plus one. */
import type { RowId, Slot } from "#contract/layout.ts";
import type { Baseline } from "../../../model/delta.ts";
import type { Sent } from "./decide.ts";
import type { SeenTab } from "./fresh-tab.ts";

/** Rows that the plan adds stand in it as well, with ids behind those of all others. */
export function baselineOf({ tab, located, steps }: Sent): Baseline {
  const { columns, rows } = tab.snapshot;
  const kept = rows.map((values, at) => ({ id: at + 1, row: tab.gridRow(at), values }));
  const added = steps
    .filter((step) => step.tag === "add")
    .map(({ edit, row }, index) => {
      const values = located.columns.map(({ slot }) => edit.values[slot] ?? null);
      return {
        id: rows.length + 1 + index,
        row,
        values: values.map((value) => (value === "" ? null : value)),
      };
    });
  // Of rows at one place those that are added come first.
  const all = [...added, ...kept].toSorted((a, b) => a.row - b.row);
  return {
    columns: columns.map(({ header, type }, slot) => ({ slot, header, key: `c${slot}`, type })),
    order: all.map(({ id }) => id),
    rows: new Map(all.map(({ id, values }) => [id, { values }])),
    nextRow: all.length + 1,
    nextSlot: columns.length,
  };
}

/** Of a row of the grid; 0: it is none of the table's. */
export function rowIdOf({ snapshot, gridRow }: SeenTab, row: number): RowId {
  return snapshot.rows.findIndex((_, at) => gridRow(at) === row) + 1;
}

export function slotOf({ gridColumn }: SeenTab, column: number): Slot {
  return column - gridColumn(0);
}
