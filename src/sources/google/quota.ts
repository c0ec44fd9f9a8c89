/**
 * Counts requests before they are sent, so that Google need not refuse them: 60 reads and 60 writes a minute for
 * each user, 300 and 300 for each project (Google's defaults for the Sheets API). A batch is one request.
 */
import { err, ok, type Result } from "#contract/result.ts";

export type RequestKind = "read" | "write";

/** Most requests in any minute. */
export interface QuotaLimits {
  readonly readsPerUser: number;
  readonly writesPerUser: number;
  readonly readsPerProject: number;
  readonly writesPerProject: number;
}

export const DEFAULT_QUOTA: QuotaLimits = {
  readsPerUser: 60,
  writesPerUser: 60,
  readsPerProject: 300,
  writesPerProject: 300,
};

/** Whose quota a request draws on: a service account is one user. */
export interface Consumer {
  readonly user: string;
  readonly project: string;
}

/** What another request must wait. */
export interface QuotaSpent {
  readonly retryAfterMs: number;
}

export interface Quota {
  /** Whether `count` requests could be sent now. */
  room(consumer: Consumer, kind: RequestKind, count: number, monotonicMs: number): Result<void, QuotaSpent>;
  /** Counts one request that is about to be sent, or says how long it must wait. */
  take(consumer: Consumer, kind: RequestKind, monotonicMs: number): Result<void, QuotaSpent>;
  /** Google refused: nothing of this kind is sent for the user, or the whole project, until `untilMs`. */
  hold(consumer: Consumer, kind: RequestKind, whose: keyof Consumer, untilMs: number): void;
}

/** A minute, and a second more because requests sent a minute apart may arrive closer together. */
const WINDOW_MS = 61_000;

interface Meter {
  readonly limit: number;
  /** When each request of the last window was sent, oldest first. */
  readonly sentMs: number[];
  heldUntilMs: number;
}

/** All times are monotonic milliseconds of one clock. */
export function createQuota(limits: QuotaLimits): Quota {
  const meters = new Map<string, Meter>();

  function meter(consumer: Consumer, kind: RequestKind, whose: keyof Consumer): Meter {
    const key = `${whose} ${kind} ${consumer[whose]}`;
    let found = meters.get(key);
    if (!found) {
      const limit = limits[`${kind}sPer${whose === "user" ? "User" : "Project"}`];
      found = { limit, sentMs: [], heldUntilMs: 0 };
      meters.set(key, found);
    }
    return found;
  }

  function room(
    consumer: Consumer,
    kind: RequestKind,
    count: number,
    nowMs: number,
  ): Result<void, QuotaSpent> {
    const waitMs = Math.max(
      waitFor(meter(consumer, kind, "user"), count, nowMs),
      waitFor(meter(consumer, kind, "project"), count, nowMs),
    );
    return waitMs > 0 ? err({ retryAfterMs: waitMs }) : ok(undefined);
  }

  return {
    room,
    take(consumer, kind, nowMs) {
      const free = room(consumer, kind, 1, nowMs);
      if (!free.ok) return free;
      meter(consumer, kind, "user").sentMs.push(nowMs);
      meter(consumer, kind, "project").sentMs.push(nowMs);
      return free;
    },
    hold(consumer, kind, whose, untilMs) {
      const held = meter(consumer, kind, whose);
      held.heldUntilMs = Math.max(held.heldUntilMs, untilMs);
    },
  };
}

/** How long until `count` more requests fit. More than the limit can never fit: they wait for an empty window. */
function waitFor(meter: Meter, count: number, nowMs: number): number {
  const { sentMs, limit } = meter;
  while (sentMs.length > 0 && sentMs[0]! + WINDOW_MS <= nowMs) sentMs.shift();
  const excess = Math.min(sentMs.length + count - limit, sentMs.length);
  const freeMs = excess > 0 ? sentMs[excess - 1]! + WINDOW_MS : nowMs;
  return Math.max(freeMs, meter.heldUntilMs) - nowMs;
}
