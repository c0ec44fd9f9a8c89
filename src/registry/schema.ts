/**
 * The bodies of the registry's requests as JSON Schema: what validate.ts checks and what the OpenAPI document
 * shows. `x-fix` is what a person should write instead; `writeOnly` marks secrets, whose values no answer repeats.
 */
import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox";
import { SOURCE_ID_PATTERN } from "#contract/document-name.ts";
import type { RegisterBody, UpdateBody } from "#contract/rest.ts";
import { feedFields, feedTab } from "./feed-schema.ts";
import { choice, closed, link, SECRET_LENGTH_MAX, secret, text } from "./schema-parts.ts";
import { conflictPolicy, writeRules } from "./write-schema.ts";

export const POLLING_INTERVAL_DEFAULT_MS = 5_000;
/** Faster would eat any quota; a hint (POST .../poll) is the way to more speed. */
const POLLING_INTERVAL_MIN_MS = 500;
/** A day: a source that is read more rarely is not live. */
const POLLING_INTERVAL_MAX_MS = 86_400_000;

/** Browsers and proxies begin to refuse longer addresses. */
const URL_LENGTH_MAX = 2_000;
/** More than a workbook shows at once; each is a document. */
const TABS_MAX = 1_000;

const serviceAccountKey = Type.Object(
  {
    client_email: text(320, "The service account's address.", "copy it from the key file"),
    private_key: secret("PEM text.", "copy private_key from the key file, line breaks as \\n"),
    project_id: Type.Optional(text(200, "Project of the key.", "copy it from the key file")),
    private_key_id: Type.Optional(text(200, "Id of the key.", "copy it from the key file")),
  },
  // A key file holds more fields than these, and people paste it whole.
  {
    additionalProperties: true,
    writeOnly: true,
    "x-fix": "paste the content of the key file that Google gave you",
  },
);

const credentials = Type.Union(
  [
    Type.Object({ type: Type.Literal("serviceAccount"), key: serviceAccountKey }, closed),
    Type.Object({ type: Type.Literal("apiKey"), key: secret("API key.", "give the key as text") }, closed),
    Type.Object(
      { type: Type.Literal("account"), id: text(200, "A connected account.", "give its id") },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal("serviceAccountFile"),
        path: text(1_000, "A key file on the daemon's machine.", "give its path"),
      },
      closed,
    ),
    Type.Object({ type: Type.Literal("ambient") }, closed),
  ],
  {
    writeOnly: true,
    description: "How to sign in at the source.",
    "x-fix": 'give an object such as {"type": "apiKey", "key": "..."}',
  },
);

/** Google's highest row number. */
const ROW_MAX = 10_000_000;
const HEADER_ROW_FIX = 'use "first", "none" or the number of the row in the sheet, such as 3';

const headerRow = [
  choice(["first", "none"] as const, "The first row with content, or no header at all."),
  Type.Integer({ minimum: 1, maximum: ROW_MAX, description: "The row's number in the sheet." }),
] as const;

