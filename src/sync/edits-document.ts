/**
 * One subject's edits document in memory, in step with its log. Clients and the daemon write it, one after the other;
 * what a client brings is looked at, made durable, and only then seen by anybody.
 */
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { EDITS_FULL } from "#contract/edits.ts";
import { EMPTY_UPDATE, updateFrame } from "#contract/frames.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Position, StorageError, UpdateLog } from "../backend/backend.ts";
import type { EditNews, EditsPlace } from "./edits.ts";
import { createEditsContent, type EditsContent, type LiveEntry } from "./edits-content.ts";
import { checkEditsUpdate, type Offence, offence } from "./edits-guard.ts";
import { type EditsMemories, type EditsMemory, raiseFloor } from "./edits-memory.ts";
import type { SyncLimits } from "./limits.ts";
import type { CatchUp } from "./live-document.ts";
import type { ReceivedUpdate, RoomDocument } from "./room-document.ts";
import { readStateVector } from "./state-vector.ts";

export interface EditsDocument extends RoomDocument {
  readonly place: EditsPlace;
  readonly position: Position;
  readonly busy: boolean;
  receive(update: Uint8Array): Promise<ReceivedUpdate>;
  /** Entries of `edits` as they are durable, in the order of their arrival. */
  arrivals(): readonly Arrived[];
  /** Ids that the document says are on their way, with their keys. */
  received(): readonly (readonly [id: string, key: string])[];
  tell(news: readonly EditNews[]): Promise<Result<void, StorageError>>;
  /** Withdrawn edits make no progress any more. */
  endProgress(ids: ReadonlySet<string>): Promise<Result<void, StorageError>>;
  /** Nothing stands in it, though something did. */
  readonly spent: boolean;
  /** Erases it from the log; what it held counts as decided from now on. It is ended. */
  erase(): Promise<Result<void, StorageError>>;
  /** Called once client's edits are durable. */
  onChange(listener: () => void): void;
  end(why: "removed" | "unloaded"): void;
}

export interface Arrived {
  readonly key: string;
  readonly id: string;
  /** See LiveEntry. */
  readonly over?: string;
  readonly value: unknown;
  /** Wall time, ms. */
  readonly atMs: number;
}

export type EditsLimits = Pick<
  SyncLimits,
  "editsPerDocumentMax" | "editsDocumentBytesMax" | "editCharsMax" | "editOutcomesMax"
>;

export interface EditsDocumentDeps {
  readonly log: UpdateLog;
  readonly memories: EditsMemories;
  readonly limits: EditsLimits;
  readonly nowMs: () => number;
  /** A number that no edits document ever had. */
  readonly nextIncarnation: () => Promise<Result<number, StorageError>>;
}

export const EDITS_AUTHOR = "edits";

const CHECKPOINT_AT_ENTRIES = 500;
const CHECKPOINT_AT_BYTES = 64 * 1024;
/** What is sent at once, as one answer. */
const SMALL_BYTES = 64 * 1024;
/** Updates that wait for the disk; a document's clients together send more only if they mean to. */
const WAITING_MAX = 1_000;
const NOBODY: EditsMemory = { incarnation: 0, writer: 0, floor: [] };

