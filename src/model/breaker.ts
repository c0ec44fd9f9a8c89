/**
 * When an account itself fails, one of its sources asks whether it is well again, not all of them.
 *
 *     Closed -- a failure of the account, or of three sources in a row --> Open
 *     Open   -- the wait is over: one poll goes as a probe --------------> HalfOpen
 *     HalfOpen -- the probe fails --> Open, for longer;   any good answer --> Closed
 *
 * A source's own breaker is its pace: after a failure nothing is sent until its wait is over, and then one poll.
 */
import { backoffMs } from "./pacing.ts";

/** `E` is what the sources are told meanwhile. Times are monotonic milliseconds. */
export type Breaker<E> =
  | { readonly tag: "Closed"; readonly suspects: readonly string[] }
  | {
      readonly tag: "Open";
      readonly error: E;
      readonly failures: number;
      readonly sinceMs: number;
      readonly untilMs: number;
    }
  | { readonly tag: "HalfOpen"; readonly error: E; readonly failures: number; readonly probe: string };

/** account: what failed concerns all sources; maybe: it may; fine: the account works; nothing: this tells nothing. */
export type Evidence<E> =
  | { readonly tag: "account"; readonly error: E; readonly leastMs: number }
  | { readonly tag: "maybe"; readonly error: E }
  | { readonly tag: "fine" }
  | { readonly tag: "nothing" };

/** A person who mended the account need not wait for the probe; a storm of hints is no storm of probes all the same. */
const HINTED_WAIT_MS = 5_000;
/** So many sources failing with no good answer between them are no coincidence. */
const SUSPECTS = 3;

export const CLOSED: Breaker<never> = { tag: "Closed", suspects: [] };

/** What a source is to be told instead of polling; null when it may poll. */
export function refusal<E>(breaker: Breaker<E>, nowMs: number, hinted = false): E | null {
  if (breaker.tag === "Closed") return null;
  if (breaker.tag === "HalfOpen") return breaker.error;
  const untilMs = hinted ? Math.min(breaker.untilMs, breaker.sinceMs + HINTED_WAIT_MS) : breaker.untilMs;
  return nowMs < untilMs ? breaker.error : null;
}

/** A source begins a poll that was not refused. */
export function begun<E>(breaker: Breaker<E>, source: string): Breaker<E> {
  if (breaker.tag !== "Open") return breaker;
  const { error, failures } = breaker;
  return { tag: "HalfOpen", error, failures, probe: source };
}

/** `jitter` is uniform in [0, 1). */
export function judged<E>(
  breaker: Breaker<E>,
  source: string,
  evidence: Evidence<E>,
  nowMs: number,
  jitter: number,
): Breaker<E> {
  const open = (error: E, leastMs: number): Breaker<E> => {
    const failures = breaker.tag === "Closed" ? 1 : breaker.failures + 1;
    const untilMs = nowMs + Math.max(leastMs, backoffMs(failures, jitter));
    return { tag: "Open", error, failures, sinceMs: nowMs, untilMs };
  };
  const mine = breaker.tag === "HalfOpen" && breaker.probe === source;
  switch (evidence.tag) {
    case "fine":
      return CLOSED;
    case "account":
      return breaker.tag === "Closed" || mine ? open(evidence.error, evidence.leastMs) : breaker;
    case "maybe": {
      if (mine) return open(evidence.error, 0);
      if (breaker.tag !== "Closed") return breaker;
      const suspects = [...new Set([...breaker.suspects, source])];
      return suspects.length >= SUSPECTS ? open(evidence.error, 0) : { tag: "Closed", suspects };
    }
    case "nothing":
      // A probe that told nothing is repeated by the next source.
      return mine && breaker.tag === "HalfOpen"
        ? { tag: "Open", error: breaker.error, failures: breaker.failures, sinceMs: nowMs, untilMs: nowMs }
        : breaker;
  }
}
