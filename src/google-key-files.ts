/** Key files on this machine, as far as the configuration lets sources use them. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { err, ok, type Result } from "#contract/result.ts";
import { type KeyFiles, type KeyFileTrouble, NO_KEY_FILES } from "./sources/google/key-file.ts";

export interface KeyFileSettings {
  /** Folder of the files that sources may name; null: they may name none. */
  readonly dir: string | null;
  /** What GOOGLE_APPLICATION_CREDENTIALS says; null when it is not set. */
  readonly ambient: string | null;
}

/** Real key files have about 2 kB. */
const BYTES_MAX = 64 * 1024;

/** Files are read when they are needed, so that one that was replaced is used from then on. */
export function createKeyFiles({ dir, ambient }: KeyFileSettings): KeyFiles {
  return {
    named: (path) => (dir === null ? NO_KEY_FILES.named(path) : readBelow(dir, path)),
    ambient: () => (ambient === null ? NO_KEY_FILES.ambient() : read(ambient)),
  };
}

/** A path is relative to the folder or absolute; a link that leads out of the folder is as good as any path outside. */
function readBelow(dir: string, path: string): Result<string, KeyFileTrouble> {
  const outside = err({
    problem: "The path lies outside the folder of key files",
    fix: "Put the file into the folder that SHEETWIRE_GOOGLE_KEY_DIR names, and give its path there",
  });
  try {
    const folder = realpathSync(dir);
    // Looked at before the disk is: what exists elsewhere is nobody's business.
    const meant = resolve(folder, path);
    if (!isBelow(folder, meant) && !isBelow(resolve(dir), meant)) return outside;
    const real = realpathSync(meant);
    return isBelow(folder, real) ? read(real) : outside;
  } catch (error) {
    return unreadable(error);
  }
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function read(path: string): Result<string, KeyFileTrouble> {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > BYTES_MAX) return unreadable("it is no file of a key's size");
    return ok(readFileSync(path, "utf8"));
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): Result<never, KeyFileTrouble> {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return err({
    problem: `The key file cannot be read: ${code === "ENOENT" ? "it does not exist" : code}`,
    fix: "Put the file there and let the daemon's user read it",
  });
}
