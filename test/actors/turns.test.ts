import { describe, expect, test } from "bun:test";
import { err, ok } from "#contract/result.ts";
import { createTurns } from "../../src/actors/pace/turns.ts";
import type { Budget } from "../../src/sources/source.ts";
import { createFakeSource, type FakeSource } from "../support/fake-source.ts";
import { createTestRuntime } from "../support/test-runtime.ts";
import { createStage, type Stage, settings } from "./stage.ts";

const MINUTE = 60_000;

/** Sources that share an account; each poll is one read. */
function shared(
  stage: Stage,
  ids: readonly string[],
  { account = "robot", project = "p", perMinute = 60, perProject = 300, pollingInterval = 1_000 } = {},
): FakeSource[] {
  return ids.map((id) => {
    const source = stage.source(id);
    const budget: Budget = {
      account,
      project,
      limits: () => ({ account: perMinute, project: perProject }),
      used: () => 0,
      sent: () => source.polls.length,
      wanted: () => 0,
      waitMs: () => 0,
    };
    Object.assign(source, { budget });
    stage.supervisor.start(settings(id, { pollingInterval }));
    return source;
  });
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `source-${i}`);
const pollsOf = (sources: readonly FakeSource[]): number[] => sources.map(({ polls }) => polls.length);

describe("turns of sources that share an account", () => {
  test("SCH-1 few sources keep their own pace", async () => {
    const stage = createStage();
    const [one, two] = shared(stage, ["one", "two"], { pollingInterval: 5_000 });
    await stage.clock.advance(10 * MINUTE);
    for (const source of [one!, two!]) expect(source.polls.length).toBeWithin(117, 125);
    await stage.supervisor.close();
  });

  test("SCH-8 many sources share the limit, spread over the minute, and none is ever refused", async () => {
    const stage = createStage();
    const sources = shared(stage, names(50));
    await stage.clock.advance(MINUTE);
    for (let minute = 0; minute < 10; minute++) {
      const before = pollsOf(sources).reduce((sum, n) => sum + n, 0);
      await stage.clock.advance(MINUTE);
      const sent = pollsOf(sources).reduce((sum, n) => sum + n, 0) - before;
      expect(sent).toBeWithin(50, 61);
    }
    expect(Math.min(...pollsOf(sources))).toBeGreaterThan(5);
    await stage.supervisor.close();
    expect(stage.clock.pending()).toBe(0);
  });

  test("SCH-8 accounts of one project share the project's limit, those of others have their own", async () => {
    const stage = createStage();
    const options = { perMinute: 60, perProject: 70 };
    const a = shared(stage, ["a"], { ...options, account: "a" });
    const b = shared(stage, ["b"], { ...options, account: "b" });
    const c = shared(stage, ["c"], { ...options, account: "c", project: "other" });
    await stage.clock.advance(10 * MINUTE);
    expect(pollsOf([...a, ...b]).reduce((sum, n) => sum + n, 0)).toBeWithin(600, 701);
    expect(pollsOf(c)[0]).toBeWithin(500, 601);
    await stage.supervisor.close();
  });

  test("SCH-5 a hint of a source among many leads to a poll within two turns", async () => {
    const stage = createStage();
    const sources = shared(stage, names(60));
    await stage.clock.advance(5 * MINUTE);
    for (const index of [7, 23, 55]) {
      const before = sources[index]!.polls.length;
      stage.supervisor.wake(`source-${index}`);
      await stage.clock.advance(2_200);
      expect(sources[index]!.polls.length).toBe(before + 1);
      await stage.clock.advance(20_000);
    }
    await stage.supervisor.close();
  });

  test("SCH-9 nextPollAt tells when the turn is expected, not when it is wished", async () => {
    const stage = createStage();
    shared(stage, names(120));
    await stage.clock.advance(30 * MINUTE);
    const waits = names(120).map((id) => stage.supervisor.status(id)!.nextPollAt! - stage.clock.nowMs());
    expect(Math.max(...waits)).toBeGreaterThan(MINUTE);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
    expect(mean).toBeWithin(MINUTE / 2, 2 * MINUTE);
    await stage.supervisor.close();
  });

  test("SCH-10 a 429 of the account stretches no single source's pace", async () => {
    const stage = createStage();
    const [source] = shared(stage, ["one"], { pollingInterval: 5_000 });
    source!.instead = () => err({ tag: "RateLimited", retryAfterMs: 3_000 });
    await stage.clock.advance(5 * MINUTE);
    source!.instead = null;
    await stage.clock.advance(10_000);
    const before = source!.polls.length;
    await stage.clock.advance(MINUTE);
    expect(source!.polls.length - before).toBeWithin(11, 14);
    expect(stage.supervisor.status("one")).toMatchObject({ state: "live" });
    await stage.supervisor.close();
  });

  test("WRB-28 reads of write-back are made up for by the polls, which leave some reads to it", async () => {
    const polls = async (writable: boolean): Promise<number> => {
      const stage = createStage();
      if (writable) Object.assign(stage.source("source-0"), { write: async () => ok({ outcomes: [] }) });
      const sources = shared(stage, names(50));
      await stage.clock.advance(5 * MINUTE);
      const before = pollsOf(sources).reduce((sum, n) => sum + n, 0);
      await stage.clock.advance(10 * MINUTE);
      const sent = pollsOf(sources).reduce((sum, n) => sum + n, 0) - before;
      await stage.supervisor.close();
      return sent / 10;
    };
    expect((await polls(false)) - (await polls(true))).toBeWithin(4, 8);
  });

  test("WRB-28 what a source reads beside its polls delays the next turn of its account", () => {
    const { clock, random } = createTestRuntime();
    const turns = createTurns({ clock, random });
    let sent = 0;
    const budget: Budget = {
      account: "robot",
      project: "p",
      limits: () => ({ account: 60, project: 300 }),
      used: () => 0,
      sent: () => sent,
      wanted: () => 0,
      waitMs: () => 0,
    };
    const seat = turns.join("one", { intervalMs: () => 1_000, onHint: () => {} });
    seat.opened({ ...createFakeSource(), budget });
    sent += 60;
    seat.spent(60);
    let ran = false;
    seat.wakeAt(clock.monotonicMs(), false, () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(clock.nextWakeMs()! - clock.monotonicMs()).toBeGreaterThan(20_000);
    seat.leave();
  });

  test("SCH-13 while an account fails one source probes it, the others are told without a call", async () => {
    const stage = createStage();
    const sources = shared(stage, names(20), { pollingInterval: 5_000 });
    await stage.clock.advance(5 * MINUTE);
    const calm = pollsOf(sources).reduce((sum, n) => sum + n, 0);
    for (const source of sources) {
      source.instead = () =>
        err({ tag: "Unauthorized", detail: "no token", fix: "connect it again", shared: true });
    }
    await stage.clock.advance(10 * MINUTE);
    const asked = pollsOf(sources).reduce((sum, n) => sum + n, 0) - calm;
    expect(asked).toBeLessThan(12);
    for (const id of names(20)) {
      expect(stage.supervisor.status(id)).toMatchObject({
        state: "failed",
        problem: { fix: "connect it again" },
      });
    }
    for (const source of sources) source.instead = null;
    await stage.clock.advance(4 * MINUTE);
    for (const id of names(20)) expect(stage.supervisor.status(id)).toMatchObject({ state: "live" });
    await stage.supervisor.close();
  });

  test("SCH-13 a workbook that fails alone is alone", async () => {
    const stage = createStage();
    const sources = shared(stage, names(4), { pollingInterval: 5_000 });
    await stage.clock.advance(MINUTE);
    sources[0]!.instead = () => err({ tag: "NotFound", detail: "gone", fix: "look" });
    sources[1]!.instead = () => err({ tag: "Unreachable", detail: "no answer" });
    const before = pollsOf(sources);
    await stage.clock.advance(5 * MINUTE);
    const after = pollsOf(sources);
    for (const index of [2, 3]) expect(after[index]! - before[index]!).toBeWithin(55, 65);
    await stage.supervisor.close();
  });

  test("SCH-24 a source that needs many reads at once gets them in a saturated account", async () => {
    const stage = createStage();
    const sources = shared(stage, names(40));
    const sentAt: number[] = [];
    const used = (): number => sentAt.filter((at) => at > stage.clock.monotonicMs() - MINUTE).length;
    let [wanted, got] = [20, 0];
    for (const [index, source] of sources.entries()) {
      const waitMs = (reads: number): number => {
        const excess = used() + reads - 60;
        return excess > 0 ? sentAt.at(-used())! + MINUTE - stage.clock.monotonicMs() + excess : 0;
      };
      const large = index === 0;
      Object.assign(source.budget!, { waitMs, used, ...(large ? { wanted: () => wanted } : {}) });
      source.instead = () => {
        const now = stage.clock.monotonicMs();
        const reads = large ? wanted : 1;
        if (waitMs(reads) > 0) return err({ tag: "RateLimited", retryAfterMs: waitMs(reads) });
        for (let read = 0; read < reads; read++) sentAt.push(now);
        if (large) got++;
        return ok({ tag: "Unchanged", revision: "r1" });
      };
    }
    await stage.clock.advance(30 * MINUTE);
    expect(got).toBeGreaterThan(3);
    for (const source of sources) expect(source.polls.length).toBeGreaterThan(5);
    wanted = 0;
    await stage.supervisor.close();
  });

  test("SCH-14 a turn given to a source that is paused or stopped is not lost for the others", async () => {
    const stage = createStage();
    const sources = shared(stage, names(30));
    await stage.clock.advance(2 * MINUTE);
    for (const id of names(15)) stage.supervisor.pause(id);
    await stage.supervisor.stop("source-15", { erase: false });
    const before = pollsOf(sources).reduce((sum, n) => sum + n, 0);
    await stage.clock.advance(5 * MINUTE);
    expect(pollsOf(sources).reduce((sum, n) => sum + n, 0) - before).toBeWithin(250, 301);
    await stage.supervisor.close();
  });

  test("SCH-14 a poll that hangs keeps nobody else from theirs", async () => {
    const stage = createStage();
    const sources = shared(stage, names(10), { pollingInterval: 5_000 });
    await stage.clock.advance(MINUTE);
    sources[0]!.instead = () => new Promise(() => {});
    await stage.clock.advance(10_000);
    const before = sources[1]!.polls.length;
    await stage.clock.advance(2 * MINUTE);
    expect(sources[1]!.polls.length - before).toBeGreaterThan(8);
    sources[0]!.instead = () => ok({ tag: "Pending" });
  });
});
