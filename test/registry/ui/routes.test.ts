import { describe, expect, test } from "bun:test";
import { formatRoute, parseRoute, type Route } from "../../../src/registry/ui/shell/routes.ts";
import { createTokenStore, tokenFromHash } from "../../../src/registry/ui/shell/session.ts";

describe("addresses", () => {
  const routes: readonly [Route, string][] = [
    [{ page: "home" }, "#/"],
    [{ page: "add" }, "#/+"],
    [{ page: "source", source: "demo" }, "#/demo"],
    [{ page: "tab", source: "demo", tab: "Price list" }, "#/demo/Price%20list"],
    [{ page: "tab", source: "demo", tab: "a/b?c#d%e ☕" }, "#/demo/a%2Fb%3Fc%23d%25e%20%E2%98%95"],
  ];
  const pages: readonly [Route, string][] = [
    [{ page: "tokens" }, "#/+tokens"],
    [{ page: "history", source: "demo", tab: "a/b" }, "#/+history/demo/a%2Fb"],
    [
      { page: "history", source: "demo", tab: "P", row: 7, key: "In stock" },
      "#/+history/demo/P?row=7&key=In+stock",
    ],
  ];
  test.each([...routes, ...pages])(
    "WEB-4 %o has an address of its own, and the address opens it",
    (route, hash) => {
      expect(formatRoute(route)).toBe(hash);
      expect(parseRoute(hash)).toEqual(route);
    },
  );

  test("WEB-4 an address typed by hand need not be encoded", () => {
    expect(parseRoute("#/demo/Price list")).toEqual({ page: "tab", source: "demo", tab: "Price list" });
    expect(parseRoute("#/demo/100%")).toEqual({ page: "tab", source: "demo", tab: "100%" });
    expect(parseRoute("#/+nothing")).toEqual({ page: "home" });
    expect(parseRoute("#/+history/demo")).toEqual({ page: "home" });
    expect(parseRoute("")).toEqual({ page: "home" });
    expect(parseRoute("#/demo/")).toEqual({ page: "source", source: "demo" });
  });
});

describe("the token", () => {
  test("WEB-1 is taken out of a link's fragment, which goes on without it", () => {
    expect(tokenFromHash("#token=abc")).toEqual({ token: "abc", rest: "#/" });
    expect(tokenFromHash("#token=abc&to=/demo/Price%2520list")).toEqual({
      token: "abc",
      rest: "#/demo/Price%20list",
    });
    expect(tokenFromHash("#/demo")).toBeNull();
    expect(tokenFromHash("#token=")).toBeNull();
  });

  test("WEB-1 is kept for the tab, or on the device when asked, and forgotten on both", () => {
    const [tab, device] = [fakeStorage(), fakeStorage()];
    const store = createTokenStore(tab, device);
    expect(store.read()).toBeNull();
    store.keep("a", false);
    expect([tab.length, device.length]).toEqual([1, 0]);
    store.forget();
    store.keep("b", true);
    expect([tab.length, device.length]).toEqual([0, 1]);
    expect(store.read()).toBe("b");
    store.forget();
    expect(store.read()).toBeNull();
  });
});

function fakeStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: () => null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}
