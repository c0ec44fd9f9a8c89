/**
 * One tab's mirror in memory, in step with its log. The log is the bus: what `apply` writes reaches sessions only
 * through `log.follow`, hence never before it is durable; who joins waits until nothing is on its way to the disk.
 */
import * as Y from "yjs";
import { EMPTY_UPDATE, updateFrame } from "#contract/frames.ts";
import type { Locality, Meta } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { AppendError, Position, StorageError, UpdateLog } from "../backend/backend.ts";
import type { Recorder } from "../history/recorder.ts";
import { type Baseline, type Delta, isEmptyDelta } from "../model/delta.ts";
import type { Logger } from "../runtime/logger.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import type { Encoded, LiveDocument } from "./documents.ts";
import { createFollowers, formatRevision } from "./followers.ts";
import { createJournal } from "./journal.ts";
import { createMirror, type Mirror, type MirrorIdentity } from "./mirror.ts";
import { encodeParts } from "./parts.ts";
import { readStateVector } from "./state-vector.ts";

export interface LiveDocumentDeps {
  readonly log: UpdateLog;
  readonly logger: Logger;
  /** A client id that no writer ever had; durable before it resolves. */
  readonly nextIncarnation: () => Promise<Result<number, StorageError>>;
  /** The client id of this life of the daemon. */
  readonly incarnation: number;
  /** Lets the loop turn. */
  readonly pause: () => Promise<void>;
  /** Of a document whose changes are remembered. */
  readonly recorder?: Recorder | undefined;
}

/** What sessions see of a document besides its content for actors. */
export interface SharedDocument extends LiveDocument {
  /** Resolves when everything in memory is durable; then `missing` may be sent without a gap in the same tick. */
  settled(): Promise<void>;
  /**
   * What a client at `stateVector` misses, as an update; null when it knows more than this history holds. Throws
   * when it is no state vector.
   */
  missing(stateVector: Uint8Array): Uint8Array | null;
  /**
   * Brings a client that misses much nearer, in frames of bounded size to be sent in order; null when `missing` has
   * little to say. Made once for all who stand at the same state, with pauses.
   */
  catchUp(stateVector: Uint8Array): Promise<CatchUp | null> | null;
  /** Frees the answers that nobody asked for since the last call; they are made again when somebody does. */
  rest(): void;
  /** Where a client stands that has everything. */
  stateVector(): Uint8Array;
  /** Called with each applied delta once it is durable, before the next one is written; wishes are not told. */
  onDelta(listener: (delta: Delta) => void): () => void;
  readonly position: Position;
  /** About what the document takes in the log: its checkpoint and what followed. */
  readonly bytes: number;
  end(why: "removed" | "unloaded"): void;
  /** True while something is on its way to the log. */
  readonly busy: boolean;
}

export interface CatchUp {
  readonly frames: readonly Uint8Array[];
  readonly bytes: number;
  /** Where a client stands that has them all. */
  readonly stateVector: Uint8Array;
}

/** What is sent at once, as one answer. */
const SMALL_BYTES = 64 * 1024;

/** Entries after a checkpoint that make the next one due, or their bytes in relation to the checkpoint's. */
const CHECKPOINT_AT_ENTRIES = 1000;
const CHECKPOINT_AT_BYTES = 256 * 1024;

/** Distinct answers remembered between two changes; each may be as large as the document. */
const ANSWERS_MAX = 8;
/** Under which the answer to an empty state vector is remembered. */
const EMPTY_KEY = "00";

export const SWEEP_AUTHOR = "sweep";

