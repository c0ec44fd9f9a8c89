// Brings a fresh machine with only Node and npm to the point where Bun can run this project.
// Plain Node, no dependency: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, "node_modules");
const stamp = join(modules, ".sheetwire-lock");

/**
 * Installs the packages of package-lock.json when they are missing or older than the lock file. Not by `npm ci`: it
 * refuses a lock file without the optional packages of every platform, which some registries do not have.
 */
export function ensurePackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("Installing packages (once; needs the npm registry) ...");
  const result = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error(
      "npm install failed (see above). Check that the npm registry can be reached, then run this again.",
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

/**
 * The pinned Bun that npm brought. Its platform package is used directly, so an npm that blocks
 * install scripts does not matter.
 */
export function bunPath() {
  const scope = join(modules, "@oven");
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    for (const file of ["bun", "bun.exe"]) {
      const path = join(scope, name, "bin", file);
      if (existsSync(path)) return path;
    }
  }
  console.error("Bun was not installed by npm: its platform package under node_modules/@oven is missing.");
  console.error("Delete node_modules and run this again; optional dependencies must not be omitted.");
  process.exit(1);
}
