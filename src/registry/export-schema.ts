/** Exports as JSON Schema: what may be asked, and what is answered. */
import { type Static, Type } from "@sinclair/typebox";
import type { CreateExportBody, ExportShare, UpdateExportBody } from "#contract/exports.ts";
import { choice, closed, text } from "./schema-parts.ts";

const SHARES_MAX = 50;
/** Google's limit of a file's name is not told; titles of people are short. */
const TITLE_CHARACTERS_MAX = 200;

const share = Type.Object(
  {
    type: Type.Optional(
      choice(["user", "group", "domain", "anyone"] as const, "Who; user, or domain where one is named."),
    ),
    role: choice(["reader", "commenter", "writer"] as const, "What they may do."),
    email: Type.Optional(
      Type.String({
        pattern: "^[^@\\s]+@[^@\\s]+$",
        maxLength: 320,
        description: "Of a user or group.",
        "x-fix": "give an address such as ann@example.com",
      }),
    ),
    domain: Type.Optional(text(253, "Of a domain.", "give a domain such as example.com")),
    notify: Type.Optional(
      Type.Boolean({ description: "Google writes them a mail.", "x-fix": "use true or false" }),
    ),
  },
  closed,
);

/** Of these the data are checked by the template, not by their form. */
const createFields = {
  conversation_id: Type.Optional(text(200, "Lists can be asked for by it.", "give at most 200 characters")),
  template: text(64, "Id of a template.", "use an id that GET /api/v1/export/templates lists"),
  title: text(TITLE_CHARACTERS_MAX, "Of the workbook.", `give 1 to ${TITLE_CHARACTERS_MAX} characters`),
  share: Type.Optional(
    Type.Array(share, {
      maxItems: SHARES_MAX,
      "x-fix": 'give a list such as [{"role": "reader", "email": "..."}]',
    }),
  ),
  folder: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9_-]{1,200}$",
      description: "Google's id of a folder.",
      "x-fix": "copy it from the folder's address, behind /folders/",
    }),
  ),
  account: Type.Optional(
    text(
      200,
      'A connected account\'s id, "ambient", "source:ID" or, while the sample runs, "sample".',
      "use an id that GET /api/v1/accounts lists",
    ),
  ),
  key: Type.Optional(
    text(
      200,
      "Key of the column that identifies a row, where the template names none.",
      "give a column's key",
    ),
  ),
  edits: Type.Optional(
    choice(
      ["overwrite", "keep"] as const,
      "What becomes of cells that people changed by hand; overwrite unless given.",
    ),
  ),
};
const updateFields = {
  update_type: choice(["append", "replace", "upsert"] as const, "What is done with the rows."),
  key: Type.Optional(text(200, "Key of the column that identifies a row.", "give a column's key")),
};
const data = Type.Unsafe<CreateExportBody["data"]>({
  description:
    "Rows as objects; {columns, rows}; lists by name; or {source, tab, view} to follow a live tab or view.",
});

export const createExportShape = Type.Object(createFields, closed);
export const updateExportShape = Type.Object(updateFields, closed);
export const createExportSchema = Type.Object(
  { ...createFields, data },
  { ...closed, $id: "CreateExportBody" },
);
export const updateExportSchema = Type.Object(
  { ...updateFields, data },
  { ...closed, $id: "UpdateExportBody" },
);

const time = Type.String({ format: "date-time" });
const count = Type.Integer();
const report = Type.Object({
  type: Type.String(),
  at: time,
  added: count,
  changed: count,
  unchanged: count,
  removed: count,
  skipped: count,
  skippedRows: Type.Array(Type.Object({ tab: Type.String(), row: Type.String(), why: Type.String() })),
  handEdits: count,
  handEditCells: Type.Array(
    Type.Object({ tab: Type.String(), row: Type.String(), column: Type.String(), became: Type.String() }),
  ),
});

const problem = Type.Object({ code: Type.String(), message: Type.String(), fix: Type.String() });

export const exportSchema = Type.Object({
  id: Type.String(),
  title: Type.String(),
  template: Type.Object({ id: Type.String(), version: count }),
  conversation_id: Type.Optional(Type.String()),
  subject: Type.String({ description: "Whose it is: others do not see it." }),
  account: Type.String(),
  state: Type.String({
    enum: ["queued", "writing", "waiting", "done", "failed", "structure-changed", "cancelled"],
  }),
  progress: Type.Optional(
    Type.Object({ type: Type.String(), rowsWritten: count, rows: count, percent: count }),
  ),
  link: Type.Optional(Type.String()),
  problem: Type.Optional(problem),
  follow: Type.Optional(Type.Object({ problem })),
  live: Type.Optional(
    Type.Object({ source: Type.String(), tab: Type.String(), view: Type.Optional(Type.String()) }),
  ),
  waitingUpdates: count,
  edits: Type.String({ enum: ["overwrite", "keep"] }),
  share: Type.Array(share),
  notices: Type.Array(Type.String()),
  createdAt: time,
  last_sync: Type.Optional(time),
  lastUpdate: Type.Optional(report),
  calls: Type.Integer({ description: "Requests to Google so far." }),
});

/** Do not compile when schema and contract part. */
export const shareHolds = (body: Static<typeof share>): ExportShare => body;
export const createHolds = (body: Static<typeof createExportSchema>): CreateExportBody => body;
export const updateHolds = (body: Static<typeof updateExportSchema>): UpdateExportBody => body;
