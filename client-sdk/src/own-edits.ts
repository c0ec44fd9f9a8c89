/**
 * The wishes of this client for one tab: what is shown on top of the mirror until they are decided, and what became of
 * them. Invariant: a wish shows from the moment it is made until the row shows what the source made of it.
 */
import { type CellValue, cellsEqual } from "./contract/cell.ts";
import { formatEditKey, type Outcome, type Progress, type RowEdit } from "./contract/edits.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import { createEdit, type Edit, type EditStatus, outcomeStatus, type Receipt } from "./edit.ts";
import type { EditsReplica, EditsReplicaEvents, WishBody } from "./edits-replica.ts";
import { createWishIndex, type OwnWishes } from "./wish-index.ts";
import { CLOSED, excess, isOf, refusal, UNKNOWN_INSERT, wishStatus } from "./wish-status.ts";

export interface OwnEditsHost {
  readonly now: () => number;
  readonly random: () => number;
  openReplica(events: EditsReplicaEvents): EditsReplica;
  /** What the mirror shows. */
  mirrorValue(row: RowId, slot: Slot): CellValue;
  /** Whether the mirror shows what the wish leads to, with no wish of anybody on top. */
  shows(edit: EditStatus): boolean;
  /** Runs once the mirror has all that the server has now. */
  afterSync(run: () => void): void;
  /** Cells and rows whose wishes are not what they were. */
  onChange(rows: ReadonlySet<RowId>, cells: readonly (readonly [RowId, Slot])[], order: boolean): void;
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

interface Own {
  readonly key: string;
  readonly edit: Edit;
  body: WishBody;
  /** Handed to a socket at least once. */
  sent: boolean;
  /** Decided by the daemon; only the row does not show it yet. */
  deciding: boolean;
  /** Waits for the id of its row, and is in no document. */
  held: boolean;
}

export function createOwnEdits(host: OwnEditsHost): OwnEdits {
  const own = new Map<string, Own>();
  const index = createWishIndex();
  let replica: EditsReplica | null = null;
  /** The server does not take wishes here. */
  let refusedAs: Partial<EditStatus> | null = null;
  let receipts: readonly Receipt[] | null = null;
  let nextTemp = -1;
  let depth = 0;
  let touched = { rows: new Set<RowId>(), cells: [] as [RowId, Slot][], order: false };

  const at = (): number => host.now();
  const opened = (): EditsReplica => {
    replica ??= host.openReplica({ onWish, onProgress, onOutcome, onSent, onFresh, onLoaded, onRefused });
    return replica;
  };

  function touch({ row, slot, kind }: EditStatus): void {
    receipts = null;
    touched.rows.add(row);
    if (slot !== undefined) touched.cells.push([row, slot]);
    if (kind === "insert") touched.order = true;
    if (depth === 0) flush();
  }
  function flush(): void {
    const { rows, cells, order } = touched;
    if (rows.size === 0) return;
    touched = { rows: new Set(), cells: [], order: false };
    host.onChange(rows, cells, order);
  }
  function batch<T>(run: () => T): T {
    depth++;
    let result!: T;
    try {
      if (replica)
        replica.transact(() => {
          result = run();
        });
      else result = run();
    } finally {
      if (--depth === 0) flush();
    }
    return result;
  }

  /** Takes a new wish in, in the place of an earlier one with the same key. */
  function take(key: string, status: EditStatus, body: WishBody, place: Partial<Own> = {}): Own {
    const earlier = own.get(key);
    if (earlier) drop(earlier, { state: earlier.deciding ? "confirmed" : "superseded" });
    const edit = createEdit(status, () => dismiss(key, edit));
    const taken: Own = { key, edit, body, sent: false, deciding: false, held: false, ...place };
    own.set(key, taken);
    index.add(status);
    touch(status);
    return taken;
  }
  function put(wish: Own): void {
    const to = opened();
    to.transact(() => {
      to.acknowledge(wish.key);
      to.put(wish.key, wish.body);
    });
  }
  function become(wish: Own, part: Partial<EditStatus>): void {
    wish.edit.become(part);
    if (own.get(wish.key) === wish) index.add(wish.edit.status);
    touch(wish.edit.status);
  }
  /** It is over, and nothing of it stays. */
  function drop(wish: Own, part: Partial<EditStatus>): void {
    if (own.get(wish.key) === wish) {
      own.delete(wish.key);
      index.remove(wish.edit.status);
    }
    wish.edit.become(part);
    touch(wish.edit.status);
    if (wish.edit.status.kind === "insert") release(wish, part);
  }
  /** Wishes that wait for the id of a row which will not come share its fate. */
  function release(insert: Own, part: Partial<EditStatus>): void {
    for (const wish of [...own.values()]) {
      if (wish.held && wish.edit.status.row === insert.edit.status.row)
        drop(wish, {
          ...part,
          state: "refused",
          code: "row-gone",
          why: "The row that it is for was not added.",
        });
    }
  }
  function dismiss(key: string, edit: Edit): void {
    const wish = own.get(key);
    if (wish?.edit !== edit || edit.pending) return;
    drop(wish, {});
    replica?.acknowledge(key);
  }
  function fail(wish: Own, part: Partial<EditStatus>): void {
    become(wish, part);
    if (wish.edit.status.kind === "insert") release(wish, part);
  }

  function decided(wish: Own): void {
    const outcome = opened().outcome(wish.key);
    if (outcome && isOf(outcome, wish.edit.status)) return fail(wish, outcomeStatus(outcome));
    if (wish.deciding) return;
    wish.deciding = true;
    const confirm = (): void => {
      if (own.get(wish.key) === wish && wish.deciding) drop(wish, { state: "confirmed" });
    };
    if (host.shows({ ...wish.edit.status, row: index.real(wish.edit.status.row) })) confirm();
    else host.afterSync(confirm);
  }

  function onWish(key: string, entry: unknown): void {
    const known = own.get(key);
    if (entry !== undefined) {
      if (known?.body !== entry) adopt(key, entry);
    } else if (known?.edit.pending) decided(known);
  }
  /** A wish of this subject that another page or device made, or this one before it was started again. */
  function adopt(key: string, entry: unknown, became: Partial<EditStatus> = {}): void {
    const temp = own.get(key)?.edit.status.row ?? nextTemp;
    const status = wishStatus(key, entry, temp, at());
    if (!status) return;
    if (status.row === nextTemp) nextTemp--;
    if (status.kind === "insert" && !became.state) {
      const { after } = entry as RowEdit;
      index.addRow({ row: status.row, key, after, values: status.values! });
    }
    take(key, { ...status, ...became }, entry as WishBody, { sent: true });
  }
  function onProgress(key: string, { id, state, waits, row }: Progress): void {
    const wish = own.get(key);
    if (!wish?.edit.pending || !opened().isAbout(key, id)) return;
    wish.sent = true;
    if (row !== undefined && wish.edit.status.kind === "insert") named(wish, row);
    const { waits: _, ...rest } = wish.edit.status;
    if (rest.state !== state || wish.edit.status.waits !== waits)
      become(wish, { state, ...(waits !== undefined ? { waits } : {}) });
  }
  /** The new row has its id: what waited for it can be put. */
  function named(insert: Own, row: RowId): void {
    const temp = insert.edit.status.row;
    if (index.real(temp) === row) return;
    index.alias(temp, row);
    touched.order = true;
    batch(() => {
      touch(insert.edit.status);
      const { values } = insert.body as { values?: Readonly<Record<string, CellValue>> };
      for (const wish of [...own.values()]) {
        if (!wish.held || wish.edit.status.row !== temp) continue;
        own.delete(wish.key);
        index.remove(wish.edit.status);
        const { kind, slot } = wish.edit.status;
        const key = formatEditKey(
          kind === "remove" ? { tag: "remove", row } : { tag: "cell", row, slot: slot! },
        );
        wish.edit.become({ row });
        const base = kind === "set" ? { base: values?.[slot!] ?? null } : {};
        const renamed: Own = { ...wish, key, held: false, body: { ...wish.body, ...base } };
        own.set(key, renamed);
        index.add(wish.edit.status);
        touch(wish.edit.status);
        put(renamed);
      }
    });
  }
  function onOutcome(key: string, outcome: Outcome | undefined): void {
    const wish = own.get(key);
    if (!outcome) {
      if (wish && !wish.edit.pending) drop(wish, {});
    } else if (wish?.edit.pending) {
      if (opened().wish(key) === undefined) decided(wish);
    } else if (!wish && opened().wish(key) === undefined) {
      adopt(key, { value: outcome.mine ?? null }, outcomeStatus(outcome));
    }
  }
  function onSent(): void {
    for (const wish of own.values()) if (!wish.held) wish.sent = true;
  }
  function onLoaded(): void {
    for (const wish of [...own.values()]) {
      if (wish.edit.pending && !wish.held && !wish.sent && opened().wish(wish.key) !== wish.body) put(wish);
    }
  }
  /** What the daemon had taken is decided; what it may not have seen is put again, unless that might add a row twice. */
  function onFresh(): void {
    for (const wish of [...own.values()]) {
      if (!wish.edit.pending || wish.held || wish.deciding) continue;
      if (wish.edit.status.state !== "local") decided(wish);
      else if (wish.sent && wish.edit.status.kind === "insert") fail(wish, UNKNOWN_INSERT);
      else put(wish);
    }
  }
  function onRefused(code: number, detail: string): void {
    refusedAs = refusal(code, detail);
    for (const wish of [...own.values()]) {
      if (!wish.edit.pending) continue;
      // With another token it may be taken; what nobody may write must not come back with the next start.
      if (refusedAs.state === "refused") replica?.withdraw(wish.key);
      fail(wish, refusedAs);
    }
  }

  function set(row: RowId, slot: Slot, value: CellValue, { formula, base: given }: SetOptions = {}): Edit {
    const id = index.real(row);
    const obstacle = excess(own.size, [value]);
    if (obstacle) return refuse({ kind: "set", row, ...obstacle });
    const key = formatEditKey({ tag: "cell", row: id, slot });
    const earlier = own.get(key);
    const pending = earlier?.edit.pending ? earlier : null;
    const shown = index.value(id, slot, () => host.mirrorValue(id, slot));
    if (formula === undefined && cellsEqual(shown, value) && (id > 0 || pending)) {
      if (pending) return pending.edit;
      if (earlier) earlier.edit.receipt.dismiss();
      return createEdit({ state: "confirmed", kind: "set", row: id, slot, value, atMs: at() }, () => {});
    }
    const insert = id < 0 ? index.insertOf(id) : undefined;
    const adding = insert && own.get(insert);
    if (id < 0 && adding && !adding.sent) return amend(adding, slot, value);
    const base =
      given ?? (pending && !pending.deciding ? (pending.body as { base?: CellValue }).base : shown);
    const atMs = at();
    const body = {
      value,
      at: atMs,
      ...(formula !== undefined && { formula }),
      ...(base !== undefined && { base }),
    };
    const status: EditStatus = {
      state: "local",
      kind: "set",
      row: id,
      slot,
      value,
      atMs,
      ...(base !== undefined && { base }),
    };
    return submit(key, status, body, id < 0);
  }
  /** A row that nobody else knows yet is simply another one. */
  function amend(adding: Own, slot: Slot, value: CellValue): Edit {
    const { values, ...rest } = adding.body as { values: Readonly<Record<string, CellValue>> };
    adding.body = { ...rest, values: { ...values, [slot]: value } };
    const { status } = adding.edit;
    index.amend(status.row, slot, value);
    adding.edit.become({ values: new Map(status.values).set(slot, value) });
    touch({ ...status, slot });
    put(adding);
    return adding.edit;
  }
  function submit(key: string, status: EditStatus, body: WishBody, held: boolean): Edit {
    if (refusedAs) return createEdit({ ...status, ...refusedAs }, () => {});
    return batch(() => {
      const wish = take(key, status, body, { held });
      if (!held) put(wish);
      return wish.edit;
    });
  }
  function insert(values: ReadonlyMap<Slot, CellValue>, after?: RowId | null): Edit {
    const row = nextTemp--;
    const obstacle = excess(own.size, values.values());
    if (obstacle) return refuse({ kind: "insert", row, ...obstacle });
    const name = [0, 0].map(() => Math.floor(host.random() * 2 ** 52).toString(36)).join("-");
    const place = after == null ? after : index.real(after);
    const atMs = at();
    const body = {
      values: Object.fromEntries(values),
      at: atMs,
      // The place of a row that is not there yet cannot be told: the end, then.
      ...(place !== undefined && (place === null || place > 0) && { after: place }),
    };
    if (!refusedAs) index.addRow({ row, key: `+${name}`, after: place, values: new Map(values) });
    return submit(`+${name}`, { state: "local", kind: "insert", row, values, atMs }, body, false);
  }
  function remove(row: RowId): Edit {
    const id = index.real(row);
    const key = formatEditKey({ tag: "remove", row: id });
    const earlier = own.get(key);
    if (earlier?.edit.pending) return earlier.edit;
    const obstacle = excess(own.size, []);
    if (obstacle) return refuse({ kind: "remove", row, ...obstacle });
    const adding = id < 0 ? own.get(index.insertOf(id) ?? "") : undefined;
    if (adding && !adding.sent) {
      replica?.withdraw(adding.key);
      drop(adding, { state: "withdrawn" });
      return createEdit({ state: "confirmed", kind: "remove", row: id, atMs: at() }, () => {});
    }
    return submit(key, { state: "local", kind: "remove", row: id, atMs: at() }, { at: at() }, id < 0);
  }
  function refuse(status: Pick<EditStatus, "kind" | "row" | "code" | "why">): Edit {
    return createEdit({ ...status, state: "refused", atMs: at() }, () => {});
  }

  return {
    set,
    insert,
    remove,
    refuse,
    batch,
    open: () => void opened(),
    wake: () => replica?.wake(),
    cells: index.cells,
    row: index.row,
    real: index.real,
    get added() {
      return index.added;
    },
    get receipts() {
      receipts ??= Object.freeze([...own.values()].map(({ edit }) => edit.receipt));
      return receipts;
    },
    get unsent() {
      let count = 0;
      for (const { edit } of own.values()) if (edit.status.state === "local") count++;
      return count;
    },
    saved: () => replica?.saved() ?? Promise.resolve(),
    close() {
      replica?.close();
      for (const wish of [...own.values()]) {
        wish.edit.become(wish.deciding ? { state: "confirmed" } : CLOSED);
      }
    },
  };
}
