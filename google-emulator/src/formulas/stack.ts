/** Blocks put beside or below each other. */
import { FormulaError, type Matrix } from "./value.ts";

/** What is missing to a rectangle is #N/A. */
export function stacked(blocks: readonly Matrix[], direction: "right" | "down"): Matrix {
  const filler = new FormulaError("#N/A", "An array is smaller than the one beside it.");
  if (direction === "right") {
    const rows = Math.max(0, ...blocks.map((block) => block.length));
    return Array.from({ length: rows }, (_none, row) =>
      blocks.flatMap((block) => block[row] ?? (block[0] ?? []).map(() => filler)),
    );
  }
  const width = Math.max(0, ...blocks.map((block) => block[0]?.length ?? 0));
  return blocks.flatMap((block) =>
    block.map((row) => Array.from({ length: width }, (_none, i) => (i < row.length ? row[i]! : filler))),
  );
}
