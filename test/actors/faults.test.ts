/** One source's trouble: what is said of it, how it heals, and that the others never notice. */
import { describe, expect, test } from "bun:test";
import { err, ok } from "#contract/result.ts";
import type { SourceError } from "../../src/sources/source.ts";
import { rowsOf } from "../support/fake-documents.ts";
import { type PollAnswer, tab } from "../support/fake-source.ts";
import { createStage, type Stage, settings } from "./stage.ts";

const MINUTE = 60_000;
const UNREACHABLE: SourceError = { tag: "Unreachable", detail: "HTTP 500" };

/** Each makes a source misbehave in its own way. */
const TROUBLES: Readonly<Record<string, () => PollAnswer>> = {
  "answers 500": () => err(UNREACHABLE),
  "answers 429": () => err({ tag: "RateLimited", retryAfterMs: 2_000 }),
  "answers garbage": () => err({ tag: "Malformed", path: "$.rows", detail: "not a list" }),
  "is deleted": () => err({ tag: "NotFound", detail: "no such workbook", fix: "Correct the address." }),
  "throws a bug": () => {
    throw new TypeError("undefined is not a function");
  },
  "brings a snapshot that breaks the diff": () =>
    ok({
      tag: "Changed",
      revision: "x",
      snapshot: { tabs: [{ ...tab("T", [], []), rows: null! }], notices: [] },
    }),
};

