/** Which tabs a poll is about and what stands in them, with the list of tabs read only where it must be. */
import type { HeaderRow, HiddenParts, RegisterBody } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { requestSized } from "./a1.ts";
import { GRID_CELLS_MAX, isLarge, measureSmall, readLarge, sameGrid, withinSource } from "./large-tabs.ts";
import type { CallError } from "./problems.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import { hashOf, type WorkbookState } from "./revision.ts";
import type { SheetsApi } from "./sheets-api.ts";
import { type Choice, chooseTabs, type WantedTab } from "./tab-choice.ts";
import { parseTabList } from "./tab-list.ts";
import { type Measured, measuredBefore, measureTab } from "./tab-reading.ts";
import { parseValueRanges, type ValueRange } from "./value-ranges.ts";

export interface ReadingDeps {
  readonly api: SheetsApi;
  readonly wanted: Wanted;
  readonly limits: ReadingLimits;
}

/** What the settings ask for; a change of it makes every older revision void. */
export interface Wanted {
  readonly workbookId: string;
  readonly tabs?: readonly string[] | undefined;
  readonly keyColumns?: Readonly<Record<string, string>> | undefined;
  readonly headerRow?: RegisterBody["headerRow"];
  readonly hidden?: HiddenParts | undefined;
  readonly formulas?: boolean | undefined;
}

/** A tab may be renamed between our two looks at the workbook, but hardly each time. */
const ATTEMPTS = 3;

/** The wanted tabs and their values, measured; `listed` when the tabs were just listed. */
export interface Reading {
  readonly choice: Choice;
  readonly listed: boolean;
  /** Of the answers that hold tabs as a whole. */
  readonly body: string;
  /** No value is known to be another than before. */
  readonly same: boolean;
  /** One per tab of the choice. */
  readonly tabs: readonly Measured[];
  readonly cursors: WorkbookState["cursors"];
  /** The values of a tab of the choice; null where they were not read. */
  readonly values: (index: number) => Result<ValueRange | null, SourceError>;
}

/** With `known` the tabs it names, as long as their titles can be read. */
export async function readValues(
  deps: ReadingDeps,
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
    const reading = await readChoice(deps, choice, known, signal);
    if (reading.ok) return reading;
    if (reading.error.tag !== "BadRange") return err(reading.error);
    choice = null;
  }
  return changedMeanwhile();
}

/** The same reading with the tabs listed anew; where they are others now, their values are read again. */
export async function readStructure(
  deps: ReadingDeps,
  reading: Reading,
  known: WorkbookState,
  signal: AbortSignal,
): Promise<Result<Reading, SourceError>> {
  const choice = await listTabs(deps, known, signal);
  if (!choice.ok) return choice;
  const { tabs } = choice.value;
  const mayFit = tabs.some(
    (tab, index) => reading.tabs[index]?.tooLarge && !sameGrid(tab, reading.choice.tabs[index]!),
  );
  if (mayFit || !sameTabs(tabs, reading.choice.tabs)) {
    return readValues(deps, known, signal, choice.value);
  }
  const measured: Measured[] = [];
  for (const [index, one] of reading.tabs.entries()) {
    const tab = tabs[index]!;
    const read = Bun.deepEquals(tab.hiddenRows, reading.choice.tabs[index]!.hiddenRows)
      ? ok(null)
      : reading.values(index);
    if (!read.ok) return read;
    measured.push(
      read.value ? measureTab(tab, read.value, headerOf(deps.wanted, tab.name), one.windows) : one,
    );
  }
  return ok({ ...reading, choice: choice.value, listed: true, tabs: measured });
}

/** What the settings say of a tab's header. */
export function headerOf({ headerRow = "first" }: Wanted, name: string): HeaderRow {
  return typeof headerRow === "object" ? (headerRow[name] ?? "first") : headerRow;
}

