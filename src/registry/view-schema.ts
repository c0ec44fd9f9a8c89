/** The bodies of views as JSON Schema. */
import { type Static, Type } from "@sinclair/typebox";
import { NAME_LENGTH_MAX, SOURCE_ID_PATTERN } from "#contract/document-name.ts";
import type { CreateViewBody, ViewBody } from "#contract/views.ts";
import { WHERE_CHARACTERS_MAX } from "../model/where/parse.ts";
import { closed, text } from "./schema-parts.ts";

/** More than a tab has columns. */
const COLUMNS_MAX = 1_000;
const ORDER_COLUMNS_MAX = 10;
const LIMIT_MAX = 10_000_000;

const key = text(500, "A column's key.", "give a column's key, as rows show it");

const content = {
  description: Type.Optional(text(2_000, "What the view is for.", "give at most 2,000 characters")),
  columns: Type.Optional(
    Type.Array(key, {
      minItems: 1,
      maxItems: COLUMNS_MAX,
      uniqueItems: true,
      description: "Keys of the columns to show, in this order; all when absent.",
      "x-fix": 'list keys such as ["SKU", "Price"], or leave it out for all',
    }),
  ),
  where: Type.Optional(
    text(
      WHERE_CHARACTERS_MAX,
      "Only rows that fulfil this condition. `claims.x` is what the reader's token says of x.",
      "write a condition such as region = claims.region",
    ),
  ),
  order: Type.Optional(
    Type.Array(
      Type.Object(
        {
          key,
          descending: Type.Optional(
            Type.Boolean({ default: false, "x-fix": "use true or false, or leave it out" }),
          ),
        },
        { ...closed, "x-fix": 'give an object such as {"key": "Price", "descending": true}' },
      ),
      {
        minItems: 1,
        maxItems: ORDER_COLUMNS_MAX,
        description: "Sorts the rows, blank cells last; the tab's own order when absent.",
        "x-fix": 'list objects such as {"key": "Price", "descending": true}',
      },
    ),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LIMIT_MAX,
      description: "At most so many rows.",
      "x-fix": "give how many rows to show, such as 100",
    }),
  ),
};

export const viewSchema = Type.Object(content, { ...closed, $id: "ViewBody" });

export const createViewSchema = Type.Object(
  {
    source: Type.String({
      pattern: SOURCE_ID_PATTERN.source,
      description: "The source's id.",
      "x-fix": "give a source's id",
    }),
    tab: text(
      NAME_LENGTH_MAX,
      "The tab's name.",
      "give a tab's name, as GET /datasources/{id}/tabs lists it",
    ),
    name: text(NAME_LENGTH_MAX, "The view's name, unique in its tab.", "give a name such as cheap"),
    ...content,
  },
  { ...closed, $id: "CreateViewBody" },
);

export const viewAnswerSchema = Type.Object({
  ...createViewSchema.properties,
  document: Type.String({ description: "Its document's name for y-websocket." }),
  claims: Type.Array(Type.String(), { description: "What a reader's token must say of its bearer." }),
});

/** Do not compile when schema and contract part. */
export const viewHolds = (body: Static<typeof viewSchema>): ViewBody => body;
export const createViewHolds = (body: Static<typeof createViewSchema>): CreateViewBody => body;
