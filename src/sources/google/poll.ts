/**
 * One poll of a workbook, in as few calls as it takes:
 *
 *     values      all wanted tabs in one call                    each time; equal bytes end the poll here
 *     list        which tabs there are                           first; when a title fails; when structure is due
 *     cells       number formats, and what only seems an error   with each list; when such cells came or went
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { PollResult, Revision, SourceError } from "../source.ts";
import { rangeOf, requestSized } from "./a1.ts";
import type { CallError } from "./problems.ts";
import { formatRevision, hashOf, parseRevision, type TabState, type WorkbookState } from "./revision.ts";
import type { SheetsApi } from "./sheets-api.ts";
import { type Choice, chooseTabs, parseTabList, type WantedTab } from "./tab-list.ts";
import {
  formatRange,
  isLoading,
  type Measured,
  measuredBefore,
  measureTab,
  snapshotOf,
  suspectRanges,
  type Typed,
  tabState,
  unchangedTab,
} from "./tab-reading.ts";
import { parseTypedCells, type TypedCells } from "./typed-cells.ts";
import { parseValueRanges, type ValueRange } from "./value-ranges.ts";

export interface PollDeps {
  readonly api: SheetsApi;
  readonly clock: Clock;
  readonly wanted: Wanted;
}

/** What the settings ask for; a change of it makes every older revision void. */
export interface Wanted {
  readonly workbookId: string;
  readonly tabs?: readonly string[] | undefined;
  readonly keyColumns?: Readonly<Record<string, string>> | undefined;
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
/** Cells that may be errors or texts are looked up in so many ranges; the rest count as what they seem. */
const SUSPECT_RANGES_MAX = 50;
/** A tab may be renamed between our two looks at the workbook, but hardly each time. */
const ATTEMPTS = 3;

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

/** The wanted tabs and their values, measured; `listed` when the tabs were just listed. */
interface Reading {
  readonly choice: Choice;
  readonly listed: boolean;
  readonly body: string;
  /** One per tab of the choice. */
  readonly tabs: readonly Measured[];
  /** The values of the tabs, parsed when somebody asks. */
  readonly ranges: () => Result<ValueRange[], SourceError>;
}

/** With `known` the tabs it names, as long as their titles can be read. */
async function readValues(
  deps: PollDeps,
  known: WorkbookState | null,
  signal: AbortSignal,
  listed: Choice | null = null,
): Promise<Result<Reading, SourceError>> {
  let choice: Choice | null = listed ?? known;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (!choice) {
      const list = await listTabs(deps, known, signal);
      if (!list.ok) return list;
      choice = list.value;
    }
    const bodies = await readBodies(deps.api, choice.tabs, signal);
    if (bodies.ok) return measure(choice, choice !== known, bodies.value, known);
    if (bodies.error.tag !== "BadRange") return err(bodies.error);
    choice = null;
  }
  return changedMeanwhile();
}

/** The same reading with the tabs listed anew; where they are others now, their values are read again. */
async function readStructure(
  deps: PollDeps,
  reading: Reading,
  known: WorkbookState,
  signal: AbortSignal,
): Promise<Result<Reading, SourceError>> {
  const choice = await listTabs(deps, known, signal);
  if (!choice.ok) return choice;
  if (sameTabs(choice.value.tabs, reading.choice.tabs)) {
    return ok({ ...reading, choice: choice.value, listed: true });
  }
  return readValues(deps, known, signal, choice.value);
}

