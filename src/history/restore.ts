/** What has to be edited for a tab, a row or a cell to be as it was. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";
import type { Present } from "./as-of.ts";
import type { Entry } from "./read.ts";
import { fromRuns } from "./runs.ts";

export type RestoreTarget =
  | { readonly tag: "cell"; readonly row: RowId; readonly slot: Slot }
  | { readonly tag: "row"; readonly row: RowId }
  | { readonly tag: "tab" };

export interface Plan {
  /** In the order in which they are to be made. */
  readonly edits: readonly PlannedEdit[];
  readonly skipped: readonly Skipped[];
}

export type PlannedEdit =
  | {
      readonly tag: "cell";
      readonly row: RowId;
      readonly column: Column;
      readonly from: CellValue;
      readonly to: CellValue;
    }
  | {
      readonly tag: "add";
      readonly was: RowId;
      readonly after: RowId | null;
      readonly values: readonly (readonly [Column, CellValue])[];
    }
  | { readonly tag: "remove"; readonly row: RowId };

export interface Skipped {
  readonly row?: RowId;
  readonly column?: string;
  readonly why: string;
}

/** `key`: slot of the column that tells rows apart, where one does. */
export function planRestore(target: RestoreTarget, then: Present, now: Present, key?: Slot): Plan {
  switch (target.tag) {
    case "cell": {
      const { row, slot } = target;
      const column = now.columns.find((one) => one.slot === slot)!;
      if (!then.rows.has(row)) return skip({ row, column: column.key, why: "The row was not there then." });
      if (!now.rows.has(row))
        return skip({ row, column: column.key, why: "The row is gone: restore the row." });
      return { edits: cellEdits(row, [column], then, now), skipped: [] };
    }
    case "row": {
      const { row } = target;
      if (!then.rows.has(row) && !now.rows.has(row)) return skip({ row, why: "The row was not there then." });
      const there = { then, now, places: placesOf(then), standIn: standIns(then, now, key) };
      return { edits: rowEdits(row, there), skipped: [] };
    }
    case "tab": {
      const standIn = standIns(then, now, key);
      const needed = new Set(standIn.values());
      const there = { then, now, places: placesOf(then), standIn };
      const edits = [
        ...now.order.filter((row) => then.rows.has(row)),
        // Behind the same row, who comes last stands first.
        ...then.order.filter((row) => !now.rows.has(row)).reverse(),
        ...now.order.filter((row) => !then.rows.has(row) && !needed.has(row)),
      ].flatMap((row) => rowEdits(row, there));
      return { edits, skipped: lostColumns(then, now) };
    }
  }
}

/** Takes changes back, where what they left still stands; `entries`: the newest first. */
export function planUndo(entries: readonly Entry[], now: Present): Plan {
  const edits: PlannedEdit[] = [];
  const skipped: Skipped[] = [];
  const columns = new Map(now.columns.map((column) => [column.slot, column]));
  /** What a cell was before the changes so far, and what the newest of them left. */
  const cells = new Map<string, { row: RowId; column: Column; left: CellValue; before: CellValue }>();
  const rows = new Set<RowId>();
  for (const { item } of entries) {
    if (item[0] === "cell") {
      const [, row, slot, before, after] = item;
      const column = columns.get(slot);
      const known = cells.get(`${row}:${slot}`);
      if (known) known.before = before;
      else if (column) cells.set(`${row}:${slot}`, { row, column, left: after, before });
      else skipped.push({ row, why: "Its column is gone." });
    } else if (item[0] === "added") {
      rows.add(item[1]);
      if (now.rows.has(item[1])) edits.push({ tag: "remove", row: item[1] });
      else skipped.push({ row: item[1], why: "The row is gone already." });
    } else if (item[0] === "removed" && !rows.has(item[1])) {
      const after = now.order.at(-1) ?? null;
      edits.push({ tag: "add", was: item[1], after, values: named(item[2], now.columns) });
    } else if (item[0] === "loaded") {
      for (const row of fromRuns(item[1])) if (now.rows.has(row)) edits.push({ tag: "remove", row });
    }
  }
  for (const { row, column, left, before } of cells.values()) {
    if (rows.has(row)) continue;
    const present = now.rows.get(row);
    const value = present?.values[column.slot] ?? null;
    if (!present) skipped.push({ row, column: column.key, why: "The row is gone." });
    else if (cellsEqual(value, before)) continue;
    else if (cellsEqual(value, left)) edits.push({ tag: "cell", row, column, from: value, to: before });
    else skipped.push({ row, column: column.key, why: "It was changed since." });
  }
  return { edits, skipped };
}

interface Both {
  readonly then: Present;
  readonly now: Present;
  /** Of the rows then. */
  readonly places: ReadonlyMap<RowId, number>;
  readonly standIn: ReadonlyMap<RowId, RowId>;
}

function placesOf({ order }: Present): ReadonlyMap<RowId, number> {
  return new Map(order.map((row, at) => [row, at]));
}

/** By rows that went, those that came since under their key: a key stands once in a tab. */
function standIns(then: Present, now: Present, key: Slot | undefined): ReadonlyMap<RowId, RowId> {
  if (key === undefined) return new Map();
  const came = new Map<CellValue, RowId>();
  for (const row of now.order) {
    const value = now.rows.get(row)?.values[key] ?? null;
    if (value !== null && !then.rows.has(row)) came.set(value, row);
  }
  const found = new Map<RowId, RowId>();
  for (const row of then.order) {
    const value = then.rows.get(row)?.values[key] ?? null;
    const other = now.rows.has(row) || value === null ? undefined : came.get(value);
    if (other === undefined) continue;
    found.set(row, other);
    came.delete(value);
  }
  return found;
}

function rowEdits(row: RowId, { then, now, places, standIn }: Both): PlannedEdit[] {
  if (!then.rows.has(row)) return [{ tag: "remove", row }];
  if (now.rows.has(row)) return cellEdits(row, now.columns, then, now);
  const other = standIn.get(row);
  if (other !== undefined) return cellEdits(other, now.columns, then, now, row);
  const before = then.order.slice(0, places.get(row)).findLast((id) => now.rows.has(id));
  const values = named(then.rows.get(row)!.values, now.columns);
  return [{ tag: "add", was: row, after: before ?? null, values }];
}

/** Of the columns that both have; `was`: the row's id then. */
function cellEdits(
  row: RowId,
  columns: readonly Column[],
  then: Present,
  now: Present,
  was: RowId = row,
): PlannedEdit[] {
  const had = new Set(then.columns.map(({ slot }) => slot));
  return columns.flatMap((column): PlannedEdit[] => {
    const to = then.rows.get(was)?.values[column.slot] ?? null;
    const from = now.rows.get(row)?.values[column.slot] ?? null;
    return !had.has(column.slot) || cellsEqual(from, to) ? [] : [{ tag: "cell", row, column, from, to }];
  });
}

function named(values: readonly CellValue[], columns: readonly Column[]): [Column, CellValue][] {
  return columns.flatMap((column): [Column, CellValue][] => {
    const value = values[column.slot] ?? null;
    return value === null ? [] : [[column, value]];
  });
}

function lostColumns(then: Present, now: Present): Skipped[] {
  const has = new Set(now.columns.map(({ slot }) => slot));
  return then.columns
    .filter(({ slot }) => !has.has(slot))
    .map(({ key }) => ({ column: key, why: "The tab has this column no more." }));
}

function skip(skipped: Skipped): Plan {
  return { edits: [], skipped: [skipped] };
}
