import { describe, expect, test } from "bun:test";
import { type Grant, may, mayGive } from "../../src/access/grant.ts";

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

  test("ACC-16 a scope of a view covers that view alone; one of a tab covers the tab and its views", () => {
    const tab = { source: "shop", tab: "Prices" };
    const view = grant({ action: "read", ...tab, view: "north" });
    expect(may(view, "read", { ...tab, view: "north" })).toBe(true);
    expect(may(view, "read", { ...tab, view: "south" })).toBe(false);
    expect(may(view, "read", tab)).toBe(false);
    expect(may(view, "read", { source: "shop" })).toBe(false);
    expect(may(view, "read", { source: "club", tab: "Prices", view: "north" })).toBe(false);
    expect(may(grant({ action: "read", ...tab }), "read", { ...tab, view: "north" })).toBe(true);
    expect(
      may(grant({ action: "read", ...tab }), "read", { source: "shop", tab: "Costs", view: "north" }),
    ).toBe(false);
  });

  test("ACC-17 who administers all that a scope reaches may give it, nobody else", () => {
    const shop = grant({ action: "admin", source: "shop" }, { action: "read" });
    expect(mayGive(shop, { action: "read", source: "shop", tab: "Prices" })).toBe(true);
    expect(mayGive(shop, { action: "admin", source: "shop" })).toBe(true);
    expect(mayGive(shop, { action: "read", source: "club" })).toBe(false);
    expect(mayGive(shop, { action: "read" })).toBe(false);
    expect(mayGive(grant({ action: "admin" }), { action: "admin" })).toBe(true);
  });
});
