import { describe, expect, test } from "bun:test";
import { PUBLIC_PATHS } from "../../src/registry/api/api.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<string, { "x-permission"?: string; security?: unknown; operationId: string }>
  >;
}

/** What may be reached without a token: a new endpoint that is not listed here must refuse. */
const PUBLIC = [
  "GET /healthz",
  "GET /readyz",
  "GET /openapi.json",
  "GET /oauth/google/callback",
  "POST /hooks/google/drive",
  "POST /hooks/google/apps-script/{id}",
];

async function operations({ call }: Stage) {
  const document: OpenApi = await (await call("GET", "/openapi.json")).json();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replace("{id}", "shop").replace("{tab}", "Prices"),
      operation,
    })),
  );
}

function plain({ api }: Stage, method: string, path: string, headers: Record<string, string> = {}) {
  return api.handle(new Request(`http://127.0.0.1:8787${path}`, { method, headers }), "10.0.0.9");
}

describe("who gets in", () => {
  test("REG-31 every endpoint refuses a missing and a wrong token with 401, but for a list of public ones", async () => {
    const stage = createStage();
    const all = await operations(stage);
    expect(all.length).toBeGreaterThan(10);
    const open: string[] = [];
    for (const { name, method, path, operation } of all) {
      const without = await plain(stage, method, path);
      const wrong = await plain(stage, method, path, { Authorization: "Bearer wrong" });
      const inQuery = await plain(stage, method, `${path}?token=admin-token`);
      if (without.status !== 401 && wrong.status !== 401) open.push(name);
      else {
        const queried = name.endsWith("/events") ? 404 : 401;
        expect([name, without.status, wrong.status, inQuery.status]).toEqual([name, 401, 401, queried]);
        expect(without.headers.get("www-authenticate")).toStartWith("Bearer");
        expect((await problemOf(without)).type).toBe("urn:sheetwire:problem:no-token");
        expect((await problemOf(wrong)).type).toBe("urn:sheetwire:problem:wrong-token");
        expect(operation["x-permission"]).toBeString();
      }
    }
    expect(open.sort()).toEqual(PUBLIC.sort());
    expect((await plain(stage, "GET", "/nothing/here")).status).toBe(401);
    expect(PUBLIC_PATHS).toHaveLength(6);
  });

  test("REG-32 a token that does not allow an action is refused with 403", async () => {
    const reader = {
      subject: "reader",
      scopes: [{ action: "read", source: "shop", tab: "Prices" }],
    } as const;
    const stage = createStage({ reader });
    await stage.call("POST", "/datasources/register", shop);
    await stage.documents.create({ source: "shop", tab: "Prices", title: "Prices" });
    const allowed: string[] = [];
    for (const { name, method, path } of await operations(stage)) {
      if (PUBLIC.includes(name)) continue;
      const response = await plain(stage, method, path, { Authorization: "Bearer reader-token" });
      if (response.status === 403) {
        const { type, detail } = await problemOf(response);
        expect(type).toBe("urn:sheetwire:problem:forbidden");
        // What it names is what a scope may hold.
        expect(detail).toMatch(/does not allow "(read|write|admin)"/);
      } else allowed.push(name);
    }
    expect(allowed).toEqual(
      ["rows", "download", "snapshot", "events", "history", "history/at", "history/diff"].map(
        (what) => `GET /datasources/{id}/tabs/{tab}/${what}`,
      ),
    );
    expect(stage.supervisor.told).toEqual(["start shop"]);
  });

  test("REG-33 an address that keeps sending wrong tokens is answered 429 and told how long to wait", async () => {
    const stage = createStage();
    const tries = Array.from({ length: 61 }, () =>
      plain(stage, "GET", "/datasources", { Authorization: "Bearer wrong" }),
    );
    const last = (await Promise.all(tries)).at(-1)!;
    expect(last.status).toBe(429);
    expect(last.headers.get("retry-after")).toBe("1");
    expect((await stage.call("GET", "/datasources")).status).toBe(200);
  });
});

