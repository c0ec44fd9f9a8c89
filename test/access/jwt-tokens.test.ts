import { describe, expect, test } from "bun:test";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import type { Grant } from "../../src/access/grant.ts";
import { createJwtTokens } from "../../src/access/jwt-tokens.ts";
import { isGrant } from "../../src/access/tokens.ts";
import { createFakeNet, type FakeAnswer } from "../support/fake-net.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const SECRET = "a shared secret of more than 32 bytes";
const [ISSUER, AUDIENCE, KEYS] = ["https://id.test/", "sheets", "https://id.test/keys"];
const scopes = [{ action: "read", source: "shop", tab: "Prices" }];
const payload: JWTPayload = { sub: "alice", sheetwire: { scopes }, region: "north", level: 3, tags: ["a"] };

function setUp() {
  const net = createFakeNet();
  const { runtime, clock, logs } = createTestRuntime({ net });
  const tokens = createJwtTokens(
    { secret: SECRET, jwksUrl: KEYS, issuer: ISSUER, audience: AUDIENCE },
    runtime,
  );
  const draft = (claims: JWTPayload = payload, seconds = 60) => {
    const now = Math.floor(clock.nowMs() / 1000);
    return new SignJWT(claims)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds);
  };
  const hmac = (jwt: SignJWT, secret = SECRET) =>
    jwt.setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
  return { net, clock, logs, tokens, draft, hmac };
}

async function keyPair(alg: "RS256" | "ES256", kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { jwk, sign: (jwt: SignJWT) => jwt.setProtectedHeader({ alg, kid }).sign(privateKey) };
}

const published =
  (...keys: object[]) =>
  (): FakeAnswer =>
    Response.json({ keys });

