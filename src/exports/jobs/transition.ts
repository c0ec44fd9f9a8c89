/**
 * The life of an export, as a pure function of its record.
 *
 *              UpdateAsked                    no job is left
 *        Idle -------------> Ready  <-----------------------------+
 *                            | prepare, send, settle, share       |
 *                            +--> Done of a step ------ Ready ----+--> Idle
 *                            +--> Google is slow or refuses ------> Waiting -- Woken --> Ready
 *                            +--> it will not do -----------------> Failed -- RetryAsked, UpdateAsked --> Ready
 *        any -- CancelAsked --> Cancelled       any -- RemoveAsked --> Removing
 *
 * A batch is an intent first, durable before it is sent. After a crash, or an answer that does not tell, its receipt in
 * the workbook says whether it was made: only then the job goes on behind it, else it is prepared anew.
 */
import type { ExportProblem, SkippedRow } from "#contract/exports.ts";
import {
  addCounts,
  type Counts,
  type ExportRecord,
  type Intent,
  type Job,
  type MadeFile,
  NO_COUNTS,
  type Reader,
} from "./record.ts";

export type ExportEvent =
  | { readonly tag: "Started" }
  | { readonly tag: "Made"; readonly file: MadeFile }
  | { readonly tag: "Prepared"; readonly intent: Intent }
  /** Nothing is left to write. `counts`: what is known only at the end; `shown`: the generation of what the sheet shows. */
  | { readonly tag: "Written"; readonly counts: Counts; readonly shown: number }
  | { readonly tag: "Sent" }
  /** The batch was made, hit what it did not mean, and was taken back, all but what is `lost`. */
  | { readonly tag: "Strayed"; readonly problem: ExportProblem; readonly lost: readonly SkippedRow[] }
  | { readonly tag: "Settled"; readonly made: boolean }
  | { readonly tag: "Shared" }
  | { readonly tag: "Troubled"; readonly problem: ExportProblem; readonly retryAfterMs: number | null }
  | { readonly tag: "Refused"; readonly problem: ExportProblem; readonly structure: boolean }
  | { readonly tag: "Woken" }
  | { readonly tag: "UpdateAsked"; readonly job: Job }
  | { readonly tag: "RetryAsked" }
  /** Whether it follows its live data; null: it does. */
  | { readonly tag: "FollowTold"; readonly problem: ExportProblem | null }
  | { readonly tag: "ReaderTold"; readonly reader: Reader }
  | { readonly tag: "CancelAsked" }
  | { readonly tag: "RemoveAsked"; readonly trash: boolean };

/** What the shell does next, one thing at a time. */
export type ExportEffect =
  /** `again`: an earlier try may have made the workbook. */
  | { readonly tag: "make"; readonly again: boolean }
  | { readonly tag: "prepare" }
  | { readonly tag: "send" }
  | { readonly tag: "settle" }
  | { readonly tag: "share"; readonly index: number }
  | { readonly tag: "wait"; readonly ms: number }
  | { readonly tag: "remove"; readonly trash: boolean }
  | { readonly tag: "rest" };

export interface ExportStep {
  readonly record: ExportRecord;
  readonly effect: ExportEffect;
}

/** Chosen before, so that the same arguments give the same step. */
export interface ExportNow {
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly jitter: number;
}

/** Whoever asks again does so soon. */
const ENDED_MAX = 100;
const BACKOFF_MS = 2_000;
const BACKOFF_MS_MAX = 60_000;

