import type { CellValue } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import { createSerials } from "../exports/serials.ts";

/** Dates of a sheet have no zone, and those with one are not taken: nothing here says whose midnight was meant. */
const ZONE = /(?:Z|[T ].*[+-]\d\d:?\d\d)$/;
const serials = createSerials("UTC");

/** A date or time in ISO 8601 as its column holds it, in days; everything else as it is, for its check to judge. */
export function isoCell(value: CellValue, type: ColumnType): CellValue {
  if (typeof value !== "string" || ZONE.test(value)) return value;
  const serial = serials.parse(value);
  if (serial === null) return value;
  if (type === "time") return serial.kind === "time" ? serial.days : value;
  return (type === "date" || type === "datetime") && serial.kind !== "time" ? serial.days : value;
}
