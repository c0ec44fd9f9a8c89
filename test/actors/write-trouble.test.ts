/** What holds edits, what ends them, and that a crash at any moment does neither. */
import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "../../src/backend/memory.ts";
import type { SourceError } from "../../src/sources/source.ts";
import { createFakeSheet } from "../support/fake-sheet.ts";
import { arrival, createWriteStage, SHOP, type WriteStage } from "./write-stage.ts";

const PRICE = "1:1";
const NOTE = "1:2";
const SECOND = 1_000;
const MINUTE = 60_000;

const waitsOf = (stage: WriteStage, id: string): (string | undefined)[] =>
  stage.news.flatMap((each) => (each.id === id && each.tag === "progress" ? [each.progress.waits] : []));

describe("what holds edits", () => {
  const PAUSES: readonly (readonly [SourceError, string])[] = [
    [{ tag: "RateLimited", retryAfterMs: 9_000 }, "rate-limited"],
    [{ tag: "Unreachable", detail: "HTTP 500" }, "unreachable"],
    [{ tag: "Unauthorized", detail: "read only", fix: "Share it for editing." }, "unauthorized"],
  ];
  for (const [error, code] of PAUSES) {
    test(`WRB-20 ${error.tag}: edits wait however long it takes, their authors are told why, and none is parked`, async () => {
      const stage = await createWriteStage();
      stage.sheet.before = () => error;
      const { id } = await stage.wish(PRICE, { value: 4, base: 3 });
      await stage.clock.advance(2 * SECOND);
      const status = stage.supervisor.status(SHOP);
      expect(status).toMatchObject({ state: "live", writes: { pending: 1, problem: { code } } });
      expect(waitsOf(stage, id).at(-1)).toBe(status!.writes!.problem!.message);
      const { polls } = stage.sheet;
      await stage.clock.advance(60 * MINUTE);
      expect(stage.sheet.polls - polls).toBeGreaterThan(600);
      expect(stage.sheet.batches.length).toBeLessThan(420);
      expect(await stage.receipt(id)).toMatchObject({ state: "writing" });
      stage.sheet.before = null;
      await stage.clock.advance(2 * MINUTE);
      expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
      expect(stage.supervisor.status(SHOP)?.writeProblem).toBeUndefined();
      expect(stage.outcomes).toEqual({ confirmed: 1 });
      await stage.close();
    });
  }

  test("WRB-20 a full disk refuses new edits and holds the old ones, and nothing is lost or half taken", async () => {
    const stage = await createWriteStage();
    const { id } = await stage.wish(PRICE, { value: 4 });
    stage.store.refusal = "no space left on device";
    const refused = await stage.desk.take([arrival(NOTE, { value: "iced" })]);
    expect(refused).toMatchObject({ ok: false, error: { tag: "StorageError" } });
    await stage.clock.advance(10 * SECOND);
    expect(stage.sheet.batches).toEqual([]);
    expect(stage.supervisor.status(SHOP)?.writeProblem?.code).toBe("storage");
    stage.store.refusal = null;
    await stage.clock.advance(2 * MINUTE);
    expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
    expect(await stage.shown()).toEqual(["tea 4 hot", "milk 2 cold"]);
    await stage.close();
  });

  test("WRB-31 what was decided is written down before anything that was read later, however often the disk refuses", async () => {
    let fullAt = 0;
    for (let nth = 1; fullAt === nth - 1; nth++) {
      const store = createMemoryStore();
      let [writes, counting] = [0, false];
      const stage = await createWriteStage({
        store,
        async beforeCommit() {
          if (!counting || ++writes !== nth) return;
          fullAt = nth;
          store.refusal = "no space left on device";
        },
      });
      const { id } = await stage.wish(PRICE, { value: 4, base: 3 });
      counting = true;
      // Long enough for the pause before the next write to be longer than that before the next poll.
      await stage.clock.advance(MINUTE);
      counting = false;
      const isDecided = store.keys.get(`outbox/${SHOP}/batch`)?.json.includes('"decided"');
      if (isDecided) stage.sheet.rows[0]![1] = 9;
      store.refusal = null;
      const prices: unknown[] = [];
      for (let at = 0; at < 2 * MINUTE; at += SECOND / 4) {
        const [[, price] = []] = await stage.confirmed();
        if (price !== prices.at(-1)) prices.push(price);
        await stage.clock.advance(SECOND / 4);
      }
      // A poll may come at once behind it.
      const wanted = isDecided ? ["3,4,9", "3,9", "4,9", "9"] : ["3,4", "4"];
      expect(wanted, `with the disk full from write ${nth} on`).toContain(prices.join());
      expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
      await stage.close();
    }
    expect(fullAt).toBeGreaterThan(4);
  });

  test("WRB-29 a disk that fills at any write of a decision leaves nothing of it to be seen, once it is taken again", async () => {
    let fullAt = 0;
    for (let nth = 1; fullAt === nth - 1; nth++) {
      const store = createMemoryStore();
      let [writes, counting] = [0, false];
      const stage = await createWriteStage({
        store,
        async beforeCommit() {
          if (!counting || ++writes !== nth) return;
          fullAt = nth;
          store.refusal = "no space left on device";
        },
      });
      stage.supervisor.pause(SHOP);
      await stage.clock.settle();
      await stage.wish("+a", { values: { 0: "jam" } });
      await stage.wish("3:2", { value: "sweet" }, { subject: "bob" });
      expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold", "+ jam - sweet"]);
      const removal = arrival("-3", {});
      counting = true;
      await stage.desk.take([removal]);
      counting = false;
      store.refusal = null;
      expect(await stage.desk.take([removal])).toMatchObject({ ok: true });
      expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold"]);
      await stage.close();
    }
    expect(fullAt).toBeGreaterThan(2);
  });

  test("WRB-21 a paused source holds its edits and says so, over a restart too", async () => {
    const stage = await createWriteStage();
    stage.supervisor.pause(SHOP);
    await stage.clock.settle();
    const { id } = await stage.wish(PRICE, { value: 4 });
    await stage.clock.advance(MINUTE);
    expect(stage.sheet.batches).toEqual([]);
    expect(waitsOf(stage, id).at(-1)).toContain("paused");
    expect(await stage.receipt(id)).toMatchObject({
      state: "received",
      why: expect.stringContaining("paused"),
    });
    await stage.close();
    const next = await createWriteStage({ store: stage.store, sheet: stage.sheet });
    await next.clock.advance(MINUTE);
    expect(next.sheet.batches).toEqual([]);
    next.supervisor.resume(SHOP);
    await next.clock.advance(SECOND);
    expect(await next.receipt(id)).toMatchObject({ state: "confirmed" });
    await next.close();
  });

  test("WRB-21 a source that cannot be read holds its edits until it can", async () => {
    const stage = await createWriteStage();
    stage.sheet.pollInstead = () => ({ ok: false, error: { tag: "NotFound", detail: "gone", fix: "Look." } });
    await stage.clock.advance(6 * SECOND);
    const { id } = await stage.wish(PRICE, { value: 4 });
    await stage.clock.advance(MINUTE);
    expect(stage.sheet.batches).toEqual([]);
    expect(waitsOf(stage, id).at(-1)).toContain("does not work");
    stage.sheet.pollInstead = null;
    await stage.clock.advance(6 * MINUTE);
    expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
    await stage.close();
  });

  test("WRB-22 an author's share and the source's are bounded, and the refusal says so", async () => {
    const stage = await createWriteStage();
    stage.supervisor.pause(SHOP);
    await stage.clock.settle();
    const rows = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => arrival(`+${name}${i}`, { values: {} }, { subject: name }));
    const states = async (name: string, count: number): Promise<Record<string, number>> => {
      const taken = await stage.desk.take(rows(name, count));
      const codes = taken.ok ? taken.value.map(({ state, code }) => code ?? state) : [];
      return Object.fromEntries(
        [...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]),
      );
    };
    expect(await states("ann", 5_001)).toEqual({ received: 5_000, "outbox-full": 1 });
    expect(await states("bob", 4_999)).toEqual({ received: 4_999 });
    expect(await states("cid", 2)).toEqual({ received: 1, "outbox-full": 1 });
    await stage.close();
  }, 60_000);

  test("WRB-23 erasing a source leaves nothing of its edits", async () => {
    const stage = await createWriteStage();
    stage.sheet.rows[0]![1] = 7;
    await stage.wish(PRICE, { value: 4, base: 3 });
    await stage.clock.advance(SECOND);
    stage.sheet.before = () => ({ tag: "Unreachable", detail: "HTTP 500" });
    await stage.wish(NOTE, { value: "iced" });
    await stage.clock.advance(SECOND);
    const kept = (): string[] =>
      [...stage.store.keys.keys()].filter((key) => /^(outbox|receipt|conflict)\//.test(key));
    expect(kept().length).toBeGreaterThan(2);
    await stage.supervisor.stop(SHOP, { erase: true });
    expect(kept()).toEqual([]);
    expect(await stage.receipt("edit-1")).toBeNull();
    await stage.close();
  });

  test("WRB-26 a source that stopped being writable ends its edits with the reason", async () => {
    const stage = await createWriteStage();
    stage.supervisor.pause(SHOP);
    await stage.clock.settle();
    const { id } = await stage.wish(PRICE, { value: 4 });
    expect(stage.supervisor.status(SHOP)?.writes?.pending).toBe(1);
    const settings = stage.supervisor.settings(SHOP)!;
    stage.supervisor.update({ ...settings, writable: false });
    stage.supervisor.resume(SHOP);
    await stage.clock.advance(2 * SECOND);
    expect(await stage.receipt(id)).toMatchObject({ state: "refused", code: "read-only-source" });
    expect(stage.sheet.batches).toEqual([]);
    await stage.close();
  });
});

