/** Templates as JSON Schema: their form; what their names mean is checked by src/exports/template-check.ts. */
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import type { TemplateBody } from "#contract/templates.ts";
import { choice, closed, text } from "./schema-parts.ts";

export const TEMPLATE_ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const TABS_MAX = 20;
const COLUMNS_MAX = 500;
const PARTS_MAX = 50;
const LIST_VALUES_MAX = 500;
/** Google's limit. */
const FORMULA_CHARACTERS_MAX = 50_000;
const PIXELS_MAX = 2_000;

const key = text(200, "A column's key.", "give a column's key");
const color = Type.String({
  pattern: "^#[0-9a-fA-F]{6}$",
  description: "A colour.",
  "x-fix": 'write it such as "#1f6feb"',
});
const flag = (description: string) => Type.Boolean({ description, "x-fix": "use true or false" });
const number = (description: string) => Type.Number({ description, "x-fix": "give a number without quotes" });
const whole = (minimum: number, maximum: number, description: string) =>
  Type.Integer({
    minimum,
    maximum,
    description,
    "x-fix": `give a whole number from ${minimum} to ${maximum}`,
  });
const parts = <Fields extends TProperties>(fields: Fields, fix: string) =>
  Type.Object(fields, { ...closed, "x-fix": fix });

const style = parts(
  {
    bold: Type.Optional(flag("Bold text.")),
    italic: Type.Optional(flag("Italic text.")),
    color: Type.Optional(color),
    background: Type.Optional(color),
    size: Type.Optional(whole(6, 72, "Points.")),
    font: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9 -]{1,60}$",
        description: "A font family.",
        "x-fix": 'give a family such as "Roboto"',
      }),
    ),
    align: Type.Optional(choice(["left", "center", "right"] as const, "Where the text stands.")),
    vertical: Type.Optional(choice(["top", "middle", "bottom"] as const, "Where the text stands.")),
    wrap: Type.Optional(flag("Long text goes on in the next line.")),
  },
  'give an object such as {"bold": true, "background": "#e8edf3"}',
);

const day = text(10, "A day in ISO 8601.", 'write it such as "2026-05-01"');
const help = {
  strict: Type.Optional(flag("Anything else is refused, not only marked.")),
  help: Type.Optional(text(500, "Shown to who writes into the cell.", "give at most 500 characters")),
};
const formula = text(
  FORMULA_CHARACTERS_MAX,
  "Such as ={quantity}*{price}; {key:all} is a whole column, {tab.key:all} one of another tab.",
  'write such as "={quantity}*{price}"',
);

const validation = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal("list"),
        values: Type.Array(text(500, "A choice.", "give the choice as text"), {
          minItems: 1,
          maxItems: LIST_VALUES_MAX,
          uniqueItems: true,
          "x-fix": 'list the choices, such as ["open", "done"]',
        }),
        ...help,
      },
      closed,
    ),
    Type.Object({ type: Type.Literal("column"), column: key, ...help }, closed),
    Type.Object(
      {
        type: Type.Literal("number"),
        min: Type.Optional(number("The lowest.")),
        max: Type.Optional(number("The highest.")),
        ...help,
      },
      closed,
    ),
    Type.Object(
      { type: Type.Literal("date"), from: Type.Optional(day), to: Type.Optional(day), ...help },
      closed,
    ),
    Type.Object({ type: Type.Literal("checkbox"), ...help }, closed),
  ],
  {
    description: "What people may write into the column's cells.",
    "x-fix": 'give an object such as {"type": "list", "values": ["open", "done"]}',
  },
);

const column = parts(
  {
    key,
    header: Type.Optional(text(500, "What stands above the column.", "give at most 500 characters")),
    type: Type.Optional(
      choice(
        [
          "text",
          "number",
          "integer",
          "percent",
          "money",
          "boolean",
          "date",
          "time",
          "datetime",
          "hours",
          "link",
        ] as const,
        "What its cells are; as the data show when absent.",
      ),
    ),
    path: Type.Optional(
      text(500, "Where the value stands in a row of the data.", 'give a path such as "customer.name"'),
    ),
    formula: Type.Optional(formula),
    formulas: Type.Optional(flag("Formulas in the data are taken as formulas.")),
    required: Type.Optional(flag("Rows without a value are refused.")),
    fallback: Type.Optional(
      Type.Union([Type.String({ maxLength: 1_000 }), Type.Number(), Type.Boolean()], {
        description: "Where the data have nothing.",
        "x-fix": "give a text, a number, true or false",
      }),
    ),
    format: Type.Optional(text(200, "How numbers and dates are shown.", 'give a pattern such as "#,##0.00"')),
    width: Type.Optional(whole(10, PIXELS_MAX, "Pixels.")),
    style: Type.Optional(style),
    note: Type.Optional(text(5_000, "A note at the header.", "give at most 5,000 characters")),
    hidden: Type.Optional(flag("The column is hidden.")),
    total: Type.Optional(
      choice(["sum", "average", "count", "min", "max"] as const, "What stands below the column."),
    ),
    validation: Type.Optional(validation),
  },
  'give an object such as {"key": "price", "type": "money"}',
);

