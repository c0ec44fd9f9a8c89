/**
 * How a tab's history lies in the keys. `{tab}` is a hash: a title may be longer than a key, and keys are not sealed.
 *
 *     history/{source}/{tab}/segments/{number}    Segment: changes in their order; the last one is still growing
 *     history/{source}/{tab}/summaries/{number}   Summary of a full segment: what it need not be read for
 *     history/{source}/{tab}/kept/{life}/{number} Segment of what outlived its time, the newest first
 *     history/{source}/{tab}/head                 Head: where the whole history begins
 *
 * A segment is written as one value together with the place in the log that it reaches: who goes on after a crash does
 * so from there, hence nothing is lost or told twice.
 */
import type { Position } from "../backend/backend.ts";
import type { Change, Item } from "./change.ts";

export interface TabPlace {
  readonly source: string;
  /** The tab's name in document ids. */
  readonly tab: string;
}

export interface Segment {
  /** Of the document that the last group is of. */
  readonly epoch: string;
  /** How many documents had this name before. */
  readonly life: number;
  /** What comes next: an item of the change at a position in the log. */
  readonly next: Progress;
  readonly groups: readonly Group[];
}

export interface Progress {
  readonly position: Position;
  readonly item: number;
}

/** Items of one change that stand together; none where a document was made and is empty. */
export interface Group extends Pick<Change, "sheet" | "edits"> {
  readonly life: number;
  readonly position: Position;
  /** Place of the first of `items` in its change. */
  readonly first: number;
  /** Never before an earlier group's. */
  readonly at: number;
  /** empty: there was nothing in the document before; unknown: something that is not told. */
  readonly start?: "empty" | "unknown";
  readonly items: readonly Item[];
}

export interface Summary {
  readonly fromMs: number;
  readonly toMs: number;
  /** Names the first item, see `idOf`. */
  readonly first: string;
  readonly bytes: number;
  readonly items: number;
  /** Filter over what the items are about, in base64. */
  readonly filter: string;
}

export interface Head {
  /** The first segment that is whole; what stood before it is gone but for what is kept. */
  readonly firstSegment: number;
  /** What is kept of it: which generation, and how many segments. */
  readonly kept: { readonly generation: number; readonly count: number; readonly bytes: number };
  /** From when on the state of the tab can be told; null: from its beginning. */
  readonly sinceMs: number | null;
}

export const NEW_HEAD: Head = { firstSegment: 0, kept: { generation: 0, count: 0, bytes: 0 }, sinceMs: null };

/** Small enough to be written anew for each change, large enough that a million changes take a few thousand. */
export const SEGMENT_BYTES = 16 * 1024;

export function sourcePrefix(source: string): string {
  return `history/${source}/`;
}

export interface Keys {
  readonly base: string;
  readonly head: string;
  readonly segments: string;
  readonly summaries: string;
  readonly kept: string;
  segment(number: number): string;
  summary(number: number): string;
  keptSegment(generation: number, number: number): string;
}

export function keysOf({ source, tab }: TabPlace): Keys {
  const name = new Bun.CryptoHasher("sha256").update(tab).digest("hex").slice(0, 32);
  return keysAt(`${sourcePrefix(source)}${name}/`);
}

export function keysAt(base: string): Keys {
  const digits = (number: number): string => String(number).padStart(10, "0");
  return {
    base,
    head: `${base}head`,
    segments: `${base}segments/`,
    summaries: `${base}summaries/`,
    kept: `${base}kept/`,
    segment: (number) => `${base}segments/${digits(number)}`,
    summary: (number) => `${base}summaries/${digits(number)}`,
    keptSegment: (generation, number) => `${base}kept/${digits(generation)}/${digits(number)}`,
  };
}

export function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf("/") + 1));
}

/** Names an item for ever, in the order of time. */
export function idOf({ life, position }: Pick<Group, "life" | "position">, item: number): string {
  return `${pad(life, 4)}-${pad(position, 12)}-${pad(item, 7)}`;
}

export const ENTRY_ID = /^\d{4}-\d{12}-\d{7}$/;

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
