/** A table as the file that somebody asked for, made while it is sent. */
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { FileTable } from "../../exports/files/file-table.ts";
import { csvFile, ndjsonFile } from "../../exports/files/text-files.ts";
import { xlsxTable } from "../../exports/files/xlsx-table.ts";
import { attachment } from "./attachment.ts";
import { problem } from "./problems.ts";
import { textStream } from "./text-stream.ts";

export const FILE_TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

export type FileFormat = keyof typeof FILE_TYPES;

/** Of `?format=`; CSV when absent. */
export function fileFormat(query: URLSearchParams): Result<FileFormat, readonly FieldProblem[]> {
  const format = query.get("format") ?? "csv";
  if (Object.hasOwn(FILE_TYPES, format)) return ok(format as FileFormat);
  return err([{ field: "format", problem: "is not known", fix: "use csv, xlsx or ndjson" }]);
}

export function fileAnswer(table: FileTable, format: FileFormat, name: string): Response {
  if (format !== "xlsx") {
    return file(textStream(format === "csv" ? csvFile(table) : ndjsonFile(table)), format, name);
  }
  const made = xlsxTable(table);
  return made.ok ? file(made.value, format, name) : problem("file-too-large", { detail: made.error.why });
}

export function file(
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
  format: FileFormat,
  name: string,
): Response {
  return new Response(body, {
    headers: { "Content-Type": FILE_TYPES[format], "Content-Disposition": attachment(name, format) },
  });
}
