import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";

/** What a document knows of its tab: the last state agreed by source and document. */
export interface Baseline {
  readonly columns: readonly Column[];
  readonly order: readonly RowId[];
  /** Values by slot; slots past the end are empty. Holds at least the rows of `order`. */
  readonly rows: ReadonlyMap<
    RowId,
    { readonly values: readonly CellValue[]; readonly formulas?: ReadonlyMap<Slot, string> }
  >;
  /** The next row id to give out. */
  readonly nextRow: RowId;
  /** The next slot to give out. */
  readonly nextSlot: Slot;
}

export const EMPTY_BASELINE: Baseline = { columns: [], order: [], rows: new Map(), nextRow: 1, nextSlot: 0 };

/**
 * The typed changes from a baseline to a snapshot. Applying it to a document that holds the baseline gives the
 * snapshot; applying it again changes nothing.
 */
export interface Delta {
  /** All columns, when any of them changed. */
  readonly columns?: readonly Column[];
  /** New rows, whole, by slot. */
  readonly added: readonly (readonly [row: RowId, values: readonly CellValue[]])[];
  /** Cells whose value changed, in rows that stay. */
  readonly cells: readonly (readonly [row: RowId, slot: Slot, value: CellValue])[];
  /** Formulas that came, changed or went, for which stands an empty text; of added rows too. */
  readonly formulas?: readonly (readonly [row: RowId, slot: Slot, formula: string])[];
  /** Rows that are gone. */
  readonly removed: readonly RowId[];
  /** How `order` changes, in sequence: at index `at` of the list so far, `remove` ids go and `insert` come. */
  readonly order: readonly Splice[];
}

export interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly RowId[];
}

export function isEmptyDelta(delta: Delta): boolean {
  const { added, cells, formulas, order } = delta;
  return !delta.columns && added.length + cells.length + (formulas?.length ?? 0) + order.length === 0;
}

export const NO_CHANGE: Delta = { added: [], cells: [], removed: [], order: [] };
