/** The fields of a request that speak of feeds, as JSON Schema; see the contract for what they mean. */
import { Type } from "@sinclair/typebox";
import { choice, closed, link, secret, text } from "./schema-parts.ts";

/** Longer than any path that a person writes. */
const PATH_LENGTH_MAX = 500;
const NAME_LENGTH_MAX = 200;
/** What a snapshot may hold per tab is bounded by the daemon's limits; this bounds the request. */
const COLUMNS_MAX = 1_000;
const LINK_LENGTH_MAX = 2_000;

const rowsPath = text(
  PATH_LENGTH_MAX,
  "Where the rows stand in a feed: a JSONPath (RFC 9535), or a path into XML.",
  "give a path such as $.items for JSON or /rss/channel/item for XML",
);
const keyField = text(
  NAME_LENGTH_MAX,
  "The column that identifies a row.",
  "give the name of a column, such as id",
);

const columns = Type.Array(
  Type.Object(
    {
      path: text(
        PATH_LENGTH_MAX,
        "A flattened name, or a path from the row.",
        'give a name such as "price.amount"',
      ),
      name: Type.Optional(text(NAME_LENGTH_MAX, "The header.", "give the header as text")),
      type: Type.Optional(
        choice(["text", "number", "boolean", "date", "datetime"] as const, "What its values are made into."),
      ),
    },
    { ...closed, "x-fix": 'give an object such as {"path": "price.amount", "name": "Price"}' },
  ),
  {
    minItems: 1,
    maxItems: COLUMNS_MAX,
    description: "The columns to take from a feed, in this order; all when absent.",
    "x-fix": 'list columns, such as [{"path": "id"}, {"path": "price.amount", "name": "Price"}]',
  },
);

/** A tab of a feed, where a workbook's tab is a title. */
export const feedTab = Type.Object(
  {
    title: text(NAME_LENGTH_MAX, "What the tab is called.", "give a title"),
    rowsPath: Type.Optional(rowsPath),
    keyField: Type.Optional(keyField),
    columns: Type.Optional(columns),
  },
  { ...closed, description: "A tab of a feed." },
);

const pagesMax = Type.Optional(
  Type.Integer({
    minimum: 1,
    description: "Read this many pages at most, and leave the rest.",
    "x-fix": "give a whole number from 1",
  }),
);
const parameter = text(NAME_LENGTH_MAX, "Of the address's query.", "give the parameter's name, such as page");

const pagination = Type.Union(
  [
    Type.Object({ type: Type.Literal("link"), pagesMax }, closed),
    Type.Object(
      { type: Type.Literal("cursor"), path: rowsPath, parameter: Type.Optional(parameter), pagesMax },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal("page"),
        parameter,
        first: Type.Optional(
          Type.Integer({ minimum: 0, description: "Of the first page.", "x-fix": "give 0 or 1" }),
        ),
        pagesMax,
      },
      closed,
    ),
  ],
  {
    description: "How a feed goes on from page to page.",
    "x-fix": 'give an object such as {"type": "cursor", "path": "$.next", "parameter": "cursor"}',
  },
);

const auth = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal("apiKey"),
        key: secret("The key.", "give the key as text"),
        in: choice(["header", "query"] as const, "Where it travels."),
        name: text(NAME_LENGTH_MAX, "Of the header or parameter.", "give its name, such as X-API-Key"),
      },
      closed,
    ),
    Type.Object(
      { type: Type.Literal("bearer"), token: secret("The token.", "give the token as text") },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal("basic"),
        username: text(NAME_LENGTH_MAX, "The user's name.", "give the name as text"),
        password: secret("The password.", "give the password as text"),
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal("oauth2"),
        tokenUrl: link(LINK_LENGTH_MAX, "Where tokens are to be had."),
        clientId: text(NAME_LENGTH_MAX * 2, "The client's id.", "give the id as text"),
        clientSecret: secret("The client's secret.", "give the secret as text"),
        scope: Type.Optional(text(2_000, "Scopes, separated by blanks.", "give the scopes as text")),
        audience: Type.Optional(text(2_000, "Where the server wants one.", "give the audience as text")),
        clientAuth: Type.Optional(choice(["header", "body"] as const, "Where id and secret travel.")),
      },
      closed,
    ),
  ],
  {
    writeOnly: true,
    description: "How to sign in at a feed.",
    "x-fix": 'give an object such as {"type": "bearer", "token": "..."}',
  },
);

const request = Type.Optional(
  Type.Object(
    {
      method: choice(["PATCH", "PUT", "POST", "DELETE"] as const, "How it is sent."),
      url: text(LINK_LENGTH_MAX, "With placeholders, such as {key}.", "give a link of the feed's own origin"),
      body: Type.Optional(
        Type.Unknown({ description: 'JSON with placeholders, such as {"price": "{value}"}.' }),
      ),
      headers: Type.Optional(
        Type.Record(Type.String(), Type.String({ maxLength: LINK_LENGTH_MAX }), {
          description: "Beside those of the source.",
          "x-fix": 'give an object such as {"Prefer": "return=minimal"}',
        }),
      ),
    },
    {
      ...closed,
      description: "The request of one edit.",
      "x-fix": 'give an object such as {"method": "PATCH", "url": "https://example.com/items/{key}"}',
    },
  ),
);

const write = Type.Union(
  [
    Type.Object({ type: Type.Literal("document") }, closed),
    Type.Object({ type: Type.Literal("rows"), cell: request, add: request, remove: request }, closed),
  ],
  {
    description: "How edits go back into a feed that is writable.",
    "x-fix": 'give {"type": "document"}, or {"type": "rows"} with the requests of cell, add and remove',
  },
);

export const feedFields = {
  write: Type.Optional(write),
  format: Type.Optional(
    choice(["json", "xml", "csv", "ndjson"] as const, "What a feed is written in; as it says when absent."),
  ),
  rowsPath: Type.Optional(rowsPath),
  keyField: Type.Optional(keyField),
  columns: Type.Optional(columns),
  pagination: Type.Optional(pagination),
  auth: Type.Optional(auth),
  emptyPolicy: Type.Optional(
    choice(["keep", "accept"] as const, "What becomes of rows when a feed that had some has none."),
  ),
  bytesMax: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "Largest content of a feed to take, in bytes.",
      "x-fix": "give bytes as a whole number, such as 1000000",
    }),
  ),
  events: Type.Optional(
    link(LINK_LENGTH_MAX, "Where a feed streams server-sent events; each leads to a poll."),
  ),
};
