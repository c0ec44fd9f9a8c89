import { format } from "numfmt";
import { type CellValue, isCellError } from "#contract/cell.ts";
import { languageTag } from "../patterns.ts";
import type { PlanCell } from "../plan.ts";

/** A cell as people see it, by its pattern and the locale. */
export function shownCell(cell: PlanCell, pattern: string | null, locale: string): string {
  if (cell === null) return "";
  if (typeof cell === "object") {
    if (isCellError(cell)) return cell.error;
    if ("text" in cell) return cell.text;
    return "formula" in cell ? cell.formula : shownValue(cell.value, cell.format, locale);
  }
  return shownValue(cell, pattern, locale);
}

function shownValue(value: Exclude<CellValue, null>, pattern: string | null, locale: string): string {
  if (isCellError(value)) return value.error;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  const options = { locale: languageTag(locale), throws: false, leap1900: false };
  return format(pattern ?? "General", value, options);
}
