/** The package as it would be published: built, packed and used from the tarball's files. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type PageServer, startPageServer } from "./support/page-server.ts";
import { createWriter, writePrices } from "./support/writer.ts";

const ENTRIES = ["index", "react", "svelte", "offline", "types", "contract"];
const home = resolve(import.meta.dir, "..");
const modules = resolve(home, "../node_modules");
/** Where a consumer would be: the packed files stand in its node_modules beside their dependencies. */
let consumer: string;
let packed: readonly string[];
let tarballPath: string;

beforeAll(() => {
  run([process.execPath, join(home, "build.ts")], home);
  consumer = mkdtempSync(join(tmpdir(), "sheetwire-client-"));
  const [tarball] = JSON.parse(
    run(
      ["npm", "pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", consumer],
      home,
    ),
  ) as { filename: string; files: { path: string }[] }[];
  tarballPath = join(consumer, tarball!.filename);
  packed = tarball!.files.map(({ path }) => path);
  const target = join(consumer, "node_modules/@sheetwire/client");
  mkdirSync(target, { recursive: true });
  run(["tar", "-xzf", tarballPath, "-C", target, "--strip-components=1"], consumer);
  for (const name of ["yjs", "lib0", "ws", "react", "@types", "csstype"]) {
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
    for (const entry of ENTRIES) {
      for (const path of [`dist/${entry}.js`, `dist/${entry}.d.ts`]) expect(packed).toContain(path);
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

  test.each(["nodenext", "bundler"])(
    "SDK-15 each entry's types name exactly what it holds, for who resolves as %s does",
    async (resolution) => {
      const lines: string[] = [];
      for (const [index, entry] of ENTRIES.entries()) {
        const name = `@sheetwire/client${entry === "index" ? "" : `/${entry}`}`;
        const held = Object.keys(
          await import(join(consumer, `node_modules/@sheetwire/client/dist/${entry}.js`)),
        );
        expect(held.length).toBeGreaterThan(0);
        // A name too many and a name too few are both errors; so is a type that cannot be found.
        const names = `{ ${held.map((one) => `${one}: true`).join(", ")} }`;
        lines.push(`export const e${index}: Record<keyof typeof import("${name}"), true> = ${names};`);
      }
      writeFileSync(join(consumer, "entries.mts"), lines.join("\n"));
      const module = resolution === "bundler" ? "esnext" : resolution;
      const how = ["--module", module, "--moduleResolution", resolution, "--target", "es2023"];
      // The package's own declarations are looked through too: nothing is skipped but what React and Yjs say of themselves.
      const options = [
        "--noEmit",
        "--strict",
        ...how,
        "--lib",
        "es2023,dom,dom.iterable",
        "--types",
        "react",
      ];
      expect(run([join(modules, ".bin/tsc"), ...options, "entries.mts"], consumer)).toBe("");
    },
    20_000,
  );

  // Minified and compressed, with all that they need but Yjs and React. React and Svelte import types of the core alone.
  test.each<[string, number, number]>([
    ["index", 12 * 1024, 4 * 1024],
    ["react", 1024, 0],
    ["svelte", 1024, 0],
    ["offline", 3 * 1024, 0],
    ["types", 2 * 1024, 0],
  ])(
    "SDK-39 the entry %s stays within %d bytes, what it loads later within %d",
    async (entry, bytesMax, laterBytesMax) => {
      const built = await Bun.build({
        entrypoints: [join(consumer, `node_modules/@sheetwire/client/dist/${entry}.js`)],
        external: ["yjs", "react"],
        splitting: true,
        minify: true,
        target: "browser",
      });
      const files = new Map(
        await Promise.all(built.outputs.map(async (one) => [basename(one.path), await one.text()] as const)),
      );
      const first = new Set<string>();
      const load = (name: string): void => {
        if (first.has(name)) return;
        first.add(name);
        for (const [, needed] of files.get(name)!.matchAll(/from\s*"\.\/([^"]+)"/g)) load(needed!);
      };
      load(`${entry}.js`);
      let [bytes, later] = [0, 0];
      for (const [name, text] of files) {
        const size = Bun.gzipSync(text, { level: 9 }).length;
        if (first.has(name)) bytes += size;
        else later += size;
      }
      console.error(`@sheetwire/client ${entry}: ${bytes} bytes minified and compressed, ${later} later`);
      expect(bytes).toBeLessThanOrEqual(bytesMax);
      expect(bytes).toBeGreaterThan(100);
      expect(later).toBeLessThanOrEqual(laterBytesMax);
    },
  );
});

describe("runtimes", () => {
  let server: PageServer;
  beforeAll(async () => {
    server = await startPageServer([]);
  });
  afterAll(() => server.stop());

  test.each([
    ["Node", "node"],
    ["Bun", process.execPath],
  ])("SDK-38 %s reads and writes a table, and ends when the client is closed", async (_, runtime) => {
    const prices = createWriter();
    writePrices(prices);
    server.documents.clear();
    server.documents.set("demo/Prices", prices.doc);
    const script = `
      import { connect } from "@sheetwire/client";
      import ws from "ws";
      const client = connect({ url: "${server.url}", token: "t", WebSocket: globalThis.WebSocket ?? ws });
      const table = client.table("demo/Prices");
      await table.ready;
      const receipt = table.set(1, "Price", 3.5);
      console.log(JSON.stringify(table.rows[0]), receipt.status.state);
      await new Promise((resolve) => {
        const undo = receipt.subscribe(() => { undo(); resolve(); });
      });
      console.log(receipt.status.state);
      client.close();`;
    writeFileSync(join(consumer, "live.mjs"), script);
    const child = Bun.spawn([runtime, "live.mjs"], { cwd: consumer, stdout: "pipe", stderr: "pipe" });
    const deadline = performance.now() + 20_000;
    while (!server.documents.get("demo/Prices~edits")?.getMap("edits").has("1:1")) {
      if (performance.now() > deadline) throw new Error(await new Response(child.stderr).text());
      await Bun.sleep(10);
    }
    server.documents.get("demo/Prices~edits")!.getMap("progress").set("1:1", { id: "i", state: "received" });
    expect(await new Response(child.stdout).text()).toBe(
      '{"Product":"Tea","Price":3.5,"$row":1} local\nreceived\n',
    );
    expect(await child.exited).toBe(0);
  });
});

function run(command: string[], cwd: string): string {
  const result = Bun.spawnSync(command, { cwd, stdout: "pipe", stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`${command.join(" ")}: ${result.stdout}${result.stderr}`);
  return result.stdout.toString();
}
