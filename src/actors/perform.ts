import { mirrorName } from "#contract/document-name.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, KvError, StorageError } from "../backend/backend.ts";
import type { PollResult, Revision, Source, SourceError, SourceSettings } from "../sources/source.ts";
import type { Documents } from "../sync/documents.ts";
import { applySnapshot } from "./apply.ts";
import type { WriteBack, WriteError, WriteReport } from "./edits/write-back.ts";
import type { Work } from "./effect.ts";
import type { ActorEvent, LoadedRecord } from "./event.ts";
import type { Seat } from "./pace/seat.ts";
import { writeProblem } from "./problem.ts";
import { type ActorRecord, NEW_RECORD, recordKey } from "./record.ts";

/** Where the work of an actor is done. */
export interface Workplace {
  readonly kv: Kv;
  readonly documents: Documents;
  openSource(settings: SourceSettings): Source;
  /** Absent: nobody edits. */
  readonly writeBack?: WriteBack;
}

/** What the actor holds while it works. */
export interface Hands {
  readonly source: string;
  readonly settings: () => SourceSettings;
  readonly record: () => ActorRecord;
  /** Null until the first `open`. */
  opened: Source | null;
  /** Told of each source that was opened. */
  readonly onOpened: (source: Source) => void;
  readonly seat: Seat;
}

/** Does one piece of work and says what came of it; null where nothing is to be said. A bug throws. */
export async function perform(
  work: Exclude<Work, { tag: "close" }>,
  workplace: Workplace,
  hands: Hands,
  signal: AbortSignal,
): Promise<ActorEvent | null> {
  const { kv, documents, openSource, writeBack } = workplace;
  switch (work.tag) {
    case "open":
      hands.opened = openSource(hands.settings());
      hands.onOpened(hands.opened);
      hands.seat.opened(hands.opened);
      return null;
    case "load": {
      const result = await load(workplace, hands.source);
      if (result.ok && result.value.record) hands.seat.remember(result.value.record.lastChangeAt);
      return { tag: "Loaded", result };
    }
    case "poll": {
      if (!hands.opened) throw new Error("a poll before the source was opened");
      const result = await poll(hands.opened, hands.seat, work.since, signal);
      if (result.ok) writeBack?.polled(hands.source);
      return { tag: "Polled", result };
    }
    case "apply": {
      const { shown, workbook } = hands.record();
      const known = { tabs: new Map(shown.map((tab) => [tab.name, tab])), workbook };
      const result = await applySnapshot({ documents, writeBack }, hands.source, work, known, signal);
      return { tag: "Applied", result };
    }
    case "write":
      return { tag: "Written", result: await write(workplace, hands, signal) };
    case "hold":
      await writeBack?.hold(hands.source, work.why);
      return null;
    case "save":
      return { tag: "Saved", record: work.record, result: await save(kv, hands.source, work.record) };
  }
}

/** True for an event that says its work failed. */
export function isFailure(event: ActorEvent): boolean {
  return "result" in event && !event.result.ok;
}

/** Removes a source's edits and documents, then its record. Fails by throwing; doing it again goes on where it stopped. */
export async function erase(
  { kv, documents, writeBack }: Omit<Workplace, "openSource">,
  source: string,
): Promise<void> {
  const edits = await writeBack?.erase(source);
  if (edits && !edits.ok) throw new Error(`edits could not be removed: ${edits.error.detail}`);
  const entry = await kv.get<ActorRecord>(recordKey(source));
  if (!entry) return;
  for (const { name } of entry.value.tabs) {
    const removed = await documents.remove(mirrorName(source, name));
    if (!removed.ok) throw new Error(`a document could not be removed: ${removed.error.detail}`);
  }
  const removed = await kv.remove(recordKey(source));
  if (!removed.ok) throw new Error(`the actor's record could not be removed: ${detail(removed.error)}`);
}

/** Without its turn a poll is not begun; the turn ends with the poll, however that ends. */
async function poll(
  source: Source,
  seat: Seat,
  since: Revision | null,
  signal: AbortSignal,
): Promise<Result<PollResult, SourceError>> {
  const turn = seat.begin();
  if (!turn.ok) return turn;
  try {
    const result = await source.poll(since, signal, turn.value);
    return seat.ended(signal.aborted ? null : result) ?? result;
  } catch (error) {
    seat.ended(null);
    throw error;
  }
}

/** Why edits wait is told to their authors; that nothing holds them any more, too. */
async function write(
  { writeBack }: Workplace,
  { source, opened, settings, record, seat }: Hands,
  signal: AbortSignal,
): Promise<Result<WriteReport, WriteError>> {
  if (!opened || !writeBack) throw new Error("a write before there was anything to write with");
  const job = { source, opened, settings: settings(), bindings: record().tabs };
  const before = opened.budget?.sent() ?? 0;
  const result = await writeBack.write(job, signal);
  seat.spent((opened.budget?.sent() ?? 0) - before);
  if (!signal.aborted) await writeBack.hold(source, result.ok ? null : writeProblem(result.error).message);
  return result;
}

async function load(
  { kv, documents, writeBack }: Workplace,
  source: string,
): Promise<Result<LoadedRecord, StorageError>> {
  const entry = await kv.get<ActorRecord>(recordKey(source));
  const waiting = writeBack ? await writeBack.load(source) : ok({ edits: false, unsettled: false });
  if (!waiting.ok) return waiting;
  if (!entry) return ok({ record: null, missing: [], waiting: waiting.value });
  const record = { ...NEW_RECORD, ...entry.value };
  const shown = new Set(record.shown.map(({ name }) => name));
  const missing: string[] = [];
  for (const { name } of record.tabs) {
    const there = await documents.has(mirrorName(source, name));
    if (!there.ok) return there;
    if (!there.value || !shown.has(name)) missing.push(name);
  }
  return ok({ record, missing, waiting: waiting.value });
}

async function save(kv: Kv, source: string, record: ActorRecord): Promise<Result<void, StorageError>> {
  const put = await kv.put(recordKey(source), record);
  return put.ok ? ok(undefined) : err({ tag: "StorageError", detail: detail(put.error) });
}

function detail(error: KvError): string {
  return error.tag === "StorageError" ? error.detail : `the key is at version ${error.actual}`;
}
