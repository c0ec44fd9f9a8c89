/**
 * `npm run sim -- --seed N`, or `--seeds N` for so many fresh ones; with `--edits` clients edit as well. Exit code 1
 * when a run fails.
 */
import { parseArgs } from "node:util";
import { createSeededRandom } from "../support/seeded-random.ts";
import { addTallies, NO_WISHES } from "./edits/tally.ts";
import { editingOptionsFor } from "./options.ts";
import { report } from "./report.ts";
import { runSimulation } from "./run.ts";

const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: { seed: { type: "string" }, seeds: { type: "string" }, edits: { type: "boolean" } },
});

const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const count = values.seeds === undefined ? 1 : Number(values.seeds);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  console.error("--seed and --seeds take whole numbers, such as --seed 42 or --seeds 1000");
  process.exit(2);
}

/** Runs. */
const PROGRESS_EVERY = 100;

let failed = 0;
let tally = NO_WISHES;
for (let seed = first; seed < first + count; seed++) {
  const options = values.edits ? editingOptionsFor(createSeededRandom(seed).split("options")) : undefined;
  const result = await runSimulation(seed, options);
  if (result.problems.length > 0) failed++;
  if (result.tally) tally = addTallies(tally, result.tally);
  if (result.problems.length > 0 || count === 1) console.log(report(result));
  const done = seed - first + 1;
  if (done % PROGRESS_EVERY === 0) console.error(`${done} of ${count} runs, ${failed} failed`);
}
if (values.edits) console.log(JSON.stringify(tally));
console.log(`${count - failed} runs passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
