/**
 * How soon a change in one of 200 workbooks is seen, when one account may read 60 times a minute: ten workbooks
 * change every few seconds, the others once an hour each, at random. Virtual time; round robins go over the same
 * changes: one that knows the tabs and reads values alone, and the usual one that lists the tabs each time.
 */
import { type OursOptions, ours } from "./detection/ours.ts";
import { roundRobin } from "./detection/round-robin.ts";
import { makeTrace, type Outcome, type Trace } from "./detection/trace.ts";
import { percentile, print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";

const MINUTE_MS = 60_000;
const WARM_UP_MS = numberOption("warm-up-minutes", 60) * MINUTE_MS;
const READS_PER_MINUTE = 60;
const SHARED = { warmUpMs: WARM_UP_MS, readsPerMinute: READS_PER_MINUTE, answerMs: 150 };
const POLLING_INTERVAL_MS = 2_000;

const SIZE = {
  seed: numberOption("seed", 1),
  lengthMs: WARM_UP_MS + numberOption("minutes", 180) * MINUTE_MS,
  workbooks: 200,
  hot: 10,
  coldEveryMs: numberOption("cold-every-ms", 3_600_000),
};
const trace = makeTrace({ ...SIZE, hotEveryMs: numberOption("hot-every-ms", 3_000) });

const usual = roundRobin(trace, { ...SHARED, readsPerPoll: 2 });
const knowing = roundRobin(trace, { ...SHARED, readsPerPoll: 1 });
print({
  name: "detection, least mean that any sharing without hints reaches",
  value: leastMean(trace),
  unit: "s",
});
print({ name: "detection, round robin of values alone, all, mean", value: mean(knowing), unit: "s" });
const off = await show(trace, "hints off", "off", usual);
print({
  name: "detection, hints off, all, mean, beside a round robin of values alone",
  value: mean(off),
  unit: "s",
  baseline: { name: "round robin of values alone", value: mean(knowing) },
  ratio: mean(knowing) / mean(off),
});
await show(trace, "Drive's feed", "drive", usual);
await show(trace, "Drive's pushes", "push", usual);
await show(trace, "triggers", "trigger", usual);
// Ten workbooks at one change in three seconds are 200 changes a minute, where 60 reads may be sent. This is the speed
// of the hints themselves, with room in the quota.
const carried = makeTrace({ ...SIZE, hotEveryMs: 30_000 });
await show(
  carried,
  "triggers, hot ones every 30 s",
  "trigger",
  roundRobin(carried, { ...SHARED, readsPerPoll: 2 }),
);

async function show(
  of: Trace,
  mode: string,
  hints: OursOptions["hints"],
  baseline: Outcome,
): Promise<Outcome> {
  const outcome = await ours(of, { ...SHARED, pollingIntervalMs: POLLING_INTERVAL_MS, hints });
  for (const [kind, is] of [
    ["hot", true],
    ["cold", false],
  ] as const) {
    for (const [name, share] of [
      ["median", 0.5],
      ["p95", 0.95],
    ] as const) {
      const at = ({ detections }: Outcome): number =>
        percentile(
          detections.filter(({ hot }) => hot === is).map(({ delayMs }) => delayMs / 1_000),
          share,
        );
      const value = at(baseline);
      printAgainst(`detection, ${mode}, ${kind}, ${name}`, "s", at(outcome), { name: "round robin", value });
    }
  }
  printAgainst(`detection, ${mode}, all, mean`, "s", mean(outcome), {
    name: "round robin",
    value: mean(baseline),
  });
  printAgainst(`detection, ${mode}, calls per detected change`, "calls", callsPerChange(outcome), {
    name: "round robin",
    value: callsPerChange(baseline),
  });
  if (outcome.refused > 0) throw new Error(`Google refused ${outcome.refused} reads`);
  return outcome;
}

function mean({ detections }: Outcome): number {
  return detections.reduce((sum, { delayMs }) => sum + delayMs, 0) / detections.length / 1_000;
}

function callsPerChange({ reads, detections }: Outcome): number {
  return reads / detections.length;
}

/**
 * Changes at random are seen half an interval late on average, so that the mean is least where intervals go by the
 * inverse root of the change rates: (sum of the roots)^2 / (2 x polls a second x sum of the rates).
 */
function leastMean({ workbooks, lengthMs }: Trace): number {
  const rates = workbooks.map(({ changesMs }) => changesMs.length / (lengthMs / 1_000));
  const roots = rates.reduce((sum, rate) => sum + Math.sqrt(rate), 0);
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  return roots ** 2 / (2 * (READS_PER_MINUTE / 60) * all);
}
