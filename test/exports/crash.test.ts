/** The daemon ends at any point of its calls and its stores, and Google's answers get lost: the sheet ends right. */
import { describe, expect, test } from "bun:test";
import type { UpdateType } from "#contract/exports.ts";
import { createExportStage, type ExportStage, type Life, tablePlan } from "./stage.ts";

const rowsOf = (count: number, price = 1) =>
  Array.from({ length: count }, (_, at) => ({ sku: `k${at}`, price: at * price, name: "x".repeat(1_500) }));

/** Every row once, in order, with its price. */
function expectRows(stage: ExportStage, id: string, count: number, price = 1): void {
  const [header, ...rows] = stage.emulator.person(id).read("Items", "A:B");
  expect(header).toEqual(["Sku", "Price"]);
  expect(rows.length).toBe(count);
  expect(rows.findIndex(([sku, value], at) => sku !== `k${at}` || value !== at * price)).toBe(-1);
}

/** Goes on with a new life after each end until one comes to rest. */
async function lives(
  stage: ExportStage,
  killAts: readonly number[],
  begin: (life: Life) => Promise<unknown>,
) {
  let started = false;
  for (const killAt of [...killAts, Number.POSITIVE_INFINITY]) {
    const life = stage.start({ killAt });
    await life.start();
    if (!started) void begin(life);
    await stage.rest(life);
    if (!life.isDead()) return life;
    started ||= life.get("exp-1") !== null;
  }
  throw new Error("no life came to rest");
}

describe("ends and lost answers", () => {
  test("EXP-5 50,000 rows whose daemon ends three times on the way are there once, in order", async () => {
    const plan = tablePlan(Array.from({ length: 50_000 }, (_, at) => ({ sku: `k${at}`, price: at })));
    // Points count stores and calls; the data are stored by then, and the batches are under way.
    for (const killAts of [
      [30, 9, 8],
      [26, 12, 15],
      [33, 10, 11],
    ]) {
      const stage = createExportStage({ quota: null });
      const life = await lives(stage, killAts, (first) => first.create(stage.newExport(plan)));
      const record = life.get("exp-1")!;
      expect(record.phase).toEqual({ tag: "Idle" });
      expect(stage.emulator.workbookIds()).toEqual([record.file!.id]);
      expectRows(stage, record.file!.id, 50_000);
      expect(record.lastUpdate).toMatchObject({ type: "create", added: 50_000 });
    }
  });

  test("EXP-5 an end at any single point makes one workbook with each row once", async () => {
    const plan = tablePlan(rowsOf(2_500));
    let ends = 0;
    for (let killAt = 1; ; killAt++) {
      const stage = createExportStage({ quota: null });
      const first = stage.start({ killAt });
      void first.create(stage.newExport(plan));
      await stage.rest(first);
      if (!first.isDead()) break;
      ends++;
      const next = stage.start();
      await next.start();
      // Nobody was told of it before all was stored: whoever asked asks again.
      await next.create(stage.newExport(plan));
      const record = await stage.rest(next);
      expect([killAt, record.phase]).toEqual([killAt, { tag: "Idle" }]);
      expect([killAt, stage.emulator.workbookIds()]).toEqual([killAt, [record.file!.id]]);
      expectRows(stage, record.file!.id, 2_500);
    }
    expect(ends).toBeGreaterThan(30);
  });

  test.each(["append", "replace", "upsert"] as const)(
    "EXP-6 an end at any single point of an %s adds no row twice and loses none",
    async (type: UpdateType) => {
      const before = rowsOf(20);
      const after = type === "append" ? rowsOf(1_600).slice(20) : rowsOf(1_600, 2);
      for (let killAt = 1; ; killAt++) {
        const stage = createExportStage({ quota: null });
        const maker = stage.start();
        await maker.create(stage.newExport(tablePlan(before)));
        await stage.rest(maker);
        await maker.close();
        const first = stage.start({ killAt });
        await first.start();
        const update = { id: "u1", type, plan: tablePlan(after) };
        void first.update("exp-1", update);
        await stage.rest(first);
        if (!first.isDead()) {
          expect(killAt).toBeGreaterThan(12);
          break;
        }
        const next = stage.start();
        await next.start();
        await next.update("exp-1", update);
        const record = await stage.rest(next);
        expect([killAt, record.phase]).toEqual([killAt, { tag: "Idle" }]);
        expectRows(stage, record.file!.id, 1_600, type === "append" ? 1 : 2);
        expect([killAt, record.lastUpdate!.added]).toEqual([killAt, 1_580]);
      }
    },
  );

  test.each(["reset", "error503"] as const)(
    "EXP-7 answers that get lost (%s) make nothing twice",
    async (how) => {
      const stage = createExportStage({ quota: null });
      let calls = 0;
      stage.net.answer((request) => {
        const answer = stage.carry(request);
        // Every second answer of a change is lost although the change was made.
        const { pathname } = new URL(request.url);
        const changes = request.method !== "GET" && pathname !== "/token" && !pathname.endsWith(":search");
        if (!changes || ++calls % 2 === 0) return answer;
        if (how === "reset") return { tag: "Unreachable", detail: "connection reset" };
        return Response.json(
          { error: { code: 503, message: "The service is unavailable.", status: "UNAVAILABLE" } },
          { status: 503 },
        );
      });
      const exports = stage.start();
      await exports.create(stage.newExport(tablePlan(rowsOf(2_500))));
      const made = await stage.rest(exports);
      expect(made.phase).toEqual({ tag: "Idle" });
      expect(stage.emulator.workbookIds().length).toBe(1);
      await exports.update("exp-1", {
        id: "u",
        type: "append",
        plan: tablePlan(rowsOf(4_000).slice(2_500)),
      });
      const record = await stage.rest(exports);
      expectRows(stage, record.file!.id, 4_000);
      expect(record.lastUpdate).toMatchObject({ added: 1_500, skipped: 0 });
    },
  );

  test("EXP-33 a workbook that was made, though nobody was told, is found though Drive finds it late", async () => {
    for (const lateMs of [0, 5_000, 25_000]) {
      const stage = createExportStage({ quota: null });
      let madeAt = Number.POSITIVE_INFINITY;
      stage.net.answer((request) => {
        const answer = stage.carry(request);
        const { pathname } = new URL(request.url);
        if (pathname !== "/drive/v3/files") return answer;
        if (request.method === "POST") {
          madeAt = stage.clock.monotonicMs();
          return { tag: "Unreachable", detail: "connection reset" };
        }
        return stage.clock.monotonicMs() - madeAt < lateMs ? Response.json({ files: [] }) : answer;
      });
      const exports = stage.start();
      await exports.create(stage.newExport(tablePlan(rowsOf(10))));
      const record = await stage.rest(exports);
      expect([lateMs, record.phase]).toEqual([lateMs, { tag: "Idle" }]);
      expect(stage.emulator.workbookIds()).toEqual([record.file!.id]);
    }
  });
});
