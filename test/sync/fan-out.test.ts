import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { decodeFrame, EMPTY_UPDATE } from "#contract/frames.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import type { Delta } from "../../src/model/delta.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createFlush } from "../../src/sync/flush.ts";
import { createJoinGate } from "../../src/sync/join-gate.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const nothing: Delta = { added: [], cells: [], removed: [], order: [] };

async function open(backend = createMemoryBackend()): Promise<SharedDocument> {
  const { runtime, clock } = createTestRuntime();
  // Pauses end by themselves; nothing else is waited for here.
  const wakeAt: Clock["wakeAt"] = (atMs, run) => {
    if (atMs > clock.monotonicMs()) return clock.wakeAt(atMs, run);
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  };
  const documents = await createDocumentStore(backend, { ...runtime, clock: { ...clock, wakeAt } });
  const made = await documents.create({ source: "shop", tab: "Prices", title: "Prices" });
  if (!made.ok) throw new Error(made.error.tag);
  return made.value;
}
const insert = (row: number, at: number): Delta => ({
  ...nothing,
  added: [[row, [`row ${row}`, row]]],
  order: [{ at, remove: 0, insert: [row] }],
});
const remove = (row: number, at: number): Delta => ({
  ...nothing,
  removed: [row],
  order: [{ at, remove: 1, insert: [] }],
});

/** 20 rows more, some cells changed and some rows gone. */
async function change(document: SharedDocument, int: (below: number) => number): Promise<void> {
  const { order, nextRow } = document.baseline();
  const ids = Array.from({ length: 20 }, (_, i) => nextRow + i);
  const gone = order.length > 100 ? order[int(order.length)]! : null;
  const at = int(order.length + 1);
  const cells = order
    .filter((row) => row !== gone && int(10) === 0)
    .map((row) => [row, int(3), `changed ${int(1e9)}`] as const);
  const splices = gone === null ? [] : [{ at: order.indexOf(gone), remove: 1, insert: [] }];
  await document.apply({
    delta: { ...nothing, cells, removed: gone === null ? [] : [gone], order: splices },
    author: "source",
  });
  await document.apply({
    delta: {
      ...nothing,
      added: ids.map((id) => [id, ["a", "b", "c"].map((c) => `${c} ${int(1e9)} `.repeat(20))] as const),
      order: [{ at: Math.max(0, at - 1), remove: 0, insert: ids }],
    },
    author: "source",
  });
}

function updateIn(frame: Uint8Array): Uint8Array {
  const decoded = decodeFrame(frame);
  if (!decoded.ok || decoded.value.type !== "update") throw new Error("no update");
  return decoded.value.update;
}

/** A copy of the document as it is now. */
function copyOf(document: SharedDocument): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, document.missing(Y.encodeStateVector(doc))!);
  return doc;
}
const missing = (document: SharedDocument, doc: Y.Doc): Uint8Array =>
  document.missing(Y.encodeStateVector(doc))!;

describe("what a client misses", () => {
  test("SYN-21 an update that only deletes raises the clock, so its state has a name of its own", async () => {
    const document = await open();
    for (let row = 1; row <= 5; row++)
      await document.apply({ delta: insert(row, row - 1), author: "source" });
    const before = copyOf(document);
    await document.apply({ delta: remove(2, 1), author: "source" });
    expect(missing(document, before).length).toBeGreaterThan(EMPTY_UPDATE.length);
    Y.applyUpdate(before, missing(document, before));
    expect(before.getArray<number>("order").toArray()).toEqual([1, 3, 4, 5]);
    expect(missing(document, before)).toEqual(EMPTY_UPDATE);
  });

  test("SYN-21 who is behind gets what follows and nothing of the document's past, over restarts too", async () => {
    const backend = createMemoryBackend();
    let document = await open(backend);
    for (let row = 1; row <= 200; row++) await document.apply({ delta: insert(row, 0), author: "source" });
    for (let row = 1; row <= 100; row++) {
      await document.apply({ delta: remove(row * 2, 200 - row * 2), author: "source" });
    }
    const behind = copyOf(document);
    await document.apply({ delta: { ...nothing, cells: [[1, 0, "changed"]] }, author: "source" });
    expect(missing(document, behind).length).toBeLessThan(40);
    document = await open(backend);
    expect(missing(document, behind).length).toBeLessThan(40);
    await document.apply({ delta: { ...nothing, cells: [[1, 0, "again"]] }, author: "source" });
    // With it comes the sweep of the 100 deleted rows, which the first write after a start finds due.
    expect(missing(document, behind).length).toBeLessThan(400);
    Y.applyUpdate(behind, missing(document, behind));
    expect(Y.encodeStateVector(behind)).toEqual(document.stateVector());
    expect(missing(document, behind)).toEqual(EMPTY_UPDATE);
  });

  test("SYN-22 joins at the same state share one encoding until something changes", async () => {
    const document = await open();
    await document.apply({ delta: insert(1, 0), author: "source" });
    const fresh = missing(document, new Y.Doc());
    expect(missing(document, new Y.Doc())).toBe(fresh);
    await document.apply({ delta: insert(2, 0), author: "source" });
    expect(missing(document, new Y.Doc())).not.toBe(fresh);
  });
});

