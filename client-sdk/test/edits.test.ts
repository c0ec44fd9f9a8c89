/** Wishes, their receipts and what is shown meanwhile; the daemon's side is played step by step. */
import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import * as Y from "yjs";
import { EDITS_FULL } from "../src/contract/edits.ts";
import { decodeFrame } from "../src/contract/frames.ts";
import {
  type Client,
  connect,
  EditError,
  type ReceiptState,
  type Table,
  type TableChange,
} from "../src/index.ts";
import { createFakeServer, type FakeServer, settle } from "./support/fake-server.ts";
import { createScriptedDesk, type ScriptedDesk } from "./support/scripted-desk.ts";
import { createWriter, type Writer, writePrices } from "./support/writer.ts";

const ROOM = "demo/Price%20list";
const EDITS_ROOM = `${ROOM}~edits`;
type Price = { Product: string | null; Price: number | null };

// Loaded with the first wish: here it is there already, so that no test waits for a file.
await import("../src/wish-exchange.ts");

let server: FakeServer;
let writer: Writer;
let client: Client;
let table: Table<Price>;
let desk: ScriptedDesk;

beforeEach(async () => {
  jest.useFakeTimers();
  server = createFakeServer();
  writer = createWriter();
  writePrices(writer);
  server.documents.set(ROOM, writer.doc);
  const edits = new Y.Doc();
  server.documents.set(EDITS_ROOM, edits);
  desk = createScriptedDesk(edits);
  let seed = 0;
  client = connect({
    url: "http://localhost:8787",
    token: "s3cret",
    WebSocket: server.WebSocket,
    fetch: null,
    now: () => 1000,
    random: () => (seed++ % 97) / 97,
  });
  table = client.table<Price>("demo/Price list");
  await settle();
});
afterEach(() => {
  client.close();
  jest.useRealTimers();
});

const pass = async (ms: number): Promise<void> => {
  jest.advanceTimersByTime(ms);
  await settle();
};

/** What a listener hears while `run` goes on. */
async function heard(run: () => unknown): Promise<TableChange[]> {
  const changes: TableChange[] = [];
  const undo = table.subscribe((change) => changes.push(change));
  await run();
  undo();
  return changes;
}

