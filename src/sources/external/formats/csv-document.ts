import { CsvError, parse } from "csv-parse/sync";
import type { CellValue } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import { uniqueKeys } from "../../../model/mapping.ts";
import { type FeedDocument, type FeedRow, type Malformed, malformed } from "../feed-document.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** A body of CSV by RFC 4180, its first line the header. The delimiter is the one that the header has most of. */
export function parseCsvDocument(text: string): Result<FeedDocument, Malformed> {
  const records = parseRecords(text);
  if (!records.ok) return records;
  const [header = [], ...lines] = records.value;
  const names = uniqueKeys(header.map((name) => ({ header: name })));
  const rows = lines.map((line): FeedRow => {
    const cells = new Map(names.map((name, index) => [name, textCell(line[index])]));
    return { cells, at: (path) => cells.get(path) ?? null };
  });
  return ok({
    untyped: true,
    ordered: true,
    valueAt: () => null,
    rows: () => ok(rows),
  });
}

function parseRecords(text: string): Result<string[][], Malformed> {
  if (text.trim() === "") return malformed("body", "is empty, without even a header");
  try {
    return ok(parse(text, { delimiter: delimiterOf(text), skip_empty_lines: true }) as string[][]);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = "lines" in error && typeof error.lines === "number" ? `line ${error.lines}` : "body";
    return malformed(line, CSV_PROBLEMS[error.code] ?? "is not CSV");
  }
}

const CSV_PROBLEMS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH:
    "has another number of fields than the header, or ends in the middle",
  CSV_QUOTE_NOT_CLOSED: "opens a quote that is never closed, or ends in the middle",
};

function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const header = (end < 0 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, "");
  const counted = DELIMITERS.map((delimiter) => [header.split(delimiter).length, delimiter] as const);
  return counted.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

function textCell(text: string | undefined): CellValue {
  return text === undefined || text === "" ? null : text;
}
