import { type CellValue, isCellError } from "../../../../client-sdk/src/contract/cell.ts";

/** A value of a cell in words, where no column says how it is formatted. */
export function shownValue(value: CellValue | undefined): string {
  if (value === undefined) return "not told";
  if (value === null || value === "") return "(empty)";
  if (isCellError(value)) return value.error;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 10 }) : value;
}

/**
 * What a person types, as a cell holds it: a number, yes or no where the cell held such, else text. Only what reads
 * back as it was typed becomes a number: "007" and "1e5" stay text.
 */
export function typedValue(text: string): CellValue {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (/^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === "true";
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(trimmed) && trimmed.length <= 15) return Number(trimmed);
  return text;
}
