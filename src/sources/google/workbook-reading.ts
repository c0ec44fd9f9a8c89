/** Which tabs a poll is about and what stands in them, with the list of tabs read only where it must be. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { rangeOf, requestSized } from "./a1.ts";
import type { CallError } from "./problems.ts";
import { hashOf, type WorkbookState } from "./revision.ts";
import type { SheetsApi } from "./sheets-api.ts";
import { type Choice, chooseTabs, parseTabList, type WantedTab } from "./tab-list.ts";
import { type Measured, measuredBefore, measureTab } from "./tab-reading.ts";
import { parseValueRanges, type ValueRange } from "./value-ranges.ts";

export interface ReadingDeps {
  readonly api: SheetsApi;
  readonly wanted: Wanted;
}

/** What the settings ask for; a change of it makes every older revision void. */
export interface Wanted {
  readonly workbookId: string;
  readonly tabs?: readonly string[] | undefined;
  readonly keyColumns?: Readonly<Record<string, string>> | undefined;
}

/** A tab may be renamed between our two looks at the workbook, but hardly each time. */
const ATTEMPTS = 3;

/** The wanted tabs and their values, measured; `listed` when the tabs were just listed. */
export interface Reading {
  readonly choice: Choice;
  readonly listed: boolean;
  readonly body: string;
  /** One per tab of the choice. */
  readonly tabs: readonly Measured[];
  /** The values of the tabs, parsed when somebody asks. */
  readonly ranges: () => Result<ValueRange[], SourceError>;
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
    const bodies = await readBodies(deps.api, choice.tabs, signal);
    if (bodies.ok) return measure(choice, choice !== known, bodies.value, known);
    if (bodies.error.tag !== "BadRange") return err(bodies.error);
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
  if (sameTabs(choice.value.tabs, reading.choice.tabs)) {
    return ok({ ...reading, choice: choice.value, listed: true });
  }
  return readValues(deps, known, signal, choice.value);
}

async function listTabs(
  { api, wanted }: ReadingDeps,
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

function sameTabs(a: readonly WantedTab[], b: readonly WantedTab[]): boolean {
  return (
    a.length === b.length &&
    a.every((tab, index) => tab.sheetId === b[index]!.sheetId && tab.title === b[index]!.title)
  );
}

/** Where every range was just listed, a bad one means that the workbook changed in between. */
export function withoutBadRange(error: CallError): SourceError {
  return error.tag === "BadRange" ? changedMeanwhile().error : error;
}

function changedMeanwhile() {
  return err({ tag: "Unreachable", detail: "The workbook's tabs changed while they were read" } as const);
}
