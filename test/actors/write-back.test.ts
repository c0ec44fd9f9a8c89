/** Edits on their way into a source and back into its mirror. */

import { describe, expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import { ok } from "#contract/result.ts";
import type { Arrival } from "../../src/actors/edits/edit-desk.ts";
import { createFakeSheet, SHEET_TAB } from "../support/fake-sheet.ts";
import { arrival, createWriteStage, SHOP, type WriteStage } from "./write-stage.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Cells of the first row, "tea": its name, price and note. */
const PRICE = "1:1";
const NOTE = "1:2";
const SECOND = 1_000;
const MINUTE = 60_000;

const written = (stage: WriteStage): Promise<void> => stage.clock.advance(SECOND);
const states = (stage: WriteStage, id: string): string[] =>
  stage.news
    .filter((each) => each.id === id)
    .map((each) =>
      each.tag === "confirmed"
        ? "confirmed"
        : each.tag === "progress"
          ? each.progress.state
          : each.outcome.state,
    );

describe("an edit", () => {
  test("WRB-30 an edit that was taken is known at every moment until it is decided, and then", async () => {
    let ask = (): void => {};
    const stage = await createWriteStage({ beforeCommit: async () => ask() });
    const asked: Promise<Receipt | null>[] = [];
    const { id } = await stage.wish("1:1", { value: 4 });
    ask = () => void asked.push(stage.receipt(id));
    await stage.clock.advance(2_000);
    const states = (await Promise.all(asked)).map((receipt) => receipt?.state);
    expect(states.length).toBeGreaterThan(4);
    expect(new Set(states)).toEqual(new Set(["received", "writing", "confirmed"]));
    await stage.close();
  });

  test("WRB-7 shows as a wish once it is taken, and as content once the source has it", async () => {
    const stage = await createWriteStage();
    const receipt = await stage.wish(PRICE, { value: 4, base: 3 });
    expect(receipt).toMatchObject({ state: "received", key: PRICE });
    expect(await stage.shown()).toEqual(["tea 4? hot", "milk 2 cold"]);
    expect(await stage.confirmed()).toEqual([
      ["tea", 3, "hot"],
      ["milk", 2, "cold"],
    ]);
    expect(stage.supervisor.status(SHOP)?.writes).toEqual({ pending: 1, oldestAt: stage.clock.nowMs() });
    await written(stage);
    expect(stage.sheet.rows[0]).toEqual(["tea", 4, "hot"]);
    expect(await stage.shown()).toEqual(["tea 4 hot", "milk 2 cold"]);
    expect(await stage.receipt(receipt.id)).toMatchObject({ state: "confirmed", value: 4 });
    expect(states(stage, receipt.id)).toEqual(["writing", "confirmed"]);
    expect(stage.origins).toEqual([
      { tag: "edits", edits: [{ id: receipt.id, by: "ann", atMs: expect.any(Number), row: 1, slot: 1 }] },
    ]);
    expect(stage.supervisor.status(SHOP)?.writes).toBeUndefined();
    expect(stage.outcomes).toEqual({ confirmed: 1 });
    await stage.close();
    expect(stage.clock.pending()).toBe(0);
  });

  test("WRB-7 is refused at once where it may not be tried, and shows nowhere", async () => {
    const stage = await createWriteStage();
    stage.sheet.types = ["text", "number", "text"];
    stage.sheet.rows[1]![1] = 5;
    await stage.clock.advance(6 * SECOND);
    const receipt = await stage.wish(PRICE, { value: "soon" });
    expect(receipt).toMatchObject({ state: "refused", code: "not-a-number", decidedAt: expect.any(String) });
    expect(await stage.wish("x", {})).toMatchObject({ state: "refused", code: "malformed" });
    expect(await stage.wish(PRICE, { value: 1 }, { tab: "Gone" })).toMatchObject({ code: "no-such-tab" });
    expect(await stage.wish(PRICE, { value: 1 }, { source: "gone" })).toMatchObject({
      code: "no-such-source",
    });
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 5 cold"]);
    await written(stage);
    expect(stage.sheet.batches).toEqual([]);
    await stage.close();
  });

  test("WRB-32 is known by its tab and its author while it waits, when it is decided and refused, and after a restart", async () => {
    const stage = await createWriteStage();
    const one = await stage.wish(PRICE, { value: 4 }, { subject: "ann" });
    const bad = await stage.wish(PRICE, { value: "soon" }, { subject: "bob" });
    const owners = async ({ desk }: Pick<typeof stage, "desk">) =>
      Promise.all([one, bad].map(({ id }) => desk.ownerOf(SHOP, id)));
    const known = [
      { tab: SHEET_TAB, subject: "ann" },
      { tab: SHEET_TAB, subject: "bob" },
    ];
    expect(await owners(stage)).toMatchObject(known);
    await written(stage);
    expect(await stage.receipt(one.id)).toMatchObject({ state: "confirmed" });
    expect(await owners(stage)).toEqual(known);
    expect(await stage.desk.ownerOf(SHOP, "unknown")).toBeNull();
    await stage.close();
    const startMs = stage.clock.nowMs();
    const next = await createWriteStage({ store: stage.store, sheet: stage.sheet, startMs });
    expect(await owners(next)).toEqual(known);
    await next.close();
  });

  test("WRB-8 is one edit however often it is taken, and its receipt outlives a restart for days", async () => {
    const stage = await createWriteStage();
    const one = arrival(PRICE, { value: 4 }, { atMs: stage.clock.nowMs() });
    await stage.desk.take([one, one]);
    await stage.desk.take([one]);
    await written(stage);
    const again = await stage.desk.take([one]);
    expect(again.ok && again.value[0]).toMatchObject({ state: "confirmed" });
    await written(stage);
    expect([...stage.sheet.carriedOut]).toEqual([[one.id, 1]]);
    await stage.close();
    const startMs = stage.clock.nowMs() + 6 * 24 * 60 * MINUTE;
    const next = await createWriteStage({ store: stage.store, sheet: stage.sheet, startMs });
    expect(await next.receipt(one.id)).toMatchObject({ state: "confirmed" });
    await next.clock.advance(2 * 24 * 60 * MINUTE);
    await next.wish(NOTE, { value: "new" });
    await written(next);
    expect(await next.receipt(one.id)).toBeNull();
    await next.close();
  });

  test("WRB-8 is waited for by who asks", async () => {
    const stage = await createWriteStage();
    const { id } = await stage.wish(PRICE, { value: 4 });
    const asked = stage.desk.decided(SHOP, id, MINUTE);
    const early = stage.desk.decided(SHOP, id, 10);
    await written(stage);
    expect(await asked).toMatchObject({ state: "confirmed" });
    expect(await early).toMatchObject({ state: "received" });
    expect(await stage.desk.decided(SHOP, id, MINUTE)).toMatchObject({ state: "confirmed" });
    expect(await stage.desk.decided(SHOP, "unknown", MINUTE)).toBeNull();
    await stage.close();
  });

  test("WRB-9 takes the place of its author's earlier one for the cell, on what that one was made", async () => {
    const stage = await createWriteStage();
    const first = await stage.wish(PRICE, { value: 4, base: 3 });
    const second = await stage.wish(PRICE, { value: 5, base: 4 });
    expect(await stage.shown()).toEqual(["tea 5? hot", "milk 2 cold"]);
    await written(stage);
    expect(stage.sheet.rows[0]![1]).toBe(5);
    expect(await stage.receipt(first.id)).toMatchObject({ state: "refused", code: "replaced" });
    expect(await stage.receipt(second.id)).toMatchObject({ state: "confirmed" });
    expect([...stage.sheet.carriedOut.keys()]).toEqual([second.id]);
    await stage.close();
  });

  test("WRB-10 waits behind one that is on its way, and is made on what the sheet made of that", async () => {
    const stage = await createWriteStage();
    const taken: Promise<unknown>[] = [];
    stage.sheet.madeOf = (value) => (value === "4,0" ? 4 : value);
    stage.sheet.before = () => {
      stage.sheet.before = null;
      taken.push(stage.wish(PRICE, { value: 5, base: "4,0" }));
      return null;
    };
    await stage.wish(PRICE, { value: "4,0", base: 3 });
    await written(stage);
    expect(taken.length).toBe(1);
    expect(
      stage.sheet.batches.map(({ tabs }) => tabs[0]!.edits.map((edit) => "base" in edit && edit.base)),
    ).toEqual([[3], [4]]);
    expect(stage.sheet.rows[0]![1]).toBe(5);
    expect(stage.outcomes).toEqual({ confirmed: 2 });
    await stage.close();
  });

  test("WRB-10 is not made on what somebody wrote over the one before it, which its author has not seen", async () => {
    const stage = await createWriteStage();
    stage.sheet.before = () => {
      stage.sheet.before = null;
      void stage.wish(PRICE, { value: 5, base: 4 });
      return null;
    };
    const sheet = stage.sheet as Mutable<typeof stage.sheet>;
    const { write } = sheet;
    sheet.write = async (batch, signal) => {
      const done = await write!(batch, signal);
      sheet.write = write!;
      sheet.rows[0]![1] = 9;
      if (!done.ok) return done;
      return ok({
        outcomes: done.value.outcomes.map(({ id }) => {
          return { id, tag: "conflict", reason: "changed", theirs: 9, asked: false } as const;
        }),
      });
    };
    await stage.wish(PRICE, { value: 4, base: 3 });
    await written(stage);
    expect(stage.sheet.rows[0]![1]).toBe(9);
    expect(stage.outcomes).toEqual({ conflict: 2 });
    await stage.close();
  });

  test("WRB-10 of another author waits for the earlier one, and conflicts with it if it was made on less", async () => {
    const stage = await createWriteStage();
    const ann = await stage.wish(PRICE, { value: 4, base: 3 });
    const bob = await stage.wish(PRICE, { value: 9, base: 3 }, { subject: "bob" });
    const cid = await stage.wish(PRICE, { value: 8, base: 9 }, { subject: "cid" });
    expect(await stage.shown()).toEqual(["tea 8? hot", "milk 2 cold"]);
    await stage.clock.advance(3 * SECOND);
    expect(stage.sheet.rows[0]![1]).toBe(4);
    expect(await stage.receipt(ann.id)).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(bob.id)).toMatchObject({ state: "conflict", theirs: 4 });
    expect(await stage.receipt(cid.id)).toMatchObject({ state: "conflict", theirs: 4 });
    expect(await stage.shown()).toEqual(["tea 4 hot", "milk 2 cold"]);
    await stage.close();
  });

  test("WRB-24 is taken back before it goes out, and not after", async () => {
    const stage = await createWriteStage();
    const { id } = await stage.wish(PRICE, { value: 4 });
    expect(await stage.desk.withdraw(SHOP, [id, "unknown"])).toEqual({ ok: true, value: undefined });
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold"]);
    expect(await stage.receipt(id)).toMatchObject({ state: "refused", code: "withdrawn" });
    await written(stage);
    expect(stage.sheet.batches).toEqual([]);
    stage.sheet.before = (): null => {
      void stage.desk.withdraw(SHOP, [late.id]);
      return null;
    };
    const late = await stage.wish(PRICE, { value: 5 });
    await written(stage);
    expect(await stage.receipt(late.id)).toMatchObject({ state: "confirmed" });
    await stage.close();
  });
});

