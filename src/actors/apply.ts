import { isCellError } from "#contract/cell.ts";
import { mirrorName } from "#contract/document-name.ts";
import type { Locality } from "#contract/layout.ts";
import type { TabAnswer, WorkbookAnswer } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { type Baseline, type Delta, isEmptyDelta, NO_CHANGE } from "../model/delta.ts";
import { diffTab } from "../model/diff.ts";
import type { ChangeOrigin } from "../model/origin.ts";
import type { TabSnapshot, UnchangedTab } from "../model/snapshot.ts";
import type { Documents, LiveDocument, OpenError } from "../sync/documents.ts";
import type { WriteBack } from "./edits/write-back.ts";
import type { ReadTimes, Work } from "./effect.ts";
import type { AppliedTabs, ApplyError } from "./event.ts";
import type { TabBinding } from "./record.ts";

type ApplyWork = Extract<Work, { tag: "apply" }>;

/**
 * Brings a snapshot into the source's documents, tab by tab, and removes those of gone tabs last. Durable when it
 * resolves; doing it again changes nothing. Throws when aborted,
 * which leaves each tab either at the old content or at the new.
 */
export async function applySnapshot(
  deps: ApplyDeps,
  source: string,
  { snapshot, bindings, removed, between }: Omit<ApplyWork, "tag">,
  known: LastApplied,
  signal: AbortSignal,
): Promise<Result<AppliedTabs, ApplyError>> {
  // Settled on top of the snapshot, they would undo what somebody did since, and be told twice.
  if (deps.writeBack?.isSettled(source) === false) return err(UNSETTLED);
  const locality = localityOf(snapshot.workbook);
  const moved = locality !== undefined && !Bun.deepEquals(locality, localityOf(known.workbook));
  const tabs: TabAnswer[] = [];
  const changed: string[] = [];
  const notices: string[] = [];
  for (const [index, binding] of bindings.entries()) {
    signal.throwIfAborted();
    const before = known.tabs.get(binding.name);
    const tab = snapshot.tabs[index];
    // An incomplete snapshot's missing tabs come after its own.
    if (!tab || (tab.unchanged && before?.title === tab.title && !moved)) {
      if (before) tabs.push(before);
      continue;
    }
    const applied = await applyTab(deps, source, binding, tab, { before, locality, between });
    if (!applied.ok) return applied;
    tabs.push(applied.value.answer);
    if (applied.value.changed) changed.push(mirrorName(source, binding.name));
    if (applied.value.notice) notices.push(applied.value.notice);
  }
  for (const { name } of removed) {
    signal.throwIfAborted();
    const gone = await deps.documents.remove(mirrorName(source, name));
    if (!gone.ok) return gone;
    changed.push(mirrorName(source, name));
  }
  return ok({ tabs, changed, notices });
}

const UNSETTLED = { tag: "StorageError", detail: "what came of edits is not written down yet" } as const;

export interface ApplyDeps {
  readonly documents: Documents;
  /** Absent: nobody edits. */
  readonly writeBack: Pick<WriteBack, "alone" | "isSettled" | "reidentify" | "saw"> | undefined;
}

/** What is told of a source as last applied; tabs by name. */
export interface LastApplied {
  readonly tabs: ReadonlyMap<string, TabAnswer>;
  readonly workbook?: WorkbookAnswer | undefined;
}

function localityOf(of: Partial<Locality> | undefined): Locality | undefined {
  const { timeZone, locale } = of ?? {};
  return timeZone !== undefined && locale !== undefined ? { timeZone, locale } : undefined;
}

/** What a status says of a tab. */
function tabAnswer(name: string, document: LiveDocument): TabAnswer {
  const { order, columns } = document.baseline();
  return {
    name,
    title: document.meta().title,
    rows: order.length,
    columns: columns.length,
    revision: document.revision(),
  };
}

interface AppliedTab {
  readonly answer: TabAnswer;
  readonly changed: boolean;
  readonly notice?: string;
}

/** What is known besides the tab. */
interface Moment {
  readonly before: TabAnswer | undefined;
  readonly locality: Locality | undefined;
  readonly between: ReadTimes;
}

/** Nobody else gives out row ids between the diff and its end. */
async function applyTab(...args: Parameters<typeof applyTabAlone>): ReturnType<typeof applyTabAlone> {
  const [{ writeBack }, source] = args;
  return writeBack ? writeBack.alone(source, () => applyTabAlone(...args)) : applyTabAlone(...args);
}

async function applyTabAlone(
  { documents, writeBack }: ApplyDeps,
  source: string,
  { name, title }: TabBinding,
  tab: TabSnapshot | UnchangedTab,
  { before, locality, between }: Moment,
): Promise<Result<AppliedTab, ApplyError>> {
  const opened = tab.unchanged
    ? await documents.open(mirrorName(source, name))
    : await documents.create({ source, tab: name, title });
  if (!opened.ok) return err(missing(opened.error));
  const document = opened.value;
  const baseline = document.baseline();
  const { delta } = tab.unchanged ? { delta: NO_CHANGE } : diffTab(baseline, tab);
  const keysUnusable = tab.unchanged ? 0 : countUnusableKeys(tab);
  const meta = document.meta();
  const renamed = meta.title !== title;
  const moved = locality && !Bun.deepEquals(locality, localityOf(meta));
  let changed = false;
  if (renamed || moved || !isEmptyDelta(delta)) {
    const told = tab.unchanged ? ok(undefined) : await writeBack?.reidentify(source, name, baseline, tab);
    if (told && !told.ok) return told;
    const applied = await document.apply({
      delta,
      ...(renamed ? { title } : {}),
      ...(moved ? { locality } : {}),
      ...(tab.unchanged ? {} : { origin: foundAt(between, tab, delta, baseline) }),
      author: "source",
    });
    if (!applied.ok) return applied;
    changed = applied.value.changed;
    writeBack?.saw(source, name, delta);
  }
  const merges = tab.unchanged ? before?.merges : tab.merges;
  const answer = { ...tabAnswer(name, document), ...(merges?.length ? { merges } : {}) };
  if (keysUnusable === 0) return ok({ answer, changed });
  const notice = `Tab "${title}": ${keysUnusable} rows have a blank or repeated key; they are told apart by their content.`;
  return ok({ answer, changed, notice });
}

/**
 * The poll before says since when at the earliest, of what each poll looks at: not of new tabs, of how columns look, nor
 * of tabs that are read in parts.
 */
function foundAt(
  { afterMs, beforeMs }: ReadTimes,
  { readInParts }: TabSnapshot,
  { columns }: Delta,
  { nextRow, nextSlot }: Baseline,
): ChangeOrigin {
  const seenBefore = nextRow > 1 || nextSlot > 0;
  const told = afterMs !== undefined && afterMs < beforeMs && seenBefore && !readInParts && !columns;
  return { tag: "sheet", ...(told ? { afterMs } : {}), beforeMs };
}

/** Rows whose key is blank or that of an earlier row. */
function countUnusableKeys({ rows, keyColumn }: TabSnapshot): number {
  if (keyColumn === undefined) return 0;
  const seen = new Set<unknown>();
  for (const row of rows) {
    const key = row[keyColumn] ?? null;
    if (key !== null) seen.add(isCellError(key) ? key.error : key);
  }
  return rows.length - seen.size;
}

function missing(error: OpenError): ApplyError {
  return error.tag === "NoSuchDocument" ? { tag: "MissingDocument", name: error.name } : error;
}
