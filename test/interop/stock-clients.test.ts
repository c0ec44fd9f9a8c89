import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { LOG, ORDER } from "#contract/layout.ts";
import {
  PORT_ROOM,
  PORT_TOKEN,
  type SyncPort,
  type SyncPortOptions,
  startSyncPort,
} from "../support/sync-port.ts";
import { createTestRuntime } from "../support/test-runtime.ts";
import { until } from "../support/until.ts";
import { captureIntervals } from "./intervals.ts";
import { STOCK_VERSIONS, type StockClient } from "./stock-clients.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options: SyncPortOptions = {}): Promise<SyncPort> {
  const server = await startSyncPort(options);
  ends.push(server.stop);
  return server;
}
function openAll(server: SyncPort, token = PORT_TOKEN): StockClient[] {
  return STOCK_VERSIONS.map((version) => {
    const client = version.open({ url: server.url, room: PORT_ROOM, token });
    ends.push(client.destroy);
    return client;
  });
}
const allSynced = (clients: readonly StockClient[]) => (): boolean => clients.every(({ synced }) => synced());
const allUpToDate = (clients: readonly StockClient[], server: SyncPort) => (): boolean =>
  clients.every((client) => Bun.deepEquals(client.stateVector(), server.document.stateVector()));

describe("y-websocket 1.5.4, 2.1.0, 3.0.0, 3.1.0 and @y/websocket 4 rc, unmodified", () => {
  test("SYN-60 sync at once and get live updates, all to the same content", async () => {
    const server = await start();
    await server.write([
      ["Äpfel 🍎", 1.5, true],
      ["Birnen", 2, null],
    ]);
    const clients = openAll(server);
    await until("all are synced", allSynced(clients));
    for (let n = 0; n < 30; n++)
      await server.write([
        ["Birnen", n, false],
        ["Äpfel 🍎", 1.5],
        ["Neu", n % 3],
      ]);
    await until("all are up to date", allUpToDate(clients, server));
    const [first, ...others] = clients;
    expect(first!.list(ORDER).length).toBe(3);
    for (const other of others) {
      expect([other.name, other.list(LOG)]).toEqual([other.name, first!.list(LOG)]);
      expect(other.list(ORDER)).toEqual(first!.list(ORDER));
    }
    expect(clients.map(({ closes }) => closes)).toEqual(clients.map(() => 0));
  });

  test("SYN-61 see each other, whatever their version, and see who leaves", async () => {
    const server = await start();
    const clients = openAll(server);
    await until("all are synced", allSynced(clients));
    for (const { name, awareness } of clients) awareness.setLocalState({ name });
    const names = (client: StockClient): unknown[] =>
      [...client.awareness.getStates().values()].map((state) => (state as { name?: string }).name).sort();
    const everybody = clients.map(({ name }) => name).sort();
    await until("all see all", () => clients.every((client) => Bun.deepEquals(names(client), everybody)));
    const [leaving, ...staying] = clients;
    leaving!.destroy();
    const rest = everybody.filter((name) => name !== leaving!.name);
    await until("all see who left", () => staying.every((client) => Bun.deepEquals(names(client), rest)));
    expect(staying.map(({ closes }) => closes)).toEqual(staying.map(() => 0));
  });

  test("SYN-62 come back by themselves after a restart, to a document that only grew", async () => {
    const server = await startSyncPort();
    await server.write([["before", 1]]);
    const clients = openAll(server);
    await until("all are synced", allSynced(clients));
    const order = clients[0]!.list(ORDER);
    await server.stop();
    await until("all noticed", () => clients.every(({ connected }) => !connected()));
    const again = await start({ port: server.port, backend: server.backend });
    await again.write([["after", 2]]);
    await until("all are up to date", allUpToDate(clients, again));
    await until("all are synced again", allSynced(clients));
    for (const client of clients) {
      expect(client.list(ORDER)).toEqual(order);
      expect(client.codes.filter((code) => code >= 4400 && code < 4500)).toEqual([]);
    }
  });

  test("SYN-63 with a wrong token are closed with 4401; who comes back all the same is soon refused before the upgrade", async () => {
    const server = await start();
    const clients = openAll(server, "wrong");
    await until("each was told", () => clients.every(({ codes }) => codes.includes(4401)));
    const [final, stubborn] = [
      clients.filter((_, i) => STOCK_VERSIONS[i]!.givesUp),
      clients.filter((_, i) => !STOCK_VERSIONS[i]!.givesUp),
    ];
    const refusedEarly = (client: StockClient): boolean => client.codes.some((code) => code < 4000);
    await until("the stubborn are refused early", () => stubborn.every(refusedEarly));
    expect(final.map(({ codes }) => codes)).toEqual([[4401]]);
    expect(server.sync.sessions).toBe(0);
  });

  test("SYN-64 that write into a mirror are closed with 4403, and nobody else sees it", async () => {
    const server = await start();
    await server.write([["x", 1]]);
    const [watcher] = openAll(server).slice(-2);
    const clients = openAll(server);
    await until("all are synced", allSynced([watcher!, ...clients]));
    for (const client of clients) client.push(LOG, "not yours");
    await until("all are refused", () => clients.every(({ codes }) => codes.includes(4403)));
    await server.write([["x", 2]]);
    await until("the watcher is up to date", allUpToDate([watcher!], server));
    expect(watcher!.list(LOG)).not.toContain("not yours");
    expect(watcher!.closes).toBe(0);
  });
});

describe("100 s without a change", () => {
  /**
   * The server's clock, the clients' wall clock and their intervals all move together, a second at a time; the
   * sockets between them are real.
   */
  async function idle({ serverSpeaks }: { serverSpeaks: boolean }): Promise<StockClient[]> {
    const { runtime, clock } = createTestRuntime();
    const server = await start({ runtime });
    await server.write([["x", 1]]);
    let nowMs = Date.now();
    ends.push(() => setSystemTime());
    setSystemTime(new Date(nowMs));
    const intervals = captureIntervals();
    ends.push(intervals.restore);
    const [present, absent] = [openAll(server), openAll(server)];
    for (const { awareness } of absent) awareness.setLocalState(null);
    const clients = [...present, ...absent];
    await until("all are synced", allSynced(clients));
    for (let second = 1; second <= 100; second++) {
      nowMs += 1_000;
      setSystemTime(new Date(nowMs));
      if (serverSpeaks) await clock.advance(1_000);
      if (serverSpeaks && second % 15 === 0)
        await until("all heard of it", () => clients.every((client) => client.lastHeardMs() === nowMs));
      intervals.advance(1_000);
      // A turn for the sockets.
      await Bun.sleep(0);
    }
    return clients;
  }

  test("SYN-65 no version reconnects, with presence or without", async () => {
    const clients = await idle({ serverSpeaks: true });
    expect(clients.every(({ connected }) => connected())).toBe(true);
    expect(clients.map(({ name, closes }) => [name, closes])).toEqual(clients.map(({ name }) => [name, 0]));
  });

  test("SYN-65 and each would, were the server silent", async () => {
    const clients = await idle({ serverSpeaks: false });
    await until("all gave their connection up", () => clients.every(({ closes }) => closes > 0));
  });
});
