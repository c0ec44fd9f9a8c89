import { describe, expect, test } from "bun:test";
import type { FakeTab } from "./fake-google.ts";
import { changed, createTestSource } from "./test-source.ts";

const tab = (sheetId: number, title: string, more: Partial<FakeTab> = {}): FakeTab => ({
  sheetId,
  title,
  values: [
    ["id", "v"],
    [sheetId, "x"],
  ],
  ...more,
});
const titles = (snapshot: { tabs: readonly { title: string }[] }): string[] =>
  snapshot.tabs.map((one) => one.title);

describe("tabs", () => {
  test("GOO-12 a renamed tab keeps its id, its choice and its key column", async () => {
    const { google, poll } = createTestSource([tab(0, "Prices"), tab(7, "Stock")], {
      wanted: { tabs: ["Prices"], keyColumns: { Prices: "id" } },
    });
    await poll();
    google.tabs[0]!.title = "Prices 2030";
    const { tabs, notices } = changed(await poll());
    expect(tabs).toMatchObject([{ tabId: "0", title: "Prices 2030", keyColumn: 0 }]);
    expect(notices).toEqual([]);
    google.tabs[0]!.title = "Prices 2031";
    expect(titles(changed(await poll()))).toEqual(["Prices 2031"]);
  });

  test("GOO-12 a tab that takes over the title of a renamed one takes its place", async () => {
    const { google, poll } = createTestSource([tab(0, "Prices")], { wanted: { tabs: ["Prices"] } });
    await poll();
    google.tabs[0]!.title = "Prices (old)";
    await poll();
    google.tabs.push(tab(1, "Prices"));
    google.tabs[0]!.values[1]![1] = "moved on";
    google.tabs[0]!.values[0]![1] = "w";
    expect(changed(await poll()).tabs).toMatchObject([{ tabId: "1", title: "Prices" }]);
  });

  test("GOO-13 tabs come, go and move", async () => {
    const { google, poll, clock } = createTestSource([tab(0, "A"), tab(1, "B")]);
    await poll();
    google.tabs.splice(0, 2, tab(1, "B"), tab(2, "C"));
    const { tabs } = changed(await poll());
    expect(tabs[0]).toEqual({ tabId: "1", title: "B", unchanged: true });
    expect(tabs[1]).toMatchObject({ tabId: "2", title: "C", rows: [[2, "x"]] });
    google.tabs.reverse();
    for (let count = 0; count < 5; count++) await poll();
    await clock.advance(15_000);
    expect(changed(await poll()).tabs).toEqual([
      { tabId: "2", title: "C", unchanged: true },
      { tabId: "1", title: "B", unchanged: true },
    ]);
  });

  test("GOO-13 a workbook that is rearranged at every look ends the poll as Unreachable", async () => {
    const { google, fail } = createTestSource([tab(0, "A")]);
    for (let count = 0; count < 3; count++) {
      google.faults.push((url) => {
        if (!url.pathname.endsWith("batchGet")) return undefined;
        const error = { code: 400, status: "INVALID_ARGUMENT", message: "Unable to parse range: 'A'" };
        return Response.json({ error }, { status: 400 });
      });
    }
    expect(await fail()).toMatchObject({ tag: "Unreachable", detail: expect.stringContaining("changed") });
  });

  test("GOO-14 tabs chooses by title, and a missing title is a notice", async () => {
    const { google, poll } = createTestSource([tab(0, "A"), tab(1, "B"), tab(2, "C")], {
      wanted: { tabs: ["C", "A", "Prcies"] },
    });
    const snapshot = changed(await poll());
    expect(titles(snapshot)).toEqual(["A", "C"]);
    expect(snapshot.notices).toEqual([
      'The workbook has no tab, range or named range "Prcies": correct it under "tabs".',
    ]);
    google.tabs[0]!.values[1]![1] = "y";
    expect(changed(await poll()).notices).toEqual(snapshot.notices);
  });

  test("GOO-15 hidden tabs are synced only if named, tabs without cells never", async () => {
    const tabs = [tab(0, "A"), tab(1, "Secret", { hidden: true }), tab(2, "Chart1", { sheetType: "OBJECT" })];
    const all = changed(await createTestSource(tabs).poll());
    expect(titles(all)).toEqual(["A"]);
    expect(all.notices).toEqual([
      'The hidden tab "Secret" is not synced: name it under "tabs" to sync it.',
      'The tab "Chart1" is not synced: it is a chart or a connected table, without cells.',
    ]);
    const named = changed(await createTestSource(tabs, { wanted: { tabs: ["Secret", "Chart1"] } }).poll());
    expect(titles(named)).toEqual(["Secret"]);
    expect(named.notices).toHaveLength(1);
  });

  test("GOO-16 keyColumns marks the column with that header, else it is a notice", async () => {
    const { google, poll } = createTestSource(
      [
        tab(0, "A"),
        tab(1, "B", {
          values: [
            ["v", " id "],
            [1, 2],
          ],
        }),
      ],
      {
        wanted: { keyColumns: { A: "code", B: "id" } },
      },
    );
    const snapshot = changed(await poll());
    expect(snapshot.tabs[0]).not.toHaveProperty("keyColumn");
    expect(snapshot.tabs[1]).toMatchObject({ keyColumn: 1 });
    const notice = 'The tab "A" has no column "code": correct the header under "keyColumns".';
    expect(snapshot.notices).toEqual([notice]);
    google.tabs[1]!.values[1]![0] = 5;
    expect(changed(await poll()).notices).toEqual([notice]);
    google.tabs[0]!.values[0]![0] = "code";
    expect(changed(await poll())).toMatchObject({
      notices: [],
      tabs: [{ keyColumn: 0 }, { unchanged: true }],
    });
  });
});
