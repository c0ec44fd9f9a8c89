import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createGoogleDriver } from "../../../src/sources/google/google-driver.ts";
import { createQuota, DEFAULT_QUOTA } from "../../../src/sources/google/quota.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";
import { createFakeGoogle, googleError } from "./fake-google.ts";
import { createTestSource, ENDPOINT, settings } from "./test-source.ts";

const TABS = [{ sheetId: 0, title: "A", values: [["h"], [1]] }];
const robot = { user: "robot", project: "p" };

describe("quota", () => {
  test("GOO-25 in any minute at most 60 requests of a kind are let through for a user", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 300 }), (gaps) => {
        const quota = createQuota(DEFAULT_QUOTA);
        const sent: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          const taken = quota.take(robot, "read", nowMs);
          if (taken.ok) sent.push(nowMs);
          else {
            const laterMs = nowMs + taken.error.retryAfterMs;
            expect(quota.room(robot, "read", 1, laterMs - 1).ok).toBe(false);
            nowMs = laterMs;
            expect(quota.take(robot, "read", nowMs).ok).toBe(true);
            sent.push(nowMs);
          }
        }
        for (const [index, at] of sent.entries()) {
          expect((sent[index + 60] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThan(60_000);
        }
      }),
    );
  });

  test("GOO-25 users share their project's quota, reads and writes do not share one", () => {
    const quota = createQuota({ ...DEFAULT_QUOTA, readsPerProject: 3 });
    for (const user of ["a", "b", "c"]) expect(quota.take({ user, project: "p" }, "read", 0).ok).toBe(true);
    expect(quota.take({ user: "d", project: "p" }, "read", 0)).toEqual({
      ok: false,
      error: { retryAfterMs: 61_000 },
    });
    expect(quota.take({ user: "d", project: "p" }, "write", 0).ok).toBe(true);
    expect(quota.take({ user: "d", project: "other" }, "read", 0).ok).toBe(true);
  });

  test("GOO-25 a poll beyond the quota is RateLimited and sends nothing, for all sources of the account", async () => {
    const google = createFakeGoogle(...TABS);
    const { runtime, clock } = createTestRuntime({ net: google.net });
    const driver = createGoogleDriver({ endpoint: ENDPOINT, quota: { readsPerUser: 6 } });
    const { signal } = new AbortController();
    const sources = ["a", "b", "c"].map((id) => driver.open(settings({ id }), runtime));
    expect((await sources[0]!.poll(null, signal)).ok).toBe(true);
    await clock.advance(10_000);
    expect((await sources[1]!.poll(null, signal)).ok).toBe(true);
    google.calls();
    expect(await sources[2]!.poll(null, signal)).toEqual({
      ok: false,
      error: { tag: "RateLimited", retryAfterMs: 51_000 },
    });
    expect(google.calls()).toEqual([]);
    await clock.advance(51_000);
    expect((await sources[2]!.poll(null, signal)).ok).toBe(true);
  });

  test("GOO-26 after a 429 nothing is sent for the user until the minute turns", async () => {
    const { google, poll, fail, clock } = createTestSource(TABS);
    await poll();
    await clock.advance(20_000);
    google.faults.push(() => googleError(429, "RESOURCE_EXHAUSTED", "Quota exceeded"));
    expect(await fail()).toEqual({ tag: "RateLimited", retryAfterMs: 41_000 });
    google.calls();
    await clock.advance(40_000);
    expect(await fail()).toEqual({ tag: "RateLimited", retryAfterMs: 1_000 });
    expect(google.calls()).toEqual([]);
    await clock.advance(1_000);
    expect((await poll()).tag).toBe("Unchanged");
  });

  test("GOO-26 a 429 for the project holds its other users too", async () => {
    const google = createFakeGoogle(...TABS);
    const { runtime } = createTestRuntime({ net: google.net });
    const driver = createGoogleDriver({ endpoint: ENDPOINT });
    const { credentials } = settings();
    if (credentials?.type !== "serviceAccount")
      throw new Error("the test's credentials are a service account");
    const other = { ...credentials.key, client_email: "other@project.iam.gserviceaccount.com" };
    const one = driver.open(settings(), runtime);
    const two = driver.open(settings({ credentials: { type: "serviceAccount", key: other } }), runtime);
    const { signal } = new AbortController();
    const refuse = (limit: string) => {
      google.faults.push((url) => {
        if (url.pathname.endsWith("/token")) return undefined;
        return googleError(429, "RESOURCE_EXHAUSTED", "Quota exceeded", [
          { metadata: { quota_limit: limit } },
        ]);
      });
    };
    refuse("ReadRequestsPerMinutePerUser");
    expect((await one.poll(null, signal)).ok).toBe(false);
    expect((await two.poll(null, signal)).ok).toBe(true);
    refuse("ReadRequestsPerMinutePerProject");
    expect((await two.poll(null, signal)).ok).toBe(false);
    google.calls();
    const third = { ...other, client_email: "third@project.iam.gserviceaccount.com" };
    const three = driver.open(settings({ credentials: { type: "serviceAccount", key: third } }), runtime);
    expect((await three.poll(null, signal)).ok).toBe(false);
    expect(google.calls()).toEqual([]);
  });

  test("SCH-11 a refusal takes a quarter of the limit, once for all requests under way, and minutes give it back", () => {
    const quota = createQuota(DEFAULT_QUOTA);
    const limit = (nowMs: number): number => quota.limit(robot, "read", "user", nowMs);
    for (const at of [0, 10, 20]) quota.hold(robot, "read", "user", at, 60_000);
    expect(limit(60_000)).toBe(45);
    expect([limit(120_000), limit(240_000), limit(9e9)]).toEqual([51, 60, 60]);
    for (let minute = 0; minute < 20; minute++) {
      quota.hold(robot, "read", "user", minute * 60_000 + 1, (minute + 1) * 60_000);
    }
    expect(limit(20 * 60_000)).toBeWithin(12, 19);
    let sent = 0;
    while (quota.take(robot, "read", 20 * 60_000).ok) sent++;
    expect(sent).toBe(limit(20 * 60_000));
  });

  test("GOO-73 edits take all writes they need, and who let them go first for long gets the next", () => {
    const quota = createQuota({ ...DEFAULT_QUOTA, writesPerUser: 5 });
    const sent: string[] = [];
    let exportsWaited = 0;
    for (let nowMs = 0; nowMs < 600_000; nowMs += 1_000) {
      // As exports do: 2 are left to edits for a minute, then none.
      const patient = nowMs - exportsWaited < 60_000;
      const free = patient
        ? quota.room(robot, "write", 3, nowMs).ok
        : quota.promise(robot, "write", nowMs) === 0;
      if (free && quota.take(robot, "write", nowMs, true).ok) {
        sent.push("export");
        exportsWaited = nowMs;
      }
      // Far more edits than the quota allows.
      while (quota.room(robot, "write", 1, nowMs).ok && quota.take(robot, "write", nowMs).ok)
        sent.push("edit");
    }
    const exports = sent.filter((one) => one === "export").length;
    expect(sent.length).toBe(50);
    expect(exports).toBeWithin(4, 12);
    expect(quota.used(robot, "write", 600_000)).toBeLessThanOrEqual(5);
  });

  test("GOO-27 a poll begins only with room for its calls", async () => {
    const first = createTestSource(TABS, { driver: { quota: { readsPerUser: 5 } } });
    await first.poll();
    first.revision = null;
    first.google.calls();
    expect((await first.fail()).tag).toBe("RateLimited");
    expect(first.google.calls()).toEqual([]);
  });

  test("SCH-24 the reads that a poll could not do without are named until it gets them", async () => {
    const { source, poll, fail, clock } = createTestSource(TABS, { driver: { quota: { readsPerUser: 4 } } });
    const read = source.poll(null, new AbortController().signal);
    expect([(await read).ok, source.budget!.wanted()]).toEqual([true, 0]);
    expect((await fail()).tag).toBe("RateLimited");
    expect(source.budget!.wanted()).toBe(3);
    await clock.advance(61_000);
    await poll();
    expect(source.budget!.wanted()).toBe(0);
  });

  test("GOO-27 a look at tabs and formats waits for room, the values do not", async () => {
    const { google, poll, clock } = createTestSource(TABS, { driver: { quota: { readsPerUser: 9 } } });
    await poll();
    for (let count = 0; count < 5; count++) await poll();
    google.calls();
    await clock.advance(15_000);
    expect((await poll()).tag).toBe("Unchanged");
    expect(google.calls()).toEqual(["values"]);
    await clock.advance(61_000);
    await poll();
    expect(google.calls()).toEqual(["values", "list", "cells"]);
  });

  test("GOO-27 with one call left, new columns get their formats and the list of tabs waits", async () => {
    const { google, poll } = createTestSource([{ sheetId: 0, title: "A", values: [["h"], [1]] }], {
      driver: { quota: { readsPerUser: 5 } },
    });
    await poll();
    google.calls();
    google.tabs[0]!.values = [
      ["h", "day"],
      [1, 45000],
    ];
    google.tabs[0]!.typed = { "1:1": { effectiveFormat: { numberFormat: { type: "DATE" } } } };
    const second = await poll();
    expect(google.calls()).toEqual(["values", "cells"]);
    expect(second).toMatchObject({
      snapshot: { tabs: [{ columns: [{ type: "number" }, { type: "date" }] }] },
    });
  });
});
