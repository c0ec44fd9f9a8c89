/**
 * `npm run fuzz:frames -- --frames 1000000 [--seed N]`: hostile frames against a sync server in process, in rounds of
 * fresh ones. Exit code 1 when one was not answered as it should be, or memory grew.
 */
import { parseArgs } from "node:util";
import { fuzzFrames } from "../support/frame-fuzz.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { frames: { type: "string", default: "1000000" }, seed: { type: "string" } },
});
const frames = Number(values.frames);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(frames) || frames < 1 || !Number.isSafeInteger(seed)) {
  console.error("--frames and --seed take whole numbers, such as --frames 1000000 --seed 42");
  process.exit(2);
}

/** What the heap may grow by between a tenth of the frames and the end. */
const GROWTH_BYTES_MAX = 8 * 1024 * 1024;

console.log(`seed ${seed}`);
const startMs = performance.now();
let shownMs = startMs;
const result = await fuzzFrames({
  seed,
  frames,
  onProgress(sent) {
    if (performance.now() - shownMs < 5_000) return;
    shownMs = performance.now();
    const rss = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
    console.log(`${sent} of ${frames} frames, ${rss} MiB resident`);
  },
});
const { early, late } = result.heapBytes;
const grown = late - early > GROWTH_BYTES_MAX;
const seconds = (performance.now() - startMs) / 1000;
console.log(
  JSON.stringify({
    name: "hostile frames",
    value: result.frames,
    unit: "frames",
    seconds: Number(seconds.toFixed(1)),
    sessions: result.sessions,
    outcomes: result.outcomes,
    heapMiB: [early, late].map((bytes) => Number((bytes / 2 ** 20).toFixed(1))),
    slowestBatchMsPerFrame: Number(result.slowestBatchMsPerFrame.toFixed(2)),
  }),
);
for (const problem of result.problems) console.error(problem);
if (grown) console.error(`the heap grew from ${early} to ${late} bytes`);
process.exit(result.problems.length > 0 || grown ? 1 : 0);
