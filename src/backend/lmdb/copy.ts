/**
 * `bun copy.ts DATA_FILE COPY`, the data key in hex on stdin: writes the database as it is at one moment, while another
 * process may go on writing it, then reads the copy whole, and prints a CopyReport. A process of its own, as probe.ts is:
 * LMDB trusts its file.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { systemRandom } from "../../runtime/system-random.ts";
import { createSealedCodec, plainCodec } from "./codec.ts";
import { verify } from "./verify.ts";

export type CopyReport = { readonly ok: true } | { readonly ok: false; readonly problem: string };

if (import.meta.main) {
  const key = (await Bun.stdin.text()).trim();
  const [path, copy] = Bun.argv.slice(2) as [string, string];
  process.stdout.write(JSON.stringify(await copyDatabase(path, copy, key)));
}

/** Runs the above; a process that dies is a problem like any other. */
export async function copyData(path: string, copy: string, dataKey: Uint8Array | null): Promise<CopyReport> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "copy.ts"), path, copy], {
    stdin: Buffer.from(dataKey?.toHex() ?? ""),
    stdout: "pipe",
    stderr: "ignore",
  });
  const [text] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  try {
    return JSON.parse(text) as CopyReport;
  } catch {
    return {
      ok: false,
      problem: `reading it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`,
    };
  }
}

async function copyDatabase(path: string, copy: string, key: string): Promise<CopyReport> {
  const codec = key === "" ? plainCodec : createSealedCodec(Uint8Array.fromHex(key), systemRandom);
  try {
    const root = open({ path, noSubdir: true, readOnly: true, maxDbs: 4 });
    // One read transaction: the writer's pages of that moment stay until it ends. Not compacted: LMDB would number the
    // last commits anew, by which a lost one is known (verify.ts).
    await root.backup(copy, false);
    await root.close();
    await verify(copy, codec).root.close();
    return { ok: true };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(`${copy}-lock`, { force: true });
  }
}