describe("requests that lead nowhere", () => {
  test("REG-34 unknown addresses are answered 404, wrong methods 405 with those allowed, broken addresses 400", async () => {
    const { call } = createStage();
    const nowhere = await call("GET", "/datasource");
    expect([nowhere.status, (await problemOf(nowhere)).type]).toEqual([
      404,
      "urn:sheetwire:problem:unknown-address",
    ]);
    const method = await call("POST", "/datasources/shop");
    expect([method.status, method.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await problemOf(method)).detail).toContain("takes GET, not POST");
    const broken = await call("GET", "/datasources/%E0%A4%A");
    expect([broken.status, (await problemOf(broken)).type]).toEqual([
      400,
      "urn:sheetwire:problem:malformed-address",
    ]);
  });

  test("REG-35 a body that is not JSON is answered with the line and column, and what was expected there", async () => {
    const { call, store } = createStage();
    const text = '{\n  "name": "Shop",\n  "url" "https://sheets.test"\n}';
    const response = await call("POST", "/datasources/register", text);
    expect(response.status).toBe(400);
    const { detail, errors } = await problemOf(response);
    expect(detail).toBe('At line 3, column 9: expected ":", found a text.');
    expect(errors).toEqual([
      { field: "body", problem: "is not JSON at line 3, column 9: found a text", fix: 'put ":" there' },
    ]);
    const bytes = await call("POST", "/datasources/register", new Uint8Array([0x7b, 0xff, 0x7d]));
    expect((await problemOf(bytes)).detail).toContain("not UTF-8");
    const nothing = await call("POST", "/datasources/register", "");
    expect((await problemOf(nothing)).detail).toContain("expected a value, found the end of the body");
    const deep = await call("POST", "/datasources/register", "[".repeat(900_000));
    expect(deep.status).toBe(400);
    expect(store.keys.size).toBe(0);
  });

  test("REG-36 a body over 1 MiB is answered 413, whether its length is told or not", async () => {
    const { call, api } = createStage();
    const told = await call("POST", "/datasources/register", { ...shop, description: "x".repeat(1 << 20) });
    expect([told.status, (await problemOf(told)).type]).toEqual([413, "urn:sheetwire:problem:too-large"]);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(100_000));
      },
    });
    const headers = { Authorization: "Bearer admin-token", "Content-Type": "application/json" };
    const request = new Request("http://local/datasources/register", {
      method: "POST",
      headers,
      body: endless,
    });
    expect((await api.handle(request, "10.0.0.1")).status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  test("REG-37 a body of another type or encoding is answered 415", async () => {
    const { call } = createStage();
    for (const headers of [
      { "Content-Type": "application/x-www-form-urlencoded" },
      { "Content-Type": "text/plain" },
      { "Content-Type": "" },
      { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    ]) {
      const response = await call("POST", "/datasources/register", shop, headers);
      expect([response.status, (await problemOf(response)).type]).toEqual([
        415,
        "urn:sheetwire:problem:wrong-media-type",
      ]);
    }
    const withCharset = { "Content-Type": "application/json; charset=utf-8" };
    expect((await call("POST", "/datasources/register", shop, withCharset)).status).toBe(201);
  });

  test("REG-38 a mistake of the daemon is answered 500 and logged without the request's content", async () => {
    const { call, backend, logs } = createStage();
    Object.assign(backend.kv, {
      list: async () => {
        throw new Error("broken by secret-content");
      },
    });
    const response = await call("GET", "/datasources");
    expect([response.status, (await problemOf(response)).type]).toEqual([500, "urn:sheetwire:problem:bug"]);
    expect(logs).toMatchObject([
      { level: "error", message: "request failed", fields: { path: "/datasources" } },
    ]);
    expect(JSON.stringify(logs)).not.toContain("secret-content");
  });

  test("REG-39 an address is found whatever the Host header, however short", async () => {
    const { call, api } = createStage();
    await call("POST", "/datasources/register", shop);
    for (const host of ["x", "api", "sheetwire.example.org:8443", "[::1]:8787"]) {
      const headers = { Authorization: "Bearer admin-token" };
      const request = new Request(`http://${host}/datasources/shop`, { headers });
      expect([host, (await api.handle(request, "10.0.0.1")).status]).toEqual([host, 200]);
    }
  });
});

