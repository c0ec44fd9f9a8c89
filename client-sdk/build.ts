/** Builds dist/: ESM with its dependencies left outside, and type declarations. Run by `npm run build`. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dir;
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
// The core on its own: in common with the others it would come in more files, which compress less well.
for (const names of [["index"], ["react", "svelte", "offline", "types", "contract"]]) {
  await Bun.build({
    entrypoints: names.map((name) => join(here, `src/${name}.ts`)),
    outdir: dist,
    // For browsers too, whose own bundlers add what preloads its files: not twice.
    target: "node",
    format: "esm",
    splitting: true,
    packages: "external",
    naming: { chunk: "shared-[hash].[ext]" },
  });
}

const tsc = join(here, "../node_modules/.bin/tsc");
const types = Bun.spawnSync([tsc, "-p", join(here, "tsconfig.build.json")], {
  stdout: "inherit",
  stderr: "inherit",
});
if (types.exitCode !== 0) process.exit(types.exitCode);

// TypeScript leaves ".ts" in the imports of declarations, which a reader without the sources cannot resolve.
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const file = join(dist, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
}
