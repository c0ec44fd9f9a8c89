import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as Y from "yjs";
import { type FoldedRow, foldEntry, type LogEntry, type RowId } from "../src/contract/layout.ts";
import { type Fold, type FoldChange, followMirror } from "../src/fold.ts";
import { column, createWriter, type Writer, writePrices } from "./support/writer.ts";

interface Reader {
  readonly doc: Y.Doc;
  readonly fold: Fold;
  readonly changes: FoldChange[];
}

function createReader(): Reader {
  const doc = new Y.Doc();
  const changes: FoldChange[] = [];
  return { doc, changes, fold: followMirror(doc, (change) => changes.push(change)) };
}

/** A reader that holds all that `writer` wrote and hears what it writes from now on; earlier changes are cleared. */
function followWriter(writer: Writer): Reader {
  const reader = createReader();
  Y.applyUpdate(reader.doc, Y.encodeStateAsUpdate(writer.doc));
  writer.doc.on("update", (update: Uint8Array) => Y.applyUpdate(reader.doc, update));
  reader.changes.length = 0;
  return reader;
}

const values = (fold: Fold, id: RowId): unknown => fold.rows.get(id)?.values;

/** The definition: fold the whole log, keep the rows of `order`. */
function foldByDefinition(doc: Y.Doc): Map<RowId, FoldedRow> {
  const all = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>("log").toArray()) foldEntry(all, entry);
  const order = doc.getArray<RowId>("order").toArray();
  return new Map(order.map((id) => [id, all.get(id) ?? { values: [] }]));
}

