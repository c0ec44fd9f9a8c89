/**
 * The last changes of a document as they were applied, for readers who take whole change sets. Who has seen the
 * document at a position that is not older than these goes on with exactly what follows.
 */
import type { Column } from "#contract/layout.ts";
import type { Position } from "../backend/backend.ts";
import type { Delta } from "../model/delta.ts";

/** A durable step of a document. */
export interface Change {
  /** Where it led to. */
  readonly position: Position;
  readonly revision: string;
  readonly delta: Delta;
  /** A column came or has another key: who knows the rows by key must take them anew. */
  readonly rekeyed: boolean;
}

export interface RecentChanges {
  note(change: Change): void;
  /** What follows `position`; null when that is not remembered. */
  since(position: Position): readonly Change[] | null;
}

const STEPS_MAX = 256;
/** Cells remembered, each a reference or a few bytes. */
const CELLS_MAX = 50_000;

/** `from`: the position that the first change will follow. */
export function createRecentChanges(from: Position): RecentChanges {
  let floor = from;
  let changes: Change[] = [];
  let cells = 0;
  return {
    note(change) {
      changes.push(change);
      cells += sizeOf(change.delta);
      let drop = 0;
      while (changes.length - drop > STEPS_MAX || (cells > CELLS_MAX && drop < changes.length)) {
        const { position, delta } = changes[drop++]!;
        cells -= sizeOf(delta);
        floor = position;
      }
      if (drop > 0) changes = changes.slice(drop);
    },
    since: (position) => (position < floor ? null : changes.filter((change) => change.position > position)),
  };
}

/** Whether rows known by the keys of `before` can be kept up to date by cells alone. */
export function isRekeyed(before: readonly Column[], after: readonly Column[]): boolean {
  const keys = new Map(before.map(({ slot, key }) => [slot, key]));
  return after.some(({ slot, key }) => keys.get(slot) !== key);
}

function sizeOf({ added, cells, removed, order }: Delta): number {
  let size = cells.length + removed.length + 1;
  for (const [, values] of added) size += values.length;
  for (const { insert } of order) size += insert.length;
  return size;
}
