/** Numbers of variable length and what is counted by them, as lib0 writes them: seven bits a byte, the lowest first. */

export interface Reader {
  readonly bytes: Uint8Array;
  /** Where the next byte is. */
  at: number;
}

/** Throws when the bytes end early, or the number is more than a safe integer. */
export function readVarUint(reader: Reader): number {
  let [value, factor] = [0, 1];
  for (;;) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw new Error("the bytes end within a number");
    value += (byte & 127) * factor;
    if (value > Number.MAX_SAFE_INTEGER) throw new Error("a number is out of range");
    if (byte < 128) return value;
    factor *= 128;
  }
}

/** A view into the bytes: copy what outlives them. */
export function readVarBytes(reader: Reader): Uint8Array {
  const length = readVarUint(reader);
  if (length > reader.bytes.length - reader.at) throw new Error("the payload is longer than the frame");
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

export function writeVarUint(to: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) to.push((rest % 128) | 128);
  to.push(rest);
}
