/** Holds the intervals that are set from now on, so that a test moves them with its own clock. */
export interface Intervals {
  /** Runs what falls due within the next `ms`, in order. */
  advance(ms: number): void;
  restore(): void;
}

interface Held {
  readonly everyMs: number;
  readonly run: () => void;
  atMs: number;
}

export function captureIntervals(): Intervals {
  const { setInterval, clearInterval } = globalThis;
  const held = new Map<object, Held>();
  let nowMs = 0;
  const set = (run: (...args: unknown[]) => void, everyMs = 0, ...args: unknown[]): object => {
    const handle = {};
    held.set(handle, { everyMs, run: () => run(...args), atMs: nowMs + everyMs });
    return handle;
  };
  const clear = (handle: unknown): void => {
    if (typeof handle === "object" && handle !== null && held.delete(handle)) return;
    clearInterval(handle as Timer);
  };
  Object.assign(globalThis, { setInterval: set, clearInterval: clear });
  return {
    advance(ms) {
      nowMs += ms;
      for (const interval of [...held.values()]) {
        for (; interval.atMs <= nowMs; interval.atMs += interval.everyMs) interval.run();
      }
    },
    restore() {
      Object.assign(globalThis, { setInterval, clearInterval });
    },
  };
}
