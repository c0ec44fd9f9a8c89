import type { CellValue } from "#contract/cell.ts";
import type { Column, Slot } from "#contract/layout.ts";
import type { Baseline } from "./delta.ts";
import { hashCell } from "./row-hash.ts";
import type { TabSnapshot } from "./snapshot.ts";

/** How many rows a column's content is judged by. */
const SAMPLE_ROWS = 256;
/** Two columns with different headers are the same one renamed when this share of their content agrees. */
const RENAMED_SHARE = 0.5;
/** Above this many pairs of unmatched columns, only those in the same gap are compared. */
const PAIRS_MAX = 4096;

/**
 * Which known column each column of a snapshot is, or null for a new one: by header first (columns that share a
 * header by content, then in order), then by content for renamed ones, those between the same neighbours first.
 */
export function matchColumns(baseline: Baseline, tab: TabSnapshot): (Column | null)[] {
  const match: (Column | null)[] = tab.columns.map(() => null);
  const taken = new Set<Slot>();
  const pair = (position: number, column: Column): void => {
    match[position] = column;
    taken.add(column.slot);
  };

  const contents = lazyContents(baseline, tab);
  const known = groupBy(baseline.columns, (column) => column.header);
  const found = groupBy(
    tab.columns.map((_, position) => position),
    (position) => tab.columns[position]!.header,
  );
  for (const [header, positions] of found) {
    const candidates = known.get(header) ?? [];
    const pairs: readonly (readonly [number, Column])[] =
      candidates.length === positions.length
        ? positions.map((p, i) => [p, candidates[i]!] as const)
        : bestPairs(positions, candidates, contents, 0);
    for (const [p, column] of pairs) pair(p, column);
  }

  const free = (): number[] => [...match.keys()].filter((position) => match[position] === null);
  const unclaimed = (): Column[] => baseline.columns.filter((column) => !taken.has(column.slot));
  for (const [positions, candidates] of gaps(match, baseline.columns, taken)) {
    for (const [p, column] of bestPairs(positions, candidates, contents, RENAMED_SHARE)) pair(p, column);
  }
  if (free().length * unclaimed().length <= PAIRS_MAX) {
    for (const [p, column] of bestPairs(free(), unclaimed(), contents, RENAMED_SHARE)) pair(p, column);
  }
  return match;
}

interface Contents {
  snapshot(position: number): Map<number, number>;
  baseline(slot: Slot): Map<number, number>;
}

/** Counts of cell hashes of each column, made when first asked for: most polls ask for none. */
function lazyContents(baseline: Baseline, tab: TabSnapshot): Contents {
  const bySlot = new Map<Slot, Map<number, number>>();
  const byPosition = new Map<number, Map<number, number>>();
  const rowsBefore = baseline.order.slice(0, SAMPLE_ROWS);
  const rowsAfter = tab.rows.slice(0, SAMPLE_ROWS);
  return {
    snapshot: (position) =>
      remember(byPosition, position, () => countCells(rowsAfter.map((row) => row[position]))),
    baseline: (slot) =>
      remember(bySlot, slot, () => countCells(rowsBefore.map((id) => baseline.rows.get(id)?.values[slot]))),
  };
}

function countCells(cells: readonly (CellValue | undefined)[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const cell of cells) {
    if (cell == null) continue;
    const hash = hashCell(cell);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}

/** Share of the fuller column's cells that the other has too; two empty columns agree wholly. */
function similarity(a: Map<number, number>, b: Map<number, number>): number {
  let common = 0;
  let sizeA = 0;
  let sizeB = 0;
  for (const count of b.values()) sizeB += count;
  for (const [hash, count] of a) {
    sizeA += count;
    common += Math.min(count, b.get(hash) ?? 0);
  }
  const size = Math.max(sizeA, sizeB);
  return size === 0 ? 1 : common / size;
}

function bestPairs(
  positions: readonly number[],
  candidates: readonly Column[],
  contents: Contents,
  least: number,
): [number, Column][] {
  const pairs: { position: number; column: Column; share: number; offset: number }[] = [];
  positions.forEach((position, i) => {
    candidates.forEach((column, k) => {
      const share = similarity(contents.snapshot(position), contents.baseline(column.slot));
      if (share >= least) pairs.push({ position, column, share, offset: Math.abs(i - k) });
    });
  });
  pairs.sort((a, b) => b.share - a.share || a.offset - b.offset || a.position - b.position);
  const picked: [number, Column][] = [];
  const usedPositions = new Set<number>();
  const usedSlots = new Set<Slot>();
  for (const { position, column } of pairs) {
    if (usedPositions.has(position) || usedSlots.has(column.slot)) continue;
    usedPositions.add(position);
    usedSlots.add(column.slot);
    picked.push([position, column]);
  }
  return picked;
}

/** Runs of unmatched positions with the unclaimed columns that stand between the same matched neighbours. */
function gaps(
  match: readonly (Column | null)[],
  columns: readonly Column[],
  taken: ReadonlySet<Slot>,
): [number[], Column[]][] {
  const after = new Map<Slot | -1, Column[]>();
  let left: Slot | -1 = -1;
  for (const column of columns) {
    if (taken.has(column.slot)) left = column.slot;
    else after.set(left, [...(after.get(left) ?? []), column]);
  }
  const result: [number[], Column[]][] = [];
  left = -1;
  let run: number[] = [];
  const close = (): void => {
    const candidates = after.get(left);
    if (run.length > 0 && candidates) result.push([run, candidates]);
    run = [];
  };
  match.forEach((column, position) => {
    if (column) {
      close();
      left = column.slot;
    } else run.push(position);
  });
  close();
  return result;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) remember(groups, keyOf(item), () => []).push(item);
  return groups;
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
