/** The outboxes of all sources: loaded once each, and changed by one hand at a time. */
import type { Kv } from "../../backend/backend.ts";
import { createKeyedQueue } from "../../runtime/keyed-queue.ts";
import type { Random } from "../../runtime/random.ts";
import { loadOutbox, type Outbox } from "./outbox.ts";
import type { Receipts } from "./receipts.ts";

export interface Outboxes {
  /** The source's outbox, loaded from disk at the first call. */
  of(source: string): Promise<Outbox>;
  /** What is in memory of it. */
  loaded(source: string): Outbox | undefined;
  /**
   * Runs what gives out row ids or changes an outbox, one at a time for each source. Not to be called within itself.
   */
  alone<T>(source: string, run: () => Promise<T>): Promise<T>;
  forget(source: string): void;
}

export interface OutboxesDeps {
  readonly kv: Kv;
  readonly random: Random;
  readonly receipts: Pick<Receipts, "get">;
}

export function createOutboxes({ kv, random, receipts }: OutboxesDeps): Outboxes {
  const loading = new Map<string, Promise<Outbox>>();
  const ready = new Map<string, Outbox>();
  const inTurn = createKeyedQueue();
  return {
    of(source) {
      const known = loading.get(source);
      if (known) return known;
      const made = loadOutbox({
        kv,
        source,
        random,
        isDecided: async (id) => (await receipts.get(source, id)) !== null,
      });
      loading.set(source, made);
      made.then(
        (outbox) => ready.set(source, outbox),
        () => loading.delete(source),
      );
      return made;
    },
    loaded: (source) => ready.get(source),
    alone: (source, run) => inTurn(source, run),
    forget(source) {
      loading.delete(source);
      ready.delete(source);
    },
  };
}
