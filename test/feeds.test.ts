/** Feeds through the whole daemon without sockets, in virtual time: what goes wrong at the far end, and what stays. */
import { describe, expect, test } from "bun:test";
import type { RowsAnswer, SourceAnswer } from "#contract/rest.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createDaemon } from "../src/daemon.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createFakeNet, type FakeHandler, hang } from "./support/fake-net.ts";
import { createSocketHub } from "./support/socket-hub.ts";
import { createTestRuntime } from "./support/test-runtime.ts";

const TOKEN = "the-admin-token-of-the-test";
const POLL_MS = 5_000;
const good = (price: number): Response =>
  Response.json({
    items: [
      { id: 1, price },
      { id: 2, price: 9 },
    ],
  });

async function setUp(body: object = {}, answer: FakeHandler = () => good(5)) {
  const test = createTestRuntime();
  const net = createFakeNet(answer, test.clock);
  const daemon = await createDaemon({
    runtime: { ...test.runtime, net },
    backend: createMemoryBackend(),
    drivers: createDrivers(),
    secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
    publish: createSocketHub().publish,
    version: "test",
  });
  async function get<T>(path: string): Promise<T> {
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const request = new Request(`http://daemon.test/datasources/shop${path}`, { headers });
    const response = await daemon.handle(request, "127.0.0.1");
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  }
  const made = await daemon.registry.register({
    id: "shop",
    name: "Shop",
    type: "external",
    url: "https://feeds.test/prices",
    rowsPath: "$.items",
    keyField: "id",
    pollingInterval: POLL_MS,
    ...body,
  });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  await test.clock.advance(POLL_MS);
  return {
    ...test,
    net,
    daemon,
    source: () => get<SourceAnswer>(""),
    rows: async () => (await get<RowsAnswer>("/tabs/items/rows")).rows,
  };
}

