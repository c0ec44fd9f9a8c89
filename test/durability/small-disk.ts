/** A data directory on a disk that a test fills and frees: a small tmpfs, which root may mount. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../support/temp-dir.ts";

export interface SmallDisk {
  readonly path: string;
  /** From now on nothing grows. */
  fill(): void;
  free(): void;
  [Symbol.dispose](): void;
}

/** Null where nothing may be mounted. A limit on file sizes would not do: the daemon asks the disk how much is free. */
export function createSmallDisk(megabytes: number): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const dir = tempDir();
  if (!ran("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", dir.path)) {
    dir[Symbol.dispose]();
    return null;
  }
  const filler = join(dir.path, "filler");
  return {
    path: join(dir.path, "data"),
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

function ran(...command: string[]): boolean {
  return Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore" }).exitCode === 0;
}
