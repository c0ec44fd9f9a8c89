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
  consumer = mkdtempSync(join(tmpdir(), "sheetwire-client-"));
  const [tarball] = JSON.parse(
    run(
      ["npm", "pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", consumer],
      home,
    ),
  ) as { filename: string; files: { path: string }[] }[];
  packed = tarball!.files.map(({ path }) => path);
  const target = join(consumer, "node_modules/@sheetwire/client");
  mkdirSync(target, { recursive: true });
  run(["tar", "-xzf", join(consumer, tarball!.filename), "-C", target, "--strip-components=1"], consumer);
  for (const name of ["yjs", "lib0", "y-protocols", "y-websocket"]) {
    symlinkSync(join(modules, name), join(consumer, "node_modules", name));
  }
}, 60_000);
afterAll(() => rmSync(consumer, { recursive: true, force: true }));

describe("the package", () => {
  test("SDK-15 holds its build, its types and its README, and nothing else", () => {
    const unexpected = packed.filter(
      (path) => !/^(dist\/.*\.(js|d\.ts)|README\.md|package\.json)$/.test(path),
    );
    expect(unexpected).toEqual([]);
    for (const path of ["dist/index.js", "dist/index.d.ts", "dist/contract.js", "dist/contract.d.ts"]) {
      expect(packed).toContain(path);
    }
  });

  test("SDK-15 publint has nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: home, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
  });

  test.each([
    ["Node", "node"],
    ["Bun", process.execPath],
  ])(
    "SDK-15 imports in %s without any browser global, and says what is missing when it is used",
    (_, runtime) => {
      const script = `
      for (const name of ["WebSocket", "window", "document", "navigator", "localStorage", "BroadcastChannel"]) {
        delete globalThis[name];
      }
      const { connect } = await import("@sheetwire/client");
      const { parseDocumentName } = await import("@sheetwire/client/contract");
      const client = connect({ url: "http://127.0.0.1:1", token: "t" });
      try { client.table("demo/Prices"); } catch (error) { console.log(error.message); }
      console.log(parseDocumentName("demo/Prices").value.tab);`;
      writeFileSync(join(consumer, "use.mjs"), script);
      const output = run([runtime, "use.mjs"], consumer);
      expect(output).toContain("this runtime has no WebSocket: pass one to connect");
      expect(output).toContain("Prices");
    },
  );

  test("SDK-15 its types arrive at a consumer that resolves as Node does", () => {
    const script = `
      import { connect, type Row, type Table } from "@sheetwire/client";
      import { CLOSE, type SourceAnswer } from "@sheetwire/client/contract";
      const table: Table = connect({ url: "http://h", token: "t" }).table("demo/Prices");
      export const rows: readonly Row[] = table.rows;
      export const code: 4409 = CLOSE.epoch;
      export const state: SourceAnswer["state"] = "live";
      // @ts-expect-error the types are not any
      export const wrong: string = table.rowIds;`;
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
