/** All edits documents of this daemon: loaded when somebody edits or is told of edits, given to who carries them out. */
import { parseDocumentName } from "#contract/document-name.ts";
import { ok, type Result } from "#contract/result.ts";
import type { Backend, StorageError } from "../backend/backend.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Documents } from "./documents.ts";
import type { EditsDocuments, EditsPlace, EditsTaker } from "./edits.ts";
import { type EditsDocument, type EditsLimits, loadEditsDocument } from "./edits-document.ts";
import { createEditsGiver, type EditsGiver } from "./edits-giver.ts";
import { createEditsMemories } from "./edits-memory.ts";
import { editsName, parseEditsName } from "./edits-name.ts";
import { createIncarnations, INCARNATION_KEYS } from "./incarnations.ts";
import { SYNC_LIMITS } from "./limits.ts";

/** The edits documents as sessions use them. */
export interface EditsRooms {
  /** The subject's own document; made when there is none. The tab must be there. */
  open(place: EditsPlace): Promise<EditsDocument>;
  /** Keeps a loaded document in memory until the result is called. */
  retain(name: string): () => void;
  /** Called with each durable update of a loaded document, in order. */
  onUpdate(listener: (name: string, update: Uint8Array) => void): () => void;
  onRemoved(listener: (name: string) => void): () => void;
}

export interface EditsStore extends EditsDocuments, EditsRooms {
  /** Removes the edits documents of a subject that never comes back. */
  forget(subject: string): Promise<Result<void, StorageError>>;
  /** Loaded documents. */
  readonly size: number;
  /** Resolves when every write is durable; nothing is given to the taker any more. */
  close(): Promise<void>;
}

export interface EditsDocumentsDeps {
  readonly backend: Backend;
  readonly runtime: Runtime;
  /** A tab that is removed takes its edits along. */
  readonly documents: Pick<Documents, "onRemoved">;
  readonly limits?: EditsLimits;
}

interface Loaded {
  readonly document: EditsDocument;
  readonly giver: EditsGiver;
  readonly unfollow: () => void;
}

/** As long as mirrors; then a document in which nothing stands is erased, another one leaves memory. */
const IDLE_MS = 60_000;
const IDLE_LOOK_MS = 15_000;

