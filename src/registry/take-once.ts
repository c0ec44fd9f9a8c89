/** Takes the edits of a request once, however often it comes under its Idempotency-Key. */
import type { Receipt } from "#contract/edits-rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Arrival, EditDesk } from "../actors/edits/edit-desk.ts";
import { type Random, randomHex } from "../runtime/random.ts";
import type { Claim, ClaimError, Idempotency, KeyUse } from "./idempotency.ts";

export interface TakeOnce {
  /** What became of a request that was here before; null: it was not, or it has no key. */
  before(use: KeyUse | null): Promise<Result<TakenOnce | null, ClaimError>>;
  /** Takes what `arrivalsOf` makes of the request's name, or tells what became of the first such request. */
  take(
    use: KeyUse | null,
    arrivalsOf: (name: string) => readonly Arrival[],
  ): Promise<Result<TakenOnce, ClaimError>>;
}

export interface TakenOnce {
  /** What the request's edits are named after. */
  readonly name: string;
  /** Of the first request; those that are too old are left out. */
  readonly receipts: readonly Receipt[];
  readonly again: boolean;
}

/** What the first request is to do, until it is done; then its edits' ids. */
type FirstPlan =
  | { readonly arrivals: readonly Arrival[] }
  | { readonly taken: readonly { readonly source: string; readonly id: string }[] };

const NAME_BYTES = 16;

export interface TakeOnceDeps {
  readonly desk: Pick<EditDesk, "take" | "receipt">;
  readonly idempotency: Idempotency;
  readonly random: Random;
}

export function createTakeOnce({ desk, idempotency, random }: TakeOnceDeps): TakeOnce {
  async function takeAll(arrivals: readonly Arrival[]): Promise<Result<readonly Receipt[], ClaimError>> {
    return arrivals.length > 0 ? desk.take(arrivals) : ok([]);
  }

  async function carryOut(use: KeyUse, { name, plan }: Claim, again: boolean) {
    const first = (plan ?? { taken: [] }) as FirstPlan;
    if ("taken" in first) {
      const receipts = await Promise.all(first.taken.map(({ source, id }) => desk.receipt(source, id)));
      return ok({ name, receipts: receipts.filter((receipt) => receipt !== null), again });
    }
    // Also when it comes again: the daemon may have ended before it took them, and it takes none twice.
    const { arrivals } = first;
    const taken = await takeAll(arrivals);
    if (!taken.ok) return taken;
    const kept = await idempotency.replan(use, { taken: arrivals.map(({ source, id }) => ({ source, id })) });
    return kept.ok ? ok({ name, receipts: taken.value, again }) : kept;
  }

  return {
    async before(use) {
      const known = use ? await idempotency.known(use) : ok(null);
      if (!known.ok) return known;
      return use && known.value ? carryOut(use, known.value, true) : ok(null);
    },
    async take(use, arrivalsOf) {
      if (!use) {
        const name = randomHex(random, NAME_BYTES);
        const taken = await takeAll(arrivalsOf(name));
        return taken.ok ? ok({ name, receipts: taken.value, again: false }) : err(taken.error);
      }
      const claimed = await idempotency.claim(use, (name) => ({ arrivals: arrivalsOf(name) }));
      return claimed.ok ? carryOut(use, claimed.value, claimed.value.again) : claimed;
    },
  };
}
