import { describe, expect, test } from "bun:test";
import { LOG } from "#contract/layout.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import type { Checker, Scene } from "./checkers/checker.ts";
import { converged } from "./checkers/converged.ts";
import { historyComplete } from "./checkers/history-complete.ts";
import { noEcho, traffic } from "./checkers/no-echo.ts";
import { quotaKept } from "./checkers/quota-kept.ts";
import { sourceEqualsDocument } from "./checkers/source-equals-document.ts";
import { dayOptions, runDay } from "./day.ts";
import { optionsFor, type SimOptions } from "./options.ts";
import { createPast } from "./past.ts";
import { report } from "./report.ts";
import { runSimulation } from "./run.ts";
import { begin, look } from "./scene.ts";
import { PINNED_SEEDS } from "./seeds.ts";
import { storm } from "./storm.ts";
import { createWorld } from "./world.ts";

const FRESH_SEEDS = 100;
const TIMEOUT_MS = 300_000;

const FAIR: SimOptions = {
  workbooks: 2,
  clients: 3,
  pollingIntervalMs: 2_500,
  stormMs: 20_000,
  editEveryMs: 1_000,
  network: { delayMaxMs: 20, lost: 0, cut: 0, serverError: 0, tooMany: 0, truncated: 0 },
  links: { delayMaxMs: 5, cutEveryMs: 0, muteEveryMs: 0 },
  disk: { commitMaxMs: 0, fullEveryMs: 0 },
  crashEveryMs: 0,
  wallJumpEveryMs: 0,
  hinted: false,
};

