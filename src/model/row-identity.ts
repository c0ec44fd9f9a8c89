/**
 * Which row of a snapshot is which row of the baseline. In this order, each step taking what the former left:
 *
 *   1. equal rows at the common start and end
 *   2. rows with the same key, where the source names a key column; rows with different keys never match
 *   3. rows whose content occurs once on both sides
 *   4. equal rows next to matched ones, then equal rows in order (repeated content)
 *   5. changed rows: by similarity between the same neighbours within a window
 *   6. and moved as well: by cells that few other rows have; the more similar first
 *   7. what is left between the same neighbours, in order where the counts agree and anything but the place agrees
 *
 * The rest was deleted or inserted. Every step is linear or n log n in the rows.
 */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { longestIncreasing } from "./order.ts";
import { hashCell, hashRow } from "./row-hash.ts";

/** Two lists of rows with the places of the columns that both sides have: `before` by slot, `after` by position. */
export interface RowsToMatch {
  readonly before: readonly (readonly CellValue[])[];
  readonly after: readonly (readonly CellValue[])[];
  readonly placesBefore: Int32Array;
  readonly placesAfter: Int32Array;
  /** Index in the places of the key column; -1 without one. */
  readonly key: number;
}

export interface RowMatch {
  /** By index in `after`: the index in `before`, or -1. */
  readonly origin: Int32Array;
  /** Rows of `after` whose key was blank or stood in more than one row, so that content decided. */
  readonly keysUnusable: number;
}

/** How far a changed row may have moved within its gap and still be recognised by similarity. */
const GAP_WINDOW = 8;
/** Least share of equal cells, among those not blank on both sides, for the same row. */
const SIMILAR_SHARE = 0.5;
/** With this many cells or fewer before and after, a rewritten row need not have kept any of them. */
const FEW_CELLS = 2;
/** Of more changed rows those in the same gap are taken first: comparing all would take long. */
const RIVAL_ROWS_MAX = 2_000;
/** A cell that more leftover rows have in common says nothing about which one it is. */
const RARE_CELL_ROWS_MAX = 8;

export function matchRows(rows: RowsToMatch): RowMatch {
  const { before, after } = rows;
  const origin = new Int32Array(after.length).fill(-1);
  const target = new Int32Array(before.length).fill(-1);
  const state: State = { ...rows, origin, target, keysBefore: null, keysAfter: null };
  const start = matchStart(state);
  const end = matchEnd(state, start);
  if (start + end === after.length && start + end === before.length) return { origin, keysUnusable: 0 };
  const keysUnusable = rows.key >= 0 ? matchKeys(state, start, end) : 0;
  if (hasFree(origin) && hasFree(target)) {
    matchContent(state);
    matchChanged(state);
    eachGap(state, (olds, news) => matchPlaces(state, olds, news));
  }
  return { origin, keysUnusable };
}

interface State extends RowsToMatch {
  readonly origin: Int32Array;
  /** By index in `before`: the index in `after`, or -1. */
  readonly target: Int32Array;
  /** Keys of rows as text, null where blank; both null without a key column. */
  keysBefore: (string | null)[] | null;
  keysAfter: (string | null)[] | null;
}

function pair(state: State, b: number, a: number): void {
  state.origin[a] = b;
  state.target[b] = a;
}

function rowsEqual(state: State, b: number, a: number): boolean {
  const { placesBefore, placesAfter } = state;
  const rowBefore = state.before[b]!;
  const rowAfter = state.after[a]!;
  for (let i = 0; i < placesBefore.length; i++) {
    const x = rowBefore[placesBefore[i]!];
    const y = rowAfter[placesAfter[i]!];
    if (x !== y && !cellsEqual(x, y)) return false;
  }
  return true;
}

function mayMatch(state: State, b: number, a: number): boolean {
  const keyBefore = state.keysBefore?.[b] ?? null;
  const keyAfter = state.keysAfter?.[a] ?? null;
  return keyBefore === null || keyAfter === null || keyBefore === keyAfter;
}

function matchStart(state: State): number {
  const most = Math.min(state.before.length, state.after.length);
  let start = 0;
  while (start < most && rowsEqual(state, start, start)) pair(state, start, start++);
  return start;
}

function matchEnd(state: State, start: number): number {
  const most = Math.min(state.before.length, state.after.length) - start;
  let end = 0;
  while (end < most) {
    const b = state.before.length - 1 - end;
    const a = state.after.length - 1 - end;
    if (!rowsEqual(state, b, a)) break;
    pair(state, b, a);
    end++;
  }
  return end;
}

