/** Holds the house in order: layers, ambient effects, SPEC ids, types and lint. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dir, "..");

/** The place of each folder in the tree; a file may import from its own layer's folder and from lower layers. */
const LAYERS: readonly (readonly [folder: string, layer: number])[] = [
  ["client-sdk/src/contract", 0],
  ["src/model", 1],
  ["src/runtime", 2],
  ["src/backend", 3],
  ["src/access", 4],
  ["src/history", 4],
  ["src/sync", 5],
  ["src/sources", 5],
  ["src/actors", 6],
  ["src/exports", 6],
  ["src/registry", 7],
  ["src/cli", 8],
  ["src", 8],
  ["demo", 8],
];
/** Besides all lower layers: which folders a layer does not see although they are below it. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  "src/sources": ["src/backend", "src/access", "src/history"],
  "client-sdk/src": ["src"],
};

/** Where the world outside may be touched directly. */
const AMBIENT_ALLOWED = [
  /^src\/runtime\/system/,
  /^src\/config\.ts$/,
  /^src\/main\.ts$/,
  /^src\/server\.ts$/,
  /^src\/cli\/main\.ts$/,
];
const AMBIENT =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|crypto\.getRandomValues|crypto\.randomUUID|randomBytes|process\.env|Bun\.env)\b|(?<![\w.])fetch\(/;

/** Of a test, a group of them, or a table of them. */
const TITLE = /(?:(?:test|it|describe)(?:\.\w+)?\(|\)\()\s*[`"']([^`"']*)/g;

const sources = files("src").concat(files("demo"), files("client-sdk/src"), files("google-emulator/src"));

describe("layers", () => {
  test("TDY-1 imports go one way, types included", () => {
    const wrong: string[] = [];
    for (const file of sources) {
      for (const target of imports(file)) {
        const why = forbidden(file, target);
        if (why) wrong.push(`${file} -> ${target}: ${why}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("TDY-2 there is no import cycle, types included", () => {
    const graph = new Map(sources.map((file) => [file, imports(file)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      else if (!done.has(file)) {
        for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test("TDY-3 time, randomness, network and environment are arguments", () => {
    const wrong: string[] = [];
    for (const file of sources) {
      if (!file.startsWith("src/") || file.startsWith("src/registry/ui/")) continue;
      if (AMBIENT_ALLOWED.some((pattern) => pattern.test(file))) continue;
      read(file)
        .split("\n")
        .forEach((line, index) => {
          const code = line.replace(/\/\/.*|^\s*\*.*|\/\*.*\*\//, "");
          // A text that names an ambient thing is not a use of it.
          if (AMBIENT.test(code.replace(/"[^"]*"/g, '""')))
            wrong.push(`${file}:${index + 1}: ${line.trim()}`);
        });
    }
    expect(wrong).toEqual([]);
  });
});

describe("rules", () => {
  test("TDY-4 each rule of SPEC.md is quoted by a test, and each quoted id is a rule", () => {
    const rules = new Set(
      [...read("SPEC.md").matchAll(/^- \*\*([A-Z]{3}-\d+[a-z]?)\*\*/gm)].map((m) => m[1]!),
    );
    const quoted = new Set<string>();
    for (const folder of ["test", "client-sdk", "google-emulator"]) {
      for (const file of files(folder)) {
        if (!/\.(test|spec)\.tsx?$|test\/contract\//.test(file)) continue;
        for (const match of read(file).matchAll(TITLE)) {
          for (const id of match[1]!.matchAll(/\b([A-Z]{3}-\d+[a-z]?)\b/g)) quoted.add(id[1]!);
        }
      }
    }
    expect([...rules].filter((id) => !quoted.has(id)).sort()).toEqual([]);
    expect([...quoted].filter((id) => !rules.has(id) && !id.startsWith("TDY")).sort()).toEqual([]);
  });
});

describe("tools", () => {
  test("TDY-5 the type checker is content", () => {
    expect(run("node_modules/.bin/tsc", "-p", ".")).toBe("");
  });

  test("TDY-6 the linter and formatter are content", () => {
    expect(run("node_modules/.bin/biome", "check", "--error-on-warnings", "--max-diagnostics=50", ".")).toBe(
      "",
    );
  });
});

function forbidden(file: string, target: string): string | null {
  if (/^(test|bench)\//.test(target)) return "nothing imports test or bench";
  if (file.startsWith("google-emulator/")) {
    return target.startsWith("google-emulator/") ? null : "the emulator stands alone";
  }
  if (target.startsWith("google-emulator/"))
    return file.startsWith("demo/") ? null : "only the demo starts the emulator";
  const contract = "client-sdk/src/contract/";
  if (file.startsWith("client-sdk/") && !file.startsWith(contract)) {
    return target.startsWith("client-sdk/") ? null : "the SDK sees its contract only";
  }
  if (file.startsWith("src/registry/ui/")) {
    const seen = ["src/registry/ui/", "client-sdk/"].some((folder) => target.startsWith(folder));
    return seen ? null : "the web app sees the SDK and the public REST only";
  }
  if (file.startsWith("src/cli/") && !/^src\/cli\/(local\/|main\.ts$)/.test(file)) {
    const seen = ["src/cli/", "client-sdk/"].some((folder) => target.startsWith(folder));
    return seen ? null : "commands see the SDK and the public REST only, but for src/cli/local";
  }
  if (target.startsWith("client-sdk/") && !target.startsWith(contract))
    return "the daemon sees the contract only";
  const [from, to] = [layerOf(file), layerOf(target)];
  if (UNSEEN[from.folder]?.includes(to.folder)) return `${from.folder} does not see ${to.folder}`;
  const top = LAYERS.at(-1)![1];
  if (from.folder === to.folder || to.layer < from.layer || from.layer === top) return null;
  return `layer ${from.layer} may not import layer ${to.layer}`;
}

function layerOf(file: string): { folder: string; layer: number } {
  const found = LAYERS.find(([folder]) => file.startsWith(`${folder}/`));
  if (!found) throw new Error(`${file} is in no layer: add its folder to LAYERS`);
  return { folder: found[0], layer: found[1] };
}

/** Repository paths that `file` imports, type-only imports and re-exports included. */
function imports(file: string): string[] {
  const found: string[] = [];
  for (const match of read(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;"']*?["']([^"']+)["']|import\(\s*["']([^"']+)["']/g,
  )) {
    const name = (match[1] ?? match[2])!;
    if (name.startsWith("#contract/")) found.push(name.replace("#contract/", "client-sdk/src/contract/"));
    else if (name.startsWith("@sheetwire/client")) found.push("client-sdk/src/index.ts");
    else if (name.startsWith("@sheetwire/google-emulator")) found.push("google-emulator/src/index.ts");
    else if (name.startsWith(".") && !name.endsWith(".json"))
      found.push(relative(root, resolve(root, dirname(file), name)));
  }
  return found;
}

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Empty when the command is content, else what it printed. */
function run(...command: string[]): string {
  const result = Bun.spawnSync(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  return result.exitCode === 0 ? "" : `${result.stdout}${result.stderr}`;
}