describe("every answer", () => {
  test("REG-40 forbids sniffing, framing and storing, unless it can be revalidated", async () => {
    const { call } = createStage();
    for (const path of ["/datasources", "/nothing", "/healthz"]) {
      const { headers } = await call("GET", path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });
});

describe("operation", () => {
  test("REG-41 /healthz answers at once; /readyz once all sources are started and while the backend answers", async () => {
    const { call, registry, backend, clock } = createStage();
    expect(await (await call("GET", "/healthz")).json()).toEqual({ status: "ok" });
    expect((await call("GET", "/readyz")).status).toBe(503);
    await registry.start();
    expect(await (await call("GET", "/readyz")).json()).toEqual({ status: "ready" });
    expect(clock.pending()).toBe(0);
    Object.assign(backend.kv, { get: () => Promise.reject(new Error("gone")) });
    expect((await call("GET", "/readyz")).status).toBe(503);
    Object.assign(backend.kv, { get: () => new Promise(() => {}) });
    const late = call("GET", "/readyz");
    await clock.advance(2_000);
    expect((await problemOf(await late)).detail).toContain("does not answer in time");
    expect((await call("GET", "/healthz")).status).toBe(200);
  });

  test("REG-42 /metrics gives every series of the contract in the Prometheus text format", async () => {
    const { call, metrics } = createStage();
    metrics.connections(1);
    metrics.connections(1);
    metrics.connections(-1);
    metrics.documents(1);
    metrics.update("source");
    metrics.propagation(0.2);
    metrics.sourcePoll("shop", "unchanged");
    metrics.googleRequest("robot", "read", 429);
    metrics.googleQuotaUsed("robot", 0.5);
    metrics.writeback("confirmed");
    metrics.documentBytes("shop", "Prices", 1_234);
    metrics.egress(99);
    metrics.deadletters(2);
    metrics.loopLag(0.003);
    const response = await call("GET", "/metrics");
    expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
    const text = await response.text();
    for (const line of [
      "sheetwire_connections 1",
      "sheetwire_documents 1",
      'sheetwire_updates_total{origin="source"} 1',
      'sheetwire_propagation_seconds_bucket{le="0.25"} 1',
      "sheetwire_propagation_seconds_count 1",
      'sheetwire_source_polls_total{source="shop",outcome="unchanged"} 1',
      'sheetwire_google_requests_total{account="robot",kind="read",status="429"} 1',
      'sheetwire_google_quota_used_ratio{account="robot"} 0.5',
      'sheetwire_writebacks_total{outcome="confirmed"} 1',
      'sheetwire_document_bytes{source="shop",tab="Prices"} 1234',
      "sheetwire_egress_bytes_total 99",
      "sheetwire_deadletters 2",
      "sheetwire_loop_lag_seconds_count 1",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
  });

  test("REG-43 /openapi.json describes every endpoint: its permission, its body, its answers", async () => {
    const stage = createStage();
    const document = await (await stage.call("GET", "/openapi.json")).json();
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "Sheetwire", version: "1.2.3" } });
    const register = document.paths["/datasources/register"].post;
    const schema = register.requestBody.content["application/json"].schema;
    expect(schema.required.sort()).toEqual(["name", "type", "url"]);
    expect(schema.properties.pollingInterval).toMatchObject({
      minimum: 500,
      maximum: 86_400_000,
      default: 5_000,
    });
    const all = await operations(stage);
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
    for (const { name, operation } of all) {
      expect([
        name,
        Object.keys((operation as unknown as { responses: object }).responses).length > 0,
      ]).toEqual([name, true]);
      expect([name, operation.security !== undefined]).toEqual([name, !PUBLIC.includes(name)]);
    }
    expect(JSON.stringify(document)).not.toContain("/docs");
  });

  test("REG-44 the viewer at /docs comes from this daemon alone, under a policy without inline scripts", async () => {
    const { call } = createStage();
    const page = await call("GET", "/docs");
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\/|<script>|<style>| on\w+=/);
    const assets = [...html.matchAll(/(?:src|href)="(docs[^"]+)"/g)].map((match) => match[1]!);
    expect(assets).toHaveLength(3);
    for (const asset of assets) {
      const response = await call("GET", `/${asset}`);
      expect([asset, response.status]).toEqual([asset, 200]);
      expect(response.headers.get("content-type")).toMatch(/^text\/(css|javascript)/);
      expect((await response.text()).length).toBeGreaterThan(100);
    }
  });
});
