import { describe, expect, test } from "bun:test";
import { createHash, createPublicKey, verify } from "node:crypto";
import { type TestEmulator, testEmulator } from "./support.ts";

const REDIRECT = "http://127.0.0.1:8787/oauth/google/callback";
const VERIFIER = "a-verifier-of-more-than-forty-three-characters-1234";
const challenge = createHash("sha256").update(VERIFIER).digest("base64url");
const SCOPE = "openid email https://www.googleapis.com/auth/spreadsheets.readonly";

function setUp() {
  const emulator = testEmulator({});
  const client = emulator.consents.registerClient({ redirectUris: [REDIRECT] });
  emulator.consents.registerPerson("ann@example.com");
  const asked = {
    client_id: client.clientId,
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: SCOPE,
    state: "the-state",
    access_type: "offline",
    prompt: "consent",
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  const visit = (more: Record<string, string> = {}) =>
    emulator.handle({
      method: "GET",
      url: `/o/oauth2/v2/auth?${new URLSearchParams({ ...asked, ...more })}`,
    });
  const consent = (more: Record<string, string> = {}): URLSearchParams =>
    new URL(visit({ emulator_user: "ann@example.com", ...more }).headers.location!).searchParams;
  const exchange = (more: Record<string, string> = {}) =>
    post(emulator, "/token", {
      grant_type: "authorization_code",
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      ...more,
    });
  const refresh = (refreshToken: string) =>
    post(emulator, "/token", {
      grant_type: "refresh_token",
      client_id: client.clientId,
      client_secret: client.clientSecret,
      refresh_token: refreshToken,
    });
  return { emulator, client, visit, consent, exchange, refresh };
}

function post(emulator: TestEmulator, path: string, form: Record<string, string>) {
  const { status, body } = emulator.handle({
    method: "POST",
    url: path,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  });
  return { status, body: JSON.parse(body) as Record<string, string> };
}

describe("the emulated consent", () => {
  test("GAC-23 the page lists the people, and its answers lead back with the state and a code or access_denied", () => {
    const { visit, consent } = setUp();
    const page = visit({ login_hint: '"><script>' });
    expect(page.status).toBe(200);
    expect(page.body).toContain("Continue as ann@example.com");
    expect(page.body).not.toContain("<script");
    const links = [...page.body.matchAll(/href="([^"]+)"/g)].map(([, link]) =>
      link!.replaceAll("&#38;", "&"),
    );
    expect(links.map((link) => new URLSearchParams(link.split("?")[1]).get("state"))).toEqual([
      "the-state",
      "the-state",
    ]);
    expect(consent().get("state")).toBe("the-state");
    expect(consent().get("code")).toStartWith("4/");
    const denied = new URL(visit({ emulator_deny: "1" }).headers.location!);
    expect([denied.origin + denied.pathname, denied.searchParams.get("error")]).toEqual([
      REDIRECT,
      "access_denied",
    ]);
  });

  test("GAC-23 a request without a known app and one of its addresses is never redirected", () => {
    const { visit } = setUp();
    for (const wrong of [
      { client_id: "another" },
      { redirect_uri: "https://evil.example/oauth/google/callback" },
      { redirect_uri: "nonsense" },
      { response_type: "token" },
      { scope: "" },
      { code_challenge_method: "S512" },
    ] as Record<string, string>[]) {
      const answer = visit({ emulator_user: "ann@example.com", ...wrong });
      expect([wrong, answer.status >= 400, answer.headers.location]).toEqual([wrong, true, undefined]);
    }
  });

  test("GAC-24 a code is good once, for ten minutes, for its app, address and verifier", () => {
    const { emulator, consent, exchange } = setUp();
    const code = (): string => consent().get("code")!;
    const first = code();
    const good = exchange({ code: first });
    expect(good.status).toBe(200);
    expect(good.body).toMatchObject({ token_type: "Bearer", expires_in: 3599, scope: SCOPE });
    expect(good.body.refresh_token).toStartWith("1//");
    expect(exchange({ code: first })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(exchange({ code: code(), code_verifier: "another" }).body.error).toBe("invalid_grant");
    expect(exchange({ code: code(), client_secret: "wrong" }).body.error).toBe("invalid_client");
    expect(exchange({ code: code(), redirect_uri: "http://127.0.0.1/" }).body.error).toBe(
      "redirect_uri_mismatch",
    );
    const late = code();
    emulator.nowMs += 600_001;
    expect(exchange({ code: late }).body.error).toBe("invalid_grant");
    const online = consent({ prompt: "none" }).get("code")!;
    expect(exchange({ code: online }).body).not.toHaveProperty("refresh_token");
  });

  test("GAC-24 the id token names the person and is signed by a published key", () => {
    const { emulator, client, consent, exchange } = setUp();
    const [head, body, signature] = exchange({ code: consent().get("code")! }).body.id_token!.split(".");
    expect(JSON.parse(Buffer.from(body!, "base64url").toString())).toMatchObject({
      iss: "https://accounts.google.com",
      aud: client.clientId,
      email: "ann@example.com",
    });
    const { keys } = JSON.parse(emulator.handle({ method: "GET", url: "/oauth2/v3/certs" }).body);
    const key = createPublicKey({ key: keys[0], format: "jwk" });
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify("RSA-SHA256", signed, key, Buffer.from(signature!, "base64url"))).toBe(true);
  });

  test("GAC-25 refresh tokens rotate where asked, and revoking either token ends the person's grant to the app", () => {
    const { emulator, consent, exchange, refresh } = setUp();
    const first = exchange({ code: consent().get("code")! }).body;
    expect(refresh(first.refresh_token!)).toMatchObject({ status: 200 });
    emulator.consents.rotateRefreshTokens = true;
    const second = refresh(first.refresh_token!).body;
    expect(second.refresh_token).toStartWith("1//");
    expect(refresh(first.refresh_token!).body.error).toBe("invalid_grant");
    expect(post(emulator, "/revoke", { token: second.access_token! }).status).toBe(200);
    expect(refresh(second.refresh_token!).body.error).toBe("invalid_grant");
    expect(emulator.accounts.bearer(first.access_token!)).toBeUndefined();
    expect(post(emulator, "/revoke", { token: second.access_token! })).toMatchObject({
      status: 400,
      body: { error: "invalid_token" },
    });
  });

  test("GAC-25 faults hit the endpoints of OAuth too, before or after the effect", () => {
    const { emulator, consent, exchange } = setUp();
    const code = consent().get("code")!;
    emulator.placeFault({ match: { path: "/token" }, answer: { kind: "appliedThen503" }, times: 1 });
    expect(exchange({ code }).status).toBe(503);
    expect(exchange({ code }).body.error).toBe("invalid_grant");
    emulator.placeFault({ match: { path: "/revoke" }, answer: { kind: "answer", status: 503, body: {} } });
    expect(post(emulator, "/revoke", { token: "x" }).status).toBe(503);
  });
});
