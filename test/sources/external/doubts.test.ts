import { describe, expect, test } from "bun:test";
import type { SourceSettings } from "../../../src/sources/source.ts";
import { createTestFeed, json, tableOf } from "./test-feed.ts";

const rows = [{ id: 1, name: "a" }];

/** A feed that is read once and then answers something else. */
async function createTurned(
  then: () => Response,
  wanted: Partial<SourceSettings> = {},
  first: unknown = rows,
) {
  const feed = createTestFeed(() => json(first), wanted);
  await feed.snapshot();
  feed.net.answer(then);
  return feed;
}

describe("bodies that are no data", () => {
  test.each([
    ["an error page", "<!DOCTYPE html><html><head><title>Oops</title>", "text/html", 'titled "Oops"'],
    ["a page said to be JSON", "<HTML><body>x", "application/json", "web page"],
    ["half a body", '[{"id": 1}, {"id"', "application/json", "ends in the middle"],
    ["nothing", "", "application/json", "empty"],
    ["XML said to be JSON", "<r/>", "application/json", 'begins with "<"'],
    ["words", "not now", "application/json", "not JSON"],
    ["half of XML", "<r><i>1</i>", "text/xml", "in the middle"],
    ["half of CSV", "a,b\n1,2\n3", "text/csv", "in the middle"],
    ["an open quote in CSV", 'a,b\n1,"2', "text/csv", "quote"],
    ["CSV of nothing", "", "text/csv", "empty"],
  ])(
    "FEE-40 %s is Malformed, and the next good one is compared with the last",
    async (_, body, type, detail) => {
      const feed = await createTurned(() => new Response(body, { headers: { "content-type": type } }));
      expect(await feed.fail()).toMatchObject({ tag: "Malformed", detail: expect.stringContaining(detail) });
      feed.net.answer(() => json(rows));
      expect((await feed.poll()).tag).toBe("Unchanged");
    },
  );
});

describe("content that is doubted", () => {
  test("FEE-41 a tab that had rows and has none is not taken over", async () => {
    const feed = await createTurned(() => json([]));
    expect(await feed.fail()).toMatchObject({
      tag: "Doubtful",
      code: "empty",
      detail: expect.stringContaining("1 row"),
      fix: expect.stringContaining("emptyPolicy"),
    });
    feed.net.answer(() => json([{ id: 2, name: "b" }]));
    expect((await feed.poll()).tag).toBe("Changed");
  });

  test("FEE-41 unless a person accepts it; then the columns stay", async () => {
    const feed = await createTurned(() => json([]), { emptyPolicy: "accept" });
    const snapshot = await feed.snapshot();
    expect(snapshot.tabs).toMatchObject([{ rows: [], columns: [{ header: "id" }, { header: "name" }] }]);
    expect(snapshot.notices).toEqual(['The tab "prices" has no rows.']);
    expect((await feed.poll()).tag).toBe("Unchanged");
  });

  test("FEE-41 a feed that never had rows may be empty", async () => {
    const feed = createTestFeed(() => json([]));
    expect(tableOf(await feed.tab())).toEqual([[]]);
    feed.net.answer(() => json(rows));
    expect(tableOf(await feed.tab())).toEqual([
      ["id", "name"],
      [1, "a"],
    ]);
  });

  test("FEE-42 a tab that has none of its fields left is not taken over", async () => {
    const feed = await createTurned(() => json([{ error: "x", code: 5 }]));
    expect(await feed.fail()).toMatchObject({
      tag: "Doubtful",
      code: "changed-shape",
      detail: expect.stringMatching(/"id", "name".*"error", "code"/),
    });
    feed.net.answer(() => json([{ id: 1, title: "a" }]));
    expect((await feed.poll()).tag).toBe("Changed");
    const moved = await createTurned(() => json({ data: rows }), { rowsPath: "$.items" }, { items: rows });
    expect(await moved.fail()).toMatchObject({
      tag: "Malformed",
      path: "$.items",
      detail: expect.stringContaining('"data"'),
    });
  });

  test("FEE-43 content of a hundred times the usual size is not taken over", async () => {
    const large = Array.from({ length: 300_000 }, (_, id) => ({ id }));
    const feed = await createTurned(() => json(large));
    expect(await feed.fail()).toMatchObject({
      tag: "Doubtful",
      code: "too-large",
      fix: expect.stringContaining("bytesMax"),
    });
    feed.net.answer(() => json(large.slice(0, 20_000)));
    expect((await feed.poll()).tag).toBe("Changed");
  });

  test("FEE-43 bytesMax allows any growth up to it, and nothing beyond", async () => {
    const large = Array.from({ length: 100_000 }, (_, id) => ({ id, name: "" }));
    const allowed = await createTurned(() => json(large), { bytesMax: 5_000_000 });
    expect((await allowed.poll()).tag).toBe("Changed");
    const small = createTestFeed(() => json(rows), { bytesMax: 10 });
    expect(await small.fail()).toMatchObject({
      code: "too-large",
      detail: expect.stringContaining("10 bytes"),
    });
    const daemon = createTestFeed(() => json(rows), { bytesMax: 10 }, { limits: { sourceBodyBytesMax: 5 } });
    expect(await daemon.fail()).toMatchObject({ fix: expect.stringContaining("SHEETWIRE_LIMIT") });
    const pages = createTestFeed(({ url }) => json(url.endsWith("=9") ? [] : [{ id: url.at(-1) }]), {
      bytesMax: 30,
      pagination: { type: "page", parameter: "p" },
    });
    expect(await pages.fail()).toMatchObject({ code: "too-large" });
  });
});

describe("limits", () => {
  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

  test("FEE-44 more rows, fields or levels than the limits are refused", async () => {
    const limits = { feedRowsMax: 3, feedColumnsMax: 3, feedDepthMax: 5 };
    const failing = async (body: string, format: "json" | "xml" = "json") =>
      createTestFeed(body, { format }, { limits }).fail();
    expect(await failing("[1,2,3,4]")).toMatchObject({ detail: expect.stringContaining("4 rows") });
    expect(await failing('[{"a":1,"b":1},{"c":1,"d":1}]')).toMatchObject({
      detail: expect.stringContaining("3 different fields"),
      fix: expect.stringContaining("columns"),
    });
    expect(await failing(`[${nested(5)}]`)).toMatchObject({ detail: expect.stringContaining("5 levels") });
    expect(await failing("<a>".repeat(9) + "</a>".repeat(9), "xml")).toMatchObject({
      detail: expect.stringContaining("5 levels"),
    });
    const good = createTestFeed(`[${nested(4)},${nested(1)},3]`, {}, { limits });
    expect((await good.tab()).rows).toHaveLength(3);
  });

  test.each(["[", '{"a":', "<a>"])("FEE-44 a body of 200,000 times %j ends as an error", async (text) => {
    for (const body of [text.repeat(200_000), text.repeat(200_000) + "]".repeat(200_000)])
      expect(await createTestFeed(body).fail()).toMatchObject({ tag: "Malformed" });
  });
});
