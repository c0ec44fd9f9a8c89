import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Encryption } from "../../backend/lmdb/data-key.ts";
import { lockDirectory } from "../../backend/lmdb/lock.ts";
import { readManifest, sealOf, sync, writeManifest } from "../../backend/lmdb/manifest.ts";
import { openLmdbBackend } from "../../backend/lmdb.ts";
import type { Config } from "../../config.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import { beginNewHistory } from "../../sync/new-history.ts";
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

const STAGE = "restore.partial";

export function addRestore({ program, run }: Program): void {
  program
    .command("restore")
    .summary("put a backup in place of the data directory")
    .description(
      "Puts a backup in place of the data directory of this machine; the daemon must not run. What was there is kept beside it. Clients that know more than the backup start from an empty document; tokens that were revoked since work again, so revoke them again.",
    )
    .argument("<backup>", "the directory that `backup` wrote")
    .option("--yes", "replace what is there without a question")
    .action((dir, { yes }, command) =>
      run(command, async (session) => {
        const config = ownSettings(session.options);
        const done = await restore(session, config, resolve(dir), yes).finally(() => session.progress.end());
        await session.print(done, () => `${done.dir}\n`);
        if (done.before) await session.note(`What was there before is in ${done.before}.`);
        await session.note(`Tokens that were revoked after ${done.takenAt} work again: revoke them again.`);
      }),
    );
}

interface Restored {
  readonly dir: string;
  readonly takenAt: string;
  readonly mirrors: number;
  /** Where the files are that were there before; null where there were none. */
  readonly before: string | null;
}

async function restore(
  session: Session,
  config: Config,
  from: string,
  yes: boolean | undefined,
): Promise<Restored> {
  const dir = resolve(config.dataDir);
  const note = readNote(from);
  await compareFiles(session, from, note);
  const hasData = existsSync(join(dir, DATABASE)) || existsSync(join(dir, MANIFEST));
  if (hasData) await session.agree(`Replace the data in ${dir} by those of ${note.takenAt}?`, yes);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lock = lockDirectory(join(dir, "in-use.lock"));
    if (!lock) {
      throw new Failure("conflict", {
        title: "The daemon runs",
        detail: `${dir} is in use: stop the daemon, then run this again.`,
      });
    }
    try {
      const { stage, mirrors } = await prepare(session, config, { from, dir });
      const before = hasData ? keep(dir, new Date(session.world.nowMs())) : null;
      swap(stage, dir);
      return { dir, takenAt: note.takenAt, mirrors, before };
    } finally {
      rmSync(join(dir, STAGE), { recursive: true, force: true });
      lock.release();
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("failed", { title: "The backup cannot be restored", detail: `${dir}: ${why}` });
  }
}

function readNote(from: string): BackupNote {
  const path = join(from, BACKUP_NOTE);
  if (!existsSync(path)) {
    throw new Failure("not-found", {
      title: "There is no backup",
      detail: `${from} holds no ${BACKUP_NOTE}: name a directory that \`sheetwire backup\` wrote.`,
    });
  }
  try {
    const note = JSON.parse(readFileSync(path, "utf8")) as Partial<BackupNote>;
    if (note.format === 1 && note.files?.[DATABASE] && note.files[MANIFEST]) return note as BackupNote;
  } catch {
    // Told below.
  }
  throw damaged(path);
}

/** What was written must be what is read. */
async function compareFiles(session: Session, from: string, { files }: BackupNote): Promise<void> {
  const names = Object.keys(files);
  for (const [index, name] of names.entries()) {
    await session.progress.at(index / names.length, `reading ${name}`);
    const path = join(from, name);
    if (!existsSync(path) || !Bun.deepEquals(sealOf(path), files[name])) throw damaged(path);
  }
}

function damaged(path: string): Failure {
  return new Failure("failed", {
    title: "The backup is damaged",
    detail: `${path} is not what was written there: use another backup. Nothing was changed.`,
  });
}

/** A whole data directory inside the other, on the same disk, ready to be used. */
async function prepare(
  session: Session,
  config: Config,
  { from, dir }: { readonly from: string; readonly dir: string },
): Promise<{ readonly stage: string; readonly mirrors: number }> {
  const stage = join(dir, STAGE);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { mode: 0o700 });
  const manifest = readManifest(join(from, MANIFEST));
  const keys = masterKeys(config, from, dir);
  if (!manifest || dataKeyOf(manifest, keys) === undefined) {
    throw new Failure("failed", {
      title: "The key is missing",
      detail: `No key opens the backup ${from}: set SHEETWIRE_MASTER_KEY as it was when it was taken. Nothing was changed.`,
    });
  }
  for (const name of [DATABASE, ...KEY_FILES, ...SMALL_FILES]) {
    await session.progress.at(null, `copying ${name}`);
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(stage, name));
  }
  writeManifest(join(stage, MANIFEST), manifest);
  return { stage, mirrors: await renew(session, stage, manifest.dataKey === null ? null : keys) };
}

/** Reads all of it, and makes it another history. */
async function renew(session: Session, stage: string, keys: Encryption | null): Promise<number> {
  await session.progress.at(null, "reading the data");
  const opened = await openLmdbBackend({ dir: stage, ...(keys && { encryption: keys }) });
  if (!opened.ok) {
    throw new Failure("failed", {
      title: "The backup cannot be opened",
      detail: `${opened.error.words} Nothing was changed.`,
    });
  }
  try {
    const begun = await beginNewHistory(opened.value, systemRandom, (done, all) =>
      session.progress.at(done / all, "making it another history"),
    );
    if (begun.ok) return begun.value.mirrors;
    const why = "detail" in begun.error ? begun.error.detail : begun.error.tag;
    throw new Failure("failed", {
      title: "The backup cannot be restored",
      detail: `${why}. Nothing was changed.`,
    });
  } finally {
    await opened.value.close();
  }
}

const ALL = [MANIFEST, DATABASE, ...KEY_FILES, ...SMALL_FILES];

/** What is there gets a second name each. */
function keep(dir: string, at: Date): string {
  const kept = join(dir, `before-restore-${at.toISOString().replaceAll(/[:.]/g, "-")}`);
  mkdirSync(kept, { mode: 0o700 });
  for (const name of ALL.filter((one) => existsSync(join(dir, one)))) {
    try {
      linkSync(join(dir, name), join(kept, name));
    } catch {
      copyFileSync(join(dir, name), join(kept, name));
    }
  }
  sync(kept);
  sync(dir);
  return kept;
}

/**
 * Cut short at any moment, it leaves a directory that a daemon refuses as damaged, never one that it takes for empty or
 * for whole: the manifest goes first and comes last, and the database is replaced, not removed. Running the restore again
 * mends it.
 */
function swap(stage: string, dir: string): void {
  rmSync(join(dir, MANIFEST), { force: true });
  sync(dir);
  renameSync(join(stage, DATABASE), join(dir, DATABASE));
  rmSync(join(dir, `${DATABASE}-lock`), { force: true });
  if (existsSync(join(stage, "master-key"))) rmSync(join(dir, "master-key.next"), { force: true });
  for (const name of [...KEY_FILES, ...SMALL_FILES]) {
    if (existsSync(join(stage, name))) renameSync(join(stage, name), join(dir, name));
  }
  sync(dir);
  renameSync(join(stage, MANIFEST), join(dir, MANIFEST));
  sync(dir);
}
