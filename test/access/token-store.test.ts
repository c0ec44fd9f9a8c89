import { describe, expect, test } from "bun:test";
import type { Grant } from "../../src/access/grant.ts";
import { createTokenStore, type TokenDraft, type TokenStore } from "../../src/access/token-store.ts";
import { createTokens, joinTokens } from "../../src/access/tokens.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const HOUR_MS = 3_600_000;
const admin: Grant = { subject: "admin", scopes: [{ action: "admin" }] };
const draft: TokenDraft = {
  name: "Shop page",
  scopes: [{ action: "read", source: "shop" }],
  user: null,
  expiresAt: null,
};

function setUp({ kept = createMemoryStore(), tokensMax = 100 } = {}) {
  const { runtime, clock, logs } = createTestRuntime({ seed: kept.keys.size });
  let writes = 0;
  const beforeCommit = async (): Promise<void> => void writes++;
  const { kv } = createMemoryBackend({ store: kept, beforeCommit });
  const store = createTokenStore({ kv, runtime, tokensMax });
  return { store, kept, clock, logs, writes: () => writes };
}

async function make(store: TokenStore, change: Partial<TokenDraft> = {}, by = admin) {
  const made = await store.create({ ...draft, ...change }, by);
  if (!made.ok) throw new Error(made.error.tag);
  return { ...made.value.record, token: made.value.token };
}

describe("API tokens", () => {
  test("ACC-9 a token is told once and kept hashed; it is good after a restart, and no other like it is", async () => {
    const { store, kept, logs } = setUp();
    const { token, id, hint } = await make(store, { claims: { region: "north" } });
    expect(token).toMatch(/^sw_[0-9a-f]{16}_[\w-]{43}$/);
    expect(hint).toBe(token.slice(-4));
    const grant = { subject: `token:${id}`, scopes: draft.scopes, claims: { region: "north" } };
    expect(store.verify(token)).toMatchObject(grant);
    const secret = token.slice(20);
    for (const text of [JSON.stringify([...kept.keys]), JSON.stringify(logs), JSON.stringify(store.list())]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret, "base64url").toString("hex"));
    }
    const again = setUp({ kept }).store;
    await again.load();
    expect(again.verify(token)).toMatchObject(grant);
    const other = await make(store);
    const wrong = [token.slice(0, -1), `${token}A`, token.toUpperCase(), secret, `sw_${other.id}_${secret}`];
    for (const one of [...wrong, "", null]) expect([one, store.verify(one)]).toEqual([one, null]);
  });

  test("ACC-9 the admin token stays the admin's beside them, and a user's token stands for that user", async () => {
    const { store } = setUp();
    const tokens = joinTokens(createTokens({ adminToken: "right" }), store);
    const { token } = await make(store, { user: "alice" });
    expect(tokens.verify("right")).toMatchObject({ subject: "admin" });
    expect(tokens.verify(token)).toMatchObject({ subject: "user:alice" });
    expect(tokens.verify("wrong")).toBeNull();
  });

  test("ACC-10 from its expiry on a token is refused, from its revocation on at once", async () => {
    const { store, clock } = setUp();
    const short = await make(store, { expiresAt: clock.nowMs() + 1_000 });
    const { token, id } = await make(store);
    const [shortGrant, grant] = [store.verify(short.token)!, store.verify(token)!];
    await clock.advance(999);
    expect(store.current(shortGrant)).not.toBeNull();
    await clock.advance(1);
    expect([store.verify(short.token), store.current(shortGrant)]).toEqual([null, null]);
    const told: string[] = [];
    store.onChange((token) => told.push(token));
    await store.revoke(id);
    expect([store.verify(token), store.current(grant)]).toEqual([null, null]);
    expect(told).toEqual([grant.token!]);
    expect(await store.revoke(id)).toEqual({ ok: false, error: { tag: "UnknownToken", id } });
  });

  test("ACC-11 a token takes along what was made by it, whoever made the rest stays", async () => {
    const { store } = setUp();
    const backend = await make(store);
    const page = await make(store, {}, store.verify(backend.token)!);
    const below = await make(store, {}, store.verify(page.token)!);
    const other = await make(store);
    expect(await store.revoke(backend.id)).toMatchObject({ ok: true });
    for (const { token } of [backend, page, below]) expect(store.verify(token)).toBeNull();
    expect(store.list().map(({ id }) => id)).toEqual([other.id]);
  });

  test("ACC-12 changes asked for at once all take effect; what the storage refuses changes nothing", async () => {
    const { store, kept, clock } = setUp();
    const { id, token } = await make(store);
    const scopes = [{ action: "read", source: "club" }] as const;
    const renewed = { expiresAt: clock.nowMs() + HOUR_MS };
    await Promise.all([
      store.change(id, { scopes }),
      store.change(id, renewed),
      store.change(id, { name: "x" }),
    ]);
    expect(store.get(id)).toMatchObject({ scopes, ...renewed, name: "x" });
    kept.refusal = "full";
    for (const refused of [store.change(id, { name: "y" }), store.revoke(id), store.create(draft, admin)]) {
      expect(await refused).toMatchObject({ ok: false, error: { tag: "StorageError" } });
    }
    expect(store.get(id)?.name).toBe("x");
    expect(store.verify(token)).not.toBeNull();
    expect(store.list()).toHaveLength(1);
  });

  test("ACC-13 the last use is kept to the hour, in one write an hour at most", async () => {
    const { store, clock, kept, writes } = setUp();
    const { id, token } = await make(store);
    expect(store.get(id)?.lastUsedAt).toBeNull();
    const before = writes();
    const first = clock.nowMs();
    for (let use = 0; use < 50; use++) {
      store.verify(token);
      await clock.advance(60_000);
    }
    expect([writes() - before, store.get(id)?.lastUsedAt]).toEqual([1, first]);
    await clock.advance(HOUR_MS);
    store.verify(token);
    await clock.settle();
    const again = setUp({ kept }).store;
    await again.load();
    expect([writes() - before, again.get(id)?.lastUsedAt]).toEqual([2, clock.nowMs()]);
  });

  test("ACC-14 a deleted source leaves every token's scopes; a token left without any is revoked", async () => {
    const { store } = setUp();
    const shop = await make(store);
    const both = await make(store, { scopes: [...draft.scopes, { action: "read", source: "club" }] });
    const all = await make(store, { scopes: [{ action: "read" }] });
    expect(await store.forgetSource("shop")).toEqual({ ok: true, value: [shop.id] });
    expect(store.verify(shop.token)).toBeNull();
    expect(store.verify(both.token)?.scopes).toEqual([{ action: "read", source: "club" }]);
    expect(store.verify(all.token)?.scopes).toEqual([{ action: "read" }]);
  });

  test("ACC-15 tokens are bounded in number; expired ones are forgotten after a day", async () => {
    const { store, clock } = setUp({ tokensMax: 3 });
    await make(store);
    for (let index = 0; index < 2; index++) await make(store, { expiresAt: clock.nowMs() + 1_000 });
    expect(await store.create(draft, admin)).toEqual({ ok: false, error: { tag: "TooMany", most: 3 } });
    await clock.advance(20 * HOUR_MS);
    expect(store.list()).toHaveLength(3);
    await clock.advance(5 * HOUR_MS);
    await make(store);
    expect(store.list()).toHaveLength(2);
  });
});
