import { chmodSync, mkdirSync } from "node:fs";
import { err, ok, type Result } from "#contract/result.ts";
import type { Backend } from "./backend.ts";
import { checkData, type DataFiles, dataFiles, type OpenError } from "./lmdb/check.ts";
import { type Environment, openEnvironment } from "./lmdb/environment.ts";
import { createLmdbKv } from "./lmdb/kv.ts";
import { type DirectoryLock, lockDirectory } from "./lmdb/lock.ts";
import { createLmdbLog } from "./lmdb/log.ts";
import { FORMAT, keyCheckOf, sealOf, writeManifest } from "./lmdb/manifest.ts";
import { lackOfRoom } from "./lmdb/room.ts";
import { createWriter } from "./lmdb/writer.ts";

export type { OpenError } from "./lmdb/check.ts";

export interface LmdbOptions {
  /** Made if missing. One process at a time may have it open. */
  readonly dir: string;
  /**
   * 32 bytes; when given, the files are encrypted, and open with the same key only. A commit then takes about twice
   * the time, and lmdb 3.5.6 keeps about as much memory as it writes in records over 16 KB of varying sizes
   * (measured: 800 writes of 0.2 to 1.8 MB, 950 MB; none below 16 KB): not yet for a daemon with large documents.
   */
  readonly encryptionKey?: Uint8Array;
}

/**
 * The backend of one machine: one LMDB file. What is damaged, in use or made with another key is told, never served
 * and never taken for empty. After a clean end an unchanged file opens at once; after a crash, or changed, it is read
 * whole and written anew first, about a second per million entries.
 */
export async function openLmdbBackend({
  dir,
  encryptionKey,
}: LmdbOptions): Promise<Result<Backend, OpenError>> {
  const files = dataFiles(dir);
  const locked = lock(dir, files);
  if (!locked.ok) return locked;
  try {
    const lack = lackOfRoom(dir);
    if (lack !== null) throw new Error(lack);
    const checked = await checkData(files, encryptionKey);
    if (checked.ok) {
      return ok(serve(dir, openChecked(files, encryptionKey, checked.value), locked.value, encryptionKey));
    }
    locked.value.release();
    return checked;
  } catch (error) {
    locked.value.release();
    return refused(dir, error);
  }
}

function openChecked(
  files: DataFiles,
  encryptionKey: Uint8Array | undefined,
  found: "new" | "present",
): Environment {
  const manifest = { format: FORMAT, keyCheck: keyCheckOf(encryptionKey), seal: null };
  if (found === "new") writeManifest(files.manifest, { ...manifest, state: "making" });
  const environment = openEnvironment(files.database, { encryptionKey });
  // lmdb makes it readable for the group.
  chmodSync(files.database, 0o600);
  // Breaks the seal of the last clean end, too.
  writeManifest(files.manifest, { ...manifest, state: "ready" });
  return environment;
}

function serve(
  dir: string,
  environment: Environment,
  directory: DirectoryLock,
  encryptionKey: Uint8Array | undefined,
): Backend {
  const writer = createWriter(environment, {
    lackOfRoom: (bytes) => lackOfRoom(dir, bytes),
    describe: (error) => `the data directory ${dir} refuses writes: ${messageOf(error)}`,
  });
  const log = createLmdbLog(environment, writer);
  let closing: Promise<void> | null = null;
  return {
    log,
    kv: createLmdbKv(environment, writer),
    close() {
      closing ??= (async () => {
        await writer.close();
        log.close();
        await environment.root.close();
        seal(dataFiles(dir), encryptionKey);
        directory.release();
      })();
      return closing;
    },
  };
}

/** Spares the next opening its check; without room for the manifest that is made up for there. */
function seal(files: DataFiles, encryptionKey: Uint8Array | undefined): void {
  try {
    const keyCheck = keyCheckOf(encryptionKey);
    writeManifest(files.manifest, { format: FORMAT, state: "ready", keyCheck, seal: sealOf(files.database) });
  } catch {
    // The next opening reads the whole file, as after a crash.
  }
}

function lock(dir: string, files: DataFiles): Result<DirectoryLock, OpenError> {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lock = lockDirectory(files.lock);
    if (lock) return ok(lock);
  } catch (error) {
    return refused(dir, error);
  }
  return err({
    tag: "InUse",
    words: `The data directory ${dir} is in use by another Sheetwire.`,
    cure: "Stop the other one, or give this one a directory of its own with SHEETWIRE_DATA_DIR.",
  });
}

function refused(dir: string, error: unknown): Result<never, OpenError> {
  return err({
    tag: "Refused",
    words: `The data directory ${dir} cannot be used: ${messageOf(error)}.`,
    cure: "Make it a directory that this user may write, on a disk with free space, or set SHEETWIRE_DATA_DIR.",
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
