import { afterEach, describe, expect, test } from "bun:test";
import { isInNetwork, parseAddress, parseNetwork, specialKind } from "../../src/runtime/address.ts";
import {
  createGuardedNet,
  NOTHING_ALLOWED,
  parseAllowedPlaces,
  refusalOfUrl,
} from "../../src/runtime/guarded-net.ts";
import { createSystemClock } from "../../src/runtime/system-clock.ts";
import { createSystemNet } from "../../src/runtime/system-net.ts";
import { createSystemResolver } from "../../src/runtime/system-resolver.ts";
import { createFakeNet, type FakeHandler } from "../support/fake-net.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of undo.splice(0)) await run();
});

const BOUNDS = { method: "GET", headers: {}, timeoutMs: 5_000, bytesMax: 1_000 } as const;

function createSetup(allow = "", handler: FakeHandler = () => new Response("fine")) {
  const net = createFakeNet(handler);
  const { clock, resolver } = createTestRuntime();
  const allowed = parseAllowedPlaces(allow);
  if (!allowed.ok) throw new Error(`not allowed: ${allowed.error}`);
  const guarded = createGuardedNet({ net, resolver, clock, allowed: allowed.value });
  const ask = (url: string, method = "GET") => guarded.request({ ...BOUNDS, method, url });
  return { net, resolver, clock, guarded, ask };
}