const rule = Type.Union(
  [
    ...(["below", "above", "equal"] as const).map((type) =>
      Type.Object({ type: Type.Literal(type), value: number("What the cell is held against.") }, closed),
    ),
    Type.Object(
      { type: Type.Literal("between"), from: number("The lowest."), to: number("The highest.") },
      closed,
    ),
    ...(["is", "contains"] as const).map((type) =>
      Type.Object({ type: Type.Literal(type), text: text(500, "A text.", "give the text") }, closed),
    ),
    ...(["blank", "filled"] as const).map((type) => Type.Object({ type: Type.Literal(type) }, closed)),
    Type.Object({ type: Type.Literal("formula"), formula }, closed),
    Type.Object(
      { type: Type.Literal("scale"), low: color, middle: Type.Optional(color), high: color },
      closed,
    ),
  ],
  { "x-fix": 'give an object such as {"type": "below", "value": 0}' },
);

const tab = parts(
  {
    id: Type.Optional(
      Type.String({
        pattern: "^[a-z0-9][a-z0-9_-]{0,63}$",
        description: "Names the tab in formulas.",
        "x-fix": 'use 1 to 64 of a to z, 0 to 9, "-" and "_"',
      }),
    ),
    title: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: "^[^\\[\\]*?:/\\\\]+$",
      description: "What people call the tab.",
      "x-fix": "give at most 100 characters, none of [ ] * ? : / \\",
    }),
    rows: Type.Optional(text(500, "Path of the list in the data.", 'give a path such as "orders.lines"')),
    distinct: Type.Optional(text(500, "One row for each value there.", 'give a path such as "region"')),
    key: Type.Optional(key),
    columns: Type.Optional(
      Type.Array(column, {
        minItems: 1,
        maxItems: COLUMNS_MAX,
        "x-fix": "list the columns, or leave it out for all of the data",
      }),
    ),
    lists: Type.Optional(choice(["columns", "tabs"] as const, "What lists inside the rows become.")),
    headerStyle: Type.Optional(style),
    bodyStyle: Type.Optional(style),
    totals: Type.Optional(
      parts(
        {
          label: Type.Optional(text(100, "Stands beside the totals.", "give at most 100 characters")),
          style: Type.Optional(style),
        },
        'give an object such as {"label": "Total"}',
      ),
    ),
    freeze: Type.Optional(
      parts(
        {
          rows: Type.Optional(whole(0, 10, "Rows that stay in sight.")),
          columns: Type.Optional(whole(0, 20, "Columns that stay in sight.")),
        },
        'give an object such as {"rows": 1, "columns": 1}',
      ),
    ),
    filter: Type.Optional(flag("The header filters.")),
    banding: Type.Optional(
      parts({ first: color, second: color }, 'give such as {"first": "#ffffff", "second": "#f6f8fa"}'),
    ),
    conditions: Type.Optional(
      Type.Array(
        parts(
          {
            columns: Type.Array(key, { minItems: 1, maxItems: COLUMNS_MAX, "x-fix": "list keys of columns" }),
            rule,
            style: Type.Optional(style),
          },
          'give such as {"columns": ["stock"], "rule": {"type": "below", "value": 5}, "style": {"color": "#c62828"}}',
        ),
        { maxItems: PARTS_MAX, "x-fix": "list conditional formats" },
      ),
    ),
    charts: Type.Optional(
      Type.Array(
        parts(
          {
            type: choice(["column", "bar", "line", "area", "pie"] as const, "How it is drawn."),
            title: text(200, "Stands above the chart.", "give at most 200 characters"),
            labels: key,
            values: Type.Array(key, { minItems: 1, maxItems: 10, "x-fix": "list keys of columns" }),
            stacked: Type.Optional(flag("Values stand on each other.")),
            colors: Type.Optional(Type.Array(color, { maxItems: 10, "x-fix": "list colours" })),
          },
          'give such as {"type": "bar", "title": "Revenue", "labels": "region", "values": ["revenue"]}',
        ),
        { maxItems: 10, "x-fix": "list charts" },
      ),
    ),
    protect: Type.Optional(
      Type.Array(
        parts(
          {
            part: choice(["header", "column", "totals", "tab"] as const, "What is protected."),
            column: Type.Optional(key),
            strict: Type.Optional(flag("Nobody else may change it; else people are warned.")),
            description: Type.Optional(text(200, "Why.", "give at most 200 characters")),
          },
          'give such as {"part": "header"}',
        ),
        { maxItems: PARTS_MAX, "x-fix": "list protected parts" },
      ),
    ),
    names: Type.Optional(
      Type.Array(
        parts(
          {
            name: Type.String({
              pattern: "^[A-Za-z_][A-Za-z0-9_]{2,249}$",
              description: "A named range.",
              "x-fix": "use letters, digits and _, three or more, beginning with a letter",
            }),
            column: key,
          },
          'give such as {"name": "Prices", "column": "price"}',
        ),
        { maxItems: PARTS_MAX, "x-fix": "list named ranges" },
      ),
    ),
    tabColor: Type.Optional(color),
    rowHeight: Type.Optional(whole(10, 400, "Pixels.")),
    headerHeight: Type.Optional(whole(10, 400, "Pixels.")),
  },
  'give an object such as {"title": "Orders", "columns": [{"key": "id"}]}',
);

