/** A job's batches while it runs; made anew after a start, or when Google's answer does not tell. */
import type { Clock } from "../../runtime/clock.ts";
import type { WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import { merged } from "../jobs/merge.ts";
import { type ExportRecord, type Job, NO_COUNTS } from "../jobs/record.ts";
import type { ExportStore } from "../jobs/store.ts";
import type { ExportEvent } from "../jobs/transition.ts";
import type { SheetPlan } from "../plan.ts";
import type { Batch } from "./batches.ts";
import { creationBatches } from "./creation.ts";
import { eventOf, refused, storageTrouble } from "./failure-events.ts";
import { type Aim, createGuard, type Guard } from "./guard/guard.ts";
import { planUpdate } from "./update.ts";

export interface Session {
  readonly job: string;
  readonly batches: Iterator<Batch>;
  readonly lookedAt: number | null;
  /** Null: nobody knows of the workbook yet. */
  readonly guard: Guard | null;
  /** What is to be said when all is written; null: there is more, seen by another look. */
  readonly end: (done: Job) => Promise<ExportEvent | null>;
  pending: Batch | null;
  /** Of the pending batch, once it may have been sent. */
  aim: Aim | null;
  /** Some batch of it was sent: what was looked at before is not fresh any more. */
  sent: boolean;
}

export interface SessionDeps {
  readonly calls: WorkbookCalls;
  readonly store: Pick<ExportStore, "plan" | "putPlan">;
  readonly clock: Clock;
}

export async function openSession(
  deps: SessionDeps,
  record: ExportRecord,
  job: Job,
  signal: AbortSignal,
): Promise<Session | ExportEvent> {
  const plan = await deps.store.plan(record.id, job.generation);
  if (!plan || !record.file) return refused("lost", "the data of this export are gone", "Make a new export");
  if (job.type === "create") return creation(plan, record, record.file.before, job);
  return updating(deps, { record, fileId: record.file.id, plan, job, type: job.type }, signal);
}

function creation(plan: SheetPlan, { id }: ExportRecord, before: readonly number[], job: Job): Session {
  const batches = creationBatches(plan, id, before);
  for (let made = 0; made < job.batches; made++) batches.next();
  const end = async (): Promise<ExportEvent> => ({
    tag: "Written",
    counts: NO_COUNTS,
    shown: job.generation,
  });
  return { ...newSession(job), batches, lookedAt: null, guard: null, end };
}

interface Updating {
  readonly record: ExportRecord;
  readonly fileId: string;
  readonly plan: SheetPlan;
  readonly job: Job;
  readonly type: Exclude<Job["type"], "create">;
}

async function updating(
  { calls, store, clock }: SessionDeps,
  { record, fileId, plan, job, type }: Updating,
  signal: AbortSignal,
): Promise<Session | ExportEvent> {
  const { id: exportId, shown: last, edits } = record;
  const base = last === null ? null : await store.plan(exportId, last);
  const ask = { fileId, exportId, type, plan, base, edits, appended: job.appended };
  const planned = await planUpdate(calls, ask, signal);
  if (!planned.ok) return eventOf(planned.error);
  const { look, batches, counts, again, skipped, staying } = planned.value;
  const end = async (done: Job): Promise<ExportEvent | null> => {
    if (again) return null;
    const { added, changed } = done.counts;
    const unchanged = type === "append" ? 0 : Math.max(0, job.rows - added - changed - skipped);
    const shown = await keepShown(store, exportId, job, base && merged(base, plan, type, staying));
    if (shown === null) return storageTrouble();
    return { tag: "Written", counts: { ...counts, unchanged }, shown };
  };
  const guard = createGuard({ calls, fileId, exportId }, look, plan.tabs);
  return { ...newSession(job), batches, lookedAt: clock.monotonicMs(), guard, end };
}

function newSession({ id }: Job): Pick<Session, "job" | "pending" | "aim" | "sent"> {
  return { job: id, pending: null, aim: null, sent: false };
}

/** Null: the storage refuses. */
async function keepShown(
  store: SessionDeps["store"],
  id: string,
  job: Job,
  shown: SheetPlan | null,
): Promise<number | null> {
  if (shown === null) return job.generation;
  // Apart from the job's own data: until it has ended it may begin again.
  const generation = job.generation + 1;
  const put = await store.putPlan(id, generation, shown);
  return put.ok ? generation : null;
}
