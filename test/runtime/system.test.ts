import { describe, expect, test } from "bun:test";
import type { NetRequest } from "../../src/runtime/net.ts";
import { createSystemClock } from "../../src/runtime/system-clock.ts";
import { createSystemLogger, type LogLevel } from "../../src/runtime/system-logger.ts";
import { createSystemNet } from "../../src/runtime/system-net.ts";
import { systemRandom } from "../../src/runtime/system-random.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

describe("clock", () => {
  /** Timers that a test fires by hand. */
  function handTimers() {
    let nowMs = 0;
    const timers = new Map<number, { run: () => void; ms: number }>();
    let next = 1;
    const clock = createSystemClock({
      nowMs: () => 0,
      monotonicMs: () => nowMs,
      setTimeout: (run, ms) => {
        timers.set(next, { run, ms });
        return next++;
      },
      clearTimeout: (timer: number) => void timers.delete(timer),
    });
    const fireAt = (ms: number): number => {
      const [[id, timer]] = [...timers] as [[number, { run: () => void; ms: number }]];
      timers.delete(id);
      nowMs = ms;
      timer.run();
      return timer.ms;
    };
    return { clock, timers, fireAt };
  }

  test("RUN-1 a wake runs once, never before its time, however far away or however early the timer", () => {
    const { clock, timers, fireAt } = handTimers();
    let runs = 0;
    clock.wakeAt(100, () => runs++);
    expect(fireAt(99.4)).toBe(100);
    expect(runs).toBe(0);
    expect(fireAt(100)).toBe(1);
    expect([runs, timers.size]).toEqual([1, 0]);
    const farMs = 100 + 2 ** 31 + 50;
    clock.wakeAt(farMs, () => runs++);
    expect(fireAt(100 + 2 ** 31 - 1)).toBe(2 ** 31 - 1);
    expect(runs).toBe(1);
    expect(fireAt(farMs)).toBe(51);
    expect(runs).toBe(2);
  });

  test("RUN-2 a wake for the past waits for the caller to finish; an undone one never runs", async () => {
    const clock = createSystemClock();
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      clock.wakeAt(clock.monotonicMs() - 1000, () => {
        order.push("wake");
        resolve();
      });
      order.push("caller");
    });
    expect(order).toEqual(["caller", "wake"]);
    const { clock: byHand, timers } = handTimers();
    byHand.wakeAt(10, () => order.push("undone"))();
    expect(timers.size).toBe(0);
  });
});

test("RUN-3 randomness has the length asked for and does not repeat", () => {
  expect(systemRandom.bytes(0).length).toBe(0);
  expect(systemRandom.bytes(100_000).length).toBe(100_000);
  expect(systemRandom.bytes(16)).not.toEqual(systemRandom.bytes(16));
  const draws = Array.from({ length: 1000 }, () => systemRandom.float());
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect(new Set(draws).size).toBeGreaterThan(990);
});