describe("rows", () => {
  test("WRB-34 an author's next edit meets his last one, which he has not heard of, and no other's", async () => {
    const stage = await createWriteStage();
    const confirmed = async (value: number, id: string, more: Partial<Arrival> = {}) => {
      await stage.wish("1:1", { value, base: 3 }, { id, ...more });
      await written(stage);
      return stage.receipt(id);
    };
    expect(await confirmed(4, "1:7:0")).toMatchObject({ state: "confirmed" });
    expect(await confirmed(5, "2:7:1", { over: "7:0" })).toMatchObject({ state: "confirmed" });
    expect(await confirmed(6, "2:7:2", { over: "7:0" })).toMatchObject({ state: "conflict", theirs: 5 });
    expect(await confirmed(7, "2:7:3")).toMatchObject({ state: "conflict", theirs: 5 });
    const other = { over: "7:1", subject: "bob" };
    expect(await confirmed(8, "2:9:0", other)).toMatchObject({ state: "conflict", theirs: 5 });
    await stage.close();
  });

  test("WRB-34 of cells of a new row that two authors wished for only the later one's stands", async () => {
    const stage = await createWriteStage();
    await stage.wish("+a", { values: { 0: "jam" } });
    await stage.wish("3:1", { value: 1, base: null }, { id: "1:7:0" });
    await stage.wish("3:1", { value: 2, base: 1 }, { id: "1:9:0", subject: "bob" });
    await written(stage);
    expect(stage.sheet.rows[2]).toEqual(["jam", 2, null]);
    await stage.wish("3:1", { value: 3, base: null }, { id: "1:7:1", over: "7:0" });
    await written(stage);
    expect(await stage.receipt("1:7:1")).toMatchObject({ state: "conflict", theirs: 2 });
    await stage.close();
  });

  test("WRB-11 an added row has its id at once, and edits of its cells go out within it", async () => {
    const stage = await createWriteStage();
    const added = await stage.wish("+a", { values: { 0: "jam", 1: 7 } });
    expect(added).toMatchObject({ state: "received", row: 3 });
    const cell = await stage.wish("3:2", { value: "sweet" });
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold", "+ jam 7 sweet"]);
    expect(await stage.rowIds()).toEqual([1, 2]);
    await written(stage);
    expect(stage.sheet.rows[2]).toEqual(["jam", 7, "sweet"]);
    expect(stage.sheet.batches.length).toBe(1);
    expect(await stage.rowIds()).toEqual([1, 2, 3]);
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold", "jam 7 sweet"]);
    expect(await stage.receipt(added.id)).toMatchObject({ state: "confirmed", row: 3 });
    expect(await stage.receipt(cell.id)).toMatchObject({ state: "confirmed", value: "sweet" });
    await stage.clock.advance(10 * SECOND);
    expect(await stage.rowIds()).toEqual([1, 2, 3]);
    await stage.close();
  });

  test("WRB-11 a cell of an added row waits for it where its author has not seen what the row holds there", async () => {
    const stage = await createWriteStage();
    await stage.wish("+a", { values: { 0: "jam" } });
    const ann = await stage.wish("3:1", { value: 1, base: null });
    const bob = await stage.wish("3:1", { value: 2, base: null }, { subject: "bob" });
    await written(stage);
    await written(stage);
    expect(stage.sheet.rows[2]).toEqual(["jam", 1, null]);
    expect(await stage.receipt(ann.id)).toMatchObject({ state: "confirmed", value: 1 });
    expect(await stage.receipt(bob.id)).toMatchObject({ state: "conflict", theirs: 1 });
    await stage.close();
  });

  test.each(["sheet", "ask", "client"] as const)(
    "WRB-11 a cell in whose place something else stands goes out again by itself (%s)",
    async (conflictPolicy) => {
      const stage = await createWriteStage({ settings: { conflictPolicy } });
      const sheet = stage.sheet as Mutable<typeof stage.sheet>;
      const { write } = sheet;
      sheet.write = async (batch, signal) => {
        const done = await write!(batch, signal);
        sheet.write = write!;
        sheet.rows[2]![2] = "typed";
        const [row] = done.ok ? done.value.outcomes : [];
        return ok({ outcomes: [{ id: row!.id, tag: "written", values: ["jam", 7, "typed"], missing: [2] }] });
      };
      const added = await stage.wish("+a", { values: { 0: "jam" } });
      const price = await stage.wish("3:1", { value: 7, base: null });
      const note = await stage.wish("3:2", { value: "sweet", base: null });
      await written(stage);
      expect(await stage.receipt(added.id)).toMatchObject({ state: "confirmed" });
      expect(await stage.receipt(price.id)).toMatchObject({ state: "confirmed", value: 7 });
      await stage.clock.advance(10 * SECOND);
      expect(sheet.batches).toHaveLength(2);
      const { conflicts } = await stage.conflicts.list({ limit: 10 });
      const isWritten = conflictPolicy === "client";
      expect(sheet.rows[2]).toEqual(["jam", 7, isWritten ? "sweet" : "typed"]);
      expect(await stage.receipt(note.id)).toMatchObject({ state: isWritten ? "confirmed" : "conflict" });
      const kept = { sheet: "theirs", ask: "nobody", client: "mine" }[conflictPolicy];
      expect(conflicts).toMatchObject([{ mine: "sweet", theirs: "typed", kept }]);
      await stage.close();
    },
  );

  test("WRB-11 a cell of a row that is on its way waits for it", async () => {
    const stage = await createWriteStage();
    stage.sheet.before = () => {
      stage.sheet.before = null;
      void stage.wish("3:2", { value: "sweet" });
      return null;
    };
    await stage.wish("+a", { values: { 0: "jam" } });
    await stage.clock.advance(2 * SECOND);
    expect(stage.sheet.rows[2]).toEqual(["jam", null, "sweet"]);
    expect(stage.sheet.batches.length).toBe(2);
    expect(stage.outcomes).toEqual({ confirmed: 2 });
    await stage.close();
  });

  test("WRB-11 a row that is removed before it goes out never does; two rows have two ids", async () => {
    const stage = await createWriteStage();
    const [a, b] = [
      await stage.wish("+a", { values: { 0: "jam" } }),
      await stage.wish("+b", { values: { 0: "oil" } }),
    ];
    expect([a.row, b.row]).toEqual([3, 4]);
    const cell = await stage.wish("3:1", { value: 1 });
    const removal = await stage.wish("-3", {});
    expect(removal).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(a.id)).toMatchObject({ state: "refused", code: "row-removed" });
    expect(await stage.receipt(cell.id)).toMatchObject({ state: "refused", code: "row-removed" });
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold", "+ oil - -"]);
    await written(stage);
    expect(stage.sheet.rows.map(([name]) => name)).toEqual(["tea", "milk", "oil"]);
    expect(await stage.rowIds()).toEqual([1, 2, 4]);
    await stage.close();
  });

  test("WRB-11 a row is removed after the edits before it, and what comes after it is a conflict", async () => {
    const stage = await createWriteStage();
    const cell = await stage.wish(PRICE, { value: 4 });
    const removal = await stage.wish("-1", {});
    const late = await stage.wish(NOTE, { value: "gone" });
    expect(await stage.shown()).toEqual(["tea 4? gone? x", "milk 2 cold"]);
    await stage.clock.advance(2 * SECOND);
    expect(stage.sheet.rows).toEqual([["milk", 2, "cold"]]);
    expect(await stage.receipt(cell.id)).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(removal.id)).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(late.id)).toMatchObject({ state: "conflict", code: "row-gone" });
    expect(await stage.shown()).toEqual(["milk 2 cold"]);
    await stage.close();
  });

  test("WRB-25 a row that a poll finds before its confirmation keeps the id its author has", async () => {
    const stage = await createWriteStage();
    stage.sheet.after = () => ({ tag: "Unreachable", detail: "HTTP 503" });
    const added = await stage.wish("+a", { values: { 0: "jam", 1: 7 } });
    const cell = await stage.wish("3:2", { value: "sweet" });
    stage.supervisor.wake(SHOP);
    await stage.clock.advance(6 * SECOND);
    expect(stage.sheet.rows.length).toBe(3);
    expect((await stage.rowIds()).length).toBe(3);
    expect(await stage.rowIds()).not.toContain(3);
    stage.sheet.after = null;
    await stage.clock.advance(2 * MINUTE);
    expect(await stage.rowIds()).toEqual([1, 2, 3]);
    expect(await stage.receipt(added.id)).toMatchObject({ state: "confirmed", row: 3 });
    expect(await stage.receipt(cell.id)).toMatchObject({ state: "confirmed" });
    expect(stage.sheet.carriedOut.get(added.id)).toBe(1);
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold", "jam 7 sweet"]);
    await stage.close();
  });

  test("WRB-11 a row goes where its edit says, or where the settings say", async () => {
    const stage = await createWriteStage();
    await stage.wish("+a", { values: { 0: "first" }, after: null });
    await stage.wish("+b", { values: { 0: "second" }, after: 1 });
    await written(stage);
    expect((await stage.confirmed()).map(([name]) => name)).toEqual(["first", "tea", "second", "milk"]);
    expect(stage.sheet.rows.map(([name]) => name) as CellValue[]).toEqual(["first", "tea", "second", "milk"]);
    await stage.close();
  });
});

