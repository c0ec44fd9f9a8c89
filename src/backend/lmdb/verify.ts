import { closeSync, openSync, readSync } from "node:fs";
import { type Codec, DamagedRecord } from "./codec.ts";
import { type Environment, openEnvironment, type Table } from "./environment.ts";

/**
 * Reads a whole database and throws at the first thing that is not as it was written. What a plain scan does not
 * see is looked for as well: a scan that ends early, keys that only a search misses, a fallen back commit.
 */
export function verify(path: string, codec: Codec): Environment {
  verifyMetaPages(path);
  const environment = openEnvironment(path, codec, { readOnly: true });
  const { log, documents, kv, records } = environment;
  const names = new Set<number>();
  scan(documents, "documents", (key, record) => {
    records.decodeName(key, record);
    names.add(key.readUInt32BE(0));
  });
  let [document, position] = [0, 0];
  scan(log, "log", (key, record) => {
    const entry = records.decodeEntry(key, record);
    const id = key.readUInt32BE(0);
    if (!names.has(id)) throw new DamagedRecord(`the log of document ${id} has no name`);
    if (id === document && entry.position !== position + 1) {
      throw new DamagedRecord(`the log of document ${id} lacks position ${position + 1}`);
    }
    [document, position] = [id, entry.position];
  });
  scan(kv, "kv", (key, record) => JSON.parse(records.decodeValue(key, record).json));
  return environment;
}

function scan(table: Table, name: string, check: (key: Buffer, record: Buffer) => void): void {
  let count = 0;
  for (const { key, value } of table.getRange({})) {
    check(key, value);
    // The scan walks from leaf to leaf; a search goes through the branches.
    if (!table.getBinaryFast(key)) throw new DamagedRecord(`a key of ${name} is not found where it belongs`);
    count++;
  }
  const { entryCount } = table.getStats() as { entryCount: number };
  if (count !== entryCount) throw new DamagedRecord(`${name} has ${count} records instead of ${entryCount}`);
}

/** Offsets in a meta page (liblmdb/mdb.c, MDB_meta): the page size of the file, the transaction that wrote it. */
const PAGE_SIZE_AT = 48;
const TRANSACTION_AT = 152;

/**
 * LMDB writes its two meta pages in turn, the even transactions into the first. If one is damaged it falls back to
 * the other without a word, and the last commit is lost; their numbers tell.
 */
function verifyMetaPages(path: string): void {
  const file = openSync(path, "r");
  try {
    const meta = Buffer.alloc(TRANSACTION_AT + 8);
    const transactionAt = (offset: number): bigint => {
      if (readSync(file, meta, 0, meta.length, offset) < meta.length)
        throw new DamagedRecord("it is cut short");
      return meta.readBigUInt64LE(TRANSACTION_AT);
    };
    const even = transactionAt(0);
    const odd = transactionAt(meta.readUInt32LE(PAGE_SIZE_AT));
    const apart = even > odd ? even - odd : odd - even;
    if (apart !== 1n || even % 2n !== 0n) throw new DamagedRecord("the last commit is missing");
  } finally {
    closeSync(file);
  }
}
