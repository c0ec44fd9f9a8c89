import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { encodeCheckpoint } from "../../src/sync/checkpoint.ts";
import { createMirror, type Mirror } from "../../src/sync/mirror.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const ROWS = 3_000;
const COLUMNS = 10;

describe("checkpoints of large documents", () => {
  test("DUR-10 it loads to the very document, whatever happened to it and whoever wrote it", async () => {
    const random = createSeededRandom("checkpoint");
    let doc = new Y.Doc();
    for (const incarnation of [1, 2, 5]) {
      doc = loaded(Y.encodeStateAsUpdate(doc));
      const mirror = createMirror(doc, incarnation, { source: "s", tab: "t", epoch: "e" });
      if (incarnation === 1) addRows(mirror, random.int);
      for (let poll = 0; poll < 300; poll++) change(mirror, random.int);
      const checkpoint = await encodeCheckpoint(doc, async () => {});
      expect(Y.encodeStateAsUpdate(loaded(checkpoint))).toEqual(Y.encodeStateAsUpdate(doc));
    }
    expect(doc.store.clients.size).toBe(3);
  });

  test("DUR-10 nothing of it is encoded at one stretch that others would wait for", async () => {
    const random = createSeededRandom("stretches");
    const doc = new Y.Doc();
    const mirror = createMirror(doc, 1, { source: "s", tab: "t", epoch: "e" });
    addRows(mirror, random.int);
    let pauses = 0;
    const checkpoint = await encodeCheckpoint(doc, async () => {
      pauses++;
    });
    expect(pauses).toBeGreaterThanOrEqual(Math.floor(checkpoint.length / (384 * 1024)));
    expect(pauses).toBeGreaterThan(1);
  });
});

function loaded(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

function addRows(mirror: Mirror, int: (below: number) => number): void {
  const columns = Array.from({ length: COLUMNS }, (_, slot) => {
    return { slot, header: `c${slot}`, key: `c${slot}`, type: "mixed" as const };
  });
  const ids = Array.from({ length: ROWS }, (_, index) => index + 1);
  const added = ids.map((id) => [id, columns.map(() => `text ${int(1e9)} of some length`)] as const);
  mirror.write({ columns, added, cells: [], removed: [], order: [{ at: 0, remove: 0, insert: ids }] }, "T");
}

/** A cell edited, a row moved down, now and then removed instead; and the chores that follow. */
function change(mirror: Mirror, int: (below: number) => number): void {
  const { order } = mirror.baseline();
  const from = int(order.length - 1);
  const to = from + int(order.length - from - 1);
  const removes = int(10) === 0;
  mirror.write({
    added: [],
    cells: [[order[from + 1]!, int(COLUMNS), int(1e9)]],
    removed: removes ? [order[from]!] : [],
    order: [
      { at: from, remove: 1, insert: [] },
      ...(removes ? [] : [{ at: to, remove: 0, insert: [order[from]!] }]),
    ],
  });
  while (mirror.sweep());
}
