import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { version } from "../../../package.json";
import { copyData } from "../../backend/lmdb/copy.ts";
import { lockDirectory } from "../../backend/lmdb/lock.ts";
import { type Manifest, readManifest, sealOf, sync, writeManifest } from "../../backend/lmdb/manifest.ts";
import type { Config } from "../../config.ts";
import { Failure } from "../failure.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import {
  BACKUP_NOTE,
  type BackupNote,
  DATABASE,
  dataKeyOf,
  KEY_FILES,
  MANIFEST,
  masterKeys,
  SMALL_FILES,
} from "./data-dir.ts";
import { ownSettings } from "./own-daemon.ts";

/** A restart or a change of the key amid the copy begins it anew. */
const TRIES = 3;
const LOOK_MS = 200;

export function addBackup({ program, run }: Program): void {
  program
    .command("backup")
    .summary("copy the data directory, while the daemon runs")
    .description(
      "Writes a consistent copy of the data directory of this machine into a new directory, while the daemon goes on. The copy is read whole before it gets its name. With the key that opens it, unless --no-keys: keep it as you keep secrets.",
    )
    .argument("<dir>", "a directory that does not exist yet")
    .option("--no-keys", "leave the master key out; nothing can be read without it")
    .action((dir, { keys }, command) =>
      run(command, async (session) => {
        const config = ownSettings(session.options);
        const note = await backup(session, config, resolve(dir), keys).finally(() => session.progress.end());
        await session.print({ dir: resolve(dir), ...note }, () => `${resolve(dir)}\n`);
      }),
    );
}

async function backup(session: Session, config: Config, dir: string, withKeys: boolean): Promise<BackupNote> {
  const from = resolve(config.dataDir);
  if (!existsSync(join(from, DATABASE)) || !existsSync(join(from, MANIFEST))) {
    throw new Failure("not-found", {
      title: "There are no data",
      detail: `${from} is no data directory: name the one of the daemon with --data-dir or --config.`,
    });
  }
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new Failure("usage", {
      title: "The directory is taken",
      detail: `${dir} is there already: name a new one.`,
    });
  }
  const draft = `${dir}.${session.world.randomId()}.partial`;
  // Nobody has it: nobody may start amid the copy, since that would make the file anew.
  const lock = attempt(from, () => lockDirectory(join(from, "in-use.lock")));
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    for (let left = TRIES; ; left--) {
      if (await copyOnce(session, config, from, draft, withKeys)) break;
      if (left === 1) {
        throw new Failure("failed", {
          title: "The data would not hold still",
          detail: `${from} was restarted or got another key during each of ${TRIES} copies: try again later.`,
        });
      }
    }
    const note = writeNote(draft, new Date(session.world.nowMs()));
    renameSync(draft, dir);
    sync(dirname(dir));
    return note;
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (cause instanceof Failure) throw cause;
    throw refused(dir, cause);
  } finally {
    lock?.release();
  }
}

/** False when what was read did not belong together. */
async function copyOnce(
  session: Session,
  config: Config,
  from: string,
  draft: string,
  withKeys: boolean,
): Promise<boolean> {
  const before = marksOf(from);
  const manifest = readManifest(join(from, MANIFEST));
  const dataKey = manifest && dataKeyOf(manifest, masterKeys(config, from));
  if (!manifest || dataKey === undefined) throw noKey(from);
  const to = join(draft, DATABASE);
  rmSync(to, { force: true });
  const report = await watched(session, join(from, DATABASE), to, () =>
    copyData(join(from, DATABASE), to, dataKey),
  );
  if (!report.ok) {
    throw new Failure("failed", {
      title: "The data cannot be copied",
      detail: `${join(from, DATABASE)} cannot be copied: ${report.problem}. Look at its disk and at that of ${draft}.`,
    });
  }
  chmodSync(to, 0o600);
  for (const name of [...SMALL_FILES, ...(withKeys ? KEY_FILES : [])]) {
    const path = join(draft, name);
    rmSync(path, { force: true });
    if (!existsSync(join(from, name))) continue;
    copyFileSync(join(from, name), path);
    chmodSync(path, 0o600);
    sync(path);
  }
  const last = readManifest(join(from, MANIFEST));
  if (before !== marksOf(from) || !last) return false;
  writeManifest(join(draft, MANIFEST), { ...(last satisfies Manifest), seal: null });
  sync(to);
  return true;
}

/** Changes with a restart that makes the file anew, and with another key. */
function marksOf(dir: string): string {
  const parts = [DATABASE, `${DATABASE}-lock`].map((name) => {
    const path = join(dir, name);
    return existsSync(path) ? statSync(path).ino : 0;
  });
  const keys = KEY_FILES.map((name) => join(dir, name)).map(
    (path) => existsSync(path) && readFileSync(path, "utf8"),
  );
  return JSON.stringify([parts[0], keys, readManifest(join(dir, MANIFEST))?.dataKey]);
}

/** Shows how much of `to` is there. */
async function watched<T>(session: Session, from: string, to: string, work: () => Promise<T>): Promise<T> {
  let done = false;
  const result = work().finally(() => {
    done = true;
  });
  const bytes = Math.max(1, statSync(from).size);
  while (!done) {
    const written = existsSync(to) ? statSync(to).size : 0;
    await session.progress.at(Math.min(1, written / bytes), "copying, then reading the copy");
    await Promise.race([session.world.sleep(LOOK_MS), result.catch(() => {})]);
  }
  return result;
}

function writeNote(draft: string, at: Date): BackupNote {
  const files = Object.fromEntries(
    readdirSync(draft)
      .sort()
      .map((name) => [name, sealOf(join(draft, name))]),
  );
  const note: BackupNote = { format: 1, version, takenAt: at.toISOString(), files };
  const path = join(draft, BACKUP_NOTE);
  writeFileSync(path, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  sync(path);
  sync(draft);
  return note;
}

function noKey(dir: string): Failure {
  return new Failure("failed", {
    title: "The key is missing",
    detail: `No key opens the data of ${dir}: set SHEETWIRE_MASTER_KEY as the daemon has it, or run this as its user.`,
  });
}

function refused(dir: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure("failed", { title: "The backup cannot be written", detail: `${dir}: ${why}` });
}

function attempt<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw refused(dir, cause);
  }
}
