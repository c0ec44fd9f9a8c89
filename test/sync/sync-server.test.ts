import { describe, expect, test } from "bun:test";
import * as encoding from "lib0/encoding";
import * as awareness from "y-protocols/awareness";
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import {
  awarenessFrame,
  decodeFrame,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
} from "#contract/frames.ts";
import { LOG, type LogEntry, ORDER } from "#contract/layout.ts";
import { createGate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens } from "../../src/access/tokens.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { diffTab } from "../../src/model/diff.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import type { LiveDocument } from "../../src/sync/documents.ts";
import { createSyncServer } from "../../src/sync/sync-server.ts";
import { createSocketHub } from "../support/socket-hub.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const TOKEN = "the right token";
const NAME = "shop/Prices";

interface TestClient {
  readonly doc: Y.Doc;
  readonly frames: Uint8Array[];
  closed: { code: number; reason: string } | null;
  send(frame: Uint8Array | string): void;
  hangUp(): void;
}

async function setUp(backend: Backend = createMemoryBackend()) {
  const { runtime, clock } = createTestRuntime();
  const hub = createSocketHub();
  const documents = await createDocumentStore(backend, runtime);
  const tokens = createTokens({ adminToken: TOKEN });
  const reader = { subject: "reader", scopes: [{ action: "read", source: "other" }] } as const;
  const gate = createGate({
    tokens: { verify: (token) => (token === "reads other" ? reader : tokens.verify(token)) },
    limits: createFailureLimits({ clock }),
  });
  const server = createSyncServer({
    documents,
    gate,
    publish: hub.publish,
    runtime,
    metrics: noMetrics,
    isExpected: (source) => source === "loading",
  });

  async function join(
    room = NAME,
    { token = TOKEN as string | null, epoch = null as string | null, doc = new Y.Doc() } = {},
  ) {
    const client: TestClient = {
      doc,
      frames: [],
      closed: null,
      send: (frame) => session.message(frame),
      hangUp: () => session.closed(),
    };
    const socket = hub.open({
      onFrame(bytes) {
        client.frames.push(bytes);
        const frame = decodeFrame(bytes);
        if (!frame.ok) throw new Error(frame.error.why);
        if (frame.value.type === "syncStep2" || frame.value.type === "update")
          Y.applyUpdate(doc, frame.value.update);
      },
      onClose(code, reason) {
        client.closed = { code, reason };
        session.closed();
      },
    });
    const session = server.connect(socket, { room, token, epoch, address: "127.0.0.1" });
    client.send(syncStep1Frame(Y.encodeStateVector(doc)));
    await clock.settle();
    return client;
  }

  async function write(document: LiveDocument, rows: readonly (readonly (string | number)[])[]) {
    const columns = [{ header: "a", type: "mixed" } as const, { header: "b", type: "mixed" } as const];
    const { delta } = diffTab(document.baseline(), { tabId: "0", title: "Prices", columns, rows });
    const result = await document.apply({ delta, author: "source" });
    await clock.advance(100);
    return result;
  }
  async function shop() {
    const made = await documents.create({ source: "shop", tab: "Prices", title: "Prices" });
    if (!made.ok) throw new Error(made.error.tag);
    return made.value;
  }
  return { clock, documents, server, join, write, shop, backend };
}

/** The rows that a stock Yjs client reads. */
function rowsOf(doc: Y.Doc): unknown[] {
  const rows = new Map<number, unknown[]>();
  for (const [row, at, value] of doc.getArray<LogEntry>(LOG).toArray() as [number, unknown, unknown][]) {
    if (Array.isArray(at)) rows.set(row, [...at]);
    else rows.set(row, Object.assign([...rows.get(row)!], { [at as number]: value }));
  }
  return doc
    .getArray<number>(ORDER)
    .toArray()
    .map((id) => rows.get(id));
}

