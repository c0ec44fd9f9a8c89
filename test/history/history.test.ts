import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "../../src/backend/memory.ts";
import { decodeChange } from "../../src/history/change.ts";
import type { Entry } from "../../src/history/read.ts";
import { diffTab } from "../../src/model/diff.ts";
import { historyReplay } from "../support/history-replay.ts";
import { createHistoryStage, NO_DELTA, PLACE, table } from "./stage.ts";

const items = (entries: readonly Entry[]) => entries.map(({ item }) => item);
const DAY_MS = 86_400_000;

describe("what is recorded", () => {
  test("HIS-1 each confirmed change is told once, before and after; wishes, titles and chores are not", async () => {
    const stage = await createHistoryStage();
    await stage.poll(table([["x", 1, null]]));
    await stage.clock.advance(1_000);
    await stage.poll(table([["x", 2, null]]));
    const document = await stage.open();
    await document.apply({
      delta: NO_DELTA,
      overlay: { cells: [[1, 2, "wished", { by: "token:a", at: 1 }]] },
      author: "edits",
    });
    await document.apply({ delta: NO_DELTA, title: "Other", author: "source" });
    // The same again changes nothing.
    await stage.apply({ ...NO_DELTA, cells: [[1, 1, 2]] });
    await stage.apply({ ...NO_DELTA, cells: [[1, 2, "wished"]] });
    expect(items(await stage.entries())).toEqual([
      ["cell", 1, 2, null, "wished"],
      ["cell", 1, 1, 1, 2],
      ["order", [[0, [], [1]]]],
      ["added", 1, ["x", 1]],
      ["columns", [], (await stage.open()).baseline().columns],
    ]);
    await stage.end();
  });

  test("HIS-7 a change at the sheet says between which times, an edit whose it is, when it was made and why", async () => {
    const stage = await createHistoryStage();
    await stage.poll(table([["x", 1, 1]]));
    const nowMs = stage.clock.nowMs();
    await stage.poll(table([["x", 2, 1]]), { tag: "sheet", afterMs: nowMs - 900, beforeMs: nowMs });
    const edits = [
      { id: "e1", by: "token:a", atMs: nowMs - 50, row: 1, slot: 2, cause: "request:7" },
      { id: "e2", by: "token:b", atMs: nowMs - 40, row: 2 },
    ];
    const { delta } = diffTab(
      (await stage.open()).baseline(),
      table([
        ["x", 3, 9],
        ["y", 0, 0],
      ]),
    );
    await stage.apply(delta, { tag: "edits", edits });
    const [, added, second, first, sheet] = await stage.entries();
    expect(added!.item).toEqual(["added", 2, ["y", 0, 0], 1]);
    expect(second!.item).toEqual(["cell", 1, 2, 1, 9, 0]);
    // Found beside the edits, as a formula's result is: nobody's in particular.
    expect(first!.item).toEqual(["cell", 1, 1, 2, 3]);
    expect(second!.group.edits).toEqual([
      ["e1", "token:a", nowMs - 50, "request:7"],
      ["e2", "token:b", nowMs - 40, null],
    ]);
    expect(sheet!.group.sheet).toEqual([nowMs - 900, nowMs, null]);
    await stage.end();
  });

  test("HIS-9 many rows that come at once are told without values, and what is beyond the bound by its size", async () => {
    const stage = await createHistoryStage();
    const many = Array.from({ length: 9_000 }, (_, n) => [`k${n}`, n, n]);
    await stage.poll(table(many));
    const [order, loaded] = await stage.entries();
    expect(loaded!.item).toEqual(["loaded", [[1, 9_000]]]);
    expect(order!.item).toEqual(["order", [[0, [], [[1, 9_000]]]]]);
    expect(items(await stage.entries({ row: 4_000 }))).toEqual([["loaded", [[1, 9_000]]]]);
    const loadedAtMs = stage.clock.nowMs();
    await stage.clock.advance(1_000);
    const wide = Array.from({ length: 70 }, (_, n) => `c${n}`);
    const cells = many.map(([key]) => wide.map((_, slot) => (slot === 0 ? key! : slot)));
    const polled = stage.poll(table(cells, ["a", ...wide.slice(1)]));
    let done = false;
    void polled.then(() => (done = true));
    // The checkpoint after it pauses.
    while (!done) await stage.clock.settle();
    expect((await stage.entries({ row: 1 }))[0]!.item).toEqual(["rewritten", 9_000 * 69, 0]);
    expect(await stage.stateAt(loadedAtMs)).toMatchObject({
      ok: false,
      error: { tag: "TooOld", sinceMs: loadedAtMs + 1_000 },
    });
    expect((await stage.stateAt(loadedAtMs + 1_000)).ok).toBe(true);
    await stage.end();
  }, 30_000);

  test("HIS-3 a log is compacted only once the history has its changes, and not while that is refused", async () => {
    const store = createMemoryStore();
    const stage = await createHistoryStage({ store });
    await stage.poll(table([["x", 0, 0]]));
    const log = () => stage.backend.log.read(stage.name, 0);
    for (let n = 1; n <= 400; n++) await stage.apply({ ...NO_DELTA, cells: [[1, 1, n]] });
    expect((await log())[0]!.author).toBe("source");
    const { put } = stage.backend.kv;
    stage.backend.kv.put = async () => ({ ok: false, error: { tag: "StorageError", detail: "full" } });
    for (let n = 401; n <= 1_300; n++) await stage.apply({ ...NO_DELTA, cells: [[1, 1, n]] });
    expect((await log()).filter(({ author }) => author === "checkpoint")).toEqual([]);
    // Its making, its first content and each change.
    expect((await log()).filter(({ change }) => change).length).toBe(1_302);
    stage.backend.kv.put = put;
    await stage.apply({ ...NO_DELTA, cells: [[1, 1, 1_301]] });
    expect((await log())[0]!.author).toBe("checkpoint");
    const entries = await stage.entries();
    expect(entries.filter(({ item }) => item[0] === "cell").length).toBe(1_301);
    historyReplay(entries.toReversed());
    await stage.end();
    // The next life goes on behind the checkpoint without a gap.
    const next = await createHistoryStage({ store, startMs: stage.clock.nowMs() });
    await next.clock.advance(5_000);
    await next.apply({ ...NO_DELTA, cells: [[1, 1, -1]] });
    const before = await next.stateAt(next.clock.nowMs() - 1);
    expect(before.ok && before.value.rows.get(1)?.values[1]).toBe(1_301);
    await next.end();
  }, 30_000);

  test("HIS-14 a document that is removed and made again is another life; what was before it cannot be told", async () => {
    const stage = await createHistoryStage();
    await stage.poll(table([["x", 1, 1]]));
    const firstMs = stage.clock.nowMs();
    await stage.clock.advance(1_000);
    await stage.documents.remove(stage.name);
    await stage.clock.advance(1_000);
    await stage.poll(table([["y", 2, 2]]));
    const added = (await stage.entries()).filter(({ item }) => item[0] === "added");
    expect(items(added)).toEqual([
      ["added", 1, ["y", 2, 2]],
      ["added", 1, ["x", 1, 1]],
    ]);
    expect(await stage.stateAt(firstMs)).toMatchObject({ ok: false, error: { tag: "TooOld" } });
    expect((await stage.stateAt(stage.clock.nowMs())).ok).toBe(true);
    await stage.end();
  });

  test("HIS-14 a document that is made again empty is told from then on, whenever its first value comes", async () => {
    const stage = await createHistoryStage();
    await stage.poll(table([["x", 1, 1]]));
    await stage.clock.advance(1_000);
    await stage.documents.remove(stage.name);
    await stage.clock.advance(1_000);
    await stage.open();
    const sinceMs = stage.clock.nowMs();
    await stage.clock.advance(60_000);
    const said = async () => [await stage.stateAt(sinceMs - 1), await stage.stateAt(sinceMs)];
    const [before, empty] = [
      { ok: false, error: { tag: "TooOld", sinceMs } },
      { ok: true, value: { columns: [], order: [] } },
    ];
    expect(await said()).toMatchObject([before, empty]);
    await stage.poll(table([["y", 2, 2]]));
    expect(await said()).toMatchObject([before, empty]);
    // It is no entry.
    const kinds = items(await stage.entries()).map(([kind]) => kind);
    expect(kinds).toEqual(["order", "added", "columns", "order", "added", "columns"]);
    await stage.end();
  });

  test("HIS-14 no state of an earlier document passes for one of an empty one of which nothing is told", async () => {
    const stage = await createHistoryStage();
    await stage.poll(table([["x", 1, 1]]));
    const firstMs = stage.clock.nowMs();
    await stage.clock.advance(1_000);
    await stage.poll(table([]));
    const lastMs = stage.clock.nowMs();
    await stage.documents.remove(stage.name);
    // As earlier versions made them.
    stage.history.recorder.describe = () => undefined;
    await stage.open();
    expect(await stage.stateAt(firstMs)).toEqual({ ok: false, error: { tag: "TooOld", sinceMs: lastMs } });
    await stage.end();
  });

  test("HIS-15 what a document held before anything was remembered cannot be told, and is not made up", async () => {
    const store = createMemoryStore();
    const old = await createHistoryStage({ store });
    await old.poll(table([["x", 1, 1]]));
    await old.end();
    for (const entries of store.logs.values()) {
      for (const [at, { change: _, ...entry }] of entries.entries()) entries[at] = entry;
    }
    for (const key of store.keys.keys()) if (key.startsWith("history/")) store.keys.delete(key);
    const stage = await createHistoryStage({ store, startMs: old.clock.nowMs() + DAY_MS });
    await stage.poll(table([["x", 2, 1]]));
    const sinceMs = stage.clock.nowMs();
    expect(await stage.stateAt(sinceMs - 1)).toEqual({ ok: false, error: { tag: "TooOld", sinceMs } });
    expect((await stage.stateAt(sinceMs)).ok).toBe(true);
    await stage.end();
  });

  test("HIS-16 a change that a later version wrote is passed over", () => {
    expect(decodeChange(new TextEncoder().encode("{}"))).toBeNull();
    expect(decodeChange(Uint8Array.of(1, 2, 3))).toBeNull();
  });
});

