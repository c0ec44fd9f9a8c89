/** Bounds a key well inside what every backend stores (LMDB 1,978 bytes, NATS subjects 4 KiB with encoding). */
export const KV_KEY_BYTES_MAX = 512;

const encoder = new TextEncoder();

/** The key's bytes in UTF-8, by which keys are ordered. A key that is empty or too long is the caller's bug. */
export function kvKeyBytes(key: string): Uint8Array {
  const bytes = encoder.encode(key);
  if (bytes.length === 0 || bytes.length > KV_KEY_BYTES_MAX) {
    throw new RangeError(
      `key "${key.slice(0, 60)}" has ${bytes.length} bytes: use 1 to ${KV_KEY_BYTES_MAX}, hashing what is longer`,
    );
  }
  return bytes;
}

/** JSON text of a value. What JSON cannot say (undefined, a function) is the caller's bug. */
export function kvJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError("a key's value must be JSON; use null for nothing");
  return json;
}

/** Compares strings by their bytes in UTF-8; plain `<` compares UTF-16 units, which sorts emoji elsewhere. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