const presenceFrame = (client: number, clock: number, json: string): Uint8Array => {
  const encoder = encoding.createEncoder();
  for (const part of [1, client, clock]) encoding.writeVarUint(encoder, part);
  encoding.writeVarString(encoder, json);
  return awarenessFrame(encoding.toUint8Array(encoder));
};
const presenceIn = (frames: readonly Uint8Array[]): [number, unknown][] => {
  const seen = new awareness.Awareness(new Y.Doc());
  seen.setLocalState(null);
  for (const bytes of frames) {
    const frame = decodeFrame(bytes);
    if (frame.ok && frame.value.type === "awareness")
      awareness.applyAwarenessUpdate(seen, frame.value.update, "test");
  }
  seen.destroy();
  return [...seen.getStates()].sort((a, b) => a[0] - b[0]);
};

describe("joining", () => {
  test("SYN-20 who joins late sees what who was there throughout sees, and both go on", async () => {
    const { join, write, shop } = await setUp();
    const document = await shop();
    const early = await join();
    for (let round = 0; round < 300; round++) {
      await write(
        document,
        [
          ["x", round],
          ["y", round % 7],
          [`z${round % 3}`, 1],
        ].slice(0, 2 + (round % 2)),
      );
    }
    const late = await join();
    expect(rowsOf(late.doc)).toEqual(rowsOf(early.doc));
    await write(document, [["x", "last"]]);
    expect(rowsOf(late.doc)).toEqual([["x", "last"]]);
    expect(rowsOf(early.doc)).toEqual([["x", "last"]]);
  });

  test("SYN-19 frames sent before the document is loaded are answered, too many close with 4503", async () => {
    const { join, shop, clock, server } = await setUp();
    await shop();
    const patient = await join();
    expect(decodeFrame(patient.frames[0]!)).toMatchObject({ ok: true, value: { type: "syncStep2" } });
    let code = 0;
    const socket = createSocketHub().open({
      onFrame() {},
      onClose(closeCode) {
        code = closeCode;
      },
    });
    const flooding = server.connect(socket, { room: NAME, token: TOKEN, epoch: null, address: "x" });
    for (let i = 0; i < 50; i++) flooding.message(syncStep1Frame(new Uint8Array([0])));
    await clock.settle();
    expect(code).toBe(CLOSE.overloaded);
  });

  test("SYN-7 nothing is sent before it is durable, and a join waits for an append on its way", async () => {
    const memory = createMemoryBackend();
    let release: (() => void) | null = null;
    const held: Backend = {
      ...memory,
      log: {
        ...memory.log,
        async append(document, entry) {
          if (release === null && entry.author === "hold")
            await new Promise<void>((resolve) => (release = resolve));
          return memory.log.append(document, entry);
        },
      },
    };
    const { join, shop, clock } = await setUp(held);
    const document = await shop();
    const there = await join();
    const framesBefore = there.frames.length;
    const delta = {
      columns: [{ slot: 0, header: "a", key: "a", type: "text" as const }],
      added: [[1, ["x"]] as const],
      cells: [],
      removed: [],
      order: [{ at: 0, remove: 0, insert: [1] }],
    };
    const writing = document.apply({ delta, author: "hold" });
    const joining = await join();
    expect(there.frames.length).toBe(framesBefore);
    expect(joining.frames.length).toBe(0);
    release!();
    await writing;
    await clock.advance(100);
    expect(rowsOf(there.doc)).toEqual([["x"]]);
    expect(rowsOf(joining.doc)).toEqual([["x"]]);
  });

  test("SYN-10 a client of another history is closed with 4409", async () => {
    const { join, write, shop } = await setUp();
    const document = await shop();
    await write(document, [["x", 1]]);
    const foreign = new Y.Doc();
    foreign.getArray("log").push([1, 2, 3]);
    expect((await join(NAME, { doc: foreign })).closed?.code).toBe(CLOSE.epoch);
    expect((await join(NAME, { epoch: "another" })).closed?.code).toBe(CLOSE.epoch);
    expect((await join(NAME, { epoch: document.meta().epoch })).closed).toBeNull();
  });

  test("SYN-11 tokens, rights and names are checked, each with its code", async () => {
    const { join, shop } = await setUp();
    await shop();
    expect((await join(NAME, { token: null })).closed?.code).toBe(CLOSE.token);
    expect((await join(NAME, { token: "wrong" })).closed?.code).toBe(CLOSE.token);
    expect((await join(NAME, { token: "reads other" })).closed?.code).toBe(CLOSE.forbidden);
    for (const room of [
      "shop/Nothing",
      "shop",
      "SHOP/Prices",
      "shop/Prices@view",
      "shop/Prices~edits",
      "shop/%ff",
    ]) {
      expect((await join(room)).closed?.code).toBe(CLOSE.noSuchDocument);
    }
    expect((await join()).closed).toBeNull();
  });

  test("SYN-12 a document whose source was not read yet says: try again", async () => {
    const { join } = await setUp();
    expect((await join("loading/Prices")).closed?.code).toBe(CLOSE.slow);
  });
});

