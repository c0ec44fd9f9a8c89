/** A data directory on a disk that a test fills and frees: a small tmpfs where root may mount one, else a size limit. */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../support/temp-dir.ts";

export interface SmallDisk {
  readonly path: string;
  /** What the daemon must be started with. */
  readonly wrap: readonly string[];
  /** From now on nothing grows. `pid` is the running daemon's, if one runs. */
  fill(pid?: number): void;
  free(pid?: number): void;
  [Symbol.dispose](): void;
}

/** Null where neither a mount nor prlimit (util-linux) is at hand. */
export function createSmallDisk(megabytes: number): SmallDisk | null {
  return createTmpfs(megabytes) ?? createLimit();
}

function createTmpfs(megabytes: number): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const dir = tempDir();
  if (!ran("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", dir.path)) {
    dir[Symbol.dispose]();
    return null;
  }
  const filler = join(dir.path, "filler");
  return {
    path: join(dir.path, "data"),
    wrap: [],
    fill: () => fillUp(filler),
    free: () => rmSync(filler, { force: true }),
    [Symbol.dispose]() {
      ran("umount", "-l", dir.path);
      dir[Symbol.dispose]();
    },
  };
}

function fillUp(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
      try {
        while (writeSync(file, new Uint8Array(bytes)) === bytes);
      } catch {
        // Full for this size; a smaller one may still fit.
      }
    }
  } finally {
    closeSync(file);
  }
}

/** A limit on the size of files stands in for the end of the disk. */
function createLimit(): SmallDisk | null {
  if (Bun.which("prlimit") === null) return null;
  const dir = tempDir();
  const path = join(dir.path, "data");
  let limit = "unlimited";
  return {
    path,
    // The signal that comes with the limit would end the process.
    get wrap() {
      const inBlocks = limit === "unlimited" ? limit : Math.floor(Number(limit) / 1024);
      return ["bash", "-c", `trap "" XFSZ; ulimit -S -f ${inBlocks}; exec "$@"`, "bash"];
    },
    fill(pid) {
      const sizes = readdirSync(path).map((name) => statSync(join(path, name)).size);
      limit = String(pid === undefined ? 1 : Math.max(...sizes));
      if (pid !== undefined) ran("prlimit", `--pid=${pid}`, `--fsize=${limit}:`);
    },
    free(pid) {
      limit = "unlimited";
      if (pid !== undefined) ran("prlimit", `--pid=${pid}`, "--fsize=unlimited:");
    },
    [Symbol.dispose]: dir[Symbol.dispose],
  };
}

function ran(...command: string[]): boolean {
  return Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore" }).exitCode === 0;
}
