import { describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import * as Y from "yjs";
import { syncStep1Frame } from "#contract/frames.ts";
import type { Grant, Scope } from "../../src/access/grant.ts";
import { createJwtTokens } from "../../src/access/jwt-tokens.ts";
import { createTokenStore, type TokenStore } from "../../src/access/token-store.ts";
import type { Tokens } from "../../src/access/tokens.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { createSyncStage, STAGE_TOKEN } from "../support/sync-stage.ts";
import { until } from "../support/until.ts";

const admin: Grant = { subject: "admin", scopes: [{ action: "admin" }] };
const prices: Scope = { action: "read", source: "shop", tab: "Prices" };

async function setUp() {
  let store!: TokenStore;
  const stage = await createSyncStage(
    {},
    {
      tokens(runtime) {
        store = createTokenStore({ kv: createMemoryBackend().kv, runtime });
        return store;
      },
    },
  );
  async function make(scopes: readonly Scope[], ttlMs: number | null = null) {
    const expiresAt = ttlMs === null ? null : stage.clock.nowMs() + ttlMs;
    const made = await store.create({ name: "t", scopes, user: null, expiresAt }, admin);
    if (!made.ok) throw new Error(made.error.tag);
    return { id: made.value.record.id, token: made.value.token };
  }
  async function join(token: string) {
    const client = stage.dial({ token });
    client.send(syncStep1Frame(Y.encodeStateVector(client.doc)));
    await stage.clock.settle();
    return client;
  }
  return { ...stage, store, make, join };
}

describe("sessions and their tokens", () => {
  test("ACC-20 a revoked token's sessions are closed with 4401 at once, and no others", async () => {
    const { make, join, store, write, clock } = await setUp();
    const [gone, stays] = [await make([prices]), await make([prices])];
    const [first, second, other] = [await join(gone.token), await join(gone.token), await join(stays.token)];
    const boss = await join(STAGE_TOKEN);
    await store.revoke(gone.id);
    expect([first.closed?.code, second.closed?.code]).toEqual([4401, 4401]);
    await write([["new"]]);
    await clock.advance(1_000);
    for (const client of [other, boss]) {
      expect([client.closed, JSON.stringify(client.doc.getArray("log"))]).toEqual([
        null,
        expect.stringContaining("new"),
      ]);
    }
    expect(JSON.stringify(first.doc.getArray("log"))).not.toContain("new");
    expect((await join(gone.token)).closed?.code).toBe(4401);
  });

  test("ACC-20 a token that loses the right to a document closes its sessions there with 4403, those with it stay", async () => {
    const { make, join, store, addDocument, dial, clock } = await setUp();
    await addDocument("Costs");
    const { id, token } = await make([{ action: "read", source: "shop" }]);
    const kept = await join(token);
    const lost = dial({ token, room: "shop/Costs" });
    await clock.settle();
    await store.change(id, { scopes: [prices] });
    expect([kept.closed, lost.closed?.code]).toEqual([null, 4403]);
    await store.forgetSource("shop");
    expect(kept.closed?.code).toBe(4401);
  });

  test("ACC-20 an expired token's sessions are closed with 4401 within 15 s", async () => {
    const { make, join, clock } = await setUp();
    const client = await join((await make([prices], 60_000)).token);
    await clock.advance(59_999);
    expect(client.closed).toBeNull();
    await clock.advance(15_001);
    expect(client.closed?.code).toBe(4401);
  });

  test("ACC-21 a token renewed before its end keeps its sessions, without a frame to them", async () => {
    const { make, join, store, clock } = await setUp();
    const { id, token } = await make([prices], 60_000);
    const client = await join(token);
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(50_000);
      await store.change(id, { expiresAt: clock.nowMs() + 60_000 });
    }
    expect(client.closed).toBeNull();
    const signsOfLife = client.frames.filter((frame) => frame[0] === 1).length;
    expect(client.frames.length - signsOfLife).toBe(1);
    await clock.advance(75_001);
    expect(client.closed?.code).toBe(4401);
  });

  test("ACC-33 a signed token's session is closed with 4401 within 15 s of the token's end", async () => {
    const secret = "a shared secret of more than 32 bytes";
    const settings = { secret, issuer: "https://id.test/", audience: "sheets" };
    const stage = await createSyncStage({}, { tokens: (runtime) => createJwtTokens(settings, runtime) });
    const { clock } = stage;
    const token = await new SignJWT({ sub: "alice", sheetwire: { scopes: [prices] } })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(settings.issuer)
      .setAudience(settings.audience)
      .setExpirationTime(Math.floor(clock.nowMs() / 1000) + 60)
      .sign(new TextEncoder().encode(secret));
    const client = stage.dial({ token });
    client.send(syncStep1Frame(Y.encodeStateVector(client.doc)));
    // Checking a signature takes real time.
    await until("the client is let in", () => client.received > 0);
    await clock.advance(59_000);
    expect(client.closed).toBeNull();
    await clock.advance(26_000);
    expect(client.closed?.code).toBe(4401);
  });

  test("ACC-22 a token that ends while its session is being let in lets nobody in, and leaves no count behind", async () => {
    const { make, store, dial, clock, server } = await setUp();
    const { id, token } = await make([prices]);
    const client = dial({ token });
    await store.revoke(id);
    await clock.settle();
    expect(client.closed?.code).toBe(4401);
    const hanging = Promise.withResolvers<Grant | null>();
    const slow: Tokens = { verify: (asked) => (asked === "slow" ? hanging.promise : null) };
    const one = await createSyncStage({ connectionsPerTokenMax: 1 }, { tokens: () => slow });
    one.dial({ token: "slow" }).hangUp();
    hanging.resolve({ subject: "slow", scopes: [prices] });
    await one.clock.settle();
    const next = one.dial({ token: "slow" });
    await one.clock.settle();
    expect([next.closed, one.server.sessions, server.sessions]).toEqual([null, 1, 0]);
  });
});
