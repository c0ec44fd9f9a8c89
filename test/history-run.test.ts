/** The history of a sheet that people and clients change, and what it brings back, with the whole daemon. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { EDITS } from "#contract/edits.ts";
import type { HistoryAnswer, HistoryEntry, RestoreAnswer } from "#contract/history.ts";
import type { CreatedTokenAnswer } from "#contract/tokens.ts";
import { createShopStage, SECOND } from "./support/shop-stage.ts";

const TAB = "/datasources/shop/tabs/Prices";
const FIRST = [
  ["a", 1, "first"],
  ["b", 2, "second"],
  ["c", 3, "third"],
];

async function createStage(settings: Parameters<typeof createShopStage>[0] = {}) {
  const stage = await createShopStage({ pollingInterval: 5 * SECOND, ...settings });
  const nowMs = (): number => stage.clock.nowMs();
  return {
    ...stage,
    nowMs,
    /** The newest first. */
    history: async (query = ""): Promise<readonly HistoryEntry[]> =>
      (await stage.call<HistoryAnswer>("GET", `${TAB}/history?limit=1000${query}`)).entries,
    /** Ends when the restore's edits are in the sheet and polled again. */
    async restore(body: object): Promise<RestoreAnswer> {
      const answer = await stage.call<RestoreAnswer>("POST", `${TAB}/restore`, body);
      await stage.clock.advance(15 * SECOND);
      return answer;
    },
    /** A moment at which everything that was done is read; returned as a time to come back to. */
    async pause(): Promise<string> {
      await stage.clock.advance(15 * SECOND);
      const time = new Date(nowMs()).toISOString();
      await stage.clock.advance(SECOND);
      return time;
    },
  };
}

const timeOf = (text: string | undefined): number => Date.parse(text!);

describe("whose a change is", () => {
  test("HIS-31 a change of the sheet was not so yet when the poll before began, over a restart too", async () => {
    const stage = await createStage();
    await stage.pause();
    for (const [change, restart] of [
      ["typed", false],
      ["typed while no daemon ran", true],
      ["typed again", false],
    ] as const) {
      if (restart) stage.kill();
      await stage.clock.advance(4 * SECOND);
      const typedMs = stage.nowMs();
      stage.person.setCell("Prices", "C2", change);
      if (restart) {
        await stage.clock.advance(60 * SECOND);
        await stage.start();
      }
      await stage.clock.advance(12 * SECOND);
      const [entry] = await stage.history();
      expect(entry).toMatchObject({ kind: "cell", row: 1, after: change, origin: "sheet" });
      const [notBefore, at] = [timeOf(entry!.notBefore), timeOf(entry!.at)];
      expect([change, notBefore <= typedMs, at >= typedMs]).toEqual([change, true, true]);
      // Two polls and what they take; while nothing is stored, the last change's poll is what a restart knows.
      if (!restart) expect(at - notBefore).toBeWithin(SECOND, 12 * SECOND);
    }
    const first = (await stage.history()).filter(({ kind }) => kind === "added");
    expect(first.map((entry) => "notBefore" in entry)).toEqual([false, false, false]);
    await stage.close();
  });

  test("HIS-31 an edit's change names the edit, whose it was, when it was made and what it is part of", async () => {
    const stage = await createStage();
    const scopes = [{ action: "write", source: "shop" }];
    const { token, id } = await stage.call<CreatedTokenAnswer & { id: string }>("POST", "/api/v1/tokens", {
      name: "ann",
      scopes,
    });
    const doc = new Y.Doc();
    stage.join(doc, token);
    await stage.clock.settle();
    const madeMs = stage.nowMs();
    doc.getMap(EDITS).set("1:1", { value: 9, base: 1 });
    await stage.clock.advance(2 * SECOND);
    const [receipt] = await stage.edit({ row: 2, column: "price", value: 7 });
    await stage.clock.advance(10 * SECOND);
    const [posted, wished] = await stage.history();
    expect(wished).toMatchObject({ row: 1, before: 1, after: 9, origin: "edit", by: `token:${id}` });
    expect(timeOf(wished!.madeAt)).toBeWithin(madeMs, madeMs + SECOND);
    expect(posted).toMatchObject({ row: 2, before: 2, after: 7, by: "admin", edit: receipt!.id });
    await stage.close();
  });
});

describe("whose a change is not", () => {
  test("HIS-33 what a person types over an edit whose answer was lost is told as the sheet's, not as the editor's", async () => {
    const stage = await createStage();
    await stage.pause();
    stage.loseWrites((number) => {
      if (number > 1) return null;
      stage.person.setCell("Prices", "B2", 50);
      return new Response("{}", { status: 503 });
    });
    const [receipt] = await stage.edit({ row: 1, column: "price", value: 9, base: 1 });
    // Whether it landed there, nobody can tell any more.
    expect(receipt).toMatchObject({ state: "conflict", theirs: 50 });
    await stage.pause();
    const [newest, ...older] = await stage.history("&row=1");
    expect(newest).toMatchObject({ kind: "cell", before: 1, after: 50, origin: "sheet" });
    expect(newest).not.toHaveProperty("edit");
    expect(older.map(({ kind }) => kind)).toEqual(["added"]);
    await stage.close();
  });
});

