import { describe, expect, test } from "bun:test";
import type { AuditAnswer, AuditEntryAnswer } from "#contract/audit.ts";
import type { CreatedTokenAnswer } from "#contract/tokens.ts";
import { AUDITED } from "../../src/registry/api/audit-trail.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

async function audit({ call }: Stage, query = ""): Promise<AuditAnswer> {
  const response = await call("GET", `/api/v1/audit${query}`);
  expect(response.status).toBe(200);
  return response.json();
}

const lines = (entries: readonly AuditEntryAnswer[]): string[] =>
  entries.map(({ subject, action, target = "-", address = "-" }) =>
    [subject, action, target, address].join(" "),
  );

describe("the audit over REST", () => {
  test("AUD-6 every route that changes something has a rule that says what is written down", async () => {
    const { call } = createStage();
    const document = await (await call("GET", "/openapi.json")).json();
    const paths: Record<string, Record<string, unknown>> = document.paths;
    const changing = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== "get" && method !== "head")
        .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    // Whoever tells of a change gives a hint, and changes nothing.
    const hints = changing.filter((route) => route.startsWith("POST /hooks/"));
    const wanted = changing.filter((route) => !hints.includes(route));
    // A browser comes there from Google, and brings an account.
    wanted.push("GET /oauth/google/callback");
    expect(AUDITED.map(({ route }) => route).sort()).toEqual(wanted.sort());
  });

  test("AUD-7 what was done is written down with its subject, target and address; what was refused or only read is not", async () => {
    const stage = createStage();
    const { call } = stage;
    await call("POST", "/datasources/register", shop);
    await call("POST", "/datasources/register", shop);
    await call("GET", "/datasources");
    await call("POST", "/datasources/shop/poll");
    const scopes = [{ action: "admin", source: "shop" }];
    const made = await call("POST", "/api/v1/tokens", { name: "t", scopes, user: "alice" });
    const { token, id }: CreatedTokenAnswer = await made.json();
    const bearer = { Authorization: `Bearer ${token}` };
    await call("PUT", "/datasources/shop/update", { name: "Store" }, bearer);
    await call("PUT", "/datasources/club/update", { name: "Store" }, bearer);
    await call("DELETE", `/api/v1/tokens/${id}`);
    const { entries, next } = await audit(stage);
    expect(lines(entries)).toEqual([
      `admin token.revoke token/${id} 10.0.0.1`,
      "user:alice source.update source/shop 10.0.0.1",
      `admin token.make token/${id} 10.0.0.1`,
      "admin source.poll source/shop 10.0.0.1",
      "admin source.register source/shop 10.0.0.1",
    ]);
    expect(next).toBeUndefined();
    expect(JSON.stringify(entries)).not.toContain(token.slice(20));
  });

  test("AUD-8 it is asked page by page and by its fields, and given whole as NDJSON", async () => {
    const stage = createStage();
    await stage.call("POST", "/datasources/register", shop);
    for (let index = 0; index < 249; index++) {
      await stage.call("POST", `/datasources/shop/${index % 2 === 0 ? "pause" : "resume"}`);
      await stage.clock.advance(1_000);
    }
    const first = await audit(stage);
    expect(first.entries).toHaveLength(100);
    const second = await audit(stage, `?cursor=${first.next}`);
    const third = await audit(stage, `?cursor=${second.next}`);
    expect([third.entries.length, third.next]).toEqual([50, undefined]);
    const ids = [first, second, third].flatMap(({ entries }) => entries.map(({ id }) => id));
    expect(new Set(ids).size).toBe(250);
    expect((await audit(stage, "?action=source.pause&limit=1000")).entries).toHaveLength(125);
    expect((await audit(stage, "?subject=nobody")).entries).toEqual([]);
    const { at } = first.entries[9]!;
    expect((await audit(stage, `?since=${at}&target=source/shop`)).entries).toHaveLength(10);
    const whole = await stage.call("GET", "/api/v1/audit", undefined, { Accept: "application/x-ndjson" });
    expect(whole.headers.get("content-type")).toBe("application/x-ndjson");
    const exported = (await whole.text()).trimEnd().split("\n");
    expect(exported.map((line) => (JSON.parse(line) as AuditEntryAnswer).id)).toEqual(ids);
    expect(JSON.parse(exported[0]!)).toEqual(first.entries[0]);
  });

  test("AUD-8 a question that is not understood is answered 400", async () => {
    const { call } = createStage();
    for (const [query, field] of [
      ["since=yesterday", "since"],
      ["limit=0", "limit"],
      ["limit=x", "limit"],
      ["cursor=1", "cursor"],
      ["subjct=admin", "subjct"],
    ]) {
      const response = await call("GET", `/api/v1/audit?${query}`);
      expect([query, response.status, (await problemOf(response)).errors?.[0]?.field]).toEqual([
        query,
        400,
        field,
      ]);
    }
  });
});
