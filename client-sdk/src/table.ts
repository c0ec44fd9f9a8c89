import type * as Y from "yjs";
import { type Connection, disconnectReason, finalConnection } from "./connection.ts";
import { type Cell, type Content, createContent, type RowMark } from "./content.ts";
import { type CellValue, cellsEqual } from "./contract/cell.ts";
import { CLOSE } from "./contract/close-codes.ts";
import { type Column, META, type RowId, type Slot, type Unconfirmed } from "./contract/layout.ts";
import { type EditStatus, isPending, type Receipt } from "./edit.ts";
import { createKeyIndex } from "./key-index.ts";
import { openLink } from "./link.ts";
import { createListeners } from "./listeners.ts";
import { createOwnEdits, type SetOptions } from "./own-edits.ts";
import { createPresence, type LivePresence, type Presence } from "./presence.ts";
import { openReplica, type Replica, type ReplicaOptions } from "./replica.ts";
import type { Fields, Row } from "./row.ts";
import type { SchemaWatch } from "./schema-watch.ts";
import { settleable } from "./settleable.ts";
import { statusAfter, type TableStatus } from "./status.ts";
import { NO_CHANGE, type TableChange, wholeChange } from "./table-change.ts";
import { createWriter } from "./writer.ts";

/** A live tab, or a view of one. Everything that it returns is immutable: compare by identity. */
export interface Table<F = Fields> extends TableReader<F>, TableWriter<F> {
  readonly source: string;
  readonly tab: string;
  /** Empty unless it is a view, which is read only. */
  readonly view: string;
  /** The tab's title in the source now; the tab's name until it is known. */
  readonly title: string;
  readonly status: TableStatus;
  readonly connection: Connection;
  /** Resolves when the rows are first complete; rejects when the table is refused or closed before. */
  readonly ready: Promise<void>;
  /** Who else is here. Opened when it is first asked for. */
  readonly presence: Presence;
  /** For those who speak Yjs. Read only: the server refuses changes. Another document after a change of epoch. */
  readonly doc: Y.Doc;
  /** Keeps the table open until the returned function is called; it closes soon after the last one who kept it left. */
  retain(): () => void;
  /** Ends the connection; the last rows stay readable. */
  close(): void;
}

export interface TableReader<F = Fields> {
  readonly columns: readonly Column[];
  /** In display order. Below 0: a row of this client's that has no id yet. */
  readonly rowIds: readonly RowId[];
  /** The same as objects; the list is another one only when a row, their order or the columns are. */
  readonly rows: readonly Row<F>[];
  row(id: RowId): Row<F> | undefined;
  /** The first row with `value` in `column`; without it in the first column. */
  byKey(value: CellValue, column?: keyof F & string): Row<F> | undefined;
  /** The first row for which `test` holds. */
  find(test: (row: Row<F>) => boolean): Row<F> | undefined;
  cell(id: RowId, column: keyof F & string): Cell | undefined;
  /** What is on its way for the row as a whole: added or to be removed, by anybody. */
  mark(id: RowId): RowMark | undefined;
  /** The row's unconfirmed cells, if there are any; another map as soon as one is another. */
  unconfirmed(id: RowId): ReadonlyMap<Slot, Unconfirmed> | undefined;
  /** Calls `listener` after each change, not now; returns its undo. */
  subscribe(listener: (change: TableChange) => void): () => void;
  /** The same for one row, or for one cell of it. */
  subscribeRow(id: RowId, listener: () => void): () => void;
  subscribeCell(id: RowId, column: keyof F & string, listener: () => void): () => void;
}

