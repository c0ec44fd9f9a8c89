/** What a formula sees of its workbook and of the world. */
import type { Box, GridRange } from "../ranges/box.ts";
import type { Matrix } from "./value.ts";

export interface Located {
  readonly box: Box;
  readonly values: () => Matrix;
}

/** Where a formula stands and what it can see. */
export interface Scope {
  readonly row: number;
  readonly column: number;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Null for a tab or cell that does not exist. */
  locate(title: string | null, place: GridRange): Located | null;
  named(name: string): Located | null;
}
