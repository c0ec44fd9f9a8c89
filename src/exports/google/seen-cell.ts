/** A cell as it was entered: what a look at a workbook sees of it. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { CellError } from "#contract/cell.ts";

/** What was entered; a formula is its text. */
export type SeenCell = null | boolean | number | string | CellError | { readonly formula: string };

export function seen(value: sheets_v4.Schema$ExtendedValue | null | undefined): SeenCell {
  if (!value) return null;
  const { stringValue, numberValue, boolValue, formulaValue, errorValue } = value;
  if (formulaValue != null) return { formula: formulaValue };
  if (errorValue != null) return { error: errorValue.type ?? "ERROR" };
  return stringValue ?? numberValue ?? boolValue ?? null;
}

/** Text to know a row by; null: there is none. */
export function keyText(cell: SeenCell | undefined): string | null {
  if (cell === null || cell === undefined || cell === "" || typeof cell === "object") return null;
  return String(cell);
}

export function isBlank(cell: SeenCell | undefined): boolean {
  return cell === null || cell === undefined || cell === "";
}

export function isFormula(cell: SeenCell): cell is { readonly formula: string } {
  return typeof cell === "object" && cell !== null && "formula" in cell;
}
