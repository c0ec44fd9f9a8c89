/**
 * A condition on rows, as data: what a `where` means once it is parsed. Only comparing, never calling: it ends in
 * time linear in its size, whatever it says.
 */
import type { CellValue } from "#contract/cell.ts";

export type Expression =
  | { readonly tag: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly tag: "not"; readonly part: Expression }
  | {
      readonly tag: "compare";
      readonly operator: Comparison;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly tag: "in"; readonly operand: Operand; readonly among: readonly Operand[] }
  | { readonly tag: "blank"; readonly operand: Operand };

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "starts with" | "ends with";

export type Operand =
  /** By key. */
  | { readonly tag: "column"; readonly key: string }
  | { readonly tag: "value"; readonly value: Exclude<CellValue, object> }
  /** A claim of the reader's token. */
  | { readonly tag: "claim"; readonly name: string };

/** `at` is where in the text, counted from 0. */
export interface WhereProblem {
  readonly at: number;
  readonly problem: string;
  readonly fix: string;
}

/** Operands of a condition, each once per mention. */
export function operandsOf(expression: Expression): Operand[] {
  switch (expression.tag) {
    case "and":
    case "or":
      return expression.parts.flatMap(operandsOf);
    case "not":
      return operandsOf(expression.part);
    case "compare":
      return [expression.left, expression.right];
    case "in":
      return [expression.operand, ...expression.among];
    case "blank":
      return [expression.operand];
  }
}

/** Keys of the columns that a condition looks at. */
export function columnsOf(expression: Expression): string[] {
  return [...new Set(operandsOf(expression).flatMap((one) => (one.tag === "column" ? [one.key] : [])))];
}

/** Names of the claims that a condition looks at, in alphabetical order. */
export function claimsOf(expression: Expression): string[] {
  const names = operandsOf(expression).flatMap((one) => (one.tag === "claim" ? [one.name] : []));
  return [...new Set(names)].sort();
}
