import { mirrorName, parseDocumentName } from "#contract/document-name.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Backend, StorageError } from "../backend/backend.ts";
import type { Recorder } from "../history/recorder.ts";
import type { Delta } from "../model/delta.ts";
import { sleep } from "../runtime/clock.ts";
import { type Metrics, noMetrics } from "../runtime/metrics.ts";
import { randomHex } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Documents, OpenError } from "./documents.ts";
import { createIncarnations, INCARNATION_KEYS } from "./incarnations.ts";
import { loadDocument, type SharedDocument } from "./live-document.ts";
import type { MirrorIdentity } from "./mirror.ts";

/** The documents, as sessions and actors share them. */
export interface DocumentStore extends Documents {
  open(name: string): Promise<Result<SharedDocument, OpenError>>;
  create(identity: {
    source: string;
    tab: string;
    title: string;
  }): Promise<Result<SharedDocument, OpenError>>;
  /** Opens a document that the daemon derives from a mirror, or makes an empty one; clients cannot name it. */
  derive(name: string, identity: TabIdentity): Promise<Result<SharedDocument, OpenError>>;
  isRetained(name: string): boolean;
  /** Loaded documents. */
  readonly size: number;
  /** Called with each durable update of a loaded document, in order. */
  onUpdate(listener: (name: string, update: Uint8Array) => void): () => void;
  /** Resolves when every write is durable; then stops following. */
  close(): Promise<void>;
}

interface TabIdentity {
  readonly source: string;
  readonly tab: string;
  readonly title: string;
}

interface Loaded {
  readonly document: SharedDocument;
  readonly unfollow: () => void;
}

/** How long a document stays in memory that nobody is connected to or asks for. */
const IDLE_MS = 60_000;
const IDLE_LOOK_MS = 15_000;

const EPOCH_BYTES = 6;
const NO_CHANGE: Delta = { added: [], cells: [], removed: [], order: [] };

