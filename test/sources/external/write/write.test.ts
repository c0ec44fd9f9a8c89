import { describe, expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { FeedWrite } from "#contract/feed.ts";
import { type Baseline, EMPTY_BASELINE } from "../../../../src/model/delta.ts";
import { diffTab } from "../../../../src/model/diff.ts";
import type { WriteEdit } from "../../../../src/model/write.ts";
import { createExternalDriver } from "../../../../src/sources/external/external-driver.ts";
import type { SourceSettings } from "../../../../src/sources/source.ts";
import { applyDelta } from "../../../support/apply-delta.ts";
import { createTestFeed, feedSettings, json } from "../test-feed.ts";
import { createItemServer } from "./item-server.ts";

const ITEM = "https://feeds.test/items/{key}";
const ROWS: FeedWrite = {
  type: "rows",
  cell: { method: "PATCH", url: ITEM },
  add: { method: "POST", url: "https://feeds.test/items" },
  remove: { method: "DELETE", url: ITEM },
};

async function stageOf(write: FeedWrite, more: Partial<SourceSettings> = {}, answer = createItemServer()) {
  const server = answer;
  const feed = createTestFeed((request) => server.answer(request), {
    rowsPath: "$.items",
    keyField: "id",
    writable: true,
    write,
    ...more,
  });
  const tab = await feed.tab();
  const baseline: Baseline = applyDelta(EMPTY_BASELINE, diffTab(EMPTY_BASELINE, tab).delta);
  const slot = (key: string) => baseline.columns.find((column) => column.key === key)!.slot;
  const cell = (key: string, column: string, value: CellValue): WriteEdit => {
    const row = baseline.order.find((id) => baseline.rows.get(id)!.values[slot("id")] === key)!;
    const base = baseline.rows.get(row)!.values[slot(column)] ?? null;
    return {
      id: `${key} ${column}`,
      atMs: 0,
      tag: "cell",
      row,
      slot: slot(column),
      value,
      base,
      policy: "sheet",
      theirsAtMs: 0,
    };
  };
  const add = (values: Record<string, CellValue>): WriteEdit => {
    const row: CellValue[] = Array.from({ length: baseline.nextSlot }, () => null);
    for (const [key, value] of Object.entries(values)) row[slot(key)] = value;
    return { id: `add ${values.id}`, atMs: 0, tag: "add", values: row };
  };
  const batchOf = (...edits: WriteEdit[]) => ({
    receipt: 5,
    again: false,
    tabs: [{ tabId: tab.tabId, baseline, edits }],
  });
  const result = (...edits: WriteEdit[]) =>
    feed.source.write!(batchOf(...edits), new AbortController().signal);
  return {
    feed,
    server,
    cell,
    add,
    baseline,
    batchOf,
    result,
    async write(...edits: WriteEdit[]) {
      const written = await result(...edits);
      if (!written.ok) throw new Error(JSON.stringify(written.error));
      return written.value.outcomes;
    },
  };
}

describe("requests row by row", () => {
  test("FEE-60 placeholders fill the address and the body, each value of its own type", async () => {
    const { write, cell, add, server } = await stageOf({
      type: "rows",
      cell: {
        method: "PUT",
        url: "https://feeds.test/items/{key}?field={column}&was={name}",
        body: {
          "{column}": "{value}",
          all: "{row}",
          said: "{column} is {value}",
          other: "{unknown}",
          list: ["{price}", 5],
        },
        headers: { Prefer: "return=minimal" },
      },
    });
    server.items[0]!.id = "a/../ü?";
    const outcomes = await write(cell("b", "price", 2.5));
    expect(outcomes).toMatchObject([{ tag: "written", value: 2.5 }]);
    expect(server.writes).toMatchObject([
      {
        method: "PUT",
        path: "/items/b",
        headers: { prefer: "return=minimal", "content-type": "application/json" },
        body: {
          price: 2.5,
          all: { id: "b", name: "B", price: 2.5, note: "beside" },
          said: "price is 2.5",
          other: "{unknown}",
          list: [2.5, 5],
        },
      },
    ]);
    expect(await write(add({ id: "x" }))).toMatchObject([{ tag: "refused", code: "read-only" }]);
  });

  test("FEE-60 without a body a cell sends its field, nested as it is read, and dates are texts", async () => {
    let row: Record<string, unknown> = { id: "a", price: { amount: 1, currency: "EUR" }, day: "2030-05-01" };
    const bodies: unknown[] = [];
    const server = createItemServer();
    server.answer = (request) => {
      if (request.method === "GET") return json([row]);
      bodies.push(JSON.parse(String(request.body)));
      row = { ...row, ...(bodies.at(-1) as object) };
      return new Response(null, { status: 204 });
    };
    const columns = [{ path: "id" }, { path: "price.amount" }, { path: "day", type: "date" as const }];
    const { write, cell } = await stageOf(ROWS, { rowsPath: "$", columns }, server);
    expect(await write(cell("a", "price.amount", 2), cell("a", "day", 47_605))).toMatchObject([
      { tag: "written" },
      { tag: "written", value: 47_605 },
    ]);
    expect(bodies).toEqual([{ price: { amount: 2 } }, { day: "2030-05-02" }]);
  });

  test("FEE-61 no key leads elsewhere, and credentials go along", async () => {
    const server = createItemServer();
    server.items[0]!.id = "../../x?y#z";
    server.items[1]!.id = "..";
    server.items[2]!.id = "";
    const { write, cell } = await stageOf(ROWS, { auth: { type: "bearer", token: "t0k" } }, server);
    const outcomes = await write(
      cell("../../x?y#z", "price", 9),
      cell("..", "price", 8),
      cell("", "price", 7),
    );
    expect(server.writes.map(({ path }) => path)).toEqual(["/items/..%2F..%2Fx%3Fy%23z"]);
    expect(outcomes).toMatchObject([
      { tag: "refused", code: "key" },
      { tag: "refused", code: "key" },
      { tag: "written" },
    ]);
    expect(server.writes[0]!.headers.authorization).toBe("Bearer t0k");
    expect(server.items[0]!.price).toBe(9);
  });

  test("FEE-62 what the feed made of a value is told, and the key itself is not edited", async () => {
    const { write, cell, server } = await stageOf(ROWS);
    const { answer } = server;
    server.answer = (request) => {
      const answered = answer(request);
      for (const item of server.items) if (typeof item.name === "string") item.name = item.name.trim();
      return answered;
    };
    expect(await write(cell("a", "name", " new "), cell("b", "id", "z"))).toMatchObject([
      { tag: "refused", code: "key" },
      { tag: "written", value: "new" },
    ]);
  });

  test.each<[number, object]>([
    [404, { tag: "conflict", reason: "row-gone" }],
    [409, { tag: "later" }],
    [412, { tag: "later" }],
    [422, { tag: "refused", code: "feed-refused", why: expect.stringContaining("422") }],
    [302, { tag: "refused", code: "feed-refused" }],
  ])("FEE-63 the status %d", async (status, outcome) => {
    const { write, cell, server } = await stageOf(ROWS);
    server.failure = {
      answer: () => new Response(null, { status, headers: { location: "https://feeds.test/x" } }),
      applied: false,
    };
    expect(await write(cell("a", "price", 9), cell("b", "price", 9))).toMatchObject([
      outcome,
      { tag: "written" },
    ]);
  });

  test("FEE-63 a repetition carries the same idempotency keys, another batch others", async () => {
    const { feed, cell, server, batchOf } = await stageOf(ROWS);
    const { signal } = new AbortController();
    const edits = [cell("a", "price", 9), cell("b", "price", 9)];
    for (const batch of [
      batchOf(...edits),
      { ...batchOf(...edits), again: true },
      { ...batchOf(...edits), receipt: 6 },
    ]) {
      server.failure = { answer: () => new Response(null, { status: 503 }), applied: false };
      expect(await feed.source.write!(batch, signal)).toMatchObject({
        ok: false,
        error: { tag: "Unreachable" },
      });
    }
    const keys = server.writes.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toBe(keys[1]!);
    expect(keys[2]).not.toBe(keys[0]!);
  });
});

describe("a document as a whole", () => {
  test("FEE-64 it goes back with If-Match, and what nobody edited is as it was", async () => {
    const { write, cell, add, server } = await stageOf({ type: "document" });
    const before = structuredClone(server.items);
    const outcomes = await write(cell("b", "price", 9), add({ id: "x", name: "X" }));
    expect(outcomes.map(({ tag }) => tag)).toEqual(["written", "written"]);
    expect(server.writes).toHaveLength(1);
    expect(server.writes[0]).toMatchObject({
      method: "PUT",
      headers: { "if-match": expect.stringMatching(/^"/) },
      body: { shop: "ours" },
    });
    before[1]!.price = 9;
    expect(server.items as unknown).toEqual([...before, { id: "x", name: "X" }]);
  });

  test("FEE-64 where others changed it meanwhile it is read and decided again", async () => {
    const { write, cell, server } = await stageOf({ type: "document" });
    server.between = () => {
      server.items[0]!.price = 11;
      server.items.reverse();
    };
    expect(await write(cell("a", "price", 9), cell("b", "price", 9))).toMatchObject([
      { tag: "conflict", theirs: 11 },
      { tag: "written", value: 9 },
    ]);
    expect(server.writes).toHaveLength(2);
    expect(server.items.map(({ id, price }) => [id, price])).toEqual([
      ["d", 4],
      ["c", 3],
      ["b", 9],
      ["a", 11],
    ]);
  });

  test("FEE-64 a document with numbers that would not survive is not written", async () => {
    const server = createItemServer();
    const body = '{"items":[{"id":"a","price":1,"long":12345678901234567890}]}';
    server.answer = () => new Response(body, { headers: { "content-type": "application/json" } });
    const { write, cell } = await stageOf({ type: "document" }, {}, server);
    expect(await write(cell("a", "price", 9))).toMatchObject([{ tag: "refused", code: "inexact-numbers" }]);
  });
});

describe("settings", () => {
  const driver = createExternalDriver();
  const fields = (more: Partial<SourceSettings>): string[] =>
    driver.check(feedSettings({ writable: true, ...more })).map(({ field, problem, fix }) => {
      expect([problem, fix]).not.toContain("");
      return field;
    });

  test.each<[string, Partial<SourceSettings>, string[]]>([
    ["rows with a key", { write: ROWS, keyField: "id" }, []],
    ["a document", { write: { type: "document" }, format: "json" }, []],
    ["no way back", {}, ["write"]],
    ["XML", { write: ROWS, keyField: "id", format: "xml" }, ["writable"]],
    ["CSV", { write: { type: "document" }, format: "csv" }, ["writable"]],
    ["no key", { write: ROWS }, ["keyField"]],
    ["no request", { write: { type: "rows" }, keyField: "id" }, ["write"]],
    ["pages of a document", { write: { type: "document" }, pagination: { type: "link" } }, ["write.type"]],
    [
      "another host",
      { write: { type: "rows", cell: { method: "PATCH", url: "https://else.test/{key}" } }, keyField: "id" },
      ["write.cell.url"],
    ],
    [
      "a host from a cell",
      { write: { type: "rows", add: { method: "POST", url: "https://{key}.test/" } }, keyField: "id" },
      ["write.add.url"],
    ],
    [
      "a header of two lines",
      {
        write: {
          type: "rows",
          add: { method: "POST", url: ITEM, headers: { "X-A": "b\r\nC: d", Host: "x", "a b": "c" } },
        },
        keyField: "id",
      },
      ["write.add.headers.X-A", "write.add.headers.Host", "write.add.headers.a b"],
    ],
    [
      "a link inside",
      {
        write: { type: "rows", remove: { method: "DELETE", url: "http://127.0.0.1/{key}" } },
        keyField: "id",
      },
      ["write.remove.url"],
    ],
  ])("FEE-65 %s", (_what, more, expected) => {
    expect(fields(more)).toEqual(expected);
  });
});
