/** Plays the daemon's part in a document: writes layout 1 by hand (contract/layout.ts). */
import * as Y from "yjs";
import {
  COLUMNS,
  type Column,
  LAYOUT,
  LOG,
  type LogEntry,
  META,
  ORDER,
  type RowId,
} from "../../src/contract/layout.ts";

export interface Writer {
  readonly doc: Y.Doc;
  /** One transaction. */
  write(change: (parts: Parts) => void): void;
  /** Every update since the start, one per transaction. */
  readonly updates: readonly Uint8Array[];
}

export interface Parts {
  readonly log: Y.Array<LogEntry>;
  readonly order: Y.Array<RowId>;
  readonly columns: Y.Array<Column>;
  readonly meta: Y.Map<unknown>;
}

export function createWriter(incarnation = 1, epoch = "e1"): Writer {
  const doc = new Y.Doc();
  doc.clientID = incarnation;
  const parts: Parts = {
    log: doc.getArray(LOG),
    order: doc.getArray(ORDER),
    columns: doc.getArray(COLUMNS),
    meta: doc.getMap(META),
  };
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  doc.transact(() => {
    parts.meta.set("layout", LAYOUT);
    parts.meta.set("epoch", epoch);
  });
  return { doc, updates, write: (change) => doc.transact(() => change(parts)) };
}

export const column = (slot: number, key: string, type: Column["type"] = "text"): Column => ({
  slot,
  key,
  header: key,
  type,
});

/** Three products with names and prices: rows 1, 2, 3. */
export function writePrices(writer: Writer): void {
  writer.write(({ columns, order, log, meta }) => {
    meta.set("title", "Price list");
    columns.push([column(0, "Product"), column(1, "Price", "number")]);
    order.push([1, 2, 3]);
    log.push([
      [1, ["Tea", 3]],
      [2, ["Coffee", 4]],
      [3, ["Cocoa", 5]],
    ]);
  });
}
