import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { changesPerSecond, heatAfter, heatFromLastChange, NO_HEAT } from "../../src/model/heat.ts";
import { NOTHING_PAID, pay, rateFor, waitMs } from "../../src/model/spread.ts";
import {
  type Candidate,
  expectedIntervals,
  lookIntervalMs,
  mayBorrow,
  nextTurn,
  QUIET_LOOKS,
  ROUNDS_MAX,
} from "../../src/model/turns.ts";

const SECOND = 1_000;
const READS_PER_MINUTE = 60;

function candidate(id: string, more: Partial<Candidate> = {}): Candidate {
  return {
    id,
    intervalMs: SECOND,
    changesPerSecond: 1 / 3_600,
    watched: false,
    hinted: false,
    covered: false,
    reads: 1,
    lastPollMs: 0,
    ...more,
  };
}

/** One read a second for an hour: when each was polled. */
function anHour(all: readonly Candidate[]): Map<string, number[]> {
  const polls = new Map(all.map(({ id }) => [id, [] as number[]]));
  let now = all;
  for (let nowMs = SECOND; nowMs <= 3_600 * SECOND; nowMs += SECOND) {
    const chosen = nextTurn(now, ({ lastPollMs, intervalMs }) => nowMs - lastPollMs >= intervalMs, nowMs);
    if (!chosen) continue;
    polls.get(chosen.id)!.push(nowMs);
    now = now.map((one) => (one === chosen ? { ...one, lastPollMs: nowMs } : one));
  }
  return polls;
}

const longest = (times: readonly number[]): number =>
  times.reduce((most, at, index) => Math.max(most, at - (times[index - 1] ?? 0)), 0);

