/** What the API answers, for its OpenAPI document. The types themselves stand in the contract. */
import { type TSchema, Type } from "@sinclair/typebox";
import { feedTab } from "../feed-schema.ts";
import { writeRules } from "../write-schema.ts";

const time = Type.String({ format: "date-time" });

const problemSchema = Type.Object(
  {
    type: Type.String({ description: "urn:sheetwire:problem: and a code that programs may rely on." }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "What is wrong this time." }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), problem: Type.String(), fix: Type.String() })),
    ),
  },
  { description: "RFC 9457 problem details; `errors` names each bad field." },
);

const tabSchema = Type.Object({
  name: Type.String({ description: "Its name in document ids; fixed when the tab is first seen." }),
  title: Type.String({ description: "Its title now." }),
  rows: Type.Integer(),
  columns: Type.Integer(),
  revision: Type.String(),
  merges: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Merged cells as A1 ranges, such as "A1:C1": the value stands in the first cell of each, the others are empty.',
    }),
  ),
});

const workbookSchema = Type.Object(
  {
    title: Type.String(),
    timeZone: Type.String({ description: 'IANA name, such as "Europe/Berlin".' }),
    locale: Type.String({ description: 'Such as "en_US".' }),
  },
  { description: "By which the dates and numbers of its cells are to be read." },
);

export const tabsSchema = Type.Array(tabSchema);

export const sourceSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    type: Type.String({ enum: ["googleSheet", "external"] }),
    url: Type.String(),
    pollingInterval: Type.Integer({ description: "Milliseconds." }),
    state: Type.String({ enum: ["loading", "live", "waiting", "failing", "failed", "paused"] }),
    tabs: tabsSchema,
    workbook: Type.Optional(workbookSchema),
    createdAt: time,
    updatedAt: time,
    lastPollAt: Type.Optional(time),
    lastChangeAt: Type.Optional(time),
    nextPollAt: Type.Optional(time),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), fix: Type.String() })),
    notices: Type.Optional(Type.Array(Type.String())),
    credentials: Type.Optional(Type.Object({ type: Type.String(), hint: Type.Optional(Type.String()) })),
    apiKeyHint: Type.Optional(Type.String({ description: "Last four characters." })),
    headerHints: Type.Optional(Type.Record(Type.String(), Type.String())),
    tabsWanted: Type.Optional(Type.Array(Type.Union([Type.String(), feedTab]))),
    keyColumns: Type.Optional(Type.Record(Type.String(), Type.String())),
    headerRow: Type.Optional(
      Type.Unsafe({ description: '"first", "none" or a row number; or an object of these per tab.' }),
    ),
    hidden: Type.Optional(
      Type.Object({ tabs: Type.Optional(Type.Boolean()), rows: Type.Optional(Type.Boolean()) }),
    ),
    formulas: Type.Optional(Type.Boolean()),
    writable: Type.Optional(Type.Boolean()),
    conflictPolicy: Type.Optional(Type.String()),
    writes: Type.Optional(writeRules),
    writeBack: Type.Optional(
      Type.Object(
        {
          pending: Type.Integer(),
          oldestAt: Type.Optional(time),
          problem: Type.Optional(
            Type.Object({ code: Type.String(), message: Type.String(), fix: Type.String() }),
          ),
        },
        { description: "Edits on their way into the source." },
      ),
    ),
    format: Type.Optional(Type.String()),
    rowsPath: Type.Optional(Type.String()),
    keyField: Type.Optional(Type.String()),
    columns: Type.Optional(Type.Array(Type.Object({ path: Type.String() }))),
    pagination: Type.Optional(Type.Object({ type: Type.String() })),
    auth: Type.Optional(Type.Object({ type: Type.String(), hint: Type.Optional(Type.String()) })),
    emptyPolicy: Type.Optional(Type.String()),
    bytesMax: Type.Optional(Type.Integer()),
    events: Type.Optional(Type.String()),
  },
  { description: "A source without its secrets." },
);

export const sourcesSchema = Type.Array(sourceSchema);

export const cellSchema = Type.Union([
  Type.Null(),
  Type.Boolean(),
  Type.Number(),
  Type.String(),
  Type.Object({ error: Type.String() }),
]);

const rowSchema = Type.Object({ $row: Type.Integer() }, { additionalProperties: cellSchema });

export const rowsSchema = Type.Object({
  revision: Type.String(),
  columns: Type.Array(
    Type.Object({
      slot: Type.Integer(),
      header: Type.String(),
      key: Type.String(),
      type: Type.String({
        enum: ["text", "number", "boolean", "date", "time", "datetime", "mixed", "empty"],
      }),
      format: Type.Optional(Type.String()),
    }),
  ),
  rows: Type.Array(rowSchema),
});

const problemOfSource = Type.Object({ code: Type.String(), message: Type.String(), fix: Type.String() });

export const previewSchema = Type.Object({
  tabs: Type.Array(
    Type.Object({
      title: Type.String(),
      columns: Type.Array(
        Type.Object({
          header: Type.String(),
          key: Type.String(),
          type: Type.String(),
          format: Type.Optional(Type.String()),
        }),
      ),
      keyColumn: Type.Optional(Type.String({ description: "Key of the column that identifies a row." })),
      rows: Type.Array(Type.Array(cellSchema), { description: "The first rows, each by column." }),
      rowCount: Type.Integer({ description: "Of all rows." }),
    }),
  ),
  notices: Type.Array(Type.String()),
  error: Type.Optional(problemOfSource),
});

/** The answers of an operation: one for success, problem details for everything else. */
export function answers(status: number, description: string, schema?: TSchema, more: object = {}) {
  const content = { ...(schema && { "application/json": { schema: plain(schema) } }), ...more };
  return {
    [status]: { description, ...(Object.keys(content).length > 0 && { content }) },
    default: {
      description: "What went wrong and what to do about it.",
      content: { "application/problem+json": { schema: plain(problemSchema) } },
    },
  };
}

export function jsonBody(schema: TSchema) {
  return { required: true, content: { "application/json": { schema: plain(schema) } } };
}

/** Without TypeBox's symbols and `$id`, which OpenAPI does not know. */
function plain(schema: TSchema): Record<string, unknown> {
  const { $id: _, ...rest } = JSON.parse(JSON.stringify(schema));
  return rest;
}
