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
      const value = await { cpuMs, memory, watchMemory, peakMemory, ...handlers }[name](options);
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

/** Bytes that are this process' own, after collections; the allocators give back what they don't need bit by bit. */
async function memory() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < LOOKS; i++) {
    if (typeof Bun !== "undefined") Bun.gc(true);
    else globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    least = Math.min(least, ownBytes());
  }
  return least;
}

const LOOKS = 4;
const LOOK_MS = 300;

let watch = null;
let peakBytes = 0;

/** From now on the most is noted, which a collection at the end would not show. */
function watchMemory() {
  clearInterval(watch);
  peakBytes = ownBytes();
  watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, ownBytes());
  }, WATCH_MS);
}

function peakMemory() {
  clearInterval(watch);
  return Math.max(peakBytes, ownBytes());
}

const WATCH_MS = 25;

/** Mapped files, such as LMDB's, are the page cache's and not counted where the system tells them apart. */
function ownBytes() {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)[1]) * 1024;
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
  // Wall time: where performance.timeOrigin lies differs between Node and Bun, and from process to process.
  return `t=${Date.now()};`;
}
