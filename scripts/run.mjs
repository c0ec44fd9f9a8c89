// `node scripts/run.mjs FILE [ARG ...]`: installs what is missing, then runs FILE under the pinned Bun.
import { spawn } from "node:child_process";
import { bunPath, ensurePackages, root } from "./ensure.mjs";

ensurePackages();
const child = spawn(bunPath(), process.argv.slice(2), { cwd: root, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)));
