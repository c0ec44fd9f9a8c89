import type { RowId, Slot } from "./contract/layout.ts";

export interface TableChange {
  /** Rows that came, went or changed, or whose marks did. */
  readonly rows: ReadonlySet<RowId>;
  readonly added: readonly RowId[];
  readonly removed: readonly RowId[];
  /** Cells with a new value, in rows that were there before. */
  readonly cells: readonly (readonly [row: RowId, slot: Slot])[];
  readonly columnsChanged: boolean;
  readonly orderChanged: boolean;
  /** `title` changed. */
  readonly metaChanged: boolean;
  /** `status` or `connection` changed. */
  readonly statusChanged: boolean;
  /** `receipts`, or the state of one, changed. */
  readonly editsChanged: boolean;
}

export const NO_CHANGE: TableChange = {
  rows: new Set(),
  added: [],
  removed: [],
  cells: [],
  columnsChanged: false,
  orderChanged: false,
  metaChanged: false,
  statusChanged: false,
  editsChanged: false,
};

/** From one history to another nothing is comparable: ids that both use name different rows. */
export function wholeChange(old: readonly RowId[], now: readonly RowId[]): TableChange {
  return {
    ...NO_CHANGE,
    rows: new Set([...old, ...now]),
    added: now,
    removed: old,
    columnsChanged: true,
    orderChanged: true,
    metaChanged: true,
  };
}
