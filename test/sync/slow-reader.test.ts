import { afterEach, expect, test } from "bun:test";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { syncStep1Frame } from "#contract/frames.ts";
import { LOG } from "#contract/layout.ts";
import { openRawWebSocket, type RawWebSocket } from "../support/raw-websocket.ts";
import {
  PORT_ROOM,
  PORT_TOKEN,
  type SyncPort,
  type SyncPortOptions,
  startSyncPort,
} from "../support/sync-port.ts";
import { until } from "../support/until.ts";

const PATH = `/sync/${PORT_ROOM}?token=${encodeURIComponent(PORT_TOKEN)}`;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options: SyncPortOptions = {}): Promise<SyncPort> {
  const server = await startSyncPort(options);
  ends.push(server.stop);
  return server;
}
function follow(server: SyncPort) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(server.url, PORT_ROOM, doc, {
    params: { token: PORT_TOKEN },
    disableBc: true,
  });
  const seen = { closes: 0, doc, provider };
  provider.on("connection-close", () => {
    seen.closes++;
  });
  ends.push(() => provider.destroy());
  return seen;
}
function raw(server: SyncPort, path = PATH): RawWebSocket {
  const socket = openRawWebSocket(server.port, path);
  ends.push(socket.destroy);
  return socket;
}
const upToDate = (doc: Y.Doc, server: SyncPort) => (): boolean =>
  Bun.deepEquals(Y.encodeStateVector(doc), server.document.stateVector());
/** A cell of about a megabyte that no run of the server makes smaller. */
const megabyte = (n: number): string => `${n}${"x".repeat(1 << 20)}`;

test("SYN-27 who stops reading is closed, gets all when it comes back, and nobody else notices", async () => {
  const server = await start();
  await server.write([["x", 0]]);
  const good = follow(server);
  await until("the good client is synced", () => good.provider.synced);
  const slow = raw(server);
  await slow.status;
  slow.send(syncStep1Frame(new Uint8Array([0])));
  await until("the slow client has joined", () => slow.bytesRead > 200 && server.sync.sessions === 2);
  slow.stopReading();
  let written = 0;
  // The kernel's own buffers take some megabytes before the server sees that nobody reads.
  for (; written < 60 && server.sync.sessions === 2; written++) {
    await server.write([[megabyte(written), written]]);
    await until("the good client is up to date", upToDate(good.doc, server));
  }
  expect(server.sync.sessions).toBe(1);
  expect(written).toBeLessThan(30);
  await server.write([["short again", 1]]);
  await until("the good client is up to date", upToDate(good.doc, server));
  expect(good.closes).toBe(0);
  const back = follow(server);
  await until("who comes back has everything", upToDate(back.doc, server));
  expect(back.doc.getArray(LOG).toJSON()).toEqual(good.doc.getArray(LOG).toJSON());
});

test("SYN-52 a large answer that nobody reads is given up after its time, and then others are answered", async () => {
  const server = await start({ limits: { answerMsMax: 300 } });
  await server.write(Array.from({ length: 12 }, (_, i) => [megabyte(i), i]));
  const stalled = raw(server);
  await stalled.status;
  stalled.stopReading();
  stalled.send(syncStep1Frame(new Uint8Array([0])));
  await until("the stalled one is there", () => server.sync.sessions === 1);
  await until("the stalled one is closed", () => server.sync.sessions === 0);
  const good = follow(server);
  await until("others are answered", upToDate(good.doc, server));
});

test("SYN-29 a message over the bound ends its socket alone", async () => {
  const server = await start({ limits: { frameBytesMax: 64 * 1024 } });
  await server.write([["x", 1]]);
  const good = follow(server);
  await until("the good client is synced", () => good.provider.synced);
  const large = raw(server);
  await large.status;
  large.send(syncStep1Frame(new Uint8Array(70 * 1024)));
  await until("the socket ended", () => large.ended);
  await until("its session ended", () => server.sync.sessions === 1);
  await server.write([["x", 2]]);
  await until("the good client is up to date", upToDate(good.doc, server));
  expect(good.closes).toBe(0);
});

test("SYN-28 an address with as many sockets as it may gets 503 and Retry-After before the upgrade", async () => {
  const server = await start({ limits: { connectionsPerAddressMax: 3 } });
  const held = [raw(server), raw(server), raw(server)];
  for (const socket of held) expect(await socket.status).toContain("101");
  const refused = raw(server);
  expect(await refused.status).toContain("503");
  expect(refused.text()).toMatch(/retry-after: 1\r\n/i);
  held[0]!.destroy();
  await until("a place is free", () => server.sync.sessions === 2);
  // The address has used its burst; the next place comes with the second.
  await until("the next one is let in", () => server.sync.waitMs({ ...WHO, token: null }) === 0);
});

test("SYN-54 wrong tokens are closed with 4401, and after ten refused before the upgrade; who was let in before is let in", async () => {
  const server = await start();
  await server.write([["x", 1]]);
  const good = follow(server);
  await until("the good client is synced", () => good.provider.synced);
  const statuses: string[] = [];
  for (let i = 0; i < 15; i++) {
    const socket = raw(server, `/sync/${PORT_ROOM}?token=wrong`);
    statuses.push((await socket.status).split(" ")[1]!);
    socket.destroy();
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill("101"));
  expect(statuses.slice(10)).toContain("503");
  const again = follow(server);
  await until("the right token is let in", () => again.provider.synced);
});

const WHO = { room: PORT_ROOM, epoch: null, address: "127.0.0.1" };