export async function loadEditsDocument(
  name: string,
  place: EditsPlace,
  deps: EditsDocumentDeps,
): Promise<EditsDocument> {
  const { log, memories, limits } = deps;
  let content!: EditsContent;
  let memory = (await memories.get(place)) ?? NOBODY;
  const floor = new Map(memory.floor);
  let arrived = new Map<string, { readonly entry: LiveEntry; readonly atMs: number }>();
  let position: Position = 0;
  let entriesSince = 0;
  let bytes = 0;
  let checkpointBytes = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let pending = 0;
  /** The writer's number is taken durably, in this life, and no append with it has failed. */
  let writable = false;
  let ended: "removed" | "unloaded" | null = null;
  let changed = (): void => {};

  async function load(): Promise<void> {
    const doc = new Y.Doc({ guid: name });
    content = createEditsContent(doc, {
      incarnation: () => memory.incarnation,
      isDecided: ({ client, clock }) => client <= memory.writer || clock < (floor.get(client) ?? 0),
    });
    position = entriesSince = bytes = checkpointBytes = 0;
    for (const entry of await log.read(name, 0)) {
      Y.applyUpdate(doc, entry.update);
      position = entry.position;
      bytes += entry.update.length;
      if (entry.author === "checkpoint") checkpointBytes = bytes;
      else entriesSince++;
    }
    doc.clientID = memory.writer;
    writable = false;
    noteArrivals();
  }

  /** Keeps the order in which entries came, and when. */
  function noteArrivals(): void {
    const live = content.live();
    const next = new Map<string, { entry: LiveEntry; atMs: number }>();
    for (const [key, known] of arrived) {
      const entry = live.get(key);
      if (entry?.id === known.entry.id) next.set(key, { ...known, entry });
    }
    const fresh = [...live].filter(([key]) => !next.has(key));
    fresh.sort(([, { item: a }], [, { item: b }]) => a.id.client - b.id.client || a.id.clock - b.id.clock);
    for (const [key, entry] of fresh) next.set(key, { entry, atMs: deps.nowMs() });
    arrived = next;
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

  /** Before the first write of this life, and after a failed one: no clock may be used twice. */
  async function renew(): Promise<Result<void, StorageError>> {
    if (writable) return ok(undefined);
    let { incarnation, writer } = memory;
    if (incarnation === 0) {
      const next = await deps.nextIncarnation();
      if (!next.ok) return next;
      incarnation = next.value;
    }
    do writer++;
    while (content.doc.store.clients.has(writer) || floor.has(writer));
    const stored = await memories.put(place, { ...memory, incarnation, writer });
    if (!stored.ok) return stored;
    memory = { ...memory, incarnation, writer };
    content.doc.clientID = writer;
    writable = true;
    return ok(undefined);
  }

  /** What `change` does to the document, as one update; null when it does nothing. */
  function capture(change: () => void): Uint8Array | null {
    const updates: Uint8Array[] = [];
    const keep = (update: Uint8Array): number => updates.push(update);
    content.doc.on("update", keep);
    try {
      change();
    } finally {
      content.doc.off("update", keep);
    }
    if (updates.length === 0) return null;
    return updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
  }

  async function store(update: Uint8Array, author: string): Promise<Result<void, StorageError>> {
    const stored = await log.append(name, { update, author });
    if (!stored.ok) {
      await load();
      const { error } = stored;
      const detail = error.tag === "Fenced" ? `${name} is written by another daemon` : error.detail;
      return err({ tag: "StorageError", detail });
    }
    position = stored.value;
    entriesSince++;
    bytes += update.length;
    noteArrivals();
    if (entriesSince >= CHECKPOINT_AT_ENTRIES || bytes - checkpointBytes >= CHECKPOINT_AT_BYTES)
      await compact();
    return ok(undefined);
  }

  async function compact(): Promise<void> {
    const checkpoint = Y.encodeStateAsUpdate(content.doc);
    const done = await log.compact(name, position, checkpoint);
    if (!done.ok) return;
    entriesSince = 0;
    bytes = checkpointBytes = checkpoint.length;
  }

  async function isFull(more: number): Promise<boolean> {
    const most = limits.editsDocumentBytesMax;
    if (bytes + more > most && entriesSince > 0) await compact();
    return bytes + more > most;
  }

  /** Applies a client's update and what the daemon has to say to it at once. */
  function bring(update: Uint8Array): { bytes: Uint8Array | null; incomplete: boolean } | Offence {
    const { doc } = content;
    const before = content.shape();
    const offer = content.offer(update);
    let wrong: Offence | null = null;
    const brought = capture(() => {
      Y.applyUpdate(doc, update);
      wrong = content.offenceSince(before, limits);
      if (wrong) return;
      doc.transact(() => {
        content.dropDecided(before);
        content.bringBack(offer);
      });
    });
    const { store } = doc;
    const incomplete = store.pendingStructs !== null || store.pendingDs !== null;
    store.pendingStructs = store.pendingDs = null;
    return wrong ?? { bytes: brought, incomplete };
  }

  async function take(update: Uint8Array): Promise<ReceivedUpdate> {
    if (ended) return offence(CLOSE.slow, "the document was just unloaded: try again");
    const renewed = await renew();
    if (!renewed.ok) return offence(CLOSE.overloaded, "the storage does not answer");
    const offered = checkEditsUpdate(content.doc, update, limits);
    if (offered.tag === "Refused") return offered;
    if (offered.news > 0 && (await isFull(update.length))) {
      return offence(CLOSE.overloaded, EDITS_FULL);
    }
    let brought: ReturnType<typeof bring>;
    try {
      brought = bring(update);
    } catch {
      brought = offence(CLOSE.malformed, "an update that cannot be applied");
    }
    if ("tag" in brought) {
      await load();
      return brought;
    }
    if (brought.bytes) {
      const stored = await store(brought.bytes, place.subject);
      if (!stored.ok) return offence(CLOSE.overloaded, "the storage does not answer");
      changed();
    }
    return { tag: brought.incomplete ? "Incomplete" : "Taken" };
  }

  /** A change of the daemon's own. */
  function write(change: () => void): Promise<Result<void, StorageError>> {
    return enqueue(async () => {
      if (ended) return err({ tag: "StorageError", detail: `${name} was ${ended}` });
      const renewed = await renew();
      if (!renewed.ok) return renewed;
      const update = capture(() => content.doc.transact(change));
      return update ? store(update, EDITS_AUTHOR) : ok(undefined);
    });
  }

  const missing = (stateVector: Uint8Array): Uint8Array => {
    // Whatever a client knows besides, it brings along: no history here is another one.
    readStateVector(stateVector, Number.MAX_SAFE_INTEGER);
    return Y.encodeStateAsUpdate(content.doc, stateVector);
  };
  async function catchUp(stateVector: Uint8Array): Promise<CatchUp | null> {
    await settled();
    const update = missing(stateVector);
    if (update.length <= SMALL_BYTES) return null;
    const frames = [updateFrame(update)];
    return { frames, bytes: update.length, stateVector: Y.encodeStateVector(content.doc) };
  }
  async function settled(): Promise<void> {
    while (pending > 0) await queue;
  }

  await load();
  return {
    name,
    place,
    get position() {
      return position;
    },
    get ended() {
      return ended;
    },
    get busy() {
      return pending > 0;
    },
    get spent() {
      return position > 0 && content.isEmpty();
    },
    settled,
    stateVector: () => Y.encodeStateVector(content.doc),
    missing,
    catchUp(stateVector) {
      readStateVector(stateVector, Number.MAX_SAFE_INTEGER);
      return bytes <= SMALL_BYTES ? null : catchUp(stateVector);
    },
    rest: () => {},
    async receive(update) {
      if (pending >= WAITING_MAX) return offence(CLOSE.overloaded, "too many updates at once: slow down");
      return Bun.deepEquals(update, EMPTY_UPDATE) ? { tag: "Taken" } : enqueue(() => take(update));
    },
    arrivals: () =>
      [...arrived].map(([key, { entry, atMs }]) => {
        const { id, over, value } = entry;
        return { key, id, ...(over === undefined ? {} : { over }), value, atMs };
      }),
    received: () => content.received(),
    tell: (news) => write(() => content.tell(news, limits.editOutcomesMax)),
    endProgress: (ids) => write(() => content.endProgress(ids)),
    erase: () =>
      enqueue(async () => {
        ended = "unloaded";
        const clocks = Y.decodeStateVector(Y.encodeStateVector(content.doc));
        const next = { incarnation: 0, writer: memory.writer, floor: raiseFloor(memory.floor, clocks) };
        const stored = await memories.put(place, next);
        return stored.ok ? log.remove(name) : stored;
      }),
    onChange(listener) {
      changed = listener;
    },
    end(why) {
      ended = why;
    },
  };
}
