/**
 * How log entries and keys lie in the database, before the codec puts them into the file.
 *
 *     log        document id (u32) position (u48)   ->  author's length (u16), author, update; with a change the
 *                                                       length's highest bit is set and the change's length (u32)
 *                                                       and the change stand before the update
 *     documents  document id (u32)                  ->  name
 *     kv         key in UTF-8                       ->  version (f64), JSON
 *
 * Numbers are big-endian, so that the order of the keys is the order of the positions. Names live in `documents`
 * because LMDB's keys end at 1,978 bytes and a percent-encoded name may be longer; there they are sealed, too. The keys
 * of `kv` stand in the clear, since they are what is searched for: they hold ids, times and names of views, no secrets.
 */
import type { Position, StoredUpdate } from "../backend.ts";
import { type Codec, DamagedRecord } from "./codec.ts";

export const LOG_KEY_BYTES = 10;
/** Of the author's length: a change follows. */
const CHANGE_BIT = 0x8000;

export const POSITION_MAX = 2 ** 48 - 1;

/** The records of an environment, to and from the file. */
export interface Records {
  encodeEntry(key: Buffer, entry: Omit<StoredUpdate, "position">): Buffer;
  decodeEntry(key: Buffer, stored: Buffer): StoredUpdate;
  encodeName(key: Buffer, name: string): Buffer;
  decodeName(key: Buffer, stored: Buffer): string;
  encodeValue(key: Buffer, version: number, json: string): Buffer;
  decodeValue(key: Buffer, stored: Buffer): { readonly version: number; readonly json: string };
}

export function logKey(document: number, position: Position): Buffer {
  const key = Buffer.alloc(LOG_KEY_BYTES);
  key.writeUInt32BE(document, 0);
  key.writeUIntBE(position, 4, 6);
  return key;
}

export function documentKey(document: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(document, 0);
  return key;
}

export function createRecords(codec: Codec): Records {
  return {
    encodeEntry(key, { author, update, change }) {
      const name = Buffer.from(author);
      if (name.length >= CHANGE_BIT) throw new RangeError(`an author has ${name.length} bytes`);
      const extra = change ? 4 + change.length : 0;
      const record = Buffer.allocUnsafe(2 + name.length + extra + update.length);
      record.writeUInt16BE(change ? name.length | CHANGE_BIT : name.length, 0);
      record.set(name, 2);
      if (change) {
        record.writeUInt32BE(change.length, 2 + name.length);
        record.set(change, 6 + name.length);
      }
      record.set(update, 2 + name.length + extra);
      return codec.seal(record, placeOf("log", key));
    },
    /** Copies what it returns: lmdb's buffers are reused by its next read. */
    decodeEntry(key, stored) {
      const record = opened(codec, stored, placeOf("log", key), 2);
      const first = record.readUInt16BE(0);
      const end = 2 + (first & (CHANGE_BIT - 1));
      const changed = (first & CHANGE_BIT) !== 0;
      const start = changed && end + 4 <= record.length ? end + 4 + record.readUInt32BE(end) : end;
      if (start > record.length || key.length !== LOG_KEY_BYTES || (changed && start === end)) {
        throw new DamagedRecord("a log entry is cut short");
      }
      return {
        position: key.readUIntBE(4, 6),
        author: record.toString("utf8", 2, end),
        update: Uint8Array.prototype.slice.call(record, start),
        ...(changed && { change: Uint8Array.prototype.slice.call(record, end + 4, start) }),
      };
    },
    encodeName: (key, name) => codec.seal(Buffer.from(name), placeOf("documents", key)),
    decodeName: (key, stored) => opened(codec, stored, placeOf("documents", key), 0).toString("utf8"),
    encodeValue(key, version, json) {
      const text = Buffer.from(json);
      const record = Buffer.allocUnsafe(8 + text.length);
      record.writeDoubleBE(version, 0);
      record.set(text, 8);
      return codec.seal(record, placeOf("kv", key));
    },
    decodeValue(key, stored) {
      const record = opened(codec, stored, placeOf("kv", key), 8);
      return { version: record.readDoubleBE(0), json: record.toString("utf8", 8) };
    },
  };
}

function opened(codec: Codec, stored: Buffer, place: Buffer, bytesMin: number): Buffer {
  const record = codec.open(stored, place);
  if (record.length < bytesMin) throw new DamagedRecord("a record is cut short");
  return record;
}

function placeOf(table: "log" | "documents" | "kv", key: Buffer): Buffer {
  return Buffer.concat([PLACES[table], key]);
}

const PLACES = {
  log: Buffer.from("log/"),
  documents: Buffer.from("documents/"),
  kv: Buffer.from("kv/"),
} as const;
