/** Computes a formula's tree. Errors are values: the first one met is the result, unless a function catches it. */
import type { Node } from "./formula.ts";
import { callFunction } from "./functions.ts";
import type { Scope } from "./scope.ts";
import {
  compareScalars,
  FormulaError,
  type Matrix,
  type Scalar,
  scalar,
  toNumber,
  toText,
  type Value,
} from "./value.ts";

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
    case "name": {
      const found = scope.named(node.name);
      return found ? found.values() : new FormulaError("#NAME?", `Unknown range name: '${node.name}'.`);
    }
    case "array":
      return node.rows.map((row) => row.map((item) => scalar(evaluate(item, scope))));
    case "unary":
      return unary(node.operator, evaluate(node.operand, scope));
    case "binary":
      return eachCell(evaluate(node.left, scope), evaluate(node.right, scope), (a, b) =>
        binary(node.operator, a, b),
      );
    case "call":
      return callFunction(node.name, node.args, scope, evaluate);
  }
}

const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  "+": "ADD",
  "-": "MINUS",
  "*": "MULTIPLY",
  "/": "DIVIDE",
  "^": "POW",
};

function unary(operator: string, operand: Value): Value {
  return eachCell(operand, null, (one) => {
    if (operator === "+") return one;
    const number = toNumber(
      one,
      operator === "%" ? "Function UNARY_PERCENT parameter 1" : "Function UMINUS parameter 1",
    );
    if (number instanceof FormulaError) return number;
    return operator === "%" ? number / 100 : -number;
  });
}

function binary(operator: string, a: Scalar, b: Scalar): Scalar {
  if (a instanceof FormulaError) return a;
  if (b instanceof FormulaError) return b;
  if (operator === "&") return `${toText(a)}${toText(b)}`;
  if (/^[=<>]/.test(operator)) return compared(operator, a, b);
  const name = `Function ${OPERATOR_NAMES[operator]} parameter`;
  const [x, y] = [toNumber(a, `${name} 1`), toNumber(b, `${name} 2`)];
  if (x instanceof FormulaError) return x;
  if (y instanceof FormulaError) return y;
  if (operator === "/" && y === 0) return new FormulaError("#DIV/0!", `${name} 2 cannot be zero.`);
  const result = arithmetic(operator, x, y);
  return Number.isFinite(result)
    ? result
    : new FormulaError("#NUM!", "Numeric value is too large or undefined.");
}

function arithmetic(operator: string, x: number, y: number): number {
  if (operator === "+") return x + y;
  if (operator === "-") return x - y;
  if (operator === "*") return x * y;
  return operator === "/" ? x / y : x ** y;
}

function compared(operator: string, a: Scalar, b: Scalar): boolean {
  const order = compareScalars(asPeer(a, b), asPeer(b, a));
  if (operator === "=") return order === 0;
  if (operator === "<>") return order !== 0;
  if (operator === "<") return order < 0;
  if (operator === ">") return order > 0;
  return operator === "<=" ? order <= 0 : order >= 0;
}

/** An empty cell equals 0, "" and FALSE, whatever stands on the other side. */
function asPeer(value: Scalar, other: Scalar): Scalar {
  if (value !== null || other === null) return value;
  return typeof other === "number" ? 0 : typeof other === "string" ? "" : false;
}

/** Applies to single values or, when a block takes part, cell by cell. */
function eachCell(a: Value, b: Value, apply: (a: Scalar, b: Scalar) => Scalar): Value {
  if (!isBlock(a) && !isBlock(b)) return apply(scalar(a), scalar(b));
  const at = (value: Value, row: number, column: number): Scalar =>
    isBlock(value) ? (value[row]?.[column] ?? null) : scalar(value);
  const rows = Math.max(isBlock(a) ? a.length : 1, isBlock(b) ? b.length : 1);
  const columns = Math.max(isBlock(a) ? (a[0]?.length ?? 0) : 1, isBlock(b) ? (b[0]?.length ?? 0) : 1);
  return Array.from({ length: rows }, (_r, row) =>
    Array.from({ length: columns }, (_c, column) => apply(at(a, row, column), at(b, row, column))),
  );
}

function isBlock(value: Value): value is Matrix {
  return Array.isArray(value) && (value.length > 1 || (value[0]?.length ?? 0) > 1);
}
