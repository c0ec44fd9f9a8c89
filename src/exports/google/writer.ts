/** Does what an export's machine asks, at Google: one effect at a time, each with few calls. */
import type { ExportProblem, ExportShare } from "#contract/exports.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Permission, WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import type { ExportRecord, Job } from "../jobs/record.ts";
import type { ExportStore } from "../jobs/store.ts";
import type { ExportEffect, ExportEvent } from "../jobs/transition.ts";
import type { ExportTurns } from "../jobs/turns.ts";
import { withReceipt } from "./batches.ts";
import { eventOf } from "./failure-events.ts";
import type { Aim, Guard } from "./guard/guard.ts";
import { SIGHT_FIELDS } from "./guard/sight.ts";
import { makeFile } from "./make-file.ts";
import { RECEIPT_KEY } from "./names.ts";
import { openSession, type Session } from "./session.ts";

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

export function createExportWriter({ calls, store, turns, clock }: WriterDeps): ExportWriter {
  const turn = createTurn(calls, turns);
  const batches = createBatchWriter({ calls, store, clock, turn });

  async function share(record: ExportRecord, index: number, signal: AbortSignal): Promise<ExportEvent> {
    const wanted = record.share[index]!;
    const shared = await calls.share(record.file!.id, permissionOf(wanted), wanted.notify ?? false, signal);
    return shared.ok ? { tag: "Shared" } : eventOf(shared.error);
  }

  function run(record: ExportRecord, effect: GoogleEffect, signal: AbortSignal): Promise<ExportEvent | null> {
    switch (effect.tag) {
      case "make":
        return makeFile({ calls, clock }, record, effect.again, signal);
      case "prepare":
        return batches.prepare(record, record.jobs[0]!, signal);
      case "send":
        return batches.send(record, signal);
      case "settle":
        return batches.settle(record, signal);
      case "share":
        return share(record, effect.index, signal);
    }
  }

  return {
    async perform(record, effect, signal) {
      const event = await run(record, effect, signal);
      if (event?.tag !== "Prepared" || signal.aborted) turn.release();
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

interface Turn {
  /** Kept from the look to the write, so that no waiting for turns comes between them. False: `signal` ended it. */
  take(signal: AbortSignal): Promise<boolean>;
  release(): void;
}

function createTurn(calls: WorkbookCalls, turns: ExportTurns): Turn {
  let held: (() => void) | null = null;
  function release(): void {
    held?.();
    held = null;
  }
  return {
    release,
    async take(signal) {
      if (held) return true;
      held = await turns.next(calls, signal);
      signal.addEventListener("abort", release, { once: true });
      return held !== null;
    },
  };
}

/** What was seen longer ago is looked at again before more is changed by it. */
const LOOK_AGE_MS_MAX = 15_000;

interface BatchWriterDeps extends Omit<WriterDeps, "turns"> {
  readonly turn: Turn;
}

/** The batches of a job: prepared, sent, and held against what the workbook shows afterwards. */
function createBatchWriter({ calls, store, clock, turn }: BatchWriterDeps) {
  let session: Session | null = null;

  async function prepare(record: ExportRecord, job: Job, signal: AbortSignal): Promise<ExportEvent | null> {
    for (;;) {
      const { lookedAt } = session ?? {};
      const stale = lookedAt != null && clock.monotonicMs() - lookedAt > LOOK_AGE_MS_MAX;
      if (session?.job !== job.id || stale) {
        if (job.type !== "create" && !(await turn.take(signal))) return null;
        const opened = await openSession({ calls, store, clock }, record, job, signal);
        if ("tag" in opened) return opened;
        session = opened;
      }
      const next = session.batches.next();
      if (!next.done) {
        Object.assign(session, { pending: next.value, aim: null });
        const { rows, counts, appended } = next.value;
        return { tag: "Prepared", intent: { rows, counts, appended } };
      }
      const end = await session.end(job);
      session = null;
      if (end) return end;
    }
  }

  async function send(record: ExportRecord, signal: AbortSignal): Promise<ExportEvent | null> {
    const batch = session?.pending;
    if (!batch || !record.file) return settle(record, signal);
    if (!(await turn.take(signal))) return null;
    const { guard, sent } = session!;
    const aim = guard?.aim(batch.requests) ?? null;
    if (guard && aim && sent) {
      const stands = await guard.stands(aim, signal);
      if (!stands.ok || !stands.value) session = null;
      if (!stands.ok) return eventOf(stands.error);
      if (!stands.value) return { tag: "Settled", made: false };
    }
    const requests = withReceipt(batch.requests, record.id, record.sequence);
    const show = aim && aim.ranges.length > 0 ? { ranges: aim.ranges, fields: SIGHT_FIELDS } : undefined;
    Object.assign(session!, { aim, sent: true });
    const written = await calls.write(record.file.id, requests, signal, show);
    turn.release();
    if (written.ok) {
      if (guard && aim && !guard.hit(aim, written.value)) return mend(guard, aim, signal);
      session!.pending = null;
      return { tag: "Sent" };
    }
    // What was to be shown is not there any more, and nothing was made.
    if (written.error.tag === "BadRange" && show) {
      session = null;
      return { tag: "Troubled", problem: MOVED, retryAfterMs: null };
    }
    if (written.error.tag !== "Malformed") return eventOf(written.error);
    // Its receipt is there already: the batch arrived late, and this one was its retry.
    session = null;
    const settled = await settle(record, signal);
    return settled.tag === "Settled" && settled.made ? settled : eventOf(written.error);
  }

  /** The session is kept where this fails: what was hit is still to be put back. */
  async function mend(guard: Guard, aim: Aim, signal: AbortSignal): Promise<ExportEvent> {
    const mended = await guard.mend(aim, signal);
    if (!mended.ok) return eventOf(mended.error);
    session = null;
    return { tag: "Strayed", problem: MOVED, lost: mended.value };
  }

  async function settle({ id, file, sequence }: ExportRecord, signal: AbortSignal): Promise<ExportEvent> {
    const notes = await calls.notes(file!.id, [RECEIPT_KEY], signal);
    if (!notes.ok) return eventOf(notes.error);
    const made = notes.value.some((note) => note.metadataValue === `${id}/${sequence}`);
    const { pending, aim, guard } = session ?? {};
    if (made && pending && aim && guard) {
      const shown = await guard.look(aim, signal);
      // A tab that was renamed meanwhile is found by its id.
      if (!shown.ok && shown.error.tag !== "BadRange") return eventOf(shown.error);
      if (!shown.ok || !guard.hit(aim, shown.value)) return mend(guard, aim, signal);
    }
    session = null;
    return { tag: "Settled", made };
  }

  return { prepare, send, settle };
}

const MOVED: ExportProblem = {
  code: "moved",
  message: "somebody moved rows or columns while they were written; what was hit was put back",
  fix: "Nothing needs to be done: it is written again by itself",
};

function permissionOf({ type, role, email, domain }: ExportShare): Permission {
  const kind = type ?? (domain === undefined ? "user" : "domain");
  return {
    type: kind,
    role,
    ...(email !== undefined && { emailAddress: email }),
    ...(domain !== undefined && { domain }),
  };
}
