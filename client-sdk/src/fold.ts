/**
 * Reads a mirror as it grows: the rows of a tab by id, kept in step with the document at the cost of what changed.
 *
 * Invariant: `rows` holds exactly the rows of `order`. Entries of other rows are passed over, and read again from the
 * whole log should their row turn up in `order` later; so the result never depends on how the content was
 * cut into updates.
 */
import type * as Y from "yjs";
import { compactor } from "./compact.ts";
import { cellsEqual } from "./contract/cell.ts";
import {
  COLUMNS,
  type Column,
  type FoldedRow,
  foldEntry,
  LOG,
  type LogEntry,
  META,
  ORDER,
  type RowId,
  type Slot,
  type Unconfirmed,
} from "./contract/layout.ts";
import { sameList } from "./same-list.ts";

/** What one transaction changed for a reader. A sweep or a rewrite that a reader cannot see changes nothing. */
export interface FoldChange {
  /** Rows that came, went, or whose values or marks are not what they were. */
  readonly rows: ReadonlySet<RowId>;
  readonly added: readonly RowId[];
  readonly removed: readonly RowId[];
  /** Cells with a new value, in rows that were there before. */
  readonly cells: readonly (readonly [row: RowId, slot: Slot])[];
  readonly columnsChanged: boolean;
  readonly orderChanged: boolean;
  readonly metaChanged: boolean;
}

export interface Fold {
  readonly rows: ReadonlyMap<RowId, FoldedRow>;
  /** Replaced, never changed in place. */
  readonly order: readonly RowId[];
  readonly columns: readonly Column[];
}

/** What the observers of one transaction noted. */
interface Noted {
  /** Entries appended to the log; null when the log changed elsewhere than at its end. */
  entries: readonly LogEntry[] | null;
  order: boolean;
  columns: boolean;
  meta: boolean;
}

/** Follows `doc`, which must be empty, until it is destroyed. */
export function followMirror(doc: Y.Doc, onChange: (change: FoldChange) => void): Fold {
  const log = doc.getArray<LogEntry>(LOG);
  const orderList = doc.getArray<RowId>(ORDER);
  const columnList = doc.getArray<Column>(COLUMNS);
  const rows = new Map<RowId, FoldedRow>();
  let order: readonly RowId[] = [];
  let columns: readonly Column[] = [];
  let noted: Noted | null = null;

  const note = (part: Partial<Noted>): void => {
    noted = { entries: [], order: false, columns: false, meta: false, ...noted, ...part };
  };
  log.observe((event) => note({ entries: appendedEntries(log, event) }));
  orderList.observe(() => note({ order: true }));
  columnList.observe(() => note({ columns: true }));
  doc.getMap(META).observe(() => note({ meta: true }));
  doc.on("afterTransaction", () => {
    if (!noted) return;
    const change = take(noted);
    noted = null;
    onChange(change);
  });

  function take({ entries, order: ordered, columns: columnsChanged, meta: metaChanged }: Noted): FoldChange {
    const previous = order;
    if (ordered) order = orderList.toArray();
    if (columnsChanged) columns = columnList.toArray();
    const added = ordered ? [...new Set(order.filter((id) => !rows.has(id)))] : [];
    const removed = ordered ? gone(rows, order, added) : [];
    const before = entries
      ? foldAppended(rows, entries, added, log)
      : foldAfresh(rows, order, log, new Set(added));
    for (const id of removed) {
      rows.delete(id);
      before.delete(id);
    }
    const cells: [RowId, Slot][] = [];
    const changed = new Set<RowId>([...added, ...removed]);
    for (const [id, old] of before) if (compareRow(rows, id, old, cells)) changed.add(id);
    const orderChanged = ordered && !sameList(previous, order);
    return { rows: changed, added, removed, cells, columnsChanged, orderChanged, metaChanged };
  }

  return {
    rows,
    get order() {
      return order;
    },
    get columns() {
      return columns;
    },
  };
}