describe("a source in trouble", () => {
  for (const [trouble, answer] of Object.entries(TROUBLES)) {
    test(`ACT-9 the others keep their pace while one ${trouble} for a minute, and it heals`, async () => {
      const stage = createStage();
      for (const id of ["good", "bad", "slow"]) stage.supervisor.start(settings(id));
      await stage.clock.advance(5_000);
      stage.source("bad").instead = answer;
      const before = counts(stage);
      await stage.clock.advance(MINUTE);
      const during = counts(stage);
      for (const id of ["good", "slow"]) {
        expect(during[id]! - before[id]!).toBeWithin(58, 63);
        expect(stage.supervisor.status(id)?.state).toBe("live");
      }
      expect(during.bad! - before.bad!).toBeLessThan(25);
      stage.source("bad").instead = null;
      stage.source("bad").set([tab("Prices", ["name", "price"], [["tea", 9]])]);
      await stage.clock.advance(6 * MINUTE);
      expect(stage.supervisor.status("bad")).toMatchObject({ state: "live" });
      expect(stage.supervisor.status("bad")?.problem).toBeUndefined();
      expect(rowsOf(stage.documents.held.get("bad/Prices")!)).toEqual([["tea", 9]]);
      await stage.supervisor.close();
      expect(stage.clock.pending()).toBe(0);
    });
  }

  test("ACT-9 a failing source says so with its problem, keeps its data and is retried ever more slowly", async () => {
    const stage = await running();
    stage.source("shop").instead = () => err(UNREACHABLE);
    await stage.clock.advance(2_000);
    const { polls } = stage.source("shop");
    const first = polls.length;
    expect(stage.supervisor.status("shop")).toMatchObject({
      state: "failing",
      problem: { code: "unreachable", message: expect.stringContaining("HTTP 500"), fix: expect.any(String) },
      tabs: [{ rows: 1 }],
    });
    expect(stage.supervisor.status("shop")!.nextPollAt!).toBeGreaterThan(stage.clock.nowMs() - 1);
    await stage.clock.advance(20 * MINUTE);
    const early = polls.length - first;
    await stage.clock.advance(20 * MINUTE);
    expect(early).toBeLessThan(60);
    expect(polls.length - first - early).toBeLessThan(40);
    expect(polls.length - first - early).toBeGreaterThan(10);
    await stage.supervisor.close();
  });

  test("ACT-10 a rate limit is a slower pace, never an error: waiting, then live at the old pace", async () => {
    const stage = await running();
    stage.source("shop").instead = () => err({ tag: "RateLimited" });
    const seen = new Set<string>();
    for (let second = 0; second < 60; second++) {
      await stage.clock.advance(1_000);
      seen.add(stage.supervisor.status("shop")!.state);
    }
    expect([...seen].filter((state) => state !== "live")).toEqual(["waiting"]);
    expect(stage.supervisor.status("shop")?.problem?.code).toBe("rate-limited");
    stage.source("shop").instead = null;
    await stage.clock.advance(3 * MINUTE);
    const polls = stage.source("shop").polls.length;
    await stage.clock.advance(MINUTE);
    expect(stage.source("shop").polls.length - polls).toBeWithin(58, 63);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-11 a source that needs a person says what to do, is tried every 5 min and heals by itself", async () => {
    const stage = await running();
    stage.source("shop").instead = () =>
      err({ tag: "Unauthorized", detail: "not shared", fix: "Share it with bot@example.test." });
    await stage.clock.advance(2_000);
    expect(stage.supervisor.status("shop")).toMatchObject({
      state: "failed",
      problem: { code: "unauthorized", fix: "Share it with bot@example.test." },
      tabs: [{ rows: 1 }],
    });
    const polls = stage.source("shop").polls.length;
    await stage.clock.advance(60 * MINUTE);
    expect(stage.source("shop").polls.length - polls).toBeWithin(11, 14);
    stage.source("shop").instead = null;
    await stage.clock.advance(6 * MINUTE);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-12 what cannot be stored makes the source failing; it is tried again and nothing is lost", async () => {
    const stage = await running();
    stage.documents.refusal = "no space left on device";
    stage.source("shop").set([tab("Prices", ["name", "price"], [["tea", 5]])]);
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")).toMatchObject({
      state: "failing",
      problem: { code: "storage", message: expect.stringContaining("no space left") },
    });
    expect(stage.record("shop").revision).toBe("r1");
    await stage.clock.advance(MINUTE);
    stage.documents.refusal = null;
    await stage.clock.advance(2 * MINUTE);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    expect(rowsOf(stage.documents.held.get("shop/Prices")!)).toEqual([["tea", 5]]);
    await stage.supervisor.close();
  });

  test("ACT-12 a revision that cannot be saved is saved before the next poll", async () => {
    const stage = await running();
    stage.source("shop").set([tab("Prices", ["name", "price"], [["tea", 5]])]);
    stage.store.refusal = "the disk is read-only";
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "failing", problem: { code: "storage" } });
    const polls = stage.source("shop").polls.length;
    await stage.clock.advance(MINUTE);
    expect(stage.source("shop").polls).toHaveLength(polls);
    stage.store.refusal = null;
    await stage.clock.advance(2 * MINUTE);
    expect(stage.record("shop").revision).toBe("r2");
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-16 a bug restarts its actor alone, ever later, and is logged with its error", async () => {
    const stage = createStage();
    const bug = new TypeError("boom");
    stage.source("bad").instead = () => {
      throw bug;
    };
    stage.supervisor.start(settings("bad"));
    stage.supervisor.start(settings("good"));
    await stage.clock.advance(1_000);
    expect(stage.supervisor.status("bad")).toMatchObject({ state: "failing", problem: { code: "bug" } });
    await stage.clock.advance(10 * MINUTE);
    const crashes = stage.logs.filter(({ message }) => message === "actor crashed");
    expect(crashes.length).toBeWithin(8, 30);
    expect(crashes[0]).toMatchObject({ level: "error", fields: { source: "bad", error: bug, crashes: 1 } });
    expect(new Set(crashes.map(({ fields }) => fields.source))).toEqual(new Set(["bad"]));
    expect(stage.opened.filter((id) => id === "good")).toHaveLength(1);
    expect(stage.opened.filter((id) => id === "bad")).toHaveLength(crashes.length);
    await stage.supervisor.close();
    expect(stage.clock.pending()).toBe(0);
  });

  test("ACT-16 a source that cannot even be opened ends nobody else", async () => {
    const stage = createStage();
    Object.defineProperty(stage.sources, "get", {
      value(id: string) {
        if (id === "bad") throw new Error("no driver");
        return Map.prototype.get.call(stage.sources, id);
      },
    });
    stage.supervisor.start(settings("bad"));
    stage.supervisor.start(settings("good"));
    await stage.clock.advance(5_000);
    expect(stage.supervisor.status("good")?.state).toBe("live");
    expect(stage.supervisor.status("bad")).toMatchObject({ state: "failing", problem: { code: "bug" } });
    await stage.supervisor.close();
  });

  test("ACT-16 good rounds end the row of crashes", async () => {
    const stage = await running();
    const crash = async (): Promise<void> => {
      stage.source("shop").instead = () => {
        throw new Error("boom");
      };
      await stage.clock.advance(1_100);
      stage.source("shop").instead = null;
      await stage.clock.advance(10_000);
    };
    await crash();
    await crash();
    const crashes = stage.logs.filter(({ message }) => message === "actor crashed");
    const rows = crashes.map(({ fields }) => fields.crashes);
    expect(rows.filter((count) => count === 1)).toHaveLength(2);
    await stage.supervisor.close();
  });

  test("ACT-16 what is asked of a crashed actor starts it over at once and is done", async () => {
    const stage = createStage();
    stage.source("bad").instead = () => {
      throw new Error("boom");
    };
    stage.supervisor.start(settings("bad"));
    await stage.clock.advance(MINUTE);
    const opened = stage.opened.length;
    stage.supervisor.pause("bad");
    await stage.clock.advance(10 * MINUTE);
    expect(stage.supervisor.status("bad")?.state).toBe("paused");
    expect(stage.opened).toHaveLength(opened + 1);
    await stage.supervisor.close();
  });

  test("ACT-16 an actor that crashes while it is stopped is not started over", async () => {
    let commit = async (): Promise<void> => {};
    const stage = createStage({ beforeCommit: () => commit() });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const gate = Promise.withResolvers<void>();
    commit = () => gate.promise;
    stage.source("shop").set([tab("Prices", ["name"], [])]);
    await stage.clock.advance(1_100);
    const stop = stage.supervisor.stop("shop", { erase: false });
    gate.reject(new Error("the backend broke"));
    await stop;
    await stage.clock.advance(MINUTE);
    expect(stage.opened).toHaveLength(1);
    expect(stage.clock.pending()).toBe(0);
  });

  test("ACT-16 a crashed actor leaves no timer behind", async () => {
    let commit = async (): Promise<void> => {};
    const stage = createStage({ beforeCommit: () => commit() });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    commit = () => Promise.reject(new Error("the backend broke"));
    stage.source("shop").set([tab("Prices", ["name"], [])]);
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")?.problem?.code).toBe("bug");
    expect(stage.clock.pending()).toBe(1);
    await stage.supervisor.close();
    expect(stage.clock.pending()).toBe(0);
  });

  test("ACT-16 a hint does not shorten the wait after a crash", async () => {
    const stage = createStage();
    stage.source("bad").instead = () => {
      throw new Error("boom");
    };
    stage.supervisor.start(settings("bad"));
    await stage.clock.advance(MINUTE);
    const crashes = stage.logs.filter(({ message }) => message === "actor crashed").length;
    const next = stage.clock.nextWakeMs();
    for (let i = 0; i < 100; i++) stage.supervisor.wake("bad");
    await stage.clock.settle();
    expect(stage.logs.filter(({ message }) => message === "actor crashed")).toHaveLength(crashes);
    expect(stage.clock.nextWakeMs()).toBe(next);
    await stage.supervisor.close();
  });

  test("ACT-23 a source whose record cannot be read yet is failing and tried again", async () => {
    const before = await running();
    await before.supervisor.close();
    const stage = createStage(before);
    const { has } = stage.documents;
    stage.documents.has = async () => err({ tag: "StorageError", detail: "unreachable" });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "failing", problem: { code: "storage" } });
    stage.documents.has = has;
    await stage.clock.advance(2_000);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });
});

async function running(): Promise<Stage> {
  const stage = createStage();
  stage.supervisor.start(settings("shop"));
  await stage.clock.settle();
  return stage;
}

function counts(stage: Stage): Record<string, number> {
  return Object.fromEntries([...stage.sources].map(([id, { polls }]) => [id, polls.length]));
}