describe("net", () => {
  /** A server for one test, and a net whose time is virtual. */
  function serving(answer: (request: Request) => Response | Promise<Response>) {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: answer });
    const clock = createVirtualClock();
    const net = createSystemNet(clock);
    const url = `http://127.0.0.1:${server.port}`;
    return {
      clock,
      url,
      get: (path: string, more: Partial<NetRequest> = {}) =>
        net.request({
          method: "GET",
          url: url + path,
          headers: {},
          timeoutMs: 5000,
          bytesMax: 100_000,
          ...more,
        }),
      async [Symbol.asyncDispose]() {
        await server.stop(true);
      },
    };
  }

  test("RUN-4 an exchange carries method, headers, body and status both ways, header names in lower case", async () => {
    await using far = serving(async (request) => {
      const said = { method: request.method, x: request.headers.get("x-a"), body: await request.text() };
      return Response.json(said, { status: 418, headers: { "X-Answer": "Yes" } });
    });
    const result = await far.get("/", { method: "PUT", headers: { "X-A": "b" }, body: "täglich" });
    if (!result.ok) throw new Error(result.error.tag);
    expect(result.value.status).toBe(418);
    expect(result.value.headers["x-answer"]).toBe("Yes");
    const said = JSON.parse(Buffer.from(result.value.body).toString()) as unknown;
    expect(said).toEqual({ method: "PUT", x: "b", body: "täglich" });
    expect(far.clock.pending()).toBe(0);
  });

  test("RUN-5 a redirect comes back as it is", async () => {
    let asked = 0;
    await using far = serving(() => {
      asked++;
      return new Response(null, { status: 302, headers: { location: "/next" } });
    });
    expect(await far.get("/")).toMatchObject({
      ok: true,
      value: { status: 302, headers: { location: "/next" } },
    });
    expect(asked).toBe(1);
  });

  test("RUN-6 a body comes decoded, without the headers of its encoded form, and its bound counts decoded bytes", async () => {
    const packed = Bun.gzipSync(Buffer.alloc(50_000, "a"));
    await using far = serving(
      () => new Response(packed, { headers: { "content-encoding": "gzip", "content-type": "text/plain" } }),
    );
    const result = await far.get("/", { bytesMax: 50_000 });
    if (!result.ok) throw new Error(result.error.tag);
    expect(result.value.body.length).toBe(50_000);
    expect(Object.keys(result.value.headers)).not.toContain("content-encoding");
    expect(Object.keys(result.value.headers)).not.toContain("content-length");
    expect(await far.get("/", { bytesMax: 49_999 })).toEqual({
      ok: false,
      error: { tag: "TooLarge", bytesMax: 49_999 },
    });
  });

  test("RUN-7 a body past its bound is not read on: an endless one ends the exchange", async () => {
    let cancelled: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    await using far = serving(() => {
      const pull = (controller: ReadableStreamDefaultController): void =>
        controller.enqueue(new Uint8Array(1000));
      return new Response(new ReadableStream({ pull, cancel: cancelled }));
    });
    expect(await far.get("/")).toEqual({ ok: false, error: { tag: "TooLarge", bytesMax: 100_000 } });
    await gone;
  });

  test("RUN-8 the time bound covers the body as well", async () => {
    for (const stall of ["headers", "body"] as const) {
      let arrived: () => void = () => {};
      const asked = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      await using far = serving(() => {
        arrived();
        const start = (controller: ReadableStreamDefaultController): void =>
          controller.enqueue(new Uint8Array(10));
        return stall === "body"
          ? new Response(new ReadableStream({ start }))
          : new Promise<Response>(() => {});
      });
      const result = far.get("/", { timeoutMs: 300 });
      await asked;
      await far.clock.advance(299);
      expect(far.clock.pending()).toBe(1);
      await far.clock.advance(1);
      expect(await result).toEqual({ ok: false, error: { tag: "TimedOut", timeoutMs: 300 } });
    }
  });

  test("RUN-14 a body is handed over part by part, its time bound counting from part to part", async () => {
    const { promise: more, resolve: sendMore } = Promise.withResolvers<void>();
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () =>
        new Response(
          new ReadableStream({
            async start(far) {
              far.enqueue(new TextEncoder().encode("one"));
              await more;
              far.enqueue(new TextEncoder().encode("two"));
            },
          }),
          { headers: { "x-a": "b" } },
        ),
    });
    const clock = createVirtualClock();
    const parts: string[] = [];
    const twice = Promise.withResolvers<void>();
    const answer = createSystemNet(clock).request({
      method: "GET",
      url: `http://127.0.0.1:${server.port}/`,
      headers: {},
      timeoutMs: 1_000,
      bytesMax: 2,
      onPart({ status, headers, bytes }) {
        parts.push(`${status} ${headers["x-a"]} ${new TextDecoder().decode(bytes)}`);
        if (parts.length === 2) twice.resolve();
        else void clock.advance(900).then(sendMore);
      },
    });
    await twice.promise;
    await clock.advance(999);
    expect(parts).toEqual(["200 b one", "200 b two"]);
    await clock.advance(1);
    expect(await answer).toEqual({ ok: false, error: { tag: "TimedOut", timeoutMs: 1_000 } });
    await server.stop(true);
  });

  test("RUN-9 a signal ends the exchange, before it or amid it", async () => {
    let arrived: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using far = serving(() => {
      arrived();
      return new Promise<Response>(() => {});
    });
    const abort = new AbortController();
    const result = far.get("/", { signal: abort.signal });
    await asked;
    abort.abort();
    expect(await result).toEqual({ ok: false, error: { tag: "Aborted" } });
    expect(await far.get("/", { signal: abort.signal })).toEqual({ ok: false, error: { tag: "Aborted" } });
    expect(far.clock.pending()).toBe(0);
  });

  test("RUN-10 who cannot be reached is told without the query, where keys travel", async () => {
    const net = createSystemNet(createVirtualClock());
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const closed = `http://127.0.0.1:${server.port}/x?key=hush`;
    await server.stop(true);
    const request = { method: "GET", headers: {}, timeoutMs: 1000, bytesMax: 10 };
    for (const url of [closed, "not a url?key=hush", "http://[broken/?key=hush"]) {
      const result = await net.request({ ...request, url });
      expect(result).toMatchObject({ ok: false, error: { tag: "Unreachable" } });
      expect(JSON.stringify(result)).not.toContain("hush");
    }
  });
});

describe("logger", () => {
  function capture(level: LogLevel) {
    const lines: string[] = [];
    const clock = { nowMs: () => Date.UTC(2030, 0, 2, 3, 4, 5, 6) };
    return { lines, logger: createSystemLogger({ level, clock, write: (line) => lines.push(line) }) };
  }

  test("RUN-11 a line is one JSON object: level, ISO time, the fields of its parents and its own, message", () => {
    const { lines, logger } = capture("info");
    logger.child({ source: "shop" }).warn("poll failure", { error: new Error("no route"), took: 3n });
    expect(lines.length).toBe(1);
    expect(lines[0]!.endsWith("\n")).toBe(true);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: "warn",
      time: "2030-01-02T03:04:05.006Z",
      source: "shop",
      message: "poll failure",
      error: { name: "Error", message: "no route" },
      took: "3",
    });
  });

  test("RUN-12 lines below the level are not written", () => {
    for (const [level, count] of [
      ["debug", 4],
      ["info", 3],
      ["warn", 2],
      ["error", 1],
      ["silent", 0],
    ] as const) {
      const { lines, logger } = capture(level);
      for (const at of ["debug", "info", "warn", "error"] as const) logger[at]("note");
      expect([level, lines.length]).toEqual([level, count]);
    }
  });

  test("RUN-13 values under the names of secrets never reach a line, at any depth, in children too", () => {
    const { lines, logger } = capture("debug");
    const secrets = {
      Authorization: "Bearer hush",
      api_key: "hush",
      "X-Api-Key": "hush",
      accessToken: "hush",
      client: { private_key: "hush", list: [{ password: "hush" }], credentials: { any: "hush" } },
    };
    logger.info("request", secrets);
    logger.child({ admin_token: "hush", nested: secrets }).info("request");
    const loop: Record<string, unknown> = { token: "hush" };
    loop.self = loop;
    logger.info("request", { loop, update: new Uint8Array(3), tokens: 5 });
    expect(lines.join("")).not.toContain("hush");
    expect(lines.length).toBe(3);
    expect(JSON.parse(lines[2]!)).toMatchObject({ update: "[3 bytes]", tokens: 5 });
  });
});
