import type { Detection, Outcome, Trace } from "./trace.ts";

/**
 * The baseline: one workbook after the other, as fast as the quota lets it, whatever happens in them. Its requests are
 * spread as evenly as can be, and each finds what was changed before it was answered.
 */
export function roundRobin(
  trace: Trace,
  options: {
    readonly warmUpMs: number;
    readonly readsPerMinute: number;
    /** Requests for one workbook; the last one brings the values. */
    readonly readsPerPoll: number;
    readonly answerMs: number;
  },
): Outcome {
  const gapMs = (60_000 / options.readsPerMinute) * options.readsPerPoll;
  const next = trace.workbooks.map(() => 0);
  const detections: Detection[] = [];
  let [reads, found] = [0, 0];
  for (let turn = 0; turn * gapMs < trace.lengthMs; turn++) {
    const index = turn % trace.workbooks.length;
    const { changesMs, hot } = trace.workbooks[index]!;
    const [readMs, seenMs] = [turn * gapMs + options.answerMs / 2, turn * gapMs + options.answerMs];
    const counts = turn * gapMs >= options.warmUpMs;
    if (counts) reads += options.readsPerPoll;
    const before = next[index]!;
    while ((changesMs[next[index]!] ?? Number.POSITIVE_INFINITY) <= readMs) {
      const madeMs = changesMs[next[index]!++]!;
      if (madeMs >= options.warmUpMs) detections.push({ hot, delayMs: seenMs - madeMs });
    }
    if (counts && next[index]! > before) found++;
  }
  return { detections, reads, found };
}
