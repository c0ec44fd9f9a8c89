/** A brake on writes of one cell, so that a loop of programs that answer each other does not spend the quota. */
import type { Clock } from "../../runtime/clock.ts";

export interface Brake {
  /** How long the cell has to wait, in ms; 0: it may be written. */
  waitMs(cell: string): number;
  /** It goes out now. */
  note(cell: string): void;
}

/** A person who drags a slider makes one write of many edits; a loop makes many writes of one edit each. */
export const WRITES_PER_CELL_PER_MINUTE_MAX = 30;
const WINDOW_MS = 60_000;

export function createBrake(clock: Pick<Clock, "monotonicMs">): Brake {
  /** When it was written in the last minute, the oldest first. */
  const times = new Map<string, number[]>();
  let sweptAt = clock.monotonicMs();

  function recent(cell: string): number[] {
    const from = clock.monotonicMs() - WINDOW_MS;
    const kept = (times.get(cell) ?? []).filter((atMs) => atMs > from);
    if (kept.length > 0) times.set(cell, kept);
    else times.delete(cell);
    return kept;
  }

  return {
    waitMs(cell) {
      const kept = recent(cell);
      if (kept.length < WRITES_PER_CELL_PER_MINUTE_MAX) return 0;
      return kept[kept.length - WRITES_PER_CELL_PER_MINUTE_MAX]! + WINDOW_MS - clock.monotonicMs();
    },
    note(cell) {
      const nowMs = clock.monotonicMs();
      if (nowMs - sweptAt > WINDOW_MS) {
        for (const known of [...times.keys()]) recent(known);
        sweptAt = nowMs;
      }
      times.set(cell, [...recent(cell), nowMs]);
    },
  };
}
