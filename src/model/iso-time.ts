/** Serial numbers of sheets as ISO 8601 without a zone. */
import type { ColumnType } from "#contract/layout.ts";

const MS_PER_DAY = 86_400_000;
/** Serial day 0 of sheets: 1899-12-30. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);
/** ISO 8601 has four digits for a year. */
const DAY_MIN = (Date.parse("0001-01-01T00:00:00Z") - DAY_ZERO_MS) / MS_PER_DAY;
const DAY_MAX = (Date.parse("9999-12-31T00:00:00Z") - DAY_ZERO_MS) / MS_PER_DAY;

/** Null for what is no date, or one that ISO 8601 cannot name. */
export function isoTime(days: number, type: ColumnType): string | null {
  if (type === "time") return days >= 0 ? isoDuration(days) : null;
  if ((type !== "date" && type !== "datetime") || days < DAY_MIN || days > DAY_MAX) return null;
  const iso = new Date(DAY_ZERO_MS + Math.round(days * MS_PER_DAY)).toISOString();
  // A date column may hold a time all the same; it must not get lost.
  return type === "date" && Number.isInteger(days) ? iso.slice(0, 10) : iso.replace(/(\.000)?Z$/, "");
}

/** Hours go on beyond 24: a time of a sheet is a duration as well. */
function isoDuration(days: number): string {
  const ms = Math.round(days * MS_PER_DAY);
  const two = (number: number) => String(number).padStart(2, "0");
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((part) => two(Math.floor(part)));
  return clock.join(":") + (ms % 1_000 > 0 ? `.${String(ms % 1_000).padStart(3, "0")}` : "");
}
