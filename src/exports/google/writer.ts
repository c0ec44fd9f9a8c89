/** Does what an export's machine asks, at Google: one effect at a time, each with few calls. */
import type { ExportProblem, ExportShare } from "#contract/exports.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Permission, WorkbookCallError, WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import { merged } from "../jobs/merge.ts";
import { type ExportRecord, type Job, NO_COUNTS } from "../jobs/record.ts";
import type { ExportStore } from "../jobs/store.ts";
import type { ExportEffect, ExportEvent } from "../jobs/transition.ts";
import type { ExportTurns } from "../jobs/turns.ts";
import type { SheetPlan } from "../plan.ts";
import { type Batch, withReceipt } from "./batches.ts";
import { creationBatches } from "./creation.ts";
import type { LookError } from "./look.ts";
import { FILE_PROPERTY, RECEIPT_KEY } from "./names.ts";
import { planUpdate } from "./update.ts";

export interface ExportWriter {
  /** Null when `signal` ended it. */
  perform(record: ExportRecord, effect: GoogleEffect, signal: AbortSignal): Promise<ExportEvent | null>;
  trash(fileId: string, signal: AbortSignal): Promise<ExportProblem | null>;
}

export type GoogleEffect = Exclude<ExportEffect, { tag: "wait" | "rest" | "remove" }>;

export interface WriterDeps {
  readonly calls: WorkbookCalls;
  readonly store: Pick<ExportStore, "plan" | "putPlan">;
  readonly turns: ExportTurns;
  readonly clock: Clock;
}

/** What was seen longer ago is looked at again before more is changed by it. */
const LOOK_AGE_MS_MAX = 15_000;

/** A job's batches while it runs; made anew after a start, or when Google's answer does not tell. */
interface Session {
  readonly job: string;
  readonly batches: Iterator<Batch>;
  readonly lookedAt: number | null;
  /** What is to be said when all is written; null: there is more, seen by another look. */
  readonly end: (done: Job) => Promise<ExportEvent | null>;
  pending: Batch | null;
}

export function createExportWriter({ calls, store, turns, clock }: WriterDeps): ExportWriter {
  let session: Session | null = null;
  let held: (() => void) | null = null;

  function release(): void {
    held?.();
    held = null;
  }

  /** Kept from the look to the write, so that no waiting for turns comes between them. False: `signal` ended it. */
  async function takeTurn(signal: AbortSignal): Promise<boolean> {
    if (held) return true;
    held = await turns.next(calls, signal);
    signal.addEventListener("abort", release, { once: true });
    return held !== null;
  }

  async function make(record: ExportRecord, signal: AbortSignal): Promise<ExportEvent> {
    const property = { key: FILE_PROPERTY, value: record.id };
    const known = await calls.findFile(property, signal);
    if (!known.ok) return eventOf(known.error);
    const { title: name, folder } = record;
    const file = known.value === null ? await calls.makeFile({ name, folder, property }, signal) : known;
    if (!file.ok) return eventOf(file.error);
    const id = file.value!;
    const read = await calls.read(id, "sheets.properties.sheetId", [], signal);
    if (!read.ok) return eventOf(read.error);
    const before = (read.value.sheets ?? []).map(({ properties }) => properties?.sheetId ?? 0);
    return { tag: "Made", file: { id, link: calls.linkTo(id), before } };
  }

  async function prepare(record: ExportRecord, job: Job, signal: AbortSignal): Promise<ExportEvent | null> {
    for (;;) {
      const { lookedAt } = session ?? {};
      const stale = lookedAt != null && clock.monotonicMs() - lookedAt > LOOK_AGE_MS_MAX;
      if (session?.job !== job.id || stale) {
        if (job.type !== "create" && !(await takeTurn(signal))) return null;
        const opened = await open(record, job, signal);
        if ("tag" in opened) return opened;
        session = opened;
      }
      const next = session.batches.next();
      if (!next.done) {
        session.pending = next.value;
        const { rows, counts, appended } = next.value;
        return { tag: "Prepared", intent: { rows, counts, appended } };
      }
      const end = await session.end(job);
      session = null;
      if (end) return end;
    }
  }

  async function open(record: ExportRecord, job: Job, signal: AbortSignal): Promise<Session | ExportEvent> {
    const plan = await store.plan(record.id, job.generation);
    const { file, shown, edits } = record;
    if (!plan || !file) return refused("lost", "the data of this export are gone", "Make a new export");
    if (job.type === "create") {
      const batches = creationBatches(plan, record.id, file.before);
      for (let made = 0; made < job.batches; made++) batches.next();
      const shown = job.generation;
      const end = async (): Promise<ExportEvent> => ({ tag: "Written", counts: NO_COUNTS, shown });
      return { job: job.id, batches, lookedAt: null, end, pending: null };
    }
    const { type } = job;
    const base = shown === null ? null : await store.plan(record.id, shown);
    const ask = {
      fileId: file.id,
      exportId: record.id,
      type,
      plan,
      base,
      edits,
      appended: job.appended,
    };
    const planned = await planUpdate(calls, ask, signal);
    if (!planned.ok) return eventOf(planned.error);
    const { batches, counts, again, skipped, staying } = planned.value;
    const end = async (done: Job): Promise<ExportEvent | null> => {
      if (again) return null;
      const { added, changed } = done.counts;
      const unchanged = job.type === "append" ? 0 : Math.max(0, job.rows - added - changed - skipped);
      const shown = await keepShown(record, job, base && merged(base, plan, type, staying));
      if (shown === null) return storageTrouble();
      return { tag: "Written", counts: { ...counts, unchanged }, shown };
    };
    return { job: job.id, batches, lookedAt: clock.monotonicMs(), end, pending: null };
  }

  /** Null: the storage refuses. */
  async function keepShown({ id }: ExportRecord, job: Job, shown: SheetPlan | null): Promise<number | null> {
    if (shown === null) return job.generation;
    // Apart from the job's own data: until it has ended it may begin again.
    const generation = job.generation + 1;
    const put = await store.putPlan(id, generation, shown);
    return put.ok ? generation : null;
  }

  async function send(record: ExportRecord, signal: AbortSignal): Promise<ExportEvent | null> {
    const batch = session?.pending;
    if (!batch || !record.file) return settle(record, signal);
    if (!(await takeTurn(signal))) return null;
    const requests = withReceipt(batch.requests, record.id, record.sequence);
    const written = await calls.write(record.file.id, requests, signal);
    release();
    session!.pending = null;
    if (written.ok) return { tag: "Sent" };
    session = null;
    if (written.error.tag !== "Malformed") return eventOf(written.error);
    // Its receipt is there already: the batch arrived late, and this one was its retry.
    const settled = await settle(record, signal);
    return settled.tag === "Settled" && settled.made ? settled : eventOf(written.error);
  }

  async function settle({ id, file, sequence }: ExportRecord, signal: AbortSignal): Promise<ExportEvent> {
    session = null;
    const notes = await calls.notes(file!.id, [RECEIPT_KEY], signal);
    if (!notes.ok) return eventOf(notes.error);
    return { tag: "Settled", made: notes.value.some((note) => note.metadataValue === `${id}/${sequence}`) };
  }

  async function share(record: ExportRecord, index: number, signal: AbortSignal): Promise<ExportEvent> {
    const wanted = record.share[index]!;
    const shared = await calls.share(record.file!.id, permissionOf(wanted), wanted.notify ?? false, signal);
    return shared.ok ? { tag: "Shared" } : eventOf(shared.error);
  }

  return {
    async perform(record, effect, signal) {
      const job = record.jobs[0]!;
      const event = await (async () => {
        switch (effect.tag) {
          case "make":
            return make(record, signal);
          case "prepare":
            return prepare(record, job, signal);
          case "send":
            return send(record, signal);
          case "settle":
            return settle(record, signal);
          case "share":
            return share(record, effect.index, signal);
        }
      })();
      if (event?.tag !== "Prepared" || signal.aborted) release();
      return signal.aborted ? null : event;
    },
    async trash(fileId, signal) {
      const gone = await calls.trashFile(fileId, signal);
      if (gone.ok || gone.error.tag === "NotFound") return null;
      const event = eventOf(gone.error);
      return "problem" in event ? event.problem : null;
    },
  };
}

