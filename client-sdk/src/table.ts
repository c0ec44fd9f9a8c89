import type * as Y from "yjs";
import { type Connection, disconnectReason, finalConnection } from "./connection.ts";
import { type Cell, type Content, createContent } from "./content.ts";
import { CLOSE } from "./contract/close-codes.ts";
import { type Column, META, type RowId, type Slot, type Unconfirmed } from "./contract/layout.ts";
import type { FoldChange } from "./fold.ts";
import { openReplica, type Replica, type ReplicaOptions } from "./replica.ts";
import type { Row } from "./row.ts";
import { statusAfter, type TableStatus } from "./status.ts";
import { onWake } from "./wake.ts";

/** A live tab. Everything that it returns is immutable: compare by identity. */
export interface Table {
  readonly source: string;
  readonly tab: string;
  /** The tab's title in the source now; the tab's name until it is known. */
  readonly title: string;
  readonly status: TableStatus;
  readonly connection: Connection;
  /** Resolves when the rows are first complete; rejects when the table is refused or closed before. */
  readonly ready: Promise<void>;
  readonly columns: readonly Column[];
  /** In display order. */
  readonly rowIds: readonly RowId[];
  /** The same as objects; the list is another one only when a row, their order or the columns are. */
  readonly rows: readonly Row[];
  row(id: RowId): Row | undefined;
  cell(id: RowId, key: string): Cell | undefined;
  /** The row's unconfirmed cells, if there are any; another map as soon as one is another. */
  unconfirmed(id: RowId): ReadonlyMap<Slot, Unconfirmed> | undefined;
  /** Calls `listener` after each change, not now; returns its undo. */
  subscribe(listener: (change: TableChange) => void): () => void;
  /** For those who speak Yjs. Read only: the server refuses changes. Another document after a change of epoch. */
  readonly doc: Y.Doc;
  /** Ends the connection; the last rows stay readable. */
  close(): void;
}

export interface TableChange {
  /** Rows that came, went or changed. */
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
}

export interface TableOptions extends ReplicaOptions {
  readonly source: string;
  readonly tab: string;
  /** ms since 1970. */
  readonly now: () => number;
  readonly onClosed: () => void;
}

export function openTable(options: TableOptions): Table {
  const listeners = new Set<(change: TableChange) => void>();
  let status: TableStatus = { state: "loading" };
  let connection: Connection = { state: "connecting", failures: 0 };
  const ready = settleable();

  /** What is shown. After a change of epoch it lags behind `replica` until that one is complete. */
  let shown: { replica: Replica; content: Content };
  let replica: Replica;

  function open(): Replica {
    const opened: Replica = openReplica(options, {
      onConnecting: (failures) => setConnection({ state: "connecting", failures }),
      onConnected: () => setConnection({ state: "connected" }),
      onSynced: () => synced(opened),
      onLost: (code, failures, retryAfterMs) =>
        setConnection({ state: "disconnected", reason: disconnectReason(code), failures, retryAfterMs }),
      onRefused: (code, detail) => refused(opened, code, detail),
      onChange: (change) => {
        if (shown.replica === opened) show(change);
      },
    });
    return opened;
  }
  function show(change: FoldChange): void {
    shown.content.refresh(change);
    tell({ ...change, statusChanged: false });
  }
  function synced(by: Replica): void {
    if (shown.replica !== by) {
      const old = shown.content.rowIds;
      shown = { replica: by, content: createContent(by.fold) };
      show(wholeChange(old, by.fold.order));
    }
    setStatus({ state: "live" });
    ready.resolve();
  }
  function refused(by: Replica, code: number, detail: string): void {
    // An empty replica that is refused for its epoch would be refused for ever.
    if (code === CLOSE.epoch && by.doc.store.clients.size > 0) return startAfresh(by);
    setConnection(finalConnection(code, detail));
    ready.reject(new Error(refusalText(options, connection)));
  }
  function startAfresh(old: Replica): void {
    old.close();
    if (status.state === "live" || status.state === "stale") {
      setStatus({ state: "stale", sinceMs: options.now(), reason: "epoch" });
    }
    replica = open();
    replica.reconnect();
  }
  function setConnection(next: Connection): void {
    connection = next;
    setStatus(statusAfter(status, next, options.now()));
  }
  function setStatus(next: TableStatus): void {
    status = next;
    tell(STATUS_CHANGE);
  }
  function tell(change: TableChange): void {
    for (const listener of [...listeners]) {
      try {
        listener(change);
      } catch (cause) {
        // One listener's bug is reported as uncaught and does not keep the others, or the document, from the change.
        queueMicrotask(() => {
          throw cause;
        });
      }
    }
  }

  replica = open();
  shown = { replica, content: createContent(replica.fold) };
  replica.reconnect();
  const stopWaking = onWake(() => {
    if (connection.state === "disconnected") replica.reconnect();
  });

  return {
    source: options.source,
    tab: options.tab,
    get title() {
      const title = shown.replica.doc.getMap(META).get("title");
      return typeof title === "string" && title !== "" ? title : options.tab;
    },
    get status() {
      return status;
    },
    get connection() {
      return connection;
    },
    ready: ready.promise,
    get columns() {
      return shown.content.columns;
    },
    get rowIds() {
      return shown.content.rowIds;
    },
    get rows() {
      return shown.content.rows;
    },
    row: (id) => shown.content.row(id),
    cell: (id, key) => shown.content.cell(id, key),
    unconfirmed: (id) => shown.content.unconfirmed(id),
    subscribe(listener) {
      // Wrapped, so that a function subscribed twice is called twice and undone one at a time.
      const own = (change: TableChange): void => listener(change);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    get doc() {
      return replica.doc;
    },
    close() {
      if (connection.state === "closed") return;
      stopWaking();
      replica.close();
      setConnection({ state: "closed", reason: "closed" });
      ready.reject(
        new Error(`the table ${options.source}/${options.tab} was closed before its rows arrived`),
      );
      listeners.clear();
      options.onClosed();
    },
  };
}

/** Promise.withResolvers, which Node 20 lacks. A rejection that nobody waits for is no error: `status` tells it too. */
function settleable(): { promise: Promise<void>; resolve: () => void; reject: (cause: Error) => void } {
  let resolve: () => void = () => {};
  let reject: (cause: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

const STATUS_CHANGE: TableChange = {
  rows: new Set(),
  added: [],
  removed: [],
  cells: [],
  columnsChanged: false,
  orderChanged: false,
  metaChanged: false,
  statusChanged: true,
};

/** From one history to another nothing is comparable: ids that both use name different rows. */
function wholeChange(old: readonly RowId[], now: readonly RowId[]): FoldChange {
  return {
    rows: new Set([...old, ...now]),
    added: now,
    removed: old,
    cells: [],
    columnsChanged: true,
    orderChanged: true,
    metaChanged: true,
  };
}

function refusalText({ source, tab }: TableOptions, connection: Connection): string {
  const why = "reason" in connection ? connection.reason : connection.state;
  const detail = "detail" in connection && connection.detail !== "" ? `: ${connection.detail}` : "";
  return `the server refused the table ${source}/${tab} (${why})${detail}`;
}
