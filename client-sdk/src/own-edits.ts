/** What this client wishes for in one tab, shown on top of the mirror until it is decided. */
import { type CellValue, cellsEqual } from "./contract/cell.ts";
import { cellKey, removeKey } from "./contract/edit-keys.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import { createEdit, type Edit, type EditStatus, type Receipt } from "./edit.ts";
import type { EditsReplica, EditsReplicaOptions, WishBody } from "./edits-replica.ts";
import { createWishBook, type Wish, type WishBookHost } from "./wish-book.ts";
import type { OwnWishes } from "./wish-index.ts";
import type { NewsHost } from "./wish-news.ts";
import { CLOSED, excess } from "./wish-status.ts";

export interface OwnEditsHost
  extends Pick<WishBookHost, "onChange">,
    Pick<NewsHost, "shows" | "afterSync" | "now"> {
  readonly random: () => number;
  /** Where the document of the wishes is. */
  readonly replica: () => EditsReplicaOptions;
  /** What the mirror shows. */
  mirrorValue(row: RowId, slot: Slot): CellValue;
}

export interface OwnEdits extends OwnWishes {
  set(row: RowId, slot: Slot, value: CellValue, options?: SetOptions): Edit;
  insert(values: ReadonlyMap<Slot, CellValue>, after?: RowId | null): Edit;
  remove(row: RowId): Edit;
  /** A wish that is refused here already. */
  refuse(status: Pick<EditStatus, "kind" | "row" | "code" | "why">): Edit;
  /** One change, however many wishes `run` makes. */
  batch<T>(run: () => T): T;
  /** Opens the document of the wishes, if it is not open. */
  open(): void;
  wake(): void;
  /** Wishes that are not decided, or whose fate was not taken note of. */
  readonly receipts: readonly Receipt[];
  /** Wishes that the daemon does not have yet. */
  readonly unsent: number;
  saved(): Promise<void>;
  close(): void;
}

export interface SetOptions {
  /** Instead of a value: "=A1*2", where the source allows it. */
  readonly formula?: string;
  /** What must stand there for the wish to be written; what is shown when absent; null in place of an empty cell. */
  readonly base?: CellValue;
}