describe("turns", () => {
  test("SCH-1 where the quota carries every wish, each is polled at its interval", () => {
    const all = [
      candidate("a", { intervalMs: 5_000 }),
      candidate("b", { intervalMs: 2_000, changesPerSecond: 1 }),
    ];
    expect(expectedIntervals(all, READS_PER_MINUTE)).toEqual([5_000, 2_000]);
  });

  test("SCH-2 where it does not, polls are shared by the square root of the change rate, less the reads they take", () => {
    const all = [
      candidate("hot", { changesPerSecond: 1 }),
      candidate("cold", { changesPerSecond: 1 / 16 }),
      candidate("large", { changesPerSecond: 1 / 4, reads: 4 }),
    ];
    const [hot, cold, large] = expectedIntervals(all, 20);
    expect(cold! / hot!).toBeCloseTo(4, 3);
    expect(large! / hot!).toBeCloseTo(4, 3);
    expect(60_000 / hot! + 60_000 / cold! + (4 * 60_000) / large!).toBeCloseTo(20, 3);
    const polls = anHour(
      Array.from({ length: 40 }, (_, i) => candidate(`${i}`, { changesPerSecond: i < 4 ? 1 / 20 : 1 / 320 })),
    );
    const [hots, colds] = [polls.get("0")!.length, polls.get("39")!.length];
    expect(hots / colds).toBeWithin(3.5, 4.5);
  });

  test("SCH-2 the most urgent of those that are due goes first, and none when none is", () => {
    const all = [candidate("a", { lastPollMs: 50 }), candidate("b", { lastPollMs: 10 }), candidate("c")];
    expect(nextTurn(all, ({ id }) => id !== "c", 100)?.id).toBe("b");
    expect(nextTurn(all, () => false, 100)).toBeNull();
  });

  test("SCH-3 nobody waits longer than seven rounds of equal turns, whatever the others are", () => {
    const kind = fc.record({
      changesPerSecond: fc.double({ min: 1e-7, max: 2, noNaN: true }),
      watched: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 60 }), (kinds) => {
        const all = kinds.map((one, index) => candidate(`${index}`, one));
        const round = all.length * SECOND;
        for (const times of anHour(all).values()) {
          expect(longest(times)).toBeLessThanOrEqual(ROUNDS_MAX * round);
        }
      }),
      { numRuns: 15 },
    );
    expect(ROUNDS_MAX).toBeCloseTo(7, 9);
  });

  test("SCH-4 what somebody looks at is polled four times as often as the same that nobody does", () => {
    const all = [
      candidate("seen", { watched: true }),
      candidate("unseen"),
      ...Array.from({ length: 6 }, (_, i) => candidate(`${i}`)),
    ];
    const [seen, unseen] = expectedIntervals(all, 10);
    expect(unseen! / seen!).toBeCloseTo(4, 3);
  });

  test("SCH-5 a hinted source goes before all others, and of several the one read longest ago", () => {
    const all = [
      candidate("hot", { changesPerSecond: 1, lastPollMs: 40 * SECOND }),
      candidate("just read", { hinted: true, lastPollMs: 58 * SECOND }),
      candidate("long ago", { hinted: true, lastPollMs: 20 * SECOND }),
    ];
    const first = nextTurn(all, () => true, 60 * SECOND)!;
    expect(first.id).toBe("long ago");
  });

  test("SCH-5 a hinted source may use reads of the time to come: more of them the longer it was not read", () => {
    expect([0, 5_000, 60_000].map(mayBorrow)).toEqual([2, 2, 3]);
    const rate = rateFor(60, 0, 1_000);
    const busy = pay(pay(NOTHING_PAID, 3, rate, 1_000), 1, rate, 1_000);
    expect(waitMs(busy, 1_000)).toBeGreaterThan(2_000);
    expect(waitMs(busy, 1_000, rate, 3)).toBeCloseTo(0, 6);
  });

  test("SCH-6 heat rises with changes, falls while polls find nothing, and tells the rate of what changes seldom", () => {
    let heat = NO_HEAT;
    for (let poll = 0; poll < 20; poll++) heat = heatAfter(heat, 15 * SECOND, true);
    const hot = changesPerSecond(heat);
    expect(hot).toBeGreaterThan(1 / 5);
    for (let poll = 0; poll < 40; poll++) heat = heatAfter(heat, 15 * SECOND, false);
    expect(changesPerSecond(heat)).toBeLessThan(hot / 50);
    for (let poll = 0; poll < 400; poll++) heat = heatAfter(heat, 60 * SECOND, poll % 10 === 0);
    expect(changesPerSecond(heat)).toBeWithin(1 / 1_200, 1 / 200);
  });

  test("SCH-6 after a start the last change says how hot a source is", () => {
    const [now, yesterday, never] = [0, 86_400_000, null].map((ago) =>
      changesPerSecond(heatFromLastChange(ago)),
    );
    expect(now).toBeGreaterThan(yesterday!);
    expect(yesterday).toBeGreaterThan(never!);
  });

  test("SCH-7 looks at titles and formats take five reads in a hundred, or what the polls leave over", () => {
    const busy = Array.from({ length: 200 }, (_, i) =>
      candidate(`${i}`, { changesPerSecond: i < 10 ? 1 : 0 }),
    );
    const interval = lookIntervalMs(busy, READS_PER_MINUTE);
    const looks = 10 / interval + 190 / (interval * QUIET_LOOKS);
    expect((looks * 2 * 60_000) / READS_PER_MINUTE).toBeCloseTo(0.05, 5);
    const alone = candidate("a", { intervalMs: 5_000, changesPerSecond: 1 });
    expect(lookIntervalMs([alone], READS_PER_MINUTE)).toBeLessThan(5_000);
  });

  test("SCH-8 requests are spread over the minute and never exceed the limit in any", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 400 }),
        fc.integer({ min: 0, max: 80 }),
        (gaps, wished) => {
          const rate = rateFor(60, 0, wished);
          const sent: number[] = [];
          let [paid, nowMs] = [NOTHING_PAID, 0];
          for (const gap of gaps) {
            nowMs += gap + waitMs(paid, nowMs + gap);
            paid = pay(paid, 1, rate, nowMs);
            sent.push(nowMs);
          }
          for (const [index, at] of sent.entries()) {
            expect((sent[index + 60] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThan(60_000);
          }
        },
      ),
    );
  });

  test("SCH-8 under full load no two requests in a row are further apart than the limit needs", () => {
    const rate = rateFor(60, 0, 1_000);
    let [paid, nowMs] = [NOTHING_PAID, 0];
    const gaps = Array.from({ length: 200 }, () => {
      const wait = waitMs(paid, nowMs);
      nowMs += wait;
      paid = pay(paid, 1, rate, nowMs);
      return wait;
    });
    expect(Math.max(...gaps)).toBeLessThan(1_100);
  });

  test("SCH-8 where little is wished for, half of the limit may go at once; a reserve is never touched", () => {
    expect(rateFor(60, 0, 12)).toEqual({ perMinute: 28, burst: 28 });
    const { perMinute, burst } = rateFor(60, 10, 1_000);
    expect(perMinute + burst).toBeLessThanOrEqual(50);
  });

  test("SCH-8 what was paid in vain is given back", () => {
    const rate = rateFor(60, 0, 1_000);
    const paid = pay(0, 3, rate, 5_000);
    expect(pay(paid, -3, rate, 5_000)).toBeLessThanOrEqual(5_000);
  });
});
