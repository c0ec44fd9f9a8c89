import { describe, expect, test } from "bun:test";
import { createTokens, tokenOf } from "../../src/access/tokens.ts";

const request = (authorization: string | null, url = "http://local/sync?token=from-query"): Request =>
  new Request(url, authorization === null ? {} : { headers: { authorization } });

describe("tokens", () => {
  test("ACC-3 only the very admin token is the admin's", () => {
    const tokens = createTokens({ adminToken: "correct horse" });
    expect(tokens.verify("correct horse")).toEqual({ subject: "admin", scopes: [{ action: "admin" }] });
    for (const wrong of [
      null,
      "",
      "correct",
      "correct horse ",
      "Correct horse",
      "correct horse\0",
      "x".repeat(1e6),
    ]) {
      expect(tokens.verify(wrong)).toBeNull();
    }
    expect(() => createTokens({ adminToken: "" })).toThrow("empty");
  });

  test("ACC-4 a token stands in the Authorization header, and in the query only where that is allowed", () => {
    expect(tokenOf(request("Bearer abc"))).toBe("abc");
    expect(tokenOf(request("bearer   abc "))).toBe("abc");
    expect(tokenOf(request("Basic abc"))).toBeNull();
    expect(tokenOf(request("Bearer a b"))).toBeNull();
    expect(tokenOf(request(null))).toBeNull();
    expect(tokenOf(request(null), { queryAllowed: true })).toBe("from-query");
    expect(tokenOf(request("Bearer abc"), { queryAllowed: true })).toBe("abc");
    expect(tokenOf(request(null, "http://local/sync"), { queryAllowed: true })).toBeNull();
  });
});
