/** What people and the registry ask of actors: pause, hints, settings, the end. */
import { describe, expect, test } from "bun:test";
import { ok } from "#contract/result.ts";
import { rowsOf } from "../support/fake-documents.ts";
import { type PollAnswer, tab } from "../support/fake-source.ts";
import { createStage, type Stage, settings } from "./stage.ts";

const MINUTE = 60_000;

describe("pause", () => {
  test("ACT-13 a paused source is not polled, whatever hints say, until it is resumed", async () => {
    const stage = await running();
    stage.supervisor.pause("shop");
    const polls = stage.source("shop").polls.length;
    stage.supervisor.wake("shop");
    await stage.clock.advance(10 * MINUTE);
    expect(stage.source("shop").polls).toHaveLength(polls);
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "paused", tabs: [{ rows: 1 }] });
    stage.supervisor.resume("shop");
    await stage.clock.settle();
    expect(stage.source("shop").polls).toHaveLength(polls + 1);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-13 a pause outlives a restart, also one asked for before the source was loaded", async () => {
    const before = createStage();
    before.supervisor.start(settings("shop"));
    before.supervisor.pause("shop");
    await before.clock.settle();
    expect(before.source("shop").polls).toEqual([]);
    await before.supervisor.close();

    const stage = createStage(before);
    stage.supervisor.start(settings("shop"));
    await stage.clock.advance(MINUTE);
    expect(stage.supervisor.status("shop")?.state).toBe("paused");
    expect(stage.source("shop").polls).toEqual([]);
    stage.supervisor.resume("shop");
    await stage.clock.settle();
    await stage.supervisor.close();
    expect(stage.record("shop").paused).toBe(false);
  });

  test("ACT-13 a pause aborts the running poll, whose answer is not used", async () => {
    const stage = await running();
    const poll = hanging(stage);
    await stage.clock.advance(1_100);
    stage.supervisor.pause("shop");
    expect(poll.signal?.aborted).toBe(true);
    poll.answer(ok({ tag: "Changed", revision: "late", snapshot: { tabs: [], notices: [] } }));
    await stage.clock.settle();
    expect(stage.supervisor.status("shop")?.state).toBe("paused");
    expect(stage.record("shop").revision).toBe("r1");
    await stage.supervisor.close();
  });

  test("ACT-13 a pause while a snapshot is applied lets all its tabs come to the same revision", async () => {
    const stage = await running();
    const gate = Promise.withResolvers<void>();
    stage.documents.beforeApply = () => gate.promise;
    stage.source("shop").set([tab("Prices", ["name"], [["tea"]]), tab("Matches", ["home"], [["Ajax"]])]);
    await stage.clock.advance(1_100);
    stage.supervisor.pause("shop");
    expect(stage.supervisor.status("shop")?.state).toBe("paused");
    gate.resolve();
    await stage.clock.advance(MINUTE);
    expect(rowsOf(stage.documents.held.get("shop/Matches")!)).toEqual([["Ajax"]]);
    expect(stage.record("shop")).toMatchObject({ paused: true, revision: "r2" });
    expect(stage.source("shop").polls).toHaveLength(2);
    await stage.supervisor.close();
  });

  test("ACT-13 a pause that cannot be saved yet is saved later", async () => {
    const stage = await running();
    stage.store.refusal = "full";
    stage.supervisor.pause("shop");
    await stage.clock.advance(10_000);
    expect(stage.record("shop").paused).toBe(false);
    stage.store.refusal = null;
    await stage.clock.advance(2 * MINUTE);
    expect(stage.record("shop").paused).toBe(true);
    await stage.supervisor.close();
  });
});

