import { type CellValue, isCellError } from "#contract/cell.ts";
import type { Column, ColumnType } from "#contract/layout.ts";
import { isoTime } from "../../model/iso-time.ts";

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