describe("addresses", () => {
  test.each([
    ["10.0.0.1", "private"],
    ["10.255.255.255", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["127.0.0.1", "loopback"],
    ["127.255.0.1", "loopback"],
    ["0.0.0.0", "unspecified"],
    ["0.1.2.3", "unspecified"],
    ["169.254.1.1", "link-local"],
    ["169.254.169.254", "cloud metadata"],
    ["168.63.129.16", "cloud metadata"],
    ["100.100.100.200", "cloud metadata"],
    ["100.64.0.1", "carrier-grade NAT"],
    ["100.127.255.255", "carrier-grade NAT"],
    ["192.0.0.8", "reserved"],
    ["192.0.2.1", "documentation"],
    ["192.88.99.1", "6to4 relay"],
    ["198.18.0.1", "benchmarking"],
    ["198.19.255.255", "benchmarking"],
    ["198.51.100.9", "documentation"],
    ["203.0.113.9", "documentation"],
    ["224.0.0.1", "multicast"],
    ["239.255.255.255", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "IPv4 inside IPv6"],
    ["::ffff:8.8.8.8", "IPv4 inside IPv6"],
    ["::ffff:0:127.0.0.1", "IPv4 inside IPv6"],
    ["::7f00:1", "IPv4 inside IPv6"],
    ["64:ff9b::7f00:1", "NAT64"],
    ["64:ff9b:1::1", "NAT64"],
    ["2002:7f00:1::", "6to4"],
    ["2001::1", "Teredo"],
    ["2001:db8::1", "documentation"],
    ["2001:10::1", "reserved"],
    ["3fff::1", "documentation"],
    ["fc00::1", "private"],
    ["fd12:3456::1", "private"],
    ["fd00:ec2::254", "cloud metadata"],
    ["fe80::1", "link-local"],
    ["febf::1", "link-local"],
    ["fec0::1", "private"],
    ["ff02::1", "multicast"],
    ["100::1", "reserved"],
    ["4000::1", "reserved"],
    ["9000::1", "reserved"],
  ])("NET-1 %s is refused as %s", async (address, kind) => {
    expect(specialKind(parseAddress(address)!)).toBe(kind);
    const { ask, net } = createSetup();
    const host = address.includes(":") ? `[${address}]` : address;
    expect(await ask(`http://${host}/`)).toMatchObject({ ok: false, error: { tag: "AddressRefused" } });
    expect(net.requests).toEqual([]);
  });

  test.each(
    [
      "8.8.8.8",
      "1.1.1.1",
      "172.15.0.1",
      "172.32.0.1",
      "100.63.0.1",
      "100.128.0.1",
      "192.0.1.1",
      "223.255.255.255",
    ].concat("2606:4700::1111", "2001:4860::8888", "2a00::1"),
  )("NET-1 %s is of the open internet", async (address) => {
    expect(specialKind(parseAddress(address)!)).toBeNull();
    const { ask, net } = createSetup();
    expect((await ask(`https://${address.includes(":") ? `[${address}]` : address}/x`)).ok).toBe(true);
    expect(net.requests).toMatchObject([{ connectTo: address }]);
  });

  test("NET-1 texts that are no addresses, zones among them, are none", () => {
    for (const text of ["", "1.2.3", "1.2.3.256", "01.2.3.4", "fe80::1%eth0", "::g", "example.com"]) {
      expect(parseAddress(text)).toBeNull();
      expect(parseNetwork(`${text}/8`)).toBeNull();
    }
    for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1"])
      expect(parseNetwork(text)).toBeNull();
  });

  test("NET-6 a network is its first bits", () => {
    const network = parseNetwork("10.128.0.0/9")!;
    expect(isInNetwork(parseAddress("10.200.0.1")!, network)).toBe(true);
    expect(isInNetwork(parseAddress("10.1.0.1")!, network)).toBe(false);
    expect(isInNetwork(parseAddress("::1")!, parseNetwork("::/0")!)).toBe(true);
    expect(isInNetwork(parseAddress("1.2.3.4")!, parseNetwork("::/0")!)).toBe(false);
  });
});

describe("links", () => {
  test.each([
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://0/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://3232235777/",
    "https://169。254。169。254/latest/meta-data",
  ])("NET-2 %s is judged as what it means", async (url) => {
    const { ask, net } = createSetup();
    expect(await ask(url)).toMatchObject({ ok: false, error: { tag: "AddressRefused" } });
    expect(net.requests).toEqual([]);
  });

  test.each([
    ["ftp://example.com/", "begins with ftp:"],
    ["file:///etc/passwd", "begins with file:"],
    ["gopher://example.com/", "begins with gopher:"],
    ["data:text/plain,x", "begins with data:"],
    ["http://me@example.com/", "user name"],
    ["http://me:secret@example.com/", "user name"],
    ["http://[fe80::1%25eth0]/", "not a link"],
    ["nonsense", "not a link"],
  ])("NET-5 %s is refused", async (url, problem) => {
    const { ask, net, resolver } = createSetup();
    const answer = await ask(url);
    expect(answer).toMatchObject({ ok: false, error: { problem: expect.stringContaining(problem) } });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect([net.requests, resolver.asked]).toEqual([[], []]);
  });
});

describe("names", () => {
  test("NET-3 a name with a refused address among its addresses is refused, without telling the address", async () => {
    const { ask, resolver, net } = createSetup();
    resolver.set("trap.test", ["8.8.8.8", "10.9.8.7"]);
    const answer = await ask("https://trap.test/");
    expect(answer).toMatchObject({ ok: false, error: { tag: "AddressRefused", host: "trap.test" } });
    expect(JSON.stringify(answer)).not.toContain("10.9.8.7");
    resolver.set("localhost.", ["127.0.0.1"]);
    expect((await ask("http://localhost./")).ok).toBe(false);
    expect(net.requests).toEqual([]);
  });

  test("NET-4 the address that was checked is the one connected to", async () => {
    const { ask, resolver, net } = createSetup();
    resolver.set("rebind.test", ["8.8.8.8"], ["127.0.0.1"]);
    expect((await ask("https://rebind.test/a")).ok).toBe(true);
    expect(resolver.asked).toEqual(["rebind.test"]);
    expect(net.requests).toMatchObject([{ url: "https://rebind.test/a", connectTo: "8.8.8.8" }]);
    expect((await ask("https://rebind.test/a")).ok).toBe(false);
    expect(net.requests).toHaveLength(1);
  });

  test("NET-6 hosts, addresses and networks are allowed where the operator says so", async () => {
    const { ask, resolver } = createSetup("feeds.internal, 127.0.0.1,10.0.0.0/8, [fd00::1]");
    resolver.set("feeds.internal", ["192.168.0.9"]);
    resolver.set("feeds.internal.", ["192.168.0.9"]);
    resolver.set("other.internal", ["10.1.1.1"]);
    resolver.set("third.internal", ["192.168.0.9"]);
    const good = [
      "http://feeds.internal/",
      "http://FEEDS.internal./",
      "http://127.0.0.1:9/",
      "http://[fd00::1]/",
    ];
    for (const url of good.concat("http://other.internal/")) expect((await ask(url)).ok).toBe(true);
    for (const url of [
      "http://third.internal/",
      "http://127.0.0.2/",
      "http://[fd00::2]/",
      "http://[::ffff:127.0.0.1]/",
    ])
      expect((await ask(url)).ok).toBe(false);
  });

  test("NET-6 an entry that is no place is told", () => {
    for (const wrong of ["10.0.0.0/99", "http://x", "a b", "*.internal", "10.0.0"]) {
      expect(parseAllowedPlaces(`feeds.internal, ${wrong}`)).toEqual({ ok: false, error: wrong });
    }
    expect(refusalOfUrl("http://127.0.0.1/", NOTHING_ALLOWED)).toMatchObject({
      fix: expect.stringContaining("SHEETWIRE_ALLOW_PRIVATE=127.0.0.1"),
    });
  });

  test("NET-7 a redirect is answered as it is", async () => {
    const { ask, net } = createSetup("", () => {
      return new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } });
    });
    expect(await ask("https://example.test/")).toMatchObject({ value: { status: 302 } });
    expect(net.requests).toHaveLength(1);
  });

  test("NET-8 the next address is tried where it is safe to repeat", async () => {
    const { ask, resolver, net } = createSetup("", ({ connectTo }) =>
      connectTo === "8.8.4.4" ? new Response("fine") : { tag: "Unreachable", detail: "refused" },
    );
    resolver.set("two.test", ["8.8.8.8", "8.8.4.4"]);
    expect((await ask("https://two.test/")).ok).toBe(true);
    expect((await ask("https://two.test/", "POST")).ok).toBe(false);
    expect(net.requests.map(({ connectTo }) => connectTo)).toEqual(["8.8.8.8", "8.8.4.4", "8.8.8.8"]);
  });

  test("NET-10 resolving counts into the time bound and ends with the signal", async () => {
    const { net, clock } = createSetup();
    const slow = createSystemResolver(clock);
    const end = new AbortController();
    end.abort();
    expect(await slow.resolve("localhost", { timeoutMs: 1_000, signal: end.signal })).toEqual({
      ok: false,
      error: { tag: "Aborted" },
    });
    const resolver = {
      async resolve() {
        await clock.advance(4_000);
        return { ok: true as const, value: ["8.8.8.8"] };
      },
    };
    const guarded = createGuardedNet({ net, resolver, clock, allowed: NOTHING_ALLOWED });
    await guarded.request({ ...BOUNDS, url: "https://slow.test/" });
    expect(net.requests).toMatchObject([{ timeoutMs: 1_000 }]);
  });
});