async function listTabs(
  { api, wanted }: ReadingDeps,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Choice, SourceError>> {
  const body = await api.list({ hiddenRows: wanted.hidden?.rows === false }, signal);
  if (!body.ok) return err(withoutBadRange(body.error));
  const list = parseTabList(body.value);
  return list.ok ? ok(chooseTabs(list.value, wanted, known?.tabs ?? [])) : list;
}

async function readChoice(
  deps: ReadingDeps,
  choice: Choice,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Reading, CallError>> {
  const before = choice.tabs.map((tab) => known?.tabs.find((state) => state.tabId === tab.tabId) ?? null);
  const small = choice.tabs.filter((tab, index) => !isLarge(tab, before[index]!));
  const bodies = await readBodies(deps, small, known, signal);
  if (!bodies.ok) return bodies;
  const body = bodies.value.parts.map(hashOf).join(" ");
  const smallBefore = known?.tabs.filter((state) => !isLarge(state, state)) ?? [];
  const sameBody = body === known?.body && sameTabs(smallBefore, small);
  const parsed = sameBody ? null : parseBodies(bodies.value);
  if (parsed && !parsed.ok) return parsed;

  const tabs: Measured[] = [];
  const cursors: Record<string, number> = {};
  for (const [index, tab] of choice.tabs.entries()) {
    const state = before[index]!;
    const header = headerOf(deps.wanted, tab.name);
    const at = small.indexOf(tab);
    if (at >= 0) {
      const read = parsed?.value[at];
      tabs.push(read ? measureSmall(deps.limits, tab, header, read) : measuredBefore(state!));
      continue;
    }
    const cursor = known?.cursors[tab.tabId] ?? 0;
    const table = await readLarge(deps, tab, header, state, cursor, signal);
    if (!table.ok) return table;
    tabs.push(table.value.measured);
    cursors[tab.tabId] = table.value.cursor;
  }
  const bounded = withinSource(tabs, choice.tabs, deps.limits.sourceCellsMax);
  const news = bounded.some(
    (tab, index) => tab.read !== null || tab.tooLarge !== (before[index]?.tooLarge ?? false),
  );
  let late: Result<ValueRange[], SourceError> | null = parsed;
  return ok({
    choice,
    listed: choice !== known,
    body,
    same: sameBody && !news && sameTabs(known.tabs, choice.tabs),
    tabs: bounded,
    cursors,
    values(index) {
      const at = small.indexOf(choice.tabs[index]!);
      if (at < 0) return ok(tabs[index]!.read);
      late ??= parseBodies(bodies.value);
      return late.ok ? ok(late.value[at]!) : late;
    },
  });
}

interface Bodies {
  readonly parts: readonly Uint8Array[];
  /** How many tabs each part holds. */
  readonly counts: readonly number[];
}

async function readBodies(
  { api, limits }: ReadingDeps,
  tabs: readonly WantedTab[],
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Bodies, CallError>> {
  const parts: Uint8Array[] = [];
  const requests = answerSized(tabs, known, limits.answerBytesMax).flatMap((group) =>
    requestSized(group.map((tab) => tab.range)),
  );
  for (const ranges of requests) {
    const body = await api.values(ranges, signal);
    if (!body.ok) return body;
    parts.push(body.value);
  }
  return ok({ parts, counts: requests.map((ranges) => ranges.length) });
}

/** Lists of tabs whose answers stay within `bytesMax`, by what they took before or else may take. */
export function answerSized(
  tabs: readonly WantedTab[],
  known: WorkbookState | null,
  bytesMax: number,
): WantedTab[][] {
  const groups: WantedTab[][] = [];
  let room = 0;
  for (const tab of tabs) {
    const state = known?.tabs.find((one) => one.tabId === tab.tabId);
    const share = state ? state.bytes / bytesMax : (tab.rows * tab.columns) / GRID_CELLS_MAX;
    if (groups.length === 0 || share > room) {
      groups.push([]);
      room = 1;
    }
    groups.at(-1)!.push(tab);
    room -= share;
  }
  return groups;
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

function sameTabs(a: readonly WantedTab[], b: readonly WantedTab[]): boolean {
  return (
    a.length === b.length &&
    a.every((tab, index) => tab.tabId === b[index]!.tabId && tab.range === b[index]!.range)
  );
}

/** Where every range was just listed, a bad one means that the workbook changed in between. */
export function withoutBadRange(error: CallError): SourceError {
  return error.tag === "BadRange" ? changedMeanwhile().error : error;
}

function changedMeanwhile() {
  return err({ tag: "Unreachable", detail: "The workbook's tabs changed while they were read" } as const);
}
