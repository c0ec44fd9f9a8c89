/** Data directories that cannot be used: each ends the start once, with code 3, in words and with a cure. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { freePort, spawnDaemon } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { createStage } from "./stage.ts";

const dir = tempDir();
const sound = join(dir.path, "sound");
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  const stage = await createStage("hostile storage");
  const daemon = stage.start({ dataDir: sound });
  await stage.ready(daemon);
  await stage.register(daemon);
  for (const watch of stage.watches) await watch.check();
  // As a crash leaves it: nothing vouches for the file's content.
  await daemon.kill("SIGKILL");
  await stage.end();
});
afterAll(() => dir[Symbol.dispose]());

describe("damaged data", () => {
  const damages: Record<string, (path: (name: string) => string) => void> = {
    "an empty database": (path) => truncateSync(path("data.mdb"), 0),
    "half a database": (path) => truncateSync(path("data.mdb"), readFileSync(path("data.mdb")).length / 2),
    "flipped bits": (path) => flipBits(path("data.mdb")),
    "no database": (path) => rmSync(path("data.mdb")),
    "no manifest": (path) => rmSync(path("manifest.json")),
    "a broken manifest": (path) => writeFileSync(path("manifest.json"), '{"format":'),
    "no manifest and no master key": (path) => {
      rmSync(path("manifest.json"));
      rmSync(path("master-key"));
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(`DUR-4 ${name} ends the start with code 3, and nothing is changed`, async () => {
      const copy = copyOf(name);
      damage((file) => join(copy, file));
      const before = contentOf(copy);
      const words = await refusedStart(copy);
      expect(words).toContain(copy);
      expect(words).toMatch(/[Rr]estore .* from a backup/);
      // The key of a start that failed would make the next one believe that it is its data's.
      expect(contentOf(copy)).toEqual(before);
    });
  }

  test("DUR-5 a missing master key ends the start with code 3, and no other key is made", async () => {
    const copy = copyOf("no key");
    rmSync(join(copy, "master-key"));
    expect(await refusedStart(copy)).toContain("master-key is missing");
    expect(readdirSync(copy)).not.toContain("master-key");
  });
});

describe("a directory that cannot be used", () => {
  test("DUR-6 a file in its place ends the start with code 3", async () => {
    const file = join(dir.path, "file");
    writeFileSync(file, "mine");
    expect(await refusedStart(file)).toContain(file);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  for (const [name, mode] of [
    ["one that may not be written", 0o500],
    ["one that may not be read", 0o300],
  ] as const) {
    test(`DUR-6 ${name} ends the start with code 3`, async () => {
      const copy = copyOf(name);
      // Permissions do not bind root: the daemon runs as somebody else then.
      if (isRoot && Bun.which("setpriv") === null) return;
      chmodSync(dir.path, 0o755);
      if (isRoot) for (const file of ["", ...readdirSync(copy)]) chownSync(join(copy, file), NOBODY, NOBODY);
      for (const file of readdirSync(copy)) chmodSync(join(copy, file), mode & 0o400 ? 0o400 : 0);
      chmodSync(copy, mode);
      const wrap = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
      expect(await refusedStart(copy, wrap)).toContain(copy);
      chmodSync(copy, 0o700);
    });
  }
});

/** What it printed: a sentence that says what is wrong, and one that says what to do. */
async function refusedStart(dataDir: string, wrap: readonly string[] = []): Promise<string> {
  const env = { SHEETWIRE_DEMO: "off" };
  const daemon = spawnDaemon({ dataDir, port: freePort(), env, wrap });
  const code = await daemon.exited;
  expect([code, daemon.output()]).toEqual([3, expect.stringMatching(/^[^\n]+\n[^\n]+\n$/)]);
  return daemon.output();
}

function copyOf(name: string): string {
  const copy = join(dir.path, name.replaceAll(" ", "-"));
  cpSync(sound, copy, { recursive: true });
  return copy;
}

/** A bit in each page, wherever something is written. */
function flipBits(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 2_048; at < bytes.length; at += 4_096) bytes[at]! ^= 0x10;
  writeFileSync(file, bytes);
}

function contentOf(path: string): Record<string, string> {
  const kept = readdirSync(path).filter((name) => !/lock/.test(name));
  return Object.fromEntries(kept.map((name) => [name, String(Bun.hash(readFileSync(join(path, name))))]));
}
