/** The way to the server and back: pauses, probes, tokens and the first content over HTTP. */
import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import * as Y from "yjs";
import { type Client, type ConnectOptions, connect } from "../src/index.ts";
import { createFakeServer, type FakeServer, settle } from "./support/fake-server.ts";
import { createWriter, type Writer, writePrices } from "./support/writer.ts";

const ROOM = "demo/Price%20list";
let server: FakeServer;
let writer: Writer;
let client: Client;
let nowMs: number;

beforeEach(() => {
  jest.useFakeTimers();
  nowMs = 1_000;
  server = createFakeServer();
  writer = createWriter();
  writePrices(writer);
  server.documents.set(ROOM, writer.doc);
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

const pass = async (ms: number): Promise<void> => {
  nowMs += ms;
  jest.advanceTimersByTime(ms);
  await settle();
};

function open(options: Partial<ConnectOptions> = {}) {
  client = connect({
    url: "http://localhost:8787",
    token: "s3cret",
    WebSocket: server.WebSocket,
    fetch: null,
    now: () => nowMs,
    random: () => 0.5,
    ...options,
  });
  return client.table("demo/Price list");
}

describe("pauses", () => {
  test("SDK-16 are random up to a bound that doubles with each failure and ends at 10 s", async () => {
    const table = open();
    await settle();
    server.refuseWith = { code: 1006, reason: "" };
    server.sockets[0]!.drop(1006);
    const pauses: number[] = [];
    for (let i = 0; i < 7; i++) {
      if (table.connection.state !== "disconnected") throw new Error(table.connection.state);
      pauses.push(table.connection.retryAfterMs);
      await pass(table.connection.retryAfterMs);
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  test("SDK-16 spread who was there together over all of the pause", async () => {
    const seen = new Set<number>();
    for (const random of [0, 0.25, 0.99]) {
      const table = open({ random: () => random });
      await settle();
      server.sockets[0]!.drop(1012);
      if (table.connection.state === "disconnected") seen.add(table.connection.retryAfterMs);
      client.close();
    }
    expect([...seen]).toEqual([0, 125, 495]);
  });

  test("SDK-16 are longer where the server asks for patience", async () => {
    const table = open();
    await settle();
    server.sockets[0]!.drop(4503);
    expect(table.connection).toMatchObject({ reason: "overloaded", retryAfterMs: 1000 });
  });

  test("SDK-16 a server that lets in and closes at once is not a success", async () => {
    const table = open();
    server.refuseWith = { code: 1013, reason: "" };
    await settle();
    await pass(1000);
    expect(table.connection).toMatchObject({ state: "disconnected", failures: 2, retryAfterMs: 2000 });
  });
});

test("SDK-12 an open connection is probed when the page is looked at again, and given up when it is dead", async () => {
  const table = open();
  await settle();
  globalThis.dispatchEvent(new Event("online"));
  await settle();
  await pass(6_000);
  expect(server.urls).toHaveLength(1);
  expect(table.connection.state).toBe("connected");
  server.silent.add(ROOM);
  globalThis.dispatchEvent(new Event("online"));
  await pass(5_000);
  expect(table.connection).toMatchObject({ state: "disconnected", reason: "silent" });
  server.silent.clear();
  await pass(500);
  expect(table.status.state).toBe("live");
});

describe("tokens", () => {
  test("SDK-17 a function is asked once for all sockets, and again when the server refuses its token", async () => {
    const asked: (string | null)[] = [];
    const table = open({
      token: async ({ refused }) => {
        asked.push(refused);
        return refused === null ? "old" : "new";
      },
    });
    client.table("demo/Other");
    server.refuseWith = { code: 4401, reason: "expired", room: ROOM };
    await settle();
    expect(asked).toEqual([null, "old"]);
    expect(server.urls.filter((url) => url.includes(ROOM))).toEqual([
      `ws://localhost:8787/sync/${ROOM}?token=old`,
      `ws://localhost:8787/sync/${ROOM}?token=new`,
    ]);
    expect(table.connection).toMatchObject({ state: "needs-auth" });
  });

  test("SDK-17 a refused token that is replaced leaves nothing to see", async () => {
    const table = open({ token: ({ refused }) => (refused === null ? "old" : "new") });
    await settle();
    const states: string[] = [];
    table.subscribe(() => states.push(table.status.state));
    server.sockets[0]!.drop(4401, "the token has expired");
    await settle();
    expect(new Set(states)).toEqual(new Set(["live"]));
    expect(table.connection.state).toBe("connected");
  });

  test("SDK-17 a token is replaced before it ends, as it was given or as a JWT says", async () => {
    const jwt = `h.${btoa(JSON.stringify({ exp: 200 }))}.s`;
    const tokens = [{ token: "first", expiresAtMs: 61_000 }, jwt, "third"];
    const table = open({ token: () => tokens.shift()! });
    await settle();
    await pass(29_999);
    expect(server.urls).toHaveLength(1);
    await pass(1);
    expect(server.urls[1]).toContain(`token=${encodeURIComponent(jwt)}`);
    for (let i = 0; i < 10; i++) {
      globalThis.dispatchEvent(new Event("online"));
      await settle();
      await pass(14_000);
    }
    expect(server.urls[2]).toContain("token=third");
    expect(table.status.state).toBe("live");
  });

  test("SDK-17 a function that fails is asked again after a pause", async () => {
    let failures = 2;
    const table = open({
      token: async () => {
        if (failures-- > 0) throw new Error("no network");
        return "t";
      },
    });
    await settle();
    expect(table.connection).toMatchObject({ state: "disconnected", reason: "no-token", failures: 1 });
    await pass(2_000);
    await pass(2_000);
    expect(table.status.state).toBe("live");
  });
});

describe("the first content", () => {
  function snapshots(answer: () => Response | Promise<Response>) {
    const asked: Request[] = [];
    const fetch = (async (url: string, init: RequestInit) => {
      asked.push(new Request(url, { headers: init.headers! }));
      return answer();
    }) as unknown as typeof globalThis.fetch;
    return { asked, fetch };
  }
  const encoded = (): Response => new Response(Y.encodeStateAsUpdate(writer.doc) as Uint8Array<ArrayBuffer>);

  test("SDK-18 comes over HTTP, compressed and cacheable; the socket brings what changed since", async () => {
    const { asked, fetch } = snapshots(encoded);
    const table = open({ fetch });
    for (let i = 0; i < 5; i++) await settle();
    await table.ready;
    expect(asked[0]!.url).toBe("http://localhost:8787/datasources/demo/tabs/Price%20list/snapshot");
    expect(asked[0]!.headers.get("authorization")).toBe("Bearer s3cret");
    const [step1] = server.sockets[0]!.frames;
    expect(step1!.length).toBeGreaterThan(4);
    expect(table.rows).toHaveLength(3);
    server.sockets[0]!.drop(1006);
    await pass(1_000);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["is refused", () => new Response("", { status: 404 })],
    ["fails", () => Promise.reject(new TypeError("blocked"))],
    ["cannot be read", () => new Response("<html>")],
  ] as const)("SDK-18 comes over the socket when the answer %s", async (_, answer) => {
    const table = open({ fetch: snapshots(answer).fetch });
    for (let i = 0; i < 5; i++) await settle();
    expect(table.status.state).toBe("live");
    expect(table.rows).toHaveLength(3);
  });
});

describe("names", () => {
  test("SDK-19 a view is read under its own name, and cannot be written", async () => {
    open();
    server.documents.set(`${ROOM}@mine`, writer.doc);
    const view = client.table("demo/Price list@mine");
    await settle();
    expect(server.urls).toContain(`ws://localhost:8787/sync/${ROOM}@mine?token=s3cret`);
    expect([view.tab, view.view, view.rows.length]).toEqual(["Price list", "mine", 3]);
    expect(view.set(1, "Price", 4).status).toMatchObject({ state: "refused", code: "read-only" });
  });

  test('SDK-19 a tab with an "@" in its name is named by its parts', async () => {
    open();
    client.table({ source: "demo", tab: "a@b" });
    await settle();
    expect(server.urls[1]).toContain("/sync/demo/a%40b?");
  });
});

test("SDK-4 a client that is not enabled connects nothing and throws nothing: pages are rendered on servers too", async () => {
  const table = open({ enabled: false, WebSocket: undefined as never });
  await pass(60_000);
  expect(server.urls).toEqual([]);
  expect(table.status.state).toBe("loading");
  expect(table.rows).toEqual([]);
});
