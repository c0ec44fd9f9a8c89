/** A cell's value in the form that feeds have: dates are texts there. */
import type { CellValue } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

export function outOf(value: CellValue, type: ColumnType): CellValue {
  if (typeof value !== "number" || (type !== "date" && type !== "datetime")) return value;
  const at = new Date(EPOCH_MS + Math.round(value * DAY_MS));
  if (Number.isNaN(at.getTime())) return value;
  const text = at.toISOString();
  return type === "date" ? text.slice(0, 10) : text.replace(".000Z", "Z");
}