describe("what is asked", () => {
  async function filled() {
    const stage = await createHistoryStage({ segmentBytes: 400 });
    const rows = Array.from({ length: 20 }, (_, n) => [`k${n}`, 0, 0] as (string | number)[]);
    await stage.poll(table(rows));
    for (let n = 0; n < 200; n++) {
      await stage.clock.advance(1_000);
      const [row, slot] = [(n % 20) + 1, 1 + (n % 2)];
      rows[row - 1]![slot] = n + 1;
      const atMs = stage.clock.nowMs();
      const by = `token:${n % 3}`;
      const edit = { id: `e${n}`, by, atMs, row, slot, ...(n % 10 === 0 && { cause: `request:${n}` }) };
      await stage.apply(
        { ...NO_DELTA, cells: [[row, slot, n + 1]] },
        n % 4 === 0 ? { tag: "sheet", beforeMs: atMs } : { tag: "edits", edits: [edit] },
      );
    }
    await stage.clock.advance(1_000);
    rows.splice(4, 1);
    await stage.poll(table(rows));
    return stage;
  }

  test("HIS-8 by row, gone ones too, column, subject, cause and interval, newest first and page by page", async () => {
    const stage = await filled();
    const all = await stage.entries();
    const naive = (wanted: (entry: Entry) => boolean) => all.filter(wanted).map(({ id }) => id);
    const ids = async (query: Parameters<typeof stage.entries>[0]) =>
      (await stage.entries(query)).map(({ id }) => id);
    const ofRow = ({ item }: Entry) => !["order", "columns"].includes(item[0]) && item[1] === 5;
    expect(await ids({ row: 5 })).toEqual(naive(ofRow));
    expect((await stage.entries({ row: 5 }))[0]!.item[0]).toBe("removed");
    expect((await ids({ row: 5 })).length).toBe(12);
    expect(await ids({ slot: 2 })).toEqual(naive(({ item }) => item[0] === "cell" && item[2] === 2));
    const editOf = ({ group, item }: Entry) =>
      item[0] === "cell" && item[5] !== undefined ? group.edits![item[5]]! : null;
    expect(await ids({ by: "token:1" })).toEqual(naive((entry) => editOf(entry)?.[1] === "token:1"));
    expect(await ids({ by: "token:nobody" })).toEqual([]);
    expect((await ids({ cause: "request:30" })).length).toBe(1);
    const [fromMs, toMs] = [all[150]!.group.at, all[40]!.group.at];
    expect(await ids({ fromMs, toMs })).toEqual(naive(({ group }) => group.at >= fromMs && group.at < toMs));
    expect(await ids({ row: 7, slot: 1, fromMs, toMs })).toEqual(
      naive(
        ({ group, item }) =>
          item[0] === "cell" && item[1] === 7 && item[2] === 1 && group.at >= fromMs && group.at < toMs,
      ),
    );
    for (let before = all[0]!.id, n = 1; n < all.length; n += 17) {
      before = all[n]!.id;
      expect((await stage.entries({ before }))[0]?.id).toBe(all[n + 1]?.id as string);
    }
    await stage.end();
  });

  test("HIS-17 a question reads only the segments that may hold an answer", async () => {
    const stage = await filled();
    const { get } = stage.backend.kv;
    let reads = 0;
    stage.backend.kv.get = (key) => {
      if (key.includes("/segments/")) reads++;
      return get(key);
    };
    await stage.entries();
    const whole = reads;
    reads = 0;
    expect((await stage.entries({ cause: "request:190" })).length).toBe(1);
    expect(whole).toBeGreaterThan(30);
    expect(reads).toBeLessThan(whole / 4);
    await stage.end();
  });
});

