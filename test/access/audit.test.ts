import { describe, expect, test } from "bun:test";
import { AUDIT_ID, type AuditQuery, createAudit } from "../../src/access/audit.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const DAY_MS = 86_400_000;
const fact = { subject: "admin", action: "source.update", target: "source/shop", address: "10.0.0.1" };

async function setUp({ store = createMemoryStore(), startMs = 0, daysMax = 10 } = {}) {
  const { runtime, clock, logs } = createTestRuntime(startMs === 0 ? {} : { startMs });
  const { kv } = createMemoryBackend({ store });
  const audit = createAudit({ kv, runtime, daysMax });
  await audit.load();
  const read = async (query: AuditQuery = {}) => Array.fromAsync(audit.read(query));
  return { audit, clock, store, logs, read };
}

describe("the audit", () => {
  test("AUD-1 an entry says who did what to what, when and from where; the newest comes first", async () => {
    const { audit, clock, read } = await setUp();
    const first = clock.nowMs();
    await audit.record(fact);
    await audit.record({ ...fact, subject: "user:alice" });
    await clock.advance(3 * DAY_MS);
    await audit.record({ ...fact, action: "source.delete" });
    const entries = await read();
    expect(entries.map(({ id: _, ...rest }) => rest)).toEqual([
      { ...fact, at: first + 3 * DAY_MS, action: "source.delete" },
      { ...fact, at: first, subject: "user:alice" },
      { ...fact, at: first },
    ]);
    const ids = entries.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    await clock.advance(0.5);
    await audit.record(fact);
    expect((await read())[0]!.id).toMatch(AUDIT_ID);
  });

  test("AUD-2 no entry replaces another: not in one millisecond, not after a restart, not after the clock went back", async () => {
    const { audit, store, clock } = await setUp();
    await Promise.all(Array.from({ length: 50 }, () => audit.record(fact)));
    const again = await setUp({ store, startMs: clock.nowMs() });
    await Promise.all(Array.from({ length: 50 }, () => again.audit.record(fact)));
    const before = await setUp({ store, startMs: clock.nowMs() - 2 * DAY_MS });
    await before.audit.record(fact);
    expect(await before.read()).toHaveLength(101);
  });

  test("AUD-3 it is asked by time, subject, action and target, and page by page", async () => {
    const { audit, clock, read } = await setUp();
    const start = clock.nowMs();
    for (let hour = 0; hour < 72; hour++) {
      const target = hour % 2 === 0 ? "source/shop" : "source/shopping";
      await audit.record({ ...fact, subject: hour < 36 ? "admin" : "user:alice", target });
      await clock.advance(DAY_MS / 24);
    }
    await audit.record({ ...fact, action: "sources", target: "view/shop/Prices/north" });
    const hour = (count: number): number => start + (count * DAY_MS) / 24;
    expect(await read({ since: hour(10), until: hour(30) })).toHaveLength(20);
    expect(await read({ subject: "user:alice" })).toHaveLength(36);
    expect(await read({ action: "source" })).toHaveLength(72);
    expect(await read({ action: "source.update" })).toHaveLength(72);
    expect(await read({ target: "source/shop" })).toHaveLength(36);
    expect(await read({ target: "view/shop" })).toHaveLength(1);
    const all = await read();
    expect(await read({ before: all[9]!.id })).toEqual(all.slice(10));
  });

  test("AUD-4 entries go with the day on which they are older than is kept, also those of an earlier life", async () => {
    const { audit, clock, read, store } = await setUp({ daysMax: 10 });
    for (let day = 0; day < 15; day++) {
      await audit.record(fact);
      await clock.advance(DAY_MS);
    }
    expect(await read()).toHaveLength(10);
    const later = await setUp({ store, startMs: clock.nowMs() + 5 * DAY_MS });
    await later.audit.record(fact);
    expect(await later.read()).toHaveLength(5);
    expect([...store.keys.keys()].filter((key) => key.startsWith("audit/"))).toHaveLength(5);
    const muchLater = await setUp({ store, startMs: clock.nowMs() + 500 * DAY_MS });
    await muchLater.audit.record(fact);
    expect([...store.keys.keys()].filter((key) => key.startsWith("audit/"))).toHaveLength(1);
  });

  test("AUD-5 what the storage refuses is in the log instead", async () => {
    const { audit, store, logs, read } = await setUp();
    await audit.record(fact);
    store.refusal = "full";
    await audit.record({ ...fact, action: "source.delete" });
    expect(logs).toMatchObject([
      { level: "warn", message: "audit entry not stored", fields: { action: "source.delete" } },
    ]);
    store.refusal = null;
    expect(await read()).toHaveLength(1);
  });
});