/** Everything that edits can meet, in one go; a new sheet each time. */
async function script(
  stage: WriteStage,
  take: (key: string, entry: object, subject?: string) => Promise<unknown>,
) {
  stage.sheet.rows[1]![1] = 20;
  await take(PRICE, { value: 4, base: 3 });
  await take("2:1", { value: 5, base: 2 });
  await take("+a", { values: { 0: "jam", 1: 7 }, after: 1 });
  await take("4:2", { value: "sweet" });
  await stage.clock.advance(300);
  await take(NOTE, { value: "iced", base: "hot" });
  await take(PRICE, { value: 6, base: 4 });
  await take("-3", {});
  await take("+b", { values: { 0: "oil" } }, "bob");
}

const CRASH_SHEET = (): ReturnType<typeof createFakeSheet> =>
  createFakeSheet(
    ["name", "price", "note"],
    [
      ["tea", 3, "hot"],
      ["milk", 2, "cold"],
      ["salt", 1, "dry"],
    ],
  );

/** Runs the script, is killed before the disk's nth write, starts again and takes again what it has no receipt of. */
async function runWithCrash(nth: number, losesAnswer: boolean) {
  const store = createMemoryStore();
  const sheet = CRASH_SHEET();
  let [writes, counting, crashed] = [0, false, false];
  let stage = await createWriteStage({
    store,
    sheet,
    async beforeCommit() {
      if (!counting || crashed || ++writes !== nth) return;
      crashed = true;
      stage.crash();
    },
  });
  if (losesAnswer) {
    let lost = 1;
    sheet.after = () => (lost-- > 0 ? { tag: "Unreachable", detail: "HTTP 503" } : null);
  }
  const arrivals: ReturnType<typeof arrival>[] = [];
  const take = (key: string, entry: object, subject = "ann"): Promise<unknown> => {
    const one = arrival(key, entry, { subject, atMs: stage.clock.nowMs() });
    arrivals.push(one);
    // After the crash nobody answers any more.
    const taken = stage.desk.take([one]);
    return Promise.race([taken, stage.clock.advance(20)]);
  };
  counting = true;
  await script(stage, take);
  await stage.clock.advance(30 * SECOND);
  const first = stage;
  if (crashed) {
    stage = await createWriteStage({ store, sheet, startMs: stage.clock.nowMs() + SECOND });
    // As the edits documents do with all that is not decided.
    for (const one of arrivals) await stage.desk.take([one]);
    await stage.clock.advance(2 * MINUTE);
  }
  const receipts = await Promise.all(arrivals.map(({ id }) => stage.receipt(id)));
  const told = [...first.news, ...stage.news];
  const result = {
    crashed,
    receipts,
    arrivals,
    sheet,
    told,
    confirmed: await stage.confirmed(),
    shown: await stage.shown(),
    conflicts: (await stage.conflicts.list({ limit: 100 })).conflicts,
    left: [...store.keys.keys()].filter((key) => key.startsWith("outbox/shop/edit/")),
  };
  await stage.close();
  return result;
}

