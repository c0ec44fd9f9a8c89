/** Time as an argument. The system's is in system.ts; tests and simulation bring their own. */
export interface Clock {
  /** Milliseconds since 1970, wall time: may jump. For people and records, never for intervals. */
  nowMs(): number;
  /** Milliseconds since some start; never goes back. For intervals and deadlines. */
  monotonicMs(): number;
  /** Runs `run` once `monotonicMs()` is at least `atMs`, never before this call returned. Returns its undo. */
  wakeAt(atMs: number, run: () => void): () => void;
}

/** Resolves after `ms`, or at once when `signal` aborts; look at `signal.aborted` afterwards. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = clock.wakeAt(clock.monotonicMs() + ms, done);
    function done(): void {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}
