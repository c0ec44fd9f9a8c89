/** `npm run sim:day`, with `-- --seed N --workbooks N --hours N --hinted`. Exit code 1 when something is wrong. */
import { parseArgs } from "node:util";
import { dayOptions, runDay } from "./day.ts";

const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: {
    seed: { type: "string", default: "1" },
    workbooks: { type: "string", default: "200" },
    hours: { type: "string", default: "24" },
    hinted: { type: "boolean", default: false },
  },
});

const [seed, workbooks, hours] = [Number(values.seed), Number(values.workbooks), Number(values.hours)];
if (![seed, workbooks, hours].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error("--seed, --workbooks and --hours take whole numbers");
  process.exit(2);
}
const { problems, lastSteps, ...figures } = await runDay(seed, dayOptions(workbooks, hours, values.hinted));
console.log(
  JSON.stringify({ seed, workbooks, hinted: values.hinted, ...figures, problems: problems.length }),
);
for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
if (problems.length > 0) console.log(lastSteps.join("\n"));
process.exit(problems.length > 0 ? 1 : 0);
