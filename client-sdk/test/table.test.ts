import { afterEach, beforeEach, describe, expect, jest, spyOn, test } from "bun:test";
import { type Client, connect, type Table, type TableChange } from "../src/index.ts";
import { createFakeServer, type FakeServer, settle } from "./support/fake-server.ts";
import { column, createWriter, type Writer, writePrices } from "./support/writer.ts";

const ROOM = "demo/Price%20list";
let server: FakeServer;
let writer: Writer;
let client: Client;

beforeEach(() => {
  jest.useFakeTimers();
  server = createFakeServer();
  writer = createWriter();
  writePrices(writer);
  server.documents.set(ROOM, writer.doc);
  client = connect({
    url: "http://localhost:8787",
    token: "s3cret",
    WebSocket: server.WebSocket,
    now: () => 1000,
    random: () => 0.4,
    fetch: null,
  });
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

async function openPrices(): Promise<Table> {
  const table = client.table("demo/Price list");
  await settle();
  return table;
}

/** Lets the provider's pause before its next attempt pass. */
async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms);
  await settle();
}

describe("a table", () => {
  test("SDK-4 nothing is connected before a table is asked for; then at the encoded name below /sync", async () => {
    await settle();
    expect(server.urls).toEqual([]);
    await openPrices();
    expect(server.urls).toEqual([`ws://localhost:8787/sync/${ROOM}?token=s3cret`]);
  });

  test("SDK-4 the daemon's address may be given in each of its forms; others are refused with the reason", async () => {
    const urls = ["https://h/base/", "wss://h/base/sync", "https://h/base"];
    for (const url of urls) {
      const other = connect({ url, token: "t", WebSocket: server.WebSocket });
      other.table("demo/100% *~/?").close();
    }
    const expected = "wss://h/base/sync/demo/100%25%20*%7E%2F%3F?token=t";
    expect(server.urls).toEqual([expected, expected, expected]);
    expect(() => connect({ url: "localhost:8787", token: "t" })).toThrow("http://127.0.0.1:8787");
    expect(() => client.table("Price list")).toThrow('"{source}/{tab}"');
    expect(() => client.table("demo/")).toThrow('"{source}/{tab}"');
  });

  test("SDK-5 rows are objects by column key with their id, in display order", async () => {
    const table = await openPrices();
    await table.ready;
    expect(table.title).toBe("Price list");
    expect(table.rows).toEqual([
      { $row: 1, Product: "Tea", Price: 3 },
      { $row: 2, Product: "Coffee", Price: 4 },
      { $row: 3, Product: "Cocoa", Price: 5 },
    ]);
    expect(table.row(2)).toBe(table.rows[1]!);
    expect(table.row(99)).toBeUndefined();
  });

  test("SDK-5 a cell that was never set is null, and any header may be a key", async () => {
    writer.write(({ columns }) => columns.push([column(5, "__proto__"), column(6, "constructor")]));
    const table = await openPrices();
    const row = table.row(1)!;
    expect(Object.entries(row)).toContainEqual(["__proto__", null]);
    expect(row.constructor as unknown).toBeNull();
  });

  test("SDK-6 a row object stays the same until its content changes, and so does the list", async () => {
    const table = await openPrices();
    const [rows, tea, coffee] = [table.rows, table.row(1), table.row(2)];
    writer.write(({ log }) => log.push([[2, 1, 4.5]]));
    expect(table.row(1)).toBe(tea!);
    expect(table.row(2)).not.toBe(coffee!);
    expect(table.rows).not.toBe(rows);
    expect(table.rows[0]).toBe(tea!);
    expect(coffee).toEqual({ $row: 2, Product: "Coffee", Price: 4 });

    const now = table.rows;
    writer.write(({ log }) => log.push([[2, 1, 4.5]]));
    writer.write(({ columns }) => {
      columns.delete(0, 1);
      columns.push([column(0, "Product")]);
    });
    expect(table.rows).toBe(now);
    expect(() => Object.assign(table.row(1)!, { Price: 0 })).toThrow();
  });

  test("SDK-6 a renamed key makes new row objects", async () => {
    const table = await openPrices();
    writer.write(({ columns }) => {
      columns.delete(1, 1);
      columns.push([column(1, "Euro", "number")]);
    });
    expect(table.row(1)).toEqual({ $row: 1, Product: "Tea", Euro: 3 });
  });

  test("SDK-6 one changed cell among 50,000 rows builds one row object", async () => {
    const big = createWriter();
    big.write(({ columns, order, log }) => {
      columns.push([column(0, "n")]);
      order.push(Array.from({ length: 50_000 }, (_, i) => i));
      log.push(Array.from({ length: 50_000 }, (_, i): [number, number[]] => [i, [i]]));
    });
    server.documents.set("demo/Big", big.doc);
    const table = client.table("demo/Big");
    await settle();
    const before = table.rows;
    big.write(({ log }) => log.push([[25_000, 0, "changed"]]));
    expect(table.rows.filter((row, i) => row !== before[i])).toEqual([{ $row: 25_000, n: "changed" }]);
  });

  test("SDK-7 cell tells who wished for a value that is not confirmed", async () => {
    const table = await openPrices();
    const before = table.row(1);
    writer.write(({ log }) => log.push([[1, 1, 3, { by: "ann", at: 5 }]]));
    expect(table.cell(1, "Price")).toEqual({ value: 3, unconfirmed: { by: "ann", at: 5 } });
    expect(table.unconfirmed(1)).toEqual(new Map([[1, { by: "ann", at: 5 }]]));
    expect(table.unconfirmed(2)).toBeUndefined();
    expect(table.cell(2, "Price")).toEqual({ value: 4 });
    expect(table.cell(2, "Weight")).toBeUndefined();
    expect(table.row(1)).toBe(before!);
  });

  test("SDK-7 cell gives the formula where the source tells it", async () => {
    writer.write(({ log }) => log.push([[3, "=1", "=1+4"]]));
    const table = await openPrices();
    expect(table.cell(3, "Price")).toEqual({ value: 5, formula: "=1+4" });
  });

  test("SDK-8 a listener hears of each change until it is undone", async () => {
    const table = await openPrices();
    const heard: TableChange[] = [];
    const undo = table.subscribe((change) => heard.push(change));
    writer.write(({ log }) => log.push([[1, 1, 9]]));
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ cells: [[1, 1]], statusChanged: false });
    undo();
    writer.write(({ log }) => log.push([[1, 1, 10]]));
    expect(heard).toHaveLength(1);
    expect(table.row(1)?.Price).toBe(10);
  });
});

