/**
 * Gathers a document's updates into one frame per flush. The first update after a pause leaves at once; while more
 * come, they wait for the interval, which grows with the room and with how long its last flush kept the loop, and
 * stays far below the two seconds within which a change must be seen.
 */
import * as Y from "yjs";
import type { Clock } from "../runtime/clock.ts";

export interface Flush {
  /** A durable update, in order. */
  add(update: Uint8Array): void;
  stop(): void;
}

export interface FlushDeps {
  readonly clock: Clock;
  /** Sessions that get the frame. */
  readonly size: () => number;
  readonly send: (update: Uint8Array) => void;
}

const INTERVAL_MS_MIN = 20;
const INTERVAL_MS_MAX = 1_000;
/** One flush a second at 100,000 sessions: two a second made p99 no better [measured on raw sockets]. */
const INTERVAL_MS_PER_SESSION = 0.01;
/** Sending takes this share of the time at most; so a loop that is busy otherwise is sent less often, too. */
const COST_SHARE = 0.5;
/** Merging is superlinear: more than this are merged in parts as they come. */
const GATHERED_MAX = 100;

export function createFlush({ clock, size, send }: FlushDeps): Flush {
  let gathered: Uint8Array[] = [];
  let cancel: (() => void) | null = null;
  let costMs = 0;

  function interval(): number {
    const wanted = Math.max(INTERVAL_MS_MIN, size() * INTERVAL_MS_PER_SESSION, costMs / COST_SHARE);
    return Math.min(INTERVAL_MS_MAX, wanted);
  }
  function flush(): void {
    cancel = null;
    if (gathered.length === 0) return;
    const update = gathered.length === 1 ? gathered[0]! : Y.mergeUpdates(gathered);
    gathered = [];
    const startMs = clock.monotonicMs();
    send(update);
    // Sockets write at the end of the loop's turn, so what it took is known in the next one.
    cancel = clock.wakeAt(startMs, () => {
      const endMs = clock.monotonicMs();
      costMs = endMs - startMs;
      cancel = clock.wakeAt(endMs + interval(), flush);
    });
  }

  return {
    add(update) {
      gathered.push(update);
      if (gathered.length >= GATHERED_MAX) gathered = [Y.mergeUpdates(gathered)];
      if (!cancel) flush();
    },
    stop() {
      cancel?.();
      gathered = [];
    },
  };
}
