import { describe, expect, test } from "bun:test";
import { createEventCounter } from "../../../src/sources/external/watch-events.ts";
import { createTestFeed, json } from "./test-feed.ts";

const EVENTS = "https://feeds.test/events";
const bytes = (text: string) => new TextEncoder().encode(text);

describe("server-sent events", () => {
  test.each([
    ["data: x\n\n", 1],
    ["data: x\r\n\r\n", 1],
    ["data: x\r\rdata\n\n", 2],
    [": heartbeat\n\n", 0],
    ["event: x\nid: 5\n\n", 0],
    ["event: x\ndata: {}\ndata: {}\n\n\n\n", 1],
    ["database: x\n\n", 0],
    ["data: unfinished\n", 0],
    ["xdata: x\n\n", 0],
    ["retry: 5\n\ndata:\n\n", 1],
  ])("FEE-33 %j holds %d events, however it is cut", (text, events) => {
    const whole = createEventCounter();
    expect(whole(bytes(text))).toBe(events);
    const cut = createEventCounter();
    const counted = [...bytes(text)].map((byte) => cut(Uint8Array.of(byte)));
    expect(counted.reduce((sum, one) => sum + one, 0)).toBe(events);
  });

  function createWatched(answer: () => Response) {
    const feed = createTestFeed(({ url }) => (url === EVENTS ? answer() : json([1])), {
      events: EVENTS,
      auth: { type: "bearer", token: "t" },
    });
    let hints = 0;
    const end = new AbortController();
    const ended = feed.source.watch!(() => void hints++, end.signal);
    return { feed, ended, end, hints: () => hints };
  }

  test("FEE-33 each event is a hint, until the stream ends", async () => {
    let far: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        far = controller;
      },
    });
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    const { feed, ended, hints } = createWatched(() => new Response(body, { headers }));
    await feed.clock.settle();
    expect(hints()).toBe(0);
    far!.enqueue(bytes("data: 1\n\n"));
    await feed.clock.settle();
    expect(hints()).toBe(1);
    far!.enqueue(bytes(": alive\n\ndata: 2\n"));
    await feed.clock.settle();
    expect(hints()).toBe(1);
    far!.enqueue(bytes("\n"));
    far!.close();
    expect(await ended).toEqual({ ok: true, value: undefined });
    expect(hints()).toBe(2);
    expect(feed.net.requests[0]!.headers).toMatchObject({
      accept: "text/event-stream",
      authorization: "Bearer t",
    });
  });

  test("FEE-33 what is no stream of events ends at once, and so does a watch that is ended", async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: (far) => far.enqueue(bytes("data: 1\n\n")) });
    const wrong = createWatched(() => new Response(endless, { headers: { "content-type": "text/plain" } }));
    expect(await wrong.ended).toMatchObject({ ok: false, error: { tag: "Malformed", path: "events" } });
    const refused = createWatched(() => new Response(null, { status: 403 }));
    expect(await refused.ended).toMatchObject({ ok: false, error: { tag: "Unauthorized" } });
    expect([wrong.hints(), refused.hints()]).toEqual([0, 0]);
    const silent = createWatched(() => new Response(new ReadableStream()));
    silent.end.abort();
    expect((await silent.ended).ok).toBe(false);
  });

  test("FEE-33 a feed without events is not watched", () => {
    expect(createTestFeed(() => json([1])).source.watch).toBeUndefined();
  });
});
