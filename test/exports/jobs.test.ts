import { describe, expect, test } from "bun:test";
import { createExportTurns } from "../../src/exports/jobs/turns.ts";
import { createExportStage, tablePlan } from "./stage.ts";

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ sku: `k${at}`, name: "x".repeat(1_500) }));

describe("jobs", () => {
  test.each([429, 500, 503])(
    "EXP-18 what Google refuses for a while (%d) waits and goes on by itself",
    async (code) => {
      const stage = createExportStage();
      const fine = stage.carry;
      let refused = 0;
      stage.net.answer((request) => {
        if (!request.url.includes(":batchUpdate") || ++refused > 3) return fine(request);
        const status = code === 429 ? "RESOURCE_EXHAUSTED" : "INTERNAL";
        return Response.json({ error: { code, message: "Not now.", status } }, { status: code });
      });
      const exports = stage.start();
      await exports.create(stage.newExport(tablePlan(rowsOf(10))));
      await stage.clock.settle();
      expect(exports.get("exp-1")!.phase).toMatchObject({
        tag: "Waiting",
        problem: { fix: expect.any(String) },
      });
      const record = await stage.rest(exports);
      expect(record.phase).toEqual({ tag: "Idle" });
      expect(stage.emulator.person(record.file!.id).read("Items").length).toBe(11);
    },
  );

  test("EXP-18 what will not do by itself says why and what to do, and is tried again when asked", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    await exports.create(stage.newExport(tablePlan(rowsOf(10)), { folder: "no-such-folder" }));
    stage.net.answer((request) => {
      if (!request.url.includes("/drive/v3/files?") || request.method !== "POST") return stage.carry(request);
      const message = "The caller does not have permission";
      return Response.json(
        { error: { code: 403, message, errors: [{ reason: "forbidden", message }] } },
        { status: 403 },
      );
    });
    const failed = await stage.rest(exports);
    expect(failed.phase).toMatchObject({
      tag: "Failed",
      problem: {
        code: "unauthorized",
        message: expect.stringContaining("permission"),
        fix: expect.stringContaining(stage.email),
      },
    });
    // It waits for a person, not for a restart.
    await exports.close();
    const later = stage.start();
    await later.start();
    expect((await stage.rest(later)).phase.tag).toBe("Failed");
    stage.net.answer(stage.carry);
    expect((await later.retry("exp-1")).ok).toBe(true);
    expect((await stage.rest(later)).phase).toEqual({ tag: "Idle" });
  });

  test("EXP-18 a full drive is no matter of waiting", async () => {
    const stage = createExportStage();
    stage.net.answer((request) => {
      if (!request.url.includes("/drive/v3/files?") || request.method !== "POST") return stage.carry(request);
      const message = "The user's Drive storage quota has been exceeded.";
      const errors = [{ domain: "usageLimits", reason: "storageQuotaExceeded", message }];
      return Response.json({ error: { code: 403, message, errors } }, { status: 403 });
    });
    const exports = stage.start();
    await exports.create(stage.newExport(tablePlan(rowsOf(1))));
    expect((await stage.rest(exports)).phase).toMatchObject({
      tag: "Failed",
      problem: { fix: expect.stringContaining("shared drive") },
    });
  });

  test("EXP-19 exports of an account take turns, batch by batch", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    await Promise.all(
      ["exp-a", "exp-b", "exp-c"].map((id) =>
        exports.create(stage.newExport(tablePlan(rowsOf(6_000), "sku", id), { id })),
      ),
    );
    for (const id of ["exp-a", "exp-b", "exp-c"]) await stage.rest(exports, id);
    const writes = stage.calls.filter((call) => call.endsWith(":batchUpdate"));
    expect(writes.length).toBeGreaterThan(12);
    const counts = new Map<string, number>();
    const total = writes.length / 3;
    for (const write of writes) {
      counts.set(write, (counts.get(write) ?? 0) + 1);
      const all = [...counts.values()];
      // Nobody is far ahead of anybody who has begun and is not done.
      if (counts.size === 3) expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(total / 2);
    }
  });

  test("EXP-19 an export that edits leave nothing to writes once a minute", async () => {
    const stage = createExportStage();
    const turns = createExportTurns(stage.clock);
    // Edits take all that is left to them.
    const busy = { name: "robot", waitMs: (spare: number) => (spare > 0 ? 1_000 : 0) };
    let given = 0;
    const write = async (): Promise<void> => {
      const give = await turns.next(busy, new AbortController().signal);
      given++;
      give!();
    };
    void write().then(write);
    await stage.clock.advance(59_000);
    expect(given).toBe(0);
    await stage.clock.advance(2_000);
    expect(given).toBe(1);
    await stage.clock.advance(60_000);
    expect(given).toBe(2);
  });

  test("EXP-19 a third of an account's writes is left to edits", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    const perMinute: number[] = [];
    const firstMs = stage.clock.nowMs();
    stage.net.answer((request) => {
      if (request.url.includes(":batchUpdate")) {
        const minute = Math.floor((stage.clock.nowMs() - firstMs) / 61_000);
        perMinute[minute] = (perMinute[minute] ?? 0) + 1;
      }
      return stage.carry(request);
    });
    for (let at = 0; at < 70; at++) {
      await exports.create(stage.newExport(tablePlan(rowsOf(2), "sku", `T${at}`), { id: `exp-${at}` }));
    }
    for (let at = 0; at < 70; at++)
      expect((await stage.rest(exports, `exp-${at}`)).phase).toEqual({ tag: "Idle" });
    expect(perMinute.reduce((sum, count) => sum + (count ?? 0), 0)).toBe(70);
    expect(Math.max(...perMinute.filter(Boolean))).toBeLessThanOrEqual(41);
  });

  test("EXP-20 what is cancelled ends where it is; what waits is not begun", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    await exports.create(stage.newExport(tablePlan(rowsOf(10))));
    await stage.rest(exports);
    stage.net.answer(
      (request) =>
        (request.url.includes(":batchUpdate") ? new Promise(() => {}) : stage.carry(request)) as never,
    );
    await exports.update("exp-1", { id: "u1", type: "append", plan: tablePlan(rowsOf(12).slice(10)) });
    await exports.update("exp-1", { id: "u2", type: "append", plan: tablePlan(rowsOf(14).slice(12)) });
    await stage.clock.settle();
    expect((await exports.cancel("exp-1")).ok).toBe(true);
    stage.net.answer(stage.carry);
    const record = await stage.rest(exports);
    expect(record).toMatchObject({ phase: { tag: "Cancelled" }, jobs: [] });
    expect(stage.emulator.person(record.file!.id).read("Items").length).toBe(11);
    // It may be updated again.
    await exports.update("exp-1", { id: "u3", type: "append", plan: tablePlan(rowsOf(12).slice(10)) });
    await stage.rest(exports);
    expect(stage.emulator.person(record.file!.id).read("Items").length).toBe(13);
  });

  test("EXP-21 an update that comes again is done once, and updates are done in the order they came", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    await exports.create(stage.newExport(tablePlan(rowsOf(2))));
    const price = (value: number) => tablePlan([{ sku: "k0", name: `name ${value}` }]);
    for (const value of [1, 2, 3, 2]) {
      await exports.update("exp-1", { id: `u${value}`, type: "upsert", plan: price(value) });
    }
    const record = await stage.rest(exports);
    expect(record.ended).toEqual(["create", "u1", "u2", "u3"]);
    expect(stage.emulator.person(record.file!.id).read("Items", "B2")).toEqual([["name 3"]]);
    await exports.update("exp-1", { id: "u1", type: "upsert", plan: price(1) });
    await stage.rest(exports);
    expect(stage.emulator.person(record.file!.id).read("Items", "B2")).toEqual([["name 3"]]);
  });

  test("EXP-22 data that nothing needs any more are forgotten, and all of it with the export", async () => {
    const stage = createExportStage();
    const exports = stage.start();
    await exports.create(stage.newExport(tablePlan(rowsOf(300))));
    for (const type of ["replace", "append", "upsert"] as const) {
      await exports.update("exp-1", { id: type, type, plan: tablePlan(rowsOf(200)) });
      await stage.rest(exports);
    }
    const generations = new Set((await stage.keys("export-data/")).map((key) => key.split("/")[2]));
    expect(generations.size).toBe(1);
    const { file } = exports.get("exp-1")!;
    expect((await exports.remove("exp-1", true)).ok).toBe(true);
    expect(exports.get("exp-1")).toBeNull();
    await stage.clock.settle();
    expect(await stage.keys("export")).toEqual([]);
    expect(stage.trashed(file!.id)).toBe(true);
  });
});
