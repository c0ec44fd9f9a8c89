import { expect, test } from "bun:test";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { backendContract } from "../contract/backend.ts";

backendContract("memory", async () => {
  const backend = createMemoryBackend();
  return { backend, dispose: () => backend.close() };
});

const entry = { update: Uint8Array.of(1), author: "a" };

test("BCK-21 after a crash, another memory backend over the same store has what was stored and no more", async () => {
  const store = createMemoryStore();
  let commit = (): void => {};
  const slow = createMemoryBackend({
    store,
    beforeCommit: () => new Promise((resolve) => (commit = resolve)),
  });
  const first = slow.log.append("s/t", entry);
  await Promise.resolve();
  commit();
  expect(await first).toEqual({ ok: true, value: 1 });
  let told = false;
  void slow.log.append("s/t", entry).then(() => (told = true));
  await Promise.resolve();
  slow.crash();
  commit();
  const next = createMemoryBackend({ store });
  expect((await next.log.read("s/t", 0)).length).toBe(1);
  expect(await next.log.append("s/t", entry)).toEqual({ ok: true, value: 2 });
  expect(told).toBe(false);
});

test("BCK-22 a memory store that refuses writes keeps what it has", async () => {
  const store = createMemoryStore();
  const backend = createMemoryBackend({ store });
  await backend.kv.put("k", 1);
  store.refusal = "no space left";
  expect(await backend.kv.put("k", 2)).toEqual({
    ok: false,
    error: { tag: "StorageError", detail: "no space left" },
  });
  expect(await backend.log.append("s/t", entry)).toMatchObject({ ok: false });
  store.refusal = null;
  expect((await backend.kv.get<number>("k"))?.value).toBe(1);
  expect(await backend.log.append("s/t", entry)).toEqual({ ok: true, value: 1 });
});
