/** Who changes when: the same for everything that is compared. */
import { createSeededRandom } from "../../test/support/seeded-random.ts";

export interface Trace {
  readonly workbooks: readonly WorkbookTrace[];
  readonly lengthMs: number;
}

export interface WorkbookTrace {
  readonly id: string;
  readonly hot: boolean;
  /** Times of its changes, in ms from the start. */
  readonly changesMs: readonly number[];
}

export interface TraceOptions {
  readonly seed: number;
  readonly lengthMs: number;
  readonly workbooks: number;
  readonly hot: number;
  /** Mean time between two changes of one workbook. */
  readonly hotEveryMs: number;
  readonly coldEveryMs: number;
}

/** Changes come at random, at each moment as likely as at any other. */
export function makeTrace({ seed, lengthMs, workbooks, hot, hotEveryMs, coldEveryMs }: TraceOptions): Trace {
  const random = createSeededRandom(seed);
  return {
    lengthMs,
    workbooks: Array.from({ length: workbooks }, (_, index) => {
      const isHot = index < hot;
      const mine = random.split(`workbook ${index}`);
      const changesMs: number[] = [];
      const gap = (): number => -Math.log(1 - mine.float()) * (isHot ? hotEveryMs : coldEveryMs);
      for (let atMs = gap(); atMs < lengthMs; atMs += gap()) changesMs.push(atMs);
      return { id: `workbook-${index}`, hot: isHot, changesMs };
    }),
  };
}

/** One change and how long it took until it was seen. */
export interface Detection {
  readonly hot: boolean;
  readonly delayMs: number;
}

export interface Outcome {
  readonly detections: readonly Detection[];
  readonly reads: number;
  /** Polls that found something. */
  readonly found: number;
}
