/**
 * A long life of single edits by the daemon's own document path over LMDB: how far the encoded document grows beyond a
 * fresh one, how long any stretch of work keeps the loop from others, and whether clients that were offline throughout
 * still converge.
 *
 *     npm run bench -- churn [--edits 1000000] [--rows 1000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Y from "yjs";
import type { CellValue } from "#contract/cell.ts";
import { type FoldedRow, foldEntry, LOG, type LogEntry, ORDER, type RowId } from "#contract/layout.ts";
import { openLmdbBackend } from "../src/backend/lmdb.ts";
import type { Delta } from "../src/model/delta.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { createDocumentStore } from "../src/sync/document-store.ts";
import type { SharedDocument } from "../src/sync/live-document.ts";
import { createMirror } from "../src/sync/mirror.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";
import { percentile, print } from "./line.ts";
import { createLoopWatch, type LoopWatch } from "./loop-watch.ts";
import { numberOption } from "./options.ts";
import { firstDelta, makeGrid } from "./tables.ts";

const COLUMNS = 20;
const CELLS_A_POLL_MAX = 8;
/** Encoded sizes looked at during a run; in between at most a few hundred entries are added. */
const SIZES = 10_000;
/** Fresh documents built during a run, to compare with. */
const FRESH = 50;
/** When clients take a copy and go offline until the end, in shares of the run. */
const OFFLINE_SINCE = [0, 0.1, 0.5, 0.9];

const rows = numberOption("rows", 0);
const runs =
  rows > 0
    ? [[rows, numberOption("edits", 200_000)]]
    : [
        [1_000, numberOption("edits", 200_000)],
        [50_000, numberOption("large-edits", 100_000)],
      ];
for (const [rows, edits] of runs as [number, number][]) await run(rows, edits);

async function run(rows: number, edits: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sheetwire-bench-"));
  const backend = await openLmdbBackend({ dir });
  if (!backend.ok) throw new Error(backend.error.words);
  const runtime = createSystemRuntime({ logLevel: "warn" });
  const store = await createDocumentStore(backend.value, runtime);
  try {
    const made = await store.create({ source: "bench", tab: "Bench", title: "Bench" });
    if (!made.ok) throw new Error(made.error.tag);
    await churn(made.value, rows, edits);
  } finally {
    await store.close();
    await backend.value.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function churn(document: SharedDocument, rows: number, edits: number): Promise<void> {
  const random = createSeededRandom(`churn ${rows} ${edits}`);
  const watch = createLoopWatch();
  await apply(document, firstDelta(makeGrid(rows, COLUMNS)));
  const sizes = createSizes(document, rows, edits);
  const offline: { readonly since: number; readonly doc: Y.Doc }[] = [];
  const startMs = performance.now();
  let benchMs = 0;
  watch.start();
  for (let done = 0; done < edits; ) {
    benchMs += watch.aside(() => {
      sizes.look(done);
      const since = OFFLINE_SINCE[offline.length];
      if (since !== undefined && done >= since * edits) offline.push({ since, doc: copyOf(document) });
    });
    const cells = 1 + random.int(Math.min(CELLS_A_POLL_MAX, edits - done));
    await apply(document, editsOf(rows, cells, done, random.int));
    done += cells;
  }
  const ms = performance.now() - startMs - benchMs;
  watch.stop();
  await document.settled();
  sizes.look(edits, true);

  const name = `${edits} edits on ${rows} x ${COLUMNS}:`;
  print({
    name: `${name} largest encoded size beside a fresh document's`,
    value: sizes.worst(),
    unit: "times",
    goal: "<= 2",
  });
  printWatch(name, watch);
  print({ name: `${name} durable edits a second`, value: edits / (ms / 1000), unit: "1/s" });
  for (const { since, doc } of offline) printOffline(name, since, doc, document);
}

function printWatch(name: string, watch: LoopWatch): void {
  const stretches = watch.stretchesMs();
  print({
    name: `${name} longest stretch without the loop`,
    value: percentile(stretches, 1),
    unit: "ms",
    goal: "<= 20",
  });
  const long = stretches.filter((ms) => ms > 20).length;
  print({ name: `${name} stretches over 20 ms`, value: long, unit: "stretches" });
}

function printOffline(name: string, since: number, doc: Y.Doc, document: SharedDocument): void {
  const missing = document.missing(Y.encodeStateVector(doc));
  if (!missing) throw new Error("a client that was offline is refused");
  Y.applyUpdate(doc, missing);
  const whole = document.missing(new Uint8Array([0]))!;
  print({
    name: `${name} what a client misses that went offline after ${since * 100} %`,
    value: missing.length,
    unit: "B",
    baseline: { name: "the whole document", value: whole.length },
  });
  const [theirs, ours] = [contentOf(doc), contentOf(loaded(whole))];
  const durable = JSON.stringify(rowsOf(document.baseline().order, document.baseline().rows));
  if (theirs !== ours || theirs !== durable)
    throw new Error(`a client offline since ${since} has other rows`);
}

interface Sizes {
  look(done: number, always?: boolean): void;
  worst(): number;
}

function createSizes(document: SharedDocument, rows: number, edits: number): Sizes {
  let [worst, fresh, nextLook, nextFresh] = [0, 0, 0, 0];
  // A large document is dear to encode, and its size moves slowly.
  const looks = Math.min(SIZES, Math.ceil((SIZES * 1_000) / rows / 10));
  return {
    look(done, always = false) {
      if (done >= nextFresh || always) {
        fresh = freshSize(document);
        nextFresh += edits / FRESH;
      }
      if (done < nextLook && !always) return;
      nextLook += edits / looks;
      worst = Math.max(worst, document.missing(new Uint8Array([0]))!.length / fresh);
    },
    worst: () => worst,
  };
}

/** The size of a document that holds the same rows and never held others. */
function freshSize(document: SharedDocument): number {
  const { columns, order, rows } = document.baseline();
  const { source, tab, title, epoch } = document.meta();
  const mirror = createMirror(new Y.Doc(), 1, { source, tab, epoch });
  const added = order.map((id): Delta["added"][number] => [id, rows.get(id)!.values]);
  mirror.write(
    { columns, added, cells: [], removed: [], order: [{ at: 0, remove: 0, insert: order }] },
    title,
  );
  return Y.encodeStateAsUpdate(mirror.doc).length;
}

/** What people do to single cells: numbers and texts, each other than what stood there. */
function editsOf(rows: number, count: number, done: number, int: (below: number) => number): Delta {
  const cells = new Map<string, readonly [RowId, number, CellValue]>();
  for (let i = 0; i < count; i++) {
    const [row, slot] = [1 + int(rows), int(COLUMNS)];
    cells.set(`${row}:${slot}`, [row, slot, slot % 3 === 0 ? `edit ${done + i}` : done + i + 0.5]);
  }
  return { added: [], cells: [...cells.values()].sort((a, b) => a[0] - b[0]), removed: [], order: [] };
}

async function apply(document: SharedDocument, delta: Delta): Promise<void> {
  const applied = await document.apply({ delta, author: "source" });
  if (!applied.ok) throw new Error(`refused: ${applied.error.tag}`);
}

function copyOf(document: SharedDocument): Y.Doc {
  return loaded(document.missing(new Uint8Array([0]))!);
}

function loaded(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

function contentOf(doc: Y.Doc): string {
  const rows = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
  return JSON.stringify(rowsOf(doc.getArray<RowId>(ORDER).toArray(), rows));
}

function rowsOf(order: readonly RowId[], rows: ReadonlyMap<RowId, FoldedRow>): unknown[] {
  return order.map((id) => [id, rows.get(id)?.values]);
}
