import type { RowId } from "./contract/layout.ts";
import type { TableChange } from "./table-change.ts";

export interface Listeners {
  /** Returns the undo. */
  add(listener: (change: TableChange) => void): () => void;
  /** Calls `listener` when the row, or a mark of it, may be another. */
  addRow(id: RowId, listener: () => void): () => void;
  tell(change: TableChange): void;
  clear(): void;
}

/** Each change costs what it changes, however many rows are listened to. */
export function createListeners(): Listeners {
  const all = new Set<(change: TableChange) => void>();
  const byRow = new Map<RowId, Set<() => void>>();

  return {
    add: (listener) => listenTo(all, listener),
    addRow(id, listener) {
      const known = byRow.get(id) ?? new Set();
      byRow.set(id, known);
      const undo = listenTo(known, listener);
      return () => {
        undo();
        if (known.size === 0 && byRow.get(id) === known) byRow.delete(id);
      };
    },
    tell(change) {
      for (const listener of [...all]) guarded(() => listener(change));
      if (byRow.size === 0) return;
      const rows = change.columnsChanged ? [...byRow.keys()] : change.rows;
      for (const id of rows) for (const listener of [...(byRow.get(id) ?? [])]) guarded(listener);
    },
    clear() {
      all.clear();
      byRow.clear();
    },
  };
}

/** Returns the undo. A function that is added twice is called twice, and undone one at a time. */
export function listenTo<A extends unknown[]>(
  listeners: Set<(...args: A) => void>,
  listener: (...args: A) => void,
): () => void {
  const own = (...args: A): void => listener(...args);
  listeners.add(own);
  return () => {
    listeners.delete(own);
  };
}

/** One listener's bug is reported as uncaught and does not keep the others, or the document, from the change. */
function guarded(run: () => void): void {
  try {
    run();
  } catch (cause) {
    queueMicrotask(() => {
      throw cause;
    });
  }
}
