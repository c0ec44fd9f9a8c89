/** What the OpenAPI document says of the history. */
import { Type } from "@sinclair/typebox";
import { answers, cellSchema, jsonBody, rowsSchema } from "./answer-schemas.ts";
import { receiptSchema } from "./edits.ts";
import { LIMIT_DEFAULT, LIMIT_MAX, restoreSchema } from "./history-query.ts";

const time = Type.String({ format: "date-time" });
const row = Type.Integer();
const values = Type.Array(cellSchema, { description: "By slot." });
const column = Type.Object({
  slot: Type.Integer(),
  header: Type.String(),
  key: Type.String(),
  type: Type.String(),
  format: Type.Optional(Type.String()),
});
const columns = Type.Array(column);
const rows = Type.Array(Type.Object({ row, values }));

const entrySchema = Type.Object(
  {
    id: Type.String(),
    at: Type.String({ format: "date-time", description: "When it was recorded." }),
    origin: Type.String({ enum: ["sheet", "edit"] }),
    notBefore: Type.Optional(Type.String({ description: "Of the sheet: it was not yet so then." })),
    by: Type.Optional(Type.String({ description: "Subject of the token; of the sheet where it tells." })),
    edit: Type.Optional(Type.String()),
    madeAt: Type.Optional(time),
    cause: Type.Optional(Type.String({ description: "The request, restore or conflict it is part of." })),
    kind: Type.String({
      enum: ["cell", "formula", "added", "removed", "loaded", "columns", "order", "rewritten"],
    }),
    row: Type.Optional(row),
    slot: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.String()),
  },
  { additionalProperties: true, description: "With `before` and `after`, `values`, `splices` or `rows`." },
);

const historySchema = Type.Object({
  entries: Type.Array(entrySchema),
  next: Type.Optional(Type.String({ description: "The cursor of the next page." })),
});

const diffSchema = Type.Object({
  from: time,
  to: time,
  columns: Type.Optional(Type.Object({ before: columns, after: columns })),
  added: rows,
  removed: rows,
  changed: Type.Array(
    Type.Object({ row, slot: Type.Integer(), column: Type.String(), before: cellSchema, after: cellSchema }),
  ),
  reordered: Type.Boolean(),
});

const restoredSchema = Type.Object({
  restore: Type.Optional(Type.String({ description: "The cause of the edits." })),
  edits: Type.Optional(
    Type.Array(Type.Object({}, { description: "{row, column, from, to}, {add, after, was} or {remove}." })),
  ),
  skipped: Type.Optional(
    Type.Array(
      Type.Object({ row: Type.Optional(row), column: Type.Optional(Type.String()), why: Type.String() }),
    ),
  ),
  receipts: Type.Optional(Type.Array(receiptSchema)),
});

const parameter = (name: string, description: string, type: "string" | "integer" = "string") => ({
  name,
  in: "query" as const,
  description,
  schema: { type },
});
const tags = ["History"];

export const HISTORY_DETAIL = {
  tags,
  summary: "What changed in a tab, when and by whom",
  description:
    "The newest first: a page as JSON, or all that match as NDJSON when Accept asks for it. What a poll found happened between `notBefore` and `at`, and nobody tells by whom; what an edit changed says whose it was.",
  parameters: [
    parameter("row", "Of this row, which may be gone: its $row.", "integer"),
    parameter("column", "Of this column's cells: its key, or slot: and its slot when it is gone."),
    parameter("by", "By this subject, such as token:ab12."),
    parameter("cause", "Part of this request, restore or conflict."),
    parameter("from", "ISO 8601: from this time on."),
    parameter("to", "ISO 8601: before this time."),
    parameter(
      "limit",
      `Entries at most; of JSON ${LIMIT_DEFAULT} when absent, ${LIMIT_MAX} at most.`,
      "integer",
    ),
    parameter("cursor", "`next` of the page before."),
  ],
  responses: answers(200, "The entries.", historySchema, {
    "application/x-ndjson": { schema: { type: "string" } },
  }),
};

export const AT_DETAIL = {
  tags,
  summary: "The rows of a tab as they were at a time",
  description:
    "In the shape of .../rows, with the same parameters besides. A time before what the history tells is refused.",
  parameters: [
    { ...parameter("time", "ISO 8601."), required: true },
    ...["columns", "where", "order", "cursor"].map((name) => parameter(name, "As for .../rows.")),
    parameter("limit", "As for .../rows.", "integer"),
  ],
  responses: answers(200, "The rows; `revision` is the time.", rowsSchema, {
    "text/csv": { schema: { type: "string" } },
    "application/x-ndjson": { schema: { type: "string" } },
  }),
};

export const DIFF_DETAIL = {
  tags,
  summary: "What differs between two times",
  parameters: [
    { ...parameter("from", "ISO 8601."), required: true },
    parameter("to", "ISO 8601; now when absent."),
  ],
  responses: answers(200, "The differences.", diffSchema),
};

export const RESTORE_DETAIL = {
  tags,
  summary: "Bring back what was",
  description:
    "Makes ordinary edits on what stands there now, of a cell, a row or the whole tab as it was at `to`, or takes a batch back by its cause. They are written, told and remembered like any others. A row that went comes back with another id; the order of rows and the columns stay as they are. Needs the right to read the tab, too. Sent again under its Idempotency-Key it makes nothing anew: the answer tells the receipts of the first time.",
  parameters: [
    {
      name: "Idempotency-Key",
      in: "header" as const,
      description: "Makes it harmless to send the request again; good for seven days.",
      schema: { type: "string" as const },
    },
  ],
  requestBody: jsonBody(restoreSchema),
  responses: {
    ...answers(200, "In a preview: the edits that would be made.", restoredSchema),
    ...answers(202, "The edits that were taken, with their receipts.", restoredSchema),
  },
};