export function createOwnEdits(host: OwnEditsHost): OwnEdits {
  const { now } = host;
  let replica: EditsReplica | null = null;
  let loading: Promise<void> | null = null;
  let closed = false;
  /** The server does not take wishes here. */
  let refusedAs: Partial<EditStatus> | null = null;
  let nextTemp = -1;
  const temporaryRow = (): RowId => nextTemp--;
  const book = createWishBook({ replica: () => replica, onChange: host.onChange });
  const { index } = book;
  function open(): void {
    loading ??= import("./wish-exchange.ts").then(
      ({ openWishExchange }) => {
        if (closed) return;
        const refuse = (fate: Partial<EditStatus>): void => {
          refusedAs = fate;
        };
        replica = openWishExchange(host.replica(), { ...host, book, temporaryRow, refuse });
      },
      () => {
        // The network, perhaps: tried again with the next wish, and when the page is looked at again.
        loading = null;
      },
    );
  }
  function put({ key, body }: Wish): void {
    open();
    replica?.transact(() => {
      replica?.acknowledge(key);
      replica?.put(key, body);
    });
  }
  /** A wish that is over as soon as it is made. */
  const over = (state: "confirmed" | "refused", status: Omit<EditStatus, "state" | "atMs">): Edit =>
    createEdit({ ...status, state, atMs: now() });
  /** The wish that brings the row, while it is unsent: then nobody else knows of the row. */
  function adding(row: RowId): Wish | undefined {
    const wish = row < 0 ? book.get(index.insertOf(row) ?? "") : undefined;
    return wish && !wish.sent ? wish : undefined;
  }
  function submit(
    key: string,
    wished: Omit<EditStatus, "state" | "atMs">,
    more: object = {},
    values: Iterable<CellValue> = [],
  ): Edit {
    const obstacle = excess(book.all().length, values);
    if (obstacle) return over("refused", { ...wished, ...obstacle });
    const atMs = now();
    const status: EditStatus = { ...wished, state: "local", atMs };
    if (refusedAs) return createEdit({ ...status, ...refusedAs });
    return book.batch(() => {
      const held = status.kind !== "insert" && status.row < 0;
      const wish = book.take(key, status, { ...more, at: atMs } as WishBody, { held });
      if (!held) put(wish);
      return wish.edit;
    });
  }

  function set(asked: RowId, slot: Slot, value: CellValue, { formula, base: given }: SetOptions = {}): Edit {
    const row = index.real(asked);
    const key = cellKey(row, slot);
    const earlier = book.get(key);
    const pending = earlier?.edit.pending ? earlier : null;
    const shown = index.value(row, slot, () => host.mirrorValue(row, slot));
    if (formula === undefined && cellsEqual(shown, value) && (row > 0 || pending)) {
      if (pending) return pending.edit;
      earlier?.edit.receipt.dismiss();
      return over("confirmed", { kind: "set", row, slot, value });
    }
    const insert = adding(row);
    if (insert && !excess(0, [value])) return amend(insert, slot, value);
    const kept = pending && !pending.deciding ? (pending.body as { base?: CellValue }).base : shown;
    const base = given ?? kept;
    const known = base === undefined ? {} : { base };
    const body = { value, ...known, ...(formula !== undefined && { formula }) };
    return submit(key, { kind: "set", row, slot, value, ...known }, body, [value]);
  }
  /** A row that nobody else knows yet is simply another one. */
  function amend(insert: Wish, slot: Slot, value: CellValue): Edit {
    const { values, ...rest } = insert.body as { values: Readonly<Record<string, CellValue>> };
    insert.body = { ...rest, values: { ...values, [slot]: value } };
    const { status } = insert.edit;
    index.amend(status.row, slot, value);
    insert.edit.become({ values: new Map(status.values).set(slot, value) });
    book.touch({ ...status, slot });
    put(insert);
    return insert.edit;
  }
  function insert(values: ReadonlyMap<Slot, CellValue>, asked?: RowId | null): Edit {
    const row = temporaryRow();
    const key = `+${[0, 0].map(() => host.random().toString(36).slice(2)).join("-")}`;
    const after = asked == null ? asked : index.real(asked);
    // The place of a row that is not there yet cannot be told: the end, then.
    const place = after === undefined || (after !== null && after < 0) ? {} : { after };
    return book.batch(() => {
      const body = { values: Object.fromEntries(values), ...place };
      const edit = submit(key, { kind: "insert", row, values }, body, values.values());
      if (edit.pending) index.addRow({ row, key, after, values: new Map(values) });
      return edit;
    });
  }
  function remove(asked: RowId): Edit {
    const row = index.real(asked);
    const key = removeKey(row);
    const earlier = book.get(key);
    if (earlier?.edit.pending) return earlier.edit;
    const insert = adding(row);
    if (!insert) return submit(key, { kind: "remove", row });
    replica?.withdraw(insert.key);
    book.drop(insert, { state: "withdrawn" });
    return over("confirmed", { kind: "remove", row });
  }

  return {
    set,
    insert,
    remove,
    refuse: (status) => over("refused", status),
    batch: book.batch,
    open,
    wake() {
      replica?.wake();
      if (book.receipts.length > 0) open();
    },
    cells: index.cells,
    row: index.row,
    real: index.real,
    get added() {
      return index.added;
    },
    get receipts() {
      return book.receipts;
    },
    get unsent() {
      return book.all().filter(({ edit }) => edit.status.state === "local").length;
    },
    async saved() {
      await loading;
      await replica?.saved();
    },
    close() {
      closed = true;
      replica?.close();
      for (const { edit, deciding } of book.all()) edit.become(deciding ? { state: "confirmed" } : CLOSED);
    },
  };
}
