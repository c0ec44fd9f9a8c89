/**
 * Takes edits from the outbox into the source, a batch at a time. A batch is on disk before it is sent, and goes again
 * as it is until the source has said what came of it; that is on disk before any of it is written down.
 */
import { mirrorName } from "#contract/document-name.ts";
import type { RowId } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { AppendError, Kv, StorageError } from "../../backend/backend.ts";
import { type Baseline, type Delta, NO_CHANGE } from "../../model/delta.ts";
import type { TabSnapshot } from "../../model/snapshot.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { SourceError, SourceSettings } from "../../sources/source.ts";
import type { EditsDocuments } from "../../sync/edits.ts";
import { createBatchMemo } from "./batch-memo.ts";
import { createBrake, WRITES_PER_CELL_PER_MINUTE_MAX } from "./brake.ts";
import { type Choice, type ChosenTab, cellKey, chooseBatch } from "./choose-batch.ts";
import { keepDoubts } from "./doubts.ts";
import { tellAll } from "./edit-news.ts";
import { pendingReceipt } from "./fate.ts";
import { boundedOutcomes, dissolve } from "./isolate.ts";
import { eraseOutbox, type Outbox } from "./outbox.ts";
import { type Batch, type OutboxEdit, rowOf } from "./outbox-edit.ts";
import type { Outboxes } from "./outboxes.ts";
import { storageOf } from "./record-book.ts";
import { type DoubtOf, type SendJob, sendBatch } from "./send-batch.ts";
import { type SettleDeps, settle } from "./settle.ts";
import { overlayOf } from "./shown.ts";

export interface WriteBack {
  /** Before the first poll: what waits, shown in the mirrors as it was. */
  load(source: string): Promise<Result<Waiting, StorageError>>;
  /** Sends one batch, or goes on with the one on its way. Throws when aborted, and leaves all as it was. */
  write(job: WriteJob, signal: AbortSignal): Promise<Result<WriteReport, WriteError>>;
  /** A poll has read the source: what the source put off may be tried again. */
  polled(source: string): void;
  /** Tells authors why their edits wait; null: nothing holds them. */
  hold(source: string, why: string | null): Promise<void>;
  /** False: of what the source has decided not all is written down. Nothing that was read later may come before it. */
  isSettled(source: string): boolean;
  /** See Outboxes. */
  alone<T>(source: string, run: () => Promise<T>): Promise<T>;
  /** Before a poll is applied to a tab, `alone`: see keepDoubts. A refusal: read the baseline anew. */
  reidentify(
    source: string,
    tab: string,
    baseline: Baseline,
    snapshot: TabSnapshot,
  ): Promise<Result<void, StorageError>>;
  /** See SeenTimes. */
  saw(source: string, tab: string, delta: Delta): void;
  /** What the outbox holds; null: nothing. */
  pending(source: string): { readonly pending: number; readonly oldestAt: number } | null;
  /** Removes all that is kept of a source's edits; again after a failure. */
  erase(source: string): Promise<Result<void, StorageError>>;
}

/** Whether there are edits, and whether some of them may have been sent before. */
export interface Waiting {
  readonly edits: boolean;
  readonly unsettled: boolean;
}

export interface WriteJob extends SendJob {
  readonly settings: SourceSettings;
}

export interface WriteReport {
  /** How many edits ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Names of documents. */
  readonly changed: readonly string[];
  /** When there may be more to write, ms from now; null: nothing waits for a time. */
  readonly waitMs: number | null;
  /** Something waits for the next poll. */
  readonly afterPoll: boolean;
  /** What a person should know of edits that wait, each a sentence. */
  readonly notices: readonly string[];
}

/** Holds all edits of the source until it is over. */
export type WriteError = SourceError | AppendError;

export interface WriteBackDeps extends SettleDeps {
  readonly kv: Kv;
  readonly edits: Pick<EditsDocuments, "tell" | "remove">;
  readonly outboxes: Outboxes;
  readonly runtime: Runtime;
  /** Why the edits of a source wait, as far as the source is to blame: shared with who takes new ones. */
  readonly reasons: Map<string, string>;
  /** Told how many dead letters there are. */
  readonly onDeadLetters: (count: number) => void;
}

/** A poll may have given their ids to rows of its own. */
const UNSHOWN = { tag: "StorageError", detail: "rows that were taken did not show yet" } as const;

const NOTHING_DONE = { outcomes: {}, changed: [] };

