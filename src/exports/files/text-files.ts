/** Tables as CSV and NDJSON, piece by piece. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import { isoTime } from "../../model/iso-time.ts";
import type { FileTable } from "./file-table.ts";

/**
 * CSV by RFC 4180 for people who open it in a spreadsheet program: text that such a program would take for a formula
 * gets an apostrophe in front (OWASP), and a byte order mark says that it is UTF-8.
 */
export function* csvFile({ columns, rows }: FileTable): Generator<string, void> {
  yield `\ufeff${line(columns.map(({ header }) => quoted(guarded(header))))}`;
  for (const row of rows()) yield line(columns.map(({ type }, at) => csvField(row[at] ?? null, type)));
}

/** One JSON object a line, by column key; dates in ISO 8601, an error as {error}. */
export function* ndjsonFile({ columns, rows }: FileTable): Generator<string, void> {
  const keys = columns.map(({ key }, at) => `${at === 0 ? "" : ","}${JSON.stringify(key)}:`);
  for (const row of rows()) {
    let json = "{";
    for (const [at, { type }] of columns.entries()) {
      const value = row[at] ?? null;
      json += keys[at]! + JSON.stringify(typeof value === "number" ? (isoTime(value, type) ?? value) : value);
    }
    yield `${json}}\n`;
  }
}

/** What a spreadsheet program takes for the beginning of a formula, blanks before it included; full-width signs too. */
const DANGEROUS = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** "-12.5" is a number, whoever wrote it. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Text that no program runs. */
export function guarded(text: string): string {
  return DANGEROUS.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function csvField(value: CellValue, type: ColumnType): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "number") return isoTime(value, type) ?? String(value);
  return quoted(guarded(isCellError(value) ? value.error : value));
}

/** An empty text is quoted, an empty cell is not: so they stay apart. */
function quoted(text: string): string {
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function line(fields: readonly string[]): string {
  // A line without any character would be skipped by most readers, and the row with it.
  return `${fields.length === 1 && fields[0] === "" ? '""' : fields.join(",")}\r\n`;
}