export async function loadDocument(
  name: string,
  identity: MirrorIdentity,
  deps: LiveDocumentDeps,
): Promise<SharedDocument> {
  let mirror!: Mirror;
  let position: Position = 0;
  let entriesSince = 0;
  let bytesSince = 0;
  let checkpointBytes = 0;
  const journal = createJournal();
  /** Answers to joins, by state vector, as long as nothing changes: a crowd that comes back costs one encoding. */
  let answers = new Map<string, Uint8Array>();
  /** The same for answers in parts; null where the answer turned out small. */
  let catchUps = new Map<string, CatchUp | null>();
  let asked = false;
  let queue: Promise<unknown> = Promise.resolve();
  let pending = 0;
  /** A failed append may have used clocks of this incarnation: nothing may be written before the next one. */
  let spent = false;
  let ended: "removed" | "unloaded" | null = null;
  const deltaListeners = new Set<(delta: Delta) => void>();

  async function load(incarnation: number): Promise<void> {
    const doc = new Y.Doc({ guid: name });
    entriesSince = bytesSince = checkpointBytes = position = 0;
    forgetAnswers();
    journal.clear();
    for (const entry of await deps.log.read(name, 0)) {
      Y.applyUpdate(doc, entry.update);
      position = entry.position;
      if (entry.author === "checkpoint") checkpointBytes = entry.update.length;
      else {
        entriesSince++;
        bytesSince += entry.update.length;
      }
      noteStep(doc, entry.author === "checkpoint" ? EMPTY_UPDATE : entry.update);
    }
    const known = doc.getMap("meta").get("epoch");
    mirror = createMirror(doc, incarnation, { ...identity, epoch: String(known ?? identity.epoch) });
  }

  function forgetAnswers(): void {
    answers = new Map();
    catchUps = new Map();
  }

  /** Incarnations only grow, so the last writer is the highest client id. */
  function noteStep(doc: Y.Doc, update: Uint8Array): void {
    const writer = lastWriter(doc);
    journal.note(writer, Y.getState(doc.store, writer), update);
  }

  /** From the last updates; null when they are not all that is missing. */
  function remembered(theirs: ReadonlyMap<number, number>): Uint8Array | null {
    if (theirs.size === 0) return null;
    const writer = Math.max(...theirs.keys());
    let exact = true;
    for (const client of mirror.doc.store.clients.keys()) {
      if (client < writer && theirs.get(client) !== Y.getState(mirror.doc.store, client)) exact = false;
    }
    if (exact && writer === lastWriter(mirror.doc)) {
      if (theirs.get(writer) === Y.getState(mirror.doc.store, writer)) return EMPTY_UPDATE;
    }
    return exact ? journal.since(writer, theirs.get(writer)!) : null;
  }

  /** The client's clocks; null when it knows more than this history holds. Throws when they cannot be read. */
  function clocksOf(stateVector: Uint8Array): ReadonlyMap<number, number> | null {
    const theirs = readStateVector(stateVector, mirror.doc.store.clients.size);
    for (const [client, clock] of theirs ?? []) {
      if (Y.getState(mirror.doc.store, client) < clock) return null;
    }
    return theirs;
  }

  async function makeCatchUp(stateVector: Uint8Array): Promise<CatchUp | null> {
    const key = stateVector.toHex();
    const known = catchUps.get(key);
    const theirs = clocksOf(stateVector);
    if (known || !theirs) return known ?? null;
    const parts = await encodeParts(mirror.doc, theirs, deps.pause);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const made =
      bytes <= SMALL_BYTES
        ? null
        : { frames: parts.map(updateFrame), bytes, stateVector: Y.encodeStateVector(mirror.doc) };
    if (catchUps.size < ANSWERS_MAX || theirs.size === 0) catchUps.set(key, made);
    return made;
  }

  /** Runs one write after the other; a write sees the document with all earlier ones durable. */
  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    pending++;
    const result = queue.then(work).finally(() => {
      pending--;
    });
    queue = result.catch(() => {});
    return result;
  }

  async function store(
    update: Uint8Array,
    author: string,
    change?: Uint8Array,
  ): Promise<Result<void, AppendError>> {
    const stored = await deps.log.append(name, { update, author, ...(change && { change }) });
    if (!stored.ok) {
      // Memory is ahead of the log now: readers and diffs must see what is durable, whatever the disk takes.
      spent = true;
      await load(deps.incarnation);
      return stored;
    }
    position = stored.value;
    entriesSince++;
    bytesSince += update.length;
    forgetAnswers();
    noteStep(mirror.doc, update);
    return ok(undefined);
  }

  /** Makes the document writable again after a failed append. */
  async function renew(): Promise<Result<void, StorageError>> {
    if (!spent) return ok(undefined);
    const next = await deps.nextIncarnation();
    if (!next.ok) return next;
    await load(next.value);
    spent = false;
    return ok(undefined);
  }

  async function chores(): Promise<void> {
    for (let update = mirror.sweep(); update; update = mirror.sweep()) {
      const stored = await store(update, SWEEP_AUTHOR);
      if (!stored.ok) return;
    }
    const due = Math.max(CHECKPOINT_AT_BYTES, checkpointBytes);
    if (entriesSince < CHECKPOINT_AT_ENTRIES && bytesSince < due) return;
    // Compacted changes are gone: the history has to have them first.
    if (deps.recorder && !(await deps.recorder.recorded(name, position))) return;
    const checkpoint = await encodeCheckpoint(mirror.doc, deps.pause);
    const done = await deps.log.compact(name, position, checkpoint);
    if (!done.ok) return logChore(done.error);
    entriesSince = bytesSince = 0;
    checkpointBytes = checkpoint.length;
  }
  function logChore(error: StorageError): void {
    deps.logger.warn("checkpoint failed", { document: name, detail: error.detail });
  }

  const epoch = (): string => String(mirror.meta().epoch ?? identity.epoch);
  const revision = (): string => formatRevision(mirror.meta().epoch, position);

  /** Runs in its turn among the writes, so that nothing changes between its pauses. */
  async function encode(): Promise<Encoded> {
    const update = answers.get(EMPTY_KEY) ?? (await encodeCheckpoint(mirror.doc, deps.pause));
    answers.set(EMPTY_KEY, update);
    return { revision: revision(), update };
  }

  await load(deps.incarnation);
  const followers = createFollowers({
    name,
    log: deps.log,
    loadedAt: position,
    now: () => ({ baseline: mirror.baseline(), position, epoch: mirror.meta().epoch }),
    inTurn: enqueue,
  });
  const document: SharedDocument = {
    name,
    get position() {
      return position;
    },
    get bytes() {
      return checkpointBytes + bytesSince;
    },
    get ended() {
      return ended;
    },
    end(why) {
      ended = why;
    },
    get busy() {
      return pending > 0;
    },
    onDelta(listener) {
      deltaListeners.add(listener);
      return () => deltaListeners.delete(listener);
    },
    meta: (): Meta => mirror.meta(),
    baseline: (): Baseline => mirror.baseline(),
    revision,
    follow: (since, follower) => followers.follow(document, since, follower),
    async settled() {
      while (pending > 0) await queue;
    },
    encoded() {
      asked = true;
      const known = pending === 0 ? answers.get(EMPTY_KEY) : undefined;
      return known ? Promise.resolve({ revision: revision(), update: known }) : enqueue(encode);
    },
    stateVector: () => Y.encodeStateVector(mirror.doc),
    missing(stateVector) {
      const theirs = clocksOf(stateVector);
      if (!theirs) return null;
      asked = true;
      const key = stateVector.toHex();
      const known = answers.get(key);
      if (known) return known;
      const answer = remembered(theirs) ?? Y.encodeStateAsUpdate(mirror.doc, stateVector);
      // Who starts empty is answered from memory even where somebody made up state vectors to fill it.
      if (answers.size < ANSWERS_MAX || theirs.size === 0) answers.set(key, answer);
      return answer;
    },
    catchUp(stateVector) {
      if (checkpointBytes + bytesSince <= SMALL_BYTES) return null;
      asked = true;
      const known = pending === 0 ? catchUps.get(stateVector.toHex()) : undefined;
      if (known !== undefined) return known && Promise.resolve(known);
      const theirs = clocksOf(stateVector);
      if (!theirs || remembered(theirs)) return null;
      return enqueue(() => makeCatchUp(stateVector));
    },
    rest() {
      if (!asked) forgetAnswers();
      asked = false;
    },
    apply: ({ delta, title, locality, overlay, lifted, origin, author }) =>
      enqueue(async () => {
        if (ended) return err({ tag: "StorageError", detail: `${name} was ${ended}` });
        const confirmsNothing =
          isEmptyDelta(delta) &&
          (title === undefined || title === mirror.meta().title) &&
          isLocal(mirror.meta(), locality);
        if (confirmsNothing && !overlay && !lifted) return ok({ changed: false });
        const writable = await renew();
        if (!writable.ok) return writable;
        const before = mirror.baseline();
        const { columns } = before;
        const change = deps.recorder?.describe({ epoch: epoch(), before, delta, origin });
        const update = mirror.write(delta as Delta, title, locality, {
          ...(overlay && { overlay }),
          ...(lifted && { lifted }),
        });
        if (!update) return ok({ changed: false });
        const stored = await store(update, author, change);
        if (!stored.ok) return err(stored.error);
        if (!confirmsNothing) {
          for (const listener of deltaListeners) listener(delta);
          followers.tell(delta, columns);
        }
        await chores();
        return ok({ changed: true });
      }),
  };
  return document;
}

function lastWriter(doc: Y.Doc): number {
  let last = 0;
  for (const client of doc.store.clients.keys()) last = Math.max(last, client);
  return last;
}

/** Whether `meta` tells the locality already, where there is one. */
function isLocal(meta: Meta, locality: Locality | undefined): boolean {
  return !locality || (meta.timeZone === locality.timeZone && meta.locale === locality.locale);
}
