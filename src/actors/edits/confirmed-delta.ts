/** What edits that the source has confirmed change in their tab. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { RowId, Slot } from "#contract/layout.ts";
import type { Baseline, Delta } from "../../model/delta.ts";
import { spliceOrder } from "../../model/order.ts";
import type { WriteEdit, WriteOutcome } from "../../model/write.ts";

export type Written = Extract<WriteOutcome, { tag: "written" }>;

export interface ConfirmedEdit {
  readonly write: WriteEdit;
  readonly outcome: Written;
  /** Of an added row. */
  readonly row?: RowId;
}

export interface ConfirmContext {
  readonly baseline: Baseline;
  /** Where a row goes that names no place. */
  readonly newRows: "end" | "top";
  /** Rows from this id on came after the batch was made. */
  readonly sinceRow: RowId;
  /** Ids that edits have. */
  readonly isProvisional: (row: RowId) => boolean;
}

/** Applied again it changes nothing: what the baseline holds already is left out. */
export function confirmedDelta(edits: readonly ConfirmedEdit[], context: ConfirmContext): Delta {
  const { baseline } = context;
  const cells: [RowId, Slot, CellValue][] = [];
  const formulas: [RowId, Slot, string][] = [];
  const added: [RowId, readonly CellValue[]][] = [];
  const removed = new Set<RowId>();
  const order = [...baseline.order];
  for (const { write, outcome, row } of edits) {
    if (write.tag === "add") {
      if (baseline.rows.has(row!)) continue;
      const values = outcome.values ?? write.values;
      added.push([row!, values]);
      const twin = twinOf(values, context, removed);
      if (twin === undefined) order.splice(placeOf(write.after, order, context.newRows), 0, row!);
      else {
        order[order.indexOf(twin)] = row!;
        removed.add(twin);
      }
    } else if (baseline.rows.has(write.row)) {
      if (write.tag === "remove") removed.add(write.row);
      else {
        const known = baseline.rows.get(write.row)!;
        const value = outcome.value ?? write.value;
        if (!cellsEqual(known.values[write.slot], value)) cells.push([write.row, write.slot, value]);
        const formula = outcome.formula ?? "";
        const before = known.formulas?.get(write.slot) ?? "";
        if (formula !== before) formulas.push([write.row, write.slot, formula]);
      }
    }
  }
  const after = order.filter((row) => !removed.has(row));
  const places = new Map(baseline.order.map((row, place) => [row, place]));
  const moved = added.length > 0 || removed.size > 0;
  return {
    added,
    cells: cells.filter(([row]) => !removed.has(row)),
    ...(formulas.length > 0 ? { formulas } : {}),
    removed: [...removed],
    order: moved
      ? spliceOrder(
          baseline.order.length,
          after,
          Int32Array.from(after, (row) => places.get(row) ?? -1),
        )
      : [],
  };
}

function placeOf(after: RowId | null | undefined, order: readonly RowId[], newRows: "end" | "top"): number {
  if (after === null) return 0;
  const place = after === undefined ? -1 : order.indexOf(after);
  if (place >= 0) return place + 1;
  return newRows === "top" && after === undefined ? 0 : order.length;
}

/**
 * The same row, as a poll found it before the source's answer arrived and took it for a new one: it gives its place to
 * the id that its author knows.
 */
function twinOf(
  values: readonly CellValue[],
  { baseline, sinceRow, isProvisional }: ConfirmContext,
  taken: ReadonlySet<RowId>,
): RowId | undefined {
  for (let at = baseline.order.length - 1; at >= 0; at--) {
    const row = baseline.order[at]!;
    if (row < sinceRow || taken.has(row) || isProvisional(row)) continue;
    const known = baseline.rows.get(row)!.values;
    const width = Math.max(known.length, values.length);
    let same = true;
    for (let slot = 0; slot < width && same; slot++) same = cellsEqual(known[slot], values[slot]);
    if (same) return row;
  }
  return undefined;
}