describe("a feed", () => {
  const before = [
    { $row: 1, id: 1, price: 5 },
    { $row: 2, id: 2, price: 9 },
  ];
  const large = (): Response =>
    Response.json({ items: Array.from({ length: 200_000 }, (_, id) => ({ id, price: 1 })) });

  test.each<[string, FakeHandler, string]>([
    ["500", () => new Response(null, { status: 500 }), "unreachable"],
    ["no answer", () => hang(), "unreachable"],
    ["a sign-in page", () => new Response("<html><title>Sign in</title></html>"), "malformed"],
    ["half a body", () => new Response('{"items": [{"id": 1'), "malformed"],
    [
      "another type",
      () => new Response("<items/>", { headers: { "content-type": "text/xml" } }),
      "malformed",
    ],
    ["another place", () => Response.json({ data: [] }), "malformed"],
    ["another shape", () => Response.json({ items: [{ sku: 1 }] }), "malformed"],
    ["an empty list", () => Response.json({ items: [] }), "empty"],
    ["10 MB", large, "too-large"],
    ["401", () => new Response(null, { status: 401 }), "unauthorized"],
    ["404", () => new Response(null, { status: 404 }), "not-found"],
    ["a redirect inside", () => Response.redirect("http://10.0.0.1/"), "forbidden-address"],
  ])(
    "FEE-45 through %s the last good data stay, the source says why, and it heals",
    async (_, answer, code) => {
      const { net, clock, rows, source } = await setUp();
      expect(await rows()).toEqual(before);
      net.answer(answer);
      await clock.advance(60_000);
      const troubled = await source();
      expect(["failing", "failed"]).toContain(troubled.state);
      expect(troubled.error).toMatchObject({ code, message: expect.any(String), fix: expect.any(String) });
      expect(await rows()).toEqual(before);
      net.answer(() => good(6));
      await clock.advance(700_000);
      expect(await source()).toMatchObject({ state: "live" });
      expect((await source()).error).toBeUndefined();
      expect((await rows())[0]).toEqual({ $row: 1, id: 1, price: 6 });
    },
  );

  test("FEE-45 too many requests only slow it down", async () => {
    const { net, clock, rows, source } = await setUp();
    net.answer(() => new Response(null, { status: 429, headers: { "retry-after": "100" } }));
    await clock.advance(20_000);
    expect((await source()).state).toBe("waiting");
    const asked = net.requests.length;
    await clock.advance(60_000);
    expect(net.requests).toHaveLength(asked);
    expect(await rows()).toEqual(before);
  });

  test("FEE-41 a person who accepts an empty list gets it", async () => {
    const { daemon, net, clock, rows, source } = await setUp();
    net.answer(() => Response.json({ items: [] }));
    await clock.advance(30_000);
    expect((await source()).error?.code).toBe("empty");
    await daemon.registry.update("shop", { emptyPolicy: "accept" });
    await clock.advance(30_000);
    expect(await source()).toMatchObject({ state: "live", emptyPolicy: "accept" });
    expect(await rows()).toEqual([]);
  });

  test("FEE-46 rows with the same key are kept apart and told", async () => {
    const { rows, source } = await setUp({}, () => {
      return Response.json({
        items: [
          { id: 1, n: "a" },
          { id: 1, n: "b" },
          { id: 2, n: "c" },
        ],
      });
    });
    expect(await rows()).toHaveLength(3);
    expect((await source()).notices).toEqual([expect.stringContaining("items")]);
  });

  test("FEE-29 what is called fresh is not asked for meanwhile", async () => {
    const { net, clock } = await setUp({}, () => {
      return Response.json({ items: [{ id: 1 }] }, { headers: { "cache-control": "max-age=60" } });
    });
    expect(net.requests).toHaveLength(1);
    await clock.advance(50_000);
    expect(net.requests).toHaveLength(1);
    await clock.advance(20_000);
    expect(net.requests).toHaveLength(2);
  });

  test("REG-24 what signs in at a feed is sealed and shown by its last four characters", async () => {
    const { source, logs } = await setUp({ auth: { type: "bearer", token: "very-long-secret-wxyz" } });
    const shown = await source();
    expect(shown.auth).toEqual({ type: "bearer", hint: "wxyz" });
    expect(JSON.stringify([shown, logs])).not.toContain("very-long");
  });
});