describe("batches", () => {
  test("WRB-12 edits that arrive together go out together, so many at once", async () => {
    const names = Array.from({ length: 600 }, (_, i) => `item ${i}`);
    const sheet = createFakeSheet(
      ["name", "price"],
      names.map((name) => [name, 0]),
    );
    const stage = await createWriteStage({ sheet });
    const arrivals = names.map((_, i) => arrival(`${i + 1}:1`, { value: i }, { atMs: stage.clock.nowMs() }));
    await stage.desk.take(arrivals);
    await stage.clock.advance(150);
    expect(sheet.batches.length).toBe(0);
    await written(stage);
    expect(sheet.batches.map(({ tabs }) => tabs[0]!.edits.length)).toEqual([250, 250, 100]);
    expect(new Set(sheet.batches.map(({ receipt }) => receipt)).size).toBe(3);
    expect(sheet.rows.every(([, price], i) => price === i)).toBe(true);
    await stage.close();
  });

  test("WRB-13 a batch whose answer is lost goes again as it was, and nothing is done twice", async () => {
    const stage = await createWriteStage();
    let lost = 2;
    stage.sheet.after = () => (lost-- > 0 ? { tag: "Unreachable", detail: "HTTP 503" } : null);
    const { id } = await stage.wish(PRICE, { value: 4, base: 3 });
    await stage.wish("+a", { values: { 0: "jam" } });
    await stage.clock.advance(300);
    // Not for the batch that is on its way.
    const later = await stage.wish(NOTE, { value: "iced" });
    await stage.clock.advance(MINUTE);
    const { batches, carriedOut } = stage.sheet;
    expect(batches.map(({ again }) => again)).toEqual([false, true, true, false]);
    expect(new Set(batches.slice(0, 3).map(({ receipt }) => receipt)).size).toBe(1);
    expect(batches[1]!.tabs[0]!.edits).toEqual(batches[0]!.tabs[0]!.edits);
    expect([...carriedOut.values()]).toEqual([1, 1, 1]);
    expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(later.id)).toMatchObject({ state: "confirmed" });
    await stage.close();
  });

  test("WRB-33 what the source notes of a batch before it sends it comes back with the batch, also after a kill", async () => {
    const stage = await createWriteStage();
    const { sheet } = stage;
    let lost = 5;
    sheet.after = () => (lost-- > 0 ? { tag: "Unreachable", detail: "HTTP 503" } : null);
    const { id } = await stage.wish(PRICE, { value: 4, base: 3 });
    while (sheet.batches.length < 2) await stage.clock.advance(1_000);
    stage.crash();
    const next = await createWriteStage({ store: stage.store, sheet, startMs: stage.clock.nowMs() });
    while (sheet.batches.length < 6) await next.clock.advance(1_000);
    expect(sheet.remembered.slice(0, 4)).toEqual([
      [],
      ["batch 1"],
      ["batch 1", "batch 2"],
      ["batch 1", "batch 2", "batch 3"],
    ]);
    expect(sheet.remembered[5]).toEqual(["batch 2", "batch 3", "batch 4", "batch 5"]);
    await next.clock.advance(MINUTE);
    expect(await next.receipt(id)).toMatchObject({ state: "confirmed" });
    await next.wish(NOTE, { value: "iced" });
    await next.clock.advance(MINUTE);
    expect(sheet.remembered.at(-1)).toEqual([]);
    await next.close();
  });

  test("WRB-17 what the source puts off comes again after the next poll", async () => {
    const stage = await createWriteStage();
    stage.sheet.before = () => {
      stage.sheet.before = null;
      return "later";
    };
    const { id } = await stage.wish(PRICE, { value: 4 });
    await stage.clock.advance(250);
    expect(await stage.receipt(id)).toMatchObject({ state: "received" });
    const { polls } = stage.sheet;
    await stage.clock.advance(3 * SECOND);
    expect(stage.sheet.polls).toBeGreaterThan(polls);
    expect(await stage.receipt(id)).toMatchObject({ state: "confirmed" });
    expect(stage.sheet.batches.map(({ again }) => again)).toEqual([false, false]);
    await stage.close();
  });

  test("WRB-17 what the source puts off again and again is asked for ever more rarely, and parked after some twenty minutes", async () => {
    const stage = await createWriteStage();
    stage.sheet.before = () => "later";
    const { id } = await stage.wish(PRICE, { value: 4 });
    const startedMs = stage.clock.monotonicMs();
    const stateOf = async () => (await stage.receipt(id))!.state;
    await stage.clock.advance(MINUTE);
    const { length } = stage.sheet.batches;
    expect([length > 5, length < 12, await stateOf()]).toEqual([true, true, "received"]);
    stage.clock.jumpWall(-60 * MINUTE);
    while ((await stateOf()) === "received") await stage.clock.advance(MINUTE);
    const minutes = (stage.clock.monotonicMs() - startedMs) / MINUTE;
    expect([stage.sheet.batches.length, await stateOf(), minutes > 15, minutes < 30]).toEqual([
      20,
      "parked",
      true,
      true,
    ]);
    await stage.close();
  });

  test("WRB-18 an edit that fails for no known reason holds no other, and is parked", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `item ${i}`);
    const sheet = createFakeSheet(
      ["name", "price"],
      names.map((name) => [name, 0]),
    );
    const stage = await createWriteStage({ sheet });
    const arrivals = names.map((_, i) =>
      arrival(`${i + 1}:1`, { value: i + 1 }, { atMs: stage.clock.nowMs() }),
    );
    const poison = arrivals[17]!.id;
    sheet.before = ({ tabs }) => {
      if (!tabs.some(({ edits }) => edits.some(({ id }) => id === poison))) return null;
      throw new TypeError("undefined is not an object");
    };
    await stage.desk.take(arrivals);
    await stage.clock.advance(10 * SECOND);
    expect(sheet.rows.filter(([, price]) => price !== 0).length).toBe(39);
    await stage.clock.advance(2 * MINUTE);
    const receipt = await stage.receipt(poison);
    expect(receipt?.state).toBe("parked");
    expect(stage.outcomes).toEqual({ confirmed: 39, parked: 1 });
    expect(stage.deadLetterCount).toBe(1);
    expect((await stage.shown())[17]).toBe("item 17 0");
    const { deadLetters } = await stage.deadLetters.list({ limit: 10 });
    expect(deadLetters).toMatchObject([
      { id: receipt!.record, key: "18:1", mine: 18, by: "ann", tries: 5, column: "price" },
    ]);
    sheet.before = null;
    const requeued = await stage.deadLetters.requeue(receipt!.record!);
    expect(requeued).toMatchObject({ ok: true, value: { state: "received" } });
    await written(stage);
    expect(sheet.rows[17]).toEqual(["item 17", 18]);
    expect(stage.deadLetterCount).toBe(0);
    expect(stage.logs.filter(({ message }) => message === "actor crashed")).toEqual([]);
    await stage.close();
  });

  test("WRB-19 a cell that is written over and over has to wait, and a notice says so", async () => {
    const stage = await createWriteStage();
    let last = "";
    for (let i = 0; i < 40; i++) {
      last = (await stage.wish(PRICE, { value: i })).id;
      await stage.clock.advance(500);
    }
    expect(stage.sheet.batches.length).toBe(30);
    expect(stage.supervisor.status(SHOP)?.notices).toEqual([expect.stringContaining("30 times a minute")]);
    const other = await stage.wish(NOTE, { value: "iced" });
    await written(stage);
    expect(await stage.receipt(other.id)).toMatchObject({ state: "confirmed" });
    await stage.clock.advance(MINUTE);
    expect(await stage.receipt(last)).toMatchObject({ state: "confirmed" });
    expect(stage.sheet.rows[0]![1]).toBe(39);
    expect(stage.supervisor.status(SHOP)?.notices).toEqual([]);
    await stage.close();
  });
});

