import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";
import { matchColumns } from "./column-identity.ts";
import type { Baseline, Delta } from "./delta.ts";
import { uniqueKeys } from "./mapping.ts";
import { spliceOrder } from "./order.ts";
import { matchRows } from "./row-identity.ts";
import type { TabSnapshot } from "./snapshot.ts";

export interface TabDiff {
  readonly delta: Delta;
  /** Rows whose key is blank or repeated; their identity was decided by content. 0 without a key column. */
  readonly keysUnusable: number;
}

/**
 * What changed in a tab between `baseline` and `tab`. Pure and deterministic: the same two give the same delta,
 * new row ids included. O(n log n) in the rows.
 */
export function diffTab(baseline: Baseline, tab: TabSnapshot): TabDiff {
  const known = matchColumns(baseline, tab);
  const columns = nameColumns(baseline, tab, known);
  const shared = sharedPlaces(known);
  const before = baseline.order.map((id) => baseline.rows.get(id)!.values);
  const { origin, keysUnusable } = matchRows({
    before,
    after: tab.rows,
    placesBefore: shared.slots,
    placesAfter: shared.positions,
    key: tab.keyColumn === undefined ? -1 : shared.positions.indexOf(tab.keyColumn),
  });

  let nextRow = baseline.nextRow;
  const after: RowId[] = new Array(tab.rows.length);
  const added: [RowId, CellValue[]][] = [];
  const cells: [RowId, Slot, CellValue][] = [];
  const stays = new Uint8Array(before.length);
  for (let a = 0; a < origin.length; a++) {
    const b = origin[a]!;
    if (b < 0) {
      after[a] = nextRow++;
      added.push([after[a]!, bySlot(tab.rows[a]!, columns)]);
      continue;
    }
    const id = baseline.order[b]!;
    after[a] = id;
    stays[b] = 1;
    changedCells(id, before[b]!, tab.rows[a]!, columns, cells);
  }
  const delta: Delta = {
    ...(columnsEqual(baseline.columns, columns) ? {} : { columns }),
    added,
    cells,
    ...changedFormulas(baseline, tab, columns, after),
    removed: baseline.order.filter((_, b) => stays[b] === 0),
    order: spliceOrder(before.length, after, origin),
  };
  return { delta, keysUnusable };
}

/** The snapshot's columns with their identities: known slots stay, new columns get new ones. */
function nameColumns(baseline: Baseline, tab: TabSnapshot, known: readonly (Column | null)[]): Column[] {
  const keys = uniqueKeys(
    tab.columns.map(({ header }, i) => {
      const column = known[i];
      return column && column.header === header ? { header, known: column.key } : { header };
    }),
  );
  let nextSlot = baseline.nextSlot;
  return tab.columns.map(({ header, type, format }, i) => ({
    slot: known[i]?.slot ?? nextSlot++,
    header,
    key: keys[i]!,
    type,
    ...(format === undefined ? {} : { format }),
  }));
}

/** Where the columns that both sides have stand: slots in the baseline, positions in the snapshot. */
function sharedPlaces(known: readonly (Column | null)[]): { slots: Int32Array; positions: Int32Array } {
  const shared = known.flatMap((column, position) => (column ? [{ slot: column.slot, position }] : []));
  return {
    slots: Int32Array.from(shared, ({ slot }) => slot),
    positions: Int32Array.from(shared, ({ position }) => position),
  };
}

function bySlot(row: readonly CellValue[], columns: readonly Column[]): CellValue[] {
  const values: CellValue[] = [];
  columns.forEach(({ slot }, position) => {
    const value = row[position] ?? null;
    if (value === null) return;
    while (values.length < slot) values.push(null);
    values[slot] = value;
  });
  return values;
}

function changedCells(
  id: RowId,
  before: readonly CellValue[],
  after: readonly CellValue[],
  columns: readonly Column[],
  into: [RowId, Slot, CellValue][],
): void {
  for (let position = 0; position < columns.length; position++) {
    const slot = columns[position]!.slot;
    const x = before[slot];
    const y = after[position];
    if (x !== y && !cellsEqual(x, y)) into.push([id, slot, y ?? null]);
  }
}

/** `after`: the row ids of the snapshot, in its order. */
function changedFormulas(
  baseline: Baseline,
  { formulas = [] }: TabSnapshot,
  columns: readonly Column[],
  after: readonly RowId[],
): Pick<Delta, "formulas"> {
  const changed: [RowId, Slot, string][] = [];
  for (let a = 0; a < after.length; a++) {
    const id = after[a]!;
    const before = baseline.rows.get(id)?.formulas;
    const now = formulas[a];
    if (!before && (now === undefined || now.length === 0)) continue;
    for (let position = 0; position < columns.length; position++) {
      const slot = columns[position]!.slot;
      const formula = now?.[position] ?? "";
      if (formula !== (before?.get(slot) ?? "")) changed.push([id, slot, formula]);
    }
  }
  return changed.length > 0 ? { formulas: changed } : {};
}

export function columnsEqual(a: readonly Column[], b: readonly Column[]): boolean {
  return a.length === b.length && a.every((column, i) => sameColumn(column, b[i]!));
}

export function sameColumn(a: Column, b: Column): boolean {
  return (
    a.slot === b.slot &&
    a.header === b.header &&
    a.key === b.key &&
    a.type === b.type &&
    a.format === b.format
  );
}