export function createWriteBack(deps: WriteBackDeps): WriteBack {
  const { outboxes, runtime, documents, reasons } = deps;
  const { clock, random, logger } = runtime;
  const choose = createChooser(deps);
  /** Made in this life of the daemon and not sent yet. */
  const fresh = new WeakSet<Batch>();

  /** The batch on its way, or the next one, on disk before it is sent; null: nothing may go now. */
  async function prepare(job: WriteJob, outbox: Outbox): Promise<Result<Batch | null, StorageError>> {
    if (outbox.batch) return ok(outbox.batch);
    const found = await choose(job, outbox);
    if (!found.ok) return found;
    const { choice, nextRows } = found.value;
    if (choice.edits.length === 0) return ok(null);
    const batch: Batch = { receipt: outbox.nextReceipt(), edits: choice.edits, nextRows };
    const stored = await outbox.putBatch(batch);
    if (!stored.ok) return stored;
    fresh.add(batch);
    choose.note(job.source, batch);
    return ok(batch);
  }

  /** Has the source decide, durably; null: the batch was parted instead. */
  async function decide(
    job: WriteJob,
    outbox: Outbox,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<Result<Batch | null, WriteError>> {
    if (batch.decided) return ok(batch);
    const telling = tell(editsOf(batch, outbox), outbox);
    const again = !fresh.delete(batch);
    const memo = createBatchMemo({ outboxes, logger }, { source: job.source, outbox, batch }, signal);
    const doubtOf: DoubtOf = (seq) => outbox.edits.get(seq)?.doubt;
    const sent = await sendBatch({ documents, logger }, job, { batch, again, memo, doubtOf }, signal);
    // Its outcome must not come before it.
    await telling;
    if (!sent.ok) return memo.refusal() ? err(memo.refusal()!) : sent;
    return outboxes.alone(job.source, async () => {
      const nowMs = clock.nowMs();
      const outcomes = sent.value
        ? ok(boundedOutcomes(batch, sent.value.outcomes))
        : await dissolve(outbox, batch, { nowMs, jitter: random.float() });
      if (!outcomes.ok || !outcomes.value) return outcomes as Result<null, StorageError>;
      const decided: Batch = { ...batch, decided: { atMs: nowMs, outcomes: outcomes.value } };
      const stored = await outbox.putBatch(decided);
      return stored.ok ? ok(decided) : stored;
    });
  }

  /** A storage that refuses this is asked again with the next news. */
  async function tell(edits: readonly OutboxEdit[], outbox: Outbox): Promise<void> {
    const told = await tellAll(
      deps.edits,
      edits.map((edit) => [
        edit,
        pendingReceipt(edit, outbox.isInFlight(edit.seq), reasons.get(edit.source)),
      ]),
    );
    if (!told.ok) logger.warn("progress not told", { why: told.error.detail });
  }

  async function report(
    job: WriteJob,
    outbox: Outbox,
    done: Pick<WriteReport, "outcomes" | "changed">,
  ): Promise<Result<WriteReport, StorageError>> {
    const next = await choose(job, outbox);
    if (!next.ok) return next;
    const { waitMs, afterPoll, braked, edits } = next.value.choice;
    const { outcomes, changed } = done;
    const notices = braked.length > 0 ? [BRAKE_NOTICE] : [];
    return ok({ outcomes, changed, afterPoll, notices, waitMs: edits.length > 0 ? 0 : waitMs });
  }

  return {
    async load(source) {
      const outbox = await outboxes.of(source);
      return outboxes.alone(source, async () => {
        for (const [tab, ofTab] of Map.groupBy(outbox.edits.values(), (edit) => edit.tab)) {
          const shown = await showAgain(deps, source, tab, ofTab);
          if (!shown.ok) return shown;
        }
        return ok({ edits: outbox.edits.size > 0, unsettled: outbox.batch !== null });
      });
    },
    async write(job, signal) {
      const outbox = await outboxes.of(job.source);
      const prepared = await outboxes.alone(job.source, () => prepare(job, outbox));
      if (!prepared.ok) return prepared;
      if (!prepared.value) return report(job, outbox, NOTHING_DONE);
      const decided = await decide(job, outbox, prepared.value, signal);
      if (!decided.ok) return decided;
      const batch = decided.value;
      if (!batch) return report(job, outbox, NOTHING_DONE);
      signal.throwIfAborted();
      const { source, settings } = job;
      const newRows = settings.writes?.newRows ?? "end";
      const settled = await outboxes.alone(source, () => settle(deps, { source, outbox, batch, newRows }));
      if (!settled.ok) return settled;
      choose.hold(source, settled.value.later);
      if (settled.value.outcomes.parked) deps.onDeadLetters(await deps.deadLetters.size());
      return report(job, outbox, settled.value);
    },
    polled: choose.release,
    async hold(source, why) {
      if ((reasons.get(source) ?? null) === why) return;
      if (why === null) reasons.delete(source);
      else reasons.set(source, why);
      const outbox = await outboxes.of(source);
      await tell([...outbox.edits.values()], outbox);
    },
    isSettled: (source) => !outboxes.loaded(source)?.batch?.decided,
    alone: outboxes.alone,
    async reidentify(source, tab, baseline, snapshot) {
      const outbox = await outboxes.of(source);
      const ofTab = [...outbox.edits.values()].filter((edit) => edit.tab === tab);
      if (ofTab.some(({ row = 0 }) => row >= baseline.nextRow)) {
        const shown = await showAgain(deps, source, tab, ofTab);
        return shown.ok ? err(UNSHOWN) : shown;
      }
      return keepDoubts(outbox, tab, baseline, snapshot);
    },
    saw: deps.seen.saw,
    pending(source) {
      const edits = outboxes.loaded(source)?.edits;
      const [oldest] = edits?.values() ?? [];
      return oldest ? { pending: edits!.size, oldestAt: oldest.atMs } : null;
    },
    erase: (source) =>
      outboxes.alone(source, async () => {
        outboxes.forget(source);
        reasons.delete(source);
        deps.seen.forget(source);
        choose.release(source);
        const erased = [
          () => deps.edits.remove(source),
          () => eraseOutbox(deps.kv, source),
          () => deps.receipts.forget(source),
          () => deps.conflicts.forget(source),
          () => deps.deadLetters.forget(source),
        ];
        for (const step of erased) {
          const done = await step();
          if (!done.ok) return done;
        }
        deps.onDeadLetters(await deps.deadLetters.size());
        return ok(undefined);
      }),
  };
}

const BRAKE_NOTICE =
  `A cell is written more than ${WRITES_PER_CELL_PER_MINUTE_MAX} times a minute: its edits wait. ` +
  "Look for two programs that answer each other.";

/** What may go out now, by what the mirrors hold. */
function createChooser({ runtime, documents, seen }: WriteBackDeps) {
  const brake = createBrake(runtime.clock);
  /** What waits for the next poll, by source. */
  const held = new Map<string, Set<number>>();

  async function choose(
    { source, opened: { write }, settings, bindings }: WriteJob,
    outbox: Outbox,
  ): Promise<Result<{ readonly choice: Choice; readonly nextRows: Record<string, RowId> }, StorageError>> {
    const tabs = new Map<string, ChosenTab | null>();
    const nextRows: Record<string, RowId> = {};
    const waiting = [...outbox.edits.values()];
    for (const [name, edits] of Map.groupBy(waiting, ({ tab }) => tab)) {
      const opened = await documents.open(mirrorName(source, name));
      if (!opened.ok && opened.error.tag === "StorageError") return err(opened.error);
      const binding = bindings.find((tab) => tab.name === name);
      tabs.set(name, null);
      if (!opened.ok || !binding) continue;
      const baseline = opened.value.baseline();
      const rows = new Set(edits.map(({ row }) => row));
      const tab = {
        name,
        title: opened.value.meta().title,
        baseline,
        isProvisional: (row: RowId) => rows.has(row),
      };
      tabs.set(name, { tab, tabId: binding.tabId });
      nextRows[name] = baseline.nextRow;
    }
    const choice = chooseBatch(waiting, {
      tabs,
      settings: write ? settings : { ...settings, writable: false },
      nowMs: runtime.clock.nowMs(),
      isHeld: (seq) => held.get(source)?.has(seq) ?? false,
      brakeMs: (cell) => brake.waitMs(`${source}/${cell}`),
      seenAt: (tab, row, slot) => seen.seenAt(source, tab, row, slot),
    });
    return ok({ choice, nextRows });
  }

  return Object.assign(choose, {
    /** These cells are written now. */
    note(source: string, { edits }: Batch): void {
      for (const { write, tab } of edits) {
        if (write?.tag === "cell") brake.note(`${source}/${cellKey(tab, write.row, write.slot)}`);
      }
    },
    hold(source: string, seqs: readonly number[]): void {
      if (seqs.length > 0) held.set(source, new Set([...(held.get(source) ?? []), ...seqs]));
    },
    release: (source: string): void => void held.delete(source),
  });
}

function editsOf(batch: Batch, outbox: Outbox): OutboxEdit[] {
  const seqs = batch.edits.flatMap(({ seq, absorbed = [] }) => [seq, ...absorbed]);
  return seqs.flatMap((seq) => outbox.edits.get(seq) ?? []);
}

async function showAgain(
  { documents }: Pick<WriteBackDeps, "documents">,
  source: string,
  tab: string,
  edits: readonly OutboxEdit[],
): Promise<Result<void, StorageError>> {
  const opened = await documents.open(mirrorName(source, tab));
  if (!opened.ok) return opened.error.tag === "StorageError" ? err(opened.error) : ok(undefined);
  const overlay = overlayOf(edits, tab, new Set(edits.map(rowOf)));
  const shown = await opened.value.apply({ delta: NO_CHANGE, overlay, author: "edits" });
  return shown.ok ? ok(undefined) : err(storageOf(shown.error));
}
