/**
 * Which elements of a mirror's log are live: for each row its last whole-row entry and the cell entries after it. An
 * unconfirmed value supersedes an earlier one of its cell, never the confirmed value beneath it: that is needed again.
 * Everything else is superseded and waits here for a sweep. Entries are known by their Yjs id, not by index: an
 * index costs a walk.
 */
import type { LogEntry, RowId, Slot } from "#contract/layout.ts";

/** A Yjs id (client, clock) as one number: clients are incarnations below 2^20, clocks are below 2^32. */
export type EntryId = number;

const CLOCK_SPAN = 2 ** 32;

export const entryId = (client: number, clock: number): EntryId => client * CLOCK_SPAN + clock;
export const clientOf = (id: EntryId): number => Math.floor(id / CLOCK_SPAN);
export const clockOf = (id: EntryId): number => id % CLOCK_SPAN;

interface RowEntries {
  /** -1 while the row has cell entries only. */
  whole: EntryId;
  /** How many values the whole entry holds. */
  width: number;
  /** By slot, "=slot" for a formula, "~slot" for an unconfirmed value, "-" for the wish to remove the row. */
  cells: Map<Slot | string, EntryId> | null;
}

export interface Entries {
  /** A new element of the log, later than all noted before. */
  note(entry: LogEntry, id: EntryId): void;
  /** The row left `order`: all its entries are superseded, unless it is the newest row (see `forget`'s rule). */
  forget(row: RowId): void;
  /** Live entries of a row besides its whole one. */
  cellCount(row: RowId): number;
  /** Takes up to `most` superseded ids out, oldest first. */
  takeSuperseded(most: number): EntryId[];
  /** Entries to sweep, and about how many cells they and the live ones hold. */
  readonly supersededCount: number;
  readonly supersededWeight: number;
  readonly liveWeight: number;
}

export function createEntries(): Entries {
  const rows = new Map<RowId, RowEntries>();
  let superseded: EntryId[] = [];
  let supersededWeight = 0;
  let liveWeight = 0;
  /** The row with the highest id, kept in the log even when it is gone: so its id is never given out again. */
  let newest: RowId = 0;
  let newestIsGone = false;

  const drop = (id: EntryId, weight: number): void => {
    superseded.push(id);
    supersededWeight += weight;
    liveWeight -= weight;
  };
  const dropCell = (row: RowEntries, at: Slot | string): void => {
    const old = row.cells?.get(at);
    if (old === undefined) return;
    drop(old, CELL_WEIGHT);
    row.cells!.delete(at);
  };
  const dropCells = (row: RowEntries): void => {
    for (const id of row.cells?.values() ?? []) drop(id, CELL_WEIGHT);
    row.cells = null;
  };
  const dropRow = (row: RowId): void => {
    const known = rows.get(row);
    if (!known) return;
    if (known.whole >= 0) drop(known.whole, known.width + ROW_WEIGHT);
    dropCells(known);
    rows.delete(row);
  };

  return {
    note(entry, id) {
      const [row, at, value, unconfirmed] = entry as readonly [RowId, Slot | string, unknown, unknown];
      if (row > newest) {
        if (newestIsGone) dropRow(newest);
        newest = row;
        newestIsGone = false;
      }
      let known = rows.get(row);
      if (!known) {
        known = { whole: -1, width: 0, cells: null };
        rows.set(row, known);
      }
      if (Array.isArray(at)) {
        if (known.whole >= 0) drop(known.whole, known.width + ROW_WEIGHT);
        dropCells(known);
        known.whole = id;
        known.width = at.length;
        liveWeight += at.length + ROW_WEIGHT;
      } else {
        known.cells ??= new Map();
        if (!unconfirmed) dropCell(known, at);
        dropCell(known, `~${at}`);
        // "Nobody wants the row gone any more" says nothing once the wish itself is superseded.
        const saysNothing = at === "-" && value === null;
        if (saysNothing) superseded.push(id);
        else known.cells.set(unconfirmed ? `~${at}` : at, id);
        liveWeight += saysNothing ? 0 : CELL_WEIGHT;
      }
    },
    forget(row) {
      if (row === newest) newestIsGone = true;
      else dropRow(row);
    },
    cellCount: (row) => rows.get(row)?.cells?.size ?? 0,
    takeSuperseded(most) {
      const taken = superseded.slice(0, most);
      const share = superseded.length === 0 ? 0 : taken.length / superseded.length;
      superseded = superseded.slice(most);
      supersededWeight -= supersededWeight * share;
      return taken;
    },
    get supersededCount() {
      return superseded.length;
    },
    get supersededWeight() {
      return supersededWeight;
    },
    get liveWeight() {
      return liveWeight;
    },
  };
}

/** Weights in cells: an entry costs its row id and its brackets besides its values. */
const ROW_WEIGHT = 2;
const CELL_WEIGHT = 3;
