/** Records that people look through, the newest first: conflicts, dead letters. Bounded by source. */
import { err, ok, type Result } from "#contract/result.ts";
import type { AppendError, Kv, KvError, StorageError } from "../../backend/backend.ts";

/** `id` begins with the record's time, so that ids sort by it: see `recordId`. */
export interface BookRecord {
  readonly id: string;
  readonly source: string;
}

export interface RecordBook<T extends BookRecord> {
  list(query: BookQuery): Promise<BookPage<T>>;
  get(id: string): Promise<T | null>;
  /** Durable when it resolves. The oldest records of the source beyond the bound go, those that are done first. */
  put(record: T): Promise<Result<void, StorageError>>;
  remove(id: string): Promise<Result<void, StorageError>>;
  /** Removes all of a source. */
  forget(source: string): Promise<Result<void, StorageError>>;
  /** Of all sources. */
  size(): Promise<number>;
}

export interface BookQuery {
  readonly source?: string;
  readonly done?: boolean;
  /** `next` of the page before. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface BookPage<T> {
  readonly records: readonly T[];
  readonly next?: string;
}

export interface RecordBookDeps<T> {
  readonly kv: Kv;
  /** Of its keys, ending in "/". */
  readonly prefix: string;
  readonly recordsPerSourceMax: number;
  readonly isDone: (record: T) => boolean;
  readonly onDropped: (record: T) => void;
}

/** The same for the same record, however often it is made. */
export function recordId(atMs: number, ...parts: readonly string[]): string {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${String(Math.floor(atMs)).padStart(13, "0")}-${hash.slice(0, 16)}`;
}

export const RECORD_ID = /^\d{13}-[0-9a-f]{16}$/;

interface Mark {
  readonly source: string;
  readonly done: boolean;
}

export function createRecordBook<T extends BookRecord>(deps: RecordBookDeps<T>): RecordBook<T> {
  const { kv, prefix, isDone } = deps;
  let loading: Promise<Map<string, Mark>> | null = null;
  const marks = (): Promise<Map<string, Mark>> => {
    loading ??= load();
    return loading;
  };

  async function load(): Promise<Map<string, Mark>> {
    try {
      const found = await kv.list<T>(prefix);
      return new Map(found.map(({ value }) => [value.id, { source: value.source, done: isDone(value) }]));
    } catch (error) {
      loading = null;
      throw error;
    }
  }

  async function drop(known: Map<string, Mark>, id: string): Promise<Result<void, StorageError>> {
    const removed = await kv.remove(prefix + id);
    if (!removed.ok) return err(storageOf(removed.error));
    known.delete(id);
    return ok(undefined);
  }

  async function bound(known: Map<string, Mark>, source: string): Promise<void> {
    const ids = [...known].filter(([, mark]) => mark.source === source).map(([id]) => id);
    if (ids.length <= deps.recordsPerSourceMax) return;
    const oldestFirst = ids.sort();
    const victim = oldestFirst.find((id) => known.get(id)!.done) ?? oldestFirst[0]!;
    const record = await kv.get<T>(prefix + victim);
    if ((await drop(known, victim)).ok && record) deps.onDropped(record.value);
  }

  return {
    async list({ source, done, cursor, limit }) {
      const ids = [...(await marks())]
        .filter(
          ([id, mark]) =>
            (source === undefined || mark.source === source) &&
            (done === undefined || mark.done === done) &&
            (cursor === undefined || id < cursor),
        )
        .map(([id]) => id)
        .sort()
        .reverse();
      const page = ids.slice(0, limit);
      const records = await Promise.all(page.map((id) => kv.get<T>(prefix + id)));
      const last = page.at(-1);
      return {
        records: records.flatMap((entry) => (entry ? [entry.value] : [])),
        ...(ids.length > limit && last !== undefined ? { next: last } : {}),
      };
    },
    get: async (id) => (RECORD_ID.test(id) ? ((await kv.get<T>(prefix + id))?.value ?? null) : null),
    async put(record) {
      const known = await marks();
      const stored = await kv.put(prefix + record.id, record);
      if (!stored.ok) return err(storageOf(stored.error));
      known.set(record.id, { source: record.source, done: isDone(record) });
      await bound(known, record.source);
      return ok(undefined);
    },
    remove: async (id) => (RECORD_ID.test(id) ? drop(await marks(), id) : ok(undefined)),
    async forget(source) {
      const known = await marks();
      for (const [id, mark] of [...known]) {
        if (mark.source !== source) continue;
        const removed = await drop(known, id);
        if (!removed.ok) return removed;
      }
      return ok(undefined);
    },
    size: async () => (await marks()).size,
  };
}

/** Of a write that expects nothing, and of whoever cannot tell one refusal from another. */
export function storageOf(error: KvError | AppendError): StorageError {
  switch (error.tag) {
    case "StorageError":
      return error;
    case "VersionMismatch":
      return { tag: "StorageError", detail: `the key is at version ${error.actual}` };
    case "Fenced":
      return { tag: "StorageError", detail: "another node writes this document" };
  }
}