function matchKeys(state: State, start: number, end: number): number {
  const keyBefore = state.placesBefore[state.key]!;
  const keyAfter = state.placesAfter[state.key]!;
  const keysBefore = state.before.map((row) => keyText(row[keyBefore]));
  const keysAfter = state.after.map((row) => keyText(row[keyAfter]));
  state.keysBefore = keysBefore;
  state.keysAfter = keysAfter;
  const found = new Map<string, number>();
  for (let a = 0; a < keysAfter.length; a++) note(found, keysAfter[a]!, a);
  const known = new Map<string, number>();
  for (let b = 0; b < keysBefore.length; b++) note(known, keysBefore[b]!, b);
  let unusable = 0;
  for (let a = 0; a < keysAfter.length; a++) {
    const key = keysAfter[a]!;
    if (key === null || found.get(key) === REPEATED) unusable++;
    else if (a >= start && a < keysAfter.length - end) {
      const b = known.get(key);
      if (b !== undefined && b !== REPEATED && state.target[b] === -1) pair(state, b, a);
    }
  }
  return unusable;
}

const REPEATED = -2;

function note(map: Map<string, number>, key: string | null, index: number): void {
  if (key !== null) map.set(key, map.has(key) ? REPEATED : index);
}

function keyText(value: CellValue | undefined): string | null {
  if (value == null || value === "") return null;
  return typeof value === "object" ? `e:${value.error}` : `${typeof value}:${value}`;
}

function matchContent(state: State): void {
  const { origin, target } = state;
  const known = new Map<number, number>();
  const found = new Map<number, number>();
  const hashBefore = new Int32Array(target.length);
  const hashAfter = new Int32Array(origin.length);
  for (let b = 0; b < target.length; b++) {
    if (target[b] !== -1) continue;
    const hash = hashRow(state.before[b]!, state.placesBefore);
    hashBefore[b] = hash;
    known.set(hash, known.has(hash) ? REPEATED : b);
  }
  for (let a = 0; a < origin.length; a++) {
    if (origin[a] !== -1) continue;
    const hash = hashRow(state.after[a]!, state.placesAfter);
    hashAfter[a] = hash;
    found.set(hash, found.has(hash) ? REPEATED : a);
  }
  for (const [hash, a] of found) {
    const b = known.get(hash);
    if (b !== undefined && b >= 0 && a >= 0 && mayMatch(state, b, a) && rowsEqual(state, b, a))
      pair(state, b, a);
  }
  const same = (b: number, a: number): boolean =>
    hashBefore[b] === hashAfter[a] && mayMatch(state, b, a) && rowsEqual(state, b, a);
  growMatches(state, same);
  matchRepeated(state, hashBefore, hashAfter, same);
}

/** Extends matches to equal rows right after and right before them. */
function growMatches(state: State, same: (b: number, a: number) => boolean): void {
  const { origin, target } = state;
  for (let a = 1; a < origin.length; a++) {
    const b = origin[a - 1]! + 1;
    if (origin[a] === -1 && b > 0 && b < target.length && target[b] === -1 && same(b, a)) pair(state, b, a);
  }
  for (let a = origin.length - 2; a >= 0; a--) {
    const b = origin[a + 1]! - 1;
    if (origin[a] === -1 && b >= 0 && target[b] === -1 && same(b, a)) pair(state, b, a);
  }
}

/** Pairs what is left of each repeated content in order. */
function matchRepeated(
  state: State,
  hashBefore: Int32Array,
  hashAfter: Int32Array,
  same: (b: number, a: number) => boolean,
): void {
  const { origin, target } = state;
  const left = new Map<number, number[]>();
  for (let b = target.length - 1; b >= 0; b--) {
    if (target[b] !== -1) continue;
    const list = left.get(hashBefore[b]!);
    if (list) list.push(b);
    else left.set(hashBefore[b]!, [b]);
  }
  for (let a = 0; a < origin.length; a++) {
    if (origin[a] !== -1) continue;
    const list = left.get(hashAfter[a]!);
    const b = list?.[list.length - 1];
    if (list && b !== undefined && same(b, a)) {
      list.pop();
      pair(state, b, a);
    }
  }
}

/** Unmatched rows of both sides between neighbours that kept their order. */
function eachGap(state: State, match: (olds: number[], news: number[]) => void): void {
  const { origin, target } = state;
  let a = 0;
  let b = 0;
  const gap = (endBefore: number, endAfter: number): void => {
    const olds = unmatched(target, b, endBefore);
    const news = unmatched(origin, a, endAfter);
    if (olds.length > 0 && news.length > 0) match(olds, news);
  };
  for (const index of longestIncreasing(origin)) {
    gap(origin[index]!, index);
    a = index + 1;
    b = origin[index]! + 1;
  }
  gap(target.length, origin.length);
}

/** A row that is found elsewhere, and better, is not the one that is left in its gap. */
function matchChanged(state: State): void {
  const near: Candidate[] = [];
  eachGap(state, (olds, news) => near.push(...similarRows(state, olds, news)));
  const left = unmatched(state.origin, 0, state.origin.length).length;
  if (left > RIVAL_ROWS_MAX) pickBest(state, near);
  pickBest(state, left > RIVAL_ROWS_MAX ? rareRows(state) : [...near, ...rareRows(state)]);
}