describe("hints", () => {
  test("ACT-14 a hint brings the next poll forward; a storm of hints is one poll", async () => {
    const stage = await running({ pollingInterval: 10 * MINUTE });
    await stage.clock.advance(5_000);
    for (let i = 0; i < 1_000; i++) stage.supervisor.wake("shop");
    await stage.clock.advance(400);
    expect(stage.source("shop").polls).toHaveLength(2);
    await stage.clock.advance(5 * MINUTE);
    expect(stage.source("shop").polls).toHaveLength(2);
    await stage.supervisor.close();
  });

  test("ACT-14 a hint during a poll is followed by another poll, since the first may have read too early", async () => {
    const stage = await running({ pollingInterval: MINUTE });
    const poll = hanging(stage);
    stage.supervisor.wake("shop");
    await stage.clock.advance(1_000);
    stage.supervisor.wake("shop");
    stage.source("shop").instead = null;
    poll.answer(ok({ tag: "Unchanged", revision: "r1" }));
    await stage.clock.advance(1_000);
    expect(stage.source("shop").polls).toHaveLength(3);
    await stage.supervisor.close();
  });

  test("ACT-14 the same when the first poll finds changes to apply", async () => {
    const stage = await running({ pollingInterval: MINUTE });
    const poll = hanging(stage);
    stage.supervisor.wake("shop");
    await stage.clock.advance(1_000);
    stage.supervisor.wake("shop");
    stage.source("shop").instead = null;
    poll.answer(
      ok({ tag: "Changed", revision: "r9", snapshot: { tabs: [tab("T", ["a"], [])], notices: [] } }),
    );
    await stage.clock.advance(1_000);
    expect(stage.source("shop").polls).toEqual([null, "r1", "r9"]);
    await stage.supervisor.close();
  });
});

describe("settings", () => {
  test("ACT-15 a new polling interval takes effect at once, without reading anew", async () => {
    const stage = await running({ pollingInterval: 10 * MINUTE });
    stage.supervisor.update(settings("shop", { pollingInterval: 1_000 }));
    await stage.clock.advance(10_000);
    expect(stage.source("shop").polls.length).toBeWithin(9, 13);
    expect(stage.opened).toEqual(["shop"]);
    expect(stage.source("shop").polls.slice(1)).not.toContain(null);
    await stage.supervisor.close();
  });

  test("ACT-15 other credentials open the source again and read it from the start, even during a poll", async () => {
    const stage = await running();
    const poll = hanging(stage);
    await stage.clock.advance(1_100);
    stage.source("shop").instead = null;
    stage.supervisor.update(settings("shop", { credentials: { type: "apiKey", key: "k" } }));
    await stage.clock.settle();
    expect(poll.signal?.aborted).toBe(true);
    poll.answer(ok({ tag: "Unchanged", revision: "r1" }));
    await stage.clock.settle();
    expect(stage.opened).toEqual(["shop", "shop"]);
    expect(stage.source("shop").polls.at(-1)).toBeNull();
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-15 settings that changed while the daemon was down are noticed by the record", async () => {
    const before = await running();
    await before.supervisor.close();
    const stage = createStage(before);
    stage.supervisor.start(settings("shop", { keyColumns: { Prices: "name" } }));
    await stage.clock.settle();
    expect(stage.source("shop").polls.at(-1)).toBeNull();
    expect(JSON.stringify(stage.record("shop"))).not.toContain("sheets.test");
    await stage.supervisor.close();
  });

  test("ACT-7 at another address tabs keep their document by title, the others make way", async () => {
    const stage = createStage();
    stage.source("shop").set([tab("Prices", ["name"], [["tea"]], "0"), tab("Old", ["x"], [["y"]], "1")]);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    stage
      .source("shop")
      .set([tab("Teams", ["team"], [["Ajax"]], "0"), tab("Prices", ["name"], [["milk"]], "5")]);
    stage.supervisor.update(settings("shop", { url: "https://sheets.test/other" }));
    await stage.clock.settle();
    expect([...stage.documents.held.keys()].sort()).toEqual(["shop/Prices", "shop/Teams"]);
    expect(rowsOf(stage.documents.held.get("shop/Prices")!)).toEqual([["milk"]]);
    await stage.supervisor.close();
  });
});