const removable = {
  description: Type.Optional(text(2_000, "What the source is for.", "give at most 2,000 characters")),
  pollingInterval: Type.Optional(
    Type.Integer({
      minimum: POLLING_INTERVAL_MIN_MS,
      maximum: POLLING_INTERVAL_MAX_MS,
      default: POLLING_INTERVAL_DEFAULT_MS,
      description: "Milliseconds between polls while nothing asks for more or less.",
      "x-fix": `give milliseconds from ${POLLING_INTERVAL_MIN_MS} to ${POLLING_INTERVAL_MAX_MS}, such as ${POLLING_INTERVAL_DEFAULT_MS}`,
    }),
  ),
  apiKey: Type.Optional(secret("API key, for feeds and public workbooks.", "give the key as text")),
  credentials: Type.Optional(credentials),
  tabs: Type.Optional(
    Type.Array(
      Type.Union(
        [
          text(500, "A title, an A1 range or a named range.", "give a title, an A1 range or a named range"),
          feedTab,
        ],
        { "x-fix": 'give a title such as "Prices", or for a feed an object such as {"title": "Prices"}' },
      ),
      {
        minItems: 1,
        maxItems: TABS_MAX,
        uniqueItems: true,
        description: "The tabs to sync; all when absent.",
        "x-fix":
          'list tabs by title, A1 range or named range, such as ["Prices", "Stock!B3:F"], or leave it out for all',
      },
    ),
  ),
  keyColumns: Type.Optional(
    Type.Record(Type.String(), text(500, "A header.", "give the header of the column"), {
      description: "Per tab title, the header of the column whose values identify a row.",
      "x-fix": 'give an object such as {"Prices": "SKU"}',
    }),
  ),
  headerRow: Type.Optional(
    Type.Union(
      [
        ...headerRow,
        Type.Record(Type.String(), Type.Union([...headerRow], { "x-fix": HEADER_ROW_FIX }), {
          description: "The same per tab.",
        }),
      ],
      {
        default: "first",
        description: "Where the header stands, for all tabs or per tab.",
        "x-fix": `${HEADER_ROW_FIX}; for some tabs only, an object such as {"Prices": 3}`,
      },
    ),
  ),
  hidden: Type.Optional(
    Type.Object(
      {
        tabs: Type.Optional(
          Type.Boolean({
            default: false,
            description: "Hidden tabs are synced.",
            "x-fix": "use true or false",
          }),
        ),
        rows: Type.Optional(
          Type.Boolean({
            default: true,
            description: "Rows hidden by hand or by a filter are synced.",
            "x-fix": "use true or false",
          }),
        ),
      },
      {
        ...closed,
        description: "Whether what is hidden in the workbook is synced.",
        "x-fix": 'give an object such as {"tabs": true, "rows": false}',
      },
    ),
  ),
  formulas: Type.Optional(
    Type.Boolean({
      default: false,
      description: "Whether the formulas behind cells are synced beside their values.",
      "x-fix": "use true or false",
    }),
  ),
  writable: Type.Optional(
    Type.Boolean({ description: "Whether edits go back into the source.", "x-fix": "use true or false" }),
  ),
  conflictPolicy: Type.Optional(conflictPolicy),
  writes: Type.Optional(writeRules),
  ...feedFields,
};

const headers = <Value extends TSchema>(value: Value) =>
  Type.Record(Type.String(), value, {
    writeOnly: true,
    description: "Extra headers of each request.",
    "x-fix": 'give an object such as {"Accept-Language": "en"}',
  });

const headerValue = Type.String({
  maxLength: SECRET_LENGTH_MAX,
  writeOnly: true,
  "x-fix": "give the header's value as text",
});

const fixed = {
  id: Type.String({
    pattern: SOURCE_ID_PATTERN.source,
    description: "Names the source in addresses and documents; made from the name when absent.",
    "x-fix": 'use 1 to 64 of a to z, 0 to 9, "-" and "_", beginning with a letter or digit',
  }),
  name: text(200, "What people call the source.", "give a name of 1 to 200 characters"),
  type: choice(["googleSheet", "external"] as const, "Which kind of source it is."),
  url: link(URL_LENGTH_MAX, "The link to the workbook or the feed."),
};

export const registerSchema = Type.Object(
  { ...fixed, id: Type.Optional(fixed.id), ...removable, headers: Type.Optional(headers(headerValue)) },
  { ...closed, $id: "RegisterBody" },
);

export const updateSchema = Type.Object(
  {
    ...optional(fixed),
    ...nullable(removable),
    headers: Type.Optional(orNull(headers(orNull(headerValue)))),
  },
  {
    ...closed,
    $id: "UpdateBody",
    description: "What is absent stays, null removes; headers are merged by name. Type and id never change.",
  },
);

/** The bodies' types stand in the contract; these lines do not compile when schema and contract part. */
export const contractHolds = {
  register: (body: Static<typeof registerSchema>): RegisterBody => body,
  registerFields: (field: keyof RegisterBody): keyof Static<typeof registerSchema> => field,
  updateFields: (field: keyof UpdateBody): keyof Static<typeof updateSchema> => field,
};

function orNull<Schema extends TSchema>(schema: Schema) {
  const { description, "x-fix": fix } = schema as TSchema & { "x-fix"?: string };
  return Type.Union([schema, Type.Null()], {
    ...(description === undefined ? {} : { description }),
    ...(fix === undefined ? {} : { "x-fix": fix }),
  });
}

type Fields = Record<string, TSchema>;

function optional<Given extends Fields>(fields: Given) {
  return Type.Partial(Type.Object(fields) as TObject<Given>).properties;
}

function nullable<Given extends Fields>(fields: Given): Record<keyof Given, TSchema> {
  const entries = Object.entries(fields).map(([name, schema]) => [name, Type.Optional(orNull(schema))]);
  return Object.fromEntries(entries);
}
