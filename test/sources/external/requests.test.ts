import { describe, expect, test } from "bun:test";
import type { SourceError, SourceSettings } from "../../../src/sources/source.ts";
import { type FakeHandler, hang } from "../../support/fake-net.ts";
import { createTestFeed, FEED_URL, json } from "./test-feed.ts";

const rows = [{ id: 1 }];
const pathOf = (url: string): string => url.slice("https://feeds.test".length);

describe("conditions", () => {
  test("FEE-20 a request names what is known, and 304 is no change", async () => {
    const feed = createTestFeed(({ headers }) =>
      headers["if-none-match"] === '"v1"'
        ? new Response(null, { status: 304 })
        : json(rows, { etag: '"v1"', "last-modified": "Thu, 29 Feb 2024 12:00:00 GMT" }),
    );
    await feed.snapshot();
    for (let poll = 0; poll < 2; poll++) expect((await feed.poll()).tag).toBe("Unchanged");
    expect(feed.net.requests.map(({ headers }) => headers["if-none-match"])).toEqual([
      undefined,
      '"v1"',
      '"v1"',
    ]);
    expect(feed.net.requests[2]!.headers["if-modified-since"]).toBe("Thu, 29 Feb 2024 12:00:00 GMT");
  });

  test("FEE-20 equal bytes are no change, whatever the validators say", async () => {
    let version = 1;
    const feed = createTestFeed(() => json(rows, { etag: `"v${version++}"` }));
    await feed.snapshot();
    expect((await feed.poll()).tag).toBe("Unchanged");
    await feed.poll();
    expect(feed.net.requests[2]!.headers["if-none-match"]).toBe('"v2"');
  });

  test("FEE-20 a 304 that nobody asked for is no content", async () => {
    expect(await createTestFeed(() => new Response(null, { status: 304 })).fail()).toMatchObject({
      tag: "Malformed",
    });
  });
});

describe("pages", () => {
  const page = (url: string): number => Number(new URL(url).searchParams.get("page") ?? 1);

  test("FEE-21 pages follow the Link header", async () => {
    const feed = createTestFeed(
      ({ url }) => {
        const next = `</prices?page=${page(url) + 1}>; rel="next", <https://feeds.test/prices?page=1>; rel="first"`;
        return json([{ id: page(url) }], page(url) < 3 ? { link: next } : { link: '</x>; rel="prev"' });
      },
      { pagination: { type: "link" } },
    );
    expect((await feed.tab()).rows).toEqual([[1], [2], [3]]);
    expect((await feed.poll()).tag).toBe("Unchanged");
    expect(feed.net.requests).toHaveLength(6);
  });

  test("FEE-22 pages follow a cursor as a parameter", async () => {
    const feed = createTestFeed(
      ({ url }) => {
        const at = new URL(url).searchParams.get("after");
        return json({
          items: [{ id: at ?? "-" }],
          meta: { next: at === null ? "a b" : at === "a b" ? 7 : null },
        });
      },
      { url: `${FEED_URL}?size=1`, pagination: { type: "cursor", path: "$.meta.next", parameter: "after" } },
    );
    expect((await feed.tab()).rows).toEqual([["-"], ["a b"], ["7"]]);
    expect(pathOf(feed.net.requests[1]!.url)).toBe("/prices?size=1&after=a+b");
  });

  test("FEE-22 pages follow the address that stands in them", async () => {
    const bodies: Record<string, object> = {
      "/prices": { next: "/more?x=1", items: [{ id: 1 }] },
      "/more?x=1": { next: "https://feeds.test/last", items: [{ id: 2 }] },
      "/last": { next: "", items: [{ id: 3 }] },
    };
    const feed = createTestFeed(({ url }) => json(bodies[pathOf(url)]), {
      pagination: { type: "cursor", path: "$.next" },
    });
    expect((await feed.tab()).rows).toEqual([[1], [2], [3]]);
    const xml = createTestFeed(
      ({ url }) =>
        new Response(
          url.endsWith("last")
            ? "<f><i><n>2</n></i></f>"
            : '<f><i><n>1</n></i><link rel="x"/><next href="/last"/></f>',
        ),
      { format: "xml", rowsPath: "/f/i", pagination: { type: "cursor", path: "/f/next/@href" } },
    );
    expect((await xml.tab()).rows).toEqual([[1], [2]]);
  });

  test("FEE-23 pages are counted until one has no rows", async () => {
    const answer: FakeHandler = ({ url }) => {
      const number = Number(new URL(url).searchParams.get("p"));
      return json({ items: number < 3 ? [{ id: number }] : [] });
    };
    const feed = createTestFeed(answer, {
      pagination: { type: "page", parameter: "p" },
      rowsPath: "$.items",
    });
    expect((await feed.tab()).rows).toEqual([[1], [2]]);
    const zero = createTestFeed(answer, {
      pagination: { type: "page", parameter: "p", first: 0 },
      rowsPath: "$.items",
    });
    expect((await zero.tab()).rows).toEqual([[0], [1], [2]]);
    const empty = createTestFeed(() => json({ items: [] }), {
      pagination: { type: "page", parameter: "p" },
      rowsPath: "$.items",
    });
    expect((await empty.tab()).rows).toEqual([]);
  });

  test("FEE-24 a page that fails fails the poll", async () => {
    const feed = createTestFeed(
      ({ url }) =>
        page(url) === 2 ? new Response(null, { status: 500 }) : json(rows, { link: '<?page=2>; rel="next"' }),
      { pagination: { type: "link" } },
    );
    expect(await feed.fail()).toMatchObject({ tag: "Unreachable" });
  });

  test("FEE-24 pages that repeat are told", async () => {
    const repeated = async (pagination: NonNullable<SourceSettings["pagination"]>): Promise<SourceError> =>
      createTestFeed(() => json(rows, { link: "<https://feeds.test/prices>; rel=next" }), {
        pagination,
      }).fail();
    expect(await repeated({ type: "link" })).toMatchObject({ tag: "Malformed", path: "pages" });
    expect(await repeated({ type: "page", parameter: "p" })).toMatchObject({
      detail: expect.stringContaining('"p"'),
    });
    expect(await repeated({ type: "cursor", path: "$[0].id", parameter: "c" })).toMatchObject({
      path: "pages",
    });
  });

  test("FEE-24 the number of pages is bounded", async () => {
    const endless: FakeHandler = ({ url }) =>
      json([{ id: page(url) }], { link: `<?page=${page(url) + 1}>; rel="next"` });
    const wished = createTestFeed(endless, { pagination: { type: "link", pagesMax: 2 } });
    const snapshot = await wished.snapshot();
    expect(snapshot.tabs).toMatchObject([{ rows: [[1], [2]] }]);
    expect(snapshot.notices).toEqual(['Only the first 2 pages are read, as "pagesMax" says.']);
    const bounded = createTestFeed(
      endless,
      { pagination: { type: "link" } },
      { limits: { feedPagesMax: 3 } },
    );
    expect(await bounded.fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining("3 pages"),
    });
    expect(bounded.net.requests).toHaveLength(3);
  });
});

