/**
 * A whole daemon with secrets of every kind, through what goes right and what goes wrong; then all that it said and
 * kept is searched for them. Logs are taken before the logger cleans them, at every level.
 */
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import * as Y from "yjs";
import { syncStep1Frame } from "#contract/frames.ts";
import type { CreatedTokenAnswer } from "#contract/tokens.ts";
import { createEmulator } from "../google-emulator/src/index.ts";
import { openLmdbBackend } from "../src/backend/lmdb.ts";
import { createDaemon } from "../src/daemon.ts";
import type { NetRequest } from "../src/runtime/net.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createFakeNet, type FakeAnswer } from "./support/fake-net.ts";
import { createSocketHub } from "./support/socket-hub.ts";
import { createTestRuntime } from "./support/test-runtime.ts";
import { until } from "./support/until.ts";

const GOOGLE = "http://google.test";
const FEEDS = "https://feeds.test";
const ADMIN = "the-admin-token-0f3c9a7b";
const JWT_SECRET = "the-shared-jwt-secret-5d1e8c42-of-the-issuer";
const CLIENT_SECRET = "GOCSPX-client-secret-7a6b5c4d";
const [MASTER, NEXT] = [7, 9].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];

/** What the feeds ask for, each in another way. */
const FEED_SECRETS = {
  header: "header-value-91b2c3d4e5",
  bearer: "feed-bearer-82a1b0c9d8",
  password: "feed-password-73f0e1d2",
  query: "feed-query-key-64e5d6c7",
  oauth: "feed-oauth-secret-55c4b3",
} as const;

/** A far end that fails in every way that repeats what it was sent. */
function badFeed({ url, headers, body }: NetRequest): FakeAnswer {
  const sent = JSON.stringify({ url, headers, body: String(body) });
  const { pathname } = new URL(url);
  if (pathname.startsWith("/token")) return Response.json({ error: "invalid_client", sent }, { status: 401 });
  if (pathname.startsWith("/500")) return new Response(sent, { status: 500 });
  if (pathname.startsWith("/401")) return new Response(sent, { status: 401 });
  if (pathname.startsWith("/html"))
    return new Response(`<html>${sent}`, { headers: { "content-type": "text/html" } });
  if (pathname.startsWith("/cut"))
    return new Response(`[{"a": ${sent}`, { headers: { "content-type": "application/json" } });
  if (pathname.startsWith("/gone")) return { tag: "Unreachable", detail: `refused at ${new URL(url).host}` };
  if (pathname.startsWith("/moved")) return new Response(null, { status: 302, headers: { location: url } });
  return Response.json([{ id: 1, name: "a row" }]);
}

