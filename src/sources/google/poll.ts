/**
 * One poll of a workbook, in as few calls as it takes:
 *
 *     values      all wanted tabs in one call, large in windows  each time; equal bytes end the poll here
 *     list        which tabs there are                           first; when a title fails; when structure is due
 *     cells       number formats, and what only seems an error   with each list; when such cells came or went
 *     formulas    of changed tabs                                where asked for; of all with each list
 */
import { ok, type Result } from "#contract/result.ts";
import type { TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import { QUIET_LOOKS } from "../../model/turns.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { PollResult, PollTurn, Revision, SourceError } from "../source.ts";
import { type Formulas, readFormulas } from "./formulas.ts";
import { tooLargeNotice } from "./notices.ts";
import {
  formatRevision,
  hashOf,
  parseRevision,
  type TabState,
  type WorkbookState,
  withoutValues,
} from "./revision.ts";
import type { WantedTab } from "./tab-choice.ts";
import { isLoading, snapshotOf, type Typed, tabState, unchangedTab } from "./tab-reading.ts";
import { readTyped } from "./typed-lookup.ts";
import { headerOf, type Reading, type ReadingDeps, readStructure, readValues } from "./workbook-reading.ts";

export interface PollDeps extends ReadingDeps {
  readonly clock: Clock;
  /** What sharing the quota leaves to this poll; absent: the source is alone. */
  readonly turn?: PollTurn | undefined;
  /** Tabs that are compared whatever the revision says. */
  readonly written?: ReadonlySet<string>;
  /** Told which tabs a poll was about. */
  readonly onTabs?: ((tabs: readonly WantedTab[]) => void) | undefined;
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
  const last = parseRevision(since, settings);
  const known = last && deps.written ? withoutValues(last, deps.written) : last;
  const room = api.claim(known ? 1 : FIRST_POLL_READS + (deps.wanted.formulas ? 1 : 0));
  if (!room.ok) return room;

  const first = await readValues(deps, known, signal);
  if (!first.ok) return first;
  let reading = first.value;
  const nowMs = clock.nowMs();
  const due = known !== null && !reading.listed && structureDue(deps, known, reading, nowMs);
  const look = due ? api.room(STRUCTURE_READS) : null;
  // Values with the hidden rows of before would show what should not be shown.
  if (look && !look.ok && deps.wanted.hidden?.rows === false && !reading.same) return look;
  if (known && look?.ok) {
    const again = await readStructure(deps, reading, known, signal);
    if (!again.ok) return again;
    reading = again.value;
  }
  deps.onTabs?.(reading.choice.tabs);
  if (known && !reading.listed && reading.same) {
    const next = { ...known, polls: known.polls + 1, cursors: reading.cursors };
    return ok({ tag: "Unchanged", revision: formatRevision(next) });
  }
  const typed = await readTyped(api, reading, known, signal);
  if (!typed.ok) return typed;
  const formulas = await readFormulas(deps, reading, known, signal);
  if (!formulas.ok) return formulas;
  if (formulas.value === null) return ok({ tag: "Pending" });
  const head = {
    settings,
    workbook: reading.choice.workbook,
    body: reading.body,
    cursors: reading.cursors,
    structureAtMs: reading.listed ? nowMs : known!.structureAtMs,
    polls: reading.listed ? 0 : known!.polls + 1,
  };
  return compose(deps, head, reading, typed.value, formulas.value, known);
}

function structureDue(
  { wanted, turn }: PollDeps,
  known: WorkbookState,
  reading: Reading,
  nowMs: number,
): boolean {
  // Rows that came or went moved the hidden ones.
  if (wanted.hidden?.rows === false && !reading.same) return true;
  if (reading.tabs.some((tab, index) => tab.shape !== known.tabs[index]?.shape)) return true;
  const ageMs = nowMs - known.structureAtMs;
  const changed = !reading.same || (turn?.hinted ?? false);
  const sharedMs = (turn?.lookIntervalMs ?? 0) * (changed ? 1 : QUIET_LOOKS);
  const leastMs = Math.max(STRUCTURE_AGE_MIN_MS, sharedMs);
  // Wall time may have been set back: a negative age tells nothing.
  return (changed || known.polls >= STRUCTURE_POLLS) && (ageMs >= leastMs || ageMs < 0);
}

function compose(
  deps: PollDeps,
  head: Omit<WorkbookState, "tabs" | "notices">,
  reading: Reading,
  typed: readonly Typed[],
  formulas: Formulas,
  known: WorkbookState | null,
): Result<PollResult, SourceError> {
  const states: TabState[] = [];
  const tabs: (TabSnapshot | UnchangedTab)[] = [];
  for (const [index, tab] of reading.choice.tabs.entries()) {
    const before = known?.tabs.find((state) => state.tabId === tab.tabId);
    const measured = reading.tabs[index]!;
    const told = formulas[index] ?? null;
    const state = {
      ...tabState(tab, measured, typed[index]!, before),
      ...(told ? { formulas: hashOf(JSON.stringify(told)) } : {}),
    };
    if (isLoading(measured, state)) return ok({ tag: "Pending" });
    if (before && Bun.deepEquals(state, before)) {
      states.push(before);
      if (!before.tooLarge) tabs.push(unchangedTab(before));
      continue;
    }
    if (state.tooLarge) {
      states.push({ ...state, notices: [tooLargeNotice(state, deps.limits)] });
      continue;
    }
    const values = reading.values(index);
    if (!values.ok) return values;
    if (values.value === null) {
      // A large tab of which something else than its values changed: the next poll reads it whole.
      const again = { ...before!, ...tab, windows: [] };
      states.push(again);
      tabs.push(unchangedTab(again));
      continue;
    }
    const mapped = snapshotOf(state, values.value, tabSettings(deps, state), told);
    states.push({ ...state, notices: mapped.notices });
    tabs.push(mapped.snapshot);
  }
  const { notices: choiceNotices } = reading.choice;
  const state: WorkbookState = { ...head, tabs: states, notices: choiceNotices };
  const revision = formatRevision(state);
  if (known && sameContent(known, state)) return ok({ tag: "Unchanged", revision });
  const notices = [...choiceNotices, ...states.flatMap((one) => one.notices)];
  const incomplete = states.some((one) => one.tooLarge) ? ({ incomplete: true } as const) : {};
  return ok({
    tag: "Changed",
    revision,
    snapshot: { tabs, notices, workbook: head.workbook, ...incomplete },
  });
}

function tabSettings({ wanted }: PollDeps, state: TabState) {
  return {
    header: headerOf(wanted, state.name),
    keyHeader: wanted.keyColumns?.[state.name],
    formulas: wanted.formulas === true,
  };
}

function sameContent(a: WorkbookState, b: WorkbookState): boolean {
  const content = ({ tabs, notices, workbook }: WorkbookState) => ({ tabs, notices, workbook });
  return Bun.deepEquals(content(a), content(b));
}
