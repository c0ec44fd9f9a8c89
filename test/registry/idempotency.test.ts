import { describe, expect, test } from "bun:test";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { createIdempotency, PLAN_BYTES_MAX } from "../../src/registry/idempotency.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const use = { scope: "edits", subject: "token:a", key: "k1", payload: { edits: [{ remove: 1 }], note: 2 } };

async function names(...uses: readonly (typeof use | object)[]): Promise<unknown[]> {
  const idempotency = createIdempotency({ ...createTestRuntime().runtime, kv: createMemoryBackend().kv });
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
    const { runtime, clock } = createTestRuntime();
    const { kv } = createMemoryBackend();
    const idempotency = createIdempotency({ ...runtime, kv });
    await idempotency.claim(use);
    await clock.advance(8 * 86_400_000);
    await idempotency.claim({ ...use, key: "other" });
    expect(await idempotency.claim(use)).toMatchObject({ value: { again: false } });
  });

  test("IDE-6 who knows a key cannot tell the name that stands for it", async () => {
    const { runtime } = createTestRuntime();
    const claims = [];
    for (const kv of [createMemoryBackend().kv, createMemoryBackend().kv]) {
      claims.push(await createIdempotency({ ...runtime, kv }).claim(use));
    }
    const [one, other] = claims.map((claim) => (claim.ok ? claim.value.name : null));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(other).toMatch(/^[0-9a-f]{32}$/);
    expect(one).not.toBe(other);
  });

  test("IDE-7 the first plan stays with the claim until it is replaced, over a restart too; one too large is refused", async () => {
    const { runtime } = createTestRuntime();
    const { kv } = createMemoryBackend();
    const start = () => createIdempotency({ ...runtime, kv });
    expect(await start().known(use)).toEqual({ ok: true, value: null });
    const first = await start().claim(use, (name) => ({ made: name }));
    if (!first.ok) throw new Error(first.error.tag);
    const { name } = first.value;
    expect(first.value).toEqual({ name, plan: { made: name }, again: false });
    const again = await start().claim(use, () => "another");
    expect(again).toEqual({ ok: true, value: { name, plan: { made: name }, again: true } });
    await start().replan(use, "done");
    expect(await start().known(use)).toEqual({ ok: true, value: { name, plan: "done" } });
    expect(await start().known({ ...use, payload: { edits: [], note: 1 } })).toMatchObject({
      error: { tag: "OtherPayload" },
    });
    const large = { ...use, key: "large" };
    expect(await start().claim(large, () => "x".repeat(PLAN_BYTES_MAX))).toMatchObject({
      error: { tag: "TooLarge" },
    });
    expect(await start().known(large)).toEqual({ ok: true, value: null });
  });

  test("IDE-8 the claims of a source go with it, those of others stay", async () => {
    const { runtime } = createTestRuntime();
    const { kv } = createMemoryBackend();
    const idempotency = createIdempotency({ ...runtime, kv });
    const uses = [
      { ...use, source: "shop" },
      { ...use, key: "k2", source: "club" },
      { ...use, key: "k3" },
    ];
    for (const each of uses) await idempotency.claim(each, () => "a value");
    expect(await idempotency.forgetSource("shop")).toMatchObject({ ok: true });
    const left = await Promise.all(uses.map((each) => idempotency.known(each)));
    expect(left.map((known) => known.ok && known.value !== null)).toEqual([false, true, true]);
  });
});
