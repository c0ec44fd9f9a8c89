import { hkdfSync } from "node:crypto";
import { type Database, open, type RootDatabase } from "lmdb";

/** The open database file and its tables. */
export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly log: Table;
  readonly documents: Table;
  readonly kv: Table;
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
  options: { readonly encryptionKey?: Uint8Array | undefined; readonly readOnly?: boolean } = {},
): Environment {
  const root = open<Buffer, Buffer>({
    path,
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
    noMemInit: false,
    maxDbs: 4,
    readOnly: options.readOnly ?? false,
    ...(options.encryptionKey ? { encryptionKey: lmdbKey(options.encryptionKey) } : {}),
    ...BINARY,
  });
  const table = (name: string): Table => root.openDB<Buffer, Buffer>({ name, ...BINARY });
  return { root, log: table("log"), documents: table("documents"), kv: table("kv") };
}

/** lmdb takes its key as 32 characters of one byte; base64url carries 192 bits of ours in them. */
function lmdbKey(key: Uint8Array): string {
  return Buffer.from(hkdfSync("sha256", key, "", "sheetwire lmdb pages 1", 24)).toString("base64url");
}