function similarRows(state: State, olds: number[], news: number[]): Candidate[] {
  const candidates: Candidate[] = [];
  const shift = olds.length - news.length;
  const consider = (k: number, i: number, offset: number): void => {
    const [b, a] = [olds[k]!, news[i]!];
    if (!mayMatch(state, b, a)) return;
    const share = similarity(state, b, a);
    if (share >= SIMILAR_SHARE) candidates.push({ b, a, share, offset });
  };
  for (let i = 0; i < news.length; i++) {
    // Counted from the start of the gap and, where the counts differ, from its end as well.
    for (const centre of shift === 0 ? [i] : [i, i + shift]) {
      const last = Math.min(olds.length - 1, centre + GAP_WINDOW);
      for (let k = Math.max(0, centre - GAP_WINDOW); k <= last; k++) consider(k, i, Math.abs(k - centre));
    }
  }
  return candidates;
}

/** A row rewritten at its place. Two rows with nothing in common are two rows, unless there is little to compare. */
function matchPlaces(state: State, olds: number[], news: number[]): void {
  if (olds.length !== news.length) return;
  olds.forEach((b, i) => {
    const a = news[i]!;
    if (!mayMatch(state, b, a)) return;
    if (similarity(state, b, a) > 0 || filledCells(state, b, a) <= FEW_CELLS) pair(state, b, a);
  });
}

interface Candidate {
  readonly b: number;
  readonly a: number;
  readonly share: number;
  /** How far the row would have moved: decides between equal shares. */
  readonly offset: number;
}

/** Rows both moved and changed: found through cells that few leftover rows have. */
function rareRows(state: State): Candidate[] {
  const { origin, target, placesBefore, placesAfter } = state;
  const olds = unmatched(target, 0, target.length);
  const news = unmatched(origin, 0, origin.length);
  if (olds.length === 0 || news.length === 0) return [];
  const holders = new Map<number, number[]>();
  const cellKey = (place: number, cell: CellValue): number => Math.imul(hashCell(cell) ^ place, 0x9e3779b1);
  for (const b of olds) {
    placesBefore.forEach((place, i) => {
      const cell = state.before[b]![place];
      if (cell == null) return;
      const key = cellKey(i, cell);
      const list = holders.get(key);
      if (!list) holders.set(key, [b]);
      else if (list.length <= RARE_CELL_ROWS_MAX) list.push(b);
    });
  }
  const candidates: Candidate[] = [];
  for (const a of news) {
    const seen = new Set<number>();
    placesAfter.forEach((place, i) => {
      const cell = state.after[a]![place];
      const list = cell == null ? undefined : holders.get(cellKey(i, cell));
      if (list && list.length <= RARE_CELL_ROWS_MAX) for (const b of list) seen.add(b);
    });
    for (const b of seen) {
      if (!mayMatch(state, b, a)) continue;
      const share = similarity(state, b, a);
      const offset = GAP_WINDOW + 1 + Math.abs(b - a);
      if (share >= SIMILAR_SHARE) candidates.push({ b, a, share, offset });
    }
  }
  return candidates;
}

function pickBest(state: State, candidates: Candidate[]): void {
  candidates.sort((x, y) => y.share - x.share || x.offset - y.offset || x.a - y.a);
  for (const { b, a } of candidates) {
    if (state.target[b] === -1 && state.origin[a] === -1) pair(state, b, a);
  }
}

export function isFilled(value: CellValue | undefined): boolean {
  return value != null && value !== "";
}

/** In the one that has more. */
function filledCells(state: State, b: number, a: number): number {
  let [was, is] = [0, 0];
  for (const place of state.placesBefore) if (isFilled(state.before[b]![place])) was++;
  for (const place of state.placesAfter) if (isFilled(state.after[a]![place])) is++;
  return Math.max(was, is);
}

/** Share of equal cells among those not blank on both sides; 0 for two blank rows. */
function similarity(state: State, b: number, a: number): number {
  const { placesBefore, placesAfter } = state;
  const rowBefore = state.before[b]!;
  const rowAfter = state.after[a]!;
  let equal = 0;
  let filled = 0;
  for (let i = 0; i < placesBefore.length; i++) {
    const x = rowBefore[placesBefore[i]!];
    const y = rowAfter[placesAfter[i]!];
    if (x == null && y == null) continue;
    filled++;
    if (cellsEqual(x, y)) equal++;
  }
  return filled === 0 ? 0 : equal / filled;
}

function unmatched(match: Int32Array, from: number, to: number): number[] {
  const found: number[] = [];
  for (let i = from; i < to; i++) if (match[i] === -1) found.push(i);
  return found;
}

function hasFree(match: Int32Array): boolean {
  return match.includes(-1);
}
