import { describe, expect, test } from "bun:test";
import { type Grant, may } from "../../src/access/grant.ts";

const grant = (...scopes: Grant["scopes"]): Grant => ({ subject: "s", scopes });

describe("grants", () => {
  test("ACC-1 an admin scope covers every action on every target", () => {
    for (const action of ["read", "write", "admin"] as const) {
      expect(may(grant({ action: "admin" }), action, {})).toBe(true);
      expect(may(grant({ action: "admin" }), action, { source: "shop", tab: "Prices" })).toBe(true);
    }
  });

  test("ACC-2 a scope covers its own action, source and tab, and nothing wider", () => {
    const shop = grant({ action: "read", source: "shop" });
    expect(may(shop, "read", { source: "shop", tab: "Prices" })).toBe(true);
    expect(may(shop, "read", { source: "club" })).toBe(false);
    expect(may(shop, "read", {})).toBe(false);
    expect(may(shop, "write", { source: "shop" })).toBe(false);
    const prices = grant({ action: "read", source: "shop", tab: "Prices" });
    expect(may(prices, "read", { source: "shop", tab: "Prices" })).toBe(true);
    expect(may(prices, "read", { source: "shop", tab: "Costs" })).toBe(false);
    expect(may(prices, "read", { source: "shop" })).toBe(false);
    expect(may(grant({ action: "admin", source: "shop" }), "admin", { source: "club" })).toBe(false);
    expect(may(grant(), "read", { source: "shop" })).toBe(false);
  });
});
