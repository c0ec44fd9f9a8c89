/**
 * The data key seals every record; it lies in the manifest, itself sealed by a key from the master key. So a new
 * master key means one new manifest, not a new file.
 */
import type { Random } from "../../runtime/random.ts";
import { deriveKey, KEY_BYTES, openBox, sealBox } from "../../runtime/sealing.ts";

export interface Encryption {
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Master keys before it, which the data key may still be sealed with. */
  readonly previous?: readonly Uint8Array[];
  readonly random: Random;
}

const PURPOSE = "sheetwire data key 1";
const PLACE = Buffer.from("manifest.json/dataKey");

export function makeDataKey(random: Random): Uint8Array {
  return random.bytes(KEY_BYTES);
}

/** Base64url, for the manifest. */
export function wrapDataKey(dataKey: Uint8Array, { masterKey, random }: Encryption): string {
  return sealBox(deriveKey(masterKey, PURPOSE), dataKey, PLACE, random).toString("base64url");
}

/** Null when none of the master keys sealed it. */
export function unwrapDataKey(wrapped: string, { masterKey, previous = [] }: Encryption): Uint8Array | null {
  const box = Buffer.from(wrapped, "base64url");
  for (const key of [masterKey, ...previous]) {
    const dataKey = openBox(deriveKey(key, PURPOSE), box, PLACE);
    if (dataKey) return dataKey;
  }
  return null;
}
