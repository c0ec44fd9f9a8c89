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
  /**
   * Counts one request that is about to be sent, or says how long it must wait. `promised`: it is the one that a promise
   * was made for.
   */
  take(
    consumer: Consumer,
    kind: RequestKind,
    monotonicMs: number,
    promised?: boolean,
  ): Result<void, QuotaSpent>;
  /**
   * Who lets others go first for long gets the next request that is free: for a window all others leave one more. Says how
   * long that still takes; 0: now.
   */
  promise(consumer: Consumer, kind: RequestKind, monotonicMs: number): number;
  /**
   * Google refused: nothing of this kind is sent for the user, or the whole project, until `untilMs`. Somebody else must
   * be spending too, so less is sent for a while afterwards.
   */
  hold(consumer: Consumer, kind: RequestKind, whose: keyof Consumer, nowMs: number, untilMs: number): void;
  /** What may be sent in a minute: as granted, less what refusals have taught. */
  limit(consumer: Consumer, kind: RequestKind, whose: keyof Consumer, nowMs: number): number;
  /** What was sent for the user within the last minute. */
  used(consumer: Consumer, kind: RequestKind, nowMs: number): number;
}

/** A minute, and a second more because requests sent a minute apart may arrive closer together. */
const WINDOW_MS = 61_000;

/** A refusal takes a quarter of what was thought to be free; each minute without one gives a tenth of the grant back. */
const LEARNED_DOWN = 0.75;
const LEARNED_UP_PER_MS = 0.1 / 60_000;
/** However often Google refuses, this share is tried again each minute. */
const LEARNED_MIN = 0.2;

interface Meter {
  readonly granted: number;
  /** What was thought to be free at `learnedAtMs`. */
  learned: number;
  learnedAtMs: number;
  /** When each request of the last window was sent, oldest first. */
  readonly sentMs: number[];
  heldUntilMs: number;
  /** Until then one request is left free for who waited for it. */
  promisedUntilMs: number;
}

/** All times are monotonic milliseconds of one clock. */
export function createQuota(limits: QuotaLimits): Quota {
  const meters = new Map<string, Meter>();

  function meter(consumer: Consumer, kind: RequestKind, whose: keyof Consumer): Meter {
    const key = `${whose} ${kind} ${consumer[whose]}`;
    let found = meters.get(key);
    if (!found) {
      const granted = limits[`${kind}sPer${whose === "user" ? "User" : "Project"}`];
      found = { granted, learned: granted, learnedAtMs: 0, sentMs: [], heldUntilMs: 0, promisedUntilMs: 0 };
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
    const left = meter(consumer, kind, "user").promisedUntilMs > nowMs ? 1 : 0;
    const waitMs = wait(consumer, kind, count + left, nowMs);
    return waitMs > 0 ? err({ retryAfterMs: waitMs }) : ok(undefined);
  }

  function wait(consumer: Consumer, kind: RequestKind, count: number, nowMs: number): number {
    return Math.max(
      waitFor(meter(consumer, kind, "user"), count, nowMs),
      waitFor(meter(consumer, kind, "project"), count, nowMs),
    );
  }

  return {
    room,
    take(consumer, kind, nowMs, promised = false) {
      const waitMs = promised ? wait(consumer, kind, 1, nowMs) : 0;
      if (waitMs > 0) return err({ retryAfterMs: waitMs });
      const free = promised ? ok(undefined) : room(consumer, kind, 1, nowMs);
      if (!free.ok) return free;
      if (promised) meter(consumer, kind, "user").promisedUntilMs = 0;
      meter(consumer, kind, "user").sentMs.push(nowMs);
      meter(consumer, kind, "project").sentMs.push(nowMs);
      return free;
    },
    promise(consumer, kind, nowMs) {
      meter(consumer, kind, "user").promisedUntilMs = nowMs + WINDOW_MS;
      return wait(consumer, kind, 1, nowMs);
    },
    hold(consumer, kind, whose, nowMs, untilMs) {
      const held = meter(consumer, kind, whose);
      // Several requests under way are refused together, which teaches no more than one.
      if (held.heldUntilMs <= nowMs) {
        held.learned = Math.max(held.granted * LEARNED_MIN, limitAt(held, nowMs) * LEARNED_DOWN);
        held.learnedAtMs = untilMs;
      }
      held.heldUntilMs = Math.max(held.heldUntilMs, untilMs);
    },
    limit: (consumer, kind, whose, nowMs) => limitAt(meter(consumer, kind, whose), nowMs),
    used(consumer, kind, nowMs) {
      const { sentMs } = meter(consumer, kind, "user");
      return sentMs.filter((at) => at + WINDOW_MS > nowMs).length;
    },
  };
}

function limitAt({ granted, learned, learnedAtMs }: Meter, nowMs: number): number {
  const regained = Math.max(0, nowMs - learnedAtMs) * LEARNED_UP_PER_MS * granted;
  return Math.max(1, Math.min(granted, Math.floor(learned + regained)));
}

/** How long until `count` more requests fit. More than the limit can never fit: they wait for an empty window. */
function waitFor(meter: Meter, count: number, nowMs: number): number {
  const { sentMs } = meter;
  const limit = limitAt(meter, nowMs);
  while (sentMs.length > 0 && sentMs[0]! + WINDOW_MS <= nowMs) sentMs.shift();
  const excess = Math.min(sentMs.length + count - limit, sentMs.length);
  const freeMs = excess > 0 ? sentMs[excess - 1]! + WINDOW_MS : nowMs;
  return Math.max(freeMs, meter.heldUntilMs) - nowMs;
}
