import type { Clock } from "../runtime/clock.ts";

/** Bounds how fast each of many asks: a token, an address. */
export interface RequestLimits {
  /** How long `key` has to wait before it may ask, in ms; 0: it may now, which counts as once. */
  waitMs(key: string): number;
}

export interface RequestLimitsOptions {
  readonly clock: Clock;
  /** In the long run. */
  readonly perSecond: number;
  /** Keys remembered, so that memory stays bounded; the one that asked least lately is forgotten. */
  readonly keysMax?: number;
}

/** Who was quiet may ask as much as in so many seconds at once: a page that loads, a script that catches up. */
const BURST_S = 10;

/** What REST may be asked for; src/limits.ts lets an operator move each. */
export const REQUEST_LIMITS = {
  /** One token is a whole web app's, which asks on behalf of all its users. */
  requestsPerSecondPerTokenMax: 1_000,
  /** One address is an office's, or a proxy's that SHEETWIRE_TRUST_PROXY does not name. */
  requestsPerSecondPerAddressMax: 500,
} as const satisfies Readonly<Record<string, number>>;

/** A token bucket per key. */
export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const { clock, perSecond, keysMax = 10_000 } = options;
  const burst = perSecond * BURST_S;
  // In the order of the last request.
  const buckets = new Map<string, { readonly left: number; readonly atMs: number }>();
  return {
    waitMs(key) {
      const now = clock.monotonicMs();
      const { left, atMs } = buckets.get(key) ?? { left: burst, atMs: now };
      const leftNow = Math.min(burst, left + ((now - atMs) / 1_000) * perSecond);
      buckets.delete(key);
      buckets.set(key, { left: leftNow < 1 ? leftNow : leftNow - 1, atMs: now });
      const oldest = buckets.keys().next();
      if (buckets.size > keysMax && !oldest.done) buckets.delete(oldest.value);
      return leftNow < 1 ? Math.ceil(((1 - leftNow) / perSecond) * 1_000) : 0;
    },
  };
}
