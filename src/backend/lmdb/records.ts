/**
 * How log entries and keys lie in the database. Every record starts with a CRC-32 of the rest, since the file
 * system hands back flipped bits without a word.
 *
 *     log        document id (u32) position (u48)   ->  crc32, author's length (u16), author, update
 *     documents  document id (u32)                  ->  crc32, name
 *     kv         key in UTF-8                       ->  crc32, version (f64), JSON
 *
 * Numbers are big-endian, so that the order of the keys is the order of the positions. Names live in `documents`
 * because LMDB's keys end at 1,978 bytes and a percent-encoded name may be longer.
 */
import type { Position, StoredUpdate } from "../backend.ts";

export const LOG_KEY_BYTES = 10;
export const POSITION_MAX = 2 ** 48 - 1;

/** A record whose checksum or shape is wrong: the file was damaged outside this program. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";
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

export function encodeEntry(author: string, update: Uint8Array): Buffer {
  const name = Buffer.from(author);
  const record = Buffer.alloc(6 + name.length + update.length);
  record.writeUInt16BE(name.length, 4);
  record.set(name, 6);
  record.set(update, 6 + name.length);
  return sealed(record);
}

/** Copies what it returns: lmdb's buffers are reused by its next read. */
export function decodeEntry(key: Buffer, record: Buffer): StoredUpdate {
  checked(record, 6);
  const end = 6 + record.readUInt16BE(4);
  if (end > record.length || key.length !== LOG_KEY_BYTES)
    throw new DamagedRecord("a log entry is cut short");
  return {
    position: key.readUIntBE(4, 6),
    author: record.toString("utf8", 6, end),
    update: Uint8Array.prototype.slice.call(record, end),
  };
}

export function encodeName(name: string): Buffer {
  const text = Buffer.from(name);
  const record = Buffer.alloc(4 + text.length);
  record.set(text, 4);
  return sealed(record);
}

export function decodeName(record: Buffer): string {
  return checked(record, 4).toString("utf8", 4);
}

export function encodeValue(version: number, json: string): Buffer {
  const text = Buffer.from(json);
  const record = Buffer.alloc(12 + text.length);
  record.writeDoubleBE(version, 4);
  record.set(text, 12);
  return sealed(record);
}

export function decodeValue(record: Buffer): { version: number; json: string } {
  checked(record, 12);
  return { version: record.readDoubleBE(4), json: record.toString("utf8", 12) };
}

function sealed(record: Buffer): Buffer {
  record.writeUInt32BE(Bun.hash.crc32(record.subarray(4)), 0);
  return record;
}

function checked(record: Buffer, bytesMin: number): Buffer {
  if (record.length < bytesMin || record.readUInt32BE(0) !== Bun.hash.crc32(record.subarray(4))) {
    throw new DamagedRecord("a record's checksum is wrong");
  }
  return record;
}
