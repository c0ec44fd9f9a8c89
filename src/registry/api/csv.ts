import { type CellValue, isCellError } from "#contract/cell.ts";
import type { Column, ColumnType } from "#contract/layout.ts";

/**
 * CSV by RFC 4180. Values are exact: a text that looks like a formula stays as it is, so mind that before opening
 * the file in a spreadsheet program. Dates are ISO 8601 without a zone; booleans TRUE and FALSE; errors their code.
 */
export function csvHeader(columns: readonly Column[]): string {
  return csvLine(columns.map((column) => quoteText(column.key)));
}

/** `values` by slot. */
export function csvRow(columns: readonly Column[], values: readonly CellValue[]): string {
  return csvLine(columns.map((column) => csvField(values[column.slot] ?? null, column.type)));
}

function csvLine(fields: readonly string[]): string {
  // A line without any character would be skipped by most readers, and the row with it.
  return `${fields.length === 1 && fields[0] === "" ? '""' : fields.join(",")}\r\n`;
}

function csvField(value: CellValue, type: ColumnType): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "number") return isoTime(value, type) ?? String(value);
  return quoteText(isCellError(value) ? value.error : value);
}

/** An empty text is quoted, an empty cell is not: so they stay apart. */
function quoteText(text: string): string {
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const MS_PER_DAY = 86_400_000;
/** Serial day 0 of sheets: 1899-12-30. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);
/** ISO 8601 has four digits for a year. */
const DAY_MIN = (Date.parse("0001-01-01T00:00:00Z") - DAY_ZERO_MS) / MS_PER_DAY;
const DAY_MAX = (Date.parse("9999-12-31T00:00:00Z") - DAY_ZERO_MS) / MS_PER_DAY;

/** Null for what is no date, or one that ISO 8601 cannot name. */
function isoTime(days: number, type: ColumnType): string | null {
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