describe("the system's network", () => {
  test("NET-9 a request to a chosen address carries the name in Host", async () => {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => new Response(request.headers.get("host")),
    });
    undo.push(() => server.stop(true));
    const answer = await createSystemNet(createSystemClock()).request({
      ...BOUNDS,
      headers: { Host: "other.test", accept: "*/*" },
      url: `http://feed.test:${server.port}/a?b`,
      connectTo: "127.0.0.1",
    });
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    expect(new TextDecoder().decode(answer.value.body)).toBe(`feed.test:${server.port}`);
  });

  test("NET-9 the TLS handshake names the name, not the address", async () => {
    const hello = Promise.withResolvers<string>();
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, bytes) {
          hello.resolve(bytes.toString("latin1"));
          socket.end();
        },
      },
    });
    undo.push(() => listener.stop(true));
    const url = `https://feed.test:${listener.port}/`;
    const answer = createSystemNet(createSystemClock()).request({ ...BOUNDS, url, connectTo: "127.0.0.1" });
    expect(await hello.promise).toContain("feed.test");
    expect((await answer).ok).toBe(false);
  });

  test("NET-3 names are resolved as the system resolves them", async () => {
    const resolver = createSystemResolver(createSystemClock());
    const found = await resolver.resolve("localhost", { timeoutMs: 5_000 });
    if (!found.ok) throw new Error(JSON.stringify(found.error));
    for (const address of found.value) expect(specialKind(parseAddress(address)!)).toBe("loopback");
    expect(await resolver.resolve("no such name", { timeoutMs: 5_000 })).toMatchObject({
      ok: false,
      error: { tag: "Unreachable" },
    });
  });
});
