/** What a formula sees of its workbook and of the world. */
import type { Box, GridRange } from "../ranges/box.ts";
import type { Node } from "./formula.ts";
import type { Matrix, Value } from "./value.ts";

export interface Located {
  readonly title: string | null;
  readonly box: Box;
  readonly values: () => Matrix;
  /** The formula in the first cell, with its "="; null where there is none. */
  readonly formula: () => string | null;
}

/** LAMBDA(x, x + 1): what it computes with and where it was written. */
export interface Lambda {
  readonly parameters: readonly string[];
  readonly body: Node;
  readonly scope: Scope;
}

export type Bound =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "lambda"; readonly lambda: Lambda };

/** Where a formula stands and what it can see. */
export interface Scope {
  readonly row: number;
  readonly column: number;
  /** Within ARRAYFORMULA and the like, functions of one value take blocks cell by cell. */
  readonly array: boolean;
  /** Names of LET and LAMBDA, in lower case. */
  readonly names: ReadonlyMap<string, Bound>;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Null for a tab or cell that does not exist. */
  locate(title: string | null, place: GridRange): Located | null;
  named(name: string): Located | null;
}
