import type { CellValue } from "#contract/cell.ts";

/** 32-bit hashes of cells and rows. Equal content gives equal hashes; callers verify what a hash says. */

const floatBits = new Float64Array(1);
const intBits = new Int32Array(floatBits.buffer);

const BLANK = 0x9e3779b9 | 0;

export function hashCell(value: CellValue | undefined): number {
  switch (typeof value) {
    case "string":
      return hashText(value, 0x811c9dc5);
    case "number":
      if ((value | 0) === value) return Math.imul(value ^ 0x27d4eb2d, 0x85ebca6b);
      floatBits[0] = value;
      return Math.imul(intBits[0]! ^ Math.imul(intBits[1]!, 0xc2b2ae35), 0x85ebca6b);
    case "boolean":
      return value ? 0x51ed270b : 0x2c1b3c6d;
    default:
      return value ? hashText(value.error, 0x3c6ef372) : BLANK;
  }
}

/**
 * Hash of the cells of `row` at `places`, in that order. Reading by place lets a baseline row (by slot) and a
 * snapshot row (by position) hash alike.
 */
export function hashRow(row: readonly CellValue[], places: Int32Array): number {
  let hash = 0;
  for (let i = 0; i < places.length; i++) {
    hash = Math.imul(hash ^ hashCell(row[places[i]!]), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 13);
}
