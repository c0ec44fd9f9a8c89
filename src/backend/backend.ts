import type { Result } from "#contract/result.ts";

/**
 * Where everything durable lives: one ordered log of updates per document, and versioned keys. The same contract
 * suite (test/contract/backend.ts) runs over every implementation.
 */
export interface Backend {
  readonly log: UpdateLog;
  readonly kv: Kv;
  close(): Promise<void>;
}

/** Order in one document's log; starts at 1 and grows. 0 means "before everything". */
export type Position = number;

export interface StoredUpdate {
  readonly position: Position;
  /** Yjs update, encoding version 1. */
  readonly update: Uint8Array;
  /** Who caused it: an origin such as "source" or "subject:alice"; "checkpoint" for a compacted past. */
  readonly author: string;
  /** What it changed, for the history; lost when the entry is compacted. */
  readonly change?: Uint8Array;
}

export interface UpdateLog {
  /** Resolves once the update is on disk, and only then do followers see it. */
  append(document: string, entry: AppendEntry): Promise<Result<Position, AppendError>>;
  /** Everything after `after`, in order. A compacted past comes as one update at the compaction's position. */
  read(document: string, after: Position): Promise<StoredUpdate[]>;
  /**
   * Calls `onEntry` for every update after `after`, those present first, then each new one once it is durable,
   * in order. Returns its undo.
   */
  follow(document: string, after: Position, onEntry: (entry: StoredUpdate) => void): () => void;
  /** Replaces everything up to and including `upTo` by `checkpoint`, atomically. */
  compact(document: string, upTo: Position, checkpoint: Uint8Array): Promise<Result<void, StorageError>>;
  /** Removes the document's whole log; positions start over. */
  remove(document: string): Promise<Result<void, StorageError>>;
  /** Names of all documents with a log that begin with `prefix`, in byte order. */
  documents(prefix: string): Promise<string[]>;
}

export interface AppendEntry {
  readonly update: Uint8Array;
  readonly author: string;
  /** Kept with the update: what it changes, for the history. */
  readonly change?: Uint8Array;
  /** Append only if the log's last position is this one: who lost the lease cannot write behind its successor. */
  readonly fence?: Position;
}

export type AppendError = { readonly tag: "Fenced"; readonly last: Position } | StorageError;

/** The disk or the broker refused: full, read-only, unreachable. Nothing of the call was stored. */
export interface StorageError {
  readonly tag: "StorageError";
  readonly detail: string;
}

/** Versioned keys; values are JSON. Keys are at most 512 bytes in UTF-8. */
export interface Kv {
  get<T>(key: string): Promise<KvEntry<T> | null>;
  /** In byte order of the keys; reads no more than the range asks for. */
  list<T>(prefix: string, range?: KvRange): Promise<readonly (KvEntry<T> & { readonly key: string })[]>;
  /** `expectedVersion` 0: the key must not exist; absent: whatever it is. Resolves once on disk, with the new version. */
  put(key: string, value: unknown, expectedVersion?: number): Promise<Result<number, KvError>>;
  remove(key: string, expectedVersion?: number): Promise<Result<void, KvError>>;
}

/** Of the keys with a prefix; what is absent bounds nothing. */
export interface KvRange {
  /** Only keys behind this one, and only those before that one. */
  readonly after?: string;
  readonly before?: string;
  readonly limit?: number;
  /** The last key first. */
  readonly reverse?: boolean;
}

export interface KvEntry<T> {
  readonly value: T;
  readonly version: number;
}

export type KvError = { readonly tag: "VersionMismatch"; readonly actual: number } | StorageError;
