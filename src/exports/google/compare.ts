/** What an update changes in a tab as it stands: decided on what is there, on what was last written, and on the plan. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { HandEditCell, HandEdits, SkippedRow, UpdateType } from "#contract/exports.ts";
import { hashCell, hashRow } from "../../model/row-hash.ts";
import { matchRows } from "../../model/row-identity.ts";
import type { PlanCell, RowPlan, TabPlan } from "../plan.ts";
import type { TabLook } from "./look.ts";
import { isBlank, keyText, type SeenCell } from "./seen-cell.ts";

export interface TabChange {
  /** Cells of rows that stay; rows of the grid, indexes of the plan's columns. */
  readonly cells: readonly CellChange[];
  readonly added: readonly { readonly row: RowPlan; readonly index: number }[];
  /** Rows of the grid, from above. */
  readonly removed: readonly number[];
  /** `index`: of the row in the plan; -1: it is not there. */
  readonly skipped: readonly (SkippedRow & { readonly index: number })[];
  readonly kept: readonly HandEditCell[];
  /** Rows that are not in the plan any more and stay all the same. */
  readonly staying: readonly RowPlan[];
}

export interface CellChange {
  readonly row: number;
  readonly column: number;
  readonly cell: PlanCell;
  /** What it replaces, where people had changed it by hand. */
  readonly byHand: HandEditCell | null;
}

export interface Comparison {
  readonly type: UpdateType;
  readonly tab: TabPlan;
  readonly look: TabLook;
  /** What was last written, by the plan's columns of today; null: not known. */
  readonly base: readonly RowPlan[] | null;
  readonly edits: HandEdits;
  /** Rows that an append has written already. */
  readonly done: number;
}

export function compare(comparison: Comparison): TabChange {
  const rows = createRows(comparison);
  const { type, tab, done } = comparison;
  const changes = createChanges(comparison, rows);
  if (type === "append") {
    const there = "a row with this key is there already: upsert or replace changes it";
    for (const [index, row] of tab.rows.entries()) {
      if (index < done) continue;
      if (tab.keyColumn === null || rows.atKey(row) === undefined) changes.add(row, index);
      else changes.skip(rows.keyOf(row), there, index);
    }
    return changes.done();
  }
  if (tab.keyColumn === null) compareByContent(comparison, rows, changes);
  else compareByKey(comparison, rows, changes);
  return changes.done();
}

type Rows = ReturnType<typeof createRows>;
type Changes = ReturnType<typeof createChanges>;

/** The rows of the table as they stand, and as they were last written. */
function createRows({ tab, look, base }: Comparison) {
  const { place, cells } = look;
  const at = tab.columns.map(({ key }) => place.columns.get(key) ?? -1);
  const keyIndex = tab.columns.findIndex(({ key }) => key === tab.keyColumn);
  const byKey = new Map<string, number>();
  const twice = new Set<string>();
  const keyAt = at[keyIndex] ?? -1;
  for (let row = place.headerRow + 1; row <= place.lastRow; row++) {
    const key = keyText(cells[row]?.[keyAt]);
    if (key === null) continue;
    if (byKey.has(key)) twice.add(key);
    else byKey.set(key, row);
  }
  const keyOf = ({ key, cells: planned }: RowPlan): string => keyText(seenOf(planned[keyIndex])) ?? key ?? "";
  return {
    byKey,
    twice,
    keyOf,
    atKey: (row: RowPlan): number | undefined => byKey.get(keyOf(row)),
    seen: (row: number, index: number): SeenCell => cells[row]?.[at[index]!] ?? null,
    baseByKey: new Map((base ?? []).map((row) => [keyOf(row), row])),
    /** Whether people wrote something beside the export's columns. */
    hasOwn(row: number): boolean {
      const ours = new Set(at);
      return (cells[row] ?? []).some((cell, column) => !ours.has(column) && !isBlank(cell));
    },
  };
}

