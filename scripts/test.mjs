// `npm test`: installs what is missing, runs every test, ends with 'N passed, N failed'.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { bunPath, ensurePackages, root } from "./ensure.mjs";

const TOOLS = [
  { paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser"], packages: ["chromium", "fonts-liberation"] },
  { paths: ["/usr/bin/curl", "/bin/curl", "/usr/local/bin/curl"], packages: ["curl"] },
];

ensurePackages();
ensureTools();
const args = ["test", "--timeout", "120000", ...process.argv.slice(2)];
const child = spawn(bunPath(), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
let tail = "";
for (const stream of [child.stdout, child.stderr]) {
  stream.on("data", (chunk) => {
    process.stdout.write(chunk);
    tail = (tail + chunk).slice(-4000);
  });
}
child.on("close", (code) => {
  const passed = Number(/^\s*(\d+) pass$/m.exec(tail)?.[1] ?? 0);
  const failed = Number(/^\s*(\d+) fail$/m.exec(tail)?.[1] ?? 0);
  // A runner that failed without counting a failed test (a file that does not load) is a failure too.
  const counted = code !== 0 && failed === 0 ? 1 : failed;
  console.log(`\n${passed} passed, ${counted} failed`);
  process.exit(code === 0 && passed > 0 ? 0 : 1);
});

/** The browser tests drive Debian's Chromium, those of the README run curl; without root they say how to get them and fail. */
function ensureTools() {
  const missing = TOOLS.filter(({ paths }) => !paths.some((path) => existsSync(path)));
  if (missing.length === 0) return;
  const packages = missing.flatMap((tool) => tool.packages);
  const command = `apt-get install ${packages.join(" ")}`;
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.error(
      `Some tests will fail for want of ${packages.join(", ")}. Install them (Debian: ${command}).`,
    );
    return;
  }
  console.error(`Installing ${packages.join(", ")} (once) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { stdio: ["ignore", 2, 2], env };
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
}
