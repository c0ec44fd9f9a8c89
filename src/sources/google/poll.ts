/**
 * One poll of a workbook, in as few calls as it takes:
 *
 *     values      all wanted tabs in one call                    each time; equal bytes end the poll here
 *     list        which tabs there are                           first; when a title fails; when structure is due
 *     cells       number formats, and what only seems an error   with each list; when such cells came or went
 */
import { ok, type Result } from "#contract/result.ts";
import type { TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { PollResult, Revision, SourceError } from "../source.ts";
import { formatRevision, hashOf, parseRevision, type TabState, type WorkbookState } from "./revision.ts";
import { isLoading, snapshotOf, type Typed, tabState, unchangedTab } from "./tab-reading.ts";
import { readTyped } from "./typed-lookup.ts";
import {
  type Reading,
  type ReadingDeps,
  readStructure,
  readValues,
  type Wanted,
} from "./workbook-reading.ts";

export interface PollDeps extends ReadingDeps {
  readonly clock: Clock;
}

/** list, values, cells. */
const FIRST_POLL_READS = 3;
/** list, cells. */
const STRUCTURE_READS = 2;
/**
 * Titles, new tabs and formats are looked at again when content changed or after so many polls, but no more often
 * than this: at a poll every two seconds that is one call in eight.
 */
const STRUCTURE_AGE_MIN_MS = 15_000;
const STRUCTURE_POLLS = 5;

/** `since`: the revision of the last poll, for what changed since then; null for everything. */
export async function pollWorkbook(
  deps: PollDeps,
  since: Revision | null,
  signal: AbortSignal,
): Promise<Result<PollResult, SourceError>> {
  const { api, clock } = deps;
  const settings = hashOf(JSON.stringify(deps.wanted));
  const known = parseRevision(since, settings);
  const room = api.room(known ? 1 : FIRST_POLL_READS);
  if (!room.ok) return room;

  const first = await readValues(deps, known, signal);
  if (!first.ok) return first;
  let reading = first.value;
  const nowMs = clock.nowMs();
  if (known && !reading.listed && structureDue(known, reading, nowMs) && api.room(STRUCTURE_READS).ok) {
    const again = await readStructure(deps, reading, known, signal);
    if (!again.ok) return again;
    reading = again.value;
  }
  if (known && !reading.listed && reading.body === known.body) {
    return ok({ tag: "Unchanged", revision: formatRevision({ ...known, polls: known.polls + 1 }) });
  }
  const typed = await readTyped(api, reading, known, signal);
  if (!typed.ok) return typed;
  const head = {
    settings,
    body: reading.body,
    structureAtMs: reading.listed ? nowMs : known!.structureAtMs,
    polls: reading.listed ? 0 : known!.polls + 1,
  };
  return compose(deps.wanted, head, reading, typed.value, known);
}

function structureDue(known: WorkbookState, reading: Reading, nowMs: number): boolean {
  if (reading.tabs.some((tab, index) => tab.shape !== known.tabs[index]?.shape)) return true;
  const ageMs = nowMs - known.structureAtMs;
  const changed = reading.body !== known.body;
  // Wall time may have been set back: a negative age tells nothing.
  return (changed || known.polls >= STRUCTURE_POLLS) && (ageMs >= STRUCTURE_AGE_MIN_MS || ageMs < 0);
}

function compose(
  wanted: Wanted,
  head: Omit<WorkbookState, "tabs" | "notices">,
  reading: Reading,
  typed: readonly Typed[],
  known: WorkbookState | null,
): Result<PollResult, SourceError> {
  const states: TabState[] = [];
  const tabs: (TabSnapshot | UnchangedTab)[] = [];
  for (const [index, tab] of reading.choice.tabs.entries()) {
    const before = known?.tabs.find((state) => state.sheetId === tab.sheetId);
    const measured = reading.tabs[index]!;
    const state = tabState(tab, measured, typed[index]!, before);
    if (isLoading(measured, state)) return ok({ tag: "Pending" });
    if (before && Bun.deepEquals(state, before)) {
      states.push(before);
      tabs.push(unchangedTab(before));
      continue;
    }
    const ranges = reading.ranges();
    if (!ranges.ok) return ranges;
    const mapped = snapshotOf(state, ranges.value[index]!, wanted.keyColumns?.[tab.name]);
    states.push({ ...state, notices: mapped.notices });
    tabs.push(mapped.snapshot);
  }
  const state: WorkbookState = { ...head, tabs: states, notices: reading.choice.notices };
  const revision = formatRevision(state);
  const same =
    known && Bun.deepEquals(known.tabs, state.tabs) && Bun.deepEquals(known.notices, state.notices);
  if (same) return ok({ tag: "Unchanged", revision });
  const notices = [...state.notices, ...states.flatMap((one) => one.notices)];
  return ok({ tag: "Changed", revision, snapshot: { tabs, notices } });
}
