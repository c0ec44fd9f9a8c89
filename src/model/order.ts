import type { RowId } from "#contract/layout.ts";
import type { Splice } from "./delta.ts";

/**
 * Indices of one longest strictly increasing subsequence of `values`; negative values take no part.
 * O(n log n).
 */
export function longestIncreasing(values: Int32Array): Int32Array {
  const tails = new Int32Array(values.length);
  const before = new Int32Array(values.length);
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0) continue;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    before[i] = low > 0 ? tails[low - 1]! : -1;
    tails[low] = i;
    if (low === length) length++;
  }
  const picked = new Int32Array(length);
  for (let k = length - 1, i = length > 0 ? tails[length - 1]! : -1; k >= 0; k--, i = before[i]!)
    picked[k] = i;
  return picked;
}

/**
 * The splices that turn one list of row ids into another. `origin[i]` is the index that `after[i]` had in the
 * old list, or -1 for a new row. Rows outside a longest increasing run count as moved.
 */
export function spliceOrder(lengthBefore: number, after: readonly RowId[], origin: Int32Array): Splice[] {
  const splices: Splice[] = [];
  const stays = longestIncreasing(origin);
  let nextOld = 0;
  let nextNew = 0;
  const emit = (endOld: number, endNew: number): void => {
    const remove = endOld - nextOld;
    if (remove > 0 || endNew > nextNew) {
      splices.push({ at: nextNew, remove, insert: after.slice(nextNew, endNew) });
    }
    nextOld = endOld + 1;
    nextNew = endNew + 1;
  };
  for (const index of stays) emit(origin[index]!, index);
  emit(lengthBefore, after.length);
  return splices;
}

/** Bytes of Yjs update that one more splice costs, against those of one row id rewritten in place [measured]. */
const SPLICE_BYTES = 13;
const ROW_ID_BYTES = 4;

/**
 * The same change with fewer splices: what stands unchanged between two close ones is rewritten with them, where
 * that takes fewer bytes on the wire. After a sort that is one splice.
 */
export function joinSplices(splices: readonly Splice[], before: readonly RowId[]): Splice[] {
  const joined: { at: number; remove: number; insert: RowId[]; endBefore: number }[] = [];
  let shift = 0;
  for (const { at, remove, insert } of splices) {
    const startBefore = at - shift;
    const last = joined[joined.length - 1];
    const kept = last ? startBefore - last.endBefore : 0;
    if (last && kept * ROW_ID_BYTES <= SPLICE_BYTES) {
      for (let i = last.endBefore; i < startBefore; i++) last.insert.push(before[i]!);
      for (const id of insert) last.insert.push(id);
      last.remove += kept + remove;
      last.endBefore = startBefore + remove;
    } else {
      joined.push({ at, remove, insert: insert.slice(), endBefore: startBefore + remove });
    }
    shift += insert.length - remove;
  }
  return joined.map(({ at, remove, insert }) => ({ at, remove, insert }));
}

/** Applies splices to a list; for folding and for tests. */
export function applySplices(before: readonly RowId[], splices: readonly Splice[]): RowId[] {
  const after: RowId[] = [];
  let from = 0;
  for (const { at, remove, insert } of splices) {
    const kept = at - after.length;
    for (let i = from; i < from + kept; i++) after.push(before[i]!);
    for (const id of insert) after.push(id);
    from += kept + remove;
  }
  for (let i = from; i < before.length; i++) after.push(before[i]!);
  return after;
}