describe("a restore, all the way into the sheet", () => {
  test("HIS-32 a cell, a row that changed and one that went, a batch and the tab come back; each is in the history, and can be taken back", async () => {
    const stage = await createStage();
    const first = await stage.pause();
    const [edited] = await stage.edit({ row: 1, column: "price", value: 9 });
    await stage.edit({ row: 2, column: "price", value: 8 }, { row: 2, column: "note", value: "other" });
    const second = await stage.pause();

    const cell = await stage.restore({ cell: { row: 1, column: "price" }, to: first });
    expect(cell.edits).toEqual([{ row: 1, column: "price", from: 9, to: 1 }]);
    expect(stage.sheet()).toEqual([["a", 1, "first"], ["b", 8, "other"], FIRST[2]!]);
    expect(await stage.history(`&cause=${cell.restore}`)).toMatchObject([
      { kind: "cell", row: 1, before: 9, after: 1, origin: "edit", by: "admin", cause: cell.restore },
    ]);
    expect(edited!.state).toBe("confirmed");

    await stage.restore({ row: 2, to: first });
    expect(stage.sheet()).toEqual(FIRST);

    // What the restore of the cell did is taken back like any batch.
    const undone = await stage.restore({ batch: cell.restore });
    expect(stage.sheet()[0]).toEqual(["a", 9, "first"]);
    await stage.restore({ batch: undone.restore });
    expect(stage.sheet()).toEqual(FIRST);

    // Somebody removes a row in the sheet, a client another one.
    stage.person.deleteRows("Prices", 2, 1);
    await stage.edit({ remove: 1 });
    await stage.pause();
    expect(stage.sheet()).toEqual([["c", 3, "third"]]);
    const row = await stage.restore({ row: 2, to: second });
    expect(stage.sheet()).toEqual([
      ["b", 8, "other"],
      ["c", 3, "third"],
    ]);
    expect(await stage.history(`&cause=${row.restore}`)).toMatchObject([
      { kind: "added", values: ["b", 8, "other"] },
    ]);
    const tab = await stage.restore({ tab: true, to: first });
    expect(stage.sheet()).toEqual(FIRST);
    expect(tab.receipts!.length).toBeGreaterThan(0);
    await stage.close();
  });

  test("HIS-28 a restore that comes again, after later edits and a restart too, tells its first receipts and writes nothing", async () => {
    const stage = await createStage();
    const first = await stage.pause();
    await stage.edit({ row: 1, column: "price", value: 9 });
    await stage.pause();
    const key = { "Idempotency-Key": "once" };
    const body = { tab: true, to: first };
    const restored = await stage.call<RestoreAnswer>("POST", `${TAB}/restore`, body, key);
    await stage.pause();
    expect(stage.sheet()).toEqual(FIRST);
    await stage.edit({ row: 1, column: "price", value: 20 }, { row: 2, column: "note", value: "later" });
    stage.person.setCell("Prices", "C4", "typed");
    await stage.pause();
    const later = stage.sheet();
    for (const restart of [false, true]) {
      if (restart) {
        stage.kill();
        await stage.start();
      }
      const again = await stage.call<RestoreAnswer>("POST", `${TAB}/restore`, body, key);
      expect(again.restore).toBe(restored.restore!);
      expect(again.receipts).toMatchObject([{ id: restored.receipts![0]!.id, state: "confirmed" }]);
      await stage.pause();
      expect(stage.sheet()).toEqual(later);
    }
    expect(later[0]).toEqual(["a", 20, "first"]);
    const claims = () => [...stage.store.keys.keys()].filter((name) => name.startsWith("idempotency/"));
    expect(claims()).toHaveLength(1);
    await stage.call("DELETE", "/datasources/shop/delete");
    await stage.pause();
    expect(claims()).toEqual([]);
    await stage.close();
  });

  test("HIS-32 a whole tab after people sorted, typed, inserted and removed: the sheet is as it was, and back again", async () => {
    const stage = await createStage();
    const first = await stage.pause();
    const { person } = stage;
    person.sortRange("Prices", "A2:C", 0, true);
    person.insertRows("Prices", 2);
    person.setCells("Prices", "A3", [["x", 10, "new"]]);
    person.setCell("Prices", "C2", "changed");
    await stage.pause();
    person.deleteRows("Prices", 3, 1);
    const before = stage.sheet();
    await stage.pause();
    const there = await stage.restore({ tab: true, to: first });
    const bySku = (rows: readonly (readonly unknown[])[]): unknown[] =>
      rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
    expect(bySku(stage.sheet())).toEqual(FIRST);
    const back = await stage.restore({ batch: there.restore });
    expect(bySku(stage.sheet())).toEqual(bySku(before));
    expect(back.skipped).toEqual([]);
    const entries = await stage.history(`&cause=${back.restore}`);
    expect(entries.length).toBeGreaterThan(2);
    expect(new Set(entries.map(({ by }) => by))).toEqual(new Set(["admin"]));
    await stage.close();
  });
});
