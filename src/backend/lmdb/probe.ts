/**
 * `bun probe.ts DATA_FILE COPY`, the data key in hex on stdin: reads the whole database, writes it anew to COPY, and prints a
 * ProbeReport. LMDB trusts its file: a damaged one ends the process by SIGSEGV or SIGBUS, which is why this is a
 * process of its own. The copy is there because a damaged list of free pages shows only when later writes
 * overwrite live ones; a file just written has none.
 */
import { rmSync } from "node:fs";
import { systemRandom } from "../../runtime/system-random.ts";
import { type Codec, createSealedCodec, plainCodec } from "./codec.ts";
import { type Environment, openEnvironment, type Table } from "./environment.ts";
import { verify } from "./verify.ts";

export type ProbeReport =
  | { readonly ok: true; readonly copied: boolean }
  | { readonly ok: false; readonly problem: string };

if (import.meta.main) {
  const key = (await Bun.stdin.text()).trim();
  const [path, copyPath] = Bun.argv.slice(2) as [string, string];
  const codec = key === "" ? plainCodec : createSealedCodec(Uint8Array.fromHex(key), systemRandom);
  const report = await probe(path, copyPath, codec);
  process.stdout.write(JSON.stringify(report));
}

async function probe(path: string, copyPath: string, codec: Codec): Promise<ProbeReport> {
  let environment: Environment;
  try {
    environment = verify(path, codec);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
  try {
    const copy = openEnvironment(copyPath, codec);
    for (const table of ["documents", "log", "kv"] as const)
      await copyTable(copy, environment[table], copy[table]);
    await copy.root.close();
    return { ok: true, copied: true };
  } catch {
    // No room, most likely: what was read is sound, so it is served where it is.
    rmSync(copyPath, { force: true });
    return { ok: true, copied: false };
  }
}

/** Records of one commit: keeps the memory of a large copy small. */
const COPY_RECORDS_MAX = 10_000;

async function copyTable(target: Environment, from: Table, to: Table): Promise<void> {
  let records: { key: Buffer; value: Buffer }[] = [];
  const store = async (): Promise<void> => {
    await target.root.batch(() => {
      for (const { key, value } of records) void to.put(key, value);
    });
    records = [];
  };
  for (const { key, value } of from.getRange({})) {
    records.push({ key: Buffer.from(key), value: Buffer.from(value) });
    if (records.length >= COPY_RECORDS_MAX) await store();
  }
  await store();
}
