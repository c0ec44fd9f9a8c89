/**
 * The writing side of a tab's document, layout 1 (contract/layout.ts): one Y.Doc, its fold, and the two chores
 * that keep it small. A row with many single cells is written whole again (fold); superseded entries are deleted
 * in batches (sweep). Knows nothing of durability: whoever calls it stores the update it returns.
 */
import * as Y from "yjs";
import type { CellValue } from "#contract/cell.ts";
import {
  COLUMNS,
  type Column,
  type FoldedRow,
  foldEntry,
  LAYOUT,
  LOG,
  type Locality,
  type LogEntry,
  META,
  type Meta,
  ORDER,
  type RowId,
} from "#contract/layout.ts";
import type { Baseline, Delta } from "../model/delta.ts";
import { sameColumn } from "../model/diff.ts";
import { applySplices, joinSplices } from "../model/order.ts";
import type { Lifted, Overlay } from "../model/overlay.ts";
import { createEntries, entryId } from "./entries.ts";
import { advanceClock, deleteEntries } from "./sweep.ts";
import { foldWish, isWish, NO_WISHES, type Wishes, wishEntries, wishesAfter } from "./wishes.ts";

export interface Mirror {
  readonly doc: Y.Doc;
  meta(): Meta;
  /** What the source has confirmed; wishes are not in it. */
  baseline(): Baseline;
  /** The update of one transaction, or null when there was nothing to change. */
  write(
    delta: Delta,
    title?: string,
    locality?: Locality,
    wishes?: { readonly overlay?: Overlay; readonly lifted?: Lifted },
  ): Uint8Array | null;
  /** One batch of chores as an update, or null when nothing is due. Changes nothing that a reader sees. */
  sweep(): Uint8Array | null;
}

/** Superseded entries deleted at once: bounds how long a sweep blocks the loop. */
const SWEEP_BATCH = 500;
/** Superseded entries that always start a sweep, and the fewest that may. */
const SWEEP_AT_ENTRIES = 1000;
const SWEEP_LEAST_ENTRIES = 64;
/** A sweep starts when the superseded entries weigh this share of the live ones. */
const SWEEP_AT_SHARE = 0.3;
/** A row is written whole when this share of its columns stands in single cells (at least 2). */
const FOLD_AT_SHARE = 0.25;
/** `order` is rewritten when it consists of more pieces than this share of its length. */
const ORDER_PIECES_SHARE = 0.25;
const ORDER_PIECES_LEAST = 64;

/**
 * Takes over a document that holds a mirror, or makes one in an empty document. `incarnation` becomes the
 * writer's client id: it must never have written beyond what `doc` holds.
 */