function createChanges({ type, tab, look, edits }: Comparison, rows: Rows) {
  const cells: CellChange[] = [];
  const added: { row: RowPlan; index: number }[] = [];
  const removed: number[] = [];
  const skipped: (SkippedRow & { index: number })[] = [];
  const kept: HandEditCell[] = [];
  const staying: RowPlan[] = [];
  const title = look.place.title;
  return {
    add: (row: RowPlan, index: number) => void added.push({ row, index }),
    skip: (row: string, why: string, index: number) => void skipped.push({ tab: title, row, why, index }),
    /** A row that is there and in the plan. */
    keep(row: number, planned: RowPlan, base: RowPlan | undefined) {
      tab.columns.forEach((column, index) => {
        const cell = planned.cells[index] ?? null;
        if (column.formula || !look.place.columns.has(column.key)) return;
        // An upsert says what is to be there, not what is to go.
        if (type === "upsert" && isBlank(seenOf(cell))) return;
        const theirs = rows.seen(row, index);
        if (sameCell(theirs, seenOf(cell))) return;
        const byHand = base !== undefined && !sameCell(theirs, seenOf(base.cells[index]));
        const became = edits === "keep" ? "kept" : "overwritten";
        const edit = byHand
          ? ({
              tab: title,
              row: planned.key ?? String(row + 1),
              column: column.key,
              theirs: shown(theirs),
              became,
            } as const)
          : null;
        if (edit && edits === "keep") kept.push(edit);
        else cells.push({ row, column: index, cell, byHand: edit });
      });
    },
    /** A row that is there and not in the plan. */
    drop(row: number, name: string, ours: boolean) {
      if (!ours) skipped.push({ tab: title, row: name, why: "it was added by hand and stays", index: -1 });
      else if (rows.hasOwn(row)) {
        const why = "it is not in the data any more, and stays for what people wrote beside it";
        skipped.push({ tab: title, row: name, why, index: -1 });
        const base = rows.baseByKey.get(name);
        if (base) staying.push(base);
      } else removed.push(row);
    },
    done: (): TabChange => ({
      cells,
      added,
      removed: removed.sort((a, b) => a - b),
      skipped,
      kept,
      staying,
    }),
  };
}

function compareByKey({ type, tab, base }: Comparison, rows: Rows, changes: Changes): void {
  const planned = new Set<string>();
  for (const [index, row] of tab.rows.entries()) {
    const key = rows.keyOf(row);
    planned.add(key);
    const at = rows.byKey.get(key);
    if (rows.twice.has(key)) changes.skip(key, "the key stands in more than one row of the sheet", index);
    else if (at === undefined) changes.add(row, index);
    else changes.keep(at, row, rows.baseByKey.get(key));
  }
  if (type !== "replace") return;
  for (const [key, row] of rows.byKey) {
    if (planned.has(key) || rows.twice.has(key)) continue;
    changes.drop(row, key, base === null || rows.baseByKey.has(key));
  }
}

/** Rows without a key are known by what is in them. */
function compareByContent({ tab, look, base, type }: Comparison, rows: Rows, changes: Changes): void {
  const { headerRow, lastRow } = look.place;
  const telling = tab.columns.flatMap(({ formula, key }, index) =>
    formula || !look.place.columns.has(key) ? [] : [index],
  );
  const places = Int32Array.from(telling);
  const valuesOf = (cells: readonly PlanCell[]) => tab.columns.map((_, index) => plain(seenOf(cells[index])));
  const grid = Array.from({ length: lastRow - headerRow }, (_, i) => headerRow + 1 + i);
  const before = grid.map((row) => tab.columns.map((_, index) => plain(rows.seen(row, index))));
  const after = tab.rows.map(({ cells }) => valuesOf(cells));
  const { origin } = matchRows({ before, after, placesBefore: places, placesAfter: places, key: -1 });
  // Which of the rows that were last written each row of the sheet is: what differs from it was changed by hand.
  const given = (base ?? []).map(({ cells }) => valuesOf(cells));
  const { origin: source } = matchRows({
    before: given,
    after: before,
    placesBefore: places,
    placesAfter: places,
    key: -1,
  });
  const taken = new Set<number>();
  for (const [index, row] of tab.rows.entries()) {
    const from = origin[index]!;
    if (from < 0) {
      changes.add(row, index);
      continue;
    }
    taken.add(from);
    changes.keep(grid[from]!, row, base?.[source[from]!]);
  }
  if (type !== "replace") return;
  const written = new Set(given.map((values) => hashRow(values, places)));
  grid.forEach((row, index) => {
    if (taken.has(index)) return;
    // Nothing but blanks is nobody's row.
    if (telling.every((column) => isBlank(rows.seen(row, column)))) return;
    changes.drop(row, String(row + 1), base === null || written.has(hashRow(before[index]!, places)));
  });
}

/** A planned cell as it is seen once it is written. */
export function seenOf(cell: PlanCell | undefined): SeenCell {
  if (cell === undefined || cell === null || cell === "") return null;
  if (typeof cell !== "object") return cell;
  if (isCellError(cell)) return cell.error;
  if ("formula" in cell) return cell;
  return "link" in cell ? cell.text : cell.value;
}

export function sameCell(a: SeenCell, b: SeenCell): boolean {
  if (isBlank(a) || isBlank(b)) return isBlank(a) && isBlank(b);
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return hashCell(plain(a)) === hashCell(plain(b)) && JSON.stringify(a) === JSON.stringify(b);
}

function shown(cell: SeenCell): CellValue {
  return typeof cell === "object" && cell !== null && "formula" in cell ? cell.formula : cell;
}

function plain(cell: SeenCell): string | number | boolean | null {
  if (cell === null || typeof cell !== "object") return cell;
  return "formula" in cell ? cell.formula : cell.error;
}
