/** What a source may choose of a workbook and how it is read, against the emulator. */
import { describe, expect, test } from "bun:test";
import type { RegisterBody } from "#contract/rest.ts";
import type { TabSnapshot } from "../../../src/model/snapshot.ts";
import { checkTabs } from "../../../src/sources/google/tab-settings.ts";
import type { PollResult } from "../../../src/sources/source.ts";
import { createEmulated } from "./emulated.ts";
import { changed } from "./test-source.ts";

const PRICES = [
  ["Price list"],
  [],
  ["", "sku", "price", "note"],
  ["", "a", 1, "x"],
  ["", "b", 2],
  ["", "c", 3, "z"],
];
const prices = (more: object = {}) =>
  createEmulated({
    tabs: [
      { title: "Prices", rows: PRICES },
      { title: "Stock", rows: [["n"], [5]] },
    ],
    ...more,
  });

const tabOf = (result: PollResult, index = 0): TabSnapshot => {
  const tab = changed(result).tabs[index]!;
  if (tab.unchanged) throw new Error(`"${tab.title}" is unchanged`);
  return tab;
};
const titles = (result: PollResult): string[] => changed(result).tabs.map((tab) => tab.title);
const headers = (tab: TabSnapshot): string[] => tab.columns.map(({ header }) => header);

describe("ranges as tabs", () => {
  test("GOO-40 a range of a tab, a named range and a whole tab are three tabs", async () => {
    const { follow, batchUpdate } = prices();
    const range = { startRowIndex: 3, endRowIndex: 5, startColumnIndex: 1, endColumnIndex: 3 };
    batchUpdate({ addNamedRange: { namedRange: { name: "Top", range } } });
    const { poll } = follow({
      tabs: ["Prices!B3:D", "Stock", "Top"],
      keyColumns: { "Prices!B3:D": "sku" },
      headerRow: { Top: "none" },
    });
    const first = await poll();
    expect(titles(first)).toEqual(["Prices!B3:D", "Top", "Stock"]);
    expect(tabOf(first)).toMatchObject({
      tabId: "0!B3:D",
      keyColumn: 0,
      rows: [
        ["a", 1, "x"],
        ["b", 2],
        ["c", 3, "z"],
      ],
      place: { headerRow: 2, firstRow: 3, firstColumn: 1 },
    });
    expect(headers(tabOf(first))).toEqual(["sku", "price", "note"]);
    expect(tabOf(first, 1)).toMatchObject({
      rows: [
        ["a", 1],
        ["b", 2],
      ],
      place: { headerRow: null, firstRow: 3, firstColumn: 1 },
    });
    expect(changed(first).notices).toEqual([]);
  });

  test("GOO-40 a range stays with its renamed tab, a named range with its cells", async () => {
    const { follow, batchUpdate, person, clock } = prices();
    const range = { startRowIndex: 2, endRowIndex: 6, startColumnIndex: 1, endColumnIndex: 4 };
    batchUpdate({ addNamedRange: { namedRange: { namedRangeId: "nr1", name: "Top", range } } });
    const { poll } = follow({ tabs: ["Prices!B3:D", "Top"] });
    const first = await poll();
    person.renameTab("Prices", "Price 'list'!");
    await clock.advance(60_000);
    const renamed = await poll();
    expect(titles(renamed)).toEqual(["Price 'list'!!B3:D", "Top"]);
    expect(changed(renamed).tabs.map((tab) => tab.tabId)).toEqual(
      changed(first).tabs.map((tab) => tab.tabId),
    );
    person.insertRows("Price 'list'!", 0, 2);
    await clock.advance(60_000);
    const moved = await poll();
    expect(changed(moved).tabs[1]).toMatchObject({
      tabId: "named nr1",
      rows: [["a", 1, "x"], {}, {}],
      place: { headerRow: 4, firstRow: 5 },
    });
    batchUpdate({
      updateNamedRange: { namedRange: { namedRangeId: "nr1", name: "Best" }, fields: "name" },
    });
    await clock.advance(60_000);
    const after = await poll();
    expect(titles(after)).toEqual(["Price 'list'!!B3:D", "Best"]);
  });

  test("GOO-41 what names nothing or lies beyond the grid is a notice", async () => {
    const { poll } = prices().follow({ tabs: ["Stock", "Prices!AB1:AC", "Stok!A1:B", "Top"] });
    const first = await poll();
    expect(titles(first)).toEqual(["Stock"]);
    expect(changed(first).notices).toEqual([
      '"Prices!AB1:AC" is not synced: the tab "Prices" ends before it, with 1000 rows and 26 columns. Correct it under "tabs".',
      'The workbook has no tab, range or named range "Stok!A1:B": correct it under "tabs".',
      'The workbook has no tab, range or named range "Top": correct it under "tabs".',
    ]);
  });

  test("GOO-41 a range whose tab shrinks is a notice until it grows again", async () => {
    const { follow, person, clock } = prices();
    const { poll } = follow({ tabs: ["Stock", "Prices!B5:D"] });
    await poll();
    person.deleteRows("Prices", 0, 996);
    await clock.advance(60_000);
    const shrunk = await poll();
    expect(titles(shrunk)).toEqual(["Stock"]);
    expect(changed(shrunk).notices).toHaveLength(1);
    person.insertRows("Prices", 1, 10);
    person.setCells("Prices", "B5", [["sku"], ["d"]]);
    for (let count = 0; count < 5; count++) await poll();
    await clock.advance(60_000);
    expect(tabOf(await poll()).rows).toEqual([["d"]]);
  });
});

