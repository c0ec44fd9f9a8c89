/** The operators of formulas on single values, and spreading any of them over blocks. */
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

const NAMES: Readonly<Record<string, string>> = {
  "+": "ADD",
  "-": "MINUS",
  "*": "MULTIPLY",
  "/": "DIVIDE",
  "^": "POW",
};

export function unary(operator: string, operand: Scalar): Scalar {
  if (operator === "+") return operand;
  const name = operator === "%" ? "UNARY_PERCENT" : "UMINUS";
  const number = toNumber(operand, `Function ${name} parameter 1`);
  if (number instanceof FormulaError) return number;
  return operator === "%" ? number / 100 : -number;
}

export function binary(operator: string, a: Scalar, b: Scalar): Scalar {
  if (a instanceof FormulaError) return a;
  if (b instanceof FormulaError) return b;
  if (operator === "&") return `${toText(a)}${toText(b)}`;
  if (/^[=<>]/.test(operator)) return compared(operator, a, b);
  const name = `Function ${NAMES[operator]} parameter`;
  const [x, y] = [toNumber(a, `${name} 1`), toNumber(b, `${name} 2`)];
  if (x instanceof FormulaError) return x;
  if (y instanceof FormulaError) return y;
  if (operator === "/" && y === 0) return new FormulaError("#DIV/0!", `${name} 2 cannot be zero.`);
  const result = arithmetic(operator, x, y);
  return Number.isFinite(result)
    ? result
    : new FormulaError("#NUM!", "Numeric value is too large or undefined.");
}

/** Applies to single values or, when a block takes part, cell by cell; a single row or column repeats. */
export function spread(values: readonly Value[], apply: (scalars: readonly Scalar[]) => Scalar): Value {
  if (!values.some(isBlock)) return apply(values.map(scalar));
  const sizes = values.map((value) => (isBlock(value) ? [value.length, value[0]?.length ?? 0] : [1, 1]));
  const rows = Math.max(...sizes.map(([height]) => height ?? 1));
  const columns = Math.max(...sizes.map(([, width]) => width ?? 1));
  const at = (value: Value, row: number, column: number): Scalar => {
    if (!isBlock(value)) return scalar(value);
    const line = value[value.length === 1 ? 0 : row];
    const found = line?.[line.length === 1 ? 0 : column];
    return found === undefined
      ? new FormulaError("#N/A", "Argument sizes do not match: an array is too small.")
      : found;
  };
  return Array.from({ length: rows }, (_r, row) =>
    Array.from({ length: columns }, (_c, column) => apply(values.map((value) => at(value, row, column)))),
  );
}

/** More than one cell. */
export function isBlock(value: Value): value is Matrix {
  return Array.isArray(value) && (value.length > 1 || (value[0]?.length ?? 0) > 1);
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
