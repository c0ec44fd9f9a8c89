import type { Random } from "../../runtime/random.ts";
import { openBox, sealBox } from "../../runtime/sealing.ts";

/** How records lie in the file. */
export interface Codec {
  /** `place` is the table and the key: sealed, a record opens nowhere else. */
  seal(record: Buffer, place: Buffer): Buffer;
  /** Throws DamagedRecord for what is not as it was written. May be a view into `stored`. */
  open(stored: Buffer, place: Buffer): Buffer;
}

/** A record whose checksum, seal or shape is wrong: the file was damaged outside this program. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";
}

/** In the clear, with a CRC-32 in front, since the file system hands back flipped bits without a word. */
export const plainCodec: Codec = {
  seal(record) {
    const stored = Buffer.allocUnsafe(4 + record.length);
    stored.set(record, 4);
    stored.writeUInt32BE(Bun.hash.crc32(record), 0);
    return stored;
  },
  open(stored) {
    const record = stored.subarray(4);
    if (stored.length < 4 || stored.readUInt32BE(0) !== Bun.hash.crc32(record)) {
      throw new DamagedRecord("a record's checksum is wrong");
    }
    return record;
  },
};

/**
 * Each record sealed on its own. LMDB's own encryption of pages was measured and left: commits took twice the time,
 * and lmdb 3.5.6 kept about as much memory as it wrote in records of changing sizes (docs/decisions/0005).
 */
export function createSealedCodec(key: Uint8Array, random: Random): Codec {
  return {
    seal: (record, place) => sealBox(key, record, place, random),
    open(stored, place) {
      const record = openBox(key, stored, place);
      if (record) return record;
      throw new DamagedRecord("a record is not what was sealed there");
    },
  };
}