describe("header rows", () => {
  test("GOO-42 GOO-44 the header may stand in a row of its own choice, or nowhere", async () => {
    const { follow } = prices();
    const read = async (headerRow: RegisterBody["headerRow"]) =>
      tabOf(await follow(headerRow === undefined ? {} : { headerRow }).poll());
    expect(headers(await read(undefined))).toEqual(["Price list", "", "", ""]);
    const third = await read({ Prices: 3 });
    expect(headers(third)).toEqual(["", "sku", "price", "note"]);
    expect(third.place).toEqual({ headerRow: 2, firstRow: 3, firstColumn: 0 });
    expect(third.rows).toHaveLength(3);
    const none = await read("none");
    expect(headers(none)).toEqual(["", "", "", ""]);
    expect(none.place).toEqual({ headerRow: null, firstRow: 0, firstColumn: 0 });
    expect(none.rows).toHaveLength(6);
    expect(none.rows[0]).toEqual(["Price list"]);
    const blank = await read(2);
    expect(headers(blank)).toEqual(["", "", "", ""]);
    expect(blank.rows[0]).toEqual([null, "sku", "price", "note"]);
  });

  test("GOO-42 formats and dates are those below the chosen header", async () => {
    const rows = [["2030-01-01", "as of"], [], ["day", "n"], ["2030-05-01", 1]];
    const { follow } = createEmulated({ tabs: [{ title: "T", rows }] });
    expect(tabOf(await follow({ headerRow: 3 }).poll()).columns).toMatchObject([
      { header: "day", type: "date" },
      { header: "n", type: "number" },
    ]);
    expect(tabOf(await follow({ headerRow: "none" }).poll()).columns[0]).toMatchObject({ header: "" });
  });

  test("GOO-42 a header row above a range is its first row with content, and a notice", async () => {
    const { poll } = prices().follow({ tabs: ["Prices!B3:D"], headerRow: 2 });
    const first = await poll();
    expect(headers(tabOf(first))).toEqual(["sku", "price", "note"]);
    expect(changed(first).notices).toEqual([expect.stringContaining('header row 2 of "Prices!B3:D"')]);
  });

  test("GOO-42 header rows of other tabs, or above their range, are refused by field", () => {
    const check = (tabs: string[] | undefined, headerRow: RegisterBody["headerRow"]) =>
      checkTabs({
        id: "shop",
        type: "googleSheet",
        url: "",
        ...(tabs ? { tabs } : {}),
        headerRow: headerRow!,
      });
    expect(check(["A", "B!C5:D"], { A: 3, "B!C5:D": 5 })).toEqual([]);
    expect(check(undefined, { A: 3, B: "none" })).toEqual([]);
    expect(check(["A"], { B: "none" })).toEqual([
      {
        field: "headerRow.B",
        problem: 'The tab "B" is not among "tabs"',
        fix: 'Use a title or range from "tabs", as it is written there',
      },
    ]);
    expect(check(["B!C5:D"], { "B!C5:D": 4 })).toEqual([
      {
        field: "headerRow.B!C5:D",
        problem: "Row 4 is above the range, which begins with row 5",
        fix: "Give the row's number in the sheet, 5 or more, or begin the range with row 4",
      },
    ]);
  });

  test("GOO-42 GOO-13 columns inserted and moved without a header keep their content together", async () => {
    const { follow, person, clock } = prices();
    const { poll } = follow({ tabs: ["Prices"], headerRow: "none" });
    await poll();
    person.insertColumns("Prices", 0);
    await clock.advance(60_000);
    expect(tabOf(await poll())).toMatchObject({
      columns: { length: 5 },
      rows: { 3: [null, null, "a", 1, "x"] },
    });
  });
});

