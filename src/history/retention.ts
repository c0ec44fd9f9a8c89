/**
 * What is too old, or too much, goes: whole segments from the oldest on. Of what goes, each cell's last change is kept as it
 * was written, until a later one goes the same way or its row is gone; two changes are never made one.
 *
 * A new generation of what is kept is written beside the old one, then the head tells of it; a crash in between leaves
 * what nobody reads, and the next time begins by clearing that away.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, KvError, StorageError } from "../backend/backend.ts";
import type { Item } from "./change.ts";
import type { HistoryLimits } from "./limits.ts";
import { SEGMENTS_AT_A_STRETCH } from "./read.ts";
import {
  type Group,
  type Head,
  type Keys,
  keysAt,
  NEW_HEAD,
  numberOf,
  SEGMENT_BYTES,
  type Segment,
  type Summary,
} from "./segment.ts";
import { pickEdits, sizeOf } from "./tab-recorder.ts";

const DAY_MS = 86_400_000;
/** What goes for its size goes down to this share of the bound, so that it is seldom. */
const FULL_SHARE = 0.75;
/** What is kept may take this share of the bound. */
const KEPT_SHARE = 0.25;
const PAGE = 128;

export type Compacted = Result<{ readonly bytes: number; readonly gone: number }, StorageError>;

/** `base`: where the tab's keys begin. Only one at a time for a tab. */
export async function compactHistory(
  kv: Kv,
  base: string,
  { historyDaysMax, historyBytesMax }: HistoryLimits,
  nowMs: number,
  pause: () => Promise<void> = async () => {},
): Promise<Compacted> {
  const keys = keysAt(base);
  const head = (await kv.get<Head>(keys.head))?.value ?? NEW_HEAD;
  const cleared = await clear(kv, keys, head);
  if (!cleared.ok) return cleared;
  const summaries = await listSummaries(kv, keys, head.firstSegment);
  let bytes = head.kept.bytes + summaries.reduce((sum, summary) => sum + summary.bytes, 0);
  const tooMuch = bytes > historyBytesMax;
  let gone = 0;
  while (gone < summaries.length) {
    const { toMs, bytes: own } = summaries[gone]!;
    const old = toMs < nowMs - historyDaysMax * DAY_MS;
    if (!old && !(tooMuch && bytes > historyBytesMax * FULL_SHARE)) break;
    bytes -= own;
    gone++;
  }
  if (gone === 0) return ok({ bytes, gone });
  const going = summaries.slice(0, gone);
  const generation = head.kept.generation + 1;
  const kept = await keep(kv, keys, {
    head,
    going,
    generation,
    pause,
    bytesMax: historyBytesMax * KEPT_SHARE,
  });
  if (!kept.ok) return kept;
  const next: Head = {
    firstSegment: going.at(-1)!.number + 1,
    kept: { generation, ...kept.value },
    sinceMs: going.at(-1)!.toMs,
  };
  const stored = await kv.put(keys.head, next);
  if (!stored.ok) return refused(stored.error);
  const done = await clear(kv, keys, next);
  return done.ok ? ok({ bytes: bytes - head.kept.bytes + kept.value.bytes, gone }) : done;
}

/** Erases all keys with a prefix, a page at a time. */
export async function erase(
  kv: Kv,
  prefix: string,
  isGone: (key: string) => boolean = () => true,
): Promise<Result<void, StorageError>> {
  for (;;) {
    const page = await kv.list<unknown>(prefix, { limit: PAGE });
    const gone = page.filter(({ key }) => isGone(key));
    const removed = await Promise.all(gone.map(({ key }) => kv.remove(key)));
    for (const result of removed) if (!result.ok) return refused(result.error);
    if (gone.length < PAGE) return ok(undefined);
  }
}

/** What the head does not name: left over, or done with. */
async function clear(kv: Kv, keys: Keys, head: Head): Promise<Result<void, StorageError>> {
  const current = keys.keptSegment(head.kept.generation, 0).slice(0, -"0000000000".length);
  for (const prefix of [keys.segments, keys.summaries]) {
    const done = await erase(kv, prefix, (key) => numberOf(key) < head.firstSegment);
    if (!done.ok) return done;
  }
  const older = await erase(kv, keys.kept, (key) => key < current);
  if (!older.ok) return older;
  const [last] = await kv.list<unknown>(keys.kept, { reverse: true, limit: 1 });
  if (!last || last.key.startsWith(current)) return ok(undefined);
  return erase(kv, last.key.slice(0, -"0000000000".length));
}

