/** What a mirror shows of the edits that wait. */
import type { RowId, Slot, Unconfirmed } from "#contract/layout.ts";
import type { Lifted, Overlay } from "../../model/overlay.ts";
import { type EditAim, type OutboxEdit, rowOf, valuesOf } from "./outbox-edit.ts";

/** The wishes for these rows of a tab, the later ones above the earlier. */
export function overlayOf(
  edits: Iterable<OutboxEdit>,
  tab: string,
  touched: ReadonlySet<RowId>,
): Required<Overlay> {
  const cells = new Map<string, Required<Overlay>["cells"][number]>();
  const rows = new Map<RowId, Required<Overlay>["rows"][number]>();
  const removals = new Map<RowId, Required<Overlay>["removals"][number]>();
  for (const edit of edits) {
    if (edit.tab !== tab || !touched.has(rowOf(edit))) continue;
    const { wish } = edit;
    const mark: Unconfirmed = { by: edit.subject, at: edit.wishedAtMs };
    if (wish.tag === "add") rows.set(edit.row!, [edit.row!, valuesOf(wish), mark]);
    else if (wish.tag === "remove") removals.set(wish.row, [wish.row, mark]);
    else if (rows.has(wish.row)) {
      const [row, known, added] = rows.get(wish.row)!;
      const values = [...known];
      while (values.length <= wish.slot) values.push(null);
      values[wish.slot] = wish.value;
      rows.set(row, [row, values, added]);
    } else cells.set(`${wish.row}:${wish.slot}`, [wish.row, wish.slot, wish.value, mark]);
  }
  return { cells: [...cells.values()], rows: [...rows.values()], removals: [...removals.values()] };
}

/** What no longer shows of edits that are over, where nothing in `overlay` takes its place. */
export function liftedBy(over: Iterable<EditAim>, overlay: Required<Overlay>): Required<Lifted> {
  const cells = new Map<string, readonly [RowId, Slot]>();
  const [rows, removals] = [new Set<RowId>(), new Set<RowId>()];
  for (const { wish, row } of over) {
    if (wish.tag === "cell") cells.set(`${wish.row}:${wish.slot}`, [wish.row, wish.slot]);
    else if (wish.tag === "add") rows.add(row!);
    else {
      removals.add(wish.row);
      // Removed before it was written, it shows no more.
      rows.add(wish.row);
    }
  }
  for (const [row, slot] of overlay.cells) cells.delete(`${row}:${slot}`);
  for (const [row] of overlay.rows) rows.delete(row);
  for (const [row] of overlay.removals) removals.delete(row);
  return { cells: [...cells.values()], rows: [...rows], removals: [...removals] };
}
