import { type Database, open, type RootDatabase } from "lmdb";
import type { Codec } from "./codec.ts";
import { createRecords, type Records } from "./records.ts";

/** The open database file and its tables. */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly log: Table;
  readonly documents: Table;
  readonly kv: Table;
  /** Of these tables. */
  readonly records: Records;
}

export type Table = Database<Buffer, Buffer>;

const BINARY = { encoding: "binary", keyEncoding: "binary" } as const;

/**
 * Opens the file as it is; a damaged one may end the process by a signal, so check it first (check.ts).
 *
 * Why a commit is durable: with `overlappingSync` off LMDB writes the pages, calls fdatasync, and writes the meta
 * page through a descriptor opened with O_DSYNC, all before a batch's promise resolves (seen with strace), and a
 * failing sync fails the commit; with it on, a failed flush is told to nobody. Commits here run one at a time, so
 * overlapping would gain nothing: both measured 0.27 ms a commit. `noMemInit` stays off lest freed memory, secrets
 * included, reach the file. `eventTurnBatching` is off because its own promise, unobserved, ends the process when
 * a commit fails.
 */
export function openEnvironment(
  path: string,
  codec: Codec,
  options: { readonly readOnly?: boolean } = {},
): Environment {
  const root = open<Buffer, Buffer>({
    path,
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
    noMemInit: false,
    maxDbs: 4,
    readOnly: options.readOnly ?? false,
    ...BINARY,
  });
  const table = (name: string): Table => root.openDB<Buffer, Buffer>({ name, ...BINARY });
  const records = createRecords(codec);
  return { root, records, log: table("log"), documents: table("documents"), kv: table("kv") };
}
