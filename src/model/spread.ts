/**
 * Spreads requests over the minute, so that a quota is never spent at once and then missing for the rest of it. Each
 * request pays for a stretch of time; the next goes when what was paid for is over.
 */

/** Until when the requests so far have paid, in monotonic milliseconds. */
export type PaidUntil = number;

/** Before the first request: all that may go at once may. */
export const NOTHING_PAID: PaidUntil = Number.NEGATIVE_INFINITY;

export interface Rate {
  /** Most requests in any minute. */
  readonly perMinute: number;
  /** How many may go at once after a pause. */
  readonly burst: number;
}

/** Kept free of the regular pace: a second look, a token's retry, a request counted late. */
const SLACK = 4;
const BURST_MIN = 2;
/** Google's minute and ours are not the same: see WINDOW_MS of the quota. */
const WINDOW_MS = 61_000;

/**
 * The rate for a quota of `limit` a minute of which `reserve` is kept for others. Where little is wished for, much of it
 * may go at once: burst and even flow together stay within the limit.
 */
export function rateFor(limit: number, reserve: number, wishedPerMinute: number): Rate {
  const most = Math.max(1, limit - reserve - SLACK);
  const burst = Math.min(most / 2, most - wishedPerMinute * 1.25);
  const bounded = Math.min(Math.max(BURST_MIN, burst), most);
  return { perMinute: Math.max(1, burst > BURST_MIN ? most - bounded : most), burst: bounded };
}

/** `borrow`: so many requests may go before what was paid for is over; those after them wait the longer. */
export function waitMs(paidUntil: PaidUntil, nowMs: number, rate?: Rate, borrow = 0): number {
  const borrowedMs = rate ? (borrow * WINDOW_MS) / rate.perMinute : 0;
  return Math.max(0, paidUntil - borrowedMs - nowMs);
}

/** After `requests` were sent; a negative number gives back what was paid in vain. */
export function pay(paidUntil: PaidUntil, requests: number, rate: Rate, nowMs: number): PaidUntil {
  const gapMs = WINDOW_MS / rate.perMinute;
  return Math.max(paidUntil, nowMs - (rate.burst - 1) * gapMs) + requests * gapMs;
}
