import { err, ok, type Result } from "#contract/result.ts";
import type {
  AppendError,
  Backend,
  Kv,
  KvEntry,
  KvError,
  KvRange,
  Position,
  StorageError,
  StoredUpdate,
  UpdateLog,
} from "./backend.ts";
import { compactRange, storageError } from "./errors.ts";
import { createFollowers, type Followers } from "./followers.ts";
import { compareBytes, kvJson, kvKeyBytes } from "./kv-key.ts";

/**
 * What a memory backend keeps, apart from the backend itself: a simulation crashes one backend and opens another
 * over the same store.
 */
export interface MemoryStore {
  readonly logs: Map<string, StoredUpdate[]>;
  readonly keys: Map<string, { readonly json: string; readonly version: number }>;
  /** Grows with every put, so that a key made anew never gets a version it had before. */
  versions: number;
  /** While set, every write is refused with this detail: a full disk, as data. */
  refusal: string | null;
}

export function createMemoryStore(): MemoryStore {
  return { logs: new Map(), keys: new Map(), versions: 0, refusal: null };
}

export interface MemoryBackendOptions {
  readonly store?: MemoryStore;
  /** Awaited before each write is stored: a simulation's disk latency. */
  readonly beforeCommit?: () => Promise<void>;
}

export interface MemoryBackend extends Backend {
  /** Ends at once, as kill -9 would: writes not yet stored never are, and nobody is told anything any more. */
  crash(): void;
}

/** Keeps everything in the process; for tests, simulation and nothing else. */
export function createMemoryBackend({
  store = createMemoryStore(),
  beforeCommit = async () => {},
}: MemoryBackendOptions = {}): MemoryBackend {
  const followers = createFollowers({
    whenDurable: (_document, run) => run(),
    read: (document, after) => entriesAfter(store, document, after),
  });
  let open = true;
  let crashed = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** Runs `change` after all writes asked for before it. */
  function write<T, E>(change: () => Result<T, E>): Promise<Result<T, E | StorageError>> {
    if (!open) return Promise.resolve(storageError(CLOSED));
    const result = turn.then(async () => {
      await beforeCommit();
      if (crashed) return new Promise<never>(() => {});
      return store.refusal === null ? change() : storageError(store.refusal);
    });
    turn = result;
    return result;
  }

  return {
    log: createMemoryLog(store, followers, write),
    kv: createMemoryKv(store, write),
    async close() {
      open = false;
      await turn;
      followers.endAll();
    },
    crash() {
      open = false;
      crashed = true;
      followers.endAll();
    },
  };
}

const CLOSED = "the backend is closed";

type Write = <T, E>(change: () => Result<T, E>) => Promise<Result<T, E | StorageError>>;

function createMemoryLog(store: MemoryStore, followers: Followers, write: Write): UpdateLog {
  return {
    append: (document, { update, author, change, fence }) => {
      const kept = { update: update.slice(), author, ...(change && { change: change.slice() }) };
      return write<Position, AppendError>(() => {
        const entries = store.logs.get(document) ?? [];
        const last = entries.at(-1)?.position ?? 0;
        if (fence !== undefined && fence !== last) return err({ tag: "Fenced", last });
        const entry: StoredUpdate = { position: last + 1, ...kept };
        entries.push(entry);
        store.logs.set(document, entries);
        followers.publish(document, [copyOf(entry)]);
        return ok(entry.position);
      });
    },
    read: async (document, after) => entriesAfter(store, document, after),
    follow: followers.follow,
    compact: (document, upTo, checkpoint) => {
      const entry: StoredUpdate = { position: upTo, update: checkpoint.slice(), author: "checkpoint" };
      return write(() => {
        const entries = store.logs.get(document) ?? [];
        const [first, last] = [entries[0]?.position ?? 0, entries.at(-1)?.position ?? 0];
        if (upTo < 1 || upTo < first || upTo > last) return storageError(compactRange(upTo, first, last));
        const kept = entries.filter((entry) => entry.position > upTo);
        store.logs.set(document, [entry, ...kept]);
        return ok(undefined);
      });
    },
    remove: (document) =>
      write(() => {
        store.logs.delete(document);
        followers.end(document);
        return ok(undefined);
      }),
    documents: async (prefix) =>
      [...store.logs.keys()].filter((name) => name.startsWith(prefix)).sort(compareBytes),
  };
}

function createMemoryKv(store: MemoryStore, write: Write): Kv {
  const mismatch = (key: string, expected: number | undefined): Result<never, KvError> | null => {
    const actual = store.keys.get(key)?.version ?? 0;
    return expected === undefined || expected === actual ? null : err({ tag: "VersionMismatch", actual });
  };
  return {
    async get<T>(key: string) {
      kvKeyBytes(key);
      const found = store.keys.get(key);
      return found ? entryOf<T>(found) : null;
    },
    async list<T>(prefix: string, { after, before, limit, reverse }: KvRange = {}) {
      const found = [...store.keys]
        .filter(([key]) => key.startsWith(prefix))
        .filter(([key]) => after === undefined || compareBytes(key, after) > 0)
        .filter(([key]) => before === undefined || compareBytes(key, before) < 0)
        .sort(([left], [right]) => compareBytes(left, right));
      if (reverse) found.reverse();
      return found.slice(0, limit).map(([key, kept]) => ({ key, ...entryOf<T>(kept) }));
    },
    async put(key, value, expectedVersion) {
      kvKeyBytes(key);
      const json = kvJson(value);
      return write<number, KvError>(() => {
        const wrong = mismatch(key, expectedVersion);
        if (wrong) return wrong;
        const version = ++store.versions;
        store.keys.set(key, { json, version });
        return ok(version);
      });
    },
    async remove(key, expectedVersion) {
      kvKeyBytes(key);
      return write<void, KvError>(() => {
        const wrong = mismatch(key, expectedVersion);
        if (wrong) return wrong;
        store.keys.delete(key);
        return ok(undefined);
      });
    },
  };
}

function entriesAfter(store: MemoryStore, document: string, after: Position): StoredUpdate[] {
  return (store.logs.get(document) ?? []).filter((entry) => entry.position > after).map(copyOf);
}

function copyOf(entry: StoredUpdate): StoredUpdate {
  const { update, change } = entry;
  return { ...entry, update: update.slice(), ...(change && { change: change.slice() }) };
}

function entryOf<T>(found: { json: string; version: number }): KvEntry<T> {
  return { value: JSON.parse(found.json) as T, version: found.version };
}
