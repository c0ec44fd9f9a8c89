import { err, ok, type Result } from "#contract/result.ts";
import type { Backend, Position, StorageError, StoredUpdate } from "../backend/backend.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Change, decodeChange, type EditMark, type Item } from "./change.ts";
import { makeFilter, tokensOf } from "./filter.ts";
import {
  type Group,
  idOf,
  keysOf,
  numberOf,
  type Progress,
  SEGMENT_BYTES,
  type Segment,
  type Summary,
  type TabPlace,
} from "./segment.ts";

/** One followed document. */
export interface TabRecorder {
  readonly place: TabPlace;
  recorded(position: Position): Promise<boolean>;
  /** Resolves when nothing that was followed waits any more. */
  idle(): Promise<void>;
  /** Resolves when nothing is on its way any more. */
  close(): Promise<void>;
}

export interface TabRecorderDeps extends Pick<Backend, "log" | "kv"> {
  readonly runtime: Pick<Runtime, "logger">;
  readonly document: string;
  readonly epoch: string;
  readonly segmentBytes?: number | undefined;
  /** To wait for: an earlier recorder of the same tab. */
  readonly after: Promise<void> | undefined;
  readonly onFull: (base: string, bytes: number) => void;
}

/** Entries that wait for the disk; beyond it they are read from the log again. */
const WAITING_MAX = 1_000;

/** A segment that is being filled. */
interface Growing {
  readonly number: number;
  readonly groups: Group[];
  next: Progress;
  bytes: number;
  /** What the disk has not heard of yet. */
  unsaved: boolean;
}

export function createTabRecorder(place: TabPlace, deps: TabRecorderDeps): TabRecorder {
  const { log, kv, document, epoch, segmentBytes = SEGMENT_BYTES } = deps;
  const keys = keysOf(place);
  let life = 0;
  let lastMs = 0;
  /** The next change follows something that was never told. */
  let gap = false;
  /** Full ones before the last, which grows; each is written before the next. */
  let segments: Growing[] = [];
  let waiting: StoredUpdate[] = [];
  let overflowed = false;
  let closed = false;
  let unfollow = (): void => {};
  let working: Promise<void> | null = null;
  let askers: { readonly position: Position; readonly answer: (recorded: boolean) => void }[] = [];

  const growing = (): Growing => segments.at(-1)!;

  async function load(): Promise<void> {
    await deps.after;
    const [last] = await kv.list<Segment>(keys.segments, { reverse: true, limit: 1 });
    const known = last?.value;
    life = known ? known.life : 1;
    lastMs = known?.groups.at(-1)?.at ?? 0;
    const groups = [...(known?.groups ?? [])];
    const bytes = groups.reduce((sum, group) => sum + sizeOf(group), 0);
    const next = known?.next ?? { position: 1, item: 0 };
    segments = [{ number: last ? numberOf(last.key) : 0, groups, next, bytes, unsaved: false }];
    if (known && known.epoch !== epoch) {
      // Another document under the same name: its positions start over.
      life++;
      growing().next = { position: 1, item: 0 };
    }
  }

  function start(): void {
    const { position, item } = growing().next;
    overflowed = false;
    unfollow = log.follow(document, position - 1, (entry) => {
      if (closed || overflowed) return;
      if (waiting.length >= WAITING_MAX) {
        overflowed = true;
        unfollow();
      } else waiting.push(entry);
      work();
    });
    if (item > 0) gap = false;
  }

  function work(): void {
    working ??= drain().finally(() => {
      working = null;
      if (!closed && overflowed && waiting.length === 0) start();
    });
  }

  async function drain(): Promise<void> {
    // Lets what became durable together be written together.
    await undefined;
    for (;;) {
      const batch = waiting;
      waiting = [];
      for (const entry of batch) take(entry);
      const saved = await save();
      if (!saved.ok) {
        deps.runtime.logger.warn("history not stored", { ...place, detail: saved.error.detail });
        return answerAll(false);
      }
      answerReached();
      if (waiting.length === 0) return;
    }
  }

  function take({ position, author, change: bytes }: StoredUpdate): void {
    const { next } = growing();
    if (position < next.position) return;
    if (author === "checkpoint" && position > next.position) gap = true;
    const change = bytes && decodeChange(bytes);
    if (change) put(position, change, position === next.position ? next.item : 0);
    growing().next = { position: position + 1, item: 0 };
  }

  /** Items from `from` on, into as many segments as they fill; a change without any is one group. */
  function put(position: Position, change: Change, from: number): void {
    lastMs = Math.max(lastMs, change.at);
    let first = from;
    do {
      if (growing().bytes >= segmentBytes) grow();
      let bytes = 0;
      let end = first;
      while (end < change.items.length && bytes + growing().bytes < segmentBytes) {
        bytes += JSON.stringify(change.items[end++]).length + 1;
      }
      const group = groupOf(position, change, first, end);
      growing().groups.push(group);
      growing().bytes += sizeOf(group);
      growing().unsaved = true;
      growing().next =
        end < change.items.length ? { position, item: end } : { position: position + 1, item: 0 };
      first = end;
    } while (first < change.items.length);
  }

  function groupOf(position: Position, change: Change, first: number, end: number): Group {
    const begins = growing().groups.at(-1) === undefined && growing().number === 0;
    const start = change.fresh ? "empty" : gap || begins ? "unknown" : null;
    gap = false;
    return {
      life,
      position,
      first,
      at: lastMs,
      ...(first === 0 && start !== null && { start }),
      ...(change.sheet && { sheet: change.sheet }),
      ...pickEdits(change.items.slice(first, end), change.edits),
    };
  }

  function grow(): void {
    const { number, next } = growing();
    segments.push({ number: number + 1, groups: [], next, bytes: 0, unsaved: false });
  }

  async function save(): Promise<Result<void, StorageError>> {
    for (;;) {
      const [segment, ...later] = segments as [Growing, ...Growing[]];
      if (segment.unsaved) {
        const { groups, next } = segment;
        const stored = await kv.put(keys.segment(segment.number), {
          epoch,
          life,
          next,
          groups,
        } satisfies Segment);
        if (!stored.ok) return err(storageError(stored.error));
        if (later.length > 0 || growing().groups.length === groups.length) segment.unsaved = false;
      }
      if (later.length === 0) return ok(undefined);
      const summary = summaryOf(segment);
      const stored = await kv.put(keys.summary(segment.number), summary);
      if (!stored.ok) return err(storageError(stored.error));
      segments = later;
      deps.onFull(keys.base, summary.bytes);
    }
  }

  function answerReached(): void {
    const { position } = growing().next;
    const reached = askers.filter((asker) => asker.position < position);
    askers = askers.filter((asker) => asker.position >= position);
    for (const { answer } of reached) answer(true);
  }
  function answerAll(recorded: boolean): void {
    const all = askers;
    askers = [];
    for (const { answer } of all) answer(recorded);
  }

  const loading = load().then(() => {
    if (!closed) start();
  });
  return {
    place,
    async recorded(position) {
      await loading;
      if (closed) return false;
      // Else what comes after a compaction would seem to follow something untold.
      growing().unsaved = true;
      const answer = new Promise<boolean>((resolve) => askers.push({ position, answer: resolve }));
      work();
      return answer;
    },
    async idle() {
      await loading;
      // What the log holds is handed over once nothing is half way to the disk.
      await log.read(document, growing().next.position - 1);
      while (working) await working;
    },
    async close() {
      closed = true;
      unfollow();
      await loading;
      await working;
      answerAll(false);
    },
  };
}

