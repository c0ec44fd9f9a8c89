/**
 * Edits of one source that are taken and not decided, in memory as on disk:
 *
 *     outbox/{source}/edit/{seq}   OutboxEdit
 *     outbox/{source}/batch        Batch: the one on its way, or the last one, emptied
 *
 * Changes are made in memory and become durable by `flush`, what came before what went.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, KvError, StorageError } from "../../backend/backend.ts";
import type { Random } from "../../runtime/random.ts";
import type { Batch, OutboxEdit } from "./outbox-edit.ts";
import { storageOf } from "./record-book.ts";

export interface Outbox {
  /** By `seq`, in the order of arrival. */
  readonly edits: ReadonlyMap<number, OutboxEdit>;
  byId(id: string): OutboxEdit | undefined;
  /** The batch that is not settled yet. */
  readonly batch: Batch | null;
  isInFlight(seq: number): boolean;
  /** Keeps an edit, or its newer state; a new one has no `seq` yet. */
  keep(edit: Omit<OutboxEdit, "seq"> & { readonly seq?: number }): OutboxEdit;
  drop(seq: number): void;
  /** Durable when it resolves; after a refusal memory is as the disk again. `between` runs before what goes is gone. */
  flush(between?: () => Promise<Result<void, StorageError>>): Promise<Result<void, StorageError>>;
  /** Durable when it resolves. */
  putBatch(batch: Batch): Promise<Result<void, StorageError>>;
  /** The number of the next batch. */
  nextReceipt(): number;
  /** How many edits a subject has in here. */
  countOf(subject: string): number;
}

const RECEIPT_MAX = 0x7fff_ffff;
const SEQ_DIGITS = 15;

export interface OutboxDeps {
  readonly kv: Kv;
  readonly source: string;
  readonly random: Random;
  /** Whether an edit has its last receipt: where that is durable and the edit is still here, it is over all the same. */
  readonly isDecided: (id: string) => Promise<boolean>;
}

export async function loadOutbox({ kv, source, random, isDecided }: OutboxDeps): Promise<Outbox> {
  const prefix = outboxPrefix(source);
  const editKey = (seq: number): string => `${prefix}edit/${String(seq).padStart(SEQ_DIGITS, "0")}`;
  const edits = new Map<number, OutboxEdit>();
  const ids = new Map<string, number>();
  const counts = new Map<string, number>();
  let inFlight = new Set<number>();
  let batch: Batch | null = null;
  let nextSeq = 1;
  let toPut = new Set<number>();
  let toRemove = new Set<number>();

  async function load(): Promise<void> {
    const found = await kv.list<OutboxEdit>(`${prefix}edit/`);
    const last = await kv.get<Batch>(`${prefix}batch`);
    for (const map of [edits, ids, counts]) map.clear();
    [toPut, toRemove] = [new Set(), new Set()];
    setBatch(last?.value ?? null);
    for (const { value: edit } of found) {
      // What a batch has decided is written down with the batch.
      const isOver = !inFlight.has(edit.seq) && (await isDecided(edit.id));
      if (isOver) toRemove.add(edit.seq);
      else remember(edit);
      nextSeq = Math.max(nextSeq, edit.seq + 1);
    }
  }

  function remember(edit: OutboxEdit): void {
    if (!edits.has(edit.seq)) counts.set(edit.subject, (counts.get(edit.subject) ?? 0) + 1);
    edits.set(edit.seq, edit);
    ids.set(edit.id, edit.seq);
    nextSeq = Math.max(nextSeq, edit.seq + 1);
  }

  function forget(edit: OutboxEdit): void {
    edits.delete(edit.seq);
    ids.delete(edit.id);
    const rest = (counts.get(edit.subject) ?? 1) - 1;
    if (rest > 0) counts.set(edit.subject, rest);
    else counts.delete(edit.subject);
  }

  function setBatch(next: Batch | null): void {
    batch = next;
    inFlight = new Set(next?.edits.flatMap(({ seq, absorbed = [] }) => [seq, ...absorbed]));
    // A batch is settled by these numbers, also after some of its edits are gone.
    nextSeq = Math.max(nextSeq, ...[...inFlight].map((seq) => seq + 1));
  }

  async function store(): Promise<Result<void, StorageError>> {
    return all([...toPut].map((seq) => kv.put(editKey(seq), edits.get(seq)!)));
  }

  await load();
  return {
    edits,
    byId: (id) => edits.get(ids.get(id) ?? 0),
    get batch() {
      return batch && batch.edits.length > 0 ? batch : null;
    },
    isInFlight: (seq) => inFlight.has(seq),
    keep(edit) {
      const kept: OutboxEdit = { ...edit, seq: edit.seq ?? nextSeq };
      remember(kept);
      toPut.add(kept.seq);
      return kept;
    },
    drop(seq) {
      const edit = edits.get(seq);
      if (!edit) return;
      forget(edit);
      toPut.delete(seq);
      toRemove.add(seq);
    },
    async flush(between = async () => ok(undefined)) {
      const stored = await store();
      const told = stored.ok ? await between() : stored;
      const removed = told.ok ? await all([...toRemove].map((seq) => kv.remove(editKey(seq)))) : told;
      if (removed.ok) [toPut, toRemove] = [new Set(), new Set()];
      else await load();
      return removed;
    },
    async putBatch(next) {
      const stored = await kv.put(`${prefix}batch`, next);
      if (!stored.ok) return err(storageOf(stored.error));
      setBatch(next);
      return ok(undefined);
    },
    nextReceipt() {
      // Beginning anywhere, a source that was erased and made anew does not meet its own old receipt in the sheet.
      const last = batch?.receipt ?? Math.floor(random.float() * RECEIPT_MAX);
      return (last % RECEIPT_MAX) + 1;
    },
    countOf: (subject) => counts.get(subject) ?? 0,
  };
}

/** Removes what is kept of a source; again after a failure. */
export async function eraseOutbox(kv: Kv, source: string): Promise<Result<void, StorageError>> {
  const found = await kv.list(outboxPrefix(source));
  return all(found.map(({ key }) => kv.remove(key)));
}

function outboxPrefix(source: string): string {
  return `outbox/${source}/`;
}

async function all(
  writes: readonly Promise<Result<unknown, KvError>>[],
): Promise<Result<void, StorageError>> {
  for (const result of await Promise.all(writes)) if (!result.ok) return err(storageOf(result.error));
  return ok(undefined);
}
