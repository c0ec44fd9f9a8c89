import * as decoding from "lib0/decoding";

/**
 * Reads a client's state vector. Null when it names more writers than `entriesMax`: who does so has another history,
 * and is not let make us read on. Throws when the bytes are no state vector: lib0 reads endless zeros as NaN, and
 * Yjs ignores what follows the last entry. Format: Yjs 13.6, encodeStateVector (update encoding v1).
 */
export function readStateVector(bytes: Uint8Array, entriesMax: number): ReadonlyMap<number, number> | null {
  const decoder = decoding.createDecoder(bytes);
  const count = readNumber(decoder);
  if (count * LEAST_ENTRY_BYTES > bytes.length - decoder.pos) throw new Error("longer than its message");
  if (count > entriesMax) return null;
  const clocks = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const client = readNumber(decoder);
    if (clocks.has(client)) throw new Error("a writer stands twice");
    clocks.set(client, readNumber(decoder));
  }
  if (decoding.hasContent(decoder)) throw new Error("bytes after the end");
  return clocks;
}

const LEAST_ENTRY_BYTES = 2;

function readNumber(decoder: decoding.Decoder): number {
  const value = decoding.readVarUint(decoder);
  if (!Number.isSafeInteger(value)) throw new Error("a number out of range");
  return value;
}
