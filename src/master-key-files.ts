/**
 * The master key in the data directory. While it is being replaced there are two files: `master-key` opens what is not
 * sealed anew yet, `master-key.next` is the present one. A rename ends that, so no moment is without a key.
 */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "#contract/result.ts";
import { sync } from "./backend/lmdb/manifest.ts";
import { loadOrMakeSecret, type SecretFileError } from "./first-start.ts";
import type { KeyKeeper } from "./registry/key-rotation.ts";
import type { Random } from "./runtime/random.ts";

export interface MasterKeys {
  readonly current: Uint8Array;
  /** Those before it, which may still have sealed something. */
  readonly previous: readonly Uint8Array[];
  /** Null where settings give the key. */
  readonly keeper: KeyKeeper | null;
  /** What the keys before have sealed has yet to be sealed anew. */
  readonly changing: boolean;
}

const FILE = "master-key";
const NEXT = "master-key.next";
/** Either tells of data that need their key. */
const DATABASE_FILES = ["manifest.json", "data.mdb"];

export function loadMasterKeys(dir: string, random: Random): Result<MasterKeys, SecretFileError> {
  const [path, next] = [join(dir, FILE), join(dir, NEXT)];
  const keeper: KeyKeeper = {
    begin() {
      const made = loadOrMakeSecret(dir, NEXT, random);
      if (!made.ok) throw new Error(made.error.words);
      sync(dir);
      return bytesOf(made.value.value);
    },
    finish() {
      renameSync(next, path);
      sync(dir);
    },
  };
  const changing = existsSync(next);
  const present = loadOrMakeSecret(dir, changing ? NEXT : FILE, random, ...DATABASE_FILES);
  if (!present.ok) return present;
  const current = bytesOf(present.value.value);
  if (!changing || !existsSync(path)) return ok({ current, previous: [], keeper, changing });
  const before = loadOrMakeSecret(dir, FILE, random);
  return before.ok ? ok({ current, previous: [bytesOf(before.value.value)], keeper, changing }) : before;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64url"));
}
