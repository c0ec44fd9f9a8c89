import type { CellValue } from "#contract/cell.ts";
import type { RowId, Slot, Unconfirmed } from "#contract/layout.ts";

/**
 * What a document shows on top of what its source has confirmed: wishes on their way. A baseline never holds any of
 * it. Setting what is there already changes nothing.
 */
export interface Overlay {
  readonly cells?: readonly (readonly [row: RowId, slot: Slot, value: CellValue, Unconfirmed])[];
  /** Rows that the source does not have yet, after all others; the id is the baseline's next one. */
  readonly rows?: readonly (readonly [row: RowId, values: readonly CellValue[], Unconfirmed])[];
  /** Rows that somebody wants gone; they stay visible until the source has let them go. */
  readonly removals?: readonly (readonly [row: RowId, Unconfirmed])[];
}

/**
 * Which wishes are over: what the source has confirmed shows again. A row is taken away unless the same change adds
 * it.
 */
export interface Lifted {
  readonly cells?: readonly (readonly [row: RowId, slot: Slot])[];
  readonly rows?: readonly RowId[];
  readonly removals?: readonly RowId[];
}
