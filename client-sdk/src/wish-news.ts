/** What the edits document tells of this client's wishes, and of those of the subject's other pages and devices. */
import type { CellValue } from "./contract/cell.ts";
import { cellKey, removeKey } from "./contract/edit-keys.ts";
import type { Outcome, RowEdit } from "./contract/edits.ts";
import type { RowId } from "./contract/layout.ts";
import type { EditStatus } from "./edit.ts";
import type { EditsReplica, EditsReplicaEvents, WishBody } from "./edits-replica.ts";
import type { Wish, WishBook } from "./wish-book.ts";
import { isOf, outcomeStatus, refusal, UNKNOWN_INSERT, wishStatus } from "./wish-entry.ts";

export interface NewsHost {
  readonly book: WishBook;
  replica(): EditsReplica;
  now(): number;
  /** An id for a row that has none: below 0, another one each time. */
  temporaryRow(): RowId;
  /** Whether the mirror shows what the wish leads to, with no wish of anybody on top. */
  shows(edit: EditStatus): boolean;
  /** Runs once the mirror has all that the server has now. */
  afterSync(run: () => void): void;
  /** What becomes of every further wish. */
  refuse(fate: Partial<EditStatus>): void;
}

export function createWishNews(host: NewsHost): EditsReplicaEvents {
  const { book, replica } = host;
  const { index } = book;

  /** It left the document: there is an outcome, or the sheet has it. */
  function decided(wish: Wish): void {
    const outcome = replica().outcome(wish.key);
    if (outcome && isOf(outcome, wish.edit.status)) return book.become(wish, outcomeStatus(outcome));
    if (wish.deciding) return;
    wish.deciding = true;
    const confirm = (): void => {
      if (book.get(wish.key) === wish && wish.deciding) book.drop(wish, { state: "confirmed" });
    };
    if (host.shows({ ...wish.edit.status, row: index.real(wish.edit.status.row) })) confirm();
    else host.afterSync(confirm);
  }
  /** A wish of this subject that another page or device made, or this one before it was started again. */
  function adopt(key: string, entry: unknown, became: Partial<EditStatus> = {}): void {
    const known = book.get(key)?.edit.status.row;
    const status = wishStatus(key, entry, () => known ?? host.temporaryRow(), host.now());
    if (!status) return;
    if (status.kind === "insert" && !became.state) {
      const { after } = entry as RowEdit;
      index.addRow({ row: status.row, key, after, values: status.values! });
    }
    book.take(key, { ...status, ...became }, entry as WishBody, { sent: true });
  }
  /** The new row has its id: what waited for it can be put. */
  function named({ edit: { status }, body: added }: Wish, row: RowId): void {
    if (index.real(status.row) === row) return;
    index.alias(status.row, row);
    book.batch(() => {
      book.touch(status);
      for (const wish of book.all()) {
        const { kind, slot, row: waitsFor } = wish.edit.status;
        if (!wish.held || waitsFor !== status.row) continue;
        const { values } = added as { values?: Readonly<Record<string, CellValue>> };
        const body = kind === "set" ? { ...wish.body, base: values?.[slot!] ?? null } : wish.body;
        const key = kind === "set" ? cellKey(row, slot!) : removeKey(row);
        replica().put(key, book.settle(wish, key, row, body).body);
      }
    });
  }
  /** Of wishes that are on their way and not waiting for another one. */
  function each(run: (wish: Wish) => void): void {
    for (const wish of book.all()) if (wish.edit.pending && !wish.held) run(wish);
  }
  const putAgain = ({ key, body }: Wish): void => replica().put(key, body);

  return {
    onWish(key, entry) {
      const known = book.get(key);
      if (entry === undefined) {
        if (known?.edit.pending) decided(known);
        // In another copy of the document the same wish is another object.
      } else if (known?.edit.pending && same(known.body, entry)) {
        known.body = entry as WishBody;
      } else adopt(key, entry);
    },
    onProgress(key, { id, state, waits, row }) {
      const wish = book.get(key);
      if (!wish?.edit.pending || !replica().isAbout(key, id)) return;
      wish.sent = true;
      const { status } = wish.edit;
      if (row !== undefined && status.kind === "insert") named(wish, row);
      if (status.state !== state || status.waits !== waits) book.become(wish, { state, waits });
    },
    onOutcome(key, outcome: Outcome | undefined) {
      const wish = book.get(key);
      if (!outcome) {
        if (wish && !wish.edit.pending) book.drop(wish, {});
      } else if (replica().wish(key) === undefined) {
        if (wish?.edit.pending) decided(wish);
        else if (!wish) adopt(key, { value: outcome.mine ?? null }, outcomeStatus(outcome));
      }
    },
    onSent() {
      for (const wish of book.all()) if (!wish.held) wish.sent = true;
    },
    onLoaded: () =>
      each((wish) => {
        if (!wish.sent && replica().wish(wish.key) !== wish.body) putAgain(wish);
      }),
    /** What the daemon had taken is decided; what it may not have seen is put again, unless that might add a row twice. */
    onFresh: () =>
      each((wish) => {
        const { state, kind } = wish.edit.status;
        if (state !== "local") decided(wish);
        else if (wish.sent && kind === "insert") book.become(wish, UNKNOWN_INSERT);
        else putAgain(wish);
      }),
    /** Of the same document, without its past: what it has is known, what it never had is put again. */
    onRenewed: () =>
      each((wish) => {
        if (same(replica().wish(wish.key), wish.body)) return;
        if (replica().hadWish(wish.key) || wish.edit.status.state !== "local") decided(wish);
        else putAgain(wish);
      }),
    onRefused(code, detail) {
      const fate = refusal(code, detail);
      host.refuse(fate);
      for (const wish of book.all()) {
        if (!wish.edit.pending) continue;
        // With another token it may be taken; what nobody may write must not come back with the next start.
        if (fate.state === "refused") replica().withdraw(wish.key);
        book.become(wish, fate);
      }
    },
  };
}

/** Of two copies of a document. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