const fields = {
  id: Type.String({
    pattern: TEMPLATE_ID_PATTERN.source,
    description: "Names the template; one that exists gets a new version.",
    "x-fix": 'use 1 to 64 of a to z, 0 to 9, "-" and "_"',
  }),
  name: text(200, "What people call it.", "give at most 200 characters"),
  description: Type.Optional(text(2_000, "What it is for.", "give at most 2,000 characters")),
  locale: Type.Optional(text(10, "Such as en_GB.", 'use such as "en_GB"')),
  timeZone: Type.Optional(text(60, "IANA name.", 'use such as "Europe/Berlin"')),
  currency: Type.Optional(text(3, "ISO 4217.", 'use such as "EUR"')),
  tabs: Type.Array(tab, { minItems: 1, maxItems: TABS_MAX, "x-fix": "list the tabs of the sheet" }),
};

export const templateSchema = Type.Object(fields, { ...closed, $id: "TemplateBody" });

const trying = {
  title: Type.Optional(
    text(500, "Of the sheet; the template's name when absent.", "give at most 500 characters"),
  ),
  version: Type.Optional(
    Type.Integer({ minimum: 1, description: "The newest when absent.", "x-fix": "give a version's number" }),
  ),
  locale: fields.locale,
  timeZone: fields.timeZone,
  currency: fields.currency,
};

/** Without the data, which may be anything here. */
export const tryTemplateShape = Type.Object(trying, closed);

export const tryTemplateSchema = Type.Object(
  {
    data: Type.Optional(
      Type.Unknown({
        description:
          "A list of objects, {columns, rows}, lists by name, or a live tab or view as {source, tab, view?}. The template's own sample when absent.",
      }),
    ),
    ...trying,
  },
  { ...closed, $id: "TryTemplateBody" },
);

export const templateSummarySchema = Type.Object({
  id: fields.id,
  name: fields.name,
  description: fields.description,
  version: Type.Integer({ description: "From 1." }),
  ready: Type.Boolean({ description: "Comes with Sheetwire: neither changed nor deleted." }),
  tabs: Type.Array(Type.String({ description: "Their titles." })),
});

export const templateAnswerSchema = Type.Object({
  ...fields,
  version: templateSummarySchema.properties.version,
  ready: templateSummarySchema.properties.ready,
  sample: Type.Optional(Type.Unknown({ description: "Data to try it with." })),
  createdAt: Type.Optional(Type.String({ description: "ISO 8601." })),
});

/** Does not compile when schema and contract part. */
export const templateHolds = (body: Static<typeof templateSchema>): TemplateBody => body;
