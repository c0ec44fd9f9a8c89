import { describe, expect, test } from "bun:test";
import type { Kv } from "../../src/backend/backend.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createKeyRotation, type KeyKeeper } from "../../src/registry/key-rotation.ts";
import { createSecretBox, type SecretBox } from "../../src/registry/secrets.ts";
import { createTestRuntime } from "../support/test-runtime.ts";
import { createStage, problemOf, shop } from "./stage.ts";

const [OLD, NEW, OTHER] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const KEYS = ["source/a", "source/b", "account/google-1", "connecting/x"];

/** Sealed records under OLD, and a keeper that notes what it is told. */
async function setUp({ beforeCommit = async () => {} }: { beforeCommit?: () => Promise<void> } = {}) {
  const store = createMemoryStore();
  const { runtime, logs } = createTestRuntime();
  const { kv } = createMemoryBackend({ store, beforeCommit });
  const secrets = createSecretBox(OLD, runtime.random);
  for (const key of KEYS) await kv.put(key, { name: key, sealed: secrets.seal(`secret of ${key}`, key) });
  await kv.put("source/plain", { name: "no secrets" });
  await kv.put("account/ended", { sealed: null });
  const told: string[] = [];
  const keeper: KeyKeeper = {
    begin() {
      told.push("begin");
      return NEW;
    },
    finish: () => void told.push("finish"),
  };
  const useMasterKey = (): void => void told.push("data key");
  const rotation = createKeyRotation({ kv, secrets, keeper, useMasterKey, runtime });
  return { store, kv, secrets, rotation, told, logs, runtime, keeper, useMasterKey };
}

async function opened(kv: Kv, box: SecretBox): Promise<string[]> {
  const found = await Promise.all(
    KEYS.map(async (key) => box.open((await kv.get<{ sealed: string }>(key))!.value.sealed, key)),
  );
  return found.map((result) => (result.ok ? result.value : result.error.tag));
}

const ALL = KEYS.map((key) => `secret of ${key}`);

describe("another master key", () => {
  test("SEC-1 everything sealed is sealed anew, and then the new key alone opens it", async () => {
    const { kv, rotation, told, runtime, secrets, logs } = await setUp();
    expect(await rotation.rotate()).toEqual({ ok: true, value: { resealed: 4, unreadable: 0 } });
    expect(told).toEqual(["begin", "data key", "finish"]);
    expect(await opened(kv, createSecretBox(NEW, runtime.random))).toEqual(ALL);
    expect(await opened(kv, createSecretBox(OLD, runtime.random))).toEqual(Array(4).fill("UnknownKey"));
    // Copies that running parts hold in memory are still sealed with the old key.
    expect(secrets.open(createSecretBox(OLD, runtime.random).seal("x", "c"), "c")).toEqual({
      ok: true,
      value: "x",
    });
    expect((await kv.get("source/plain"))?.value).toEqual({ name: "no secrets" });
    expect(JSON.stringify(logs)).not.toContain("secret of");
    expect(await rotation.resume()).toEqual({ ok: true, value: { resealed: 0, unreadable: 0 } });
  });

  test("SEC-2 cut short anywhere, it goes on at the next start; the old key is kept until all is sealed anew", async () => {
    for (let cut = 0; cut < 5; cut++) {
      let left = Number.POSITIVE_INFINITY;
      const stage = await setUp({
        beforeCommit: async () => {
          if (left-- === 0) stage.store.refusal = "killed";
        },
      });
      const { store, kv, rotation, told, runtime, keeper, useMasterKey } = stage;
      left = cut;
      expect(await rotation.rotate()).toMatchObject({ ok: false, error: { tag: "StorageError" } });
      expect([cut, told]).toEqual([cut, ["begin"]]);
      store.refusal = null;
      left = Number.POSITIVE_INFINITY;
      const secrets = createSecretBox(NEW, runtime.random, [OLD]);
      expect(await opened(kv, secrets)).toEqual(ALL);
      const next = createKeyRotation({ kv, secrets, keeper, useMasterKey, runtime });
      expect(await next.resume()).toMatchObject({ ok: true });
      expect(told.at(-1)).toBe("finish");
      expect(await opened(kv, createSecretBox(NEW, runtime.random))).toEqual(ALL);
    }
  });

  test("SEC-2 what the file system refuses is an answer, and both keys stay", async () => {
    const { kv, secrets, runtime, told, keeper } = await setUp();
    const useMasterKey = (): void => {
      throw new Error("no space");
    };
    const broken = createKeyRotation({ kv, secrets, keeper, useMasterKey, runtime });
    expect(await broken.rotate()).toEqual({ ok: false, error: { tag: "StorageError", detail: "no space" } });
    expect(told).toEqual(["begin"]);
  });

  test("SEC-3 a record that changes meanwhile keeps its change; two rotations at once are one", async () => {
    let change = async (): Promise<void> => {};
    const stage = await setUp({
      beforeCommit: async () => {
        const run = change;
        change = async () => {};
        await run();
      },
    });
    const { kv, rotation, secrets, store, told, runtime } = stage;
    change = async () => {
      // Behind the writer's back, as another node would.
      const json = JSON.stringify({ name: "changed", sealed: secrets.seal("newer", "source/a") });
      store.keys.set("source/a", { json, version: ++store.versions });
    };
    const both = await Promise.all([rotation.rotate(), rotation.rotate()]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    expect(told).toEqual(["begin", "data key", "finish"]);
    expect((await kv.get<{ name: string }>("source/a"))?.value.name).toBe("changed");
    expect((await opened(kv, createSecretBox(NEW, runtime.random)))[0]).toBe("newer");
  });

  test("SEC-3 what no key opens is left as it is, and told", async () => {
    const { kv, rotation, runtime } = await setUp();
    const sealed = createSecretBox(OTHER, runtime.random).seal("lost", "source/lost");
    await kv.put("source/lost", { sealed });
    expect(await rotation.rotate()).toEqual({ ok: true, value: { resealed: 4, unreadable: 1 } });
    expect((await kv.get("source/lost"))?.value).toEqual({ sealed });
  });

  test("SEC-4 by REST: secrets outlive it, no actor notices; where a setting gives the key 409 says how", async () => {
    const keeper: KeyKeeper = { begin: () => NEW, finish() {} };
    const stage = createStage({ keeper });
    await stage.call("POST", "/datasources/register", { ...shop, apiKey: "AIza-very-secret-wxyz" });
    const rotated = await stage.call("POST", "/api/v1/admin/rotate-master-key");
    expect([rotated.status, await rotated.json()]).toEqual([200, { resealed: 1, unreadable: 0 }]);
    expect(stage.supervisor.told).toEqual(["start shop"]);
    const after = createStage({ store: stage.store, masterKey: 2 });
    await after.registry.start();
    expect(after.supervisor.running.get("shop")).toMatchObject({ apiKey: "AIza-very-secret-wxyz" });
    const elsewhere = await createStage().call("POST", "/api/v1/admin/rotate-master-key");
    expect([elsewhere.status, (await problemOf(elsewhere)).detail]).toEqual([
      409,
      expect.stringContaining("SHEETWIRE_MASTER_KEY_PREVIOUS"),
    ]);
  });
});
