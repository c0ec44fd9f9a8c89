import { describe, expect, test } from "bun:test";
import { clientAddress } from "../../src/access/client-address.ts";
import { createOrigins } from "../../src/access/origins.ts";
import { createRequestLimits } from "../../src/access/request-limits.ts";
import { parseNetwork } from "../../src/runtime/address.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

describe("how fast may be asked", () => {
  test("ACC-40 each key has ten seconds' worth at once, then its rate; others are not affected", async () => {
    const clock = createVirtualClock();
    const limits = createRequestLimits({ clock, perSecond: 2 });
    const ask = (key: string, times: number) => Array.from({ length: times }, () => limits.waitMs(key));
    expect(ask("a", 21)).toEqual([...Array(20).fill(0), 500]);
    await clock.advance(400);
    expect(ask("a", 1)).toEqual([100]);
    await clock.advance(100);
    expect(ask("a", 2)).toEqual([0, 500]);
    expect(ask("b", 20)).toEqual(Array(20).fill(0));
    await clock.advance(60_000);
    expect(ask("a", 21)).toEqual([...Array(20).fill(0), 500]);
  });

  test("ACC-40 the keys remembered are bounded: who asked least lately is forgotten", () => {
    const limits = createRequestLimits({ clock: createVirtualClock(), perSecond: 1, keysMax: 2 });
    for (const key of ["a", "b"]) for (let index = 0; index < 10; index++) limits.waitMs(key);
    limits.waitMs("a");
    limits.waitMs("c");
    expect(limits.waitMs("a")).toBe(1_000);
    expect(limits.waitMs("b")).toBe(0);
  });
});

describe("pages", () => {
  test("ACC-41 pages of the daemon's own address and of listed origins may connect, and what is no page", () => {
    const listed = ["https://app.example.com"];
    const { mayConnect } = createOrigins({ listed, publicUrl: "https://sheets.example.com/live" });
    expect(mayConnect(null, "sheets.internal:8787")).toBe(true);
    expect(mayConnect("https://app.example.com", "sheets.internal:8787")).toBe(true);
    expect(mayConnect("https://sheets.example.com", "sheets.internal:8787")).toBe(true);
    expect(mayConnect("https://sheets.internal:8787", "sheets.internal:8787")).toBe(true);
    for (const foreign of [
      "https://evil.example.com",
      "https://app.example.com.evil.test",
      "http://app.example.com",
      "https://app.example.com:8443",
      "http://sheets.internal",
      "null",
      "",
    ]) {
      expect([foreign, mayConnect(foreign, "sheets.internal:8787")]).toEqual([foreign, false]);
    }
    expect(mayConnect("http://localhost:8787", null)).toBe(false);
    expect(createOrigins({ listed: ["*"] }).mayConnect("null", "x")).toBe(true);
  });
});

describe("addresses behind proxies", () => {
  const trusted = ["10.0.0.0/8", "::1", "fd00::/8"].map((text) => parseNetwork(text)!);

  test("ACC-42 the client is the last address before the trusted proxies, whatever the client wrote itself", () => {
    const told: [peer: string, forwarded: string | null, client: string][] = [
      ["10.0.0.1", "203.0.113.7", "203.0.113.7"],
      ["10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"],
      ["10.0.0.1", "1.1.1.1, 203.0.113.7, 10.2.3.4", "203.0.113.7"],
      ["::1", "2001:db8::5", "2001:db8::5"],
      ["::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"],
      ["10.0.0.1", "10.9.9.9", "10.9.9.9"],
    ];
    for (const [peer, forwarded, client] of told) {
      expect([peer, forwarded, clientAddress(peer, forwarded, trusted)]).toEqual([peer, forwarded, client]);
    }
  });

  test("ACC-42 without a trusted proxy, or with nonsense from one, the address is the socket's own", () => {
    expect(clientAddress("203.0.113.7", "1.1.1.1", trusted)).toBe("203.0.113.7");
    expect(clientAddress("10.0.0.1", null, trusted)).toBe("10.0.0.1");
    expect(clientAddress("10.0.0.1", "unknown", trusted)).toBe("10.0.0.1");
    expect(clientAddress("10.0.0.1", "1.1.1.1, x, 10.1.1.1", trusted)).toBe("10.1.1.1");
    expect(clientAddress("10.0.0.1", "1.1.1.1", [])).toBe("10.0.0.1");
    expect(clientAddress("unknown", "1.1.1.1", trusted)).toBe("unknown");
  });
});