describe("what clients send", () => {
  test("SYN-13 an update to a mirror is closed with 4403 and changes nothing, an empty one passes", async () => {
    const { join, write, shop } = await setUp();
    const document = await shop();
    await write(document, [["x", 1]]);
    const client = await join();
    client.send(syncStep2Frame(new Uint8Array([0, 0])));
    expect(client.closed).toBeNull();
    const forged = new Y.Doc();
    forged.clientID = 1;
    forged.getArray("log").push([[1, 0, "forged"]]);
    client.send(updateFrame(Y.encodeStateAsUpdate(forged)));
    expect(client.closed?.code).toBe(CLOSE.forbidden);
    expect(rowsOf((await join()).doc)).toEqual([["x", 1]]);
  });

  test("SYN-14 a frame that cannot be read is closed with 4400", async () => {
    const { join, shop } = await setUp();
    await shop();
    for (const bytes of [[], [0], [0, 9], [0, 0, 200], [0, 0, 1, 255], [1, 3, 1, 1], [7], [255, 255]]) {
      const client = await join();
      client.send(new Uint8Array(bytes));
      await Promise.resolve();
      await Promise.resolve();
      expect([bytes, client.closed?.code]).toEqual([bytes, CLOSE.malformed]);
    }
    const texting = await join();
    texting.send("hello");
    expect(texting.closed?.code).toBe(CLOSE.malformed);
  });
});

describe("presence and signs of life", () => {
  test("SYN-15 every session hears from the server every 15 s", async () => {
    const { join, shop, clock } = await setUp();
    await shop();
    const client = await join();
    for (let minute = 0; minute < 4; minute++) {
      const before = client.frames.length;
      await clock.advance(15_000);
      expect(client.frames.length).toBe(before + 1);
    }
  });

  test("SYN-16 presence reaches everybody, those who join later too, and ends with its session", async () => {
    const { join, shop, clock } = await setUp();
    await shop();
    const [ann, bob] = [await join(), await join()];
    ann.send(presenceFrame(11, 1, '{"name":"Ann"}'));
    await clock.advance(1000);
    expect(presenceIn(bob.frames)).toEqual([[11, { name: "Ann" }]]);
    const late = await join();
    expect(presenceIn(late.frames)).toEqual([[11, { name: "Ann" }]]);
    bob.send(presenceFrame(11, 9, '{"name":"not Ann"}'));
    await clock.advance(1000);
    expect(presenceIn(late.frames)).toEqual([[11, { name: "Ann" }]]);
    ann.hangUp();
    await clock.advance(1000);
    expect(presenceIn(late.frames)).toEqual([]);
  });

  test("SYN-17 presence is one frame a tick and bounded, however much is sent", async () => {
    const { join, shop, clock } = await setUp();
    await shop();
    const watcher = await join();
    const crowd = await Promise.all(Array.from({ length: 150 }, () => join()));
    const before = watcher.frames.length;
    for (let n = 1; n <= 20; n++)
      for (const [i, client] of crowd.entries()) client.send(presenceFrame(1000 + i, n, `{"n":${n}}`));
    await clock.advance(1000);
    expect(watcher.frames.length - before).toBe(1);
    expect(presenceIn(watcher.frames).length).toBe(100);
    crowd[0]!.send(presenceFrame(1000, 99, JSON.stringify("x".repeat(5000))));
    expect(crowd[0]!.closed?.code).toBe(CLOSE.malformed);
  });
});

