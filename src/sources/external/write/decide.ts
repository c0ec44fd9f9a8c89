/** What becomes of each edit of a feed's tab, as the feed stands now. */
import { type CellValue, cellsEqual, isCellError } from "#contract/cell.ts";
import { type Doubt, type Located, locate } from "../../../model/locate.ts";
import { resolveCell } from "../../../model/resolve.ts";
import type { TabWrite, WriteEdit, WriteOutcome } from "../../../model/write.ts";
import type { FreshTable } from "./fresh-feed.ts";
import { outOf } from "./out-of.ts";

/** `at`: position among the table's rows. `value`: what goes out, in the feed's own form. */
export type FeedStep =
  | {
      readonly tag: "cell";
      readonly edit: Extract<WriteEdit, { tag: "cell" }>;
      readonly at: number;
      readonly column: number;
      readonly value: CellValue;
      readonly lost?: CellValue;
    }
  | {
      readonly tag: "add";
      readonly edit: Extract<WriteEdit, { tag: "add" }>;
      /** By position of the column. */
      readonly values: readonly CellValue[];
      /** The row that it follows, -1 for the first place, null for the end. */
      readonly after: number | null;
    }
  | { readonly tag: "remove"; readonly edit: Extract<WriteEdit, { tag: "remove" }>; readonly at: number };

export interface FeedTabPlan {
  readonly table: FreshTable;
  readonly located: Located;
  readonly steps: readonly FeedStep[];
  readonly outcomes: readonly WriteOutcome[];
}

/** `again`: rows that the batch added may be there already. */
export function decideFeedTab(
  write: TabWrite,
  table: FreshTable,
  options: { readonly again: boolean; readonly newRows?: "end" | "top" | undefined },
): FeedTabPlan {
  const located = locate(write.baseline, table.snapshot);
  const context: Context = { write, table, located, taken: new Set(), keys: new Set(), ...options };
  const decided = write.edits.map((edit) => decide(context, edit));
  return {
    table,
    located,
    steps: decided.filter((one) => "edit" in one),
    outcomes: decided.filter((one) => "id" in one),
  };
}

interface Context {
  readonly write: TabWrite;
  readonly table: FreshTable;
  readonly located: Located;
  readonly again: boolean;
  readonly newRows?: "end" | "top" | undefined;
  /** Positions of rows that were found to be an addition's. */
  readonly taken: Set<number>;
  readonly keys: Set<CellValue>;
}

function decide(context: Context, edit: WriteEdit): FeedStep | WriteOutcome {
  if (edit.doubt !== undefined) return doubtful(edit, { code: edit.doubt });
  if (edit.tag === "cell") return decideCell(context, edit);
  if (edit.tag === "add") return decideAdd(context, edit);
  const place = context.located.row(edit.row);
  if (place.tag === "gone") return { id: edit.id, tag: "written" };
  return place.tag === "at" ? { tag: "remove", edit, at: place.at } : doubtful(edit, place);
}

function decideCell(
  { write, table, located }: Context,
  edit: Extract<WriteEdit, { tag: "cell" }>,
): FeedStep | WriteOutcome {
  const { id } = edit;
  const [row, column] = [located.row(edit.row), located.column(edit.slot)];
  if (row.tag !== "at") return row.tag === "gone" ? gone(edit, "row-gone") : doubtful(edit, row);
  if (column.tag !== "at") return column.tag === "gone" ? gone(edit, "column-gone") : doubtful(edit, column);
  const value = table.snapshot.rows[row.at]![column.at] ?? null;
  const known = write.baseline.rows.get(edit.row)?.values[edit.slot] ?? null;
  const verdict = resolveCell(edit, { value, known });
  if (verdict.tag === "confirm") return { id, tag: "written", value };
  if (edit.formula !== undefined) return refused(edit, "formula", "A feed has no formulas");
  if (isCellError(edit.value)) return refused(edit, "error-value", "An error cannot be entered");
  if (table.plan.keyField !== undefined && column.at === table.snapshot.keyColumn) {
    return refused(edit, "key", "The key names the row: remove the row and add another instead");
  }
  if (verdict.tag === "conflict") {
    return { id, tag: "conflict", reason: "changed", theirs: verdict.theirs, asked: verdict.asked };
  }
  const out = outOf(edit.value, table.snapshot.columns[column.at]!.type);
  const lost = "lost" in verdict ? { lost: verdict.lost } : {};
  return { tag: "cell", edit, at: row.at, column: column.at, value: out, ...lost };
}

function decideAdd(context: Context, edit: Extract<WriteEdit, { tag: "add" }>): FeedStep | WriteOutcome {
  const { write, table, located, again, taken, keys } = context;
  const { snapshot } = table;
  for (const [slot, value] of edit.values.entries()) {
    if (value == null) continue;
    const place = located.column(slot);
    if (place.tag === "doubtful") return doubtful(edit, place);
    if (place.tag === "gone")
      return refused(edit, "column-gone", "The row has a value for a column that is gone");
    if (isCellError(value)) return refused(edit, "error-value", "An error cannot be entered");
  }
  const wished = located.columns.map(({ slot }) => edit.values[slot] ?? null);
  if (again) {
    const at = located.order.findIndex(
      (id, i) =>
        id >= write.baseline.nextRow &&
        !taken.has(i) &&
        wished.every((value, column) => value === null || cellsEqual(value, snapshot.rows[i]![column])),
    );
    if (at >= 0) {
      taken.add(at);
      return { id: edit.id, tag: "written", values: bySlot(located, snapshot.rows[at]!) };
    }
  }
  const key = snapshot.keyColumn === undefined ? null : (wished[snapshot.keyColumn] ?? null);
  if (key !== null && (located.hasKey(key) || keys.has(key))) {
    return refused(edit, "duplicate-key", `A row with the key ${JSON.stringify(key)} is there already`);
  }
  keys.add(key);
  const values = wished.map((value, column) => outOf(value, snapshot.columns[column]!.type));
  const after = edit.after === undefined && context.newRows === "top" ? null : edit.after;
  const before = after == null ? null : located.row(after);
  if (before?.tag === "doubtful") return doubtful(edit, before);
  return { tag: "add", edit, values, after: after === null ? -1 : before?.tag === "at" ? before.at : null };
}

function bySlot(located: Located, row: readonly CellValue[]): CellValue[] {
  const values: CellValue[] = [];
  located.columns.forEach(({ slot }, position) => {
    const value = row[position] ?? null;
    if (value === null) return;
    while (values.length < slot) values.push(null);
    values[slot] = value;
  });
  return values;
}

function gone(edit: Extract<WriteEdit, { tag: "cell" }>, reason: "row-gone" | "column-gone"): WriteOutcome {
  return { id: edit.id, tag: "conflict", reason, theirs: null, asked: edit.policy === "ask" };
}

function refused({ id }: WriteEdit, code: string, why: string): WriteOutcome {
  return { id, tag: "refused", code, why };
}

function doubtful({ id }: WriteEdit, { code }: { readonly code: Doubt }): WriteOutcome {
  const why = "The feed changed, and it is not certain any more which row or column this one is";
  return { id, tag: "refused", code, why };
}
