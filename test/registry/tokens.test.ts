import { describe, expect, test } from "bun:test";
import type { CreatedTokenAnswer, CreateTokenBody, TokenAnswer } from "#contract/tokens.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

const page: CreateTokenBody = { name: "Page", scopes: [{ action: "read", source: "shop", tab: "Prices" }] };

async function make({ call }: Stage, body: object = page, bearer?: string): Promise<CreatedTokenAnswer> {
  const response = await call("POST", "/api/v1/tokens", body, bearer ? as(bearer) : {});
  expect(response.status).toBe(201);
  const made: CreatedTokenAnswer = await response.json();
  expect(response.headers.get("location")).toBe(`/api/v1/tokens/${made.id}`);
  return made;
}

const as = (token: string) => ({ Authorization: `Bearer ${token}` });

async function listed({ call }: Stage, bearer?: string): Promise<TokenAnswer[]> {
  return (await call("GET", "/api/v1/tokens", undefined, bearer ? as(bearer) : {})).json();
}

describe("tokens over REST", () => {
  test("ACC-9 a token is answered when it is made and never again", async () => {
    const stage = createStage();
    const body = { ...page, ttl: 600, user: "alice", claims: { region: "north", level: 2, staff: false } };
    const { token, ...rest } = await make(stage, body);
    expect(rest).toMatchObject({
      ...page,
      subject: "user:alice",
      claims: body.claims,
      state: "active",
      hint: token.slice(-4),
      createdBy: "admin",
    });
    expect(Date.parse(rest.expiresAt!) - Date.parse(rest.createdAt)).toBe(600_000);
    expect(await listed(stage)).toEqual([rest]);
    const one = await stage.call("GET", `/api/v1/tokens/${rest.id}`);
    expect(await one.json()).toEqual(rest);
    expect(JSON.stringify(stage.logs)).not.toContain(token.slice(20));
  });

  test("ACC-10 a revoked token is refused at once, one that is not there is answered 404", async () => {
    const stage = createStage();
    const { id, token } = await make(stage, { name: "Root", scopes: [{ action: "admin" }] });
    expect((await stage.call("GET", "/datasources", undefined, as(token))).status).toBe(200);
    expect((await stage.call("DELETE", `/api/v1/tokens/${id}`)).status).toBe(204);
    expect((await stage.call("GET", "/datasources", undefined, as(token))).status).toBe(401);
    for (const method of ["GET", "DELETE", "PUT"]) {
      const gone = await stage.call(method, `/api/v1/tokens/${id}`, method === "PUT" ? {} : undefined);
      expect([method, gone.status, (await problemOf(gone)).type]).toEqual([
        method,
        404,
        "urn:sheetwire:problem:unknown-token",
      ]);
    }
  });

  test("ACC-10 a change renews an expired token, gives it an end or takes that away, and keeps the rest", async () => {
    const stage = createStage();
    const { id, token } = await make(stage, { ...page, scopes: [{ action: "read" }], ttl: 60 });
    const put = async (body: object): Promise<TokenAnswer> =>
      (await stage.call("PUT", `/api/v1/tokens/${id}`, body)).json();
    await stage.clock.advance(60_000);
    expect((await stage.call("GET", "/datasources/x/tabs", undefined, as(token))).status).toBe(401);
    expect((await listed(stage))[0]?.state).toBe("expired");
    expect(await put({ ttl: 60 })).toMatchObject({
      state: "active",
      name: "Page",
      scopes: [{ action: "read" }],
    });
    expect((await stage.call("GET", "/datasources/x/tabs", undefined, as(token))).status).toBe(404);
    expect(await put({ ttl: null })).not.toHaveProperty("expiresAt");
    expect(await put({ name: "Other" })).toMatchObject({ name: "Other" });
  });

  test("ACC-14 deleting a source revokes the tokens that reached it alone", async () => {
    const stage = createStage();
    await stage.call("POST", "/datasources/register", shop);
    const { token } = await make(stage);
    await stage.call("DELETE", "/datasources/shop/delete");
    await stage.call("POST", "/datasources/register", shop);
    expect((await stage.call("GET", "/datasources/shop/tabs/Prices/rows", undefined, as(token))).status).toBe(
      401,
    );
    expect(await listed(stage)).toEqual([]);
  });

  test("ACC-17 a token gives no more than its maker administers, who sees and changes no other", async () => {
    const stage = createStage();
    const shopToken = await make(stage, { name: "Shop", scopes: [{ action: "admin", source: "shop" }] });
    const wide = await make(stage, { name: "Wide", scopes: [{ action: "read" }] });
    const given = await make(stage, page, shopToken.token);
    expect(given.createdBy).toBe(`token:${shopToken.id}`);
    for (const scopes of [
      [{ action: "read", source: "club" }],
      [{ action: "read" }],
      [{ action: "admin" }],
      [
        { action: "read", source: "shop" },
        { action: "write", source: "club" },
      ],
    ]) {
      const made = await stage.call("POST", "/api/v1/tokens", { name: "x", scopes }, as(shopToken.token));
      expect([scopes, made.status]).toEqual([scopes, 403]);
      const changed = await stage.call("PUT", `/api/v1/tokens/${given.id}`, { scopes }, as(shopToken.token));
      expect([scopes, changed.status]).toEqual([scopes, 403]);
    }
    expect((await listed(stage, shopToken.token)).map(({ id }) => id)).toEqual([shopToken.id, given.id]);
    for (const method of ["GET", "DELETE"]) {
      const other = await stage.call(method, `/api/v1/tokens/${wide.id}`, undefined, as(shopToken.token));
      expect([method, other.status]).toEqual([method, 404]);
    }
    expect(await listed(stage)).toHaveLength(3);
  });

  test("ACC-23 only who administers the daemon makes tokens that stand for others", async () => {
    const stage = createStage();
    const admins = [{ action: "admin", source: "shop" }];
    const shopToken = await make(stage, { name: "Shop", scopes: admins });
    const ofAlice = { ...page, scopes: [{ action: "write", source: "shop" }], user: "alice" };
    const refused = await stage.call("POST", "/api/v1/tokens", ofAlice, as(shopToken.token));
    expect(refused.status).toBe(403);
    expect((await problemOf(refused)).detail).toStartWith("user: only who administers the daemon");
    expect(await listed(stage)).toHaveLength(1);
    // Who bears the name of another token is not that token either.
    const named = { ...ofAlice, user: `token:${shopToken.id}` };
    expect((await stage.call("POST", "/api/v1/tokens", named, as(shopToken.token))).status).toBe(403);
    const alice = await make(stage, { name: "Alice", scopes: admins, user: "alice" });
    expect((await make(stage, ofAlice, alice.token)).subject).toBe("user:alice");
    const ofBob = { ...ofAlice, user: "bob" };
    expect((await stage.call("POST", "/api/v1/tokens", ofBob, as(alice.token))).status).toBe(403);
    const root = await make(stage, { name: "Root", scopes: [{ action: "admin" }] });
    expect((await make(stage, ofBob, root.token)).subject).toBe("user:bob");
  });

  test("ACC-24 nobody writes through a view", async () => {
    const stage = createStage();
    const scopes = [{ action: "write", source: "shop", tab: "Prices", view: "north" }];
    const { id } = await make(stage);
    for (const [method, path] of [
      ["POST", "/api/v1/tokens"],
      ["PUT", `/api/v1/tokens/${id}`],
    ] as const) {
      const answer = await stage.call(method, path, { name: "x", scopes });
      expect([method, answer.status]).toEqual([method, 400]);
      expect((await problemOf(answer)).errors?.[0]?.field).toBe("scopes[0].view");
    }
    expect(await listed(stage)).toMatchObject([{ id, scopes: page.scopes }]);
  });

  test("ACC-19 each mistake in a token is answered with its field, the problem and a fix; nothing is made", async () => {
    const stage = createStage();
    const mistakes: [object, string][] = [
      [{ scopes: page.scopes }, "name"],
      [{ name: "x" }, "scopes"],
      [{ name: "x", scopes: [] }, "scopes"],
      [{ name: "x", scopes: [{ action: "own" }] }, "scopes[0].action"],
      [{ name: "x", scopes: [{ action: "read", tab: "Prices" }] }, "scopes[0].tab"],
      [{ name: "x", scopes: [{ action: "read", source: "shop", view: "north" }] }, "scopes[0].view"],
      [{ name: "x", scopes: [{ action: "read", source: "Not an id" }] }, "scopes[0].source"],
      [{ ...page, ttl: 0 }, "ttl"],
      [{ ...page, ttl: "1h" }, "ttl"],
      [{ ...page, ttl: null }, "ttl"],
      [{ ...page, claims: { region: ["north"] } }, "claims.region"],
      [{ ...page, expires: 5 }, "expires"],
    ];
    for (const [body, field] of mistakes) {
      const response = await stage.call("POST", "/api/v1/tokens", body);
      const { errors = [] } = await problemOf(response);
      expect([response.status, errors.map((error) => error.field)]).toEqual([400, [field]]);
      expect([errors[0]?.problem === "", errors[0]?.fix === ""]).toEqual([false, false]);
    }
    expect(await listed(stage)).toEqual([]);
  });
});