describe("hidden parts", () => {
  const hideRows = (startIndex: number, endIndex: number, hiddenByUser = true) => ({
    updateDimensionProperties: {
      range: { sheetId: 0, dimension: "ROWS", startIndex, endIndex },
      properties: { hiddenByUser },
      fields: "hiddenByUser",
    },
  });

  test("GOO-43 hidden tabs are synced where that is asked for", async () => {
    const { follow, batchUpdate } = prices();
    batchUpdate({
      updateSheetProperties: { properties: { sheetId: 0, hidden: true }, fields: "hidden" },
    });
    expect(titles(await follow().poll())).toEqual(["Stock"]);
    expect(titles(await follow({ hidden: { tabs: true } }).poll())).toEqual(["Prices", "Stock"]);
  });

  test("GOO-43 GOO-44 hidden rows are left out where that is asked for, and follow their rows", async () => {
    const { follow, batchUpdate, person, clock } = prices();
    batchUpdate(hideRows(0, 1), hideRows(4, 5));
    const { poll } = follow({ tabs: ["Prices"], hidden: { rows: false } });
    const first = tabOf(await poll());
    expect(headers(first)).toEqual(["", "sku", "price", "note"]);
    expect(first.rows).toEqual([
      [null, "a", 1, "x"],
      [null, "c", 3, "z"],
    ]);
    expect(first.place).toEqual({
      headerRow: 2,
      firstRow: 3,
      firstColumn: 0,
      leftOut: [
        [0, 1],
        [4, 1],
      ],
    });
    expect(tabOf(await follow({ tabs: ["Prices"] }).poll()).rows).toHaveLength(5);
    person.insertRows("Prices", 3, 1);
    person.setCell("Prices", "B4", "new");
    expect(tabOf(await poll()).rows).toEqual([
      [null, "new"],
      [null, "a", 1, "x"],
      [null, "c", 3, "z"],
    ]);
    batchUpdate(hideRows(5, 6, false));
    for (let count = 0; count < 5; count++) await poll();
    await clock.advance(60_000);
    expect(tabOf(await poll()).rows).toHaveLength(4);
  });

  test("GOO-43 values are not shown with the hidden rows of before: without quota to look the poll waits", async () => {
    const { follow, batchUpdate, person, clock } = createEmulated(
      { tabs: [{ title: "Prices", rows: PRICES }] },
      { quota: { readsPerUser: 5 } },
    );
    batchUpdate(hideRows(4, 5));
    const { poll, fail } = follow({ hidden: { rows: false } });
    await poll();
    person.insertRows("Prices", 1, 1);
    expect((await fail()).tag).toBe("RateLimited");
    await clock.advance(62_000);
    expect(tabOf(await poll()).rows.flat()).not.toContain("b");
  });

  test("GOO-43 a hidden header that was asked for by its number stays", async () => {
    const { follow, batchUpdate } = prices();
    batchUpdate(hideRows(1, 4));
    const tab = tabOf(await follow({ headerRow: 3, hidden: { rows: false } }).poll());
    expect(headers(tab)).toEqual(["", "sku", "price", "note"]);
    expect(tab.rows).toEqual([
      [null, "b", 2],
      [null, "c", 3, "z"],
    ]);
  });
});

describe("what cells alone do not tell", () => {
  test("GOO-45 merged cells are told, and their value stands in the first", async () => {
    const { follow, batchUpdate, clock } = prices();
    const range = { sheetId: 0, startRowIndex: 0, endRowIndex: 1, startColumnIndex: 0, endColumnIndex: 3 };
    batchUpdate({ mergeCells: { range, mergeType: "MERGE_ALL" } });
    const { poll } = follow({ tabs: ["Prices", "Prices!B3:D"] });
    const first = await poll();
    expect(tabOf(first).merges).toEqual(["A1:C1"]);
    expect(headers(tabOf(first))).toEqual(["Price list", "", "", ""]);
    expect(tabOf(first, 1)).not.toHaveProperty("merges");
    batchUpdate({ unmergeCells: { range } });
    for (let count = 0; count < 5; count++) await poll();
    await clock.advance(60_000);
    expect(tabOf(await poll())).not.toHaveProperty("merges");
  });

  test("GOO-46 title, time zone and locale come with the snapshot, and a change of them is a change", async () => {
    const { follow, person, clock } = prices({ title: "Shop", timeZone: "Europe/Berlin", locale: "de_DE" });
    const { poll } = follow();
    expect(changed(await poll()).workbook).toEqual({
      title: "Shop",
      timeZone: "Europe/Berlin",
      locale: "de_DE",
    });
    person.setTitle("Shop 2");
    for (let count = 0; count < 5; count++) expect((await poll()).tag).toBe("Unchanged");
    await clock.advance(60_000);
    const renamed = changed(await poll());
    expect(renamed.workbook?.title).toBe("Shop 2");
    expect(renamed.tabs.every((tab) => tab.unchanged)).toBe(true);
  });

  test("GOO-49 emoji, line breaks and 50,000 characters come whole", async () => {
    const long = "🦊é\n".repeat(12_500);
    const { follow } = createEmulated({
      tabs: [
        {
          title: "T",
          rows: [
            ["a 🦊", long.length],
            [long, "0042 x"],
          ],
        },
      ],
    });
    const tab = tabOf(await follow().poll());
    expect(long).toHaveLength(50_000);
    expect(headers(tab)[0]).toBe("a 🦊");
    expect(tab.rows).toEqual([[long, "0042 x"]]);
  });
});