async function listTabs(
  { api, wanted }: PollDeps,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Choice, SourceError>> {
  const body = await api.list(signal);
  if (!body.ok) return err(withoutBadRange(body.error));
  const tabs = parseTabList(body.value);
  return tabs.ok ? ok(chooseTabs(tabs.value, wanted.tabs, known?.tabs ?? [])) : tabs;
}

interface Bodies {
  readonly parts: readonly Uint8Array[];
  /** How many tabs each part holds. */
  readonly counts: readonly number[];
}

async function readBodies(
  api: SheetsApi,
  tabs: readonly WantedTab[],
  signal: AbortSignal,
): Promise<Result<Bodies, CallError>> {
  const parts: Uint8Array[] = [];
  const requests = requestSized(tabs.map((tab) => rangeOf(tab.title)));
  for (const ranges of requests) {
    const body = await api.values(ranges, signal);
    if (!body.ok) return body;
    parts.push(body.value);
  }
  return ok({ parts, counts: requests.map((ranges) => ranges.length) });
}

function measure(
  choice: Choice,
  listed: boolean,
  bodies: Bodies,
  known: WorkbookState | null,
): Result<Reading, SourceError> {
  const body = bodies.parts.map(hashOf).join(" ");
  let parsed: Result<ValueRange[], SourceError> | null = null;
  const ranges = (): Result<ValueRange[], SourceError> => {
    parsed ??= parseBodies(bodies);
    return parsed;
  };
  if (known && body === known.body && sameTabs(known.tabs, choice.tabs)) {
    return ok({ choice, listed, body, tabs: known.tabs.map(measuredBefore), ranges });
  }
  const read = ranges();
  return read.ok ? ok({ choice, listed, body, tabs: read.value.map(measureTab), ranges }) : read;
}

function parseBodies({ parts, counts }: Bodies): Result<ValueRange[], SourceError> {
  const all: ValueRange[] = [];
  for (const [index, part] of parts.entries()) {
    const ranges = parseValueRanges(part, counts[index]!);
    if (!ranges.ok) return ranges;
    all.push(...ranges.value);
  }
  return ok(all);
}

function structureDue(known: WorkbookState, reading: Reading, nowMs: number): boolean {
  if (reading.tabs.some((tab, index) => tab.shape !== known.tabs[index]?.shape)) return true;
  const ageMs = nowMs - known.structureAtMs;
  const changed = reading.body !== known.body;
  // Wall time may have been set back: a negative age tells nothing.
  return (changed || known.polls >= STRUCTURE_POLLS) && (ageMs >= STRUCTURE_AGE_MIN_MS || ageMs < 0);
}

/** What must be looked up beyond the values, in one call where anything must. */
async function readTyped(
  api: SheetsApi,
  reading: Reading,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Typed[], SourceError>> {
  const asks = reading.tabs.map((tab, index) => ask(reading, tab, reading.choice.tabs[index]!, known));
  const formats = asks.flatMap((one) => one.formats);
  const suspects = asks.flatMap((one) => one.suspects).slice(0, SUSPECT_RANGES_MAX);
  const cells = new Map<number, TypedCells[]>();
  for (const ranges of requestSized([...formats, ...suspects])) {
    const body = await api.cells(ranges, signal);
    if (!body.ok) return err(withoutBadRange(body.error));
    const parsed = parseTypedCells(body.value);
    if (!parsed.ok) return parsed;
    for (const [sheetId, part] of parsed.value) cells.set(sheetId, [...(cells.get(sheetId) ?? []), part]);
  }
  return ok(
    reading.choice.tabs.map(({ sheetId }, index) => {
      const parts = cells.get(sheetId) ?? [];
      const all: TypedCells = { at: (row, column) => firstOf(parts, row, column) };
      const { formats, checks } = asks[index]!;
      return { formats: formats.length > 0 ? all : null, suspects: checks ? all : null };
    }),
  );
}

function ask(reading: Reading, tab: Measured, { sheetId, title }: WantedTab, known: WorkbookState | null) {
  const before = known?.tabs.find((state) => state.sheetId === sheetId);
  const formats = reading.listed || before?.shape !== tab.shape ? formatRange(title, tab) : null;
  const checks = tab.read !== null && (reading.listed || before?.suspects !== tab.suspects);
  return {
    formats: formats === null ? [] : [formats],
    suspects: checks ? suspectRanges(title, tab.checkable) : [],
    checks,
  };
}

function firstOf(parts: readonly TypedCells[], row: number, column: number): ReturnType<TypedCells["at"]> {
  for (const part of parts) {
    const cell = part.at(row, column);
    if (cell) return cell;
  }
  return undefined;
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

function sameTabs(a: readonly WantedTab[], b: readonly WantedTab[]): boolean {
  return (
    a.length === b.length &&
    a.every((tab, index) => tab.sheetId === b[index]!.sheetId && tab.title === b[index]!.title)
  );
}

function withoutBadRange(error: CallError): SourceError {
  return error.tag === "BadRange" ? changedMeanwhile().error : error;
}

function changedMeanwhile() {
  return err({ tag: "Unreachable", detail: "The workbook's tabs changed while they were read" } as const);
}