describe("flush", () => {
  function setUp(size: number) {
    const { clock } = createTestRuntime();
    const doc = new Y.Doc();
    const sent: { atMs: number; update: Uint8Array }[] = [];
    const flush = createFlush({
      clock,
      size: () => size,
      send: (update) => sent.push({ atMs: clock.monotonicMs(), update }),
    });
    doc.on("update", (update: Uint8Array) => flush.add(update));
    return { clock, sent, change: (value: number) => doc.getArray("a").push([value]) };
  }

  test("SYN-23 the first update leaves at once, those that follow within the interval leave as one", async () => {
    const { clock, sent, change } = setUp(10);
    change(1);
    expect(sent.length).toBe(1);
    for (let value = 2; value <= 150; value++) change(value);
    expect(sent.length).toBe(1);
    await clock.advance(1000);
    expect(sent.length).toBe(2);
    const reader = new Y.Doc();
    for (const { update } of sent) Y.applyUpdate(reader, update);
    expect(reader.getArray("a").length).toBe(150);
    change(151);
    expect(sent.length).toBe(3);
  });

  test("SYN-33 the interval grows with the time for which the loop was busy with a flush", async () => {
    const { clock } = createTestRuntime();
    const sentAtMs: number[] = [];
    // What is due at once comes 100 ms late: the sockets write until then.
    const busy: Clock = {
      ...clock,
      wakeAt: (atMs, run) => clock.wakeAt(atMs > clock.monotonicMs() ? atMs : atMs + 100, run),
    };
    const flush = createFlush({
      clock: busy,
      size: () => 10,
      send: () => sentAtMs.push(clock.monotonicMs()),
    });
    for (let i = 0; i < 2; i++) flush.add(EMPTY_UPDATE);
    await clock.advance(5000);
    expect(sentAtMs).toEqual([0, 300]);
  });

  test("SYN-23 the interval grows with the room and stays within one second", async () => {
    const gaps: number[] = [];
    for (const size of [1, 15_000, 100_000, 1_000_000]) {
      const { clock, sent, change } = setUp(size);
      change(1);
      change(2);
      await clock.advance(5000);
      gaps.push(sent[1]!.atMs - sent[0]!.atMs);
    }
    expect(gaps).toEqual([20, 150, 1000, 1000]);
  });
});

describe("large answers", () => {
  test("SYN-30 who misses much gets it in bounded parts, each complete in itself when applied in order", async () => {
    const random = createSeededRandom("parts");
    const backend = createMemoryBackend();
    const behind: Y.Doc[] = [new Y.Doc()];
    for (let life = 0; life < 4; life++) {
      const document = await open(backend);
      for (let poll = 0; poll < 40; poll++) await change(document, random.int);
      const parts = await Promise.all(behind.map((doc) => document.catchUp(Y.encodeStateVector(doc))));
      for (const [i, doc] of behind.entries()) {
        for (const frame of parts[i]?.frames ?? []) {
          expect(frame.length).toBeLessThan(256 * 1024);
          Y.applyUpdate(doc, updateIn(frame));
          expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
        }
        if (parts[i]) expect(Y.encodeStateVector(doc)).toEqual(parts[i]!.stateVector);
        Y.applyUpdate(doc, missing(document, doc));
        expect(Y.encodeStateAsUpdate(doc)).toEqual(Y.encodeStateAsUpdate(copyOf(document)));
      }
      expect(parts[0]!.frames.length).toBeGreaterThan(1);
      behind.push(new Y.Doc());
      behind.reverse();
    }
  });

  test("SYN-30 the parts are made once for all who stand at a state, and not for those who miss little", async () => {
    const document = await open();
    for (let poll = 0; poll < 40; poll++) await change(document, createSeededRandom(poll).int);
    const empty = Y.encodeStateVector(new Y.Doc());
    const [first, second] = [await document.catchUp(empty), await document.catchUp(empty)];
    expect(second).toBe(first!);
    const current = copyOf(document);
    await document.apply({ delta: { ...nothing, cells: [[1, 0, "changed"]] }, author: "source" });
    expect(document.catchUp(Y.encodeStateVector(current))).toBeNull();
    expect((await open()).catchUp(empty)).toBeNull();
  });

  test("SYN-31 the whole document is encoded once per revision, and freed when nobody asks for it", async () => {
    const document = await open();
    await document.apply({ delta: insert(1, 0), author: "source" });
    const [one, other] = await Promise.all([document.encoded(), document.encoded()]);
    expect(one.revision).toBe(document.revision());
    expect(other.update).toBe(one.update);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, one.update);
    expect(Y.encodeStateVector(doc)).toEqual(document.stateVector());
    document.rest();
    expect((await document.encoded()).update).toBe(one.update);
    document.rest();
    document.rest();
    expect((await document.encoded()).update).not.toBe(one.update);
    const changing = document.apply({ delta: insert(2, 0), author: "source" });
    const later = await document.encoded();
    await changing;
    expect(later.revision).toBe(document.revision());
    expect(later.update.length).toBeGreaterThan(one.update.length);
  });

  test("SYN-24 bytes on their way are bounded, in turn, and one larger than the bound goes alone", async () => {
    const gate = createJoinGate(100);
    const entered: string[] = [];
    const enter = async (name: string, bytes: number): Promise<() => void> => {
      const leave = await gate.enter(bytes);
      entered.push(name);
      return leave;
    };
    const [a, b] = [await enter("a", 60), await enter("b", 40)];
    const c = enter("c", 500);
    const d = enter("d", 10);
    await Promise.resolve();
    expect(entered).toEqual(["a", "b"]);
    a();
    a();
    await Promise.resolve();
    expect(entered).toEqual(["a", "b"]);
    b();
    (await c)();
    await d;
    expect(entered).toEqual(["a", "b", "c", "d"]);
  });
});