describe("setting a cell", () => {
  test("SDK-20 shows at once, marked, and reaches the edits document with what stood there; opened by the first wish", async () => {
    expect(server.urls).toHaveLength(1);
    const before = table.row(2);
    const changes = await heard(() => table.set(1, "Price", 3.5));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ rows: new Set([1]), cells: [[1, 1]], editsChanged: true });
    expect(table.row(1)).toEqual({ $row: 1, Product: "Tea", Price: 3.5 });
    expect(table.rows[0]).toBe(table.row(1)!);
    expect(table.row(2)).toBe(before!);
    expect(table.cell(1, "Price")).toMatchObject({
      value: 3.5,
      edit: { state: "local", kind: "set", base: 3 },
    });
    await settle();
    expect(server.urls[1]).toBe(`ws://localhost:8787/sync/${EDITS_ROOM}?token=s3cret`);
    expect(desk.edits.toJSON()).toEqual({ "1:1": { value: 3.5, base: 3, at: 1000 } });
  });

  test("SDK-21 a receipt goes from local over received and writing to confirmed, and its promises settle", async () => {
    const receipt = table.set(1, "Price", 3.5);
    const seen: ReceiptState[] = [receipt.status.state];
    receipt.subscribe(({ state }) => seen.push(state));
    await settle();
    desk.received("1:1");
    desk.writing("1:1", { waits: "The quota is spent until 12:00." });
    expect(receipt.status.waits).toBe("The quota is spent until 12:00.");
    expect(table.cell(1, "Price")?.edit?.state).toBe("writing");
    writer.write(({ log }) => log.push([[1, 1, 3.5]]));
    desk.confirmed("1:1");
    expect(await receipt.confirmed).toMatchObject({ state: "confirmed" });
    expect((await receipt.settled).state).toBe("confirmed");
    expect(seen).toEqual(["local", "received", "writing", "confirmed"]);
    expect(table.cell(1, "Price")).toEqual({ value: 3.5 });
    expect(table.receipts).toEqual([]);
  });

  test("SDK-22 confirmed comes only after the row shows it: the value never goes back in between", async () => {
    const receipt = table.set(1, "Price", 3.5);
    await settle();
    const values: unknown[] = [];
    table.subscribe(() => values.push(table.row(1)?.Price));
    server.silent.add(ROOM);
    desk.received("1:1");
    desk.confirmed("1:1");
    await settle();
    expect(receipt.status.state).toBe("received");
    server.silent.delete(ROOM);
    // The sheet made another number of it; the question that nobody answered is asked again.
    writer.write(({ log }) => log.push([[1, 1, 3.49]]));
    expect(table.row(1)?.Price).toBe(3.5);
    server.sockets.find(({ room }) => room === ROOM)!.drop(1006);
    await pass(1_000);
    expect(receipt.status.state).toBe("confirmed");
    expect(values.slice(0, -1).every((value) => value === 3.5)).toBe(true);
    expect(table.row(1)?.Price).toBe(3.49);
  });

  test("SDK-22 an unconfirmed entry of the mirror changes neither the shown value nor the row object", async () => {
    table.set(1, "Price", 3.5);
    const row = table.row(1);
    const changes = await heard(() =>
      writer.write(({ log }) => log.push([[1, 1, 3.5, { by: "token:a", at: 5 }]])),
    );
    expect(changes.flatMap(({ cells }) => cells)).toEqual([]);
    expect(table.row(1)).toBe(row!);
    expect(table.cell(1, "Price")).toMatchObject({
      unconfirmed: { by: "token:a" },
      edit: { state: "local" },
    });
  });

  test("SDK-23 an equal value is confirmed at once and sends nothing", async () => {
    const receipt = table.set(1, "Price", 3);
    expect(receipt.status.state).toBe("confirmed");
    await receipt.confirmed;
    await settle();
    expect(server.urls).toHaveLength(1);
    expect(table.canUndo).toBe(false);
  });

  test("SDK-24 a later wish for the cell replaces the earlier one, whose receipt says so", async () => {
    const first = table.set(1, "Price", 4);
    await settle();
    desk.received("1:1");
    const second = table.set(1, "Price", 5);
    expect((await first.settled).state).toBe("superseded");
    await expect(first.confirmed).rejects.toBeInstanceOf(EditError);
    expect(desk.edits.get("1:1")).toEqual({ value: 5, base: 3, at: 1000 });
    expect(table.set(1, "Price", 5)).toBe(second);
    writer.write(({ log }) => log.push([[1, 1, 5]]));
    desk.confirmed("1:1");
    expect((await second.settled).state).toBe("confirmed");
  });

  test.each([
    [
      "conflict",
      { state: "conflict", why: "Ann was faster.", code: "changed", theirs: 9, mine: 4, record: "c1" },
    ],
    ["refused", { state: "refused", why: "The column holds numbers.", code: "not-a-number", mine: 4 }],
    ["parked", { state: "parked", why: "Google does not answer.", code: "unknown", mine: 4 }],
  ] as const)(
    "SDK-25 %s: the cell shows what the sheet holds, and what became of the wish until it is dismissed",
    async (state, outcome) => {
      const receipt = table.set(1, "Price", 4);
      await settle();
      if (state === "conflict") writer.write(({ log }) => log.push([[1, 1, 9]]));
      desk.decided("1:1", outcome);
      const { id: _, mine: __, ...told } = { id: "", ...outcome };
      expect(await receipt.settled).toMatchObject({ ...told, value: 4 });
      await expect(receipt.confirmed).rejects.toThrow(outcome.why);
      expect(table.cell(1, "Price")).toMatchObject({
        value: state === "conflict" ? 9 : 3,
        edit: { state, value: 4 },
      });
      expect(table.receipts).toEqual([receipt]);
      expect(desk.outcomes.has("1:1")).toBe(true);
      receipt.dismiss();
      expect(desk.outcomes.has("1:1")).toBe(false);
      expect(table.receipts).toEqual([]);
      expect(table.cell(1, "Price")?.edit).toBeUndefined();
    },
  );

  test("SDK-25 a new wish for the cell takes note of the old one's outcome, and is made on what stands there", async () => {
    const first = table.set(1, "Price", 4);
    await settle();
    writer.write(({ log }) => log.push([[1, 1, 9]]));
    desk.decided("1:1", { state: "conflict", why: "w", code: "changed", theirs: 9, mine: 4 });
    table.set(1, "Price", 4);
    expect(desk.outcomes.size).toBe(0);
    expect(desk.edits.get("1:1")).toMatchObject({ value: 4, base: 9 });
    expect((await first.settled).state).toBe("conflict");
  });

  test("SDK-21 progress of an earlier wish for the cell is not taken for the later one's", async () => {
    table.set(1, "Price", 4);
    await settle();
    const { client: by, clock } = (desk.edits as Y.Map<unknown>)._map.get("1:1")!.id;
    const second = table.set(1, "Price", 5);
    desk.writing("1:1", { id: `7:${by}:${clock}` });
    expect(second.status.state).toBe("local");
    desk.received("1:1", { id: `7:${by}:${(desk.edits as Y.Map<unknown>)._map.get("1:1")!.id.clock}` });
    expect(second.status.state).toBe("received");
  });

  test("SDK-25 an outcome of an earlier wish is not taken for the later one's", async () => {
    table.set(1, "Price", 4);
    await settle();
    const second = table.set(1, "Price", 5);
    desk.outcomes.set("1:1", { id: "old", state: "refused", why: "w", code: "c", mine: 4 });
    expect(second.status.state).toBe("local");
    writer.write(({ log }) => log.push([[1, 1, 5]]));
    desk.confirmed("1:1");
    expect((await second.settled).state).toBe("confirmed");
  });

  test("SDK-29 what cannot be wished is refused at once, with what would help", () => {
    const why = (receipt: { status: { state: string; code?: string; why?: string } }): string =>
      `${receipt.status.state} ${receipt.status.code} ${receipt.status.why}`;
    expect(why(table.set(1, "Weight" as "Price", 1))).toContain(
      'refused no-such-column there is no column "Weight": there are "Product", "Price"',
    );
    expect(why(table.set(99, "Price", 1))).toContain("refused row-gone");
    expect(why(table.set(1, "Price", Number.NaN))).toContain("refused bad-value");
    expect(why(table.insert({ Weight: 1 } as never))).toContain("no-such-column");
    expect(why(table.remove(99))).toContain("row-gone");
    table.close();
    expect(why(table.set(1, "Price", 1))).toContain("refused closed");
    expect(server.urls).toHaveLength(1);
  });

  test("SDK-29 more wishes than the daemon takes at once, and longer texts, are refused instead of all of them", async () => {
    const rows = 4_001;
    writer.write(({ order, log }) => {
      order.push(Array.from({ length: rows }, (_, i) => 100 + i));
      log.push(Array.from({ length: rows }, (_, i): [number, [string, number]] => [100 + i, ["x", 0]]));
    });
    const receipts = table.batch(() =>
      Array.from({ length: rows }, (_, i) => table.set(100 + i, "Price", 1)),
    );
    expect(receipts.at(-2)!.status.state).toBe("local");
    expect(receipts.at(-1)!.status).toMatchObject({ state: "refused", code: "too-many" });
    table.close();
    table = client.table<Price>("demo/Price list");
    await settle();
    expect(table.set(1, "Product", "x".repeat(50_001)).status.code).toBe("too-long");
    expect(table.insert({ Product: "x".repeat(50_001) }).status.code).toBe("too-long");
  });

  test("SDK-29 closing settles every open receipt", async () => {
    const receipt = table.set(1, "Price", 4);
    await settle();
    client.close();
    expect(await receipt.settled).toMatchObject({ state: "unknown", code: "closed" });
  });
});