describe("durability", () => {
  test("SYN-6 each start writes under its own client id, one entry in the state vector", async () => {
    const backend = createMemoryBackend();
    for (let start = 1; start <= 5; start++) {
      const { write, shop, documents, join } = await setUp(backend);
      const document = await shop();
      for (let n = 0; n < 3; n++) await write(document, [["x", `${start}.${n}`]]);
      const stateVector = Y.decodeStateVector(Y.encodeStateVector((await join()).doc));
      expect([...stateVector.keys()].sort()).toEqual(Array.from({ length: start }, (_, i) => i + 1));
      await documents.close();
    }
  });

  test("SYN-8 after a failed append the document is what the log holds, and goes on under a fresh id", async () => {
    const memory = createMemoryBackend();
    let full = false;
    const backend: Backend = {
      ...memory,
      log: {
        ...memory.log,
        append: async (document, entry) =>
          full
            ? { ok: false, error: { tag: "StorageError", detail: "no space left" } }
            : memory.log.append(document, entry),
      },
      kv: {
        ...memory.kv,
        put: async (key, value, version) =>
          full
            ? { ok: false, error: { tag: "StorageError", detail: "no space left" } }
            : memory.kv.put(key, value, version),
      },
    };
    const { write, shop, join } = await setUp(backend);
    const document = await shop();
    const client = await join();
    await write(document, [["x", 1]]);
    full = true;
    expect(
      (
        await write(document, [
          ["x", 2],
          ["y", 3],
        ])
      ).ok,
    ).toBe(false);
    expect(document.baseline().order).toEqual([1]);
    expect(rowsOf((await join()).doc)).toEqual([["x", 1]]);
    full = false;
    expect(
      (
        await write(document, [
          ["x", 2],
          ["y", 3],
        ])
      ).ok,
    ).toBe(true);
    expect(rowsOf(client.doc)).toEqual([
      ["x", 2],
      ["y", 3],
    ]);
    const stateVector = Y.decodeStateVector(Y.encodeStateVector(client.doc));
    expect([...stateVector.keys()].sort()).toEqual([1, 2]);
  });

  test("SYN-9 a checkpoint replaces a long log and loads to the same document", async () => {
    const { write, shop, join, backend } = await setUp();
    const document = await shop();
    for (let n = 0; n < 1200; n++)
      await write(document, [
        ["x", n],
        ["y", n % 5],
      ]);
    const entries = await backend.log.read(NAME, 0);
    expect(entries[0]!.author).toBe("checkpoint");
    expect(entries.length).toBeLessThan(1000);
    const before = await join();
    const again = await setUp(backend);
    const after = await again.join();
    expect(rowsOf(after.doc)).toEqual(rowsOf(before.doc));
    expect(Y.encodeStateVector(after.doc)).toEqual(Y.encodeStateVector(before.doc));
  });

  test("SYN-18 deleting a document closes its sessions with 4404 and erases it", async () => {
    const { documents, write, shop, join } = await setUp();
    const document = await shop();
    await write(document, [["x", 1]]);
    const client = await join();
    await documents.remove(NAME);
    expect(client.closed?.code).toBe(CLOSE.noSuchDocument);
    expect((await join()).closed?.code).toBe(CLOSE.noSuchDocument);
    expect(
      (
        await document.apply({
          delta: { added: [], cells: [], removed: [], order: [] },
          title: "x",
          author: "s",
        })
      ).ok,
    ).toBe(false);
    const fresh = await shop();
    expect(fresh.baseline().order).toEqual([]);
    for (let n = 0; n < 50; n++) await write(fresh, [["y", n]]);
    expect((await join(NAME, { doc: client.doc })).closed?.code).toBe(CLOSE.epoch);
  });
});

describe("memory", () => {
  test("SYN-25 idle documents unload, watched ones stay, and both come back as they were", async () => {
    const { documents, write, shop, join, clock } = await setUp();
    const document = await shop();
    await write(document, [["x", 1]]);
    const client = await join();
    await clock.advance(300_000);
    expect(documents.size).toBe(1);
    client.hangUp();
    await clock.advance(90_000);
    expect(documents.size).toBe(0);
    expect((await write(document, [["x", 2]])).ok).toBe(false);
    expect(rowsOf((await join()).doc)).toEqual([["x", 1]]);
    expect((await write(await shop(), [["x", 3]])).ok).toBe(true);
    expect(rowsOf((await join()).doc)).toEqual([["x", 3]]);
  });
});
