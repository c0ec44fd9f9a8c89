/** When to poll a source next: pure arithmetic over what its last polls brought. */

/** Below this a source would be polled without pause; faster news come by hints. */
export const POLLING_INTERVAL_MIN_MS = 250;
export const POLLING_INTERVAL_DEFAULT_MS = 5_000;
/** Between the end of a poll and the next, however slow the source answers: leaves room for others. */
const REST_MIN_MS = 50;

/** Ceiling of the first retry's random wait; it doubles with each failure in a row. */
const BACKOFF_FIRST_MS = 1_000;
/** Past a minute of outage a source may take this long to be seen alive again; more would look dead. */
export const BACKOFF_MAX_MS = 120_000;
/** How often a source that needs a person is tried, so that sharing a workbook again heals it by itself. */
const PROBE_MS = 300_000;

/** Each "too fast" makes the pace half as slow again; good answers take it back in smaller steps. */
const STRETCH_UP = 1.5;
const STRETCH_DOWN = 0.75;
/** From here a dozen good answers lead back to the regular pace. */
const STRETCH_MAX = 30;
const STRETCHED_MAX_MS = 300_000;
/** A longer Retry-After is a mistake of the other side more often than not; asking once an hour is polite. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** Caches are told longer times for what changes all the same; asking every 5 min burdens nobody. */
const FRESH_MAX_MS = 300_000;

/** Formulas settle in seconds; the wait doubles from here up to the regular pace. */
const PENDING_FIRST_MS = 500;

/** Share of the regular pace, both ways, so that sources begun together do not stay together. */
const JITTER_SHARE = 0.05;

/** A hint is obeyed this long after the poll before it, so that a storm of hints is one poll. */
const HINT_SPACING_MS = 500;
const HINT_SPACING_FAILING_MS = 5_000;

/** What a poll means for the pace. blocked: needs a person; pending: the content is not settled yet. */
export type PaceOutcome =
  /** `freshForMs`: the other side says that nothing new is to be had before. */
  | { readonly tag: "answered"; readonly freshForMs?: number }
  | { readonly tag: "pending" }
  /** shared: the whole account is too fast, and whoever shares it out slows all of its sources down. */
  | { readonly tag: "limited"; readonly retryAfterMs?: number; readonly shared?: true }
  | { readonly tag: "failed" }
  | { readonly tag: "blocked" };

/** What is remembered of the polls so far. */
export interface Pace {
  readonly last: PaceOutcome;
  /** In a row; being told "too fast" neither adds one nor ends the row. */
  readonly failures: number;
  /** In a row. */
  readonly pendings: number;
  /** 1 at the regular pace; the polling interval is multiplied by it. */
  readonly stretch: number;
}

export const REGULAR_PACE: Pace = { last: { tag: "answered" }, failures: 0, pendings: 0, stretch: 1 };

export function paceAfter(pace: Pace, last: PaceOutcome): Pace {
  switch (last.tag) {
    case "answered":
      return { last, failures: 0, pendings: 0, stretch: Math.max(1, pace.stretch * STRETCH_DOWN) };
    case "pending":
      return { ...pace, last, failures: 0, pendings: pace.pendings + 1 };
    case "limited": {
      const stretch = last.shared ? pace.stretch : Math.min(STRETCH_MAX, pace.stretch * STRETCH_UP);
      return { ...pace, last, pendings: 0, stretch };
    }
    case "failed":
      return { ...pace, last, failures: pace.failures + 1, pendings: 0 };
    case "blocked":
      return { ...pace, last, failures: 0, pendings: 0 };
  }
}

/**
 * When to poll next, in monotonic milliseconds. The regular pace counts from the start of a poll, waits that
 * protect the other side count from its end. `jitter` is uniform in [0, 1).
 */
export function nextPollAt(
  pace: Pace,
  poll: { readonly startedAt: number; readonly endedAt: number },
  pollingIntervalMs: number,
  jitter: number,
): number {
  const intervalMs = Math.max(POLLING_INTERVAL_MIN_MS, pollingIntervalMs);
  const swing = 1 + JITTER_SHARE * (2 * jitter - 1);
  const earliest = poll.endedAt + REST_MIN_MS;
  switch (pace.last.tag) {
    case "answered":
      return Math.max(
        earliest,
        poll.startedAt + stretchedMs(pace, intervalMs) * swing,
        poll.startedAt + Math.min(FRESH_MAX_MS, pace.last.freshForMs ?? 0),
      );
    case "pending":
      return poll.endedAt + Math.min(intervalMs, doubled(PENDING_FIRST_MS, pace.pendings)) * swing;
    case "limited": {
      // Never before what the other side asked for, so the swing goes one way here.
      const askedMs = Math.min(RETRY_AFTER_MAX_MS, pace.last.retryAfterMs ?? 0) * (1 + JITTER_SHARE * jitter);
      return poll.endedAt + Math.max(askedMs, stretchedMs(pace, intervalMs) * swing);
    }
    case "failed": {
      const ceilingMs = Math.min(
        Math.max(BACKOFF_MAX_MS, intervalMs),
        doubled(BACKOFF_FIRST_MS, pace.failures),
      );
      return Math.max(earliest, poll.endedAt + ceilingMs * jitter);
    }
    case "blocked":
      return poll.endedAt + Math.max(PROBE_MS, intervalMs) * swing;
  }
}

/** The earliest moment at which a hint may make the next poll happen, given when it would happen without. */
export function hintedPollAt(
  pace: Pace,
  poll: { readonly startedAt: number; readonly endedAt: number },
  nextAt: number,
): number {
  switch (pace.last.tag) {
    case "limited":
      return nextAt;
    case "failed":
    case "blocked":
      return Math.min(nextAt, poll.endedAt + HINT_SPACING_FAILING_MS);
    default:
      return Math.min(nextAt, poll.startedAt + HINT_SPACING_MS * pace.stretch);
  }
}

/** Full jitter: uniform between now and a ceiling that doubles with each failure. `failures` counts from 1. */
export function backoffMs(failures: number, jitter: number): number {
  return Math.max(REST_MIN_MS, Math.min(BACKOFF_MAX_MS, doubled(BACKOFF_FIRST_MS, failures)) * jitter);
}

function stretchedMs(pace: Pace, intervalMs: number): number {
  return Math.min(Math.max(STRETCHED_MAX_MS, intervalMs), intervalMs * pace.stretch);
}

/** `firstMs` doubled for each after the first; 2 ** 30 is past every ceiling used here. */
function doubled(firstMs: number, count: number): number {
  return firstMs * 2 ** Math.min(30, count - 1);
}
