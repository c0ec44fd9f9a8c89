/**
 * The wishes that a mirror shows on top of what its source has confirmed, folded from its log as readers fold them. A
 * row's wishes are replaced, never changed.
 */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { LogEntry, RowId, Slot, Unconfirmed } from "#contract/layout.ts";
import type { Delta } from "../model/delta.ts";
import type { Lifted, Overlay } from "../model/overlay.ts";

export interface RowWishes {
  readonly cells: ReadonlyMap<Slot, WishedCell>;
  /** The source does not have the row yet. */
  readonly added?: WishedRow;
  readonly removing?: Unconfirmed;
}

export interface WishedCell {
  readonly value: CellValue;
  readonly mark: Unconfirmed;
}

export interface WishedRow {
  readonly values: readonly CellValue[];
  readonly mark: Unconfirmed;
}

export type Wishes = Map<RowId, RowWishes>;

export const NO_WISHES: RowWishes = { cells: new Map() };

/** Whether the entry is a wish, or the end of one, and says nothing of what is confirmed. */
export function isWish(entry: LogEntry): boolean {
  const [, at, value, mark] = entry as readonly [RowId, unknown, unknown, unknown];
  if (Array.isArray(at)) return value !== undefined;
  return at === "-" || (typeof at === "number" && mark !== undefined);
}

/** Folds one log entry, a confirmed one too: that ends the wishes it stands in the place of. */
export function foldWish(wishes: Wishes, entry: LogEntry): void {
  const [row, at, value, mark] = entry as readonly [RowId, unknown, unknown, Unconfirmed | undefined];
  const known = wishes.get(row) ?? NO_WISHES;
  if (Array.isArray(at)) {
    const added = value ? { values: at as CellValue[], mark: value as Unconfirmed } : null;
    set(wishes, row, added ? { ...NO_WISHES, added } : NO_WISHES);
  } else if (at === "-") {
    const { removing: _, ...rest } = known;
    set(wishes, row, value ? { ...rest, removing: value as Unconfirmed } : rest);
  } else if (typeof at === "number" && (mark || known.cells.has(at))) {
    const cells = new Map(known.cells);
    if (mark) cells.set(at, { value: value as CellValue, mark });
    else cells.delete(at);
    set(wishes, row, { ...known, cells });
  }
}

/** What is wished of the rows that a change touches, once it is done; null for a row that is gone with it. */
export function wishesAfter(
  wishes: Wishes,
  change: { readonly delta: Delta; readonly overlay?: Overlay; readonly lifted?: Lifted },
  isConfirmed: (row: RowId) => boolean,
): Map<RowId, RowWishes | null> {
  const { delta, overlay = {}, lifted = {} } = change;
  const after = new Map<RowId, RowWishes | null>();
  const get = (row: RowId): RowWishes => after.get(row) ?? wishes.get(row) ?? NO_WISHES;
  for (const [row] of delta.cells) if (wishes.has(row)) after.set(row, get(row));
  for (const [row] of delta.added) {
    const { added: _, ...rest } = get(row);
    if (wishes.has(row)) after.set(row, rest);
  }
  for (const [row, slot] of lifted.cells ?? []) {
    const cells = new Map(get(row).cells);
    if (cells.delete(slot)) after.set(row, { ...get(row), cells });
  }
  for (const row of lifted.removals ?? []) {
    const { removing, ...rest } = get(row);
    if (removing) after.set(row, rest);
  }
  for (const row of lifted.rows ?? []) if (get(row).added) after.set(row, null);
  for (const row of delta.removed) if (wishes.has(row)) after.set(row, null);
  for (const [row, values, mark] of overlay.rows ?? []) {
    if (!isConfirmed(row)) after.set(row, { ...NO_WISHES, added: { values, mark } });
  }
  for (const [row, slot, value, mark] of overlay.cells ?? []) {
    if (!isConfirmed(row)) continue;
    after.set(row, { ...get(row), cells: new Map(get(row).cells).set(slot, { value, mark }) });
  }
  for (const [row, mark] of overlay.removals ?? []) {
    if (isConfirmed(row)) after.set(row, { ...get(row), removing: mark });
  }
  return after;
}

/** The entries that lead from one state of a row's wishes to another; a confirmed cell shows by `confirmed`. */
export function wishEntries(
  row: RowId,
  before: RowWishes,
  after: RowWishes,
  confirmed: (slot: Slot) => CellValue,
): LogEntry[] {
  const entries: LogEntry[] = [];
  const { added } = after;
  if (added && !(before.added && sameRow(before.added, added))) entries.push([row, added.values, added.mark]);
  for (const [slot, { value, mark }] of after.cells) {
    const old = before.cells.get(slot);
    if (!old || !cellsEqual(old.value, value) || !sameMark(old.mark, mark))
      entries.push([row, slot, value, mark]);
  }
  for (const slot of before.cells.keys()) {
    if (!after.cells.has(slot)) entries.push([row, slot, confirmed(slot)]);
  }
  if (after.removing && !sameMark(before.removing, after.removing)) entries.push([row, "-", after.removing]);
  if (before.removing && !after.removing) entries.push([row, "-", null]);
  return entries;
}

function set(wishes: Wishes, row: RowId, next: RowWishes): void {
  if (next.cells.size > 0 || next.added || next.removing) wishes.set(row, next);
  else wishes.delete(row);
}

function sameRow(a: WishedRow, b: WishedRow): boolean {
  if (!sameMark(a.mark, b.mark)) return false;
  const width = Math.max(a.values.length, b.values.length);
  for (let slot = 0; slot < width; slot++) if (!cellsEqual(a.values[slot], b.values[slot])) return false;
  return true;
}

function sameMark(a: Unconfirmed | undefined, b: Unconfirmed): boolean {
  return a?.by === b.by && a.at === b.at;
}
