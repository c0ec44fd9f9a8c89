/** What becomes of each edit of a tab, as the tab stands now: a step to take, or an outcome without one. */
import type { CellValue } from "#contract/cell.ts";
import type { Slot } from "#contract/layout.ts";
import type { WriteRules } from "#contract/rest.ts";
import { type Doubt, type Located, locate, type Place } from "../../../model/locate.ts";
import { resolveCell } from "../../../model/resolve.ts";
import type { TabWrite, WriteEdit, WriteOutcome } from "../../../model/write.ts";
import { columnLetters } from "../a1.ts";
import type { FreshTab, SeenTab } from "./fresh-tab.ts";
import {
  cellObstacle,
  insertionObstacle,
  isPart,
  type Obstacle,
  removalObstacle,
  valueObstacle,
} from "./obstacles.ts";

type CellEdit = Extract<WriteEdit, { tag: "cell" }>;
type AddEdit = Extract<WriteEdit, { tag: "add" }>;
type RemoveEdit = Extract<WriteEdit, { tag: "remove" }>;

/** Rows and columns are those of the grid before anything of the batch was done. */
export type Step =
  | {
      readonly tag: "cell";
      readonly edit: CellEdit;
      readonly row: number;
      readonly column: number;
      readonly lost?: CellValue;
    }
  | {
      readonly tag: "add";
      readonly edit: AddEdit;
      /** The new row is to stand before the row that is here now. */
      readonly row: number;
      /** Whose formats it takes; none: the blank row that is there is filled. */
      readonly like: "above" | "below" | "none";
    }
  | { readonly tag: "remove"; readonly edit: RemoveEdit; readonly row: number };

/** Of steps that put back what others hit: nobody's edits. */
export const REPAIRS = {
  id: "",
  atMs: 0,
  tag: "cell",
  row: 0,
  slot: 0,
  policy: "client",
  theirsAtMs: 0,
} as const;

export function isRepair({ edit }: Step): boolean {
  return edit.id === REPAIRS.id;
}

/** What goes out, and what the tab was when that was decided. */
export interface Sent {
  readonly tab: SeenTab;
  readonly located: Pick<Located, "columns">;
  readonly steps: readonly Step[];
}

export interface TabPlan extends Sent {
  readonly tab: FreshTab;
  readonly located: Located;
  readonly outcomes: readonly WriteOutcome[];
}

export function decideTab(write: TabWrite, tab: FreshTab, rules: WriteRules): TabPlan {
  const located = locate(write.baseline, tab.snapshot);
  const steps: Step[] = [];
  const outcomes: WriteOutcome[] = [];
  const context: Context = { write, tab, located, rules, keys: new Set(), filled: 0 };
  for (const edit of write.edits) {
    const decided = decideEdit(context, edit);
    if ("id" in decided) outcomes.push(decided);
    else steps.push(decided);
  }
  return { tab, located, steps, outcomes };
}

interface Context {
  readonly write: TabWrite;
  readonly tab: FreshTab;
  readonly located: Located;
  readonly rules: WriteRules;
  /** Of rows that the batch adds. */
  readonly keys: Set<CellValue>;
  /** How many blank rows at the table's end it fills. */
  filled: number;
}

function decideEdit(context: Context, edit: WriteEdit): Step | WriteOutcome {
  if (edit.doubt !== undefined) return refused(edit, doubt({ code: edit.doubt }));
  switch (edit.tag) {
    case "cell":
      return decideCell(context, edit);
    case "add":
      return decideAdd(context, edit);
    case "remove":
      return decideRemove(context, edit);
  }
}

function decideCell({ write, tab, located, rules }: Context, edit: CellEdit): Step | WriteOutcome {
  const { id } = edit;
  const [rowAt, columnAt] = [located.row(edit.row), located.column(edit.slot)];
  for (const [place, reason] of [
    [rowAt, "row-gone"],
    [columnAt, "column-gone"],
  ] as const) {
    if (place.tag === "gone") {
      return { id, tag: "conflict", reason, theirs: null, asked: edit.policy === "ask" };
    }
    if (place.tag === "doubtful") return refused(edit, doubt(place));
  }
  const [row, column] = [tab.gridRow(at(rowAt)), tab.gridColumn(at(columnAt))];
  const there = tab.cell(row, column);
  const value = there?.value ?? null;
  const verdict = resolveCell(
    edit,
    {
      value,
      ...(there?.formula === undefined ? {} : { formula: there.formula }),
      known: write.baseline.rows.get(edit.row)?.values[edit.slot] ?? null,
    },
    madeOf,
  );
  if (verdict.tag === "confirm") return written(edit, there);
  const obstacle = cellObstacle(tab, row, column, edit, rules);
  if (obstacle) return refused(edit, obstacle);
  if (verdict.tag === "conflict") {
    return { id, tag: "conflict", reason: "changed", theirs: verdict.theirs, asked: verdict.asked };
  }
  return { tag: "cell", edit, row, column, ...("lost" in verdict ? { lost: verdict.lost } : {}) };
}