async function setUp(dir: string) {
  const net = createFakeNet();
  const { runtime, clock, random, logs } = createTestRuntime({ net });
  const emulator = createEmulator({ nowMs: () => clock.nowMs(), random: () => random.float(), quota: null });
  const bearers = new Set<string>();
  net.answer((request): FakeAnswer => {
    if (!request.url.startsWith(GOOGLE)) return badFeed(request);
    const bearer = /^Bearer (.+)$/.exec(request.headers.Authorization ?? request.headers.authorization ?? "");
    if (bearer) bearers.add(bearer[1]!);
    const answer = emulator.handle(request);
    if (answer.broken === "reset") return { tag: "Unreachable", detail: "connection reset" };
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
  const opened = await openLmdbBackend({ dir, encryption: { masterKey: MASTER, random } });
  if (!opened.ok) throw new Error(opened.error.words);
  const backend = opened.value;
  const hub = createSocketHub();
  const daemon = await createDaemon({
    runtime,
    backend,
    drivers: createDrivers({ google: { endpoint: GOOGLE } }),
    googleApp: { clientId: "1-a.apps.googleusercontent.com", clientSecret: CLIENT_SECRET, endpoint: GOOGLE },
    secrets: {
      adminToken: ADMIN,
      masterKey: MASTER,
      keeper: { begin: () => NEXT, finish() {} },
      useMasterKey: backend.useMasterKey,
    },
    jwt: { secret: JWT_SECRET, issuer: "https://id.test/", audience: "sheets" },
    publish: hub.publish,
    version: "test",
  });
  const answers: string[] = [];
  async function call(method: string, path: string, body?: unknown, token = ADMIN): Promise<Response> {
    const json = { "Content-Type": "application/json" };
    const request = new Request(`http://sheets.test${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : json) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await daemon.handle(request, "10.0.0.1");
    const text = await response.clone().text();
    // The one answer that tells a token tells it to whoever asked for it.
    answers.push(text.replace(/"token":"sw_[^"]+"/, '"token":"told once"'));
    answers.push(JSON.stringify([...response.headers]));
    return response;
  }
  const closed: string[] = [];
  function join(room: string, token: string): void {
    const end = {
      onFrame() {},
      onClose(code: number, reason: string) {
        closed.push(`${code} ${reason}`);
        session.closed();
      },
    };
    const request = { room, token, epoch: null, address: "10.0.0.2" };
    const session = daemon.connect(hub.open(end), request);
    session.message(syncStep1Frame(Y.encodeStateVector(new Y.Doc())));
  }
  return { emulator, clock, logs, backend, daemon, call, join, answers, closed, bearers, net };
}

test("SEC-8 no secret reaches a log, a metric, an answer, a document, the audit or the files, whatever goes wrong", async () => {
  const dir = mkdtempSync(join(tmpdir(), "sheetwire-secrets-"));
  const stage = await setUp(dir);
  const { emulator, clock, daemon, call, backend, net } = stage;
  const key = emulator.accounts.registerServiceAccount({ email: "robot@shop.iam.gserviceaccount.com" });
  const apiKey = emulator.accounts.registerApiKey();
  const tabs = [{ title: "Prices", rows: [["sku"], ["a"]] }];
  for (const id of ["one", "two"]) emulator.addWorkbook({ id: `workbook-${id}`, title: id, tabs });
  emulator.share("workbook-one", key.client_email, "reader");
  emulator.share("workbook-two", "anyone", "reader");

  const sheet = (id: string, credentials: object, workbook = `workbook-${id}`): object => ({
    id,
    name: id,
    type: "googleSheet",
    url: `${GOOGLE}/spreadsheets/d/${workbook}`,
    credentials,
  });
  const feed = (id: string, path: string, access: object): object => {
    return { id, name: id, type: "external", url: FEEDS + path, format: "json", ...access };
  };
  const header = { headers: { "X-Key": FEED_SECRETS.header } };
  const bearer = { auth: { type: "bearer", token: FEED_SECRETS.bearer } };
  const basic = { auth: { type: "basic", username: "u", password: FEED_SECRETS.password } };
  const query = { auth: { type: "apiKey", in: "query", name: "k", key: FEED_SECRETS.query } };
  const oauth = {
    auth: { type: "oauth2", tokenUrl: `${FEEDS}/token`, clientId: "c", clientSecret: FEED_SECRETS.oauth },
  };
  const bodies = [
    sheet("one", { type: "serviceAccount", key }),
    sheet("two", { type: "apiKey", key: apiKey }),
    sheet("none", { type: "serviceAccount", key }, "workbook-none"),
    sheet("denied", { type: "serviceAccount", key }, "workbook-two"),
    feed("good", "/rows", header),
    ...["500", "401", "html", "cut", "gone", "moved"].flatMap((how) =>
      [header, bearer, basic, query].map((access, at) => feed(`${how}-${at}`, `/${how}`, access)),
    ),
    feed("oauth", "/rows", oauth),
  ];
  for (const body of bodies) {
    await call("POST", "/datasources/register", body);
    await call("POST", "/datasources/preview", body);
  }
  for (let round = 0; round < 4; round++) await clock.advance(30_000);
  emulator.person("workbook-one").setCell("Prices", "A2", "changed");
  await clock.advance(30_000);

  // Mistakes that hold secrets.
  const wrong = {
    ...sheet("x", { type: "apiKey", key: [FEED_SECRETS.query] }),
    apiKey: { a: FEED_SECRETS.bearer },
  };
  await call("POST", "/datasources/register", wrong);
  await call("POST", "/datasources/register", `{"apiKey": "${FEED_SECRETS.bearer}" "headers"`);
  await call("PUT", "/datasources/good/update", { headers: { "X-Key": `${FEED_SECRETS.header}\n` } });
  await call("PUT", "/datasources/one/update", {
    credentials: { type: "serviceAccount", key: { ...key, client_email: "" } },
  });
  await call("POST", "/datasources/register", {
    ...bodies[4],
    id: "userinfo",
    url: `https://u:${FEED_SECRETS.password}@feeds.test/`,
  });

  // Tokens, right and wrong, in headers and in the query.
  const scopes = [{ action: "read", source: "one" }];
  const made: CreatedTokenAnswer = await (
    await call("POST", "/api/v1/tokens", { name: "t", scopes, ttl: 60 })
  ).json();
  const jwt = await new SignJWT({ sub: "alice", sheetwire: { scopes } })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("https://id.test/")
    .setAudience("sheets")
    .setExpirationTime(Math.floor(clock.nowMs() / 1000) + 600)
    .sign(new TextEncoder().encode(JWT_SECRET));
  for (const token of [
    made.token,
    jwt,
    `${jwt.slice(0, -3)}AAA`,
    `${made.token.slice(0, -3)}AAA`,
    `${ADMIN}x`,
  ]) {
    await call("GET", "/datasources/one/tabs/Prices/rows", undefined, token);
    await call("GET", `/datasources/one/tabs/Prices/rows?token=${token}`, undefined, token);
    stage.join("one/Prices", token);
    stage.join("none/Prices", token);
  }
  const settled = stage.closed.length;
  await until("sockets with wrong tokens are closed", () => stage.closed.length >= Math.max(settled, 5));
  await call("POST", "/api/v1/accounts/google/connect", {});
  await call("GET", "/oauth/google/callback?state=made-up-state&code=made-up-code");
  await call("PUT", `/api/v1/tokens/${made.id}`, { ttl: 120 });
  await clock.advance(200_000);
  await call("POST", "/api/v1/admin/rotate-master-key");
  await call("GET", "/datasources");
  await call("DELETE", "/datasources/two/delete");

  // A bug that quotes what it was at.
  const { list } = backend.kv;
  Object.assign(backend.kv, { list: () => Promise.reject(new Error(`broken at ${ADMIN}`)) });
  await call("GET", "/api/v1/audit");
  Object.assign(backend.kv, { list });
  await clock.advance(30_000);
  for (const path of [
    "/datasources",
    "/api/v1/tokens",
    "/api/v1/accounts",
    "/api/v1/audit?limit=1000",
    "/metrics",
  ]) {
    expect([path, (await call("GET", path)).status]).toEqual([path, 200]);
  }
  await call("GET", "/openapi.json");

  const documents = await Promise.all(
    (await backend.log.documents("")).map(
      async (name) => [name, ...(await backend.log.read(name, 0))] as const,
    ),
  );
  const updates = documents
    .flat()
    .map((part) => (typeof part === "string" ? part : Buffer.from(part.update).toString("latin1")));
  const keys = (await backend.kv.list("")).map(({ key: name, value }) => name + JSON.stringify(value));
  await daemon.close();
  await backend.close();
  const files = readdirSync(dir).map((name) => readFileSync(join(dir, name)).toString("latin1"));
  rmSync(dir, { recursive: true });

  const places: Record<string, string> = {
    logs: JSON.stringify(stage.logs),
    answers: stage.answers.join("\n"),
    closings: stage.closed.join("\n"),
    documents: updates.join("\n"),
    keys: keys.join("\n"),
    files: files.join("\n"),
  };
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").slice(0, 40);
  const secrets: Record<string, string> = {
    ADMIN,
    JWT_SECRET,
    CLIENT_SECRET,
    ...FEED_SECRETS,
    basic: Buffer.from(`u:${FEED_SECRETS.password}`).toString("base64"),
    privateKey: key.private_key.split("\n")[2]!,
    apiKey,
    token: made.token.slice(20),
    jwt,
    master: base64(MASTER),
    masterRaw: Buffer.from(MASTER).toString("latin1"),
    masterHex: Buffer.from(MASTER).toString("hex"),
    nextMaster: base64(NEXT),
    state: "made-up-state",
    code: "made-up-code",
  };
  [...stage.bearers].forEach((text, at) => {
    secrets[`access token ${at}`] = text;
  });
  // It saw what it was to see: the far ends got every secret, sources worked and failed.
  expect(stage.bearers.size).toBeGreaterThan(0);
  const sent = JSON.stringify(net.requests.map(({ url, headers, body }) => [url, headers, String(body)]));
  for (const secret of [...Object.values(FEED_SECRETS), apiKey]) {
    const encoded = Buffer.from(`c:${secret}`).toString("base64");
    const asBasic = Buffer.from(`u:${secret}`).toString("base64");
    expect([secret, [secret, encoded, asBasic].some((form) => sent.includes(form))]).toEqual([secret, true]);
  }
  for (const state of ["live", "failing", "failed"]) expect(places.answers).toContain(`"state":"${state}"`);
  for (const [place, text] of Object.entries(places)) {
    expect([place, text.length > 0]).toEqual([place, true]);
    for (const [name, secret] of Object.entries(secrets)) {
      expect([place, name, text.includes(secret)]).toEqual([place, name, false]);
    }
  }
}, 60_000);
