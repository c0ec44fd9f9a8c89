/** Secrets of sources at rest: encrypted, authenticated, bound to where they belong, with keys that can change. */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { err, ok, type Result } from "#contract/result.ts";
import type { Random } from "../runtime/random.ts";

export interface SecretBox {
  /** `context` says where the text belongs, such as "source/shop/credentials": it opens there only. */
  seal(plaintext: string, context: string): string;
  open(sealed: string, context: string): Result<string, OpenSecretError>;
  /** False for what an earlier key sealed: open it and seal it again. */
  isCurrent(sealed: string): boolean;
}

export type OpenSecretError =
  /** Not made by a box at all. */
  | { readonly tag: "NotSealed" }
  /** Sealed with a master key that this box was not given; `keyId` names it without telling it. */
  | { readonly tag: "UnknownKey"; readonly keyId: string }
  /** Changed, cut, or sealed for another context. */
  | { readonly tag: "Tampered" };

interface Key {
  readonly id: string;
  readonly secret: Buffer;
}

export const MASTER_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sw1\.([0-9a-f]{16})\.([\w-]+)$/;

/**
 * A sealed text is `sw1.{key id}.{base64url of nonce, ciphertext, tag}`: AES-256-GCM under a key derived from the
 * master key by HKDF-SHA-256. Nonces are random; one key may seal 2^32 texts before a repeat is worth a thought
 * (NIST SP 800-38D). `previous` are master keys that still open what they sealed.
 */
export function createSecretBox(
  masterKey: Uint8Array,
  random: Random,
  previous: readonly Uint8Array[] = [],
): SecretBox {
  const current = deriveKey(masterKey);
  const keys = new Map([...previous.map(deriveKey), current].map((key) => [key.id, key]));
  return {
    seal(plaintext, context) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.secret, nonce);
      cipher.setAAD(boundTo(current, context));
      const box = Buffer.concat([
        nonce,
        cipher.update(plaintext, "utf8"),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `sw1.${current.id}.${box.toString("base64url")}`;
    },
    open(sealed, context) {
      const [, keyId, body] = SEALED.exec(sealed) ?? [];
      if (keyId === undefined || body === undefined) return err({ tag: "NotSealed" });
      const key = keys.get(keyId);
      return key ? openWith(key, Buffer.from(body, "base64url"), context) : err({ tag: "UnknownKey", keyId });
    },
    isCurrent: (sealed) => SEALED.exec(sealed)?.[1] === current.id,
  };
}

/** Fewer characters than this show nothing: four of them would be too large a part. */
const HINT_LENGTH_MIN = 12;

/** What may be shown of a secret, so that people can tell two apart: its last four characters, or nothing. */
export function lastFour(secret: string): string {
  const characters = [...secret.trimEnd()];
  return characters.length < HINT_LENGTH_MIN ? "" : characters.slice(-4).join("");
}

function openWith(key: Key, box: Buffer, context: string): Result<string, OpenSecretError> {
  if (box.length < NONCE_BYTES + TAG_BYTES) return err({ tag: "Tampered" });
  const decipher = createDecipheriv("aes-256-gcm", key.secret, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(key, context));
  decipher.setAuthTag(box.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return ok(text.toString("utf8"));
  } catch {
    return err({ tag: "Tampered" });
  }
}

function boundTo(key: Key, context: string): Buffer {
  return Buffer.from(`sw1\0${key.id}\0${context}`);
}

function deriveKey(masterKey: Uint8Array): Key {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new RangeError("a master key has 32 bytes");
  const derive = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", masterKey, "", purpose, length));
  return { id: derive("sheetwire key id 1", 8).toString("hex"), secret: derive("sheetwire secrets 1", 32) };
}
