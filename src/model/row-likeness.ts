/** How much rows of a baseline and of a tab that was read are like each other. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { Baseline } from "./delta.ts";
import { lazy } from "./lazy.ts";
import { hashRow } from "./row-hash.ts";
import { isFilled } from "./row-identity.ts";
import { indexRows, type RowIndex } from "./row-index.ts";
import type { TabSnapshot } from "./snapshot.ts";

/** Rows of the baseline, by slot, beside rows of the tab, by position, in the columns that both have. */
export function compareRows(baseline: Baseline, tab: TabSnapshot, columns: readonly Column[]) {
  const known = new Set(baseline.columns.map((column) => column.slot));
  const shared = columns.flatMap(({ slot }, position) => (known.has(slot) ? [{ slot, position }] : []));
  const slots = Int32Array.from(shared, ({ slot }) => slot);
  const places = Int32Array.from(shared, ({ position }) => position);
  const hashes = lazy(() => ({
    before: count(baseline.order.map((id) => String(hashRow(baseline.rows.get(id)!.values, slots)))),
    after: count(tab.rows.map((row) => String(hashRow(row, places)))),
  }));
  const same = (b: readonly CellValue[], a: readonly CellValue[], i: number): boolean =>
    cellsEqual(b[slots[i]!], a[places[i]!]);
  /** Of the cells that are filled on either side, how many are equal. */
  const share = (b: readonly CellValue[], a: readonly CellValue[]): number => {
    const filled = shared.filter((_, i) => b[slots[i]!] != null || a[places[i]!] != null);
    const kept = filled.filter(({ slot, position }) => cellsEqual(b[slot], a[position]));
    return filled.length === 0 ? 0 : kept.length / filled.length;
  };
  const now = lazy(() => indexRows(tab.rows.length, shared.length, (at, i) => tab.rows[at]![places[i]!]));
  const before = lazy(() => {
    const all = baseline.order.map((id) => baseline.rows.get(id)!.values);
    return indexRows(all.length, shared.length, (at, i) => all[at]![slots[i]!]);
  });
  return {
    equal: (b: readonly CellValue[], a: readonly CellValue[]): boolean =>
      shared.every((_, i) => same(b, a, i)),
    /** How many rows have this content on either side; a chance hash can only make it more. */
    counts(values: readonly CellValue[]): [before: number, after: number] {
      const hash = String(hashRow(values, slots));
      const known = hashes();
      return [known.before.get(hash) ?? 0, known.after.get(hash) ?? 0];
    },
    share,
    /** Rows of the tab, by position, at least so much like these values of the baseline, without the one at `but`. */
    alikeNow: (values: readonly CellValue[], least: number, but: number): number[] =>
      sharing(
        now(),
        Array.from(slots, (slot) => values[slot]),
        least,
      ).filter((at) => at !== but && share(values, tab.rows[at]!) >= least),
    /** Rows of the baseline at least so much like this one of the tab, without `but`. */
    alikeBefore: (row: readonly CellValue[], least: number, but: RowId): RowId[] =>
      sharing(
        before(),
        Array.from(places, (place) => row[place]),
        least,
      )
        .map((at) => baseline.order[at]!)
        .filter((id) => id !== but && share(baseline.rows.get(id)!.values, row) >= least),
    /** How many cells are filled in the one that has more. */
    filled: (b: readonly CellValue[], a: readonly CellValue[]): number =>
      Math.max(
        slots.filter((slot) => isFilled(b[slot])).length,
        places.filter((place) => isFilled(a[place])).length,
      ),
  };
}

/** Shares are fractions. */
const ROUNDING = 1e-9;

function sharing(index: RowIndex, cells: readonly (CellValue | undefined)[], least: number): number[] {
  const filled = cells.filter((value) => value != null).length;
  return index.sharing(cells, Math.ceil(least * filled - ROUNDING));
}

/** How often each stands there. */
export function count(items: readonly (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) if (item !== null) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
