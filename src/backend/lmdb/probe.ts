/**
 * `bun probe.ts DATA_FILE`, key in hex on stdin: reads the whole database as the daemon would and prints a ProbeReport.
 * LMDB trusts its file: a damaged one ends the process by SIGSEGV or SIGBUS, which is why this is one of its own.
 */
import { openEnvironment } from "./environment.ts";
import { decodeEntry, decodeName, decodeValue } from "./records.ts";

export type ProbeReport =
  | { readonly ok: true; readonly records: number }
  | { readonly ok: false; readonly problem: string };

if (import.meta.main) {
  const key = (await Bun.stdin.text()).trim();
  const report = probe(Bun.argv[2]!, key === "" ? undefined : Uint8Array.fromHex(key));
  process.stdout.write(JSON.stringify(report));
}

function probe(path: string, encryptionKey: Uint8Array | undefined): ProbeReport {
  try {
    const { log, documents, kv } = openEnvironment(path, { encryptionKey, readOnly: true });
    const names = new Set<number>();
    let records = 0;
    for (const { key, value } of documents.getRange({})) {
      decodeName(value);
      names.add(key.readUInt32BE(0));
      records++;
    }
    // A log without gaps: a page that went missing from the middle would show nowhere else.
    let [document, position] = [0, 0];
    for (const { key, value } of log.getRange({})) {
      const entry = decodeEntry(key, value);
      const id = key.readUInt32BE(0);
      if (!names.has(id)) return { ok: false, problem: `the log of document ${id} has no name` };
      if (id === document && entry.position !== position + 1) {
        return { ok: false, problem: `the log of document ${id} lacks position ${position + 1}` };
      }
      [document, position] = [id, entry.position];
      records++;
    }
    for (const { value } of kv.getRange({})) {
      JSON.parse(decodeValue(value).json);
      records++;
    }
    return { ok: true, records };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
