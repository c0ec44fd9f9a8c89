/** The body of POST .../edits: its schema, and the wishes that it stands for. */
import { Type } from "@sinclair/typebox";
import type { CellValue } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import { formatEditKey } from "#contract/edits.ts";
import type { EditBody, EditsBody } from "#contract/edits-rest.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { checkShape } from "./check-shape.ts";
import { isoCell } from "./iso-cell.ts";
import { closed, text } from "./schema-parts.ts";
import { suggest } from "./suggest.ts";

/** More belong into several requests: one transaction of a document holds them all. */
export const EDITS_PER_REQUEST_MAX = 1_000;
/** Google's limit for one cell. */
const CELL_LENGTH_MAX = 50_000;

const plain = [
  Type.String({ maxLength: CELL_LENGTH_MAX }),
  Type.Number(),
  Type.Boolean(),
  Type.Null(),
] as const;
const cell = Type.Union([...plain], {
  "x-fix": "give text of at most 50,000 characters, a number, true, false or null",
});
/** What stood there may have been an error. */
const known = Type.Union([...plain, Type.Object({ error: Type.String() }, closed)], {
  "x-fix": "give the value as the rows' answer gave it",
});
const row = Type.Integer({
  minimum: 1,
  description: "The row's `$row`.",
  "x-fix": "give the row's $row, as GET .../rows answers it",
});

export const editsSchema = Type.Object(
  {
    edits: Type.Array(
      Type.Union(
        [
          Type.Object(
            {
              row,
              column: text(1_000, "The column's key.", "give the column's key, as GET .../rows answers it"),
              value: Type.Optional(cell),
              formula: Type.Optional(
                Type.String({
                  pattern: "^=",
                  maxLength: CELL_LENGTH_MAX,
                  description: "Instead of a value; only where the source allows formulas.",
                  "x-fix": 'begin it with "="',
                }),
              ),
              base: Type.Optional(known),
            },
            {
              ...closed,
              description:
                "A value for one cell. `base` is what stood there when it was wished. Dates and times may be ISO 8601 without a zone.",
            },
          ),
          Type.Object(
            {
              add: Type.Record(Type.String(), cell, {
                description: "A new row's values by the columns' keys.",
                "x-fix": 'give an object such as {"SKU": "A-1"}',
              }),
              after: Type.Optional(
                Type.Union([row, Type.Null()], {
                  "x-fix": "give the $row that it follows, or null for the first place",
                }),
              ),
            },
            closed,
          ),
          Type.Object({ remove: row }, { ...closed, description: "A row that is to go." }),
        ],
        { "x-fix": "give {row, column, value}, {add} or {remove}" },
      ),
      {
        minItems: 1,
        maxItems: EDITS_PER_REQUEST_MAX,
        "x-fix": `give 1 to ${EDITS_PER_REQUEST_MAX} edits`,
      },
    ),
  },
  { ...closed, $id: "EditsBody" },
);

/** A wish with the key that it would have in an edits document. */
export interface KeyedWish {
  readonly key: string;
  readonly wish: Wish;
}

/** The wishes of a body, or all that is wrong with its form and its columns. `nameOf` names the added rows. */
export function wishesOf(
  body: unknown,
  columns: readonly Column[],
  nameOf: (index: number) => string,
): Result<readonly KeyedWish[], readonly FieldProblem[]> {
  const shape = checkShape(editsSchema, body);
  if (shape.length > 0) return err(shape);
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const problems: FieldProblem[] = [];
  const columnOf = (key: string, field: string): Place => {
    const column = byKey.get(key);
    if (!column) problems.push(unknownColumn(key, field, [...byKey.keys()]));
    return column ?? { slot: 0, type: "mixed" };
  };
  const wishes = (body as EditsBody).edits.map((edit, index): KeyedWish => {
    const wish = wishOf(edit, `edits[${index}]`, columnOf, () => nameOf(index));
    return { key: formatEditKey(wish), wish };
  });
  problems.push(...repeated(wishes));
  return problems.length > 0 ? err(problems) : ok(wishes);
}

type Place = Pick<Column, "slot" | "type">;

function wishOf(
  edit: EditBody,
  field: string,
  columnOf: (key: string, field: string) => Place,
  name: () => string,
): Wish {
  if ("remove" in edit) return { tag: "remove", row: edit.remove };
  if ("add" in edit) {
    const values: Record<string, CellValue> = {};
    for (const [key, value] of Object.entries(edit.add)) {
      const { slot, type } = columnOf(key, `${field}.add.${key}`);
      values[slot] = isoCell(value, type);
    }
    return { tag: "add", name: name(), values, ...(edit.after === undefined ? {} : { after: edit.after }) };
  }
  const { row, column, value = null, formula, base } = edit as Extract<EditBody, { row: RowId }>;
  const { slot, type } = columnOf(column, `${field}.column`);
  return {
    tag: "cell",
    row,
    slot,
    value: isoCell(value, type),
    ...(formula === undefined ? {} : { formula }),
    ...(base === undefined ? {} : { base: isoCell(base, type) }),
  };
}

/** Two wishes for the same cell in one request say nothing of which is meant. */
function repeated(wishes: readonly KeyedWish[]): FieldProblem[] {
  const seen = new Map<string, number>();
  return wishes.flatMap(({ key }, index) => {
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    const field = `edits[${index}]`;
    return [{ field, problem: `is for the same place as edits[${first}]`, fix: "leave one of them out" }];
  });
}

function unknownColumn(key: string, field: string, keys: readonly string[]): FieldProblem {
  const meant = suggest(key, keys);
  const fix = meant ? `did you mean "${meant}"?` : `use one of: ${keys.join(", ")}`;
  return { field, problem: `there is no column "${key}"`, fix };
}
