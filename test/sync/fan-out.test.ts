import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { EMPTY_UPDATE } from "#contract/frames.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import type { Delta } from "../../src/model/delta.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createFlush } from "../../src/sync/flush.ts";
import { createJoinGate } from "../../src/sync/join-gate.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const nothing: Delta = { added: [], cells: [], removed: [], order: [] };

async function open(backend = createMemoryBackend()): Promise<SharedDocument> {
  const documents = await createDocumentStore(backend, createTestRuntime().runtime);
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
