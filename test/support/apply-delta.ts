import type { Baseline, Delta } from "../../src/model/delta.ts";
import { applySplices } from "../../src/model/order.ts";

/** The plain meaning of a delta, without a document. */
export function applyDelta(baseline: Baseline, delta: Delta): Baseline {
  const rows = new Map(baseline.rows);
  for (const [id, values] of delta.added) rows.set(id, { values });
  for (const [id, slot, value] of delta.cells) {
    const values = [...rows.get(id)!.values];
    while (values.length < slot) values.push(null);
    values[slot] = value;
    rows.set(id, { values });
  }
  for (const id of delta.removed) rows.delete(id);
  const columns = delta.columns ?? baseline.columns;
  return {
    columns,
    order: applySplices(baseline.order, delta.order),
    rows,
    nextRow: delta.added.reduce((next, [id]) => Math.max(next, id + 1), baseline.nextRow),
    nextSlot: columns.reduce((next, { slot }) => Math.max(next, slot + 1), baseline.nextSlot),
  };
}
