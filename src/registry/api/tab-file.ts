/** A tab or a view as a file, for people without Google. */
import { tableOfDocument } from "../../exports/files/file-table.ts";
import type { LiveDocument } from "../../sync/documents.ts";
import { answers } from "./answer-schemas.ts";
import { FILE_TYPES, type FileFormat, fileAnswer } from "./file-answer.ts";

/** Rows are taken at once: what changes while the file is sent is not in it. */
export function tabFile(document: LiveDocument, format: FileFormat, view: string | null): Response {
  const { columns, order, rows } = document.baseline();
  const title = view ?? document.meta().title;
  const table = tableOfDocument({ title, columns, rows: order.map((row) => rows.get(row)?.values ?? []) });
  return fileAnswer(table, format, title);
}

export const TAB_FILE_DETAIL = {
  tags: ["Tabs"],
  summary: "A tab or a view as a file",
  description:
    "To open and keep, where the rows are for programs: with headers, dates in ISO 8601 (in XLSX as dates), and text that looks like a formula made harmless in CSV by an apostrophe. XLSX is made up to 6,000,000 cells.",
  parameters: [
    {
      name: "format",
      in: "query" as const,
      description: "csv unless given.",
      schema: { type: "string" as const, enum: Object.keys(FILE_TYPES) },
    },
  ],
  responses: answers(200, "The file.", undefined, {
    [FILE_TYPES.csv]: { schema: { type: "string" } },
    [FILE_TYPES.ndjson]: { schema: { type: "string" } },
    [FILE_TYPES.xlsx]: { schema: { type: "string", format: "binary" } },
  }),
};
