// Brings a fresh machine with only Node and npm to the point where Bun can run this project.
// Plain Node, no dependency: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, "node_modules");
const BUN_BYTES_MIN = 10_000_000;
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
 * The pinned Bun that npm brought: where its install script moved it, or, where npm runs no install scripts, in its
 * platform's package.
 */
export function bunPath() {
  const scope = join(modules, "@oven");
  const platforms = existsSync(scope) ? readdirSync(scope).map((name) => join(scope, name)) : [];
  for (const folder of [join(modules, "bun"), ...platforms]) {
    for (const file of ["bun.exe", "bun"]) {
      const path = join(folder, "bin", file);
      // What npm unpacks before the install script ran is a small text file that says so.
      if (existsSync(path) && statSync(path).size > BUN_BYTES_MIN) return path;
    }
  }
  console.error("Bun was not installed by npm: neither node_modules/bun nor node_modules/@oven holds it.");
  console.error("Delete node_modules and run this again; optional dependencies must not be omitted.");
  process.exit(1);
}
