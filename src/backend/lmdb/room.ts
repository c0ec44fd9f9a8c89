import { statfsSync } from "node:fs";

/**
 * Left free at all times. LMDB must never meet the end of the disk: when a write of its fails, lmdb 3.5.6 formats the
 * message into 100 bytes whatever its length (mdb.c, mdb_page_flush) and the process dies of a broken heap sooner or
 * later; and a lock file for which there is no room ends it by SIGBUS. So writes end before the disk does. It is also
 * room for the manifest, for what commits add to the pages they change, and for what others write meanwhile.
 */
const RESERVE_BYTES = 16 * 2 ** 20;

/** Null when the disk of `dir` has room for `bytes` more, else what it lacks. Throws when it cannot be asked. */
export function lackOfRoom(dir: string, bytes = 0): string | null {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free >= RESERVE_BYTES + bytes) return null;
  return `its disk is full: ${megabytes(free)} are free, ${megabytes(RESERVE_BYTES + bytes)} are needed`;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