/** What a transaction put at the end of the log; null when it put something elsewhere. Deletions are passed over. */
function appendedEntries(log: Y.Array<LogEntry>, event: Y.YArrayEvent<LogEntry>): readonly LogEntry[] | null {
  const entries: LogEntry[] = [];
  const compact = compactor();
  for (let item = log._start; item; item = item.right) {
    if (item.deleted) continue;
    if (!event.adds(item)) {
      if (entries.length > 0) return null;
      continue;
    }
    // The list in which Yjs itself keeps them.
    const list = item.content.getContent() as LogEntry[];
    for (const [at, entry] of list.entries()) {
      list[at] = compact(entry);
      entries.push(list[at]);
    }
  }
  return entries;
}

/** Rows that are not in the order any more. */
function gone(
  rows: ReadonlyMap<RowId, FoldedRow>,
  order: readonly RowId[],
  added: readonly RowId[],
): readonly RowId[] {
  const kept = new Set(order);
  return kept.size === rows.size + added.length ? [] : [...rows.keys()].filter((id) => !kept.has(id));
}

/** Folds entries appended to the log; returns the rows that were there before as they were. */
function foldAppended(
  rows: Map<RowId, FoldedRow>,
  entries: readonly LogEntry[],
  added: readonly RowId[],
  log: Y.Array<LogEntry>,
): Map<RowId, FoldedRow> {
  const before = new Map<RowId, FoldedRow>();
  // A new row is complete when its entries begin with a whole row; else its beginning was passed over earlier.
  const incomplete = new Set(added);
  const fresh = new Set(added);
  for (const entry of entries) {
    const id = entry[0];
    if (fresh.has(id)) {
      if (Array.isArray(entry[1])) incomplete.delete(id);
    } else {
      const known = rows.get(id);
      if (!known) continue;
      if (!before.has(id)) before.set(id, known);
    }
    foldEntry(rows, entry);
  }
  if (incomplete.size > 0) foldRows(rows, incomplete, log);
  return before;
}

/** Folds everything again; returns the rows that were there before as they were. */
function foldAfresh(
  rows: Map<RowId, FoldedRow>,
  order: readonly RowId[],
  log: Y.Array<LogEntry>,
  added: ReadonlySet<RowId>,
): Map<RowId, FoldedRow> {
  const before = new Map([...rows].filter(([id]) => !added.has(id)));
  foldRows(rows, new Set(order), log);
  return before;
}

function foldRows(rows: Map<RowId, FoldedRow>, wanted: ReadonlySet<RowId>, log: Y.Array<LogEntry>): void {
  for (const id of wanted) rows.set(id, { values: [] });
  for (const entry of log.toArray()) if (wanted.has(entry[0])) foldEntry(rows, entry);
}

/** Notes the cells whose value changed; keeps the old object where nothing did. Returns whether anything did. */
function compareRow(rows: Map<RowId, FoldedRow>, id: RowId, old: FoldedRow, cells: [RowId, Slot][]): boolean {
  const now = rows.get(id)!;
  const count = cells.length;
  for (let slot = 0; slot < Math.max(old.values.length, now.values.length); slot++) {
    if (!cellsEqual(old.values[slot], now.values[slot])) cells.push([id, slot]);
  }
  const same = cells.length === count && marksOf(old) === marksOf(now);
  if (same) rows.set(id, old);
  return !same;
}

/** All but the values, as text. */
function marksOf({ added, removing, unconfirmed = [], formulas = [] }: Partial<Marks>): string {
  return JSON.stringify([added, removing, [...unconfirmed].sort(), [...formulas].sort()]);
}

interface Marks extends Pick<FoldedRow, "added" | "removing"> {
  readonly unconfirmed: Iterable<readonly [Slot, Unconfirmed]>;
  readonly formulas: Iterable<readonly [Slot, string]>;
}
