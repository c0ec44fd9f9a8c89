/** All exports of this daemon: made, updated, followed and erased here; each has an actor of its own. */
import type { ExportProblem, ExportShare, HandEdits, UpdateType } from "#contract/exports.ts";
import type { Credentials } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { LiveData } from "#contract/templates.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { Claims } from "../model/where/compile.ts";
import { randomHex } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { WorkbookMaker } from "../sources/drivers.ts";
import type { RequestObserver } from "../sources/source.ts";
import { createExportWriter, type ExportWriter } from "./google/writer.ts";
import { createExportActor, type ExportActor, type ExportActorDeps } from "./jobs/actor.ts";
import { type ExportRecord, type JobType, newJob, type Reader } from "./jobs/record.ts";
import { createExportStore } from "./jobs/store.ts";
import { isTaken } from "./jobs/transition.ts";
import { createExportTurns } from "./jobs/turns.ts";
import type { SheetPlan } from "./plan.ts";

export interface Exports {
  /** Resumes what was under way. */
  start(): Promise<void>;
  list(): readonly ExportRecord[];
  get(id: string): ExportRecord | null;
  /** Durable when it resolves; an id that is taken is the same export, and nothing is made anew. */
  create(make: NewExport): Promise<Result<ExportRecord, StorageError>>;
  update(id: string, update: NewUpdate): Promise<Result<ExportRecord, ExportsError>>;
  retry(id: string): Promise<Result<ExportRecord, ExportsError>>;
  cancel(id: string): Promise<Result<ExportRecord, ExportsError>>;
  /** By whose right its live data are read from now on. */
  rebind(id: string, reader: Reader): Promise<Result<ExportRecord, ExportsError>>;
  /** Why it does not follow its live data; null: it does. */
  tellFollow(id: string, problem: ExportProblem | null): Promise<Result<ExportRecord, ExportsError>>;
  /** Erases record and data; with `trash` the workbook goes to its owner's trash first. */
  remove(id: string, trash: boolean): Promise<Result<void, ExportsError>>;
  close(): Promise<void>;
}

export interface NewExport {
  readonly id: string;
  readonly subject: string;
  readonly conversationId: string | null;
  readonly account: string;
  readonly folder: string | null;
  readonly share: readonly ExportShare[];
  readonly edits: HandEdits;
  readonly live: LiveData | null;
  readonly claims: Claims;
  readonly reader?: Reader;
  readonly key: string | null;
  readonly plan: SheetPlan;
}

export interface NewUpdate {
  /** Names it: one that comes again is taken once. */
  readonly id: string;
  readonly type: UpdateType;
  readonly plan: SheetPlan;
}

export type ExportsError =
  | StorageError
  | { readonly tag: "UnknownExport" }
  /** It cannot be done with the export as it is. */
  | { readonly tag: "NotNow"; readonly problem: string; readonly fix: string };

export interface ExportsDeps {
  readonly kv: Kv;
  readonly runtime: Runtime;
  readonly maker: WorkbookMaker;
  /** What an export's account stands for; null: it is no more. */
  readonly credentials: (account: string) => Promise<Credentials | null>;
  readonly observe?: RequestObserver;
  /** Told of every export at the start, and of each change that is durable. */
  readonly onChange?: (record: ExportRecord) => void;
}

/** Updates of one export that wait; whoever sends more is faster than Google takes them. */
const WAITING_MAX = 20;