/** Nothing here throws for what may happen: the receipt tells. */
export interface TableWriter<F = Fields> {
  /** Wishes for a value; it shows at once, marked until the sheet has it. A later wish for the cell replaces it. */
  set<K extends keyof F & string>(row: RowId, column: K, value: F[K], options?: SetOptions): Receipt;
  /** Adds a row, after the row `after`; null: as the first. Where the source puts new rows when absent. */
  insert(values: Partial<F>, options?: { readonly after?: RowId | null }): Receipt;
  /** Removes a row. It stays visible, marked, until the sheet has let it go. */
  remove(row: RowId): Receipt;
  /** What `run` wishes is one change, and one step to take back. */
  batch<T>(run: () => T): T;
  /** Takes the last step back, as wishes on what it had left: who changed it since wins a conflict, not a race. */
  undo(): readonly Receipt[];
  redo(): readonly Receipt[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Wishes that are not decided, or not confirmed and not dismissed; another list as soon as one is another. */
  readonly receipts: readonly Receipt[];
  /** Wishes that the daemon does not have yet. */
  readonly unsent: number;
  /** Resolves when rows and wishes are kept on this device, where an offline store was given. */
  saved(): Promise<void>;
}

export interface TableOptions extends ReplicaOptions {
  readonly source: string;
  readonly tab: string;
  readonly view: string;
  /** The encoded name of the subject's wishes; null: read only. */
  readonly editsRoom: string | null;
  /** Opens the wishes' document at once, to see what became of those of an earlier time. */
  readonly watchEdits: boolean;
  /** Of the types that the application was compiled with. */
  readonly schema: string | null;
  /** False: nothing is connected, as when a page is rendered on a server. */
  readonly enabled: boolean;
  /** ms since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly onClosed: () => void;
}

/** A component that is shown again at once must not open its table anew. */
const LINGER_MS = 1_000;

export interface OpenTable extends Table {
  wake(): void;
}

export function openTable(options: TableOptions): OpenTable {
  const { source, tab, now } = options;
  const listeners = createListeners();
  let status: TableStatus = { state: "loading" };
  let connection: Connection = { state: "connecting", failures: 0 };
  const ready = settleable<void>();
  let presence: LivePresence | null = null;
  let waiting: (() => void)[] = [];
  let retained = 0;
  let linger: ReturnType<typeof setTimeout> | undefined;

  /** What is shown. After a change of epoch it lags behind `replica` until that one is complete. */
  let shown: { replica: Replica; content: Content };
  let replica: Replica;

  const edits = createOwnEdits({
    now,
    random: options.random,
    replica: () => ({ ...options, openLink, room: options.editsRoom! }),
    mirrorValue: (row, slot) => shown.replica.fold.rows.get(row)?.values[slot] ?? null,
    shows: (wish) => shows(shown.replica, wish),
    afterSync(run) {
      if (connection.state === "error" || connection.state === "closed") return run();
      waiting.push(run);
      replica.ask();
    },
    onChange(rows, cells, order) {
      show({ ...NO_CHANGE, rows, cells, orderChanged: order, editsChanged: true });
    },
  });
  const keys = createKeyIndex(() => shown.content.rows);
  /** Says it when the types that an application was compiled with are not those of the tab. */
  let schemaWatch: Promise<SchemaWatch> | null = null;

  function open(): Replica {
    const opened: Replica = openReplica(options, {
      onConnecting: (failures) => setConnection({ state: "connecting", failures }),
      onConnected() {
        setConnection({ state: "connected" });
        presence?.connected();
      },
      onSynced: () => synced(opened),
      onLost(why, failures, retryAfterMs) {
        presence?.lost();
        setConnection({ state: "disconnected", reason: disconnectReason(why), failures, retryAfterMs });
      },
      onRefused: (code, detail) => refused(opened, code, detail),
      onPresence: (update) => presence?.receive(update),
      onCopy(savedAtMs) {
        if (status.state === "loading") setStatus({ state: "offline-copy", savedAtMs });
      },
      onChange(change) {
        if (shown.replica === opened) show({ ...NO_CHANGE, ...change, cells: change.cells.filter(isShown) });
      },
    });
    return opened;
  }
  /** A cell that this client wishes otherwise goes on showing the wish. */
  function isShown([row, slot]: readonly [RowId, Slot]): boolean {
    const wish = edits.cells(row)?.get(slot);
    return !wish || !isPending(wish);
  }
  function show(change: TableChange): void {
    shown.content.refresh(change);
    keys.forget();
    if (change.columnsChanged && options.schema !== null) {
      const { columns } = shown.content;
      schemaWatch ??= import("./schema-watch.ts").then((module) => module.createSchemaWatch(options));
      schemaWatch.then(
        (watch) => watch.look(columns),
        () => {},
      );
    }
    listeners.tell(change);
  }
  function synced(by: Replica): void {
    if (shown.replica !== by) {
      const old = shown.content.rowIds;
      shown = { replica: by, content: createContent(by.fold, edits) };
      show(wholeChange(old, by.fold.order));
    }
    if (status.state !== "live") setStatus({ state: "live" });
    ready.resolve();
    runWaiting();
  }
  function runWaiting(): void {
    const runs = waiting;
    waiting = [];
    for (const run of runs) run();
  }
  function refused(by: Replica, code: number, detail: string): void {
    // An empty replica that is refused for its epoch would be refused for ever.
    if (code === CLOSE.epoch && !by.isEmpty) return startAfresh(by);
    presence?.lost();
    const final = finalConnection(code, detail);
    setConnection(final);
    const why = `${final.reason})${detail && `: ${detail}`}`;
    ready.reject(new Error(`${source}/${tab} was refused (${why}`));
    runWaiting();
  }
  function startAfresh(old: Replica): void {
    old.discard();
    old.close();
    if (status.state !== "loading") setStatus({ state: "stale", sinceMs: now(), reason: "epoch" });
    replica = open();
    replica.connect();
  }
  function setConnection(next: Connection): void {
    connection = next;
    setStatus(statusAfter(status, next, now()));
  }
  function setStatus(next: TableStatus): void {
    status = next;
    listeners.tell({ ...NO_CHANGE, statusChanged: true });
  }

  replica = open();
  shown = { replica, content: createContent(replica.fold, edits) };
  const writer = createWriter({
    edits,
    isReadOnly: () => options.editsRoom === null,
    isClosed: () => connection.state === "closed",
    content: () => shown.content,
  });
  if (options.enabled) replica.connect();
  if (options.enabled && options.editsRoom !== null) {
    if (options.watchEdits) edits.open();
    // Wishes of an earlier time that may never have been sent.
    else
      void options.offline
        ?.has(options.editsRoom)
        .then((has) => has && connection.state !== "closed" && edits.open());
  }

  function close(): void {
    if (connection.state === "closed") return;
    clearTimeout(linger);
    presence?.close();
    replica.close();
    edits.close();
    waiting = [];
    setConnection({ state: "closed", reason: "closed" });
    ready.reject(new Error(`${source}/${tab} was closed before its rows arrived`));
    listeners.clear();
    options.onClosed();
  }

  return {
    source,
    tab,
    view: options.view,
    get title() {
      return shown.replica.doc.getMap<string>(META).get("title") || tab;
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
    byKey(value, column = shown.content.columns[0]?.key ?? "") {
      const id = keys.find(column, value);
      return id === undefined ? undefined : shown.content.row(id);
    },
    find: (test) => shown.content.rows.find(test),
    cell: (id, column) => shown.content.cell(id, column),
    mark: (id) => shown.content.mark(id),
    unconfirmed: (id) => shown.content.unconfirmed(id),
    subscribe: listeners.add,
    subscribeRow: listeners.addRow,
    subscribeCell(id, column, listener) {
      let last = shown.content.cell(id, column);
      return listeners.addRow(id, () => {
        const cell = shown.content.cell(id, column);
        if (cell === last) return;
        last = cell;
        listener();
      });
    },
    ...writer,
    get canUndo() {
      return writer.canUndo;
    },
    get canRedo() {
      return writer.canRedo;
    },
    get receipts() {
      return edits.receipts;
    },
    get unsent() {
      return edits.unsent;
    },
    async saved() {
      await Promise.all([replica.saved(), edits.saved()]);
    },
    get presence() {
      presence ??= createPresence({
        random: options.random,
        now,
        send: (update) => replica.sendPresence(update),
        query: () => replica.askPresence(),
      });
      return presence;
    },
    get doc() {
      return replica.doc;
    },
    retain() {
      retained++;
      clearTimeout(linger);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        if (--retained === 0) linger = setTimeout(close, LINGER_MS);
      };
    },
    wake() {
      replica.wake();
      edits.wake();
    },
    close,
  };
}

/** Whether the mirror shows what the wish leads to, unmarked. */
function shows({ fold }: Replica, { kind, row, slot, value }: EditStatus): boolean {
  const folded = fold.rows.get(row);
  if (kind === "remove") return !folded;
  if (!folded) return false;
  if (kind === "insert") return !folded.added;
  return cellsEqual(folded.values[slot!], value) && !folded.unconfirmed?.has(slot!);
}
