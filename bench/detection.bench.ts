/**
 * How soon a change in one of 200 workbooks is seen, when one account may read 60 times a minute: ten workbooks
 * change every few seconds, the others once an hour each. Virtual time; a round robin goes over the same changes.
 */
import { ours } from "./detection/ours.ts";
import { roundRobin } from "./detection/round-robin.ts";
import { makeTrace, type Outcome } from "./detection/trace.ts";
import { percentile, print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";

const MINUTE_MS = 60_000;
const WARM_UP_MS = numberOption("warm-up-minutes", 60) * MINUTE_MS;
const READS_PER_MINUTE = 60;
const ANSWER_MS = 150;

const trace = makeTrace({
  seed: numberOption("seed", 1),
  lengthMs: WARM_UP_MS + numberOption("minutes", 180) * MINUTE_MS,
  workbooks: 200,
  hot: 10,
  hotEveryMs: numberOption("hot-every-ms", 3_000),
  coldEveryMs: numberOption("cold-every-ms", 3_600_000),
});
const shared = { warmUpMs: WARM_UP_MS, readsPerMinute: READS_PER_MINUTE, answerMs: ANSWER_MS };

const one = roundRobin(trace, { ...shared, readsPerPoll: 1 });
const two = roundRobin(trace, { ...shared, readsPerPoll: 2 });
const off = await ours(trace, { ...shared, pollingIntervalMs: 2_000 });
show("hints off", off);
console.error({ one: mean(one), two: mean(two), refused: off.refused });

function show(mode: string, outcome: Outcome): void {
  for (const [kind, is] of [
    ["hot", true],
    ["cold", false],
  ] as const) {
    for (const [name, share] of [
      ["median", 0.5],
      ["p95", 0.95],
    ] as const) {
      const at = (of: Outcome): number =>
        percentile(
          of.detections.filter(({ hot }) => hot === is).map(({ delayMs }) => delayMs / 1_000),
          share,
        );
      printAgainst(`detection, ${mode}, ${kind}, ${name}`, "s", at(outcome), {
        name: "round robin",
        value: at(two),
      });
    }
  }
  printAgainst(`detection, ${mode}, all, mean`, "s", mean(outcome), {
    name: "round robin",
    value: mean(two),
  });
  print({
    name: `calls per detected change, ${mode}`,
    value: outcome.reads / outcome.detections.length,
    unit: "calls",
  });
  print({
    name: `calls per poll that found something, ${mode}`,
    value: outcome.reads / outcome.found,
    unit: "calls",
  });
}

function mean({ detections }: Outcome): number {
  return detections.reduce((sum, { delayMs }) => sum + delayMs, 0) / detections.length / 1_000;
}
