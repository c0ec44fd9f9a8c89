/**
 * The history of a tab of 50,000 x 20 with a million recorded changes, on LMDB, sealed as it is by default: what recording costs a write, how
 * long questions and earlier states take, beside reading all of it.
 */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellValue } from "#contract/cell.ts";
import type { RowId, Slot } from "#contract/layout.ts";
import { openLmdbBackend } from "../src/backend/lmdb.ts";
import { copyPresent, type Present } from "../src/history/as-of.ts";
import { describeChange, encodeChange } from "../src/history/change.ts";
import { createHistory } from "../src/history/history.ts";
import type { HistoryQuery } from "../src/history/read.ts";
import { idOf, keysOf, type Segment } from "../src/history/segment.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";
import { createTestRuntime } from "../test/support/test-runtime.ts";
import { medianMs, print, printAgainst } from "./line.ts";
import { baselineOf, makeGrid } from "./tables.ts";

const [ROWS, COLUMNS, CHANGES] = [50_000, 20, 1_000_000];
/** As many in one poll: a hundred people who type for some seconds. */
const CELLS_PER_STEP = 20;
const STEP_MS = 10_000;

const dir = join(tmpdir(), `sheetwire-bench-history-${process.pid}`);
const { runtime, random } = createTestRuntime();
const opened = await openLmdbBackend({ dir, encryption: { masterKey: new Uint8Array(32).fill(1), random } });
if (!opened.ok) throw new Error(opened.error.words);
const { log, kv, close } = opened.value;
const history = createHistory({ log, kv, runtime, limits: { historyBytesMax: 2 ** 40 } });
const place = { source: "bench", tab: "Table" };
const document = "bench/Table";

const epoch = "aaaa";
const choice = createSeededRandom("history bench");
const baseline = baselineOf(makeGrid(ROWS, COLUMNS));
const rows = baseline.rows as Map<RowId, { values: CellValue[] }>;
const startMs = runtime.clock.nowMs();
let position = 0;

const unfollow = history.recorder.follow(document, epoch);
const recordingStart = performance.now();
let describing = 0;
let logBytes = 0;
let told = 0;
for (let n = 0; n < CHANGES / CELLS_PER_STEP; ) {
  const appends: Promise<unknown>[] = [];
  for (let batch = 0; batch < 100; batch++, n++) {
    const cells = Array.from({ length: CELLS_PER_STEP }, (): [RowId, Slot, CellValue] => [
      baseline.order[Math.floor(choice.float() * ROWS)]!,
      Math.floor(choice.float() * COLUMNS),
      Math.floor(choice.float() * 1e6),
    ]);
    const atMs = startMs + n * STEP_MS;
    const before = performance.now();
    const change = describeChange({
      epoch,
      atMs,
      before: baseline,
      delta: { cells, added: [], removed: [], order: [] },
      origin: { tag: "sheet", afterMs: atMs - STEP_MS, beforeMs: atMs, by: `person ${n % 50}` },
    })!;
    const bytes = encodeChange(change);
    describing += performance.now() - before;
    logBytes += bytes.length;
    // A cell may get the value that it has.
    told += change.items.length;
    for (const [row, slot, value] of cells) {
      const values = [...rows.get(row)!.values];
      values[slot] = value;
      rows.set(row, { values });
    }
    appends.push(log.append(document, { update: Uint8Array.of(0), author: "source", change: bytes }));
  }
  await Promise.all(appends);
  position = n;
}
await history.recorder.recorded(document, position);
const recordedMs = performance.now() - recordingStart;

print({
  name: `describing a change of ${CELLS_PER_STEP} cells on its way to the log`,
  value: (describing / position) * 1000,
  unit: "us",
});
print({ name: "log bytes for a changed cell until it is compacted", value: logBytes / CHANGES, unit: "B" });
print({
  name: "changes recorded, logged and indexed, sealed",
  value: CHANGES / (recordedMs / 1000),
  unit: "cells/s",
});

const segments = await segmentTexts();
print({
  name: "bytes for a changed cell in the history",
  value: segments.reduce((sum, text) => sum + text.length, 0) / CHANGES,
  unit: "B",
});

const scan = await medianMs(1, async () => {
  let seen = 0;
  for await (const _ of history.read(place, {})) seen++;
  if (seen !== told) throw new Error(`${seen} of ${told} changes are there`);
});
const naive = { name: "reading every entry", value: scan };
const row = baseline.order[ROWS >> 1]!;
await ask("all changes of one row", { row });
await ask("all changes of one cell", { row, slot: 3 });
await ask("an hour in the middle", {
  fromMs: startMs + CHANGES * 250,
  toMs: startMs + CHANGES * 250 + 3_600_000,
});
await ask("the first page of a hundred", {}, 100);
await ask(
  "a page of a hundred in the middle",
  { before: idOf({ life: 1, position: position >> 1 }, 0) },
  100,
);

const present: Present = copyPresent(baseline, { epoch, position });
for (const share of [0.01, 0.1, 0.5, 1]) {
  const timeMs = startMs + position * STEP_MS * (1 - share);
  const value = await medianMs(share < 0.5 ? 5 : 1, async () => {
    const state = await history.stateAt(place, present, timeMs);
    if (!state.ok) throw new Error(state.error.tag);
  });
  printAgainst(
    `${ROWS} x ${COLUMNS} as it was ${share * 100} % of a million changes ago`,
    "ms",
    value,
    naive,
  );
}

unfollow();
await history.close();
await close();
rmSync(dir, { recursive: true, force: true });

async function ask(what: string, query: HistoryQuery, most = Number.POSITIVE_INFINITY): Promise<void> {
  const value = await medianMs(5, async () => {
    let seen = 0;
    for await (const _ of history.read(place, query)) if (++seen >= most) break;
  });
  printAgainst(`${what} among a million`, "ms", value, naive);
}

async function segmentTexts(): Promise<string[]> {
  const all = await kv.list<Segment>(keysOf(place).segments);
  return all.map(({ value }) => JSON.stringify(value));
}
