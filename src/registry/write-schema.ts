/** What a source's settings say of edits, as JSON Schema. */
import { type Static, Type } from "@sinclair/typebox";
import type { WriteRules } from "#contract/rest.ts";
import { choice, closed } from "./schema-parts.ts";

const flag = (description: string) =>
  Type.Optional(Type.Boolean({ default: false, description, "x-fix": "use true or false" }));

export const conflictPolicy = choice(
  ["sheet", "client", "latest", "ask"] as const,
  "Who wins when both sides changed a cell.",
);

const columnRule = Type.Object(
  {
    direction: Type.Optional(
      choice(["two-way", "read-only", "new-rows"] as const, "Which cells of the column may be written."),
    ),
    conflictPolicy: Type.Optional(conflictPolicy),
  },
  { ...closed, "x-fix": 'give an object such as {"direction": "read-only"}' },
);

export const writeRules = Type.Object(
  {
    formulas: flag("Whether formulas may be written, and cells that hold one be replaced."),
    protectedCells: flag("Whether cells are written that the sheet protects with a warning alone."),
    hiddenCells: flag("Whether cells of hidden rows and columns are written."),
    newRows: Type.Optional(
      choice(["end", "top"] as const, "Where a row goes whose edit names no place; at the end when absent."),
    ),
    columns: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String(), columnRule), {
        description: "Per tab, by header, what holds for that column alone.",
        "x-fix": 'give an object such as {"Prices": {"Notes": {"direction": "read-only"}}}',
      }),
    ),
  },
  {
    ...closed,
    description: "What edits may touch; of writable sources.",
    "x-fix": 'give an object such as {"newRows": "top"}',
  },
);

/** Does not compile when schema and contract part. */
export const writeRulesHold = (rules: Static<typeof writeRules>): WriteRules => rules;
