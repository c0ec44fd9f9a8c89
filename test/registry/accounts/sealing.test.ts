import { describe, expect, test } from "bun:test";
import { createMemoryBackend, createMemoryStore } from "../../../src/backend/memory.ts";
import { createAccountStore } from "../../../src/registry/accounts/account-store.ts";
import { createSecretBox } from "../../../src/registry/secrets.ts";
import { createGoogleOAuth } from "../../../src/sources/google/oauth.ts";
import { createFakeNet } from "../../support/fake-net.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";

const [OLD, NEW] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

describe("a new master key", () => {
  test("GAC-26 what an earlier key sealed is sealed anew at the next refresh, and what is current is not written", async () => {
    const { runtime, clock, random } = createTestRuntime({
      net: createFakeNet(() => Response.json({ access_token: "ya29.fresh", expires_in: 3_599 })),
    });
    const oauth = createGoogleOAuth({ clientId: "1-app", clientSecret: "secret" }, runtime);
    const store = createMemoryStore();
    const { kv } = createMemoryBackend({ store });
    const old = createAccountStore({ kv, secrets: createSecretBox(OLD, random), oauth, runtime });
    const access = { text: "ya29.first", endsMs: clock.monotonicMs() };
    const kept = await old.keep({
      subject: "1",
      email: null,
      scopes: ["spreadsheets"],
      refreshToken: "1//token",
      access,
    });
    if (!kept.ok) throw new Error(kept.error.detail);
    const { id } = kept.value.record;

    const secrets = createSecretBox(NEW, random, [OLD]);
    const next = createAccountStore({ kv, secrets, oauth, runtime });
    await next.load();
    const { signal } = new AbortController();
    expect(await next.find(id)!.authorize(signal)).toEqual({ ok: true, value: "Bearer ya29.fresh" });
    const { sealed } = next.get(id)!.record;
    expect([secrets.isCurrent(sealed!), next.refreshToken(id)]).toEqual([true, "1//token"]);
    const { versions } = store;
    await clock.advance(3_600_000);
    await next.find(id)!.authorize(signal);
    expect(store.versions).toBe(versions);
  });
});
