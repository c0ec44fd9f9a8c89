import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, KvEntry, KvError, KvRange } from "../backend.ts";
import { kvJson, kvKeyBytes } from "../kv-key.ts";
import type { Environment } from "./environment.ts";
import type { Staged, Writer } from "./writer.ts";

/**
 * Holds the last version given out, as a record like any other. Its first byte cannot begin a key of a caller's:
 * no UTF-8 text has it.
 */
const VERSIONS_KEY = Buffer.from([0xff, 0x76]);

export function createLmdbKv(environment: Environment, writer: Writer): Kv {
  const { decodeValue, encodeValue } = environment.records;
  const stored = environment.kv.getBinary(VERSIONS_KEY);
  let versions = stored ? decodeValue(VERSIONS_KEY, stored).version : 0;
  /** Versions staged in the commit under way; 0 for a removed key. */
  const staged = new Map<string, number>();

  function mismatch(key: string, bytes: Buffer, expected: number | undefined): Result<never, KvError> | null {
    if (expected === undefined) return null;
    const record = staged.has(key) ? undefined : environment.kv.getBinary(bytes);
    const actual = staged.get(key) ?? (record ? decodeValue(bytes, record).version : 0);
    return expected === actual ? null : err({ tag: "VersionMismatch", actual });
  }

  function entryOf<T>(key: Buffer, record: Buffer): KvEntry<T> {
    const { version, json } = decodeValue(key, record);
    return { value: JSON.parse(json) as T, version };
  }

  /** What a staged change owes: the key's version is the file's again once the commit has ended either way. */
  function stage<T>(key: string, version: number, value: T): Result<Staged<T>, never> {
    staged.set(key, version);
    const end = (): void => void staged.delete(key);
    return ok({ value, done: end, undo: end });
  }

  return {
    async get<T>(key: string) {
      const bytes = bytesOf(key);
      return writer.whenDurable(nameOf(key), () => {
        const record = environment.kv.getBinary(bytes);
        return record ? entryOf<T>(bytes, record) : null;
      });
    },
    list: <T>(prefix: string, { after, before, limit = Number.POSITIVE_INFINITY, reverse }: KvRange = {}) =>
      writer.whenDurable(null, () => {
        const found: (KvEntry<T> & { key: string })[] = [];
        const lowest = latest(Buffer.from(prefix), after);
        const highest = earliest(Buffer.concat([Buffer.from(prefix), BEHIND_TEXT]), before);
        const range = reverse ? { start: highest, reverse } : lowest.length > 0 ? { start: lowest } : {};
        for (const { key, value } of environment.kv.getRange(range)) {
          if (found.length >= limit) break;
          // Both ends may be met, and what lies behind the far one.
          if (Buffer.compare(key, lowest) < 0 || Buffer.compare(key, highest) >= 0) {
            if (reverse && found.length === 0 && Buffer.compare(key, highest) >= 0) continue;
            break;
          }
          const name = key.toString();
          if (name !== after) found.push({ key: name, ...entryOf<T>(key, value) });
        }
        return found;
      }),
    async put(key, value, expectedVersion) {
      const bytes = bytesOf(key);
      const json = kvJson(value);
      return writer.write<number, KvError>(nameOf(key), (changes) => {
        const wrong = mismatch(key, bytes, expectedVersion);
        if (wrong) return wrong;
        // Not taken back when the disk refuses: a skipped version does no harm.
        const version = ++versions;
        changes.push({ table: environment.kv, key: bytes, record: encodeValue(bytes, version, json) });
        const last = encodeValue(VERSIONS_KEY, version, "0");
        changes.push({ table: environment.kv, key: VERSIONS_KEY, record: last });
        return stage(key, version, version);
      });
    },
    async remove(key, expectedVersion) {
      const bytes = bytesOf(key);
      return writer.write<void, KvError>(nameOf(key), (changes) => {
        const wrong = mismatch(key, bytes, expectedVersion);
        if (wrong) return wrong;
        changes.push({ table: environment.kv, key: bytes, record: null });
        return stage(key, 0, undefined);
      });
    },
  };
}

/** No UTF-8 text has it, so it stands behind every key with a prefix. */
const BEHIND_TEXT = Buffer.from([0xff]);

function latest(start: Buffer, other: string | undefined): Buffer {
  const bytes = other === undefined ? start : Buffer.from(other);
  return Buffer.compare(bytes, start) > 0 ? bytes : start;
}

function earliest(end: Buffer, other: string | undefined): Buffer {
  const bytes = other === undefined ? end : Buffer.from(other);
  return Buffer.compare(bytes, end) < 0 ? bytes : end;
}

/** Keys and documents share the writer's name space; a document's name never has this byte in front. */
function nameOf(key: string): string {
  return `\0${key}`;
}

function bytesOf(key: string): Buffer {
  return Buffer.from(kvKeyBytes(key));
}
