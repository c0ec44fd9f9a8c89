import type { Clock } from "../runtime/clock.ts";

/** Slows an address down that keeps sending wrong tokens. */
export interface FailureLimits {
  /** How long the address has to wait before its next try, in ms; 0: it may try now. */
  waitMs(address: string): number;
  /** Takes one failure of the address into account. */
  failed(address: string): void;
}

export interface FailureLimitsOptions {
  readonly clock: Clock;
  /** Failures in a row that cost nothing: a page with an old token open in several windows, a script under repair. */
  readonly burst?: number;
  /** Then one try per this time: 60 a minute, hopeless for guessing. */
  readonly refillMs?: number;
  /** Addresses remembered; beyond it the one that failed least lately is forgotten, so memory stays bounded. */
  readonly addressesMax?: number;
}

interface Bucket {
  /** Tries left at `atMs`; below 1 the address waits. */
  tries: number;
  atMs: number;
}

/** A token bucket per address: `burst` failures at once, one more every `refillMs`. */
export function createFailureLimits({
  clock,
  burst = 60,
  refillMs = 1_000,
  addressesMax = 10_000,
}: FailureLimitsOptions): FailureLimits {
  // In the order of the last failure.
  const buckets = new Map<string, Bucket>();

  function triesNow(bucket: Bucket): number {
    return Math.min(burst, bucket.tries + (clock.monotonicMs() - bucket.atMs) / refillMs);
  }

  return {
    waitMs(address) {
      const bucket = buckets.get(address);
      if (!bucket) return 0;
      const tries = triesNow(bucket);
      if (tries >= burst) buckets.delete(address);
      return tries >= 1 ? 0 : Math.ceil((1 - tries) * refillMs);
    },
    failed(address) {
      const bucket = buckets.get(address);
      buckets.delete(address);
      const tries = bucket ? triesNow(bucket) : burst;
      buckets.set(address, { tries: Math.max(0, tries - 1), atMs: clock.monotonicMs() });
      const oldest = buckets.keys().next();
      if (buckets.size > addressesMax && !oldest.done) buckets.delete(oldest.value);
    },
  };
}
