import { describe, expect, test } from "bun:test";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { createIdempotency } from "../../src/registry/idempotency.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

const use = { scope: "edits", subject: "token:a", key: "k1", payload: { edits: [{ remove: 1 }], note: 2 } };

async function names(...uses: readonly (typeof use | object)[]): Promise<unknown[]> {
  const idempotency = createIdempotency({ kv: createMemoryBackend().kv, clock: createVirtualClock() });
  const results: unknown[] = [];
  for (const each of uses) {
    const claimed = await idempotency.claim({ ...use, ...each });
    results.push(claimed.ok ? claimed.value : claimed.error.tag);
  }
  return results;
}

describe("idempotency keys", () => {
  test("IDE-1 the same key and payload give the same name, and say that they were here before", async () => {
    const [first, again] = await names(use, { payload: { note: 2, edits: [{ remove: 1 }] } });
    expect(first).toEqual({ name: expect.any(String), again: false });
    expect(again).toEqual({ name: (first as { name: string }).name, again: true });
  });

  test("IDE-2 the same key with another payload is refused", async () => {
    expect(await names(use, { payload: { edits: [] } })).toEqual([expect.anything(), "OtherPayload"]);
  });

  test("IDE-3 a key belongs to its subject and its scope", async () => {
    const all = await names(use, { subject: "token:b" }, { scope: "exports" });
    expect(all.map((claim) => (claim as { again: boolean }).again)).toEqual([false, false, false]);
    expect(new Set(all.map((claim) => (claim as { name: string }).name)).size).toBe(3);
  });

  test("IDE-4 an empty or overlong key is refused", async () => {
    expect(await names({ key: "" }, { key: "x".repeat(201) })).toEqual(["BadKey", "BadKey"]);
  });

  test("IDE-5 a key is forgotten after seven days", async () => {
    const clock = createVirtualClock();
    const { kv } = createMemoryBackend();
    const idempotency = createIdempotency({ kv, clock });
    await idempotency.claim(use);
    await clock.advance(8 * 86_400_000);
    await idempotency.claim({ ...use, key: "other" });
    expect(await idempotency.claim(use)).toMatchObject({ value: { again: false } });
  });
});
