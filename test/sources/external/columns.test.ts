import { describe, expect, test } from "bun:test";
import { createTestFeed, json, tableOf } from "./test-feed.ts";

const items = [
  { id: "a", price: { amount: 5, cur: "EUR" }, tags: ["x", "y"] },
  { id: "b", price: { amount: 6 }, tags: [] },
];

describe("columns", () => {
  test("FEE-12 they are chosen, ordered and renamed", async () => {
    const feed = createTestFeed(() => json(items), {
      columns: [
        { path: "price.amount", name: "Price" },
        { path: "id" },
        { path: "$.tags[0]", name: "First" },
        { path: "$.tags[*]", name: "All" },
        { path: "nowhere" },
      ],
    });
    const snapshot = await feed.snapshot();
    const [tab] = snapshot.tabs;
    if (!tab || tab.unchanged) throw new Error("no tab");
    expect(tableOf(tab)).toEqual([
      ["Price", "id", "First", "All", "nowhere"],
      [5, "a", "x", '["x","y"]', null],
      [6, "b", null, null, null],
    ]);
    expect(snapshot.notices).toEqual(['No row of "prices" has anything at "nowhere".']);
  });

  test("FEE-13 a type makes values numbers, texts, booleans and dates", async () => {
    const rows = [
      {
        n: "1e3",
        t: 5,
        b: "yes",
        d: "2024-02-29",
        at: "2024-02-29T12:00:00+01:00",
        rfc: "Thu, 29 Feb 2024 12:00:00 GMT",
      },
      { n: "five", t: true, b: 0, d: "soon", at: null, rfc: "" },
    ];
    const feed = createTestFeed(() => json(rows), {
      columns: [
        { path: "n", type: "number" },
        { path: "t", type: "text" },
        { path: "b", type: "boolean" },
        { path: "d", type: "date" },
        { path: "at", type: "datetime" },
        { path: "rfc", type: "datetime" },
      ],
    });
    const snapshot = await feed.snapshot();
    const [tab] = snapshot.tabs;
    if (!tab || tab.unchanged) throw new Error("no tab");
    expect(tab.rows).toEqual([
      [1000, "5", true, 45351, 45351 + 11 / 24, 45351.5],
      ["five", "true", false, "soon", null, ""],
    ]);
    expect(tab.columns.map(({ type }) => type)).toEqual([
      "mixed",
      "text",
      "boolean",
      "mixed",
      "datetime",
      "mixed",
    ]);
    expect(snapshot.notices).toEqual([
      'In the column "n" of "prices" 1 value is no number and left as given.',
      'In the column "d" of "prices" 1 value is no date and left as given.',
      'In the column "rfc" of "prices" 1 value is no datetime and left as given.',
    ]);
  });

  test("FEE-14 texts are numbers or booleans if the whole column reads so", async () => {
    const csv = "n,z,long,mixed,b,e,v\n1,007,1234567890123456,1,true,,1.10\n-2.5,8,2,x,FALSE,,2.00\n";
    const tab = await createTestFeed(csv, { format: "csv" }).tab();
    expect(tab.rows).toEqual([
      [1, "007", "1234567890123456", "1", true, null, 1.1],
      [-2.5, "8", "2", "x", false, null, 2],
    ]);
    const types = ["number", "text", "text", "text", "boolean", "empty", "number"];
    expect(tab.columns.map(({ type }) => type as string)).toEqual(types);
    const pinned = createTestFeed(csv, { format: "csv", columns: [{ path: "v", type: "text" }] });
    expect((await pinned.tab()).rows).toEqual([["1.10"], ["2.00"]]);
  });

  test("FEE-15 the key field marks its column; without it the rows are refused", async () => {
    expect((await createTestFeed(() => json(items), { keyField: "id" }).tab()).keyColumn).toBe(0);
    const renamed = { columns: [{ path: "tags" }, { path: "id", name: "SKU" }] };
    for (const keyField of ["SKU", "id"])
      expect((await createTestFeed(() => json(items), { ...renamed, keyField }).tab()).keyColumn).toBe(1);
    expect(await createTestFeed(() => json(items), { keyField: "sku" }).fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining('"sku"'),
      fix: expect.stringContaining("keyField"),
    });
  });

  test("FEE-18 known columns keep their order and new ones follow", async () => {
    let rows: object[] = [{ b: 1, a: 2 }];
    const feed = createTestFeed(() => json(rows));
    expect(tableOf(await feed.tab())[0]).toEqual(["b", "a"]);
    rows = [{ a: 2, c: 3 }, { b: 1 }];
    expect(tableOf(await feed.tab())[0]).toEqual(["b", "a", "c"]);
  });

  test("FEE-18 in CSV the header's order counts", async () => {
    let text = "a,b\n1,2\n";
    const feed = createTestFeed(() => new Response(text), { format: "csv" });
    expect(tableOf(await feed.tab())[0]).toEqual(["a", "b"]);
    text = "b,a\n2,1\n";
    expect(tableOf(await feed.tab())[0]).toEqual(["b", "a"]);
  });
});

describe("tabs", () => {
  const both = {
    tabs: [
      { title: "Prices", rowsPath: "$.prices", keyField: "id" },
      { title: "Stock", rowsPath: "$.stock", columns: [{ path: "id" }] },
    ],
  };

  test("FEE-16 one feed gives several tabs; only the changed ones come whole", async () => {
    let price = 5;
    const feed = createTestFeed(
      () => json({ prices: [{ id: 1, price }], stock: [{ id: 1, n: 2 }], at: price }),
      both,
    );
    const first = await feed.snapshot();
    expect(first.tabs).toMatchObject([
      { tabId: "$.prices", title: "Prices", keyColumn: 0 },
      { tabId: "$.stock", title: "Stock", columns: [{ header: "id" }] },
    ]);
    price = 6;
    const second = await feed.snapshot();
    expect(second.tabs).toMatchObject([
      { tabId: "$.prices", rows: [[1, 6]] },
      { tabId: "$.stock", unchanged: true },
    ]);
  });

  test("FEE-16 a tab that gets another title stays itself, and rows may give two tabs", async () => {
    const idsOf = async (titles: readonly string[]) => {
      const tabs = titles.map((title) => ({ title, rowsPath: "$" }));
      const { tabs: found } = await createTestFeed(() => json(items), { tabs }).snapshot();
      return found.map(({ tabId }) => tabId);
    };
    expect(await idsOf(["A", "B"])).toEqual(["$", "$ 2"]);
    expect(await idsOf(["A", "C"])).toEqual(["$", "$ 2"]);
  });

  test("FEE-16 a change outside of all tabs is none", async () => {
    let at = 1;
    const feed = createTestFeed(() => json({ prices: [{ id: 1 }], stock: [{ id: 1 }], at: at++ }), both);
    await feed.snapshot();
    expect((await feed.poll()).tag).toBe("Unchanged");
  });

  test.each([
    ["https://feeds.test/v1/Price%20list.json", undefined, "Price list"],
    ["https://feeds.test/", undefined, "feeds.test"],
    ["https://feeds.test/x", "$.store.items[*]", "items"],
    ["https://feeds.test/x", "$.store.items[?@.on == true]", "items"],
    ["https://feeds.test/x", "$", "x"],
  ])("FEE-17 a feed at %s with the path %s is called %s", async (url, rowsPath, title) => {
    const body = { store: { items: [{ id: 1, on: true }] } };
    const wanted = rowsPath === undefined ? { url } : { url, rowsPath };
    const feed = createTestFeed(() => json(rowsPath?.startsWith("$.") ? body : [body]), wanted);
    expect((await feed.tab()).title).toBe(title);
  });
});