export function createMirror(doc: Y.Doc, incarnation: number, identity: MirrorIdentity): Mirror {
  const log = doc.getArray<LogEntry>(LOG);
  const order = doc.getArray<RowId>(ORDER);
  const columns = doc.getArray<Column>(COLUMNS);
  const meta = doc.getMap<string | number>(META);
  doc.clientID = incarnation;

  const rows = new Map<RowId, FoldedRow>();
  const wishes: Wishes = new Map();
  const entries = createEntries();
  /** Confirmed rows in display order; behind them in `order` stand those that the source does not have yet. */
  let ids: RowId[] = [];
  let coming: RowId[] = [];
  let cols: Column[] = columns.toArray();
  let nextRow = 1;
  /** Since its pieces were last counted: counting walks them all. */
  let orderChanged = true;

  const note = (entry: LogEntry, client: number, clock: number): void => {
    if (!isWish(entry)) foldEntry(rows, entry);
    foldWish(wishes, entry);
    entries.note(entry, entryId(client, clock));
    if (entry[0] >= nextRow) nextRow = entry[0] + 1;
  };
  readLog(log, note);
  for (const id of order.toArray()) (wishes.get(id)?.added ? coming : ids).push(id);
  forgetAbsent();

  function forgetAbsent(): void {
    const present = new Set([...ids, ...coming]);
    for (const id of new Set([...rows.keys(), ...wishes.keys()])) if (!present.has(id)) forget(id);
  }
  function forget(id: RowId): void {
    rows.delete(id);
    wishes.delete(id);
    entries.forget(id);
  }
  function transact(change: (transaction: Y.Transaction) => void): Uint8Array | null {
    let update: Uint8Array | null = null;
    const keep = (bytes: Uint8Array): void => {
      update = bytes;
    };
    doc.on("update", keep);
    try {
      doc.transact((transaction) => {
        const before = Y.getState(doc.store, doc.clientID);
        change(transaction);
        const deletedOnly = Y.getState(doc.store, doc.clientID) === before;
        if (deletedOnly && transaction.deleteSet.clients.size > 0) advanceClock(transaction, log, before);
      });
    } finally {
      doc.off("update", keep);
    }
    return update;
  }
  function push(batch: LogEntry[]): void {
    if (batch.length === 0) return;
    const clock = Y.getState(doc.store, doc.clientID);
    log.push(batch);
    batch.forEach((entry, i) => {
      note(entry, doc.clientID, clock + i);
    });
  }
  function setMeta(key: keyof Meta, value: string | number): void {
    if (meta.get(key) !== value) meta.set(key, value);
  }
  function writeMeta(title: string | undefined, locality: Locality | undefined): void {
    setMeta("layout", LAYOUT);
    setMeta("source", identity.source);
    setMeta("tab", identity.tab);
    setMeta("epoch", identity.epoch);
    if (title !== undefined) setMeta("title", title);
    if (locality) {
      setMeta("timeZone", locality.timeZone);
      setMeta("locale", locality.locale);
    }
    setMeta("slots", Math.max(nextSlot(), ...cols.map((column) => column.slot + 1)));
  }
  const nextSlot = (): number => Number(meta.get("slots") ?? 0);

  function writeColumns(next: readonly Column[]): void {
    let start = 0;
    while (start < cols.length && start < next.length && sameColumn(cols[start]!, next[start]!)) start++;
    let end = 0;
    const most = Math.min(cols.length, next.length) - start;
    while (end < most && sameColumn(cols[cols.length - 1 - end]!, next[next.length - 1 - end]!)) end++;
    const remove = cols.length - start - end;
    if (remove > 0) columns.delete(start, remove);
    if (next.length - start - end > 0) columns.insert(start, next.slice(start, next.length - end));
    cols = [...next];
  }
  function writeOrder(delta: Delta): void {
    for (const { at, remove, insert } of joinSplices(delta.order, ids)) {
      if (remove > 0) order.delete(at, remove);
      if (insert.length > 0) order.insert(at, [...insert]);
    }
    ids = applySplices(ids, delta.order);
    orderChanged = true;
  }
  function writeComing(next: readonly RowId[]): void {
    const stays = new Set(next);
    for (let at = coming.length - 1; at >= 0; at--) {
      if (!stays.has(coming[at]!)) order.delete(ids.length + at, 1);
    }
    const kept = coming.filter((id) => stays.has(id)).length;
    if (next.length > kept) order.insert(ids.length + kept, next.slice(kept));
    coming = [...next];
    orderChanged = true;
  }
  /** Brings the wishes of the rows that a change touched to what they shall be after it. */
  function writeWishes(after: ReturnType<typeof wishesAfter>): void {
    const batch: LogEntry[] = [];
    const [here, gone, come] = [new Set(coming), new Set<RowId>(), [] as RowId[]];
    for (const [row, next] of after) {
      if (!next || (!next.added && !rows.has(row))) {
        gone.add(row);
        continue;
      }
      if (next.added && !here.has(row)) come.push(row);
      const confirmed = (slot: number): CellValue => rows.get(row)?.values[slot] ?? null;
      for (const entry of wishEntries(row, wishes.get(row) ?? NO_WISHES, next, confirmed)) batch.push(entry);
    }
    push(batch);
    const stays = coming.filter((row) => !gone.has(row) && !rows.has(row));
    if (come.length > 0 || stays.length < coming.length) writeComing([...stays, ...come]);
    for (const row of gone) if (!rows.has(row)) forget(row);
  }

  function entriesAreDue(): boolean {
    if (entries.supersededCount < SWEEP_LEAST_ENTRIES) return false;
    if (entries.supersededCount >= SWEEP_AT_ENTRIES) return true;
    return entries.supersededWeight > entries.liveWeight * SWEEP_AT_SHARE;
  }
  function orderIsScattered(): boolean {
    if (!orderChanged) return false;
    orderChanged = false;
    return piecesOf(order) > Math.max(ORDER_PIECES_LEAST, ids.length * ORDER_PIECES_SHARE);
  }

  return {
    doc,
    meta: () => meta.toJSON() as unknown as Meta,
    baseline: () => ({ columns: cols, order: ids, rows, nextRow, nextSlot: nextSlot() }),
    write: (delta, title, locality, { overlay, lifted } = {}) =>
      transact(() => {
        if (delta.columns) writeColumns(delta.columns);
        writeMeta(title, locality);
        const [added, removed] = [new Set(delta.added.map(([row]) => row)), new Set(delta.removed)];
        const isConfirmed = (row: RowId): boolean => !removed.has(row) && (added.has(row) || rows.has(row));
        const after = wishesAfter(
          wishes,
          { delta, ...(overlay && { overlay }), ...(lifted && { lifted }) },
          isConfirmed,
        );
        const batch: LogEntry[] = delta.added.map(([row, values]) => [row, values]);
        const plain = (row: RowId): boolean => !wishes.has(row);
        push(batch.concat(cellEntries(delta, rows, cols, entries.cellCount, plain)));
        push((delta.formulas ?? []).map(([row, slot, formula]) => [row, `=${slot}`, formula]));
        if (delta.order.length > 0) writeOrder(delta);
        for (const id of delta.removed) forget(id);
        if (after.size > 0) writeWishes(after);
      }),
    sweep() {
      if (orderIsScattered()) {
        return transact(() => {
          order.delete(0, order.length);
          order.insert(0, [...ids, ...coming]);
        });
      }
      if (!entriesAreDue()) return null;
      return transact((transaction) => {
        deleteEntries(transaction, log, entries.takeSuperseded(SWEEP_BATCH));
      });
    },
  };
}

