/** The form for tokens: what it sends. */
import { describe, expect, test } from "bun:test";
import {
  changedToken,
  changeTokenBody,
  EMPTY_TOKEN,
  scopesWords,
  tokenBody,
} from "../../../src/registry/ui/access/new-token.ts";
import { EMPTY_REACH } from "../../../src/registry/ui/access/reach.ts";

const EDIT = { action: "edit", source: "shop", tab: "Prices", view: "" } as const;
const SCOPES = [
  { action: "read", source: "shop", tab: "Prices" },
  { action: "write", source: "shop", tab: "Prices" },
] as const;

describe("a new token", () => {
  test("WEB-31 a token's scopes are as wide as was picked, and what was left empty is not sent", () => {
    expect(tokenBody({ ...EMPTY_TOKEN, name: " shop " })).toEqual({
      ok: true,
      value: { name: "shop", scopes: [{ action: "read" }] },
    });
    const form = { ...EMPTY_TOKEN, name: "n", reaches: [{ ...EMPTY_REACH, tab: "Prices" }] };
    // A tab without its source would be a tab of that name in all sources.
    expect(tokenBody({ ...form, ttl: "3600", user: " ann " })).toEqual({
      ok: true,
      value: { name: "n", scopes: [{ action: "read" }], ttl: 3600, user: "ann" },
    });
  });

  test("WEB-45 who may edit may read, too; several places are several scopes", () => {
    const reaches = [EDIT, { action: "read", source: "stock", tab: "All", view: "north" }] as const;
    expect(tokenBody({ ...EMPTY_TOKEN, name: "n", reaches })).toEqual({
      ok: true,
      value: {
        name: "n",
        scopes: [...SCOPES, { action: "read", source: "stock", tab: "All", view: "north" }],
      },
    });
  });

  test("WEB-45 claims are read from lines; in quotes a number is text", () => {
    const claims = 'region = north\n level=3\n\nhead = true\nshop = "0012"\nzip = 0012';
    const body = tokenBody({ ...EMPTY_TOKEN, name: "n", claims });
    expect(body.ok && body.value.claims).toEqual({
      ...{ region: "north", level: 3, head: true, shop: "0012", zip: "0012" },
    });
    expect(tokenBody({ ...EMPTY_TOKEN, name: "n", claims: "region" })).toMatchObject({
      ok: false,
      error: [{ field: "claims" }],
    });
  });

  test("WEB-31 scopes read as a sentence", () => {
    expect(scopesWords([{ action: "read" }])).toBe("read everything");
    expect(scopesWords([...SCOPES, { action: "read", source: "s", tab: "P", view: "v" }])).toBe(
      "read and edit shop/Prices; read s/P@v",
    );
    expect(scopesWords([{ action: "write", source: "shop" }])).toBe("edit unseen shop");
  });
});

test("WEB-45 of a token that is changed only what differs is sent", () => {
  const token = {
    ...{ id: "1", name: "shop page", subject: "token:1", scopes: SCOPES, hint: "abcd" },
    state: "active",
    ...{ createdAt: "2026-11-20T08:00:00Z", createdBy: "admin" },
  } as const;
  const before = changedToken(token);
  expect(before.reaches).toEqual([EDIT]);
  expect(changeTokenBody(before, before)).toEqual({});
  expect(changeTokenBody(before, { ...before, name: " till ", ttl: "" })).toEqual({
    name: "till",
    ttl: null,
  });
  expect(changeTokenBody(before, { ...before, reaches: [{ ...EDIT, action: "read" }] })).toEqual({
    scopes: [SCOPES[0]],
  });
});