async function listSummaries(
  kv: Kv,
  keys: Keys,
  first: number,
): Promise<(Summary & { readonly number: number })[]> {
  const all: (Summary & { readonly number: number })[] = [];
  let after = first > 0 ? keys.summary(first - 1) : undefined;
  for (;;) {
    const page = await kv.list<Summary>(keys.summaries, { ...(after && { after }), limit: PAGE });
    for (const { key, value } of page) all.push({ ...value, number: numberOf(key) });
    if (page.length < PAGE) return all;
    after = page.at(-1)!.key;
  }
}

interface Keeping {
  readonly head: Head;
  readonly going: readonly { readonly number: number }[];
  readonly generation: number;
  readonly bytesMax: number;
  readonly pause: () => Promise<void>;
}

/** Writes what outlives the segments that go, the newest first. */
async function keep(
  kv: Kv,
  keys: Keys,
  { head, going, generation, bytesMax, pause }: Keeping,
): Promise<Result<{ readonly count: number; readonly bytes: number }, StorageError>> {
  const outlives = createOutlives();
  let [count, bytes, pending] = [0, 0, 0];
  let groups: Group[] = [];
  const write = async (): Promise<Result<void, StorageError>> => {
    if (groups.length === 0) return ok(undefined);
    const segment: Segment = { epoch: "", life: 0, next: { position: 0, item: 0 }, groups: groups.reverse() };
    const stored = await kv.put(keys.keptSegment(generation, count), segment);
    if (!stored.ok) return refused(stored.error);
    count++;
    bytes += pending;
    [groups, pending] = [[], 0];
    return ok(undefined);
  };
  const names = [
    ...going.map(({ number }) => keys.segment(number)).reverse(),
    ...Array.from({ length: head.kept.count }, (_, i) => keys.keptSegment(head.kept.generation, i)),
  ];
  read: for (const [place, name] of names.entries()) {
    if (place % SEGMENTS_AT_A_STRETCH === 0) await pause();
    for (const group of (await kv.get<Segment>(name))?.value.groups.toReversed() ?? []) {
      for (const kept of outlives(group)) {
        pending += sizeOf(kept);
        // Those that go for want of room are the oldest.
        if (bytes + pending > bytesMax) break read;
        groups.push(kept);
      }
      if (pending < SEGMENT_BYTES) continue;
      const written = await write();
      if (!written.ok) return written;
    }
  }
  const written = await write();
  return written.ok ? ok({ count, bytes }) : written;
}

/** Asked for group after group, the newest first, gives what of each is the last word on a cell, the newest first. */
function createOutlives(): (group: Group) => Group[] {
  const told = new Set<string>();
  const removed = new Set<number>();
  let life: number | null = null;

  function isLast(item: Item): boolean {
    switch (item[0]) {
      case "cell":
      case "formula": {
        const cell = `${item[0]}${item[1]}:${item[2]}`;
        if (removed.has(item[1]) || told.has(cell)) return false;
        told.add(cell);
        return true;
      }
      case "added":
        return !removed.has(item[1]);
      case "removed":
        removed.add(item[1]);
        return false;
      case "loaded":
        return true;
      default:
        return false;
    }
  }

  return (group) => {
    life ??= group.life;
    // Of an earlier document under the name no cell is there any more.
    if (group.life !== life) return [];
    const kept: Group[] = [];
    let run: Item[] = [];
    const { start: _, ...rest } = group;
    for (let place = group.items.length - 1; place >= -1; place--) {
      const item = place >= 0 ? group.items[place]! : null;
      if (item && isLast(item)) run.push(item);
      else if (run.length > 0) {
        kept.push({ ...rest, first: group.first + place + 1, ...pickEdits(run.reverse(), group.edits) });
        run = [];
      }
    }
    return kept;
  };
}

function refused(error: KvError): Result<never, StorageError> {
  return err(error.tag === "StorageError" ? error : { tag: "StorageError", detail: error.tag });
}
