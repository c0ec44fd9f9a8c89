/** What formulas compute with. */
export type Scalar = number | string | boolean | null | FormulaError;
export type Matrix = Scalar[][];
export type Value = Scalar | Matrix;

/** An error as a cell's value; the message is what a person sees on hovering. */
export class FormulaError {
  readonly code: ErrorCode;
  readonly message: string;
  constructor(code: ErrorCode, message = "") {
    this.code = code;
    this.message = message;
  }
}

export type ErrorCode = "#DIV/0!" | "#REF!" | "#NAME?" | "#VALUE!" | "#N/A" | "#NUM!" | "#NULL!" | "#ERROR!";

/** Google's ErrorType of each code. */
export const ERROR_TYPES: Readonly<Record<ErrorCode, string>> = {
  "#DIV/0!": "DIVIDE_BY_ZERO",
  "#REF!": "REF",
  "#NAME?": "NAME",
  "#VALUE!": "VALUE",
  "#N/A": "N_A",
  "#NUM!": "NUM",
  "#NULL!": "NULL_VALUE",
  "#ERROR!": "ERROR",
};

export function isErrorCode(text: string): text is ErrorCode {
  return text in ERROR_TYPES;
}

/** A block used where one value is wanted gives its first cell. */
export function scalar(value: Value): Scalar {
  return Array.isArray(value) ? (value[0]?.[0] ?? null) : value;
}

export function matrix(value: Value): Matrix {
  return Array.isArray(value) ? value : [[value]];
}

/** `operand` reads "Function ADD parameter 1" in the message of a failure. */
export function toNumber(value: Value, operand: string): number | FormulaError {
  const one = scalar(value);
  if (one instanceof FormulaError || typeof one === "number") return one;
  if (one === null) return 0;
  if (typeof one === "boolean") return one ? 1 : 0;
  const text = one.trim().replaceAll(",", "");
  const percent = text.endsWith("%");
  const number = Number(percent ? text.slice(0, -1) : text);
  if (text !== "" && Number.isFinite(number)) return percent ? number / 100 : number;
  return new FormulaError(
    "#VALUE!",
    `${operand} expects number values. But '${one}' is a text and cannot be coerced to a number.`,
  );
}

export function toText(value: Value): string | FormulaError {
  const one = scalar(value);
  if (one instanceof FormulaError) return one;
  if (one === null) return "";
  return typeof one === "boolean" ? (one ? "TRUE" : "FALSE") : String(one);
}

export function toBoolean(value: Value, operand: string): boolean | FormulaError {
  const one = scalar(value);
  if (one instanceof FormulaError || typeof one === "boolean") return one;
  if (one === null) return false;
  if (typeof one === "number") return one !== 0;
  if (/^true$/i.test(one)) return true;
  if (/^false$/i.test(one)) return false;
  return new FormulaError(
    "#VALUE!",
    `${operand} expects boolean values. But '${one}' is a text and cannot be coerced to a boolean.`,
  );
}

/** Order of values of any type, as comparison and sorting use it: numbers, texts, booleans; empties last. */
export function compareScalars(a: Scalar, b: Scalar): number {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") {
    const [x, y] = [a.toLowerCase(), b.toLowerCase()];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return Number(a) - Number(b) || 0;
}

function rank(value: Scalar): number {
  if (typeof value === "number") return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "boolean") return 2;
  return value === null ? 4 : 3;
}
