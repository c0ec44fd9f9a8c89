/** Measures how long the event loop is kept from turning, stretch by stretch. */
import { openSync, readSync } from "node:fs";

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

/** Time in which this thread could have run but another had the core does not count, where the system tells it. */
export function createLoopWatch(): LoopWatch {
  const stretches: number[] = [];
  const waitedMs = createWaitMeter();
  let [sinceMs, waitedBeforeMs] = [0, 0];
  let running = false;

  function turn(): void {
    if (!running) return;
    note();
    setImmediate(turn);
  }
  function begin(): void {
    waitedBeforeMs = waitedMs();
    sinceMs = performance.now();
  }
  function note(): void {
    const wallMs = performance.now() - sinceMs;
    const ms = wallMs - (waitedMs() - waitedBeforeMs);
    if (ms >= LEAST_MS) stretches.push(ms);
    begin();
  }

  return {
    start() {
      running = true;
      begin();
      setImmediate(turn);
    },
    stop() {
      running = false;
    },
    aside(work) {
      note();
      const startMs = performance.now();
      work();
      begin();
      return sinceMs - startMs;
    },
    stretchesMs: () => stretches,
  };
}

/** How long this thread has waited for a core, in ms: the second number of Linux' schedstat, in ns. */
function createWaitMeter(): () => number {
  if (process.platform !== "linux") return () => 0;
  const file = openSync("/proc/thread-self/schedstat", "r");
  const text = Buffer.alloc(64);
  return () =>
    Number(text.toString("latin1", 0, readSync(file, text, 0, text.length, 0)).split(" ")[1]) / 1e6;
}
