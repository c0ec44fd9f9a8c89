/** When what a cell holds was first seen, as far back as this life of the daemon remembers. */
import type { RowId, Slot } from "#contract/layout.ts";
import type { Delta } from "../../model/delta.ts";
import type { Clock } from "../../runtime/clock.ts";

export interface SeenTimes {
  /** A poll brought these changes. */
  saw(source: string, tab: string, delta: Delta): void;
  /** Wall time; for what was there before the memory begins, when it began. */
  seenAt(source: string, tab: string, row: RowId, slot: Slot): number;
  forget(source: string): void;
}

/** A changed column of a large tab; beyond it the memory begins anew. */
const CELLS_PER_SOURCE_MAX = 100_000;

interface Memory {
  readonly beganAtMs: number;
  readonly cells: Map<string, number>;
}

export function createSeenTimes(clock: Pick<Clock, "nowMs">): SeenTimes {
  const startedAtMs = clock.nowMs();
  const memories = new Map<string, Memory>();
  return {
    saw(source, tab, { cells }) {
      if (cells.length === 0) return;
      const nowMs = clock.nowMs();
      const known = memories.get(source) ?? { beganAtMs: startedAtMs, cells: new Map<string, number>() };
      const full = known.cells.size + cells.length > CELLS_PER_SOURCE_MAX;
      const memory = full ? { beganAtMs: nowMs, cells: new Map<string, number>() } : known;
      memories.set(source, memory);
      if (cells.length > CELLS_PER_SOURCE_MAX) return;
      for (const [row, slot] of cells) memory.cells.set(keyOf(tab, row, slot), nowMs);
    },
    seenAt(source, tab, row, slot) {
      const memory = memories.get(source);
      return memory?.cells.get(keyOf(tab, row, slot)) ?? memory?.beganAtMs ?? startedAtMs;
    },
    forget: (source) => void memories.delete(source),
  };
}

function keyOf(tab: string, row: RowId, slot: Slot): string {
  return `${row}:${slot}:${tab}`;
}
