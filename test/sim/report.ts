import type { SimResult } from "./run.ts";

/** What a person needs to run a simulation again and to see what led to its end. */
export function report({ seed, options, problems, steps, lastSteps }: SimResult): string {
  if (problems.length === 0) return `seed ${seed}: good after ${steps} steps`;
  return [
    `seed ${seed} failed after ${steps} steps; again with: npm run sim -- --seed ${seed}${options.editing ? " --edits" : ""}`,
    ...problems.map((problem) => `  ${problem}`),
    `options ${JSON.stringify(options, null, 2)}`,
    `last ${lastSteps.length} steps, in seconds:`,
    ...lastSteps,
  ].join("\n");
}
