/** The tests' own clock, randomness and network, on which all the others lean. */
import { expect, test } from "bun:test";
import { sleep } from "../../src/runtime/clock.ts";
import { createFakeNet, createHandlerNet, hang } from "../support/fake-net.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createTestRuntime } from "../support/test-runtime.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

test("a virtual clock fires wakes in order and lets what each set off settle first", async () => {
  const clock = createVirtualClock({ startMs: 1000 });
  const seen: string[] = [];
  const walk = async (name: string, stepMs: number): Promise<void> => {
    for (;;) {
      await sleep(clock, stepMs);
      seen.push(`${name}${clock.monotonicMs()}`);
      if (clock.monotonicMs() >= 300) return;
    }
  };
  void walk("a", 100);
  void walk("b", 150);
  clock.wakeAt(120, () => clock.wakeAt(0, () => seen.push(`late${clock.monotonicMs()}`)));
  await clock.advance(310);
  expect(seen).toEqual(["a100", "late120", "b150", "a200", "b300", "a300"]);
  expect([clock.nowMs(), clock.monotonicMs(), clock.pending()]).toEqual([1310, 310, 0]);
  clock.jumpWall(-500);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([810, 310]);
  clock.wakeAt(400, () => {})();
  expect(clock.nextWakeMs()).toBeNull();
});

test("SIM-1 a virtual clock that is moved on twice at once never goes back, and each wake still settles alone", async () => {
  const clock = createVirtualClock();
  const seen: number[] = [];
  let settled = true;
  const wake = async (): Promise<void> => {
    expect(settled).toBe(true);
    settled = false;
    seen.push(clock.monotonicMs());
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    settled = true;
  };
  for (let atMs = 10; atMs <= 100; atMs += 10) clock.wakeAt(atMs, () => void wake());
  const short = clock.advance(25).then(() => seen.push(clock.monotonicMs()));
  const long = clock.advance(95).then(() => seen.push(clock.monotonicMs()));
  await Promise.all([short, long]);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect([clock.monotonicMs(), clock.pending()]).toEqual([95, 1]);
  await clock.advance(5);
  expect(clock.monotonicMs()).toBe(100);
});

test("a seed repeats its streams, and splitting does not depend on what was drawn", () => {
  const [one, two] = [createSeededRandom(1), createSeededRandom(1)];
  expect(one.bytes(20)).toEqual(two.bytes(20));
  one.float();
  expect(one.split("net").int(1e9)).toBe(two.split("net").int(1e9));
  expect(one.split("net").int(1e9)).not.toBe(one.split("work").int(1e9));
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 40_000; draw++) counts[two.int(4)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test("a fake net keeps the bounds of a request", async () => {
  const { runtime, clock } = createTestRuntime();
  const request = { method: "GET", url: "http://far/x", headers: {}, timeoutMs: 50, bytesMax: 3 };
  expect(await runtime.net.request(request)).toMatchObject({ error: { tag: "Unreachable" } });
  const net = createFakeNet(hang, clock);
  const slow = net.request(request);
  await clock.advance(50);
  expect(await slow).toEqual({ ok: false, error: { tag: "TimedOut", timeoutMs: 50 } });
  const abort = new AbortController();
  const stopped = net.request({ ...request, signal: abort.signal });
  abort.abort();
  expect(await stopped).toEqual({ ok: false, error: { tag: "Aborted" } });
  net.answer(() => new Response("four"));
  expect(await net.request(request)).toMatchObject({ error: { tag: "TooLarge" } });
  expect(net.requests.length).toBe(3);
  const handled = createHandlerNet(async (web) => new Response(`${web.method} ${await web.text()}`));
  const answer = await handled.request({ ...request, method: "POST", body: "hi", bytesMax: 100 });
  expect(answer.ok && Buffer.from(answer.value.body).toString()).toBe("POST hi");
});

test("a test runtime keeps what was logged, with the children's fields", () => {
  const { runtime, logs } = createTestRuntime();
  runtime.logger.child({ source: "a" }).child({ tab: "b" }).warn("poll failure", { count: 1 });
  expect(logs).toEqual([
    { level: "warn", message: "poll failure", fields: { source: "a", tab: "b", count: 1 } },
  ]);
});
