import { afterEach, describe, expect, test } from "bun:test";
import { EDITS, OUTCOMES, PROGRESS } from "#contract/edits.ts";
import { ok } from "#contract/result.ts";
import type { EditNews, EditsTaker } from "../../src/sync/edits.ts";
import { PORT_ROOM, PORT_TOKEN, type SyncPort, startSyncPort } from "../support/sync-port.ts";
import { until } from "../support/until.ts";
import { STOCK_VERSIONS, type StockClient } from "./stock-clients.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const VERSIONS = STOCK_VERSIONS.filter(({ name }) => name.startsWith("y-websocket"));

/** Confirms numbers and refuses everything else, as one who writes a column of numbers. */
function createTaker({ edits }: SyncPort): EditsTaker {
  return async (place, { put }) => {
    const news = put.map(({ key, id, wish }): EditNews => {
      if (typeof wish === "object" && wish.tag === "cell" && typeof wish.value === "number")
        return { key, id, tag: "confirmed" };
      const outcome = {
        id,
        state: "refused",
        why: "The column holds numbers.",
        code: "not-a-number",
      } as const;
      return { key, id, tag: "outcome", outcome };
    });
    void edits.tell(place, news);
    return ok(undefined);
  };
}

function openAll(server: SyncPort): StockClient[] {
  return VERSIONS.map((version) => {
    const client = version.open({ url: server.url, room: `${PORT_ROOM}~edits`, token: PORT_TOKEN });
    ends.push(client.destroy);
    return client;
  });
}
const map = ({ doc }: StockClient, name: string) => doc!.getMap<Record<string, unknown>>(name);

describe("y-websocket 1.5.4, 2.1.0, 3.0.0 and 3.1.0, unmodified", () => {
  test("EDT-30 set edits, see them leave when they are confirmed, find and acknowledge refused ones, over a restart", async () => {
    const first = await startSyncPort();
    const clients = openAll(first);
    expect(clients.length).toBe(4);
    await until("all are synced", () => clients.every(({ synced }) => synced()));
    clients.forEach((client, i) => {
      map(client, EDITS).set(`${i + 1}:0`, { value: i, base: null });
    });
    // All four are one subject: each sees the others' edits.
    await until("all see all", () => clients.every((client) => map(client, EDITS).size === 4));
    await first.stop();
    await until("all noticed", () => clients.every(({ connected }) => !connected()));
    // Written while nobody listens.
    clients.forEach((client, i) => {
      map(client, EDITS).set(`${i + 1}:1`, { value: "many", base: null });
    });

    const second = await startSyncPort({ port: first.port, backend: first.backend });
    ends.push(second.stop);
    await second.edits.start(createTaker(second));
    const decided = (client: StockClient): boolean =>
      map(client, EDITS).size === 0 && map(client, OUTCOMES).size === 4;
    await until("all edits are decided", () => clients.every(decided));
    for (const client of clients) {
      expect([...map(client, OUTCOMES).keys()].sort()).toEqual(["1:1", "2:1", "3:1", "4:1"]);
      expect(map(client, OUTCOMES).get("1:1")).toMatchObject({ state: "refused", code: "not-a-number" });
      expect(map(client, PROGRESS).size).toBe(0);
    }
    clients.forEach((client, i) => {
      map(client, OUTCOMES).delete(`${i + 1}:1`);
    });
    await until("all outcomes are acknowledged", () =>
      clients.every((client) => map(client, OUTCOMES).size === 0),
    );
    expect(clients.flatMap(({ codes }) => codes.filter((code) => code >= 4400))).toEqual([]);
  });
});
