/** Where the rows and columns of a baseline stand in a tab that was read just now, as far as that is certain. */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";
import type { Baseline } from "./delta.ts";
import { diffTab } from "./diff.ts";
import { lazy } from "./lazy.ts";
import { applySplices } from "./order.ts";
import { compareRows, count } from "./row-likeness.ts";
import type { TabSnapshot } from "./snapshot.ts";

/** `at`: position among the rows, or the columns, of the tab. */
export type Place =
  | { readonly tag: "at"; readonly at: number }
  | { readonly tag: "gone" }
  /** It may be one of several, or another one: nothing may be written on a guess. */
  | { readonly tag: "doubtful"; readonly code: Doubt };

export type Doubt = "row-moved" | "duplicate-key" | "column-moved";

export interface Located {
  row(id: RowId): Place;
  column(slot: Slot): Place;
  /** Of the tab's rows; those that the baseline does not have get ids from its `nextRow` on. */
  readonly order: readonly RowId[];
  /** Of the tab's columns, in its order. */
  readonly columns: readonly Column[];
  /** Whether the key column has this value in some row; false without a key column, and for a blank. */
  hasKey(value: CellValue): boolean;
}

/** A row that changed must have kept so many of its cells to be the same row at its place. */
const SIMILAR_SHARE = 0.5;
/** A row that had and has so few cells may have been rewritten where nothing else moved. */
const FEW_CELLS = 2;

export function locate(baseline: Baseline, tab: TabSnapshot): Located {
  const { delta } = diffTab(baseline, tab);
  const columns = delta.columns ?? baseline.columns;
  const order = applySplices(baseline.order, delta.order);
  const positions = new Map(order.map((id, at) => [id, at]));
  const keySlot = tab.keyColumn === undefined ? null : (columns[tab.keyColumn]?.slot ?? null);
  const rows = compareRows(baseline, tab, columns);
  const keys = lazy(() => count(tab.rows.map((row) => keyOf(row[tab.keyColumn!]))));
  const keysBefore = lazy(() =>
    count(baseline.order.map((id) => keyOf(baseline.rows.get(id)?.values[keySlot!]))),
  );
  const before = lazy(() => new Map(baseline.order.map((id, at) => [id, at])));

  function rowPlace(id: RowId): Place {
    const at = positions.get(id);
    if (at === undefined || !baseline.rows.has(id)) return { tag: "gone" };
    const place: Place = { tag: "at", at };
    const key = keySlot === null ? null : keyOf(tab.rows[at]![tab.keyColumn!]);
    if (key !== null && key === keyOf(baseline.rows.get(id)!.values[keySlot!])) {
      const alone = keys().get(key) === 1 && keysBefore().get(key) === 1;
      return alone ? place : { tag: "doubtful", code: "duplicate-key" };
    }
    return byContent(id, at) ? place : { tag: "doubtful", code: "row-moved" };
  }

  function byContent(id: RowId, at: number): boolean {
    const moved = delta.order.length > 0;
    const values = baseline.rows.get(id)!.values;
    if (rows.equal(values, tab.rows[at]!)) {
      const [known, found] = rows.counts(values);
      return known === found && (known === 1 || !moved);
    }
    const share = rows.share(values, tab.rows[at]!);
    if (!moved) return share >= SIMILAR_SHARE || rows.filled(values, tab.rows[at]!) <= FEW_CELLS;
    const was = before().get(id)!;
    const sameNeighbours =
      baseline.order[was - 1] === order[at - 1] && baseline.order[was + 1] === order[at + 1];
    return sameNeighbours && share >= SIMILAR_SHARE && isAlone(id, at, share);
  }

  /** Whether no other pair of rows that changed is as much alike: where rows moved, it could be that one as well. */
  function isAlone(id: RowId, at: number, share: number): boolean {
    const values = baseline.rows.get(id)!.values;
    return (
      rows.alikeNow(values, share, at).length === 0 && rows.alikeBefore(tab.rows[at]!, share, id).length === 0
    );
  }

  function columnPlace(slot: Slot): Place {
    const at = columns.findIndex((column) => column.slot === slot);
    if (at < 0 || !baseline.columns.some((column) => column.slot === slot)) return { tag: "gone" };
    const { header } = columns[at]!;
    const twins = columns.filter((column) => column.header === header).length > 1;
    const sameHeaders =
      columns.length === baseline.columns.length &&
      columns.every((column, i) => column.header === baseline.columns[i]!.header);
    return twins && !sameHeaders ? { tag: "doubtful", code: "column-moved" } : { tag: "at", at };
  }

  return {
    row: rowPlace,
    column: columnPlace,
    order,
    columns,
    hasKey(value) {
      const key = keyOf(value);
      return tab.keyColumn !== undefined && key !== null && keys().has(key);
    },
  };
}

function keyOf(value: CellValue | undefined): string | null {
  if (value == null || value === "") return null;
  return typeof value === "object" ? `e:${value.error}` : `${typeof value}:${value}`;
}
