/**
 * The wishes of this client for one tab, by their keys in the edits document. Invariant: a wish shows from the moment it
 * is made until the row shows what the source made of it.
 */
import type { RowId, Slot } from "./contract/layout.ts";
import { createEdit, type Edit, type EditStatus, type Receipt } from "./edit.ts";
import type { EditsReplica, WishBody } from "./edits-replica.ts";
import { createWishIndex, type WishIndex } from "./wish-index.ts";
import { ROW_NOT_ADDED } from "./wish-status.ts";

export interface Wish {
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

export interface WishBookHost {
  /** The document of the wishes; null before the first one. */
  replica(): EditsReplica | null;
  /** Cells and rows whose wishes are not what they were. */
  onChange(rows: ReadonlySet<RowId>, cells: readonly (readonly [RowId, Slot])[], order: boolean): void;
}

export interface WishBook {
  readonly index: WishIndex;
  readonly receipts: readonly Receipt[];
  get(key: string): Wish | undefined;
  /** As they are now. */
  all(): readonly Wish[];
  /** One change, however many wishes `run` makes. */
  batch<T>(run: () => T): T;
  /** What is shown of the wish is not what it was. */
  touch(status: EditStatus): void;
  /** Takes a new wish in, in the place of an earlier one with the same key. */
  take(key: string, status: EditStatus, body: WishBody, place?: Partial<Wish>): Wish;
  /** What becomes of a wish is shown: it is on its way, or was not confirmed. */
  become(wish: Wish, part: Partial<EditStatus>): void;
  /** It is over, and nothing of it stays. */
  drop(wish: Wish, part: Partial<EditStatus>): void;
  /** A held wish has its row: it stands under the row's id from now on. */
  settle(wish: Wish, key: string, row: RowId, body: WishBody): Wish;
}

export function createWishBook({ replica, onChange }: WishBookHost): WishBook {
  const wishes = new Map<string, Wish>();
  const index = createWishIndex();
  let receipts: readonly Receipt[] | null = null;
  let depth = 0;
  let touched = { rows: new Set<RowId>(), cells: [] as [RowId, Slot][], order: false };

  const all = (): readonly Wish[] => [...wishes.values()];
  const isIn = (wish: Wish): boolean => wishes.get(wish.key) === wish;

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
    onChange(rows, cells, order);
  }
  function batch<T>(run: () => T): T {
    depth++;
    try {
      const to = replica();
      return to ? to.transact(run) : run();
    } finally {
      if (--depth === 0) flush();
    }
  }
  function take(key: string, status: EditStatus, body: WishBody, place?: Partial<Wish>): Wish {
    const earlier = wishes.get(key);
    if (earlier) drop(earlier, { state: earlier.deciding ? "confirmed" : "superseded" });
    const edit = createEdit(status, () => {
      if (!isIn(taken) || edit.pending) return;
      drop(taken, {});
      replica()?.acknowledge(key);
    });
    const taken: Wish = { key, edit, body, sent: false, deciding: false, held: false, ...place };
    return add(taken);
  }
  function add(wish: Wish): Wish {
    wishes.set(wish.key, wish);
    index.add(wish.edit.status);
    touch(wish.edit.status);
    return wish;
  }
  function become(wish: Wish, part: Partial<EditStatus>): void {
    wish.edit.become(part);
    if (isIn(wish)) index.add(wish.edit.status);
    after(wish);
  }
  function drop(wish: Wish, part: Partial<EditStatus>): void {
    if (isIn(wish)) {
      wishes.delete(wish.key);
      index.remove(wish.edit.status);
    }
    wish.edit.become(part);
    after(wish);
  }
  /** Wishes that wait for the id of a row which will not come share its fate. */
  function after({ edit: { status, pending } }: Wish): void {
    touch(status);
    if (pending || status.kind !== "insert") return;
    for (const wish of all()) if (wish.held && wish.edit.status.row === status.row) drop(wish, ROW_NOT_ADDED);
  }

  return {
    index,
    get receipts() {
      receipts ??= Object.freeze(all().map(({ edit }) => edit.receipt));
      return receipts;
    },
    get: (key) => wishes.get(key),
    all,
    batch,
    touch,
    take,
    become,
    drop,
    settle(wish, key, row, body) {
      wishes.delete(wish.key);
      index.remove(wish.edit.status);
      wish.edit.become({ row });
      return add({ ...wish, key, held: false, body });
    },
  };
}
