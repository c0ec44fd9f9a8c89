/** The block of cells between two corners, by their places. */
import type { CellPlace } from "./navigation.ts";

export interface Block {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function blockOf(a: CellPlace, b: CellPlace): Block {
  return {
    top: Math.min(a.row, b.row),
    bottom: Math.max(a.row, b.row),
    left: Math.min(a.column, b.column),
    right: Math.max(a.column, b.column),
  };
}

export function cellCount({ top, bottom, left, right }: Block): number {
  return (bottom - top + 1) * (right - left + 1);
}

/** The block's columns where it crosses the row, as "left-right"; undefined where it does not, or is one cell. */
export function blockInRow(block: Block | null, row: number): string | undefined {
  if (!block || cellCount(block) === 1 || row < block.top || row > block.bottom) return undefined;
  return `${block.left}-${block.right}`;
}

export function isInRange(range: string | undefined, column: number): boolean {
  if (range === undefined) return false;
  const [left, right] = range.split("-").map(Number);
  return column >= left! && column <= right!;
}