export function transition(record: ExportRecord, event: ExportEvent, now: ExportNow): ExportStep {
  if (record.phase.tag === "Removing") return step(record);
  if (event.tag === "RemoveAsked") {
    return step({ ...record, jobs: [], phase: { tag: "Removing", trash: event.trash } });
  }
  const [job, ...later] = record.jobs;
  const ready = (next: Job, more: Partial<ExportRecord> = {}): ExportStep =>
    step({ ...record, ...more, jobs: [next, ...later], phase: { tag: "Ready" } });
  switch (event.tag) {
    case "UpdateAsked":
      return first(step(asked(record, event.job)), record);
    case "CancelAsked":
      return step({
        ...record,
        jobs: [],
        phase: record.jobs.length > 0 ? { tag: "Cancelled" } : record.phase,
      });
    case "FollowTold":
      return step({ ...record, follow: event.problem });
    case "ReaderTold":
      return step({ ...record, reader: event.reader, claims: event.reader.claims ?? {} });
    case "Started":
    case "Woken":
      return step(record.phase.tag === "Waiting" ? { ...record, phase: { tag: "Ready" } } : record);
    case "RetryAsked":
      return step(record.phase.tag === "Failed" && job ? { ...record, phase: { tag: "Ready" } } : record);
  }
  // From here on: what came of a step. One that was cancelled meanwhile has no job any more.
  if (!job || record.phase.tag !== "Ready") return step(record);
  switch (event.tag) {
    case "Made":
      return ready({ ...job, stage: "write" }, { file: event.file, failures: 0 });
    case "Prepared":
      return { ...ready({ ...job, intent: event.intent }), effect: { tag: "send" } };
    case "Sent":
      return ready(behind(job), { sequence: record.sequence + 1, failures: 0 });
    case "Strayed": {
      // Its receipt is there: the next batch needs another.
      const lost = { ...NO_COUNTS, skipped: event.lost.length, skippedRows: event.lost };
      const left = { ...job, intent: null, counts: addCounts(job.counts, lost) };
      const next = { ...record, sequence: record.sequence + 1, jobs: [left, ...later] };
      return troubled(next, { ...event, tag: "Troubled", retryAfterMs: null }, now);
    }
    case "Settled":
      return event.made
        ? ready(behind(job), { sequence: record.sequence + 1, failures: 0 })
        : ready({ ...job, intent: null });
    case "Written": {
      const counts = addCounts(job.counts, event.counts);
      const written = { ...job, counts, rowsWritten: job.rows };
      const shares = job.type === "create" ? record.share.length : 0;
      return shares > 0
        ? ready({ ...written, stage: "share" })
        : step(finished(record, written, event.shown, now));
    }
    case "Shared": {
      const shared = { ...job, shared: job.shared + 1 };
      return shared.shared < record.share.length
        ? ready(shared)
        : step(finished(record, shared, job.generation, now));
    }
    case "Troubled":
      return troubled(record, event, now);
    case "Refused": {
      const { problem, structure } = event;
      return step({ ...record, phase: { tag: "Failed", problem, structure } });
    }
  }
}

/** The first job of all: nothing can have been made before. */
function first({ record, effect }: ExportStep, before: ExportRecord): ExportStep {
  const isFirst = effect.tag === "make" && before.jobs.length === 0;
  return { record, effect: isFirst ? { tag: "make", again: false } : effect };
}

/** Whether a job of this name was asked for before. */
export function isTaken({ jobs, ended }: ExportRecord, name: string): boolean {
  return jobs.some(({ id }) => id === name) || ended.includes(name);
}

/** A failed update makes way for the next; a creation that failed is tried again before it. */
function asked(record: ExportRecord, job: Job): ExportRecord {
  if (isTaken(record, job.id)) return record;
  const [first, ...later] = record.jobs;
  const failed = record.phase.tag === "Failed";
  const jobs = failed && first && first.type !== "create" ? [...later, job] : [...record.jobs, job];
  const phase = record.phase.tag === "Waiting" ? record.phase : { tag: "Ready" as const };
  return { ...record, jobs, phase, nextGeneration: Math.max(record.nextGeneration, job.generation + 2) };
}

/** The job once its batch is made. */
function behind(job: Job): Job {
  const { intent } = job;
  if (!intent) return { ...job, batches: job.batches + 1 };
  const appended = { ...job.appended, ...intent.appended };
  return {
    ...job,
    intent: null,
    batches: job.batches + 1,
    rowsWritten: Math.min(job.rows, job.rowsWritten + intent.rows),
    appended,
    counts: addCounts(job.counts, intent.counts),
  };
}

function finished(record: ExportRecord, job: Job, shown: number, { nowMs }: ExportNow): ExportRecord {
  const at = new Date(nowMs).toISOString();
  const later = record.jobs.slice(1);
  return {
    ...record,
    shown,
    jobs: later,
    ended: [...record.ended, job.id].slice(-ENDED_MAX),
    failures: 0,
    phase: { tag: later.length > 0 ? "Ready" : "Idle" },
    lastSync: nowMs,
    lastUpdate: { type: job.type, at, ...job.counts },
  };
}

function troubled(
  record: ExportRecord,
  { problem, retryAfterMs }: Extract<ExportEvent, { tag: "Troubled" }>,
  { jitter }: ExportNow,
): ExportStep {
  const failures = 1 + Math.min(10, record.failures);
  const backoffMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + jitter / 2);
  return {
    record: { ...record, failures, phase: { tag: "Waiting", problem } },
    effect: { tag: "wait", ms: Math.ceil(retryAfterMs ?? backoffMs) },
  };
}

/** What is to be done for a record as it is: the same after every start. */
function step(record: ExportRecord): ExportStep {
  const { phase } = record;
  if (phase.tag === "Removing") return { record, effect: { tag: "remove", trash: phase.trash } };
  const [job] = record.jobs;
  if (phase.tag !== "Ready" || !job) return { record, effect: { tag: "rest" } };
  if (job.stage === "make") return { record, effect: { tag: "make", again: true } };
  if (job.stage === "share") return { record, effect: { tag: "share", index: job.shared } };
  return { record, effect: job.intent ? { tag: "settle" } : { tag: "prepare" } };
}