describe("a preview", () => {
  const body = {
    name: "Shop",
    type: "external",
    url: "https://feeds.test/prices",
    rowsPath: "$.items",
    keyField: "id",
  };

  async function preview(body: object, answer: FakeHandler = () => good(5)) {
    const setup = await setUp({}, answer);
    const keys = await setup.daemon.registry.list();
    const asked = setup.net.requests.length;
    const waiting = setup.clock.pending();
    const request = new Request("http://daemon.test/datasources/preview", {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const response = await setup.daemon.handle(request, "127.0.0.1");
    expect((await setup.daemon.registry.list()).map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
    const left = setup.clock.pending() - waiting;
    return {
      ...setup,
      asked: setup.net.requests.length - asked,
      left,
      response,
      answer: await response.json(),
    };
  }

  test("FEE-51 shows the first rows, the columns and every oddity, and saves nothing", async () => {
    const items = Array.from({ length: 30 }, (_, id) => ({ id, note: id === 3 ? "x" : undefined }));
    const columns = [{ path: "id" }, { path: "note", name: "Note" }, { path: "gone", name: "Note" }];
    const { answer, asked, left, response } = await preview({ ...body, columns }, () =>
      Response.json({ items }),
    );
    expect(response.status).toBe(200);
    expect(asked).toBe(1);
    expect(answer).toMatchObject({
      tabs: [
        {
          title: "items",
          columns: [
            { header: "id", key: "id", type: "number" },
            { header: "Note", key: "Note", type: "text" },
            { header: "Note", key: "Note_2", type: "empty" },
          ],
          keyColumn: "id",
          rowCount: 30,
        },
      ],
      notices: ['No row of "items" has anything at "gone".'],
    });
    expect(answer.tabs[0].rows).toHaveLength(20);
    expect(answer.tabs[0].rows[3]).toEqual([3, "x", null]);
    expect(left).toBe(0);
  });

  test("FEE-51 tells what cannot be read, and every mistake of the body", async () => {
    const unread = await preview({ ...body, rowsPath: "$.data" });
    expect(unread.response.status).toBe(200);
    expect(unread.answer).toMatchObject({
      tabs: [],
      error: { code: "malformed", message: expect.stringContaining("items") },
    });
    const inside = await preview({ ...body, url: "https://inside.test/" }, ({ url }) => {
      return url.includes("inside") ? Response.redirect("http://127.0.0.1/") : good(5);
    });
    expect(inside.answer).toMatchObject({ error: { code: "forbidden-address" } });
    const wrong = await preview({ ...body, rowsPath: "$.[", url: "http://127.0.0.1/" });
    expect(wrong.response.status).toBe(400);
    expect(wrong.answer.errors.map(({ field }: { field: string }) => field)).toEqual(["url", "rowsPath"]);
    expect(wrong.asked).toBe(0);
  });

  test("FEE-51 ends by itself where the far end hangs", async () => {
    const setup = await setUp();
    setup.net.answer(() => hang());
    const reading = setup.daemon.registry.preview(body);
    await setup.clock.advance(60_000);
    expect(await reading).toMatchObject({ ok: true, value: { tabs: [], error: { code: "unreachable" } } });
  });
});

describe("a feed with events", () => {
  const EVENTS = "https://feeds.test/events";

  async function setUpEvents() {
    let price = 5;
    const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
    const setup = await setUp({ events: EVENTS, pollingInterval: 3_600_000 }, ({ url }) => {
      if (url !== EVENTS) return good(price);
      const body = new ReadableStream<Uint8Array>({ start: (far) => void streams.push(far) });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const push = async (): Promise<void> => {
      price++;
      streams.at(-1)!.enqueue(new TextEncoder().encode("data: x\n\n"));
      await setup.clock.advance(1_000);
    };
    return { ...setup, streams, push };
  }

  test("FEE-33 an event leads to a poll; a stream that ends is asked for again", async () => {
    const { rows, clock, streams, push } = await setUpEvents();
    expect((await rows())[0]!.price).toBe(5);
    await push();
    expect((await rows())[0]!.price).toBe(6);
    streams.at(-1)!.close();
    await clock.advance(5_000);
    expect(streams).toHaveLength(2);
    await push();
    expect((await rows())[0]!.price).toBe(7);
  });

  test("FEE-33 a paused source listens to nothing, and a removed one neither", async () => {
    const { daemon, clock, streams, net, push, rows } = await setUpEvents();
    await daemon.registry.pause("shop");
    await clock.advance(300_000);
    expect(net.requests.filter(({ url }) => url === EVENTS)).toHaveLength(1);
    expect(net.requests.find(({ url }) => url === EVENTS)!.signal!.aborted).toBe(true);
    await daemon.registry.resume("shop");
    await clock.advance(1_000);
    expect(streams).toHaveLength(2);
    await push();
    expect((await rows())[0]!.price).toBe(6);
    await daemon.registry.remove("shop");
    await clock.advance(300_000);
    expect(streams).toHaveLength(2);
  });

  test("FEE-33 where no events are to be had the feed is polled all the same", async () => {
    const { clock, source, net } = await setUp({ events: EVENTS }, ({ url }) => {
      return url === EVENTS ? new Response(null, { status: 500 }) : good(5);
    });
    await clock.advance(60_000);
    expect((await source()).state).toBe("live");
    const asked = net.requests.filter(({ url }) => url === EVENTS).length;
    expect(asked).toBeGreaterThan(2);
    expect(asked).toBeLessThan(20);
  });
});
