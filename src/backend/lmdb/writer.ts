/**
 * Group commit. Writes queue up while one commit is on its way to the disk; all that gathered go into the next
 * one. A commit is one LMDB transaction: durable as a whole, or nothing of it happened.
 */
import { ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../backend.ts";
import { storageError } from "../errors.ts";
import type { Environment, Table } from "./environment.ts";

export interface Writer {
  /** Runs `stage` when its turn comes; resolves when what it staged is on disk. `name` is what it touches. */
  write<T, E>(name: string, stage: Stage<T, E>): Promise<Result<T, E | StorageError>>;
  /** Runs `read` once no commit that touches `name` (any, if null) is under way, at once if none is. */
  whenDurable<T>(name: string | null, read: () => T): Promise<T>;
  /** Finishes what was asked for; later writes are refused, and later reads throw. */
  close(): Promise<void>;
}

/**
 * Decides on one write and notes its changes. It sees the memory as the writes before it left it, even those of the
 * same commit, and changes it likewise; `undo` takes that back if the disk refuses.
 */
export type Stage<T, E> = (changes: Change[]) => Result<Staged<T>, E>;

export interface Staged<T> {
  readonly value: T;
  /** Called once on disk, before the caller hears of it. */
  readonly done?: () => void;
  readonly undo: () => void;
}

export interface Change {
  readonly table: Table;
  readonly key: Buffer;
  /** null removes the key. */
  readonly record: Buffer | null;
}

interface Waiting {
  readonly name: string;
  readonly stage: Stage<unknown, unknown>;
  readonly settle: (result: Result<unknown, unknown>) => void;
  readonly fail: (error: unknown) => void;
}

/** Bounds how long one commit keeps the others waiting: 10,000 small appends take about 20 ms. */
const COMMIT_WRITES_MAX = 10_000;

/** What a change may cost beyond its record: copies of the pages on its way from the root, at least in part. */
const CHANGE_BYTES = 8 * 1024;

export interface WriterOptions {
  /** Null when the disk has room for so many bytes, else what it lacks. */
  readonly lackOfRoom: (bytes: number) => string | null;
  /** Words for a commit that failed. */
  readonly describe: (error: unknown) => string;
}

export function createWriter(environment: Environment, { lackOfRoom, describe }: WriterOptions): Writer {
  let queue: Waiting[] = [];
  let inFlight: ReadonlySet<string> = new Set();
  let reads: { name: string | null; run: () => void }[] = [];
  let running: Promise<void> | null = null;
  let [open, readable] = [true, true];

  function noRoom(changes: readonly Change[]): { error: unknown } | null {
    const lack = lackOfRoom(
      changes.reduce((sum, { record }) => sum + CHANGE_BYTES + (record?.length ?? 0), 0),
    );
    return lack === null ? null : { error: new Error(lack) };
  }

  async function drain(): Promise<void> {
    // Lets all that is asked for in this turn of the loop join the first commit.
    await undefined;
    while (queue.length > 0) {
      const group = queue.slice(0, COMMIT_WRITES_MAX);
      queue = queue.slice(COMMIT_WRITES_MAX);
      const { changes, settled } = stageAll(group);
      inFlight = new Set(group.map((waiting) => waiting.name));
      const failure = changes.length === 0 ? null : (noRoom(changes) ?? (await commit(environment, changes)));
      inFlight = new Set();
      if (failure === null) for (const { done } of settled) done();
      else for (const { undo } of settled.toReversed()) undo(storageError(describe(failure.error)));
      const now = reads;
      reads = [];
      for (const { run } of now) run();
    }
    running = null;
  }

  return {
    write(name, stage) {
      if (!open) return Promise.resolve(storageError("the backend is closed"));
      return new Promise((resolve, reject) => {
        queue.push({ name, stage, settle: resolve as Waiting["settle"], fail: reject });
        running ??= drain();
      });
    },
    whenDurable(name, read) {
      // lmdb would end the process.
      if (!readable) return Promise.reject(new Error("the backend is closed"));
      const touched = name === null ? inFlight.size > 0 : inFlight.has(name);
      return new Promise((resolve, reject) => {
        const run = (): void => {
          try {
            resolve(read());
          } catch (error) {
            reject(error);
          }
        };
        if (touched) reads.push({ name, run });
        else run();
      });
    },
    async close() {
      open = false;
      await running;
      readable = false;
    },
  };
}

interface Settled {
  readonly done: () => void;
  readonly undo: (refusal: Result<never, StorageError>) => void;
}

function stageAll(group: readonly Waiting[]): { changes: Change[]; settled: Settled[] } {
  const changes: Change[] = [];
  const settled: Settled[] = [];
  for (const { stage, settle, fail } of group) {
    const mark = changes.length;
    try {
      const staged = stage(changes);
      if (!staged.ok) {
        // Settled with the commit, not before: a refusal may rest on a write of the same commit.
        settled.push({ done: () => settle(staged), undo: settle });
        continue;
      }
      const { value, done, undo } = staged.value;
      settled.push({
        done() {
          done?.();
          settle(ok(value));
        },
        undo(refusal) {
          undo();
          settle(refusal);
        },
      });
    } catch (error) {
      changes.length = mark;
      fail(error);
    }
  }
  return { changes, settled };
}

/** Null when all is on disk. */
async function commit(
  environment: Environment,
  changes: readonly Change[],
): Promise<{ error: unknown } | null> {
  try {
    await environment.root.batch(() => {
      for (const { table, key, record } of changes) {
        if (record) void table.put(key, record);
        else void table.remove(key);
      }
    });
    return null;
  } catch (error) {
    return { error: await commitError(error) };
  }
}

/** lmdb says "see commitError", a promise that rejects with the true cause; unobserved it would end the process. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && "commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
