/**
 * One cell as every layer sees it. A date or time is a number (days since 1899-12-30, fraction = time of
 * day) whose column says so; an error carries its code, such as "#REF!".
 */
export type CellValue = null | boolean | number | string | CellError;

export interface CellError {
  readonly error: string;
}

export function isCellError(value: unknown): value is CellError {
  return typeof value === "object" && value !== null && typeof (value as CellError).error === "string";
}

/** True for anything that may stand in a cell; NaN and infinities may not. */
export function isCellValue(value: unknown): value is CellValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return isCellError(value);
}

/** Equality by content. A cell that was never set (undefined) equals an empty one (null). */
export function cellsEqual(a: CellValue | undefined, b: CellValue | undefined): boolean {
  if (a === b) return true;
  if (a == null || b == null) return a == null && b == null;
  return typeof a === "object" && typeof b === "object" && a.error === b.error;
}
