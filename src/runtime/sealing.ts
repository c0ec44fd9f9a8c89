/**
 * Authenticated encryption: AES-256-GCM. A box is nonce, ciphertext, tag.
 *
 * Nonces are random: after n boxes of one key the chance that two share a nonce is about n^2 / 2^97, which stays below
 * one in a hundred thousand up to 2^40 boxes (NIST SP 800-38D asks for caution from 2^32 on).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Random } from "./random.ts";

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `place` says where the box belongs: it opens there only. */
export function sealBox(key: Uint8Array, plain: Uint8Array, place: Uint8Array, random: Random): Buffer {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(place);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null for what was changed, cut, or sealed with another key or for another place. */
export function openBox(key: Uint8Array, box: Uint8Array, place: Uint8Array): Buffer | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(place);
  decipher.setAuthTag(box.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES));
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** A key of its own for each purpose (HKDF-SHA-256), so that what one part seals no other can open. */
export function deriveKey(masterKey: Uint8Array, purpose: string, bytes = KEY_BYTES): Buffer {
  if (masterKey.length !== KEY_BYTES) throw new RangeError(`a master key has ${KEY_BYTES} bytes`);
  return Buffer.from(hkdfSync("sha256", masterKey, "", purpose, bytes));
}
