/** Hands a batch to its source, as it was made, on what the mirrors hold now. */
import { mirrorName } from "#contract/document-name.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";
import type { Doubt } from "../../model/locate.ts";
import type { TabWrite, WriteBatch, WriteEdit, WriteMemo, WriteResult } from "../../model/write.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { Source, SourceError } from "../../sources/source.ts";
import type { Documents } from "../../sync/documents.ts";
import type { TabBinding } from "../record.ts";
import type { Batch } from "./outbox-edit.ts";

export interface SendJob {
  readonly source: string;
  readonly opened: Source;
  readonly bindings: readonly TabBinding[];
}

/** What a poll has found out since the batch was made. */
export type DoubtOf = (seq: number) => Doubt | undefined;

export interface SendDeps {
  readonly documents: Pick<Documents, "open">;
  readonly logger: Logger;
}

/** The source's word; null: it has none for the batch as a whole. An error holds all edits. */
export async function sendBatch(
  deps: SendDeps,
  job: SendJob,
  {
    batch,
    again,
    memo,
    doubtOf,
  }: {
    readonly batch: Batch;
    readonly again: boolean;
    readonly memo: WriteMemo;
    readonly doubtOf: DoubtOf;
  },
  signal: AbortSignal,
): Promise<Result<WriteResult | null, SourceError | StorageError>> {
  if (batch.edits.every(({ write }) => !write)) return ok({ outcomes: [] });
  const tabs = await tabsOf(deps, job, batch, doubtOf);
  if (!tabs.ok) return tabs;
  // After an unforeseen failure nobody knows how far the batch came: asked once more, the source can tell.
  for (const sentBefore of [again, true]) {
    const wanted = { receipt: batch.receipt, again: sentBefore, tabs: tabs.value, memo };
    const result = await attempt(deps, job, wanted, signal);
    signal.throwIfAborted();
    if (result && (result.ok || isPause(result.error))) return result;
  }
  return ok(null);
}

async function attempt(
  { logger }: SendDeps,
  { source, opened }: SendJob,
  batch: WriteBatch,
  signal: AbortSignal,
): Promise<Result<WriteResult, SourceError> | null> {
  if (!opened.write) return null;
  try {
    const result = await opened.write(batch, signal);
    if (!result.ok && !isPause(result.error)) logger.warn("write refused", { source, ...result.error });
    return result;
  } catch (error) {
    if (signal.aborted) throw error;
    logger.error("write failed", { source, error });
    return null;
  }
}

/** Whether it says nothing of the edits themselves. */
function isPause({ tag }: SourceError): boolean {
  return tag !== "Malformed" && tag !== "Doubtful";
}

async function tabsOf(
  { documents }: SendDeps,
  { source, bindings }: SendJob,
  batch: Batch,
  doubtOf: DoubtOf,
): Promise<Result<TabWrite[], StorageError>> {
  const tabs: TabWrite[] = [];
  for (const [name, edits] of Map.groupBy(batch.edits, ({ tab }) => tab)) {
    const writes = edits.flatMap(({ seq, write }): WriteEdit[] => {
      const doubt = doubtOf(seq);
      return write ? [doubt === undefined ? write : { ...write, doubt }] : [];
    });
    const tabId = bindings.find((tab) => tab.name === name)?.tabId;
    if (writes.length === 0 || tabId == null) continue;
    const opened = await documents.open(mirrorName(source, name));
    if (!opened.ok && opened.error.tag === "StorageError") return err(opened.error);
    if (opened.ok) tabs.push({ tabId, baseline: opened.value.baseline(), edits: writes });
  }
  return ok(tabs);
}
