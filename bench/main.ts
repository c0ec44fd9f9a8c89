/**
 * `npm run bench [-- NAME ... [--OPTION VALUE ...]]`: runs each benchmark in a process of its own, one JSON object per
 * line on stdout; options go to the benchmarks.
 * A peer or a raw baseline runs in the same process or beside it; bench/RESULTS.md keeps the last figures.
 */
import { readdirSync } from "node:fs";

const known = readdirSync(import.meta.dir)
  .filter((file) => /^[a-z-]+\.bench\.ts$/.test(file))
  .map((file) => file.replace(".bench.ts", ""));
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith("--"));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(2);
}

let failed = 0;
for (const name of wanted.length > 0 ? wanted : known) {
  console.error(`bench ${name} ...`);
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/${name}.bench.ts`, ...options], {
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) {
    console.error(`bench ${name} failed`);
    failed++;
  }
}
process.exit(failed > 0 ? 1 : 0);