function decideAdd(context: Context, edit: AddEdit): Step | WriteOutcome {
  const { tab, located, rules, keys } = context;
  for (const [slot, value] of edit.values.entries()) {
    if (value == null) continue;
    const place = located.column(slot);
    const obstacle = place.tag === "at" ? valueObstacle(value) : noColumn(place, slot);
    if (obstacle) return refused(edit, obstacle);
  }
  const key = tab.snapshot.keyColumn;
  const ownKey = key === undefined ? null : (edit.values[located.columns[key]!.slot] ?? null);
  if (ownKey !== null && (located.hasKey(ownKey) || keys.has(ownKey))) {
    const why = `A row with the key ${JSON.stringify(ownKey)} is there already`;
    return refused(edit, { code: "duplicate-key", why });
  }
  const step = placeOfAdd(context, edit);
  if ("code" in step) return refused(edit, step);
  const obstacle = step.like === "none" ? null : insertionObstacle(tab, step.row, rules);
  if (obstacle) return refused(edit, obstacle);
  for (const [slot, value] of edit.values.entries()) {
    const place = located.column(slot);
    if (value == null || place.tag !== "at" || step.like !== "none") continue;
    const inTheWay = cellObstacle(tab, step.row, tab.gridColumn(place.at), { value }, rules);
    if (inTheWay) return refused(edit, inTheWay);
  }
  if (ownKey !== null) keys.add(ownKey);
  if (step.like === "none") context.filled++;
  return { tag: "add", edit, ...step };
}

/** The end of the table is after its last row, not after the grid's. */
function placeOfAdd(
  { tab, located, rules, filled }: Context,
  edit: AddEdit,
): { readonly row: number; readonly like: "above" | "below" | "none" } | Obstacle {
  const { rows } = tab.snapshot;
  const end = tab.gridRow(rows.length);
  const after = edit.after === undefined && rules.newRows === "top" ? null : edit.after;
  const before = after == null ? null : located.row(after);
  if (before?.tag === "doubtful") return doubt(before);
  // A row that is gone says no more where its neighbour belongs.
  const wished = after === null ? tab.gridRow(0) : before?.tag === "at" ? tab.gridRow(before.at) + 1 : end;
  if (!isPart(tab.box)) {
    if (rows.length === 0) return { row: end, like: end < tab.rowCount ? "below" : "above" };
    return { row: wished, like: after === null ? "below" : "above" };
  }
  if (wished !== end) {
    return {
      code: "part-of-tab",
      why: "The table is part of a larger tab, and other cells stand beside it: a row can be added at its end only",
    };
  }
  const last = Math.min(tab.box.endRow ?? tab.rowCount, tab.rowCount);
  if (end + filled < last) return { row: end + filled, like: "none" };
  return {
    code: "no-room",
    why: `The table's range ends with row ${last}: make it longer in the source's settings or the sheet`,
  };
}

function decideRemove({ tab, located, rules }: Context, edit: RemoveEdit): Step | WriteOutcome {
  const place = located.row(edit.row);
  if (place.tag === "gone") return { id: edit.id, tag: "written" };
  if (place.tag === "doubtful") return refused(edit, doubt(place));
  const row = tab.gridRow(place.at);
  const obstacle = removalObstacle(tab, row, rules);
  return obstacle ? refused(edit, obstacle) : { tag: "remove", edit, row };
}

/** What Google makes of a value: an empty text is an empty cell. */
function madeOf(value: CellValue): CellValue {
  return value === "" ? null : value;
}

function at(place: Place): number {
  if (place.tag !== "at") throw new Error("a place that is not certain was used");
  return place.at;
}

function written(edit: WriteEdit, cell: ReturnType<FreshTab["cell"]>): WriteOutcome {
  const { value = null, formula } = cell ?? {};
  return { id: edit.id, tag: "written", value, ...(formula === undefined ? {} : { formula }) };
}

function refused({ id }: WriteEdit, { code, why }: Obstacle): WriteOutcome {
  return { id, tag: "refused", code, why };
}

function doubt({ code }: { readonly code: Doubt }): Obstacle {
  return { code, why: DOUBTS[code] };
}

const DOUBTS = {
  "row-moved":
    "The tab changed, and it is not certain any more which row this one is: look at it and make the edit again",
  "duplicate-key": "The row's key stands in more than one row: give each row a key of its own in the sheet",
  "column-moved":
    "The tab's columns changed, and several have this header: give each a header of its own in the sheet",
} as const;

function noColumn(place: Place, slot: Slot): Obstacle {
  if (place.tag === "doubtful") return doubt(place);
  return {
    code: "column-gone",
    why: `The row has a value for a column (${columnLetters(slot)}) that is no longer there`,
  };
}
