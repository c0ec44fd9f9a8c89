import type { Clock } from "./clock.ts";

/** What the system clock stands on; a test brings its own. */
export interface Timers {
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: never) => void;
}

/** setTimeout takes 31 bits of milliseconds, about 25 days, and fires at once beyond. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

const systemTimers: Timers = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export function createSystemClock(timers: Timers = systemTimers): Clock {
  return {
    nowMs: timers.nowMs,
    monotonicMs: timers.monotonicMs,
    wakeAt(atMs, run) {
      let timer: unknown;
      const wait = (): void => {
        const leftMs = Math.ceil(atMs - timers.monotonicMs());
        timer = timers.setTimeout(fire, Math.min(Math.max(leftMs, 0), TIMEOUT_MS_MAX));
      };
      const fire = (): void => {
        // A timer may fire a fraction early, or at the limit above.
        if (timers.monotonicMs() < atMs) wait();
        else run();
      };
      wait();
      return () => timers.clearTimeout(timer as never);
    },
  };
}
