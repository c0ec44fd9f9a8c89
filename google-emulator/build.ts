/**
 * Builds dist/: each source file as an ES module beside its declarations, for Node and Bun alike. Run by
 * `npm run build`.
 */
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dir;
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = join(here, "../node_modules/.bin/tsc");
const built = Bun.spawnSync([tsc, "-p", join(here, "tsconfig.build.json")], {
  stdout: "inherit",
  stderr: "inherit",
});
if (built.exitCode !== 0) process.exit(built.exitCode);
cpSync(join(here, "src/page/style.css"), join(dist, "page/style.css"));
chmodSync(join(dist, "main.js"), 0o755);

// TypeScript leaves ".ts" in the imports of declarations, which a reader without the sources cannot resolve.
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const file = join(dist, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
}
