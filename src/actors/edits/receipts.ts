/**
 * What became of decided edits, kept for days: who asks, or sends an edit again, gets the same answer. They lie at
 * `receipt/{source}/{hash of the edit's id}`.
 */
import { cellsEqual } from "#contract/cell.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Arrival } from "./edit-desk.ts";
import { storageOf } from "./record-book.ts";

/** Where an edit belongs, and whose it is. */
export type Owner = Pick<Arrival, "tab" | "subject"> & Partial<Pick<Arrival, "via" | "wish">>;

export interface Receipts {
  get(source: string, id: string): Promise<Receipt | null>;
  ownerOf(source: string, id: string): Promise<Owner | null>;
  /** Of the last decided edit of a key in the owner's edits document, if the source holds what that one wished. */
  lastHeld(source: string, owner: Owner, key: string): Promise<Receipt | null>;
  /** Durable when it resolves; whoever waits for one of them is told. */
  put(source: string, receipts: readonly (readonly [Receipt, Owner])[]): Promise<Result<void, StorageError>>;
  /** `receipt` resolves once the edit is decided, or with null after `ms` or `cancel`. */
  wait(source: string, id: string, ms: number): { readonly receipt: Promise<Receipt | null>; cancel(): void };
  forget(source: string): Promise<Result<void, StorageError>>;
}

/** As long as a request may come again under its key. */
const KEPT_DAYS_MAX = 7;
/** Some megabytes of a source that is edited by programs; an edit of a document has two. */
const RECEIPTS_PER_SOURCE_MAX = 40_000;
const DAY_MS = 86_400_000;

interface Stored {
  readonly receipt: Receipt;
  readonly owner: Owner;
  readonly atMs: number;
  /** See isHeld. */
  readonly held?: true;
}

export function createReceipts({ kv, clock }: { readonly kv: Kv; readonly clock: Clock }): Receipts {
  /** Times by key, the oldest first. */
  const known = new Map<string, Promise<Map<string, number>>>();
  const waiting = new Map<string, Set<(receipt: Receipt) => void>>();

  const timesOf = (source: string): Promise<Map<string, number>> => {
    const times = known.get(source) ?? load(source);
    known.set(source, times);
    times.catch(() => known.delete(source));
    return times;
  };

  async function load(source: string): Promise<Map<string, number>> {
    const found = await kv.list<Stored>(prefixOf(source));
    const times = found.map(({ key, value }) => [key, value.atMs] as const);
    return new Map(times.sort(([, a], [, b]) => a - b));
  }

  async function sweep(times: Map<string, number>): Promise<void> {
    const oldest = clock.nowMs() - KEPT_DAYS_MAX * DAY_MS;
    for (const [key, atMs] of times) {
      if (atMs >= oldest && times.size <= RECEIPTS_PER_SOURCE_MAX) return;
      if (!(await kv.remove(key)).ok) return;
      times.delete(key);
    }
  }

  return {
    async get(source, id) {
      return (await kv.get<Stored>(keyOf(source, id)))?.value.receipt ?? null;
    },
    async ownerOf(source, id) {
      return (await kv.get<Stored>(keyOf(source, id)))?.value.owner ?? null;
    },
    async lastHeld(source, owner, key) {
      const { receipt, held } = (await kv.get<Stored>(keyOf(source, lastOf(owner, key))))?.value ?? {};
      return receipt && held ? receipt : null;
    },
    async put(source, receipts) {
      const times = await timesOf(source);
      const atMs = clock.nowMs();
      const puts = receipts.flatMap(([receipt, owner]) => {
        const { tab, subject } = owner;
        const held = isHeld(receipt, owner) ? { held: true as const } : {};
        const stored: Stored = { receipt, owner: { tab, subject }, atMs, ...held };
        const names = [receipt.id, ...(owner.via === "document" ? [lastOf(owner, receipt.key)] : [])];
        return names.map((name) => ({ key: keyOf(source, name), stored }));
      });
      const done = await Promise.all(puts.map(({ key, stored }) => kv.put(key, stored)));
      for (const stored of done) if (!stored.ok) return err(storageOf(stored.error));
      for (const { key } of puts) {
        times.delete(key);
        times.set(key, atMs);
      }
      for (const [receipt] of receipts) {
        const key = keyOf(source, receipt.id);
        for (const tell of [...(waiting.get(key) ?? [])]) tell(receipt);
      }
      await sweep(times);
      return ok(undefined);
    },
    wait(source, id, ms) {
      const key = keyOf(source, id);
      const { promise, resolve } = Promise.withResolvers<Receipt | null>();
      const others = waiting.get(key) ?? new Set();
      const cancelWake = clock.wakeAt(clock.monotonicMs() + ms, () => done(null));
      waiting.set(key, others.add(done));
      function done(receipt: Receipt | null): void {
        cancelWake();
        others.delete(done);
        if (others.size === 0 && waiting.get(key) === others) waiting.delete(key);
        resolve(receipt);
      }
      return { receipt: promise, cancel: () => done(null) };
    },
    async forget(source) {
      const times = await timesOf(source);
      for (const key of [...times.keys()]) {
        const removed = await kv.remove(key);
        if (!removed.ok) return err(storageOf(removed.error));
        times.delete(key);
      }
      known.delete(source);
      return ok(undefined);
    },
  };
}

/** Of cells that went out within their row another author's may have come later. */
function isHeld({ state, value }: Receipt, { wish }: Owner): boolean {
  if (state !== "confirmed" || typeof wish !== "object" || wish.tag !== "cell") return false;
  return cellsEqual(value ?? null, wish.value === "" ? null : wish.value);
}

/** No id of an edit has a line break. */
function lastOf({ tab, subject }: Owner, key: string): string {
  return [tab, subject, key].join("\n");
}

function prefixOf(source: string): string {
  return `receipt/${source}/`;
}

function keyOf(source: string, id: string): string {
  const hash = new Bun.CryptoHasher("sha256").update(id).digest("hex");
  return prefixOf(source) + hash.slice(0, 40);
}
