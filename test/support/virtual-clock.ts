import type { Clock } from "../../src/runtime/clock.ts";

/** A clock that stands still until told otherwise. */
export interface VirtualClock extends Clock {
  /**
   * Moves time on by `ms`, firing the wakes that fall due in the order of their times, and lets all that each one
   * set off settle before the next. A wake that throws rejects this call. Calls may overlap: time only goes on.
   */
  advance(ms: number): Promise<void>;
  /** Fires what is due by now and lets promise jobs and immediates settle; time stands still. */
  settle(): Promise<void>;
  /** Moves wall time alone, as when somebody sets the machine's clock. */
  jumpWall(ms: number): void;
  /** When the next wake is due, in monotonic milliseconds; null when nothing waits. */
  nextWakeMs(): number | null;
  /** How many wakes wait: 0 after a clean end. */
  pending(): number;
}

interface Wake {
  readonly atMs: number;
  readonly run: () => void;
}

/** Turns of the event loop that count as settled: socket pairs and streams in process need a few, not one. */
const SETTLE_TURNS = 4;

/** `startMs` is the wall time at the start; monotonic time starts at 0, so that mixing them up shows. */
export function createVirtualClock({
  startMs = Date.UTC(2030, 0, 1),
}: {
  startMs?: number;
} = {}): VirtualClock {
  let monotonic = 0;
  let wallOffset = startMs;
  // Sorted by time; those of the same time in the order they were asked for.
  const wakes: Wake[] = [];
  let busy: Promise<unknown> = Promise.resolve();

  async function advance(ms: number): Promise<void> {
    const target = monotonic + ms;
    await inTurn(turns);
    for (let more = true; more; ) more = await inTurn(() => step(target));
  }

  /** Of calls that overlap one goes on at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = busy.then(work);
    busy = done.catch(() => {});
    return done;
  }

  async function step(target: number): Promise<boolean> {
    const next = wakes[0];
    const due = next !== undefined && next.atMs <= target;
    // Never back: somebody else may have let more time pass.
    monotonic = Math.max(monotonic, due ? next.atMs : target);
    if (!due) return false;
    wakes.shift();
    next.run();
    await turns();
    return true;
  }

  return {
    nowMs: () => wallOffset + monotonic,
    monotonicMs: () => monotonic,
    wakeAt(atMs, run) {
      const wake: Wake = { atMs, run };
      const later = wakes.findIndex((other) => other.atMs > atMs);
      wakes.splice(later < 0 ? wakes.length : later, 0, wake);
      return () => {
        const index = wakes.indexOf(wake);
        if (index >= 0) wakes.splice(index, 1);
      };
    },
    advance,
    settle: () => advance(0),
    jumpWall(ms) {
      wallOffset += ms;
    },
    nextWakeMs: () => wakes[0]?.atMs ?? null,
    pending: () => wakes.length,
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
