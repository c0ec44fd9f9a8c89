import type { Clock } from "../runtime/clock.ts";

/** How much one session asks of the server. */
export interface FrameMeter {
  /** Takes a cost in frames into account; false: more than the session may. */
  take(frames: number): boolean;
}

/** Long enough for the bursts of a client that joins a busy room. */
const WINDOW_MS = 10_000;
/** A large answer costs as much as a frame per this many bytes, and never more than this share of a window. */
const ANSWER_BYTES_PER_FRAME = 64 * 1024;
const ANSWER_SHARE_MAX = 0.25;

export function createFrameMeter(clock: Clock, perSecondMax: number): FrameMeter {
  const most = (perSecondMax * WINDOW_MS) / 1000;
  let endMs = 0;
  let left = 0;
  return {
    take(frames) {
      const nowMs = clock.monotonicMs();
      if (nowMs >= endMs) {
        endMs = nowMs + WINDOW_MS;
        left = most;
      }
      left -= Math.min(frames, most * ANSWER_SHARE_MAX);
      return left >= 0;
    },
  };
}

/** What an answer of this size costs, in frames. */
export function answerCost(bytes: number): number {
  return bytes / ANSWER_BYTES_PER_FRAME;
}
