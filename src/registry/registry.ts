import type { PreviewAnswer, SourceAnswer } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Supervisor } from "../actors/status.ts";
import type { KvEntry, KvError, StorageError } from "../backend/backend.ts";
import { createKeyedQueue } from "../runtime/keyed-queue.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { previewSource } from "./preview.ts";
import type { Records, SourceRecord } from "./records.ts";
import { idsFor } from "./slug.ts";
import { createSourceActors } from "./source-actors.ts";
import type { Invalid } from "./validate.ts";
import * as validate from "./validate.ts";

/** The sources of this daemon: their records and the actors that serve them. Bodies are checked here. */
export interface Registry {
  /** Starts an actor for every record and finishes deletions that a crash cut short. */
  start(): Promise<void>;
  /** Whether `start` is done. */
  started(): boolean;
  /** By id. */
  list(): Promise<readonly SourceAnswer[]>;
  get(id: string): Promise<Result<SourceAnswer, UnknownSource>>;
  /** What `register` would bring: the source is read once, and nothing is saved. */
  preview(body: unknown): Promise<Result<PreviewAnswer, Invalid>>;
  register(body: unknown): Promise<Result<SourceAnswer, Invalid | Duplicate | StorageError>>;
  update(id: string, body: unknown): Promise<Result<SourceAnswer, UnknownSource | Invalid | StorageError>>;
  /** Resolves once the actor has ended, its sessions are closed (4404) and its data is erased. */
  remove(id: string): Promise<Result<void, UnknownSource | StorageError>>;
  /** Stops polling until `resume`, over restarts too. */
  pause(id: string): Promise<Result<SourceAnswer, UnknownSource>>;
  resume(id: string): Promise<Result<SourceAnswer, UnknownSource>>;
  /** Polls soon, whatever the pace. */
  poll(id: string): Promise<Result<SourceAnswer, UnknownSource>>;
}

export type RegistryError = UnknownSource | Invalid | Duplicate | StorageError;
export type UnknownSource = { readonly tag: "UnknownSource"; readonly id: string };
export type Duplicate = { readonly tag: "Duplicate"; readonly id: string };

export interface RegistryDeps {
  readonly records: Records;
  readonly supervisor: Supervisor;
  readonly drivers: validate.Drivers;
  /** Erases what others keep of a source that is deleted; may be asked again after a failure. */
  readonly forget?: (source: string) => Promise<Result<unknown, StorageError>>;
  /** Nothing of the source is kept any more. */
  readonly onErased?: (source: string) => Promise<void>;
  readonly metrics: Metrics;
  readonly runtime: Runtime;
}

export function createRegistry(deps: RegistryDeps): Registry {
  const { records, supervisor, drivers, metrics, runtime } = deps;
  const { clock, logger } = runtime;
  const actors = createSourceActors({ records, supervisor, metrics, logger });
  // A record is stored before its actor hears of it; in turn, so that the actor's last word is the record's.
  const inTurn = createKeyedQueue();
  let started = false;

  async function find(id: string): Promise<Result<KvEntry<SourceRecord>, UnknownSource>> {
    const entry = await records.get(id);
    return entry && !entry.value.removing ? ok(entry) : err({ tag: "UnknownSource", id });
  }

  /** Null when the id is taken. */
  async function create(draft: validate.Draft): Promise<Result<SourceAnswer, StorageError> | null> {
    const now = clock.nowMs();
    const record = records.seal(draft, { createdAt: now, updatedAt: now });
    const stored = await records.put(record, 0);
    if (!stored.ok) return stored.error.tag === "VersionMismatch" ? null : err(stored.error);
    logger.info("source registered", { source: draft.settings.id, type: draft.settings.type });
    actors.follow(record);
    return ok(actors.answer(record));
  }

  async function erase(id: string): Promise<Result<void, StorageError>> {
    await actors.erase(id);
    const forgotten = await deps.forget?.(id);
    if (forgotten && !forgotten.ok) return forgotten;
    const removed = await records.remove(id);
    if (!removed.ok) return err(asStorageError(removed.error));
    logger.info("source removed", { source: id });
    await deps.onErased?.(id);
    return ok(undefined);
  }

  async function told(id: string, tell: (id: string) => void): Promise<Result<SourceAnswer, UnknownSource>> {
    const found = await find(id);
    if (!found.ok) return found;
    tell(id);
    return ok(actors.answer(found.value.value));
  }

  return {
    async start() {
      const all = await records.list();
      for (const record of all) if (!record.removing) actors.follow(record);
      const removing = all.filter((record) => record.removing).map(({ settings: { id } }) => id);
      await Promise.all(removing.map((id) => inTurn(id, () => erase(id))));
      started = true;
    },
    started: () => started,
    async list() {
      return (await records.list()).filter((record) => !record.removing).map(actors.answer);
    },
    get: (id) => told(id, () => {}),
    preview: (body) => previewSource(body, { drivers, runtime }),
    async register(body) {
      const parsed = validate.parseRegisterBody(body);
      if (!parsed.ok) return err({ tag: "Invalid", problems: parsed.error });
      const { id: given, name } = parsed.value;
      for (const id of given === undefined ? idsFor(name) : [given]) {
        const draft = validate.newDraft(parsed.value, id);
        const problems = validate.checkDraft(draft, drivers);
        if (problems.length > 0) return err({ tag: "Invalid", problems });
        const created = await inTurn(id, () => create(draft));
        if (created) return created;
      }
      return err({ tag: "Duplicate", id: given! });
    },
    update: (id, body) =>
      inTurn(id, async () => {
        const found = await find(id);
        if (!found.ok) return found;
        const { value: record, version } = found.value;
        const opened = records.open(record);
        // Secrets that cannot be opened are lost: the update may bring new ones.
        const revised = validate.revise(opened.ok ? opened.value : record, body, drivers);
        if (!revised.ok) return err({ tag: "Invalid", problems: revised.error });
        const next = records.seal(revised.value, { createdAt: record.createdAt, updatedAt: clock.nowMs() });
        const stored = await records.put(next, version);
        if (!stored.ok) return err(asStorageError(stored.error));
        logger.info("source updated", { source: id });
        actors.follow(next);
        return ok(actors.answer(next));
      }),
    remove: (id) =>
      inTurn(id, async () => {
        const entry = await records.get(id);
        if (!entry) return err({ tag: "UnknownSource", id });
        // From here on the source is gone for everybody, even if the daemon dies before its data is.
        const marked = await records.put({ ...entry.value, removing: true }, entry.version);
        return marked.ok ? erase(id) : err(asStorageError(marked.error));
      }),
    pause: (id) => told(id, (known) => supervisor.pause(known)),
    resume: (id) => told(id, (known) => supervisor.resume(known)),
    poll: (id) => told(id, (known) => supervisor.wake(known)),
  };
}

/** Versions cannot differ within one daemon; in a cluster another node was faster: try again. */
function asStorageError(error: KvError): StorageError {
  if (error.tag === "StorageError") return error;
  return { tag: "StorageError", detail: `the record was changed elsewhere (version ${error.actual})` };
}