describe("signed tokens", () => {
  test("ACC-30 a token signed with the shared secret stands for its user, with its scopes and claims", async () => {
    const { tokens, draft, hmac } = setUp();
    expect(await tokens.verify(await hmac(draft()))).toMatchObject({
      subject: "user:alice",
      scopes,
      claims: { sub: "alice", region: "north", level: 3 },
    });
    const plain = await tokens.verify(await hmac(draft({ sub: "bob" })));
    expect(plain).toMatchObject({ subject: "user:bob", scopes: [], claims: { sub: "bob" } });
  });

  test("ACC-31 another secret, issuer, audience or algorithm, no end, no subject, not yet or no more: refused", async () => {
    const { tokens, draft, hmac, clock, net } = setUp();
    const now = Math.floor(clock.nowMs() / 1000);
    const wrong: [string, string][] = [
      ["secret", await hmac(draft(), "another secret of more than 32 bytes")],
      ["issuer", await hmac(draft().setIssuer("https://evil.test/"))],
      ["audience", await hmac(draft().setAudience("others"))],
      ["no audience", await hmac(new SignJWT(payload).setIssuer(ISSUER).setExpirationTime(now + 60))],
      ["no end", await hmac(new SignJWT(payload).setIssuer(ISSUER).setAudience(AUDIENCE))],
      ["no subject", await hmac(draft({ sheetwire: { scopes } }))],
      ["empty subject", await hmac(draft({ ...payload, sub: "" }))],
      ["expired", await hmac(draft(payload, -11))],
      ["not yet", await hmac(draft().setNotBefore(now + 60))],
      ["unsigned", new UnsecuredJWT(payload).setIssuer(ISSUER).setAudience(AUDIENCE).encode()],
      [
        "HS512",
        await draft()
          .setProtectedHeader({ alg: "HS512" })
          .sign(new TextEncoder().encode(SECRET.repeat(2))),
      ],
      ["not a token", "a.b.c"],
      ["long", `${"a".repeat(20_000)}.b.c`],
    ];
    for (const [why, token] of wrong) expect([why, await tokens.verify(token)]).toEqual([why, null]);
    const good = await hmac(draft());
    for (let at = 0; at < good.length; at += 7) {
      const changed = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
      const found = await tokens.verify(changed);
      // The last letter of base64 has spare bits.
      if (found !== null) expect(at).toBe(good.length - 1);
    }
    expect(net.requests).toEqual([]);
  });

  test("ACC-31 a public key is no secret: a token signed by HMAC with it is refused", async () => {
    const { tokens, draft, net, hmac } = setUp();
    const { jwk } = await keyPair("RS256", "1");
    net.answer(published(jwk));
    expect(await tokens.verify(await hmac(draft(), JSON.stringify(jwk)))).toBeNull();
  });

  test("ACC-32 scopes that are not understood give nothing, and the others stay", async () => {
    const { tokens, draft, hmac } = setUp();
    const good = { action: "write", source: "club" };
    const odd = [
      { action: "own" },
      { action: "read", source: "shop", columns: ["a"] },
      { action: "read", tab: "Prices" },
      { action: "read", source: "" },
      { action: "read", source: 5 },
      "read",
      null,
    ];
    const claim = { scopes: [...odd, good] };
    expect(await tokens.verify(await hmac(draft({ sub: "a", sheetwire: claim })))).toMatchObject({
      scopes: [good],
    });
    for (const sheetwire of ["admin", null, [], { scopes: "admin" }, { scopes: { action: "admin" } }]) {
      expect(await tokens.verify(await hmac(draft({ sub: "a", sheetwire })))).toMatchObject({ scopes: [] });
    }
  });

  test("ACC-33 a grant ends with its token, by the daemon's clock", async () => {
    const { tokens, draft, hmac, clock } = setUp();
    const grant = (await tokens.verify(await hmac(draft(payload, 60)))) as Grant;
    await clock.advance(69_999);
    expect(tokens.current!(grant)).toBe(grant);
    await clock.advance(1);
    expect(tokens.current!(grant)).toBeNull();
  });

  test("ACC-34 public keys are fetched once for all tokens, and again after ten minutes or for a key not seen yet", async () => {
    const { tokens, draft, net, clock } = setUp();
    const [first, second] = [await keyPair("RS256", "1"), await keyPair("ES256", "2")];
    net.answer(published(first.jwk));
    const many = await Promise.all(
      Array.from({ length: 20 }, async () => tokens.verify(await first.sign(draft()))),
    );
    expect(many.every(isGrant)).toBe(true);
    expect(net.requests.map(({ url }) => url)).toEqual([KEYS]);
    net.answer(published(first.jwk, second.jwk));
    await clock.advance(30_000);
    expect(await tokens.verify(await second.sign(draft()))).toMatchObject({ subject: "user:alice" });
    expect(net.requests).toHaveLength(2);
    net.answer(published(second.jwk));
    await clock.advance(600_001);
    expect(await tokens.verify(await first.sign(draft()))).toBeNull();
    expect(await tokens.verify(await second.sign(draft()))).toMatchObject({ subject: "user:alice" });
    expect(net.requests).toHaveLength(3);
  });

  test("ACC-35 tokens of unknown keys cost one request in 30 s, however many come", async () => {
    const { tokens, draft, net, clock } = setUp();
    const [known, unknown] = [await keyPair("ES256", "1"), await keyPair("ES256", "2")];
    net.answer(published(known.jwk));
    for (let index = 0; index < 50; index++) {
      expect(await tokens.verify(await unknown.sign(draft()))).toBeNull();
      await clock.advance(1_000);
    }
    expect(net.requests).toHaveLength(2);
  });

  test("ACC-36 while the issuer is down the known keys are good; without any a token can be neither right nor wrong", async () => {
    const { tokens, draft, net, clock, logs } = setUp();
    const { jwk, sign } = await keyPair("RS256", "1");
    for (const broken of [
      (): FakeAnswer => ({ tag: "Unreachable", detail: "down" }),
      (): FakeAnswer => new Response("no", { status: 500 }),
      (): FakeAnswer => new Response("<html>"),
      (): FakeAnswer => Response.json({ nothing: true }),
    ]) {
      net.answer(broken);
      await clock.advance(30_001);
      expect(await tokens.verify(await sign(draft()))).toMatchObject({ tag: "CannotTell" });
    }
    expect(logs.map(({ message }) => message)).toEqual(Array(4).fill("signing keys unreachable"));
    net.answer(published(jwk));
    await clock.advance(30_001);
    expect(await tokens.verify(await sign(draft()))).toMatchObject({ subject: "user:alice" });
    net.answer(() => ({ tag: "Unreachable", detail: "down" }));
    await clock.advance(3_600_000);
    expect(await tokens.verify(await sign(draft()))).toMatchObject({ subject: "user:alice" });
  });
});
