/** Bloom filters: whether a segment may hold what is asked for, without reading it. */
import type { Group } from "./segment.ts";

/** One in a hundred segments is read in vain. */
const BITS_PER_TOKEN = 10;
const HASHES = 5;

/** What a filter is asked for. Rows that came in a load are in none: a segment with a load is always read. */
export const rowToken = (row: number): string => `r${row}`;
export const slotToken = (slot: number): string => `s${slot}`;
export const byToken = (by: string): string => `b${by}`;
export const causeToken = (cause: string): string => `c${cause}`;
const LOAD_TOKEN = "load";

export function tokensOf(groups: readonly Group[]): Set<string> {
  const tokens = new Set<string>();
  for (const { items, sheet, edits } of groups) {
    if (sheet?.[2]) tokens.add(byToken(sheet[2]));
    for (const [, by, , cause] of edits ?? []) {
      tokens.add(byToken(by));
      if (cause !== null) tokens.add(causeToken(cause));
    }
    for (const [kind, row, slot] of items) {
      if (kind === "cell" || kind === "formula") tokens.add(slotToken(slot));
      if (kind === "cell" || kind === "formula" || kind === "added" || kind === "removed") {
        tokens.add(rowToken(row));
      } else if (kind === "loaded") tokens.add(LOAD_TOKEN);
    }
  }
  return tokens;
}

export function makeFilter(tokens: ReadonlySet<string>): string {
  const bytes = new Uint8Array(Math.max(8, Math.ceil((tokens.size * BITS_PER_TOKEN) / 8)));
  for (const token of tokens) {
    for (const bit of bitsOf(token, bytes.length * 8)) bytes[bit >> 3]! |= 1 << (bit & 7);
  }
  return bytes.toBase64();
}

/** Whether all of the tokens may be there. */
export function mayHold(filter: string, tokens: readonly string[]): boolean {
  if (tokens.length === 0) return true;
  const bytes = Uint8Array.fromBase64(filter);
  const has = (token: string): boolean =>
    bitsOf(token, bytes.length * 8).every((bit) => (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0);
  return tokens.every((token) => has(token) || (token.startsWith("r") && has(LOAD_TOKEN)));
}

function bitsOf(token: string, size: number): number[] {
  const [one, two] = [Bun.hash.xxHash32(token, 1), Bun.hash.xxHash32(token, 2) | 1];
  return Array.from({ length: HASHES }, (_, i) => (((one + i * two) % size) + size) % size);
}
