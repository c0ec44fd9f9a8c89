import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { err, ok, type Result } from "#contract/result.ts";
import { type Encryption, unwrapDataKey } from "./data-key.ts";
import { FORMAT, FORMATS, type Manifest, readManifest, sealOf, sync } from "./manifest.ts";
import type { ProbeReport } from "./probe.ts";

/** Why a data directory cannot be served. `words` say what is wrong, `cure` what a person can do. */
export interface OpenError {
  readonly tag: "Refused" | "InUse" | "Damaged" | "WrongKey" | "OtherFormat";
  readonly words: string;
  readonly cure: string;
}

export interface DataFiles {
  readonly database: string;
  readonly databaseLock: string;
  readonly manifest: string;
  readonly lock: string;
}

export function dataFiles(dir: string): DataFiles {
  return {
    database: join(dir, "data.mdb"),
    databaseLock: join(dir, "data.mdb-lock"),
    manifest: join(dir, "manifest.json"),
    lock: join(dir, "in-use.lock"),
  };
}

const CURE =
  "Restore the data directory from a backup. To start over instead, move it away: sources must then be registered again.";

/** A database that may be opened in this process, or none yet. */
export type Found =
  | { readonly tag: "New" }
  /** `dataKey` is null where records are not sealed. */
  | { readonly tag: "Present"; readonly dataKey: Uint8Array | null };

export async function checkData(
  files: DataFiles,
  encryption: Encryption | undefined,
): Promise<Result<Found, OpenError>> {
  const read = manifestOf(files);
  if (!read.ok) return read;
  const manifest = read.value;
  if (manifest === null) {
    if (!existsSync(files.database)) return ok({ tag: "New" });
    return damaged(`${files.database} is there, but manifest.json, which was written with it, is not.`);
  }
  if (!FORMATS.has(manifest.format)) return otherFormat(files, manifest.format);
  if (manifest.state === "making") {
    // The first start was cut short before it served anything.
    rmSync(files.database, { force: true });
    return ok({ tag: "New" });
  }
  const key = dataKeyOf(manifest, encryption);
  if (!key.ok) return wrongKey(files, manifest);
  const present: Found = { tag: "Present", dataKey: key.value };
  if (!existsSync(files.database))
    return damaged(`${files.database} is missing, though manifest.json names it.`);
  if (statSync(files.database).size === 0)
    return damaged(`${files.database} is empty, though data was kept in it.`);
  if (manifest.seal && Bun.deepEquals(manifest.seal, sealOf(files.database))) return ok(present);
  // Left by the last process; nobody else has the directory open, and a damaged one would hang or crash us.
  rmSync(files.databaseLock, { force: true });
  const problem = await probe(files, key.value);
  return problem === null ? ok(present) : damaged(`${files.database} cannot be read: ${problem}.`);
}

function manifestOf(files: DataFiles): Result<Manifest | null, OpenError> {
  try {
    return ok(readManifest(files.manifest));
  } catch {
    return damaged(`${files.manifest} is not what was written there.`);
  }
}

function dataKeyOf(
  { dataKey: wrapped }: Manifest,
  encryption: Encryption | undefined,
): Result<Uint8Array | null, null> {
  if (wrapped === null || !encryption) return wrapped === null && !encryption ? ok(null) : err(null);
  const dataKey = unwrapDataKey(wrapped, encryption);
  return dataKey ? ok(dataKey) : err(null);
}

/** Null when a process of its own has read the whole file and written it anew, else what stopped it. */
async function probe(files: DataFiles, dataKey: Uint8Array | null): Promise<string | null> {
  const copy = `${files.database}.copy`;
  const removeCopy = (): void => {
    for (const path of [copy, `${copy}-lock`]) rmSync(path, { force: true });
  };
  removeCopy();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "probe.ts"), files.database, copy], {
    stdin: Buffer.from(dataKey?.toHex() ?? ""),
    stdout: "pipe",
    stderr: "ignore",
  });
  const [text] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  const report = reportOf(text);
  if (report?.ok && report.copied) {
    renameSync(copy, files.database);
    sync(dirname(files.database));
  }
  removeCopy();
  if (report) return report.ok ? null : report.problem;
  return `reading it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`;
}

/** Null when the process ended before it could report. */
function reportOf(text: string): ProbeReport | null {
  try {
    return JSON.parse(text) as ProbeReport;
  } catch {
    return null;
  }
}

function damaged(words: string): Result<never, OpenError> {
  return err({ tag: "Damaged", words, cure: CURE });
}

function otherFormat(files: DataFiles, format: number): Result<never, OpenError> {
  return err({
    tag: "OtherFormat",
    words: `${files.manifest} says format ${format}; this version reads formats up to ${FORMAT}.`,
    cure: "Run the version of Sheetwire that wrote it, or a newer one that can convert it.",
  });
}

function wrongKey(files: DataFiles, manifest: Manifest): Result<never, OpenError> {
  return err({
    tag: "WrongKey",
    words: manifest.dataKey
      ? `${files.database} is encrypted with another key than the one given.`
      : `${files.database} is not encrypted, but a key was given.`,
    cure: "Set SHEETWIRE_MASTER_KEY (or the key file in the data directory) to what it was when the data was made.",
  });
}