export function createExports(deps: ExportsDeps): Exports {
  const { kv, runtime, maker } = deps;
  const { clock } = runtime;
  const logger = runtime.logger.child({ part: "exports" });
  const store = createExportStore(kv);
  const turns = createExportTurns(clock);
  const actors = new Map<string, ExportActor>();

  function begin(record: ExportRecord): ExportActor {
    let writer: ExportWriter | null = null;
    let calls = 0;

    /** Null: the account is gone, or not fit any more. */
    async function writerOf(): Promise<ExportWriter | null> {
      if (writer) return writer;
      const credentials = await deps.credentials(record.account);
      if (!credentials || maker.checkMaker(credentials).length > 0) return null;
      const observe: RequestObserver = (request) => {
        calls++;
        deps.observe?.(request);
      };
      writer = createExportWriter({
        calls: maker.workbooks(credentials, runtime, observe),
        store,
        turns,
        clock,
      });
      return writer;
    }

    const perform: ExportActorDeps["perform"] = async (now, effect, signal) => {
      const own = await writerOf();
      calls = 0;
      if (effect.tag === "remove") {
        if (effect.trash && now.file && own) {
          const problem = await own.trash(now.file.id, signal);
          if (problem) logger.warn("workbook not trashed", { export: now.id, problem: problem.code });
        }
        const removed = await store.remove(now.id);
        return { event: removed.ok || signal.aborted ? null : { tag: "Woken" }, calls };
      }
      if (!own) return { event: accountGone(now.account), calls };
      const event = await own.perform(now, effect, signal);
      return { event, calls };
    };

    const actor = createExportActor(record, {
      clock,
      random: runtime.random,
      logger,
      store,
      perform,
      onChange(before, after) {
        void forgetOld(before, after);
        deps.onChange?.(after);
      },
      onGone: ({ id }) => void actors.delete(id),
    });
    actors.set(record.id, actor);
    return actor;
  }

  /** Data that no job and no comparison needs any more. */
  async function forgetOld(before: ExportRecord, after: ExportRecord): Promise<void> {
    const needed = new Set([after.shown, ...after.jobs.map(({ generation }) => generation)]);
    const had = [before.shown, ...before.jobs.map(({ generation }) => generation)];
    for (const generation of had) {
      if (generation !== null && !needed.has(generation)) await store.removePlan(after.id, generation);
    }
  }

  async function asked(
    id: string,
    event: Parameters<ExportActor["ask"]>[0],
  ): Promise<Result<ExportRecord, ExportsError>> {
    const actor = actors.get(id)!;
    if (!(await actor.ask(event))) return err({ tag: "StorageError", detail: "the storage refuses" });
    return ok(actor.record());
  }

  function find(id: string): ExportRecord | null {
    const record = actors.get(id)?.record();
    return record && record.phase.tag !== "Removing" ? record : null;
  }

  async function addJob(
    record: ExportRecord,
    name: string,
    type: JobType,
    plan: SheetPlan,
  ): Promise<Result<ExportRecord, ExportsError>> {
    const generation = Math.max(record.nextGeneration, reserved.get(record.id) ?? 0);
    // Two: the second is for what the sheet shows afterwards.
    reserved.set(record.id, generation + 2);
    const put = await store.putPlan(record.id, generation, plan);
    if (!put.ok) return err({ tag: "StorageError", detail: "the storage refuses" });
    const rows = plan.tabs.reduce((sum, tab) => sum + tab.rows.length, 0);
    return asked(record.id, { tag: "UpdateAsked", job: newJob(name, type, generation, rows) });
  }
  const reserved = new Map<string, number>();

  return {
    async start() {
      for (const record of await store.list()) {
        // Its data never came to be whole, and nobody was told of it.
        if (record.shown === null && record.jobs.length === 0 && record.phase.tag === "Idle") {
          await store.remove(record.id);
        } else {
          const actor = begin(record);
          deps.onChange?.(record);
          void actor.ask({ tag: "Started" });
        }
      }
    },
    list: () => [...actors.keys()].flatMap((id) => find(id) ?? []),
    get: find,
    async create({ plan, ...make }) {
      const known = find(make.id);
      if (known) return ok(known);
      const record = newRecord(make, plan, clock.nowMs());
      const put = await store.put(record);
      if (!put.ok) return err({ tag: "StorageError", detail: "the storage refuses" });
      begin(record);
      const added = await addJob(record, "create", "create", plan);
      if (added.ok) return added;
      actors.delete(record.id);
      return err({ tag: "StorageError", detail: "the storage refuses" });
    },
    async update(id, { id: name, type, plan }) {
      const record = find(id);
      if (!record) return err({ tag: "UnknownExport" });
      if (isTaken(record, name)) return ok(record);
      const creating = record.jobs.some((job) => job.type === "create");
      if (record.shown === null && !creating) {
        return err({ tag: "NotNow", problem: "was never written in full", fix: "make a new export" });
      }
      if (record.jobs.length > WAITING_MAX) {
        const problem = `has ${WAITING_MAX} updates that wait`;
        return err({ tag: "NotNow", problem, fix: "try again when its status tells fewer" });
      }
      return addJob(record, name, type, plan);
    },
    async retry(id) {
      const record = find(id);
      if (!record) return err({ tag: "UnknownExport" });
      const why = whyNotAgain(record);
      return why ? err({ tag: "NotNow", ...why }) : asked(id, { tag: "RetryAsked" });
    },
    async rebind(id, reader) {
      return find(id) ? asked(id, { tag: "ReaderTold", reader }) : err({ tag: "UnknownExport" });
    },
    async cancel(id) {
      return find(id) ? asked(id, { tag: "CancelAsked" }) : err({ tag: "UnknownExport" });
    },
    async tellFollow(id, problem) {
      return find(id) ? asked(id, { tag: "FollowTold", problem }) : err({ tag: "UnknownExport" });
    },
    async remove(id, trash) {
      if (!find(id)) return err({ tag: "UnknownExport" });
      const removed = await asked(id, { tag: "RemoveAsked", trash });
      return removed.ok ? ok(undefined) : removed;
    },
    async close() {
      await Promise.all([...actors.values()].map((actor) => actor.close()));
    },
  };
}

/** Null: there is something to try again, or it goes on by itself. */
function whyNotAgain({ phase, jobs, shown }: ExportRecord) {
  if (phase.tag !== "Cancelled" && jobs.length > 0) return null;
  if (phase.tag !== "Cancelled") {
    return {
      problem: "has nothing to try again: nothing of it failed",
      fix: "POST .../update gives it new data",
    };
  }
  const fix = shown === null ? "make a new export" : "POST .../update gives it new data";
  return { problem: "was cancelled, and what waited is gone", fix };
}

/** An id that nobody guesses. */
export function newExportId(runtime: Pick<Runtime, "random">): string {
  return `exp-${randomHex(runtime.random, 8)}`;
}

function newRecord(make: Omit<NewExport, "plan">, plan: SheetPlan, nowMs: number): ExportRecord {
  return {
    ...make,
    title: plan.title,
    template: plan.template,
    notices: plan.notices,
    createdAt: nowMs,
    file: null,
    sequence: 0,
    calls: 0,
    shown: null,
    nextGeneration: 0,
    jobs: [],
    ended: [],
    phase: { tag: "Idle" },
    failures: 0,
    lastSync: null,
    lastUpdate: null,
  };
}

function accountGone(account: string) {
  const problem = {
    code: "unauthorized",
    message: `the account ${account} cannot make workbooks any more`,
    fix: "Connect it again, then POST .../retry",
  };
  return { tag: "Refused" as const, problem, structure: false };
}
