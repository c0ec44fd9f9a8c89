/** A reference where one value is wanted: the cell in the formula's own row or column. */
import type { Node } from "./formula.ts";
import { isBlock } from "./operators.ts";
import type { Scope } from "./scope.ts";
import { FormulaError, scalar, type Value } from "./value.ts";

/** A block that is no reference keeps its first cell for what reads it. */
export function lineUp(node: Node, value: Value, scope: Scope): Value {
  if (!isBlock(value)) return value;
  const isName = node.kind === "name" && !scope.names.has(node.name.toLowerCase());
  if (node.kind !== "range" && !isName) return scalar(value);
  const box = (node.kind === "range" ? scope.locate(node.title, node.place) : scope.named(node.name))?.box;
  const within = (at: number, start: number, end: number): boolean => at >= start && at < end;
  if (box && box.endColumn - box.startColumn === 1 && within(scope.row, box.startRow, box.endRow)) {
    return value[scope.row - box.startRow]?.[0] ?? null;
  }
  if (box && box.endRow - box.startRow === 1 && within(scope.column, box.startColumn, box.endColumn)) {
    return value[0]?.[scope.column - box.startColumn] ?? null;
  }
  return new FormulaError("#VALUE!", "An array value could not be found.");
}