/** The items with the edits that they name, numbered anew. */
export function pickEdits(
  items: readonly Item[],
  edits: readonly EditMark[] | undefined,
): { readonly items: readonly Item[]; readonly edits?: readonly EditMark[] } {
  if (!edits) return { items };
  const places = new Map<number, number>();
  const picked: EditMark[] = [];
  const renamed = items.map((item): Item => {
    const at = EDIT_AT[item[0]];
    const edit = at === undefined ? undefined : (item[at] as number | undefined);
    if (edit === undefined || !edits[edit]) return item;
    let place = places.get(edit);
    if (place === undefined) {
      place = picked.push(edits[edit]) - 1;
      places.set(edit, place);
    }
    return [...item.slice(0, at), place] as unknown as Item;
  });
  return { items: renamed, edits: picked };
}

/** Where an item names its edit. */
export const EDIT_AT: Readonly<Partial<Record<Item[0], number>>> = {
  cell: 5,
  formula: 5,
  added: 3,
  removed: 3,
};

export function summaryOf({ groups, bytes }: { groups: readonly Group[]; bytes: number }): Summary {
  const [first, last] = [groups[0]!, groups.at(-1)!];
  return {
    fromMs: first.at,
    toMs: last.at,
    first: idOf(first, first.first),
    bytes,
    items: groups.reduce((sum, { items }) => sum + items.length, 0),
    filter: makeFilter(tokensOf(groups)),
  };
}

export function sizeOf(group: Group): number {
  return JSON.stringify(group).length;
}

function storageError(error: { readonly tag: string; readonly detail?: string }): StorageError {
  return { tag: "StorageError", detail: error.detail ?? error.tag };
}