export interface MirrorIdentity {
  readonly source: string;
  readonly tab: string;
  readonly epoch: string;
}

/**
 * Entries for the changed cells: one each, or the row whole where many of its cells stand alone and nothing but its
 * values would be lost by it.
 */
function cellEntries(
  delta: Delta,
  rows: ReadonlyMap<RowId, FoldedRow>,
  columns: readonly Column[],
  cellCount: (row: RowId) => number,
  hasNoWishes: (row: RowId) => boolean,
): LogEntry[] {
  const foldAt = Math.max(2, Math.ceil(columns.length * FOLD_AT_SHARE));
  const result: LogEntry[] = [];
  for (let i = 0; i < delta.cells.length; ) {
    const row = delta.cells[i]![0];
    let end = i;
    while (end < delta.cells.length && delta.cells[end]![0] === row) end++;
    const known = rows.get(row);
    const plain = known && hasNoWishes(row) && !known.formulas;
    if (plain && cellCount(row) + end - i >= foldAt) {
      const values = known.values.slice();
      for (; i < end; i++) {
        const [, slot, value] = delta.cells[i]!;
        while (values.length < slot) values.push(null);
        values[slot] = value;
      }
      while (values.length > 0 && values[values.length - 1] === null) values.pop();
      result.push([row, values]);
    } else for (; i < end; i++) result.push(delta.cells[i]! as LogEntry);
  }
  return result;
}

/** Every live element of the log with its Yjs id, in order. */
function readLog(
  log: Y.Array<LogEntry>,
  onEntry: (entry: LogEntry, client: number, clock: number) => void,
): void {
  for (let item = log._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const contents = item.content.getContent();
    for (let i = 0; i < contents.length; i++) onEntry(contents[i], item.id.client, item.id.clock + i);
  }
}

function piecesOf(list: Y.Array<RowId>): number {
  let pieces = 0;
  for (let item = list._start; item; item = item.right) pieces++;
  return pieces;
}
