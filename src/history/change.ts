/**
 * What one durable step of a document changed, before and after, as it travels with the step's entry in the log: what
 * the document held says the one, the delta the other. A step that changed no confirmed value says nothing,
 * but for the one that makes the document.
 */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";
import type { Baseline, Delta, Splice } from "../model/delta.ts";
import { columnsEqual } from "../model/diff.ts";
import { joinSplices } from "../model/order.ts";
import type { ChangeOrigin } from "../model/origin.ts";
import { type Runs, toRuns } from "./runs.ts";

export interface Change {
  /** The history of the document that it is of. */
  readonly epoch: string;
  /** When it was recorded, ms since 1970. */
  readonly at: number;
  /** The document was empty before. */
  readonly fresh?: true;
  /** Between which times the sheet was changed, and who did it where somebody tells. */
  readonly sheet?: readonly [afterMs: number | null, beforeMs: number, by: string | null];
  readonly edits?: readonly EditMark[];
  readonly items: readonly Item[];
}

export type EditMark = readonly [id: string, by: string, atMs: number, cause: string | null];

/** `edit` is the place of its edit in `edits`; absent: the sheet's doing. Values of rows stand by slot. */
export type Item =
  | readonly ["cell", row: RowId, slot: Slot, before: CellValue, after: CellValue, edit?: number]
  | readonly ["formula", row: RowId, slot: Slot, before: string, after: string, edit?: number]
  | readonly ["added", row: RowId, values: readonly CellValue[], edit?: number]
  | readonly ["removed", row: RowId, values: readonly CellValue[], edit?: number]
  /** Rows that came together, too many to tell their values twice. */
  | readonly ["loaded", rows: Runs]
  | readonly ["columns", before: readonly Column[], after: readonly Column[]]
  | readonly ["order", splices: readonly OrderSplice[]]
  /** More changed at once than is told; what was before cannot be told any more. */
  | readonly ["rewritten", cells: number, rows: number];

/** As in a delta, with the ids that go. */
export type OrderSplice = readonly [at: number, remove: Runs, insert: Runs];

/** Cells of added rows in one change that are told; a tab's first reading brings them all. */
const ADDED_CELLS_MAX = 20_000;
/** Changed and removed cells of one change that are told: 8 MB, 50 to 100 ms. */
const CHANGED_CELLS_MAX = 250_000;

export interface Step {
  readonly epoch: string;
  readonly atMs: number;
  readonly before: Baseline;
  readonly delta: Delta;
  readonly origin?: ChangeOrigin | undefined;
}

/**
 * null: nothing that is confirmed changed. One that is still empty says so without items: since when it is there.
 * `before` must not hold the delta yet.
 */
export function describeChange({ epoch, atMs, before, delta, origin }: Step): Change | null {
  const items = tooLarge(before, delta)
    ? [["rewritten", delta.cells.length, delta.removed.length] as const]
    : itemsOf(before, delta, editPlaces(origin));
  const fresh = before.order.length === 0 && before.columns.length === 0 && before.nextRow === 1;
  if (items.length === 0 && !fresh) return null;
  const marks =
    origin?.tag === "edits" &&
    origin.edits.map(({ id, by, atMs, cause }) => [id, by, atMs, cause ?? null] as const);
  const { afterMs = null, beforeMs = atMs, by = null } = origin?.tag === "sheet" ? origin : {};
  return {
    epoch,
    at: atMs,
    ...(fresh && { fresh }),
    ...(marks ? { edits: marks } : { sheet: [afterMs, beforeMs, by] as const }),
    items,
  };
}

export function encodeChange(change: Change): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(change));
}

/** null: made by a later version. */
export function decodeChange(bytes: Uint8Array): Change | null {
  try {
    const change = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Change> | null;
    return Array.isArray(change?.items) && typeof change.epoch === "string" ? (change as Change) : null;
  } catch {
    return null;
  }
}

type EditPlaces = (row: RowId, slot?: Slot) => number | undefined;

function editPlaces(origin: ChangeOrigin | undefined): EditPlaces {
  if (origin?.tag !== "edits") return () => undefined;
  const places = new Map(origin.edits.map(({ row, slot }, place) => [`${row}:${slot ?? ""}`, place]));
  return (row, slot) => places.get(`${row}:${slot ?? ""}`);
}

function itemsOf(before: Baseline, delta: Delta, editOf: EditPlaces): Item[] {
  const items: Item[] = [];
  const mark = (edit: number | undefined): readonly [] | readonly [number] =>
    edit === undefined ? [] : [edit];
  const cell = (row: RowId, slot: Slot, value: CellValue): void => {
    const old = before.rows.get(row)?.values[slot] ?? null;
    if (!cellsEqual(old, value)) items.push(["cell", row, slot, old, value, ...mark(editOf(row, slot))]);
  };
  if (delta.columns && !columnsEqual(before.columns, delta.columns)) {
    items.push(["columns", before.columns, delta.columns]);
  }
  for (const [row, slot, value] of delta.cells) cell(row, slot, value);
  for (const [row, slot, formula] of delta.formulas ?? []) {
    const old = before.rows.get(row)?.formulas?.get(slot) ?? "";
    if (old !== formula) items.push(["formula", row, slot, old, formula, ...mark(editOf(row, slot))]);
  }
  const added = delta.added.filter(([row]) => !before.rows.has(row));
  if (cellsIn(added) > ADDED_CELLS_MAX) items.push(["loaded", toRuns(added.map(([row]) => row))]);
  else for (const [row, values] of added) items.push(["added", row, values, ...mark(editOf(row))]);
  // Brought again, after a crash, with other values.
  for (const [row, values] of delta.added) {
    const known = before.rows.get(row)?.values;
    if (!known) continue;
    for (let slot = 0; slot < Math.max(known.length, values.length); slot++)
      cell(row, slot, values[slot] ?? null);
  }
  for (const row of delta.removed) {
    const known = before.rows.get(row);
    if (known) items.push(["removed", row, known.values, ...mark(editOf(row))]);
  }
  if (delta.order.length > 0) items.push(["order", tellSplices(delta.order, before.order)]);
  return items;
}

function tellSplices(order: readonly Splice[], before: readonly RowId[]): OrderSplice[] {
  let shift = 0;
  return joinSplices(order, before).map(({ at, remove, insert }) => {
    const from = at - shift;
    shift += insert.length - remove;
    return [at, toRuns(before.slice(from, from + remove)), toRuns(insert)];
  });
}

function tooLarge(before: Baseline, { cells, removed }: Delta): boolean {
  const gone = removed.reduce((sum, row) => sum + (before.rows.get(row)?.values.length ?? 0), 0);
  return cells.length + gone > CHANGED_CELLS_MAX;
}

function cellsIn(rows: Delta["added"]): number {
  return rows.reduce((sum, [, values]) => sum + values.length + 1, 0);
}
