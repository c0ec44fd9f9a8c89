/** Commands of the machine that the daemon runs on. */
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { openLmdbBackend } from "../../src/backend/lmdb.ts";
import { createProgram } from "../../src/cli/program.ts";
import { createReference } from "../../src/cli/reference.ts";
import type { World } from "../../src/cli/world.ts";
import { loadMasterKeys } from "../../src/master-key-files.ts";
import { systemRandom } from "../../src/runtime/system-random.ts";
import { editsName } from "../../src/sync/edits-name.ts";
import { freePort, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { runCommand, spawnCommand } from "./command.ts";

const dir = tempDir();
const root = resolve(import.meta.dir, "../..");
afterAll(() => dir[Symbol.dispose]());

const here = (name: string): string => join(dir.path, name);

describe("the command line itself", () => {
  test("CLI-3 what is unknown or missing ends with 2 and a suggestion", async () => {
    const asked = [
      [["sourcs"], "sources"],
      [["sources", "lst"], "list"],
      [["sources", "list", "--jsn"], "--json"],
      [["get"], "'tab'"],
      [["set", "a/b", "c", "d", "e", "--as", "date"], "formula"],
      [["get", "no-slash"], "SOURCE/TAB"],
      [["set", "a/b", "c", "d", "e", "--timeout", "x"], "whole number"],
      [["sources"], "Usage: sheetwire sources"],
      [[], "Usage: sheetwire"],
    ] as const;
    for (const [args, told] of asked) {
      const { code, out, err } = await runCommand(args);
      expect([args, code, out]).toEqual([args, 2, ""]);
      expect(err).toContain(told);
    }
  });

  test("CLI-2 CLI-3 help and version go to standard output, and name the exit codes", async () => {
    const help = await runCommand(["--help"]);
    expect([help.code, help.err]).toEqual([0, ""]);
    for (const part of ["doctor", "5  a conflict", "6  no daemon"]) expect(help.out).toContain(part);
    expect((await runCommand(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await runCommand(["set", "--help"])).out).toContain("--base <value>");
  });

  test("CLI-20 completion gives a script for each shell, and answers it from the commands", async () => {
    for (const shell of ["bash", "zsh", "fish", "powershell"]) {
      const script = await runCommand(["completion", shell]);
      expect(script.code).toBe(0);
      expect(script.out).toContain("sheetwire");
    }
    expect((await runCommand(["completion", "cmd"])).code).toBe(2);
    const names = (await runCommand(["complete", "--", ""])).out
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(names).toEqual(expect.arrayContaining(["start", "tail", "doctor"]));
    expect((await runCommand(["complete", "--", "sources", "re"])).out).toContain("remove\t");
    expect((await runCommand(["complete", "--", "get", "a/b", "--w"])).out).toContain("--where");
  });

  test("CLI-21 docs/cli.md is what the commands say of themselves", () => {
    const program = createProgram({ env: {} } as unknown as World, "0");
    expect(readFileSync(join(root, "docs/cli.md"), "utf8")).toBe(createReference(program));
  });

  test("CLI-1 CLI-5 without a terminal there is no colour, and JSON comes alone", async () => {
    const forced = await runCommand(["check", "--json"], { env: { FORCE_COLOR: "1" } });
    expect(JSON.parse(forced.out)).toMatchObject({ ok: true });
    expect(forced.err).toBe("");
    const plain = await runCommand(["check"]);
    expect(plain.out + plain.err).not.toContain("\u001b");
  });
});

describe("start and check", () => {
  test("CLI-7 check tells every mistake, starts nothing and shows no secret", async () => {
    const env = { SHEETWIRE_DATA_DIR: here("never"), SHEETWIRE_ADMIN_TOKEN: TEST_TOKEN };
    const good = await runCommand(["check", "--port", "9000"], { env });
    expect([good.code, good.out]).toEqual([0, expect.stringContaining("http://127.0.0.1:9000")]);
    expect(good.out + good.err).not.toContain(TEST_TOKEN);
    expect(existsSync(here("never"))).toBe(false);
    const bad = await runCommand(["check", "--prt", "9", "--log-level", "loud"], { env });
    expect(bad.code).toBe(2);
    for (const told of ["--prt", "--port", "--log-level"]) expect(bad.err).toContain(told);
  });

  test("CLI-4 CLI-7 start runs the daemon, whose address and token commands find by themselves", async () => {
    const port = freePort();
    const settings = { SHEETWIRE_DATA_DIR: here("own"), SHEETWIRE_PORT: String(port), SHEETWIRE_DEMO: "off" };
    // Set for commands that ask another daemon: no settings of this one.
    const env = { ...settings, SHEETWIRE_URL: "http://127.0.0.1:1", SHEETWIRE_TOKEN: "elsewhere" };
    const child = spawnCommand(["start", "--log-level", "error"], { env });
    const listed = () => runCommand(["sources", "list", "--json"], { env: settings });
    expect(await waitFor(async () => (await listed()).code === 0, 20_000)).toBe(true);
    expect((await listed()).out).toBe("[]\n");
    const { SHEETWIRE_DATA_DIR, ...others } = settings;
    expect(
      (await runCommand(["sources", "list", "--data-dir", SHEETWIRE_DATA_DIR], { env: others })).code,
    ).toBe(0);
    const untold = await runCommand(["sources", "list"], {
      env: { ...settings, SHEETWIRE_URL: env.SHEETWIRE_URL },
    });
    expect([untold.code, untold.err]).toEqual([4, expect.stringContaining("--token-file")]);
    expect(
      (await runCommand(["sources", "list"], { env: { ...others, SHEETWIRE_DATA_DIR: here("none") } })).code,
    ).toBe(4);

    const second = await runCommand(["start"], { env: settings });
    expect([second.code, second.err]).toEqual([3, expect.stringContaining("in use")]);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect((await listed()).code).toBe(6);
  }, 60_000);

  test("CLI-7 the launcher runs the command where its caller stands, and hands on its code", () => {
    const run = (...args: string[]) =>
      Bun.spawnSync(["node", join(root, "bin/sheetwire.mjs"), ...args], { cwd: dir.path, stdout: "pipe" });
    const version = run("--version");
    expect([version.exitCode, version.stdout.toString()]).toEqual([0, expect.stringMatching(/^\d/)]);
    expect(run("sources", "lst").exitCode).toBe(2);
  }, 60_000);
});

describe("backup and restore of a directory that is being written", () => {
  test("CLI-16 CLI-17 a backup amid writes is one moment of the data, and a restore brings it back", async () => {
    const from = here("written");
    mkdirSync(from, { mode: 0o700 });
    const keys = loadMasterKeys(from, systemRandom);
    if (!keys.ok) throw new Error(keys.error.words);
    const encryption = { masterKey: keys.value.current, random: systemRandom };
    const opened = await openLmdbBackend({ dir: from, encryption });
    if (!opened.ok) throw new Error(opened.error.words);
    const { log, kv } = opened.value;
    // Of a kind that a restore leaves as it is.
    const name = editsName({ source: "shop", tab: "a", subject: "admin" });
    let [written, going] = [0, true];
    const writing = (async () => {
      while (going) {
        const update = new Uint8Array(2_000).fill(written);
        // Both in one commit: a moment has both or neither.
        await Promise.all([log.append(name, { update, author: "edits" }), kv.put("count", written + 1)]);
        written++;
      }
    })();
    await waitFor(() => written > 200, 20_000);
    const least = written;
    const backup = await runCommand(["backup", here("backup"), "--data-dir", from, "--json"]);
    going = false;
    await writing;
    expect(backup).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(dir.path).filter((name) => name.includes("partial"))).toEqual([]);
    expect(statSync(here("backup")).mode & 0o077).toBe(0);

    const inUse = await runCommand(["restore", here("backup"), "--data-dir", from, "--yes"]);
    expect([inUse.code, inUse.err]).toEqual([5, expect.stringContaining("in use")]);
    await opened.value.close();

    const to = here("restored");
    expect(await runCommand(["restore", here("backup"), "--data-dir", to])).toMatchObject({ code: 0 });
    const again = await openLmdbBackend({ dir: to, encryption });
    if (!again.ok) throw new Error(again.error.words);
    const count = (await again.value.kv.get<number>("count"))!.value;
    const entries = await again.value.log.read(name, 0);
    expect(count).toBeGreaterThanOrEqual(least);
    expect(count).toBeLessThanOrEqual(written);
    expect(entries.map(({ position }) => position)).toEqual(entries.map((_, index) => index + 1));
    expect(entries).toHaveLength(count);
    await again.value.close();
  }, 60_000);

  test("CLI-16 a backup needs data, a key and a new directory", async () => {
    expect(await runCommand(["backup", here("b1"), "--data-dir", here("nothing")])).toMatchObject({
      code: 3,
    });
    const taken = await runCommand(["backup", here("backup"), "--data-dir", here("written")]);
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining("new one")]);
    const keyless = here("keyless");
    expect((await runCommand(["backup", keyless, "--data-dir", here("written"), "--no-keys"])).code).toBe(0);
    expect(readdirSync(keyless)).not.toContain("master-key");
    const locked = await runCommand(["restore", keyless, "--data-dir", here("r1")]);
    expect([locked.code, locked.err]).toEqual([1, expect.stringContaining("SHEETWIRE_MASTER_KEY")]);
    expect(existsSync(join(here("r1"), "data.mdb"))).toBe(false);
    const key = readFileSync(join(here("written"), "master-key"), "utf8").trim();
    const env = { SHEETWIRE_MASTER_KEY: Buffer.from(key, "base64url").toString("base64") };
    expect(await runCommand(["restore", keyless, "--data-dir", here("r1")], { env })).toMatchObject({
      code: 0,
    });
  }, 60_000);

  test("CLI-17 a damaged backup changes nothing; one cut short is refused by a start and mended by another", async () => {
    const data = here("target");
    expect((await runCommand(["restore", here("backup"), "--data-dir", data])).code).toBe(0);
    const broken = here("broken");
    Bun.spawnSync(["cp", "-r", here("backup"), broken]);
    const bytes = readFileSync(join(broken, "data.mdb"));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(broken, "data.mdb"), bytes);
    const before = readFileSync(join(data, "manifest.json"), "utf8");
    const refused = await runCommand(["restore", broken, "--data-dir", data, "--yes"]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("Nothing was changed")]);
    expect(readFileSync(join(data, "manifest.json"), "utf8")).toBe(before);
    expect(await runCommand(["restore", here("none"), "--data-dir", data])).toMatchObject({ code: 3 });
    const unasked = await runCommand(["restore", here("backup"), "--data-dir", data]);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining("--yes")]);

    // Where the end of the process between two steps leaves it.
    rmSync(join(data, "manifest.json"));
    const start = await runCommand([
      "start",
      "--data-dir",
      data,
      "--port",
      String(freePort()),
      "--demo",
      "off",
    ]);
    expect([start.code, start.err]).toEqual([3, expect.stringContaining("manifest.json")]);
    const mended = await runCommand(["restore", here("backup"), "--data-dir", data, "--yes"]);
    expect([mended.code, mended.err]).toEqual([0, expect.stringContaining("before-restore-")]);
    expect(readdirSync(data).filter((name) => name.includes("partial"))).toEqual([]);
  }, 60_000);
});

