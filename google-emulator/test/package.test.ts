/** The package as it would be published: built, packed and used from the tarball's files. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const home = resolve(import.meta.dir, "..");
const modules = resolve(home, "../node_modules");
/** Where a consumer would be: the packed files stand in its node_modules beside their dependencies. */
let consumer: string;
let packed: readonly string[];

beforeAll(() => {
  run([process.execPath, join(home, "build.ts")], home);
  consumer = mkdtempSync(join(tmpdir(), "google-emulator-"));
  const [tarball] = JSON.parse(
    run(
      ["npm", "pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", consumer],
      home,
    ),
  ) as { filename: string; files: { path: string }[] }[];
  packed = tarball!.files.map(({ path }) => path);
  const target = join(consumer, "node_modules/@sheetwire/google-emulator");
  mkdirSync(target, { recursive: true });
  mkdirSync(join(consumer, "node_modules/@formulajs"));
  run(["tar", "-xzf", join(consumer, tarball!.filename), "-C", target, "--strip-components=1"], consumer);
  for (const name of ["@formulajs/formulajs", "bessel", "jstat", "numfmt"]) {
    symlinkSync(join(modules, name), join(consumer, "node_modules", name));
  }
}, 60_000);
afterAll(() => rmSync(consumer, { recursive: true, force: true }));

describe("the package", () => {
  test("EMU-55 holds its build, its types, its page and its README, and nothing else", () => {
    const known = /^(dist\/.*\.(js|d\.ts|json|css)|README\.md|package\.json)$/;
    expect(packed.filter((path) => !known.test(path))).toEqual([]);
    for (const path of ["index.js", "index.d.ts", "main.js", "page/client/main.js", "page/style.css"]) {
      expect(packed).toContain(`dist/${path}`);
    }
  });

  test("EMU-55 publint has nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: home, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
  });

  test.each([
    ["Node", "node"],
    ["Bun", process.execPath],
  ])("EMU-55 runs in %s: on a port with its page, and as a fetch function", (_, runtime) => {
    const script = `
      import { createEmulator, createFetch, serveEmulator } from "@sheetwire/google-emulator";
      const emulator = createEmulator({ nowMs: Date.now, random: Math.random, open: true });
      const id = emulator.addWorkbook({ title: "Shop", tabs: [{ title: "T", rows: [["a", "=1+1"]] }] });
      const served = await serveEmulator(emulator, { port: 0 });
      const page = await (await fetch(served.url)).text();
      const entry = /script type="module" src="([^"]+)"/.exec(page)[1];
      for (const path of [entry, "/emulator/assets/style.css", "/v4/spreadsheets/" + id + "/values/T"]) {
        console.log((await fetch(served.url + path)).status);
      }
      await served.stop();
      const values = await createFetch(emulator)("https://sheets.googleapis.com/v4/spreadsheets/" + id + "/values/T!B1");
      console.log((await values.json()).values);`;
    writeFileSync(join(consumer, "use.mjs"), script);
    expect(run([runtime, "use.mjs"], consumer).replace(/\s+/g, " ")).toMatch(
      /^200 200 200 \[ \[ ["']2["'] \] \] $/,
    );
  });

  test("EMU-55 its command says what is wrong with a port", () => {
    const main = join(consumer, "node_modules/@sheetwire/google-emulator/dist/main.js");
    const { exitCode, stderr } = Bun.spawnSync(["node", main, "--port", "x"], { stderr: "pipe" });
    expect([exitCode, stderr.toString()]).toEqual([
      2,
      "--port x is no port: give a number from 0 to 65535.\n",
    ]);
  });

  test("EMU-55 its types arrive at a consumer that resolves as Node does", () => {
    const script = `
      import { createEmulator, type Emulator, type Fault } from "@sheetwire/google-emulator";
      const emulator: Emulator = createEmulator({ nowMs: () => 0, random: () => 0.5 });
      export const id: string = emulator.addWorkbook({ title: "x", tabs: [{ title: "T", rows: [[1, "=A1"]] }] });
      export const fault: Fault = { match: {}, answer: { kind: "html" } };
      // @ts-expect-error the types are not any
      export const wrong: string = emulator.version(id);`;
    writeFileSync(join(consumer, "use.mts"), script);
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--skipLibCheck", "--types", ""];
    expect(run([join(modules, ".bin/tsc"), ...options, "use.mts"], consumer)).toBe("");
  });
});

function run(command: string[], cwd: string): string {
  const result = Bun.spawnSync(command, { cwd, stdout: "pipe", stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`${command.join(" ")}: ${result.stdout}${result.stderr}`);
  return result.stdout.toString();
}
