/** Keys of wishes in an edits document: see edits.ts. */
import type { RowId, Slot } from "./layout.ts";

export const cellKey = (row: RowId, slot: Slot): string => `${row}:${slot}`;
export const removeKey = (row: RowId): string => `-${row}`;