describe("doctor", () => {
  const examine = async (args: string[], env: Record<string, string> = {}) => {
    const { code, out } = await runCommand(["doctor", "--json", ...args], { env });
    const { ok, checks } = JSON.parse(out) as {
      ok: boolean;
      checks: { check: string; state: string; message: string; fix?: string }[];
    };
    const of = (name: string) => checks.filter(({ check }) => check === name);
    return { code, ok, of };
  };

  test("CLI-19 doctor names rights, keys, port and a daemon that is not there, each with its cure", async () => {
    const data = here("ill");
    expect((await runCommand(["restore", here("backup"), "--data-dir", data])).code).toBe(0);
    chmodSync(data, 0o755);
    chmodSync(join(data, "master-key"), 0o644);
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("something else") });
    const found = await examine(["--data-dir", data], { SHEETWIRE_PORT: String(other.port) });
    await other.stop(true);
    expect([found.code, found.ok]).toEqual([1, false]);
    expect(found.of("data-directory")[0]).toMatchObject({ state: "warning", fix: `chmod 700 ${data}` });
    expect(found.of("secrets")[0]).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("chmod 600"),
    });
    expect(found.of("port")[0]).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("SHEETWIRE_PORT"),
    });
    expect(found.of("keys")[0]!.state).toBe("passed");
    expect(found.of("daemon")[0]).toMatchObject({ state: "failed", fix: expect.stringContaining("start") });

    const said = await runCommand(["doctor", "--data-dir", data], {
      env: { SHEETWIRE_PORT: String(freePort()) },
    });
    expect(`${said.out}${said.err}`.split("or say where it is with --url")).toHaveLength(2);

    const key = Buffer.alloc(32, 7).toString("base64url");
    writeFileSync(join(data, "master-key"), `${key}\n`);
    const locked = await examine(["--data-dir", data], { SHEETWIRE_PORT: String(freePort()) });
    expect(locked.of("keys")[0]).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("SHEETWIRE_MASTER_KEY"),
    });
    const wrong = await examine([], { SHEETWIRE_PRT: "1" });
    expect(wrong.of("settings")[0]).toMatchObject({
      state: "failed",
      fix: expect.stringContaining("SHEETWIRE_PORT"),
    });
  }, 60_000);
});