test("SDK-8 a listener that throws is reported as uncaught and keeps nobody from the change", async () => {
  const table = await openPrices();
  const reported: (() => void)[] = [];
  const spy = spyOn(globalThis, "queueMicrotask").mockImplementation((run) => void reported.push(run));
  let heard = 0;
  const undo = table.subscribe(() => {
    throw new Error("a bug");
  });
  table.subscribe(() => heard++);
  writer.write(({ log }) => log.push([[1, 1, 9]]));
  spy.mockRestore();
  undo();
  expect(heard).toBe(1);
  expect(reported).toHaveLength(1);
  expect(reported[0]).toThrow("a bug");
});

describe("SDK-10 final close codes", () => {
  test.each([
    [4400, { state: "error", reason: "malformed" }],
    [4403, { state: "error", reason: "forbidden" }],
    [4404, { state: "error", reason: "no-such-document" }],
    [4499, { state: "error", reason: "refused" }],
    [4401, { state: "needs-auth", reason: "token" }],
  ] as const)("%d ends with a reason that stays", async (code, expected) => {
    server.refuseWith = { code, reason: "because" };
    const table = client.table("demo/Price list");
    await expect(table.ready).rejects.toThrow("because");
    expect(table.connection).toEqual({ ...expected, detail: "because" });
    expect(table.status).toEqual({ state: "error", reason: expected.reason });
    await pass(60_000);
    expect(server.urls).toHaveLength(1);
  });
});