export function createEditsDocuments(deps: EditsDocumentsDeps): EditsStore {
  const { log, kv } = deps.backend;
  const { clock } = deps.runtime;
  const logger = deps.runtime.logger.child({ part: "edits" });
  const memories = createEditsMemories(kv);
  const nextIncarnation = createIncarnations(kv, INCARNATION_KEYS.edits);
  const loaded = new Map<string, Promise<Loaded>>();
  const retained = new Map<string, number>();
  const lastUsedMs = new Map<string, number>();
  const updateListeners = new Set<(name: string, update: Uint8Array) => void>();
  const removedListeners = new Set<(name: string) => void>();
  let taker: EditsTaker | null = null;
  let cancelLook = clock.wakeAt(clock.monotonicMs() + IDLE_LOOK_MS, lookForIdle);

  const stopRemoved = deps.documents.onRemoved((name) => {
    const parsed = parseDocumentName(name);
    if (!parsed.ok || parsed.value.kind !== "mirror") return;
    const { source, tab } = parsed.value;
    void remove(source, tab).then((removed) => {
      if (!removed.ok) logger.warn("edits not erased", { document: name, detail: removed.error.detail });
    });
  });

  function load(place: EditsPlace): Promise<Loaded> {
    const name = editsName(place);
    lastUsedMs.set(name, clock.monotonicMs());
    const known = loaded.get(name);
    if (known) return known;
    const loading = (async () => {
      const document = await loadEditsDocument(name, place, {
        log,
        memories,
        limits: deps.limits ?? SYNC_LIMITS,
        nowMs: () => clock.nowMs(),
        nextIncarnation,
      });
      const giver = createEditsGiver({ document, taker: () => taker, clock, logger });
      document.onChange(() => giver.look());
      const unfollow = log.follow(name, document.position, ({ update }) => {
        lastUsedMs.set(name, clock.monotonicMs());
        for (const listener of updateListeners) listener(name, update);
      });
      giver.look();
      return { document, giver, unfollow };
    })();
    loaded.set(name, loading);
    loading.catch(() => {
      loaded.delete(name);
      lastUsedMs.delete(name);
    });
    return loading;
  }

  /** One that may be written; what was unloaded meanwhile is loaded again. */
  async function alive(place: EditsPlace): Promise<Loaded> {
    const found = await load(place);
    if (!found.document.ended) return found;
    await found.document.settled();
    const name = editsName(place);
    if ((await loaded.get(name)) === found) forget(name, found);
    return alive(place);
  }

  function forget(name: string, { giver, unfollow }: Loaded): void {
    giver.stop();
    unfollow();
    loaded.delete(name);
    lastUsedMs.delete(name);
  }

  function lookForIdle(): void {
    const nowMs = clock.monotonicMs();
    cancelLook = clock.wakeAt(nowMs + IDLE_LOOK_MS, lookForIdle);
    for (const [name, usedMs] of lastUsedMs) {
      if (nowMs - usedMs >= IDLE_MS && !retained.has(name)) void unload(name);
    }
  }

  async function unload(name: string): Promise<void> {
    const loading = loaded.get(name);
    const known = await loading?.catch(() => null);
    const used = clock.monotonicMs() - (lastUsedMs.get(name) ?? 0) < IDLE_MS;
    if (!known || loaded.get(name) !== loading || retained.has(name) || used) return;
    const { document, giver } = known;
    if (document.busy || giver.busy || document.ended) return;
    document.end("unloaded");
    if (document.spent) {
      const erased = await document.erase();
      if (!erased.ok) logger.warn("edits not erased", { document: name, detail: erased.error.detail });
    }
    if (loaded.get(name) === loading) forget(name, known);
  }

  async function removeOne(name: string): Promise<Result<void, StorageError>> {
    const known = await loaded.get(name)?.catch(() => null);
    known?.document.end("removed");
    await known?.document.settled();
    if (known && loaded.has(name)) forget(name, known);
    const removed = await log.remove(name);
    if (removed.ok) for (const listener of removedListeners) listener(name);
    return removed;
  }

  async function removeAll(isMeant: (place: EditsPlace) => boolean): Promise<Result<void, StorageError>> {
    for (const name of new Set([...(await log.documents("")), ...loaded.keys()])) {
      const place = parseEditsName(name);
      if (!place || !isMeant(place)) continue;
      const removed = await removeOne(name);
      if (!removed.ok) return removed;
    }
    return memories.remove(isMeant);
  }
  const remove = (source: string, tab?: string): Promise<Result<void, StorageError>> =>
    removeAll((place) => place.source === source && (tab === undefined || place.tab === tab));

  return {
    async start(next) {
      taker = next;
      for (const loading of loaded.values()) (await loading).giver.look();
      for (const name of await log.documents("")) {
        const place = parseEditsName(name);
        if (place) await load(place);
      }
    },
    async tell(place, news) {
      const name = editsName(place);
      if (!loaded.has(name) && !(await log.documents(name)).includes(name)) return ok(undefined);
      const { document, giver } = await alive(place);
      const told = await document.tell(news);
      if (told.ok) giver.decided(news);
      else giver.untold(news);
      return told;
    },
    remove,
    async forget(subject) {
      const removed = await removeAll((place) => place.subject === subject);
      if (!removed.ok) logger.warn("edits not erased", { subject, detail: removed.error.detail });
      return removed;
    },
    open: async (place) => (await alive(place)).document,
    retain(name) {
      retained.set(name, (retained.get(name) ?? 0) + 1);
      return () => {
        const left = (retained.get(name) ?? 1) - 1;
        if (left > 0) retained.set(name, left);
        else retained.delete(name);
        if (lastUsedMs.has(name)) lastUsedMs.set(name, clock.monotonicMs());
      };
    },
    onUpdate: (listener) => subscribe(updateListeners, listener),
    onRemoved: (listener) => subscribe(removedListeners, listener),
    get size() {
      return loaded.size;
    },
    async close() {
      cancelLook();
      stopRemoved();
      taker = null;
      for (const loading of loaded.values()) {
        const known = await loading.catch(() => null);
        known?.giver.stop();
        await known?.document.settled();
        known?.unfollow();
      }
    },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
