import { Database } from "bun:sqlite";

/** Held until `release` or the end of the process, however it ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Locks a directory for this process; null when another process, or another part of this one, holds it. The lock is
 * SQLite's lock on an empty file: a record lock of the operating system, which the end of a process always frees.
 * A file with a process id would lie after a crash, all the more in containers, where every daemon is process 1.
 * Throws what the file system said when the file cannot be made.
 */
export function lockDirectory(path: string): DirectoryLock | null {
  const database = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return null;
    throw error;
  }
  return { release: () => database.close() };
}