describe("rows", () => {
  test("SDK-26 a new row shows at its place under an id of its own until the daemon names it", async () => {
    const receipt = table.insert({ Product: "Mate", Price: 7 }, { after: 1 });
    const [temp] = table.rowIds.filter((id) => id < 0);
    expect(receipt.status).toMatchObject({ kind: "insert", row: temp!, state: "local" });
    expect(table.rowIds).toEqual([1, temp!, 2, 3]);
    expect(table.rows[1]).toEqual({ $row: temp!, Product: "Mate", Price: 7 });
    expect(table.mark(temp!)?.edit?.state).toBe("local");
    await settle();
    const [key] = desk.keys();
    expect(desk.edits.get(key!)).toEqual({ values: { 0: "Mate", 1: 7 }, after: 1, at: 1000 });

    desk.received(key!, { row: 4 });
    expect(table.rowIds).toEqual([1, temp!, 2, 3]);
    writer.write(({ log, order }) => {
      order.insert(1, [4]);
      log.push([[4, ["Mate", 7]]]);
    });
    expect(table.rowIds).toEqual([1, 4, 2, 3]);
    // Whoever still holds the first id gets the row that it became.
    expect(table.row(temp!)).toBe(table.row(4)!);
    expect(table.cell(temp!, "Price")?.value).toBe(7);
    desk.confirmed(key!);
    expect((await receipt.settled).state).toBe("confirmed");
    expect(table.mark(4)).toBeUndefined();
  });

  test("SDK-26 cells of a row without an id wait for it; before the row was sent, they are simply part of it", async () => {
    table.insert({ Product: "Mate" }, { after: null });
    const [temp] = table.rowIds as [number];
    table.set(temp, "Price", 7);
    await settle();
    const [key] = desk.keys();
    expect(desk.edits.get(key!)).toMatchObject({ values: { 0: "Mate", 1: 7 }, after: null });

    const later = table.set(temp, "Price", 8);
    expect(table.row(temp)?.Price).toBe(8);
    expect(desk.keys()).toEqual([key!]);
    desk.received(key!, { row: 4 });
    expect(desk.edits.get("4:1")).toMatchObject({ value: 8, base: 7 });
    expect(later.status).toMatchObject({ row: 4, state: "local" });
    expect(table.row(temp)?.Price).toBe(8);
  });

  test("SDK-26 a refused row leaves the rows, and what it held stays in its receipt until that is dismissed", async () => {
    const receipt = table.insert({ Product: "Mate", Price: 7 });
    await settle();
    const [key] = desk.keys();
    desk.decided(key!, { state: "refused", why: "The tab is full.", code: "full" });
    expect(table.rowIds).toEqual([1, 2, 3]);
    expect(table.receipts).toEqual([receipt]);
    expect(receipt.status).toMatchObject({ state: "refused", kind: "insert", why: "The tab is full." });
    const values = table.columns.map(({ key, slot }) => [key, receipt.status.values!.get(slot)]);
    const again = table.insert(Object.fromEntries(values) as Partial<Price>);
    expect(again.status.values).toEqual(receipt.status.values);
    expect(table.receipts).toHaveLength(2);
    receipt.dismiss();
    expect(table.receipts).toEqual([again]);
    expect(desk.outcomes.size).toBe(0);
  });

  test("SDK-26 a refused row takes what waited for it along", async () => {
    const receipt = table.insert({ Product: "Mate" });
    const temp = table.rowIds.at(-1)!;
    await settle();
    const cell = table.set(temp, "Price", 8);
    desk.decided(desk.keys()[0]!, { state: "refused", why: "The tab is full.", code: "full" });
    expect(await receipt.settled).toMatchObject({ state: "refused", values: new Map([[0, "Mate"]]) });
    expect(await cell.settled).toMatchObject({ state: "refused", code: "row-gone" });
    expect(table.rowIds).toEqual([1, 2, 3]);
  });

  test("SDK-27 a removed row stays, marked, until the sheet has let it go", async () => {
    const receipt = table.remove(2);
    expect(table.row(2)).toBeDefined();
    expect(table.mark(2)).toMatchObject({ edit: { kind: "remove", state: "local" } });
    await settle();
    expect(desk.edits.toJSON()).toEqual({ "-2": { at: 1000 } });
    writer.write(({ order }) => order.delete(1, 1));
    desk.confirmed("-2");
    expect((await receipt.settled).state).toBe("confirmed");
    expect(table.row(2)).toBeUndefined();
  });

  test("SDK-27 a new row that was not sent is taken back without a trace", async () => {
    server.sockets[0]!.drop(1006);
    const receipt = table.insert({ Product: "Mate" });
    table.remove(table.rowIds.at(-1)!);
    expect(table.rowIds).toEqual([1, 2, 3]);
    expect((await receipt.settled).state).toBe("withdrawn");
    await pass(1_000);
    expect(desk.keys()).toEqual([]);
  });

  test("SDK-27 marks of others for whole rows are told", () => {
    const changes: TableChange[] = [];
    table.subscribe((change) => changes.push(change));
    const by = { by: "token:b", at: 9 };
    writer.write(({ log, order }) => {
      log.push([[2, "-", by]]);
      log.push([[7, ["Mate"], by]]);
      order.push([7]);
    });
    expect([table.mark(2), table.mark(7), table.mark(1)]).toEqual([
      { removing: by },
      { added: by },
      undefined,
    ]);
    expect(changes.map(({ rows }) => [...rows].sort())).toEqual([[2, 7]]);
    writer.write(({ log }) => log.push([[2, "-", null]]));
    expect(table.mark(2)).toBeUndefined();
    expect(changes.map(({ cells }) => cells)).toEqual([[], []]);
  });
});

