/**
 * Every endpoint against tokens that must not do: the table follows from the OpenAPI document, so a new endpoint
 * without a rule fails it.
 */
import { describe, expect, test } from "bun:test";
import type { Action, Scope } from "../../src/access/grant.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

interface Operation {
  readonly name: string;
  readonly method: string;
  /** With its parameters filled in. */
  readonly path: string;
  readonly permission: string | undefined;
  /** What stands in the path. */
  readonly target: { readonly source?: string; readonly tab?: string; readonly view?: string };
}

/** What may be reached without a token: an endpoint that is not listed here must refuse. */
const PUBLIC = [
  "GET /healthz",
  "GET /readyz",
  "GET /openapi.json",
  "GET /oauth/google/callback",
  "POST /hooks/google/drive",
  "POST /hooks/google/apps-script/{id}",
];

/** Where a token may stand in the address. */
const QUERY_TOKEN = ["GET /datasources/{id}/tabs/{tab}/events"];

/** What is needed beyond the permission. */
const ALSO: Readonly<Record<string, Action>> = { "POST /datasources/{id}/tabs/{tab}/restore": "read" };

const FILLED: Readonly<Record<string, string>> = { id: "shop", tab: "Prices", view: "north" };
const ACTIONS: Readonly<Record<string, Action>> = {
  read: "read",
  write: "write",
  admin: "admin",
  mint: "admin",
  writer: "write",
};

async function operations({ call }: Stage): Promise<Operation[]> {
  const document = await (await call("GET", "/openapi.json")).json();
  const paths: Record<string, Record<string, { "x-permission"?: string }>> = document.paths;
  return Object.entries(paths).flatMap(([path, methods]) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const target = {
      ...(named.includes("id") && { source: FILLED.id! }),
      ...(named.includes("tab") && { tab: FILLED.tab! }),
      ...(named.includes("view") && { view: FILLED.view! }),
    };
    return Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => FILLED[name] ?? "unknown"),
      permission: operation["x-permission"],
      target,
    }));
  });
}

async function token({ tokenStore }: Stage, scopes: readonly Scope[], expiresAt: number | null = null) {
  const by = { subject: "admin", scopes: [{ action: "admin" as const }] };
  const made = await tokenStore.create({ name: "t", scopes, user: null, expiresAt }, by);
  if (!made.ok) throw new Error(made.error.tag);
  return made.value;
}

async function setUp(): Promise<Stage> {
  const stage = createStage();
  await stage.call("POST", "/datasources/register", shop);
  await stage.documents.create({ source: "shop", tab: "Prices", title: "Prices" });
  return stage;
}

function ask({ api }: Stage, { method, path }: Operation, bearer: string | null, suffix = "") {
  const headers = bearer === null ? {} : { Authorization: `Bearer ${bearer}` };
  return api.handle(new Request(`http://127.0.0.1:8787${path}${suffix}`, { method, headers }), "10.0.0.9");
}

/** Scopes that fall short of the operation, each for another reason. */
function tooLittle({ permission, target }: Operation): [why: string, scopes: Scope[]][] {
  const action = ACTIONS[permission!]!;
  const found: [string, Scope[]][] = (["read", "write"] as const)
    .filter((other) => other !== action)
    .map((other) => [`${other} on everything`, [{ action: other }]]);
  if (permission === "mint" || permission === "writer") return found;
  found.push(["admin of another source", [{ action: "admin", source: "club" }]]);
  if (target.tab !== undefined && target.source !== undefined) {
    found.push(["another tab", [{ action, source: target.source, tab: "Costs" }]]);
    found.push(["the tab's name elsewhere", [{ action, source: "club", tab: target.tab }]]);
    found.push(["another view", [{ action, source: target.source, tab: target.tab, view: "south" }]]);
  }
  if (target.tab === undefined && target.source !== undefined) {
    found.push(["a tab of the source", [{ action, source: target.source, tab: "Prices" }]]);
  }
  if (target.tab !== undefined && target.view === undefined) {
    found.push(["a view of the tab", [{ action, source: "shop", tab: target.tab, view: "north" }]]);
  }
  return found;
}

describe("the attack table", () => {
  test("ACC-18 every endpoint has a permission or is on the list of public ones", async () => {
    const all = await operations(await setUp());
    const open = all.filter(({ permission }) => permission === undefined).map(({ name }) => name);
    expect(open.sort()).toEqual([...PUBLIC].sort());
    for (const { name, permission } of all) {
      if (permission !== undefined)
        expect([name, Object.keys(ACTIONS)]).toEqual([name, expect.arrayContaining([permission])]);
    }
  });

  test("ACC-18 no token, a wrong, an expired, a revoked and one in the query are refused with 401 everywhere", async () => {
    const stage = await setUp();
    const all: Scope[] = [{ action: "admin" }, { action: "read" }, { action: "write" }];
    const expired = await token(stage, all, stage.clock.nowMs());
    const revoked = await token(stage, all);
    await stage.tokenStore.revoke(revoked.record.id);
    const good = await token(stage, all);
    for (const operation of await operations(stage)) {
      if (PUBLIC.includes(operation.name)) continue;
      // Wrong tokens are slowed down soon.
      await stage.clock.advance(10_000);
      const answers = await Promise.all([
        ask(stage, operation, null),
        ask(stage, operation, "wrong"),
        ask(stage, operation, `${good.token.slice(0, -4)}AAAA`),
        ask(stage, operation, expired.token),
        ask(stage, operation, revoked.token),
        ask(stage, operation, null, `?token=${good.token}`),
      ]);
      const seen = answers.map(({ status }) => status);
      const queried = QUERY_TOKEN.includes(operation.name) ? 200 : 401;
      expect([operation.name, seen]).toEqual([operation.name, [401, 401, 401, 401, 401, queried]]);
    }
    expect(stage.supervisor.told).toEqual(["start shop"]);
  });

  test("ACC-18 a token that falls short is refused with 403 everywhere, and changes nothing", async () => {
    const stage = await setUp();
    for (const operation of await operations(stage)) {
      if (PUBLIC.includes(operation.name)) continue;
      const short = tooLittle(operation);
      expect([operation.name, short.length > 0]).toEqual([operation.name, true]);
      for (const [why, scopes] of short) {
        const made = await token(stage, scopes);
        const answer = await ask(stage, operation, made.token);
        expect([operation.name, why, answer.status]).toEqual([operation.name, why, 403]);
        expect((await problemOf(answer)).type).toBe("urn:sheetwire:problem:forbidden");
      }
    }
    expect(stage.supervisor.told).toEqual(["start shop"]);
  });

  test("ACC-18 the very scope is let in everywhere", async () => {
    for (const operation of await operations(await setUp())) {
      if (PUBLIC.includes(operation.name)) continue;
      const stage = await setUp();
      const actions = [ACTIONS[operation.permission!]!, ALSO[operation.name] ?? []].flat();
      const made = await token(
        stage,
        actions.map((action) => ({ action, ...operation.target })),
      );
      const { status } = await ask(stage, operation, made.token);
      expect([operation.name, [401, 403].includes(status)]).toEqual([operation.name, false]);
    }
  });
});