describe("conflicts", () => {
  async function conflicting(conflictPolicy: "sheet" | "client" | "latest" | "ask") {
    const stage = await createWriteStage({ settings: { conflictPolicy } });
    stage.sheet.rows[0]![1] = 7;
    const receipt = await stage.wish(PRICE, { value: 4, base: 3 });
    await stage.clock.advance(3 * SECOND);
    const { conflicts } = await stage.conflicts.list({ source: SHOP, state: "open", limit: 10 });
    return { stage, receipt: (await stage.receipt(receipt.id))!, conflicts };
  }

  test("WRB-15 the sheet's value stays, and the loser is kept with both values", async () => {
    const { stage, receipt, conflicts } = await conflicting("sheet");
    expect(receipt).toMatchObject({
      state: "conflict",
      code: "changed",
      theirs: 7,
      record: conflicts[0]!.id,
    });
    expect(conflicts).toMatchObject([
      {
        tab: "Prices",
        row: 1,
        slot: 1,
        column: "price",
        base: 3,
        mine: 4,
        theirs: 7,
        by: "ann",
        kept: "theirs",
      },
    ]);
    expect(stage.sheet.rows[0]![1]).toBe(7);
    expect(await stage.shown()).toEqual(["tea 7 hot", "milk 2 cold"]);
    expect(states(stage, receipt.id).at(-1)).toBe("conflict");
    await stage.close();
  });

  test("WRB-15 the client's value stays, and what it replaced is kept", async () => {
    const { stage, receipt, conflicts } = await conflicting("client");
    expect(receipt).toMatchObject({ state: "confirmed", record: conflicts[0]!.id });
    expect(conflicts).toMatchObject([{ mine: 4, theirs: 7, kept: "mine" }]);
    expect(stage.sheet.rows[0]![1]).toBe(4);
    await stage.close();
  });

  test("WRB-15 latest: what a poll brought before the wish gives way, what it brought after stays", async () => {
    const { stage, receipt } = await conflicting("latest");
    expect(receipt).toMatchObject({ state: "conflict" });
    await stage.clock.advance(6 * SECOND);
    const newer = await stage.wish(PRICE, { value: 5, base: 3 });
    const older = await stage.wish("2:1", { value: 6, base: 1, at: stage.clock.nowMs() - MINUTE });
    await written(stage);
    expect(await stage.receipt(newer.id)).toMatchObject({ state: "confirmed" });
    expect(await stage.receipt(older.id)).toMatchObject({ state: "conflict", theirs: 2 });
    await stage.close();
  });

  test("WRB-27 a person chooses between the two, and the choice is an edit on top of what stands there", async () => {
    const { stage, conflicts } = await conflicting("ask");
    expect(conflicts).toMatchObject([{ kept: "nobody" }]);
    const { id } = conflicts[0]!;
    const chosen = await stage.conflicts.resolve(id, { choice: "mine" }, "eve");
    expect(chosen).toMatchObject({
      ok: true,
      value: { state: "resolved", resolution: { choice: "mine", by: "eve" } },
    });
    await written(stage);
    expect(stage.sheet.rows[0]![1]).toBe(4);
    expect(await stage.conflicts.resolve(id, { choice: "mine" }, "eve")).toEqual(chosen);
    expect(await stage.conflicts.resolve(id, { choice: "theirs" }, "eve")).toMatchObject({
      error: { tag: "Resolved" },
    });
    expect(await stage.conflicts.resolve("x", { choice: "mine" }, "eve")).toMatchObject({
      error: { tag: "NoSuchConflict" },
    });
    expect((await stage.conflicts.list({ state: "open", limit: 1 })).conflicts).toEqual([]);
    await stage.close();
  });

  test("WRB-27 a third value, or theirs after mine was kept", async () => {
    const { stage, conflicts } = await conflicting("client");
    const theirs = await stage.conflicts.resolve(conflicts[0]!.id, { choice: "theirs" }, "eve");
    expect(theirs.ok && theirs.value.resolution?.edit).toBeDefined();
    await written(stage);
    expect(stage.sheet.rows[0]![1]).toBe(7);
    await stage.close();
    const asked = await conflicting("ask");
    await asked.stage.conflicts.resolve(asked.conflicts[0]!.id, { choice: "value", value: 9 }, "eve");
    await written(asked.stage);
    expect(asked.stage.sheet.rows[0]![1]).toBe(9);
    await asked.stage.close();
  });

  test("WRB-16 what the source refuses is refused with its reason", async () => {
    const stage = await createWriteStage();
    stage.sheet.before = () => "refused";
    const { id } = await stage.wish(PRICE, { value: 4 });
    await written(stage);
    expect(await stage.receipt(id)).toMatchObject({
      state: "refused",
      code: "protected",
      why: "The cell is protected.",
    });
    expect(await stage.shown()).toEqual(["tea 3 hot", "milk 2 cold"]);
    expect(stage.sheet.batches.length).toBe(1);
    await stage.close();
  });
});
