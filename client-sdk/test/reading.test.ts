/** Finding rows, listening to some of them, who else is there, and types of tabs. */
import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { type Client, connect, type Table } from "../src/index.ts";
import { schemaHash, tableTypes } from "../src/types.ts";
import { createFakeServer, type FakeServer, settle } from "./support/fake-server.ts";
import { column, createWriter, type Writer, writePrices } from "./support/writer.ts";

// Loaded when they are needed: here they are there already, so that no test waits for a file.
await Promise.all([import("../src/awareness.ts"), import("../src/schema-watch.ts")]);

let server: FakeServer;
let writer: Writer;
let client: Client;
let table: Table;
let warnings: string[];

beforeEach(async () => {
  jest.useFakeTimers();
  warnings = [];
  server = createFakeServer();
  writer = createWriter();
  writePrices(writer);
  server.documents.set("demo/Price%20list", writer.doc);
  client = newClient();
  table = client.table("demo/Price list");
  await settle();
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

const newClient = (): Client =>
  connect({
    url: "http://localhost:8787",
    token: "t",
    WebSocket: server.WebSocket,
    fetch: null,
    warn: (message) => warnings.push(message),
  });

describe("rows", () => {
  test("SDK-32 byKey and find give the first row that fits, as it is now", () => {
    expect(table.byKey("Coffee")).toBe(table.row(2)!);
    expect(table.byKey(5, "Price")).toBe(table.row(3)!);
    expect(table.byKey("Mate")).toBeUndefined();
    expect(table.find(({ Price }) => (Price as number) > 3)).toBe(table.row(2)!);
    writer.write(({ log }) => log.push([[2, 0, "Mate"]]));
    expect(table.byKey("Coffee")).toBeUndefined();
    expect(table.byKey("Mate")?.$row).toBe(2);
    table.set(1, "Product", "Mate");
    expect(table.byKey("Mate")?.$row).toBe(1);
  });

  test("SDK-32 who listens to a row or a cell hears of no other", () => {
    const heard: string[] = [];
    const undo = table.subscribeRow(1, () => heard.push("row 1"));
    table.subscribeCell(1, "Price", () => heard.push("price 1"));
    table.subscribeCell(2, "Price", () => heard.push("price 2"));
    writer.write(({ log }) => log.push([[2, 0, "Mate"]]));
    expect(heard).toEqual([]);
    writer.write(({ log }) => log.push([[1, 0, "Black tea"]]));
    expect(heard.splice(0)).toEqual(["row 1"]);
    writer.write(({ log }) => log.push([[1, 1, 9]]));
    expect(heard.splice(0)).toEqual(["row 1", "price 1"]);
    writer.write(({ columns }) => {
      columns.delete(1, 1);
      columns.push([column(1, "Euro")]);
    });
    expect(heard.splice(0)).toEqual(["row 1", "price 1", "price 2"]);
    undo();
    writer.write(({ order }) => order.delete(0, 1));
    expect(heard).toEqual([]);
  });

  test("SDK-7 a cell is the same object until anything of it is another", () => {
    const cell = table.cell(1, "Price");
    expect(table.cell(1, "Price")).toBe(cell!);
    writer.write(({ log }) => log.push([[1, 1, 3, { by: "a", at: 1 }]]));
    expect(table.cell(1, "Price")).not.toBe(cell!);
    expect(table.rows[0]).toBe(table.row(1)!);
  });

  test("SDK-13 a table that is kept closes soon after the last one who kept it left", async () => {
    const [first, second] = [table.retain(), table.retain()];
    first();
    first();
    jest.advanceTimersByTime(5_000);
    expect(table.status.state).toBe("live");
    second();
    const third = table.retain();
    jest.advanceTimersByTime(5_000);
    expect(table.status.state).toBe("live");
    third();
    jest.advanceTimersByTime(1_000);
    expect(table.status.state).toBe("closed");
    expect(server.sockets).toHaveLength(0);
  });
});

describe("presence", () => {
  test("SDK-33 others are seen with what they tell of themselves, until they leave or the connection is lost", async () => {
    const other = newClient();
    const there = other.table("demo/Price list").presence;
    await settle();
    let heard = 0;
    table.presence.subscribe(() => heard++);
    await settle();
    there.set({ name: "Ann", cell: { row: 1, column: "Price" } });
    expect(table.presence.others).toMatchObject([
      { state: { name: "Ann", cell: { row: 1, column: "Price" } } },
    ]);
    expect(table.presence.others).toBe(table.presence.others);
    expect(heard).toBe(1);
    there.set(null);
    expect(table.presence.others).toEqual([]);
    there.set({ name: "Ann" });
    server.sockets[0]!.drop(1006);
    expect(table.presence.others).toEqual([]);
    other.close();
  });

  test("SDK-33 who announced itself does so again on each new connection, and leaves with its table", async () => {
    const other = newClient();
    other.table("demo/Price list").presence.set({ name: "Bo" });
    await settle();
    expect(table.presence.others).toHaveLength(0);
    await settle();
    server.sockets[1]!.drop(1006);
    jest.advanceTimersByTime(1_000);
    await settle();
    expect(table.presence.others).toMatchObject([{ state: { name: "Bo" } }]);
    other.close();
    expect(table.presence.others).toEqual([]);
  });
});

describe("types", () => {
  const columns = [
    { key: "SKU", type: "text" },
    { key: "Unit price", type: "number" },
    { key: "since", type: "date" },
    { key: "note", type: "mixed" },
  ] as const;

  test("SDK-34 a tab's types are a module with its columns and their hash, the same whatever their order", () => {
    const text = tableTypes({ source: "shop", tab: "Price list 2", columns });
    expect(text).toBe(tableTypes({ source: "shop", tab: "Price list 2", columns: [...columns].reverse() }));
    expect(
      text,
    ).toBe(`// Generated by Sheetwire from the tab "shop/Price list 2": do not edit, generate it again.
import type { CellError, CellValue, TableRef } from "@sheetwire/client";

export interface ShopPriceList2 {
  readonly SKU: string | CellError | null;
  readonly "Unit price": number | CellError | null;
  readonly note: CellValue;
  readonly since: number | CellError | null;
}

export const shopPriceList2: TableRef<ShopPriceList2> = {
  name: "shop/Price list 2",
  schema: "${schemaHash(columns)}",
};
`);
  });

  test("SDK-34 the hash is another when a key or a type is", () => {
    const hashes = [
      columns,
      columns.slice(1),
      [...columns.slice(1), { key: "SKU", type: "number" } as const],
      [...columns.slice(1), { key: "Sku", type: "text" } as const],
    ].map(schemaHash);
    expect(new Set(hashes).size).toBe(4);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  test("SDK-34 no name of a tab or column breaks the text", () => {
    const tab = '*/ "; \n evil() // ✓';
    const text = tableTypes({
      source: "x",
      tab,
      columns: [
        { key: '"]; evil()', type: "text" },
        { key: "__proto__", type: "boolean" },
      ],
    });
    const output = new Bun.Transpiler({ loader: "ts" }).transformSync(text);
    expect(output).not.toContain("evil() //\n");
    const made = new Function(`${output.replace("export const", "const")}; return xEvil;`)();
    expect(made.name).toBe(`x/${tab}`);
  });

  test("SDK-34 the client says it once when the types are old, and nothing when they are right", async () => {
    const right = schemaHash(table.columns);
    const other = newClient();
    other.table({ name: "demo/Price list", schema: right });
    await settle();
    expect(warnings).toEqual([]);
    writer.write(({ columns }) => columns.push([column(2, "Weight", "number")]));
    writer.write(({ columns }) => columns.push([column(3, "Colour")]));
    await settle();
    expect(warnings).toEqual([
      "The types of demo/Price list are old: its columns have changed. Generate them again: sheetwire types",
    ]);
    other.close();
  });
});
