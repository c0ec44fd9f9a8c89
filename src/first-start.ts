/** Secrets that a first start makes and later ones find again, each in a file of its own in the data directory. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "#contract/result.ts";
import { type Random, randomHex } from "./runtime/random.ts";

export interface FoundSecret {
  readonly value: string;
  /** True on the start that made it: the moment to show it to whoever started us. */
  readonly made: boolean;
  readonly path: string;
}

export interface SecretFileError {
  readonly tag: "SecretFileError";
  readonly words: string;
  readonly cure: string;
}

/** 256 bits: fits as a key and cannot be guessed as a token. */
const SECRET_BYTES = 32;

/**
 * Reads the secret `name` of `dir`, or makes it: 32 random bytes in base64url, readable for this user alone. Of two
 * starts at once both get the same. `neededFor` names files that are of no use without the secret: where one exists,
 * a missing secret is an error instead of a new one.
 */
export function loadOrMakeSecret(
  dir: string,
  name: string,
  random: Random,
  ...neededFor: readonly string[]
): Result<FoundSecret, SecretFileError> {
  const path = join(dir, name);
  try {
    if (!existsSync(path)) {
      const needing = neededFor.map((file) => join(dir, file)).find(existsSync);
      if (needing) return lost(path, needing);
      if (make(dir, path, random)) return ok({ value: read(path), made: true, path });
    }
    // Copies and restores lose the mode; what is not ours to change stays as it is.
    if (statSync(path).mode & 0o077) chmodSync(path, 0o600);
    const value = read(path);
    return value === "" ? failed(path, "it is empty") : ok({ value, made: false, path });
  } catch (error) {
    return failed(path, error instanceof Error ? error.message : String(error));
  }
}

/** False when another start was faster. The file appears whole or not at all: a link, not a write, gives it its name. */
function make(dir: string, path: string, random: Random): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomHex(random, 8)}`;
  writeFileSync(draft, `${Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url")}\n`, {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(path: string): string {
  return readFileSync(path, "utf8").trim();
}

function lost(path: string, neededFor: string): Result<never, SecretFileError> {
  return err({
    tag: "SecretFileError",
    words: `${path} is missing, and ${neededFor} is of no use without it.`,
    cure: "Restore it from a backup. To start over instead, move the data directory away.",
  });
}

function failed(path: string, why: string): Result<never, SecretFileError> {
  return err({
    tag: "SecretFileError",
    words: `${path} cannot be used: ${why}.`,
    cure: "Let this user read and write it, or give the secret by its setting instead.",
  });
}
