import type { Clock } from "../runtime/clock.ts";

/** Meters what sessions ask of the server; one for all, since each has an account of two numbers only. */
export interface FrameMeter {
  /** Takes a cost in frames into account; false: more than one session may. */
  take(account: Account, frames: number): boolean;
}

/** What a session has asked so far; both 0 at first. */
export interface Account {
  windowEndMs: number;
  framesLeft: number;
}

/** Long enough for the bursts of a client that joins a busy room. */
const WINDOW_MS = 10_000;
/** A large answer costs as much as a frame per this many bytes, and never more than this share of a window. */
const ANSWER_BYTES_PER_FRAME = 64 * 1024;
const ANSWER_SHARE_MAX = 0.25;

export function createFrameMeter(clock: Clock, perSecondMax: number): FrameMeter {
  const most = (perSecondMax * WINDOW_MS) / 1000;
  return {
    take(account, frames) {
      const nowMs = clock.monotonicMs();
      if (nowMs >= account.windowEndMs) {
        account.windowEndMs = nowMs + WINDOW_MS;
        account.framesLeft = most;
      }
      account.framesLeft -= Math.min(frames, most * ANSWER_SHARE_MAX);
      return account.framesLeft >= 0;
    },
  };
}

/** What an answer of this size costs, in frames. */
export function answerCost(bytes: number): number {
  return bytes / ANSWER_BYTES_PER_FRAME;
}
