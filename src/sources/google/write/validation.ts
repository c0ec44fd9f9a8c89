/** Whether a value keeps to a cell's validation rule, as far as that can be told from the rule alone. */
import type { CellValue } from "#contract/cell.ts";

/** `values` as somebody entered them: texts, numbers and dates alike. */
export interface Condition {
  /** Google's name, such as NUMBER_BETWEEN. */
  readonly type: string;
  readonly values: readonly string[];
}

/**
 * False only where the value surely breaks the rule. Rules that look elsewhere (a range, a formula) or depend on the
 * day and the locale are left to Google. A blank breaks none.
 */
export function mayHold({ type, values }: Condition, value: CellValue): boolean {
  if (value === null || value === "") return true;
  const [a = "", b = ""] = values;
  const numbers = (test: (value: number, a: number, b: number) => boolean): boolean => {
    if (typeof value !== "number") return false;
    const [low, high] = [Number(a), Number(b)];
    // Another locale's number, or a formula.
    if (Number.isNaN(low) || Number.isNaN(high)) return true;
    return test(value, low, high);
  };
  const text = typeof value === "string" ? value : shown(value);
  switch (type) {
    case "NUMBER_GREATER":
      return numbers((x, y) => x > y);
    case "NUMBER_GREATER_THAN_EQ":
      return numbers((x, y) => x >= y);
    case "NUMBER_LESS":
      return numbers((x, y) => x < y);
    case "NUMBER_LESS_THAN_EQ":
      return numbers((x, y) => x <= y);
    case "NUMBER_EQ":
      return numbers((x, y) => x === y);
    case "NUMBER_NOT_EQ":
      return numbers((x, y) => x !== y);
    case "NUMBER_BETWEEN":
      return numbers((x, low, high) => x >= low && x <= high);
    case "NUMBER_NOT_BETWEEN":
      return numbers((x, low, high) => x < low || x > high);
    case "TEXT_CONTAINS":
      return contains(text, a);
    case "TEXT_NOT_CONTAINS":
      return !contains(text, a);
    case "TEXT_EQ":
      return text.toLowerCase() === a.toLowerCase();
    case "TEXT_IS_EMAIL":
      return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);
    case "TEXT_IS_URL":
      return /^[^\s.]+\S*\.\S+$/.test(text);
    case "ONE_OF_LIST":
      return values.some((one) => one === text || (typeof value === "number" && Number(one) === value));
    case "BOOLEAN":
      return values.length === 0 ? typeof value === "boolean" : values.includes(text);
    case "DATE_IS_VALID":
    case "DATE_EQ":
    case "DATE_BEFORE":
    case "DATE_AFTER":
    case "DATE_ON_OR_BEFORE":
    case "DATE_ON_OR_AFTER":
    case "DATE_BETWEEN":
    case "DATE_NOT_BETWEEN":
      return typeof value === "number";
    default:
      return true;
  }
}

/** Whole words of the rule for who breaks it: "a number between 1 and 9". */
export function describe({ type, values }: Condition): string {
  const name = type.toLowerCase().replaceAll("_", " ");
  return values.length === 0 ? name : `${name}: ${values.slice(0, 10).join(", ")}`;
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function shown(value: Exclude<CellValue, string | null>): string {
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return typeof value === "object" ? value.error : String(value);
}