describe("simulation", () => {
  test("SIM-1 a seed is a run: the same one takes the same steps, another one others", async () => {
    const [first, again, other] = [await runSimulation(7), await runSimulation(7), await runSimulation(8)];
    expect(again).toEqual(first);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  test("SIM-1 seeds bring every kind of trouble, and its absence", () => {
    const all = Array.from({ length: 200 }, (_, seed) => optionsFor(createSeededRandom(seed)));
    const switches: readonly ((options: SimOptions) => number)[] = [
      ({ network }) => network.lost,
      ({ network }) => network.cut,
      ({ network }) => network.serverError,
      ({ network }) => network.tooMany,
      ({ network }) => network.truncated,
      ({ links }) => links.cutEveryMs,
      ({ links }) => links.muteEveryMs,
      ({ disk }) => disk.fullEveryMs,
      ({ crashEveryMs }) => crashEveryMs,
      ({ wallJumpEveryMs }) => wallJumpEveryMs,
      ({ hinted }) => Number(hinted),
    ];
    for (const amount of switches) {
      expect(all.some((options) => amount(options) > 0)).toBe(true);
      expect(all.some((options) => amount(options) === 0)).toBe(true);
    }
  });

  test("SIM-2 the checker converged finds a reader whose document is not everybody's", async () => {
    const scene = await fairScene();
    expect(converged(scene)).toEqual([]);
    const [client] = scene.world.clients;
    client!.doc.getArray(LOG).push([[1, 0, "mine"]]);
    expect(converged(scene).length).toBeGreaterThan(0);
  });

  test("SIM-2 the checker converged finds a reader who was left out", async () => {
    const scene = await fairScene();
    scene.world.links.muteOne();
    scene.world.workbooks[0]!.person.setCell("Prices", "B2", "changed");
    scene.world.workbooks[1]!.person.setCell("Prices", "B2", "changed");
    await scene.world.clock.advance(10_000);
    expect(converged(await look(scene.world)).length).toBeGreaterThan(0);
  });

  test("SIM-3 the checker source-equals-document finds a cell, a row and a tab that differ", async () => {
    const scene = await fairScene();
    expect(sourceEqualsDocument(scene)).toEqual([]);
    const { person } = scene.world.workbooks[0]!;
    const cell = person.read("Prices")[1]![1]!;
    person.setCell("Prices", "B2", "changed");
    expect(sourceEqualsDocument(scene)).toHaveLength(1);
    person.setCell("Prices", "B2", cell);
    person.insertRows("Prices", 1);
    expect(sourceEqualsDocument(scene)).toHaveLength(1);
    person.deleteRows("Prices", 1);
    expect(sourceEqualsDocument(scene)).toEqual([]);
    person.addTab("More");
    expect(sourceEqualsDocument(scene)).toHaveLength(1);
  });

  test("SIM-4 the checker no-echo finds what is sent or stored without a change", async () => {
    const { world } = await fairScene();
    const before = traffic(world);
    await world.clock.advance(60_000);
    expect(noEcho(before, traffic(world))).toEqual([]);
    world.workbooks[0]!.person.setCell("Prices", "B2", "changed");
    await world.clock.advance(20_000);
    expect(noEcho(before, traffic(world))).toHaveLength(3);
  });

  test("SIM-5 the checker quota-kept finds one read too many in any minute of one daemon", () => {
    const sent = (life: number, atMs: number) => ({ life, atMs, path: "/v4/spreadsheets/x" });
    const check = (checker: Checker, requests: Scene["world"]["requests"]): number =>
      checker({ world: { requests } as Scene["world"], tabs: [] }).length;
    const sixty = Array.from({ length: 60 }, (_, i) => sent(1, i * 1_000));
    expect(check(quotaKept, [...sixty, sent(1, 60_000)])).toBe(0);
    expect(check(quotaKept, [...sixty, sent(2, 59_500)])).toBe(0);
    expect(check(quotaKept, [...sixty, sent(1, 59_999)])).toBe(1);
  });

  test("SIM-14 the checker history-complete finds a change that is left out, made up, told twice or of another time", async () => {
    const { world, tabs } = await fairScene();
    const past = createPast(world);
    const { person } = world.workbooks[0]!;
    for (const change of [
      () => person.setCell("Prices", "B2", "changed"),
      () => person.moveRows("Prices", 2, 1, 4),
      () => person.deleteRows("Prices", 3, 1),
    ]) {
      change();
      await world.clock.advance(40_000);
    }
    past.stop();
    expect(past.moments.length).toBeGreaterThan(5);
    expect(await historyComplete(world, tabs, past)).toEqual([]);
    const key = [...world.disk.keys.keys()].find((name) => name.startsWith("history/book-0"))!;
    const kept = world.disk.keys.get(key)!;
    type Stored = { groups: { at: number; items: (string | number)[][] }[] };
    for (const tamper of [
      ({ groups }: Stored) => groups.splice(2, 1),
      ({ groups }: Stored) => groups.splice(3, 1),
      ({ groups }: Stored) => groups.splice(4, 1),
      ({ groups }: Stored) => groups.splice(2, 0, groups[2]!),
      ({ groups }: Stored) => groups[2]!.items[0]!.splice(4, 1, "made up"),
    ]) {
      const stored = JSON.parse(kept.json) as Stored;
      // The tab's making, its first rows, and the three changes.
      expect(stored.groups).toHaveLength(5);
      tamper(stored);
      world.disk.keys.set(key, { ...kept, json: JSON.stringify(stored) });
      expect((await historyComplete(world, tabs, past)).length).toBeGreaterThan(0);
    }
    world.disk.keys.set(key, kept);
    const late = past.moments.map((moment) => ({ ...moment, atMs: moment.atMs - 40_000 }));
    expect((await historyComplete(world, tabs, { ...past, moments: late })).length).toBeGreaterThan(0);
    // The disk took the next change only after the moment; that is no long time.
    const { groups } = JSON.parse(kept.json) as Stored;
    const seen = past.moments.findLast(({ source, atMs }) => source === "book-0" && atMs < groups[4]!.at)!;
    const waiting = async (ms: number): Promise<number> => {
      const moments = [{ ...seen, atMs: groups[4]!.at + ms }];
      return (await historyComplete(world, tabs, { ...past, moments })).length;
    };
    expect([await waiting(900), await waiting(6_000)]).toEqual([0, 1]);
  });

  test("SIM-15 the storm leaves the wall clock as it found it", async () => {
    const world = createWorld(1, { ...FAIR, wallJumpEveryMs: 1_000 });
    const { clock } = world;
    const aheadMs = (): number => clock.nowMs() - clock.monotonicMs();
    const before = aheadMs();
    await begin(world);
    await storm(world);
    expect(world.trace.last().join()).toContain("the wall clock jumps by");
    expect(aheadMs()).toBe(before);
    await world.close();
  });

  test("SIM-6 a failing run tells its seed, its options and its last steps", async () => {
    const result = { ...(await runSimulation(1, FAIR)), problems: ["something is wrong"] };
    const text = report(result);
    expect(text).toContain("npm run sim -- --seed 1");
    expect(text).toContain('"pollingIntervalMs": 2500');
    expect(result.lastSteps.length).toBeWithin(10, 51);
    for (const step of result.lastSteps) expect(text).toContain(step);
  });

  for (const [seed, found] of PINNED_SEEDS) {
    test(`SIM-7 seed ${seed}: ${found}`, async () => good(seed), TIMEOUT_MS);
  }

  test(
    `SIM-7 ${FRESH_SEEDS} fresh seeds`,
    async () => {
      const first = Math.floor(Math.random() * 2 ** 31);
      for (let seed = first; seed < first + FRESH_SEEDS; seed++) await good(seed);
    },
    TIMEOUT_MS,
  );
});

describe("a day, in short", () => {
  for (const hinted of [false, true]) {
    test(
      `SIM-8 two hours with forty workbooks on one account, ${hinted ? "told of changes" : "asking"}`,
      async () => {
        const result = await runDay(hinted ? 2 : 1, dayOptions(40, 2, hinted));
        expect(result.problems).toEqual([]);
        expect(result.edits).toBeGreaterThan(500);
        expect(result.faults).toBeGreaterThan(50);
        expect(result.reads / (result.hours * 60 + result.calmMinutes)).toBeWithin(40, 60);
      },
      TIMEOUT_MS,
    );
  }
});

async function good(seed: number): Promise<void> {
  const result = await runSimulation(seed);
  if (result.problems.length > 0) throw new Error(report(result));
}

/** A world in good weather, read and at rest. */
async function fairScene(): Promise<Scene> {
  const world = createWorld(1, FAIR);
  await begin(world);
  await world.clock.advance(60_000);
  await look(world);
  await world.clock.advance(5_000);
  return look(world);
}
