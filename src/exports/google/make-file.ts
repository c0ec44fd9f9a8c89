/** Makes the workbook's file, once. Google's own documents take no id chosen beforehand, so one that may be there is looked for. */
import { type Clock, sleep } from "../../runtime/clock.ts";
import type { Called, FileProperty, WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import type { ExportRecord } from "../jobs/record.ts";
import type { ExportEvent } from "../jobs/transition.ts";
import { eventOf } from "./failure-events.ts";
import { FILE_PROPERTY } from "./names.ts";

interface MakeFileDeps {
  readonly calls: WorkbookCalls;
  readonly clock: Clock;
}

/** Waits before each further search: Drive finds a file by its properties some time after it was made. */
const SEARCH_AGAIN_MS = [3_000, 7_000, 20_000];

/** `again`: an earlier try may have made it. Null: `signal` ended it. */
export async function makeFile(
  deps: MakeFileDeps,
  record: ExportRecord,
  again: boolean,
  signal: AbortSignal,
): Promise<ExportEvent | null> {
  const { calls } = deps;
  const property = { key: FILE_PROPERTY, value: record.id };
  const known = again ? await search(deps, property, signal) : null;
  if (signal.aborted) return null;
  if (known && !known.ok) return eventOf(known.error);
  const { title: name, folder } = record;
  const file = known?.value ? known : await calls.makeFile({ name, folder, property }, signal);
  if (!file.ok) return eventOf(file.error);
  const id = file.value!;
  const read = await calls.read(id, "sheets.properties.sheetId", [], signal);
  if (!read.ok) return eventOf(read.error);
  const before = (read.value.sheets ?? []).map(({ properties }) => properties?.sheetId ?? 0);
  return { tag: "Made", file: { id, link: calls.linkTo(id), before } };
}

async function search(
  { calls, clock }: MakeFileDeps,
  property: FileProperty,
  signal: AbortSignal,
): Called<string | null> {
  let found = await calls.findFile(property, signal);
  for (const ms of SEARCH_AGAIN_MS) {
    if (!found.ok || found.value !== null || signal.aborted) break;
    await sleep(clock, ms, signal);
    found = await calls.findFile(property, signal);
  }
  return found;
}
