import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { type Client, connect, type Table } from "../src/index.ts";
import { cellOf, receiptsOf, rowOf, rowsOf, statusOf } from "../src/svelte.ts";
import { createFakeServer, settle } from "./support/fake-server.ts";
import { createWriter, type Writer, writePrices } from "./support/writer.ts";

let client: Client;
let table: Table;
let writer: Writer;

beforeEach(async () => {
  jest.useFakeTimers();
  const server = createFakeServer();
  writer = createWriter();
  writePrices(writer);
  server.documents.set("demo/Prices", writer.doc);
  client = connect({ url: "http://h", token: "t", WebSocket: server.WebSocket, fetch: null });
  table = client.table("demo/Prices");
  await settle();
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

test("SDK-36 a store calls at once and at each change of its own value, and undone it lets the table go", () => {
  const [rows, first, price, states]: unknown[][] = [[], [], [], []];
  const undos = [
    rowsOf(table).subscribe((value) => rows!.push(value)),
    rowOf(table, 1).subscribe((value) => first!.push(value)),
    cellOf(table, 1, "Price").subscribe((value) => price!.push(value?.value)),
    statusOf(table).subscribe(({ state }) => states!.push(state)),
  ];
  writer.write(({ log }) => log.push([[2, 1, 9]]));
  writer.write(({ log }) => log.push([[1, 1, 3.5]]));
  expect(rows).toHaveLength(3);
  expect(rows![2]).toBe(table.rows);
  expect(first).toEqual([
    { $row: 1, Product: "Tea", Price: 3 },
    { $row: 1, Product: "Tea", Price: 3.5 },
  ]);
  expect(price).toEqual([3, 3.5]);
  expect(states).toEqual(["live"]);
  for (const undo of undos) undo();
  jest.advanceTimersByTime(2_000);
  expect(table.status.state).toBe("closed");
  expect(rows).toHaveLength(3);
});

test("SDK-36 receipts are a store too", () => {
  const counts: number[] = [];
  const undo = receiptsOf(table).subscribe((receipts) => counts.push(receipts.length));
  table.set(1, "Price", 4);
  expect(counts).toEqual([0, 1]);
  undo();
});