export async function createDocumentStore(
  backend: Backend,
  runtime: Runtime,
  metrics: Metrics = noMetrics,
  recorder?: Recorder,
): Promise<DocumentStore> {
  const { log, kv } = backend;
  const logger = runtime.logger.child({ part: "documents" });
  const { clock } = runtime;
  const loaded = new Map<string, Promise<Loaded>>();
  const retained = new Map<string, number>();
  const lastUsedMs = new Map<string, number>();
  const removedListeners = new Set<(name: string) => void>();
  const updateListeners = new Set<(name: string, update: Uint8Array) => void>();
  // So that no two lives of a writer share a Yjs client id.
  const nextIncarnation = createIncarnations(kv, INCARNATION_KEYS.mirrors);
  const first = await nextIncarnation();
  if (!first.ok) throw new Error(`cannot start writing: ${first.error.detail}`);
  let incarnation = first.value;
  let cancelLook = clock.wakeAt(clock.monotonicMs() + IDLE_LOOK_MS, unloadIdle);

  /** For this document and for those loaded after it. */
  async function raiseIncarnation(): Promise<Result<number, StorageError>> {
    const next = await nextIncarnation();
    if (next.ok) incarnation = next.value;
    return next;
  }

  function unloadIdle(): void {
    const nowMs = clock.monotonicMs();
    cancelLook = clock.wakeAt(nowMs + IDLE_LOOK_MS, unloadIdle);
    for (const [name, usedMs] of lastUsedMs) {
      if (nowMs - usedMs >= IDLE_MS && !retained.has(name)) void unload(name);
    }
  }

  async function unload(name: string): Promise<void> {
    const loading = loaded.get(name);
    const known = await loading?.catch(() => null);
    const used = clock.monotonicMs() - (lastUsedMs.get(name) ?? 0) < IDLE_MS;
    if (!known || loaded.get(name) !== loading || retained.has(name) || used || known.document.busy) return;
    known.document.end("unloaded");
    forget(name, known);
  }

  function forget(name: string, { unfollow }: Loaded): void {
    unfollow();
    loaded.delete(name);
    lastUsedMs.delete(name);
    metrics.documents(-1);
  }

  function load(name: string, identity: MirrorIdentity): Promise<Loaded> {
    lastUsedMs.set(name, clock.monotonicMs());
    const known = loaded.get(name);
    if (known) return known;
    const isMirror = name === mirrorName(identity.source, identity.tab);
    const loading = (async () => {
      const document = await loadDocument(name, identity, {
        log,
        logger,
        nextIncarnation: raiseIncarnation,
        incarnation,
        pause: () => sleep(clock, 0),
        ...(isMirror && { recorder }),
      });
      const epoch = String(document.meta().epoch ?? identity.epoch);
      const unrecord = isMirror ? recorder?.follow(name, epoch) : undefined;
      const unfollow = log.follow(name, document.position, ({ update, author }) => {
        lastUsedMs.set(name, clock.monotonicMs());
        if (isMirror) {
          if (author === "source") metrics.update("source");
          metrics.documentBytes(identity.source, identity.tab, document.bytes + update.length);
        }
        for (const listener of updateListeners) listener(name, update);
      });
      metrics.documents(1);
      return {
        document,
        unfollow() {
          unfollow();
          unrecord?.();
        },
      };
    })();
    loaded.set(name, loading);
    loading.catch(() => {
      loaded.delete(name);
      lastUsedMs.delete(name);
    });
    return loading;
  }

  async function exists(name: string): Promise<boolean> {
    return loaded.has(name) || (await log.documents(name)).includes(name);
  }

  async function openOrMake(
    name: string,
    { source, tab, title }: TabIdentity,
  ): Promise<Result<SharedDocument, OpenError>> {
    const epoch = randomHex(runtime.random, EPOCH_BYTES);
    const entry = await load(name, { source, tab, epoch });
    const { document } = entry;
    if (document.position > 0) return ok(document);
    const made = await document.apply({ delta: NO_CHANGE, title, author: "source" });
    if (made.ok) return ok(document);
    document.end("unloaded");
    forget(name, entry);
    return err(made.error.tag === "Fenced" ? fenced(name) : made.error);
  }

  return {
    retain(name) {
      retained.set(name, (retained.get(name) ?? 0) + 1);
      return () => {
        const left = (retained.get(name) ?? 1) - 1;
        if (left > 0) retained.set(name, left);
        else retained.delete(name);
        if (lastUsedMs.has(name)) lastUsedMs.set(name, clock.monotonicMs());
      };
    },
    isRetained: (name) => retained.has(name),
    get size() {
      return loaded.size;
    },
    has: async (name) => ok(await exists(name)),
    async open(name) {
      const parsed = parseDocumentName(name);
      if (!parsed.ok || parsed.value.kind !== "mirror") return err({ tag: "NoSuchDocument", name });
      const canonical = mirrorName(parsed.value.source, parsed.value.tab);
      if (!(await exists(canonical))) return err({ tag: "NoSuchDocument", name });
      const { source, tab } = parsed.value;
      return ok((await load(canonical, { source, tab, epoch: "" })).document);
    },
    create: (identity) => openOrMake(mirrorName(identity.source, identity.tab), identity),
    derive: openOrMake,
    async remove(name) {
      // A document made anew under this name must not continue clocks that clients of the old one know.
      const raised = await raiseIncarnation();
      if (!raised.ok) return raised;
      const known = await loaded.get(name)?.catch(() => null);
      known?.document.end("removed");
      await known?.document.settled();
      if (known) await recorder?.recorded(name, known.document.position);
      if (known) forget(name, known);
      const removed = await log.remove(name);
      if (removed.ok) for (const listener of removedListeners) listener(name);
      return removed;
    },
    onRemoved: (listener) => subscribe(removedListeners, listener),
    onUpdate: (listener) => subscribe(updateListeners, listener),
    async close() {
      cancelLook();
      for (const loading of loaded.values()) {
        const known = await loading.catch(() => null);
        await known?.document.settled();
        known?.unfollow();
      }
    },
  };
}

function fenced(name: string): StorageError {
  return { tag: "StorageError", detail: `${name} is written by another daemon` };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