describe("a crash", () => {
  for (const losesAnswer of [false, true]) {
    const how = losesAnswer ? ", the answer of a write lost too" : "";
    test(`WRB-14 before any write of the disk${how}: every edit ends once, and is carried out at most once`, async () => {
      let nth = 1;
      for (let crashed = true; crashed; nth++) {
        const run = await runWithCrash(nth, losesAnswer);
        crashed = run.crashed;
        const where = `killed before write ${nth}`;
        const states = run.receipts.map((receipt) => receipt?.state);
        for (const receipt of run.receipts)
          expect([where, typeof receipt?.decidedAt]).toEqual([where, "string"]);
        expect([where, states[1]]).toEqual([where, "conflict"]);
        for (const state of states) expect(["confirmed", "conflict", "refused"]).toContain(state!);
        expect([where, Math.max(...run.sheet.carriedOut.values())]).toEqual([where, 1]);
        expect([where, run.sheet.rows.map((row) => row.join(" "))]).toEqual([
          where,
          ["tea 6 iced", "jam 7 sweet", "milk 20 cold", "oil  "],
        ]);
        expect([where, run.confirmed]).toEqual([where, run.sheet.rows]);
        expect([where, run.shown]).toEqual([where, ["tea 6 iced", "jam 7 sweet", "milk 20 cold", "oil - -"]]);
        expect([where, run.conflicts.map(({ mine }) => mine)]).toEqual([where, [5]]);
        expect([where, run.left]).toEqual([where, []]);
        for (const { id } of run.arrivals) {
          const last = run.told.findLast((each) => each.id === id && each.tag !== "progress");
          const receipt = run.receipts.find((each) => each?.id === id);
          const told = last?.tag === "outcome" ? last.outcome.state : last?.tag;
          // What a second taking answers is told by whoever takes.
          if (told) expect(`${where}: ${told}`).toBe(`${where}: ${receipt?.state}`);
        }
      }
      expect(nth).toBeGreaterThan(30);
    }, 120_000);
  }
});
