import { describe, expect, test } from "bun:test";
import {
  backoffMs,
  hintedPollAt,
  nextPollAt,
  type Pace,
  type PaceOutcome,
  paceAfter,
  REGULAR_PACE,
} from "../../src/model/pacing.ts";

const POLL = { startedAt: 1_000, endedAt: 1_200 };
/** The ends of [0, 1) and its middle. */
const JITTERS = [0, 0.5, 0.999_999];

describe("pacing", () => {
  test("PAC-1 the regular pace counts from the start of a poll, 5 % to either side", () => {
    const [low, middle, high] = JITTERS.map((jitter) => nextPollAt(REGULAR_PACE, POLL, 10_000, jitter));
    expect(low).toBe(1_000 + 9_500);
    expect(middle).toBe(1_000 + 10_000);
    expect(high).toBeCloseTo(1_000 + 10_500, 1);
  });

  test("PAC-1 an interval below 250 ms counts as 250 ms, and a slow poll is followed by a rest of 50 ms", () => {
    expect(nextPollAt(REGULAR_PACE, POLL, 1, 0.5)).toBe(1_000 + 250);
    expect(nextPollAt(REGULAR_PACE, { startedAt: 0, endedAt: 9_000 }, 1_000, 0.5)).toBe(9_050);
  });

  test("PAC-2 failures in a row double the ceiling of a random wait from 1 s to 2 min", () => {
    const ceilings = [1, 2, 3, 4, 8, 40].map((count) => wait(after(...failures(count)), 1_000, 1));
    expect(ceilings).toEqual([1_000, 2_000, 4_000, 8_000, 120_000, 120_000]);
    expect(wait(after(...failures(40)), 1_000, 0.25)).toBe(30_000);
    expect(wait(after(...failures(40)), 1_000, 0)).toBe(50);
    expect(backoffMs(3, 0.5)).toBe(2_000);
  });

  test("PAC-2 a source polled less often than every 2 min may wait up to its interval; a good answer ends the row", () => {
    expect(wait(after(...failures(40)), 600_000, 1)).toBe(600_000);
    expect(after(...failures(9), { tag: "answered" })).toEqual(REGULAR_PACE);
  });

  test("PAC-3 being told too fast stretches the pace by half each time, up to 30 times and to 5 min", () => {
    const limited = { tag: "limited" } as const;
    expect(wait(after(limited), 1_000, 0.5)).toBe(1_500);
    expect(wait(after(limited, limited), 1_000, 0.5)).toBe(2_250);
    expect(wait(after(...Array(50).fill(limited)), 1_000, 0.5)).toBe(30_000);
    expect(wait(after(...Array(50).fill(limited)), 60_000, 0.5)).toBe(300_000);
    expect(wait(after(...Array(50).fill(limited)), 900_000, 0.5)).toBe(900_000);
  });

  test("PAC-3 good answers lead back to the regular pace step by step", () => {
    const limited = Array<PaceOutcome>(4).fill({ tag: "limited" });
    const waits = [1, 2, 3, 4, 5, 6].map((count) => {
      const answers = Array<PaceOutcome>(count).fill({ tag: "answered" });
      return nextPollAt(after(...limited, ...answers), POLL, 1_000, 0.5) - POLL.startedAt;
    });
    for (let i = 1; i < waits.length; i++) expect(waits[i]!).toBeLessThanOrEqual(waits[i - 1]!);
    expect(waits[0]).toBeGreaterThan(3_000);
    expect(waits.at(-1)).toBe(1_000);
  });

  test("PAC-3 being told too fast neither adds to the failures nor ends their row", () => {
    expect(after({ tag: "limited" }).failures).toBe(0);
    expect(after(...failures(3), { tag: "limited" }).failures).toBe(3);
  });

  test("PAC-4 nothing polls before Retry-After is over, whatever the jitter; more than an hour counts as one", () => {
    const pace = after({ tag: "limited", retryAfterMs: 30_000 });
    for (const jitter of JITTERS) expect(wait(pace, 1_000, jitter)).toBeGreaterThanOrEqual(30_000);
    expect(wait(pace, 1_000, 0.999)).toBeLessThan(32_000);
    expect(wait(after({ tag: "limited", retryAfterMs: 9e9 }), 1_000, 0)).toBe(3_600_000);
  });

  test("PAC-5 content that is not settled is read again after 0.5 s, doubled up to the regular pace", () => {
    const waits = [1, 2, 3, 4, 5].map((count) =>
      wait(after(...Array<PaceOutcome>(count).fill({ tag: "pending" })), 3_000, 0.5),
    );
    expect(waits).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
  });

  test("PAC-6 a source that needs a person is tried every 5 min, or at its own slower pace", () => {
    expect(wait(after({ tag: "blocked" }), 1_000, 0.5)).toBe(300_000);
    expect(wait(after({ tag: "blocked" }), 900_000, 0.5)).toBe(900_000);
  });

  test("PAC-7 a hint brings the next poll forward, to 500 ms after the last began, 5 s after a failure", () => {
    const nextAt = 60_000;
    expect(hintedPollAt(REGULAR_PACE, POLL, nextAt)).toBe(1_500);
    expect(hintedPollAt(after(...failures(3)), POLL, nextAt)).toBe(6_200);
    expect(hintedPollAt(after({ tag: "blocked" }), POLL, nextAt)).toBe(6_200);
  });

  test("PAC-7 a hint never delays a poll, and never brings one before the end of a rate limit", () => {
    expect(hintedPollAt(REGULAR_PACE, POLL, 1_300)).toBe(1_300);
    expect(hintedPollAt(after({ tag: "limited" }), POLL, 60_000)).toBe(60_000);
  });

  test("PAC-8 what is fresh is not asked for again before its time is over, up to 5 min, unless a hint comes", () => {
    const fresh = (freshForMs: number) => after({ tag: "answered", freshForMs });
    expect(nextPollAt(fresh(60_000), POLL, 5_000, 1)).toBe(61_000);
    expect(nextPollAt(fresh(1_000), POLL, 5_000, 0.5)).toBe(6_000);
    expect(nextPollAt(fresh(3_600_000), POLL, 5_000, 0)).toBe(301_000);
    expect(hintedPollAt(fresh(60_000), POLL, 61_000)).toBe(1_500);
  });
});

function after(...outcomes: readonly PaceOutcome[]): Pace {
  return outcomes.reduce(paceAfter, REGULAR_PACE);
}

function failures(count: number): PaceOutcome[] {
  return Array<PaceOutcome>(count).fill({ tag: "failed" });
}

/** From the end of the poll to the next. */
function wait(pace: Pace, pollingIntervalMs: number, jitter: number): number {
  return nextPollAt(pace, POLL, pollingIntervalMs, jitter) - POLL.endedAt;
}
