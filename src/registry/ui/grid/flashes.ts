/** Which cells and rows changed a moment ago, to be highlighted for a short while. */
import type { RowId, Slot, TableChange } from "../../../../client-sdk/src/index.ts";

/** The highlights of one row. Replaced, never changed, so that a row may compare it by identity. */
export interface RowFlash {
  /** Set for a new row. */
  readonly whole?: Flash;
  readonly cells: ReadonlyMap<Slot, Flash>;
}

export interface Flash {
  /** Another at each change of the same cell: restarts its animation. */
  readonly turn: "a" | "b";
  readonly untilMs: number;
}

export interface Flashes {
  note(change: Pick<TableChange, "cells" | "added">, nowMs: number): void;
  of(row: RowId): RowFlash | undefined;
  /** Drops what is over. Returns whether anything was. */
  prune(nowMs: number): boolean;
}

/** How long a highlight stays; theme.css fades it in the same time. */
export const FLASH_MS = 1800;
/** A change of more cells is not a highlight but a new content. */
const CELLS_MAX = 2000;

export function createFlashes(): Flashes {
  const rows = new Map<RowId, RowFlash>();
  const next = (old: Flash | undefined, nowMs: number): Flash => ({
    turn: old?.turn === "a" ? "b" : "a",
    untilMs: nowMs + FLASH_MS,
  });
  return {
    note({ cells, added }, nowMs) {
      if (cells.length + added.length > CELLS_MAX) return;
      for (const [row, slot] of cells) {
        const known = rows.get(row);
        rows.set(row, {
          ...known,
          cells: new Map(known?.cells).set(slot, next(known?.cells.get(slot), nowMs)),
        });
      }
      for (const row of added) {
        const known = rows.get(row);
        rows.set(row, { whole: next(known?.whole, nowMs), cells: known?.cells ?? new Map() });
      }
    },
    of: (row) => rows.get(row),
    prune(nowMs) {
      let dropped = false;
      for (const [row, { whole, cells }] of rows) {
        const kept = new Map([...cells].filter(([, flash]) => flash.untilMs > nowMs));
        const keptWhole = whole && whole.untilMs > nowMs ? whole : undefined;
        if (kept.size === cells.size && keptWhole === whole) continue;
        dropped = true;
        if (kept.size === 0 && !keptWhole) rows.delete(row);
        else rows.set(row, { ...(keptWhole && { whole: keptWhole }), cells: kept });
      }
      return dropped;
    },
  };
}
