import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * What a data directory says of itself, beside the database file: an empty or missing database is damage where the
 * manifest says that one was made, and a first start where it does not.
 */
export interface Manifest {
  readonly format: number;
  /** "making" until the database file exists whole; nothing was ever acknowledged from before that. */
  readonly state: "making" | "ready";
  /** The data key, sealed (data-key.ts); null for a database that is not encrypted. */
  readonly dataKey: string | null;
  /** What the database file was at a clean end: unchanged, it need not be checked again. Null while in use. */
  readonly seal: Seal | null;
}

export interface Seal {
  readonly bytes: number;
  readonly hash: string;
}

/** What is written. Format 3 may keep a change with an entry of a log. */
export const FORMAT = 3;
/** Read as they are; what is opened is of the present format from then on. */
export const FORMATS: ReadonlySet<number> = new Set([2, FORMAT]);

/** Null when there is none; throws SyntaxError or TypeError when it is not a manifest. */
export function readManifest(path: string): Manifest | null {
  if (!existsSync(path)) return null;
  const value = JSON.parse(readFileSync(path, "utf8")) as Partial<Manifest> | null;
  if (typeof value?.format !== "number" || (value.state !== "making" && value.state !== "ready")) {
    throw new TypeError("not a manifest");
  }
  return {
    format: value.format,
    state: value.state,
    dataKey: value.dataKey ?? null,
    seal: value.seal ?? null,
  };
}

/** Replaces the manifest whole and durably. */
export function writeManifest(path: string, manifest: Manifest): void {
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify(manifest, null, 2)}\n`);
  sync(next);
  renameSync(next, path);
  sync(dirname(path));
}

const CHUNK_BYTES = 8 << 20;

/** Reads the whole file, about a second for two gigabytes. XXH64 is against accidents, not against forgers. */
export function sealOf(path: string): Seal {
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    let [bytes, hash] = [0, 0n];
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      bytes += read;
      hash = Bun.hash.xxHash64(chunk.subarray(0, read), hash);
    }
    return { bytes, hash: hash.toString(16) };
  } finally {
    closeSync(file);
  }
}

/** Makes a file's content, or a directory's names, durable. */
export function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
