/** What a backup holds of a data directory, and the keys that open it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Encryption, unwrapDataKey } from "../../backend/lmdb/data-key.ts";
import type { Manifest } from "../../backend/lmdb/manifest.ts";
import type { Config } from "../../config.ts";
import { systemRandom } from "../../runtime/system-random.ts";

export const DATABASE = "data.mdb";
export const MANIFEST = "manifest.json";
/** What tells a backup from a data directory, and what its files are. */
export const BACKUP_NOTE = "backup.json";
/** Secrets, and the workbook of the sample; a directory has some of them. */
export const KEY_FILES = ["master-key", "master-key.next"] as const;
export const SMALL_FILES = ["admin-token", "demo-workbook.json"] as const;

export interface BackupNote {
  readonly format: 1;
  /** Of the Sheetwire that took it. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly hash: string }>>;
}

/** The master keys, the settings' before those of the directories; null where there is none. */
export function masterKeys(config: Config, ...dirs: readonly string[]): Encryption | null {
  const given = [config.masterKey, config.masterKeyPrevious].filter((key) => key !== null);
  const kept = dirs.flatMap((dir) =>
    KEY_FILES.toReversed()
      .map((name) => join(dir, name))
      .filter((path) => existsSync(path))
      .map((path) => new Uint8Array(Buffer.from(readFileSync(path, "utf8").trim(), "base64url"))),
  );
  const [masterKey, ...previous] = [...given, ...kept];
  return masterKey ? { masterKey, previous, random: systemRandom } : null;
}

/** undefined: none of the keys opens it; null: the data are not sealed. */
export function dataKeyOf({ dataKey }: Manifest, keys: Encryption | null): Uint8Array | null | undefined {
  if (dataKey === null) return null;
  return (keys && unwrapDataKey(dataKey, keys)) ?? undefined;
}