describe("the end", () => {
  test("ACT-17 a stop aborts the running poll and resolves once it has ended", async () => {
    const stage = await running();
    const poll = hanging(stage);
    await stage.clock.advance(1_100);
    let stopped = false;
    const stop = stage.supervisor.stop("shop", { erase: false }).then(() => {
      stopped = true;
    });
    await stage.clock.settle();
    expect(poll.signal?.aborted).toBe(true);
    expect(stopped).toBe(false);
    poll.answer(ok({ tag: "Unchanged", revision: "r1" }));
    await stop;
    expect(stage.supervisor.status("shop")).toBeNull();
    expect(stage.documents.held.size).toBe(1);
    expect(stage.record("shop").revision).toBe("r1");
  });

  test("ACT-17 erasing removes the documents and the record, and may be repeated after a failure", async () => {
    const stage = await running();
    stage.supervisor.start(settings("other"));
    await stage.clock.settle();
    stage.documents.refusal = "the disk is full";
    await expect(stage.supervisor.stop("shop", { erase: true })).rejects.toThrow("the disk is full");
    await stage.clock.settle();
    stage.documents.refusal = null;
    await stage.supervisor.stop("shop", { erase: true });
    expect([...stage.documents.held.keys()]).toEqual(["other/Prices"]);
    expect([...stage.store.keys.keys()]).toEqual(["actor/other"]);
    await stage.supervisor.close();
  });

  test("ACT-17 an erased source may be started anew", async () => {
    const stage = await running();
    await stage.supervisor.stop("shop", { erase: true });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.source("shop").polls).toEqual([null, null]);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-18 after close nothing waits, nothing runs and nothing is polled, from any state", async () => {
    const stage = createStage();
    for (const id of ["live", "paused", "failing", "failed", "crashed", "polling", "loading"]) {
      if (id !== "loading") stage.supervisor.start(settings(id));
    }
    await stage.clock.settle();
    stage.supervisor.pause("paused");
    stage.source("failing").instead = () => ({ ok: false, error: { tag: "Unreachable", detail: "" } });
    stage.source("failed").instead = () => ({ ok: false, error: { tag: "NotFound", detail: "", fix: "" } });
    stage.source("crashed").instead = () => {
      throw new Error("boom");
    };
    stage.source("polling").instead = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    await stage.clock.advance(1_100);
    stage.supervisor.start(settings("loading"));
    await stage.supervisor.close();
    expect(stage.clock.pending()).toBe(0);
    const polls = () => [...stage.sources.values()].map(({ polls }) => polls.length);
    const before = polls();
    await stage.clock.advance(10 * MINUTE);
    expect(polls()).toEqual(before);
  });
});

describe("order", () => {
  test("ACT-20 an actor has one effect under way at a time", async () => {
    const stage = createStage();
    let [running, most] = [0, 0];
    const slow = async <T>(answer: () => T): Promise<T> => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      running--;
      return answer();
    };
    let version = 0;
    stage.source("shop").instead = () =>
      slow(() => {
        version++;
        const tabs = [tab("Prices", ["n"], [[version]])];
        return ok({ tag: "Changed", revision: String(version), snapshot: { tabs, notices: [] } });
      });
    stage.documents.beforeApply = () => slow(() => {});
    stage.supervisor.start(settings("shop"));
    for (let i = 0; i < 200; i++) {
      stage.supervisor.wake("shop");
      if (i % 7 === 0) stage.supervisor.update(settings("shop", { apiKey: String(i) }));
      if (i % 11 === 0) stage.supervisor.pause("shop");
      if (i % 11 === 1) stage.supervisor.resume("shop");
      await stage.clock.advance(90);
    }
    await stage.supervisor.close();
    expect(most).toBe(1);
    expect(version).toBeGreaterThan(20);
  });

  test("ACT-21 an observer hears of every poll, every durable change and every crash", async () => {
    const stage = await running();
    await stage.clock.advance(1_100);
    stage.source("shop").instead = () => {
      throw new Error("boom");
    };
    await stage.clock.advance(1_100);
    expect(stage.reports.slice(0, 4)).toEqual([
      { source: "shop", report: { tag: "polled", outcome: "changed", durationMs: 0 } },
      { source: "shop", report: { tag: "applied", changed: ["shop/Prices"], polledAtMs: 0, durableAtMs: 0 } },
      { source: "shop", report: { tag: "polled", outcome: "unchanged", durationMs: 0 } },
      { source: "shop", report: { tag: "crashed" } },
    ]);
    await stage.supervisor.close();
  });
});

async function running(more: Parameters<typeof settings>[1] = {}): Promise<Stage> {
  const stage = createStage();
  stage.supervisor.start(settings("shop", more));
  await stage.clock.settle();
  return stage;
}

/** Makes the next poll hang, whatever its signal says, until it is answered. */
function hanging(stage: Stage): { signal: AbortSignal | null; answer(answer: PollAnswer): void } {
  const { promise, resolve } = Promise.withResolvers<PollAnswer>();
  const poll = { signal: null as AbortSignal | null, answer: resolve };
  stage.source("shop").instead = (signal) => {
    poll.signal = signal;
    return promise;
  };
  return poll;
}
