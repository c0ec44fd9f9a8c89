/** Measures how long the event loop is kept from turning, stretch by stretch. */
export interface LoopWatch {
  start(): void;
  stop(): void;
  /** Runs work of the benchmark itself, which does not count. Returns its time in ms. */
  aside(work: () => void): number;
  /** Every stretch of at least a millisecond between two turns of the loop, in ms. */
  stretchesMs(): readonly number[];
}

/** Idle turns are many and tell nothing. */
const LEAST_MS = 1;

export function createLoopWatch(): LoopWatch {
  const stretches: number[] = [];
  let sinceMs = 0;
  let running = false;

  function turn(): void {
    if (!running) return;
    note();
    setImmediate(turn);
  }
  function note(): void {
    const nowMs = performance.now();
    if (nowMs - sinceMs >= LEAST_MS) stretches.push(nowMs - sinceMs);
    sinceMs = nowMs;
  }

  return {
    start() {
      running = true;
      sinceMs = performance.now();
      setImmediate(turn);
    },
    stop() {
      running = false;
    },
    aside(work) {
      note();
      work();
      const nowMs = performance.now();
      const tookMs = nowMs - sinceMs;
      sinceMs = nowMs;
      return tookMs;
    },
    stretchesMs: () => stretches,
  };
}