describe("reading a mirror", () => {
  test("SDK-1 one update, many updates and a late join give the same rows", () => {
    const writer = createWriter();
    writePrices(writer);
    writer.write(({ log }) => log.push([[2, 1, 4.5]]));
    writer.write(({ log, order }) => {
      log.push([[4, ["Milk", 1]]]);
      order.insert(0, [4]);
    });
    const [late, step] = [createReader(), createReader()];
    Y.applyUpdate(late.doc, Y.encodeStateAsUpdate(writer.doc));
    for (const update of writer.updates) Y.applyUpdate(step.doc, update);
    for (const { fold } of [late, step]) {
      expect(fold.order).toEqual([4, 1, 2, 3]);
      expect(values(fold, 2)).toEqual(["Coffee", 4.5]);
      expect(fold.columns.map(({ key }) => key)).toEqual(["Product", "Price"]);
    }
    expect([...late.fold.rows].sort()).toEqual([...step.fold.rows].sort());
  });

  test("SDK-1 entries of a row that is in the order only later are not lost", () => {
    const writer = createWriter();
    const reader = followWriter(writer);
    writer.write(({ log }) => log.push([[7, ["Tea", 3]]]));
    writer.write(({ log }) => log.push([[7, 1, 4]]));
    expect(reader.fold.rows.size).toBe(0);
    writer.write(({ log, order }) => {
      order.push([7]);
      log.push([[7, 2, "new"]]);
    });
    expect(values(reader.fold, 7)).toEqual(["Tea", 4, "new"]);
  });

  test("SDK-1 a row that leaves the order is forgotten, one that comes back is read again", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ order }) => order.delete(1, 1));
    expect([...reader.fold.rows.keys()]).toEqual([1, 3]);
    expect(reader.changes.at(-1)).toMatchObject({ removed: [2], added: [], orderChanged: true });
    writer.write(({ log }) => log.push([[2, 1, 9]]));
    expect(reader.fold.rows.has(2)).toBe(false);
    writer.write(({ order }) => order.insert(0, [2]));
    expect(values(reader.fold, 2)).toEqual(["Coffee", 9]);
  });

  test("SDK-1 an entry put before others does not win over them", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ log }) => log.push([[1, 1, 10]]));
    writer.write(({ log }) =>
      log.insert(0, [
        [1, ["old", 0]],
        [1, 1, 1],
      ]),
    );
    expect(values(reader.fold, 1)).toEqual(["Tea", 10]);
  });

  test("SDK-1 any script of writes, cut anywhere, reads as the whole log does", () => {
    const id = fc.integer({ min: 1, max: 6 });
    const value = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 3 }), fc.constant("x"));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("whole" as const), id, values: fc.array(value, { maxLength: 3 }) }),
      fc.record({ kind: fc.constant("cell" as const), id, slot: fc.integer({ min: 0, max: 3 }), value }),
      fc.record({ kind: fc.constant("wish" as const), id, slot: fc.integer({ min: 0, max: 3 }), value }),
      fc.record({ kind: fc.constant("toggle" as const), id, at: fc.nat(6) }),
      fc.record({ kind: fc.constant("rewrite" as const) }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 12 }),
        fc.nat(12),
        (script, joinAt) => {
          const writer = createWriter();
          const readers = [followWriter(writer)];
          script.forEach((steps, index) => {
            if (index === joinAt) readers.push(followWriter(writer));
            writer.write(({ log, order }) => {
              for (const each of steps) {
                if (each.kind === "whole") log.push([[each.id, each.values]]);
                else if (each.kind === "cell") log.push([[each.id, each.slot, each.value]]);
                else if (each.kind === "wish")
                  log.push([[each.id, each.slot, each.value, { by: "a", at: 1 }]]);
                else if (each.kind === "rewrite") {
                  const ids = order.toArray();
                  order.delete(0, ids.length);
                  order.insert(0, ids);
                } else {
                  const at = order.toArray().indexOf(each.id);
                  if (at >= 0) order.delete(at, 1);
                  else order.insert(Math.min(each.at, order.length), [each.id]);
                }
              }
            });
          });
          const expected = foldByDefinition(writer.doc);
          for (const { fold } of readers) {
            expect(fold.order).toEqual(writer.doc.getArray<RowId>("order").toArray());
            expect(fold.rows.size).toBe(expected.size);
            for (const [row, folded] of expected) expect(padded(fold.rows.get(row)!)).toEqual(padded(folded));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** An empty cell may be null or past the end. */
const padded = (row: FoldedRow): unknown => ({
  values: [0, 1, 2, 3].map((slot) => row.values[slot] ?? null),
  marks: [...(row.unconfirmed ?? [])].sort(),
});

describe("what changed", () => {
  test("SDK-2 a change names the rows and cells that it touches, and no others", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    const untouched = reader.fold.rows.get(1);
    writer.write(({ log }) =>
      log.push([
        [2, 1, 4.5],
        [3, ["Cocoa", 6]],
      ]),
    );
    expect(reader.changes).toHaveLength(1);
    const change = reader.changes[0]!;
    expect([...change.rows]).toEqual([2, 3]);
    expect(change.cells).toEqual([
      [2, 1],
      [3, 1],
    ]);
    expect(change).toMatchObject({ orderChanged: false, columnsChanged: false, added: [], removed: [] });
    expect(reader.fold.rows.get(1)).toBe(untouched!);
  });

  test("SDK-2 whole rows and orders written again with equal content change nothing", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    const before = reader.fold.rows.get(2)!;
    writer.write(({ log, order }) => {
      log.push([[2, ["Coffee", 4, null]]]);
      order.delete(0, 3);
      order.insert(0, [1, 2, 3]);
    });
    expect(reader.changes).toHaveLength(1);
    expect(reader.changes[0]).toMatchObject({ orderChanged: false, cells: [], added: [], removed: [] });
    expect(reader.changes[0]!.rows.size).toBe(0);
    expect(reader.fold.rows.get(2)).toBe(before);
  });

  test("SDK-2 deleting superseded entries changes nothing", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ log }) => log.push([[1, ["Tea", 8]]]));
    reader.changes.length = 0;
    writer.write(({ log }) => log.delete(0, 1));
    expect(reader.changes.every(({ rows }) => rows.size === 0)).toBe(true);
    expect(values(reader.fold, 1)).toEqual(["Tea", 8]);
  });

  test("SDK-2 a move changes the order alone", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ order }) => {
      order.delete(2, 1);
      order.insert(0, [3]);
    });
    expect(reader.fold.order).toEqual([3, 1, 2]);
    expect(reader.changes[0]).toMatchObject({ orderChanged: true, added: [], removed: [], cells: [] });
    expect(reader.changes[0]!.rows.size).toBe(0);
  });

  test("SDK-3 an unconfirmed cell carries its mark until a plain entry confirms it", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ log }) => log.push([[1, 1, 7, { by: "ann", at: 5 }]]));
    expect(reader.fold.rows.get(1)!.unconfirmed?.get(1)).toEqual({ by: "ann", at: 5 });
    writer.write(({ log }) => log.push([[1, 1, 7]]));
    expect(reader.fold.rows.get(1)!.unconfirmed).toBeUndefined();
    expect([...reader.changes[1]!.rows]).toEqual([1]);
    expect(reader.changes[1]!.cells).toEqual([]);
  });

  test("SDK-2 inserted and moved columns change the columns alone", () => {
    const writer = createWriter();
    writePrices(writer);
    const reader = followWriter(writer);
    writer.write(({ columns }) => columns.insert(0, [column(2, "Stock", "number")]));
    expect(reader.fold.columns.map(({ slot }) => slot)).toEqual([2, 0, 1]);
    expect(reader.changes[0]).toMatchObject({ columnsChanged: true, orderChanged: false, cells: [] });
  });
});
