#!/usr/bin/env node
// The command `sheetwire`: installs what is missing, then runs it under the pinned Bun, where the caller stands.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { bunPath, ensurePackages, root } from "../scripts/ensure.mjs";

ensurePackages();
const child = spawn(bunPath(), [join(root, "src/cli/main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (!signal) return process.exit(code ?? 1);
  // Ends as the child did, so that shells see the signal.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