describe("answers", () => {
  const failure = (response: Response) => createTestFeed(() => response).fail();

  test("FEE-28 too many requests name how long to wait, in seconds or by a date", async () => {
    const limited = (status: number, retry?: string) =>
      failure(new Response(null, { status, ...(retry ? { headers: { "retry-after": retry } } : {}) }));
    expect(await limited(429, "120")).toEqual({ tag: "RateLimited", retryAfterMs: 120_000 });
    expect(await limited(503, "2")).toEqual({ tag: "RateLimited", retryAfterMs: 2_000 });
    expect(await limited(429)).toEqual({ tag: "RateLimited" });
    expect(await limited(429, "soon")).toEqual({ tag: "RateLimited" });
    // Tests begin at 2030-01-01.
    expect(await limited(429, "Tue, 01 Jan 2030 00:01:00 GMT")).toEqual({
      tag: "RateLimited",
      retryAfterMs: 60_000,
    });
    expect(await limited(429, "Mon, 01 Jan 2024 00:00:00 GMT")).toEqual({
      tag: "RateLimited",
      retryAfterMs: 0,
    });
    expect(await limited(503)).toMatchObject({ tag: "Unreachable" });
  });

  test.each([
    [401, "Unauthorized"],
    [403, "Unauthorized"],
    [404, "NotFound"],
    [410, "NotFound"],
    [408, "Unreachable"],
    [500, "Unreachable"],
    [400, "Malformed"],
    [204, "Malformed"],
    [206, "Malformed"],
  ])("FEE-28 an answer %d is %s", async (status, tag) => {
    expect(await failure(new Response(null, { status }))).toMatchObject({ tag });
  });

  test.each([
    ["max-age=60", undefined, 60_000],
    ["public, max-age=60, must-revalidate", "45", 15_000],
    ["max-age=60", "90", undefined],
    ["no-cache, max-age=60", undefined, undefined],
    ["no-store", undefined, undefined],
    ["s-maxage=60", undefined, undefined],
    ["max-age=x", undefined, undefined],
  ])("FEE-29 Cache-Control %j of age %p is fresh for %p", async (control, age, freshForMs) => {
    const feed = createTestFeed(() => json(rows, { "cache-control": control, ...(age ? { age } : {}) }));
    for (let poll = 0; poll < 2; poll++) {
      const result = await feed.poll();
      expect("freshForMs" in result ? result.freshForMs : undefined).toBe(freshForMs);
    }
  });

  test("FEE-32 a request is bounded in time", async () => {
    const feed = createTestFeed(() => hang());
    const failing = feed.fail();
    await feed.clock.advance(30_000);
    expect(await failing).toMatchObject({ tag: "Unreachable", detail: expect.stringContaining("30000 ms") });
  });

  test("FEE-32 and so is a poll with all its pages", async () => {
    let number = 0;
    const feed = createTestFeed(
      async () => {
        await feed.clock.advance(20_000);
        return json([{ id: ++number }]);
      },
      { pagination: { type: "page", parameter: "page" } },
      { limits: { feedPollMsMax: 50_000 } },
    );
    expect(await feed.fail()).toMatchObject({ tag: "Unreachable" });
    expect(feed.net.requests).toHaveLength(3);
  });
});