function permissionOf({ type, role, email, domain }: ExportShare): Permission {
  const kind = type ?? (domain === undefined ? "user" : "domain");
  return {
    type: kind,
    role,
    ...(email !== undefined && { emailAddress: email }),
    ...(domain !== undefined && { domain }),
  };
}

/** What a failure is for the machine: waited out, or for a person. */
function eventOf(error: LookError | WorkbookCallError): ExportEvent {
  switch (error.tag) {
    case "RateLimited": {
      const message = "Google takes no more writes for now";
      const problem = {
        code: "rate-limited",
        message,
        fix: "Nothing needs to be done: it goes on by itself",
      };
      return { tag: "Troubled", problem, retryAfterMs: error.retryAfterMs ?? null };
    }
    case "Unreachable": {
      const fix = error.fix ?? "Nothing needs to be done: it is tried again by itself";
      return {
        tag: "Troubled",
        problem: { code: "unreachable", message: error.detail, fix },
        retryAfterMs: null,
      };
    }
    case "StructureChanged":
      return refused("structure-changed", error.message, error.fix, true);
    case "NotFound":
      return refused(
        "workbook-gone",
        `the workbook, or its folder, cannot be found: ${error.detail}`,
        "Take it out of the trash or share it with the account again, then POST .../retry",
        true,
      );
    case "Unauthorized":
      return refused("unauthorized", error.detail, error.fix);
    case "BadRange":
      return refused("refused", error.detail, RETRY);
    case "Malformed":
      return refused("refused", error.detail, error.fix ?? RETRY);
    case "Doubtful":
    case "Forbidden":
      return refused("refused", error.detail, error.fix);
  }
}

function storageTrouble(): ExportEvent {
  const problem = {
    code: "storage-refused",
    message: "the daemon's storage refuses",
    fix: "It is tried again by itself; look at the disk",
  };
  return { tag: "Troubled", problem, retryAfterMs: null };
}

const RETRY = "Correct what Google says, then POST .../retry";

function refused(code: string, message: string, fix: string, structure = false): ExportEvent {
  return { tag: "Refused", problem: { code, message, fix }, structure };
}
