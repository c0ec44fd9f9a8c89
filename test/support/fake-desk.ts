import type { ConflictAnswer, DeadLetterAnswer, Receipt } from "#contract/edits-rest.ts";
import { err, ok } from "#contract/result.ts";
import type { Conflicts } from "../../src/actors/edits/conflicts.ts";
import type { DeadLetters } from "../../src/actors/edits/dead-letters.ts";
import type { Arrival, EditDesk } from "../../src/actors/edits/edit-desk.ts";

/** A desk that takes everything and decides nothing unless it is told to. */
export interface FakeDesk extends EditDesk {
  readonly arrivals: Arrival[];
  readonly receipts: Map<string, Receipt>;
  /** While set, nothing can be stored. */
  refusal: string | null;
  /** How long was waited for each edit. */
  readonly waits: number[];
}

export function createFakeDesk(): FakeDesk {
  const arrivals: Arrival[] = [];
  const receipts = new Map<string, Receipt>();
  const waits: number[] = [];
  const desk: FakeDesk = {
    arrivals,
    receipts,
    refusal: null,
    waits,
    async take(taken) {
      if (desk.refusal !== null) return err({ tag: "StorageError", detail: desk.refusal });
      for (const arrival of taken) {
        if (receipts.has(arrival.id)) continue;
        arrivals.push(arrival);
        const receivedAt = new Date(arrival.atMs).toISOString();
        receipts.set(arrival.id, { id: arrival.id, key: arrival.key, state: "received", receivedAt });
      }
      return ok(taken.map(({ id }) => receipts.get(id)!));
    },
    withdraw: async () => ok(undefined),
    ownerOf: async (_, id) => arrivals.find((each) => each.id === id) ?? null,
    receipt: async (_, id) => receipts.get(id) ?? null,
    async decided(_, id, ms) {
      waits.push(ms);
      return receipts.get(id) ?? null;
    },
  };
  return desk;
}

/** Conflicts and dead letters of these, the first page as long as asked. */
export function createFakeBooks(
  conflicts: ConflictAnswer[] = [],
  letters: DeadLetterAnswer[] = [],
): { conflicts: Conflicts; deadLetters: DeadLetters } {
  return {
    conflicts: {
      async list({ source, state, cursor = "0", limit }) {
        const all = conflicts.filter(
          (each) => (!source || each.source === source) && (!state || each.state === state),
        );
        const end = Number(cursor) + limit;
        return {
          conflicts: all.slice(Number(cursor), end),
          ...(end < all.length ? { next: String(end) } : {}),
        };
      },
      get: async (id) => conflicts.find((each) => each.id === id) ?? null,
      async resolve(id, choice, by) {
        const at = conflicts.findIndex((each) => each.id === id);
        const conflict = conflicts[at];
        if (!conflict) return err({ tag: "NoSuchConflict" });
        if (conflict.resolution) return err({ tag: "Resolved", conflict });
        const resolution = { ...choice, by, at: conflict.at };
        conflicts[at] = { ...conflict, state: "resolved", resolution };
        return ok(conflicts[at]);
      },
    },
    deadLetters: {
      list: async () => ({ deadLetters: letters }),
      get: async (id) => letters.find((each) => each.id === id) ?? null,
      async requeue(id) {
        const letter = letters.find((each) => each.id === id);
        if (!letter) return err({ tag: "NoSuchDeadLetter" });
        return ok({ id: `requeue:${id}`, key: letter.key, state: "received", receivedAt: letter.at });
      },
      async discard(id) {
        letters.splice(
          letters.findIndex((each) => each.id === id),
          1,
        );
        return ok(undefined);
      },
    },
  };
}
