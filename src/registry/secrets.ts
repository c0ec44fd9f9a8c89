/** Secrets of sources at rest: encrypted, authenticated, bound to where they belong, with keys that can change. */
import { err, ok, type Result } from "#contract/result.ts";
import type { Random } from "../runtime/random.ts";
import { deriveKey, openBox, sealBox } from "../runtime/sealing.ts";

export interface SecretBox {
  /** `context` says where the text belongs, such as "source/shop/credentials": it opens there only. */
  seal(plaintext: string, context: string): string;
  open(sealed: string, context: string): Result<string, OpenSecretError>;
  /** False for what an earlier key sealed: open it and seal it again. */
  isCurrent(sealed: string): boolean;
  /** Seals with this master key from now on; those before it still open what they sealed. */
  use(masterKey: Uint8Array): void;
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

const SEALED = /^sw1\.([0-9a-f]{16})\.([\w-]+)$/;

/**
 * A sealed text is `sw1.{key id}.{base64url of nonce, ciphertext, tag}`: AES-256-GCM under a key derived from the
 * master key by HKDF-SHA-256. `previous` are master keys that still open what they sealed.
 */
export function createSecretBox(
  masterKey: Uint8Array,
  random: Random,
  previous: readonly Uint8Array[] = [],
): SecretBox {
  let current = keyOf(masterKey);
  const keys = new Map([...previous.map(keyOf), current].map((key) => [key.id, key]));
  return {
    seal(plaintext, context) {
      const box = sealBox(current.secret, Buffer.from(plaintext), boundTo(current, context), random);
      return `sw1.${current.id}.${box.toString("base64url")}`;
    },
    open(sealed, context) {
      const [, keyId, body] = SEALED.exec(sealed) ?? [];
      if (keyId === undefined || body === undefined) return err({ tag: "NotSealed" });
      const key = keys.get(keyId);
      if (!key) return err({ tag: "UnknownKey", keyId });
      const plain = openBox(key.secret, Buffer.from(body, "base64url"), boundTo(key, context));
      return plain ? ok(plain.toString("utf8")) : err({ tag: "Tampered" });
    },
    isCurrent: (sealed) => SEALED.exec(sealed)?.[1] === current.id,
    use(next) {
      current = keyOf(next);
      keys.set(current.id, current);
    },
  };
}

/** Fewer characters than this show nothing: four of them would be too large a part. */
const HINT_LENGTH_MIN = 12;

/** What may be shown of a secret, so that people can tell two apart: its last four characters, or nothing. */
export function lastFour(secret: string): string {
  const characters = [...secret.trimEnd()];
  return characters.length < HINT_LENGTH_MIN ? "" : characters.slice(-4).join("");
}

function boundTo(key: Key, context: string): Buffer {
  return Buffer.from(`sw1\0${key.id}\0${context}`);
}

function keyOf(masterKey: Uint8Array): Key {
  const id = deriveKey(masterKey, "sheetwire key id 1", 8).toString("hex");
  return { id, secret: deriveKey(masterKey, "sheetwire secrets 1") };
}