describe("steps", () => {
  test("SDK-28 a batch is one change, one update and one step", async () => {
    let updates = 0;
    table.set(3, "Price", 6);
    await settle();
    server.documents.get(EDITS_ROOM)!.on("update", () => updates++);
    const changes = await heard(() =>
      table.batch(() => {
        table.set(1, "Price", 30);
        table.set(2, "Price", 40);
      }),
    );
    expect(changes).toHaveLength(1);
    expect(updates).toBe(1);
    table.undo();
    expect(table.rows.map(({ Price }) => Price)).toEqual([3, 4, 6]);
    table.redo();
    expect(table.rows.map(({ Price }) => Price)).toEqual([30, 40, 6]);
  });

  test("SDK-28 undo is a wish made on what the step had left, so that it overwrites nobody", async () => {
    const set = table.set(1, "Price", 4);
    await settle();
    writer.write(({ log }) => log.push([[1, 1, 4]]));
    desk.confirmed("1:1");
    await set.confirmed;
    writer.write(({ log }) => log.push([[1, 1, 100]]));
    expect(table.canUndo).toBe(true);
    const [back] = table.undo();
    expect(desk.edits.get("1:1")).toMatchObject({ value: 3, base: 4 });
    expect(back?.status.state).toBe("local");
    expect(table.canUndo).toBe(false);
    expect(table.canRedo).toBe(true);
  });

  test("SDK-28 undo of a removal adds the row again at its place; of a new row removes it", async () => {
    table.remove(2);
    await settle();
    writer.write(({ order }) => order.delete(1, 1));
    desk.confirmed("-2");
    await settle();
    table.undo();
    expect(table.rows.map(({ Product }) => Product)).toEqual(["Tea", "Coffee", "Cocoa"]);
    const [key] = desk.keys();
    desk.received(key!, { row: 9 });
    writer.write(({ log, order }) => {
      order.insert(1, [9]);
      log.push([[9, ["Coffee", 4]]]);
    });
    desk.confirmed(key!);
    table.redo();
    expect(desk.keys()).toEqual(["-9"]);
  });

  test("SDK-28 a new step ends what could be made again", () => {
    table.set(1, "Price", 4);
    table.undo();
    table.set(2, "Price", 5);
    expect(table.canRedo).toBe(false);
  });
});