describe("what goes", () => {
  test("HIS-10 however many changes, what is kept stays within its bytes; what is older than its days goes", async () => {
    const bytesMax = 40_000;
    const store = createMemoryStore();
    const limits = { historyBytesMax: bytesMax, historyDaysMax: 30 };
    const stage = await createHistoryStage({ store, limits, segmentBytes: 1_000 });
    await stage.poll(table(Array.from({ length: 10 }, (_, n) => [`k${n}`, 0, 0])));
    const kept = () =>
      [...store.keys]
        .filter(([key]) => key.startsWith("history/"))
        .reduce((sum, [key, { json }]) => sum + (key.includes("/summaries/") ? 0 : json.length), 0);
    let most = 0;
    for (let n = 1; n <= 3_000; n++) {
      await stage.clock.advance(1_000);
      await stage.apply({ ...NO_DELTA, cells: [[(n % 10) + 1, 1, `value ${n}`]] });
      if (n % 100 === 0) most = Math.max(most, kept());
    }
    // A sixteenth may come before the next look, and each segment says a little of itself.
    expect(most).toBeLessThan(bytesMax * 1.25);
    expect(most).toBeGreaterThan(bytesMax / 2);
    const [newest] = await stage.entries();
    expect(newest!.item).toEqual(["cell", 1, 1, "value 2990", "value 3000"]);
    await stage.clock.advance(31 * DAY_MS);
    await stage.apply({ ...NO_DELTA, cells: [[1, 1, "late"]] });
    await stage.history.sweep();
    const left = await stage.entries({ fromMs: 0 });
    const old = left.filter(({ group }) => group.at < stage.clock.nowMs() - 30 * DAY_MS);
    const cells = old.flatMap(({ item }) => (item[0] === "cell" ? [`${item[1]}:${item[2]}`] : []));
    expect(old.length).toBeLessThan(60);
    expect(cells.length).toBeGreaterThanOrEqual(9);
    await stage.end();
  }, 30_000);

  test("HIS-11 each live cell's last change outlives its time, as it was written; those of gone rows do not", async () => {
    const limits = { historyDaysMax: 10 };
    const stage = await createHistoryStage({ limits, segmentBytes: 200 });
    await stage.poll(
      table([
        ["x", 0, 0],
        ["y", 0, 0],
      ]),
    );
    for (let n = 1; n <= 40; n++) {
      await stage.clock.advance(60_000);
      const [row, slot] = [1 + (n % 2), 1 + (n % 3 === 0 ? 1 : 0)];
      const edit = { id: `e${n}`, by: `token:${n % 5}`, atMs: stage.clock.nowMs() - 1, row, slot };
      await stage.apply({ ...NO_DELTA, cells: [[row, slot, n]] }, { tag: "edits", edits: [edit] });
    }
    const whole = await stage.entries();
    const floorMs = stage.clock.nowMs();
    const last = new Map<string, Entry>();
    for (const entry of whole.toReversed()) {
      if (entry.item[0] === "cell") last.set(`${entry.item[1]}:${entry.item[2]}`, entry);
    }
    await stage.clock.advance(11 * DAY_MS);
    for (let n = 0; n < 20; n++) await stage.apply({ ...NO_DELTA, cells: [[1, 1, 1_000 + n]] });
    await stage.history.sweep();
    const left = await stage.entries();
    expect(left.length).toBeLessThan(whole.length);
    const wanted = ({ id, group, item }: Entry) => [
      id,
      group.at,
      group.edits?.[Number(item[5])],
      item.slice(0, 5),
    ];
    for (const entry of last.values()) {
      const kept = left.find(({ id }) => id === entry.id);
      expect(kept && wanted(kept)).toEqual(wanted(entry));
    }
    const first = left.findIndex(({ group }) => group.at <= floorMs);
    expect(left.slice(first).filter(({ item }) => item[0] === "cell").length).toBeLessThan(10);
    // No state of that time can be told any more, every later one can.
    expect(await stage.stateAt(floorMs - 30 * 60_000)).toMatchObject({ ok: false, error: { tag: "TooOld" } });
    const after = await stage.stateAt(stage.clock.nowMs() - 1);
    expect(after.ok && after.value.rows.get(2)?.values[1]).toBe(39 - 2);
    // A row that goes takes its last words with it when its end is out of time, too.
    await stage.poll(table([["x", 1_019, 40]]));
    await stage.clock.advance(11 * DAY_MS);
    for (let n = 0; n < 20; n++) await stage.apply({ ...NO_DELTA, cells: [[1, 2, n + 100]] });
    await stage.history.sweep();
    await stage.clock.advance(11 * DAY_MS);
    for (let n = 0; n < 20; n++) await stage.apply({ ...NO_DELTA, cells: [[1, 2, n + 200]] });
    await stage.history.sweep();
    expect((await stage.entries({ row: 2 })).length).toBe(0);
    expect((await stage.entries({ row: 1, slot: 1 })).length).toBeGreaterThan(0);
    await stage.end();
  });

  test("HIS-12 a crash amid compaction, at any of its writes, loses nothing of what is kept", async () => {
    for (let at = 1; at < 40; at += 3) {
      const store = createMemoryStore();
      const limits = { historyDaysMax: 10 };
      const first = await createHistoryStage({ store, segmentBytes: 200, limits });
      await first.poll(
        table([
          ["x", 0, 0],
          ["y", 0, 0],
        ]),
      );
      for (let n = 1; n <= 20; n++) await first.apply({ ...NO_DELTA, cells: [[1 + (n % 2), 1, n]] });
      await first.clock.advance(11 * DAY_MS);
      for (let n = 1; n <= 5; n++) await first.apply({ ...NO_DELTA, cells: [[1, 2, n]] });
      await first.end();
      // The first two writes make it ready.
      let left = at + 2;
      let crashing!: Awaited<ReturnType<typeof createHistoryStage>>;
      crashing = await createHistoryStage({
        store,
        startMs: first.clock.nowMs(),
        limits,
        segmentBytes: 200,
        beforeCommit: async () => void (--left === 0 && crashing?.backend.crash()),
      });
      await Promise.race([crashing.history.sweep(), new Promise((resolve) => setTimeout(resolve, 5))]);
      crashing.backend.crash();
      const next = await createHistoryStage({
        store,
        startMs: first.clock.nowMs(),
        limits,
        segmentBytes: 200,
      });
      await next.history.sweep();
      const left2 = await next.entries();
      const last = (row: number) =>
        left2.find(({ item }) => item[0] === "cell" && item[1] === row && item[2] === 1);
      expect([at, last(1)?.item, last(2)?.item]).toEqual([
        at,
        ["cell", 1, 1, 18, 20],
        ["cell", 2, 1, 17, 19],
      ]);
      expect(new Set(left2.map(({ id }) => id)).size).toBe(left2.length);
      await next.end();
    }
  }, 30_000);

  test("HIS-13 a source's history is erased with it, what is on its way included, and no other's", async () => {
    const store = createMemoryStore();
    const stage = await createHistoryStage({ store });
    const other = { source: "shop2", tab: "Prices" };
    await stage.poll(table([["x", 1, 1]]));
    const { delta } = diffTab((await stage.open(other)).baseline(), table([["y", 1, 1]]));
    await stage.apply(delta, undefined, other);
    const applied = stage.apply({ ...NO_DELTA, cells: [[1, 1, 5]] });
    expect(await stage.history.forgetSource("shop")).toEqual({ ok: true, value: undefined });
    await applied;
    await stage.clock.settle();
    expect([...store.keys.keys()].filter((key) => key.startsWith("history/shop/"))).toEqual([]);
    expect((await stage.entries({}, other)).length).toBeGreaterThan(0);
    expect(await stage.entries({}, PLACE)).toEqual([]);
    await stage.end();
  });
});
