import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Manifest, readManifest } from "../../backend/lmdb/manifest.ts";
import type { Config } from "../../config.ts";
import type { World } from "../world.ts";
import { DATABASE, dataKeyOf, KEY_FILES, MANIFEST, masterKeys } from "./data-dir.ts";
import type { Finding } from "./finding.ts";
import { ownUrl } from "./own-daemon.ts";

/** The daemon ends its writes while less than the first would stay free. */
const FREE_BYTES = { least: 16 * 2 ** 20, comfortable: 1_024 * 2 ** 20 };
const OTHERS = 0o077;
const SECRETS = [...KEY_FILES, "admin-token"];
const LOOK_MS_MAX = 3_000;

/** Of the data directory, its keys, its disk and the port. */
export async function examineDirectory(config: Config, world: World): Promise<readonly Finding[]> {
  const dir = resolve(config.dataDir);
  if (!existsSync(dir)) {
    const message = `${dir} is not there: the first start makes it.`;
    return [
      { check: "data-directory", state: "warning", message, fix: startHint(dir) },
      await port(config, world),
    ];
  }
  return [rights(dir), ...secrets(dir), data(config, dir), disk(dir), await port(config, world)];
}

function rights(dir: string): Finding {
  const check = "data-directory";
  try {
    readdirSync(dir);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const fix = `Run this as the user of the daemon, or give it the directory: chown -R USER ${dir}`;
    return { check, state: "failed", message: `${dir} cannot be read and written by this user.`, fix };
  }
  if ((statSync(dir).mode & OTHERS) === 0)
    return { check, state: "passed", message: `${dir} is this user's alone.` };
  return { check, state: "warning", message: `Other users may look into ${dir}.`, fix: `chmod 700 ${dir}` };
}

function secrets(dir: string): readonly Finding[] {
  return SECRETS.map((name) => join(dir, name))
    .filter((path) => existsSync(path) && (statSync(path).mode & OTHERS) !== 0)
    .map((path) => ({
      check: "secrets",
      state: "failed",
      message: `Other users may read ${path}.`,
      fix: `chmod 600 ${path}; if others may have read it, replace what it holds.`,
    }));
}

function data(config: Config, dir: string): Finding {
  const check = "keys";
  const isThere = [DATABASE, MANIFEST].map((name) => existsSync(join(dir, name)));
  if (!isThere.includes(true)) {
    return { check, state: "warning", message: `${dir} holds no data yet.`, fix: startHint(dir) };
  }
  const restore = "Restore a backup with `sheetwire restore`.";
  if (isThere.includes(false)) {
    const message = `${dir} lacks ${isThere[0] ? MANIFEST : DATABASE}: its data cannot be opened.`;
    return { check, state: "failed", message, fix: restore };
  }
  let manifest: Manifest | null;
  try {
    manifest = readManifest(join(dir, MANIFEST));
  } catch {
    return {
      check,
      state: "failed",
      message: `${join(dir, MANIFEST)} is not what was written there.`,
      fix: restore,
    };
  }
  if (
    manifest?.state === "making" ||
    (manifest && dataKeyOf(manifest, masterKeys(config, dir)) !== undefined)
  ) {
    return { check, state: "passed", message: "The master key opens the data." };
  }
  return {
    check,
    state: "failed",
    message: `The master key does not open the data of ${dir}.`,
    fix: `Put the master-key file of that time back, or set SHEETWIRE_MASTER_KEY to what it was.`,
  };
}

function disk(dir: string): Finding {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const message = `${Math.floor(free / 2 ** 20).toLocaleString("en")} MiB are free on the disk of ${dir}.`;
  const fix = `Make room on it: the daemon writes nothing while less than ${FREE_BYTES.least / 2 ** 20} MiB would stay free.`;
  if (free < FREE_BYTES.least) return { check: "disk", state: "failed", message, fix };
  if (free < FREE_BYTES.comfortable) return { check: "disk", state: "warning", message, fix };
  return { check: "disk", state: "passed", message };
}

/** Somebody else's answer there would keep the daemon from starting. */
async function port(config: Config, world: World): Promise<Finding> {
  const check = "port";
  const { host, port: number } = config;
  try {
    Bun.listen({ hostname: host, port: number, socket: { data() {} } }).stop(true);
    return { check, state: "passed", message: `Port ${number} of ${host} is free: no daemon runs there.` };
  } catch {
    if (await isSheetwire(config, world))
      return { check, state: "passed", message: `Port ${number} of ${host} is the daemon's.` };
  }
  return {
    check,
    state: "failed",
    message: `Port ${number} of ${host} cannot be used, and what answers there is no Sheetwire.`,
    fix: `End what uses it (\`ss -ltnp sport = :${number}\` names it), or choose another with SHEETWIRE_PORT.`,
  };
}

async function isSheetwire(config: Config, world: World): Promise<boolean> {
  const init = { signal: AbortSignal.timeout(LOOK_MS_MAX), tls: { rejectUnauthorized: false } };
  const answer = await world.fetch(`${ownUrl(config)}/healthz`, init).catch(() => null);
  return answer?.ok === true && (await answer.text()).includes('"ok"');
}

function startHint(dir: string): string {
  return `Start the daemon once, or name its data directory if it is not ${dir}: --data-dir DIR.`;
}