describe("connection and status", () => {
  test("SDK-9 loading becomes live when the rows are complete", async () => {
    const table = client.table("demo/Price list");
    expect(table.status).toEqual({ state: "loading" });
    expect(table.connection).toEqual({ state: "connecting", failures: 0 });
    await table.ready;
    expect(table.status).toEqual({ state: "live" });
    expect(table.connection).toEqual({ state: "connected" });
  });

  test("SDK-9 a lost connection makes the table stale, keeps its rows and comes back by itself", async () => {
    const table = await openPrices();
    server.sockets[0]!.drop(1012);
    expect(table.status).toEqual({ state: "stale", sinceMs: 1000, reason: "restart" });
    expect(table.connection).toEqual({
      state: "disconnected",
      reason: "restart",
      failures: 1,
      retryAfterMs: 200,
    });
    expect(table.rows).toHaveLength(3);
    writer.write(({ log }) => log.push([[1, 1, 99]]));
    await pass(200);
    expect(table.status).toEqual({ state: "live" });
    expect(table.row(1)?.Price).toBe(99);
  });

  test.each([
    [1006, "unreachable"],
    [1013, "slow"],
    [4503, "overloaded"],
  ] as const)("SDK-9 close code %d is told as %s and retried", async (code, reason) => {
    const table = await openPrices();
    server.sockets[0]!.drop(code);
    expect(table.connection).toMatchObject({ state: "disconnected", reason });
    await pass(1_000);
    expect(table.connection.state).toBe("connected");
  });

  test("SDK-9 a connection that says nothing for 30 s is given up and opened again", async () => {
    const table = await openPrices();
    const seen: string[] = [];
    table.subscribe(() => {
      if (table.connection.state === "disconnected") seen.push(table.connection.reason);
    });
    await pass(34_000);
    await pass(200);
    expect(seen).toEqual(["silent"]);
    expect(table.status.state).toBe("live");
  });

  test("SDK-11 another epoch starts from an empty document; the old rows stay until the new are complete", async () => {
    const table = await openPrices();
    const oldDoc = table.doc;
    const rebuilt = createWriter(1, "e2");
    rebuilt.write(({ columns, order, log }) => {
      columns.push([column(0, "Name")]);
      order.push([1]);
      log.push([[1, ["Mate"]]]);
    });
    server.documents.set(ROOM, rebuilt.doc);
    const changes: TableChange[] = [];
    table.subscribe((change) => changes.push(change));
    server.sockets[0]!.drop(4409, "another epoch");
    expect(table.status).toEqual({ state: "stale", sinceMs: 1000, reason: "epoch" });
    expect(table.rows).toHaveLength(3);
    await settle();
    expect(table.status).toEqual({ state: "live" });
    expect(table.rows).toEqual([{ $row: 1, Name: "Mate" }]);
    expect(table.doc).not.toBe(oldDoc);
    expect(changes.filter(({ rows }) => rows.size > 0)).toHaveLength(1);
    expect(server.sockets).toHaveLength(1);
  });

  test("SDK-11 a reconnecting client names the epoch that it holds", async () => {
    await openPrices();
    server.sockets[0]!.drop(1006);
    await pass(200);
    expect(server.urls[1]).toEndWith("?token=s3cret&epoch=e1");
  });

  test("SDK-11 an empty document that is refused for its epoch is not tried again", async () => {
    server.refuseWith = { code: 4409, reason: "" };
    const table = await openPrices();
    await pass(10_000);
    expect(table.status).toEqual({ state: "error", reason: "epoch" });
    expect(server.urls).toHaveLength(1);
  });

  test("SDK-12 when the network is back, the next attempt is made at once", async () => {
    const table = await openPrices();
    server.sockets[0]!.drop(1006);
    globalThis.dispatchEvent(new Event("online"));
    await settle();
    expect(table.status.state).toBe("live");
  });

  test("SDK-13 a closed table keeps its last rows, has no socket and hears nothing more", async () => {
    const table = await openPrices();
    let last = "";
    table.subscribe(() => {
      last = table.status.state;
    });
    table.close();
    expect(last).toBe("closed");
    expect(server.sockets).toHaveLength(0);
    writer.write(({ log }) => log.push([[1, 1, 99]]));
    await pass(60_000);
    expect(table.row(1)?.Price).toBe(3);
    expect(table.connection).toEqual({ state: "closed", reason: "closed" });
    expect(server.urls).toHaveLength(1);
  });

  test("SDK-13 a name is one table while it is open, and another afterwards", async () => {
    const table = await openPrices();
    expect(client.table("demo/Price list")).toBe(table);
    table.close();
    const again = await openPrices();
    expect(again).not.toBe(table);
    expect(again.status.state).toBe("live");
  });

  test("SDK-13 ready of a table that is closed early rejects instead of waiting for ever", async () => {
    const table = client.table("demo/Price list");
    table.close();
    await expect(table.ready).rejects.toThrow("demo/Price list was closed");
  });

  test("SDK-14 a reader announces no presence", async () => {
    await openPrices();
    await pass(20_000);
    expect(server.sockets[0]!.frames.map((frame) => frame[0])).toEqual([0]);
  });
});
