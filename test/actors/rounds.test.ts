/** What a round of polling leaves in the documents and on disk. */
import { describe, expect, test } from "bun:test";
import { err, ok } from "#contract/result.ts";
import { rowsOf } from "../support/fake-documents.ts";
import { tab, unchangedTab } from "../support/fake-source.ts";
import { createStage, settings } from "./stage.ts";

const PRICES = tab("Prices", ["name", "price"], [["tea", 3]]);
const MATCHES = tab("Matches", ["home"], [["Ajax"]]);

describe("a round of polling", () => {
  test("ACT-2 a started source is polled at once, without a revision, and goes live with its tabs", async () => {
    const stage = createStage();
    stage.supervisor.start(settings("shop"));
    expect(stage.supervisor.status("shop")?.state).toBe("loading");
    await stage.clock.settle();
    expect(stage.source("shop").polls).toEqual([null]);
    expect(rowsOf(stage.documents.held.get("shop/Prices")!)).toEqual([["tea", 3]]);
    expect(stage.supervisor.status("shop")).toMatchObject({
      state: "live",
      tabs: [{ name: "Prices", title: "Prices", rows: 1, columns: 2 }],
      lastPollAt: stage.clock.nowMs(),
      lastChangeAt: stage.clock.nowMs(),
    });
    await stage.supervisor.close();
  });

  test("ACT-2 after a restart the source is polled from the saved revision", async () => {
    const before = createStage();
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    await before.supervisor.close();

    const stage = createStage(before);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.source("shop").polls).toEqual([null, "r1"]);
    expect(stage.documents.writes).toEqual(["create shop/Prices", "apply shop/Prices"]);
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "live", tabs: [{ rows: 1 }] });
    await stage.supervisor.close();
  });

  test("ACT-25 a start loads no document to tell of the tabs", async () => {
    const before = createStage();
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    const { tabs } = before.supervisor.status("shop")!;
    await before.supervisor.close();

    const stage = createStage(before);
    stage.source("shop").instead = () => err({ tag: "Unreachable", detail: "no route" });
    stage.documents.open = stage.documents.create = async () => {
      throw new Error("loaded");
    };
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.supervisor.status("shop")).toMatchObject({ problem: { code: "unreachable" }, tabs });
    expect(tabs).toHaveLength(1);
    await stage.supervisor.close();
  });

  test("ACT-3 the revision is saved once every tab is durable, not before", async () => {
    const stage = createStage();
    stage.source("shop").set([PRICES, MATCHES]);
    const gate = Promise.withResolvers<void>();
    stage.documents.beforeApply = (name) => (name === "shop/Matches" ? gate.promise : Promise.resolve());
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.documents.writes).toContain("apply shop/Prices");
    expect(stage.record("shop").revision).toBeNull();
    gate.resolve();
    await stage.clock.settle();
    expect(stage.record("shop").revision).toBe("r2");
    await stage.supervisor.close();
  });

  test("ACT-3 a crash between applying and saving repeats the work and changes nothing", async () => {
    const before = createStage();
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    before.source("shop").set([tab("Prices", ["name", "price"], [["tea", 4]])]);
    // The revision of this round never reaches the disk.
    const record = before.store.keys.get("actor/shop")!;
    await before.clock.advance(1_100);
    before.store.keys.set("actor/shop", record);
    await before.supervisor.close();
    const held = structuredClone(before.documents.held);
    const writes = before.documents.writes.length;

    const stage = createStage(before);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.source("shop").polls.at(-1)).toBe("r1");
    expect(stage.documents.held).toEqual(held);
    expect(stage.documents.writes).toHaveLength(writes);
    expect(stage.record("shop").revision).toBe("r2");
    await stage.supervisor.close();
  });

  test("ACT-4 a tab's name is on disk before its document exists", async () => {
    const stage = createStage();
    stage.store.refusal = "the disk is full";
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.documents.writes).toEqual([]);
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "failing", problem: { code: "storage" } });
    stage.store.refusal = null;
    await stage.clock.advance(2_000);
    expect(stage.record("shop").tabs).toEqual([{ tabId: "Prices", name: "Prices", title: "Prices" }]);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-5 renaming a tab changes its document's title and nothing else", async () => {
    const stage = createStage();
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const rows = structuredClone(stage.documents.held.get("shop/Prices")!.baseline);
    stage.source("shop").set([unchangedTab("Prices 2026", "Prices")]);
    await stage.clock.advance(1_100);
    const document = stage.documents.held.get("shop/Prices")!;
    expect(document.meta.title).toBe("Prices 2026");
    expect(document.baseline).toEqual(rows);
    expect(stage.documents.held.size).toBe(1);
    expect(stage.supervisor.status("shop")?.tabs).toMatchObject([{ name: "Prices", title: "Prices 2026" }]);
    await stage.supervisor.close();
  });

  test("ACT-6 a gone tab's document is removed, after the other tabs are durable", async () => {
    const stage = createStage();
    stage.source("shop").set([PRICES, MATCHES]);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    stage.source("shop").set([tab("Matches", ["home"], [["PSV"]])]);
    await stage.clock.advance(1_100);
    expect(stage.documents.writes.slice(-2)).toEqual(["apply shop/Matches", "remove shop/Prices"]);
    expect(stage.record("shop").tabs.map(({ name }) => name)).toEqual(["Matches"]);
    await stage.supervisor.close();
  });

  test("ACT-6 an incomplete snapshot, an empty one and an apply that failed remove nothing", async () => {
    const stage = createStage();
    stage.source("shop").set([PRICES, MATCHES]);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    stage.source("shop").set([MATCHES], { incomplete: true });
    await stage.clock.advance(1_100);
    stage.source("shop").set([]);
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")?.tabs).toHaveLength(2);
    stage.documents.refusal = "the disk is full";
    stage.source("shop").set([tab("Matches", ["home"], [["PSV"]])]);
    await stage.clock.advance(1_100);
    expect([...stage.documents.held.keys()].sort()).toEqual(["shop/Matches", "shop/Prices"]);
    await stage.supervisor.close();
  });

  test("ACT-6 a document that cannot be removed is removed later", async () => {
    const stage = createStage();
    stage.source("shop").set([PRICES, MATCHES]);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    stage.source("shop").set([unchangedTab("Matches")]);
    stage.documents.refusal = "the disk is full";
    await stage.clock.advance(1_100);
    expect(stage.record("shop").tabs).toHaveLength(2);
    stage.documents.refusal = null;
    await stage.clock.advance(10_000);
    expect([...stage.documents.held.keys()]).toEqual(["shop/Matches"]);
    expect(stage.record("shop").tabs).toHaveLength(1);
    await stage.supervisor.close();
  });

  test("ACT-8 a poll that finds nothing new writes nothing", async () => {
    const stage = createStage();
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const [writes, keys] = [stage.documents.writes.length, structuredClone(stage.store.keys)];
    await stage.clock.advance(60_000);
    expect(stage.source("shop").polls.length).toBeGreaterThan(50);
    expect(stage.documents.writes).toHaveLength(writes);
    expect(stage.store.keys).toEqual(keys);
    expect(stage.supervisor.status("shop")?.lastPollAt).toBeGreaterThan(stage.clock.nowMs() - 1_100);
    await stage.supervisor.close();
  });

  test("ACT-8 a newer revision of unchanged content is polled from, but writes nothing", async () => {
    const stage = createStage();
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const keys = structuredClone(stage.store.keys);
    let count = 0;
    stage.source("shop").instead = () => ok({ tag: "Unchanged", revision: `r1 poll ${++count}` });
    await stage.clock.advance(10_000);
    expect(stage.source("shop").polls.slice(-2)).toEqual([`r1 poll ${count - 2}`, `r1 poll ${count - 1}`]);
    expect(stage.store.keys).toEqual(keys);
    await stage.supervisor.close();
  });

  test("ACT-8 the same content at another revision saves the revision and touches no document", async () => {
    const stage = createStage();
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const changedAt = stage.supervisor.status("shop")?.lastChangeAt;
    const writes = stage.documents.writes.length;
    stage.source("shop").set([PRICES]);
    await stage.clock.advance(1_100);
    expect(stage.record("shop").revision).toBe("r2");
    expect(stage.documents.writes).toHaveLength(writes);
    expect(stage.supervisor.status("shop")?.lastChangeAt).toBe(changedAt!);
    await stage.supervisor.close();
  });

  test("ACT-19 content that is not settled is not applied and not an error", async () => {
    const stage = createStage();
    stage.source("shop").instead = () => ok({ tag: "Pending" });
    stage.supervisor.start(settings("shop"));
    await stage.clock.advance(10_000);
    expect(stage.supervisor.status("shop")).toMatchObject({ state: "loading", tabs: [] });
    expect(stage.supervisor.status("shop")?.problem).toBeUndefined();
    expect(stage.documents.writes).toEqual([]);
    stage.source("shop").instead = null;
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")?.state).toBe("live");
    await stage.supervisor.close();
  });

  test("ACT-22 a tab whose document is missing makes the source be read from the start", async () => {
    const before = createStage();
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    await before.supervisor.close();
    before.documents.held.delete("shop/Prices");

    const stage = createStage(before);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    expect(stage.source("shop").polls.at(-1)).toBeNull();
    expect(rowsOf(stage.documents.held.get("shop/Prices")!)).toEqual([["tea", 3]]);
    await stage.supervisor.close();
  });

  test("ACT-22 the same while it runs", async () => {
    const stage = createStage();
    stage.source("shop").set([PRICES, MATCHES]);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    stage.documents.held.delete("shop/Prices");
    stage.source("shop").set([unchangedTab("Renamed", "Prices"), MATCHES]);
    await stage.clock.advance(1_100);
    expect(stage.supervisor.status("shop")).toMatchObject({ problem: { code: "missing-document" } });
    stage.source("shop").set([{ ...PRICES, title: "Renamed" }, MATCHES]);
    await stage.clock.advance(5_000);
    expect(stage.source("shop").polls.slice(1)).toContain(null);
    expect(rowsOf(stage.documents.held.get("shop/Prices")!)).toEqual([["tea", 3]]);
    await stage.supervisor.close();
  });

  test("ACT-24 rows that their key cannot tell apart are named in the notices, also after a restart", async () => {
    const before = createStage();
    const keyed = { ...tab("Prices", ["id"], [["a"], ["a"], [""]]), keyColumn: 0 };
    before.source("shop").set([keyed]);
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    before.source("shop").set([{ ...keyed, rows: [["a"], ["a"], ["b"], [""]] }]);
    await before.clock.advance(1_100);
    await before.supervisor.close();
    const stage = createStage(before);
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const { notices } = stage.supervisor.status("shop")!;
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain("Prices");
    await stage.supervisor.close();
  });

  test("ACT-40 the workbook's facts and the merged cells are told as last applied, also after a restart", async () => {
    const before = createStage();
    const workbook = { title: "Shop", timeZone: "Asia/Tokyo", locale: "ja_JP" };
    before.source("shop").set([{ ...PRICES, merges: ["A1:B1"] }, MATCHES], { workbook });
    before.supervisor.start(settings("shop"));
    await before.clock.settle();
    before.source("shop").set([unchangedTab("Prices 2", "Prices"), MATCHES], { workbook });
    await before.clock.advance(1_100);
    await before.supervisor.close();
    const stage = createStage(before);
    stage.source("shop").instead = () => err({ tag: "Unreachable", detail: "no route" });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const status = stage.supervisor.status("shop")!;
    expect(status.workbook).toEqual(workbook);
    expect(status.tabs).toMatchObject([{ title: "Prices 2", merges: ["A1:B1"] }, { title: "Matches" }]);
    expect(status.tabs[1]).not.toHaveProperty("merges");
    await stage.supervisor.close();
  });

  test("ACT-41 a change of time zone or locale alone reaches the mirror of every tab, once", async () => {
    const stage = createStage();
    const tabs = [unchangedTab("Prices"), unchangedTab("Matches")];
    const workbook = { title: "Shop", timeZone: "Asia/Tokyo", locale: "ja_JP" };
    stage.source("shop").set([PRICES, MATCHES], { workbook });
    stage.supervisor.start(settings("shop"));
    await stage.clock.settle();
    const told = (tab: string) => stage.documents.held.get(`shop/${tab}`)!.meta;
    expect(told("Prices")).toMatchObject({ timeZone: "Asia/Tokyo", locale: "ja_JP" });
    const moved = { ...workbook, title: "Shop 2", timeZone: "Europe/Paris" };
    stage.documents.writes.length = 0;
    stage.source("shop").set(tabs, { workbook: { ...workbook, title: "Shop 2" } });
    await stage.clock.advance(1_100);
    expect(stage.documents.writes).toEqual([]);
    stage.source("shop").set(tabs, { workbook: moved });
    await stage.clock.advance(1_100);
    expect(stage.documents.writes).toEqual(["apply shop/Prices", "apply shop/Matches"]);
    expect(told("Matches")).toMatchObject({ timeZone: "Europe/Paris", locale: "ja_JP" });
    expect(stage.supervisor.status("shop")?.workbook).toEqual(moved);
    await stage.supervisor.close();
  });
});
