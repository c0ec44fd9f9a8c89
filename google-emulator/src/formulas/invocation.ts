/** A function being called: its arguments, evaluated only when asked for. */
import type { Node } from "./formula.ts";
import type { Scope } from "./scope.ts";
import type { FormulaError, Value } from "./value.ts";

export interface Invocation {
  readonly name: string;
  readonly args: readonly Node[];
  readonly scope: Scope;
  readonly evaluate: (node: Node, scope: Scope) => Value;
  /** The i-th argument's value; null when it was not given. */
  value(i: number): Value;
  /** All numbers among the arguments as Google counts them: cells that hold text are passed over. */
  numbers(from?: number): number[] | FormulaError;
}
