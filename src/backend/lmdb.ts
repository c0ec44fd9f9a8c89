import { chmodSync, mkdirSync } from "node:fs";
import { err, ok, type Result } from "#contract/result.ts";
import type { Backend } from "./backend.ts";
import { checkData, type DataFiles, dataFiles, type Found, type OpenError } from "./lmdb/check.ts";
import { createSealedCodec, plainCodec } from "./lmdb/codec.ts";
import { type Encryption, makeDataKey, wrapDataKey } from "./lmdb/data-key.ts";
import { type Environment, openEnvironment } from "./lmdb/environment.ts";
import { createLmdbKv } from "./lmdb/kv.ts";
import { type DirectoryLock, lockDirectory } from "./lmdb/lock.ts";
import { createLmdbLog } from "./lmdb/log.ts";
import { FORMAT, type Manifest, sealOf, writeManifest } from "./lmdb/manifest.ts";
import { lackOfRoom } from "./lmdb/room.ts";
import { createWriter } from "./lmdb/writer.ts";

export type { OpenError } from "./lmdb/check.ts";

export interface LmdbOptions {
  /** Made if missing. One process at a time may have it open. */
  readonly dir: string;
  /** When given, names and contents are sealed, and open with the same master key, or a later one, only. */
  readonly encryption?: Encryption;
}

export interface LmdbBackend extends Backend {
  /** From now on the data open with this master key, and no more with the one before. Throws what the disk says. */
  useMasterKey(masterKey: Uint8Array): void;
}

/**
 * The backend of one machine: one LMDB file. What is damaged, in use or made with another key is told, never served
 * and never taken for empty. After a clean end an unchanged file opens at once; after a crash, or changed, it is read
 * whole and written anew first, about a second per million entries.
 */
export async function openLmdbBackend({
  dir,
  encryption,
}: LmdbOptions): Promise<Result<LmdbBackend, OpenError>> {
  const files = dataFiles(dir);
  const locked = lock(dir, files);
  if (!locked.ok) return locked;
  try {
    const lack = lackOfRoom(dir);
    if (lack !== null) throw new Error(lack);
    const checked = await checkData(files, encryption);
    if (checked.ok) {
      const data = openChecked(files, checked.value, encryption);
      return ok(serve(dir, data, locked.value));
    }
    locked.value.release();
    return checked;
  } catch (error) {
    locked.value.release();
    return refused(dir, error);
  }
}

interface OpenData {
  readonly environment: Environment;
  /** Writes the manifest. */
  tell(state: Manifest["state"], seal: Manifest["seal"]): void;
  useMasterKey(masterKey: Uint8Array): void;
}

function openChecked(files: DataFiles, found: Found, encryption: Encryption | undefined): OpenData {
  const known = found.tag === "Present" ? found.dataKey : null;
  const sealing = encryption && { encryption, dataKey: known ?? makeDataKey(encryption.random) };
  // By the present master key, even where an earlier one opened it.
  let wrapped = sealing ? wrapDataKey(sealing.dataKey, sealing.encryption) : null;
  const tell: OpenData["tell"] = (state, seal) => {
    writeManifest(files.manifest, { format: FORMAT, state, dataKey: wrapped, seal });
  };
  if (found.tag === "New") tell("making", null);
  const codec = sealing ? createSealedCodec(sealing.dataKey, sealing.encryption.random) : plainCodec;
  const environment = openEnvironment(files.database, codec);
  // lmdb makes it readable for the group.
  chmodSync(files.database, 0o600);
  // Breaks the seal of the last clean end, too.
  tell("ready", null);
  return {
    environment,
    tell,
    useMasterKey(masterKey) {
      if (!sealing) throw new Error("these data are not encrypted");
      wrapped = wrapDataKey(sealing.dataKey, { ...sealing.encryption, masterKey });
      tell("ready", null);
    },
  };
}

function serve(
  dir: string,
  { environment, tell, useMasterKey }: OpenData,
  directory: DirectoryLock,
): LmdbBackend {
  const writer = createWriter(environment, {
    lackOfRoom: (bytes) => lackOfRoom(dir, bytes),
    describe: (error) => `the data directory ${dir} refuses writes: ${messageOf(error)}`,
  });
  const log = createLmdbLog(environment, writer);
  let closing: Promise<void> | null = null;
  return {
    log,
    kv: createLmdbKv(environment, writer),
    useMasterKey,
    close() {
      closing ??= (async () => {
        await writer.close();
        log.close();
        await environment.root.close();
        seal(dataFiles(dir), tell);
        directory.release();
      })();
      return closing;
    },
  };
}

/** Spares the next opening its check; without room for the manifest that is made up for there. */
function seal({ database }: DataFiles, tell: OpenData["tell"]): void {
  try {
    tell("ready", sealOf(database));
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
