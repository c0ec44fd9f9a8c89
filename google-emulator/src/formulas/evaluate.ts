/** Computes a formula's tree. Errors are values: the first one met is the result, unless a function catches it. */
import type { Node } from "./formula.ts";
import { callFunction } from "./functions.ts";
import { applyLambda, lambdaOf } from "./lambdas.ts";
import { lineUp } from "./line-up.ts";
import { binary, spread, unary } from "./operators.ts";
import type { Scope } from "./scope.ts";
import { stacked } from "./stack.ts";
import { FormulaError, matrix, type Value } from "./value.ts";

/** The value of a whole formula: a block stays one, save a bare reference, which gives the cell in line with it. */
export function evaluateFormula(tree: Node, scope: Scope): Value {
  const value = evaluate(tree, scope);
  return tree.kind === "range" || tree.kind === "name" ? lineUp(tree, value, scope) : value;
}

export function evaluate(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "empty":
      return null;
    case "error":
      return new FormulaError(node.code, node.code === "#REF!" ? "Reference does not exist." : "");
    case "range": {
      const found = scope.locate(node.title, node.place);
      if (found) return found.values();
      const why =
        node.title === null ? "Reference does not exist." : `Unresolved sheet name '${node.title}'.`;
      return new FormulaError("#REF!", why);
    }
    case "name":
      return named(node.name, scope);
    case "array":
      return stacked(
        node.rows.map((row) =>
          stacked(
            row.map((item) => matrix(evaluate(item, { ...scope, array: true }))),
            "right",
          ),
        ),
        "down",
      );
    case "unary":
      return spread([operand(node.operand, scope)], ([one = null]) => unary(node.operator, one));
    case "binary":
      return spread([operand(node.left, scope), operand(node.right, scope)], ([a = null, b = null]) =>
        binary(node.operator, a, b),
      );
    case "call":
      return callFunction(node.name, node.args, scope, evaluate);
    case "apply": {
      const lambda = lambdaOf(node.target, scope);
      if (!lambda) return new FormulaError("#NAME?", "Only a LAMBDA can be called.");
      return applyLambda(
        lambda,
        node.args.map((arg) => evaluate(arg, scope)),
        evaluate,
      );
    }
  }
}

function named(name: string, scope: Scope): Value {
  const bound = scope.names.get(name.toLowerCase());
  if (bound?.kind === "value") return bound.value;
  const found = scope.named(name);
  return found ? found.values() : new FormulaError("#NAME?", `Unknown range name: '${name}'.`);
}

/** An operand is one value, unless an array is being computed. */
function operand(node: Node, scope: Scope): Value {
  const value = evaluate(node, scope);
  return scope.array ? value : lineUp(node, value, scope);
}
