// The child's end of child.ts: one JSON command per line on stdin, one JSON answer per line on stdout. Plain
// JavaScript, because the peers' servers run under Node.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Answers commands by name until stdin closes, then ends the process: no child outlives its benchmark. */
export function serveCommands(handlers) {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { name, options } = JSON.parse(line);
    try {
      const value = await { cpuMs, memory, ...handlers }[name](options);
      process.stdout.write(`${JSON.stringify({ value: value ?? null })}\n`);
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ error: String(error?.stack ?? error) })}\n`);
    }
  });
  lines.on("close", () => process.exit(0));
}

/** What all threads of this process have used so far. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Bytes that are this process' own, after a collection, and the most it ever had. */
function memory() {
  for (let i = 0; i < 2; i++) {
    if (typeof Bun !== "undefined") Bun.gc(true);
    else globalThis.gc?.();
  }
  return { bytes: memoryBytes("RssAnon"), peakBytes: memoryBytes("VmHWM") };
}

/** Mapped files, such as LMDB's, are the page cache's and not counted where the system tells them apart. */
function memoryBytes(field) {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}

/** Calls `run` with 0 to count - 1, `everyMs` apart, and resolves after the last. Late calls are made up for. */
export async function paced(count, everyMs, run) {
  const startMs = performance.now();
  for (let i = 0; i < count; ) {
    const due = Math.min(count, Math.floor((performance.now() - startMs) / everyMs) + 1);
    for (; i < due; i++) run(i);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(1, startMs + i * everyMs - performance.now())),
    );
  }
}

/** A cell value that tells when it was written; the load generator finds it in the frame. */
export function stamp() {
  return `t=${(performance.timeOrigin + performance.now()).toFixed(1)};`;
}
