/** Reading a tab's history, the newest first; what a summary rules out is not read. */
import type { RowId, Slot } from "#contract/layout.ts";
import type { Kv } from "../backend/backend.ts";
import type { Item } from "./change.ts";
import { byToken, causeToken, mayHold, rowToken, slotToken } from "./filter.ts";
import { runsHave } from "./runs.ts";
import {
  type Group,
  type Head,
  idOf,
  keysOf,
  NEW_HEAD,
  numberOf,
  type Segment,
  type Summary,
  type TabPlace,
} from "./segment.ts";
import { EDIT_AT } from "./tab-recorder.ts";

/** What is absent matches all. */
export interface HistoryQuery {
  readonly row?: RowId;
  readonly slot?: Slot;
  /** Subject of the token whose edit it was, or who changed the sheet where somebody tells. */
  readonly by?: string;
  readonly cause?: string;
  /** Recorded from this time on, and before that one; ms since 1970. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only what is older than the entry of this id. */
  readonly before?: string;
}

/** One change of one cell or row, of the columns or of the order. */
export interface Entry {
  readonly id: string;
  readonly group: Group;
  readonly item: Item;
}

export async function* readEntries(
  kv: Kv,
  place: TabPlace,
  query: HistoryQuery = {},
  options: ReadOptions = {},
): AsyncGenerator<Entry> {
  for await (const groups of readGroups(kv, place, query, options)) {
    for (const group of groups.toReversed()) {
      if (group.at < (query.fromMs ?? 0) || group.at >= (query.toMs ?? Number.POSITIVE_INFINITY)) continue;
      for (let place = group.items.length - 1; place >= 0; place--) {
        const id = idOf(group, group.first + place);
        const item = group.items[place]!;
        if (query.before !== undefined && id >= query.before) continue;
        if (matches(group, item, query)) yield { id, group, item };
      }
    }
  }
}

/** The groups of each segment that may hold something, in the order of time within it. */
export async function* readGroups(
  kv: Kv,
  place: TabPlace,
  query: HistoryQuery = {},
  { keptToo = true, pause = async () => {} }: ReadOptions = {},
): AsyncGenerator<readonly Group[]> {
  const keys = keysOf(place);
  const head = (await kv.get<Head>(keys.head))?.value ?? NEW_HEAD;
  const tokens = tokensFor(query);
  const [last] = await kv.list<Segment>(keys.segments, { reverse: true, limit: 1 });
  if (last) {
    if (numberOf(last.key) >= head.firstSegment) yield last.value.groups;
    let before = keys.summary(numberOf(last.key));
    for (;;) {
      const page = await kv.list<Summary>(keys.summaries, { before, reverse: true, limit: SUMMARIES_PAGE });
      for (const { key, value } of page) {
        const number = numberOf(key);
        if (number < head.firstSegment) break;
        if (!isWanted(value, query) || !mayHold(value.filter, tokens)) continue;
        // Older than all that is asked for, and so is what stands before it.
        const segment = await kv.get<Segment>(keys.segment(number));
        if (number % SEGMENTS_AT_A_STRETCH === 0) await pause();
        if (segment) yield segment.value.groups;
      }
      const oldest = page.at(-1);
      if (!oldest || oldest.value.toMs < (query.fromMs ?? 0) || numberOf(oldest.key) < head.firstSegment)
        break;
      before = oldest.key;
    }
  }
  if (!keptToo) return;
  for (let number = 0; number < head.kept.count; number++) {
    const kept = await kv.get<Segment>(keys.keptSegment(head.kept.generation, number));
    if (kept) yield kept.value.groups;
  }
}

export interface ReadOptions {
  readonly keptToo?: boolean;
  /** Lets the loop turn. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** About five milliseconds. */
export const SEGMENTS_AT_A_STRETCH = 32;

/** Of about half a kilobyte each. */
const SUMMARIES_PAGE = 128;

function isWanted({ fromMs, toMs, first }: Summary, query: HistoryQuery): boolean {
  if (toMs < (query.fromMs ?? 0) || fromMs >= (query.toMs ?? Number.POSITIVE_INFINITY)) return false;
  return query.before === undefined || first < query.before;
}

function tokensFor({ row, slot, by, cause }: HistoryQuery): string[] {
  return [
    ...(row === undefined ? [] : [rowToken(row)]),
    // Rows that came or went hold the cell of every column.
    ...(slot === undefined || row !== undefined ? [] : [slotToken(slot)]),
    ...(by === undefined ? [] : [byToken(by)]),
    ...(cause === undefined ? [] : [causeToken(cause)]),
  ];
}

function matches(group: Group, item: Item, { row, slot, by, cause }: HistoryQuery): boolean {
  if (row !== undefined && !isOfRow(item, row)) return false;
  if (slot !== undefined && !isOfSlot(item, slot, row !== undefined)) return false;
  if (by === undefined && cause === undefined) return true;
  const edit = editOf(group, item);
  if (cause !== undefined && edit?.[3] !== cause) return false;
  return by === undefined || (edit ? edit[1] : group.sheet?.[2]) === by;
}

export function editOf({ edits }: Group, item: Item) {
  const at = EDIT_AT[item[0]];
  const place = at === undefined ? undefined : (item[at] as number | undefined);
  return place === undefined ? undefined : edits?.[place];
}

function isOfRow(item: Item, row: RowId): boolean {
  switch (item[0]) {
    case "cell":
    case "formula":
    case "added":
    case "removed":
      return item[1] === row;
    case "loaded":
      return runsHave(item[1], row);
    case "rewritten":
      return true;
    default:
      return false;
  }
}

/** `rowsToo`: of one row, where its coming and going are changes of the cell. */
function isOfSlot(item: Item, slot: Slot, rowsToo: boolean): boolean {
  if (item[0] === "cell" || item[0] === "formula") return item[2] === slot;
  return rowsToo && item[0] !== "columns" && item[0] !== "order";
}