describe("the edits document", () => {
  test("SDK-30 wishes made without a connection arrive when it is back", async () => {
    for (const socket of [...server.sockets]) socket.drop(1006);
    server.refuseWith = { code: 1012, reason: "" };
    const receipt = table.set(1, "Price", 4);
    await settle();
    expect(client.unsent).toBe(1);
    expect(desk.keys()).toEqual([]);
    server.refuseWith = null;
    await pass(10_000);
    expect(desk.edits.get("1:1")).toMatchObject({ value: 4, base: 3 });
    desk.received("1:1");
    expect(receipt.status.state).toBe("received");
    expect(client.unsent).toBe(0);
  });

  test("SDK-30 a token that may not write refuses the wishes, and leaves reading alone", async () => {
    server.refuseWith = { code: 4403, reason: "the token may only read", room: EDITS_ROOM };
    const receipt = table.set(1, "Price", 4);
    expect(await receipt.settled).toMatchObject({
      state: "refused",
      code: "forbidden",
      why: "the token may only read",
    });
    expect(table.row(1)?.Price).toBe(3);
    expect(table.status.state).toBe("live");
    const again = table.set(1, "Price", 5);
    expect((await again.settled).code).toBe("forbidden");
  });

  test("SDK-30 a wish survives a new history of its document, unless the daemon had it", async () => {
    const [known, lost] = [table.set(1, "Price", 4), table.set(2, "Price", 5)];
    await settle();
    desk.received("1:1");
    const fresh = new Y.Doc();
    server.documents.set(EDITS_ROOM, fresh);
    writer.write(({ log }) => log.push([[1, 1, 4]]));
    server.sockets.find(({ room }) => room === EDITS_ROOM)!.drop(4409);
    await settle();
    expect(known.status.state).toBe("confirmed");
    expect(lost.status.state).toBe("local");
    expect(fresh.getMap("edits").toJSON()).toEqual({ "2:1": { value: 5, base: 4, at: 1000 } });
  });

  test("SDK-43 a full edits document begins anew with the open wishes alone: nobody reloads, nothing is sent twice", async () => {
    // Decided long ago, it still takes its place in the page's copy.
    const past = table.set(3, "Price", 50);
    await settle();
    writer.write(({ log }) => log.push([[3, 1, 50]]));
    desk.confirmed("3:1");
    await past.confirmed;
    const [taken, done] = [table.set(1, "Price", 4), table.set(3, "Price", 9)];
    await settle();
    desk.received("1:1");
    desk.received("3:1");
    const edits = server.sockets.find(({ room }) => room === EDITS_ROOM)!;
    server.silent.add(EDITS_ROOM);
    const [open, row] = [table.set(2, "Price", 5), table.insert({ Product: "Mate" })];
    expect(desk.keys().sort()).toEqual(["1:1", "3:1"]);
    server.silent.delete(EDITS_ROOM);
    edits.drop(4503, EDITS_FULL);
    writer.write(({ log }) => log.push([[3, 1, 9]]));
    desk.confirmed("3:1");
    await settle();
    const name = desk.keys().find((key) => key.startsWith("+"))!;
    expect(desk.edits.toJSON()).toEqual({
      "1:1": { value: 4, base: 3, at: 1000 },
      "2:1": { value: 5, base: 4, at: 1000 },
      [name]: { values: { 0: "Mate" }, at: 1000 },
    });
    expect([taken, done, open, row].map(({ status }) => status.state)).toEqual([
      "received",
      "confirmed",
      "local",
      "local",
    ]);
    // What the page holds now is what is open, and not what was.
    const copy = new Y.Doc();
    for (const frame of server.sockets.find(({ room }) => room === EDITS_ROOM)!.frames) {
      const decoded = decodeFrame(frame);
      if (decoded.ok && decoded.value.type === "update") Y.applyUpdate(copy, decoded.value.update);
    }
    expect(copy.getMap("edits").size).toBe(2);
    writer.write(({ log }) => log.push([[1, 1, 4]]));
    desk.confirmed("1:1");
    expect((await taken.settled).state).toBe("confirmed");
  });

  test("SDK-43 where even that is too much, it is tried again after a pause, not at once", async () => {
    server.refuseWith = { code: 4503, reason: EDITS_FULL, room: EDITS_ROOM };
    const receipt = table.set(1, "Price", 4);
    await settle();
    const asked = server.urls.length;
    expect(asked).toBe(3);
    await settle();
    expect(server.urls).toHaveLength(asked);
    server.refuseWith = null;
    await pass(10_000);
    expect(desk.edits.get("1:1")).toMatchObject({ value: 4, base: 3 });
    expect(receipt.status.state).toBe("local");
  });

  test("SDK-31 wishes of the subject's other devices, and outcomes of an earlier time, are told", async () => {
    desk.edits.set("1:1", { value: 4, base: 3, at: 5 });
    desk.outcomes.set("2:1", { id: "x", state: "conflict", why: "w", code: "changed", theirs: 4, mine: 8 });
    const other = connect({
      url: "http://localhost:8787",
      token: "s3cret",
      WebSocket: server.WebSocket,
      fetch: null,
    });
    const again = other.table("demo/Price list", { watchEdits: true });
    await settle();
    expect(again.cell(1, "Price")).toMatchObject({ value: 4, edit: { state: "local", base: 3 } });
    expect(again.cell(2, "Price")).toMatchObject({
      value: 4,
      edit: { state: "conflict", theirs: 4, value: 8 },
    });
    expect(again.receipts).toHaveLength(2);
    for (const { status, dismiss } of again.receipts) if (status.state === "conflict") dismiss();
    expect(desk.outcomes.size).toBe(0);
    other.close();
  });
});
