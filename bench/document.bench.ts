/** The mirror's layout: bytes on the wire, and loading beside the obvious layout, a Y.Map per row. */
import * as Y from "yjs";
import { diffTab } from "../src/model/diff.ts";
import { createMirror, type Mirror } from "../src/sync/mirror.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";
import { print, printAgainst } from "./line.ts";
import { firstDelta, type Grid, makeGrid, snapshotOf } from "./tables.ts";

const ROWS = 50_000;
const COLUMNS = 20;

if (process.argv[2]) {
  console.log(JSON.stringify(loadOnce(process.argv[2])));
} else {
  wireBytes();
  beside();
}

function open(rows: Grid): Mirror {
  const mirror = createMirror(new Y.Doc({ guid: "bench" }), 1, { source: "bench", tab: "Bench", epoch: "e" });
  mirror.write(firstDelta(rows), "Bench");
  return mirror;
}

function bytesOf(mirror: Mirror, rows: Grid, columns?: string[]): number {
  const snapshot = columns
    ? { ...snapshotOf(rows), columns: columns.map((header) => ({ header, type: "mixed" as const })) }
    : snapshotOf(rows);
  const update = mirror.write(diffTab(mirror.baseline(), snapshot).delta);
  return update?.length ?? 0;
}

function wireBytes(): void {
  const random = createSeededRandom("bytes");
  const rows = makeGrid(ROWS, COLUMNS);
  const mirror = open(rows);
  print({ name: "an unchanged poll", value: bytesOf(mirror, rows), unit: "B", goal: "0" });

  rows[31_000]![3] = "edited";
  print({ name: "one text cell", value: bytesOf(mirror, rows), unit: "B", goal: "<= 36" });
  rows[41_000]![1] = 123_456;
  print({ name: "one number cell", value: bytesOf(mirror, rows), unit: "B", goal: "<= 36" });

  for (let i = 0; i < 100; i++) rows[random.int(ROWS)]![1 + random.int(COLUMNS - 1)] = random.int(100);
  print({
    name: "100 scattered cells in one poll, values 0 to 99",
    value: bytesOf(mirror, rows),
    unit: "B",
    goal: "<= 1050",
  });

  const inserted = makeGrid(1, COLUMNS)[0]!.map((cell, i) => (i === 0 ? "a new row" : cell));
  rows.unshift(inserted);
  const overhead = bytesOf(mirror, rows) - JSON.stringify(inserted).length;
  print({ name: "a row inserted on top, beyond its JSON", value: overhead, unit: "B", goal: "<= 36" });

  rows.sort((a, b) => (String(a[3]) < String(b[3]) ? -1 : 1));
  print({ name: "a sort, per row", value: bytesOf(mirror, rows) / rows.length, unit: "B", goal: "<= 6" });

  const headers = ["new", ...Array.from({ length: COLUMNS }, (_, i) => `column ${i}`)];
  const widened = rows.map((row) => [null, ...row]);
  print({
    name: "a column inserted on the left",
    value: bytesOf(mirror, widened, headers),
    unit: "B",
    goal: "<= 1024",
  });
}

/** Each layout loads in a process of its own, so that memory is its own. */
function beside(): void {
  const [ours, obvious] = ["log", "maps"].map((layout) => {
    const results = Array.from({ length: 3 }, () => {
      const child = Bun.spawnSync([process.execPath, import.meta.path, layout]);
      return JSON.parse(child.stdout.toString()) as { ms: number; mb: number; bytes: number };
    });
    return results.sort((a, b) => a.ms - b.ms)[1]!;
  }) as [{ ms: number; mb: number; bytes: number }, { ms: number; mb: number; bytes: number }];
  const name = (what: string): string => `${what} ${ROWS} x ${COLUMNS}`;
  printAgainst(name("load"), "ms", ours.ms, { name: "Y.Map per row", value: obvious.ms }, "ratio >= 10");
  printAgainst(name("memory of"), "MB", ours.mb, { name: "Y.Map per row", value: obvious.mb }, "ratio >= 6");
  printAgainst(name("snapshot of"), "B", ours.bytes, { name: "Y.Map per row", value: obvious.bytes });
}

function loadOnce(layout: string): { ms: number; mb: number; bytes: number } {
  const update = layout === "log" ? encodeLog() : encodeMaps();
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const ms = performance.now() - start;
  Bun.gc(true);
  const mb = Math.max(1, (process.memoryUsage().rss - before) / 2 ** 20);
  if (doc.share.size === 0) throw new Error("nothing was loaded");
  return { ms, mb, bytes: update.length };
}

function encodeLog(): Uint8Array {
  return Y.encodeStateAsUpdate(open(makeGrid(ROWS, COLUMNS)).doc);
}

function encodeMaps(): Uint8Array {
  const doc = new Y.Doc();
  const array = doc.getArray<Y.Map<unknown>>("rows");
  doc.transact(() => {
    array.push(
      makeGrid(ROWS, COLUMNS).map((row) => {
        const map = new Y.Map<unknown>();
        row.forEach((cell, i) => {
          map.set(`column ${i}`, cell);
        });
        return map;
      }),
    );
  });
  return Y.encodeStateAsUpdate(doc);
}
