/** Tables that several benchmarks share, the same at every run. */
import type { CellValue } from "#contract/cell.ts";
import type { Baseline, Delta } from "../src/model/delta.ts";
import { EMPTY_BASELINE } from "../src/model/delta.ts";
import { diffTab } from "../src/model/diff.ts";
import type { TabSnapshot } from "../src/model/snapshot.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";

export type Grid = CellValue[][];

/** An id, then texts, whole numbers and fractions in turn; a third of the texts occur more than once. */
export function makeGrid(rows: number, columns: number): Grid {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column): CellValue => {
      if (column === 0) return `id-${row}`;
      if (column % 3 === 1) return (row * 7 + column) % 9973;
      if (column % 3 === 2) return ((row + column) % 1000) / 4;
      return `text ${(row * 31 + column * 17) % 5003}`;
    }),
  );
}

export function snapshotOf(rows: Grid, keyed = false): TabSnapshot {
  const width = rows[0]?.length ?? 0;
  return {
    tabId: "0",
    title: "Bench",
    columns: Array.from({ length: width }, (_, i) => ({ header: `column ${i}`, type: "mixed" })),
    rows,
    ...(keyed ? { keyColumn: 0 } : {}),
  };
}

export function firstDelta(rows: Grid): Delta {
  return diffTab(EMPTY_BASELINE, snapshotOf(rows)).delta;
}

export function baselineOf(rows: Grid): Baseline {
  const delta = firstDelta(rows);
  return {
    columns: delta.columns ?? [],
    order: delta.added.map(([id]) => id),
    rows: new Map(delta.added.map(([id, values]) => [id, { values }])),
    nextRow: rows.length + 1,
    nextSlot: rows[0]?.length ?? 0,
  };
}

/** 10 edited cells, 5 inserted rows, 5 deleted rows, 1 moved row: what people do between two polls at most. */
export function everydayScript(before: Grid): Grid {
  const random = createSeededRandom("everyday");
  const rows = before.map((row) => row.slice());
  const width = rows[0]!.length;
  for (let i = 0; i < 10; i++) rows[random.int(rows.length)]![1 + random.int(width - 1)] = `edited ${i}`;
  for (let i = 0; i < 5; i++) {
    const row = Array.from({ length: width }, (_, column) => `new ${i} ${column}`);
    rows.splice(random.int(rows.length), 0, row);
  }
  for (let i = 0; i < 5; i++) rows.splice(random.int(rows.length), 1);
  const [moved] = rows.splice(random.int(rows.length), 1);
  rows.splice(random.int(rows.length), 0, moved!);
  return rows;
}
