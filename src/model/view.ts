/**
 * A named projection of a tab, kept in step with it. What a changed row costs is that row: its condition is tested
 * again, and only what the view shows of it becomes part of the view's delta.
 */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { Baseline, Delta } from "./delta.ts";
import { difference } from "./difference.ts";
import { type Claims, compileWhere, type RowTest } from "./where/compile.ts";
import type { Expression } from "./where/expression.ts";

export interface ViewDefinition {
  /** Keys, in this order; all columns when absent. A key that is not there is left out. */
  readonly columns?: readonly string[];
  readonly where?: Expression;
  /** The tab's own order when absent or when none of its columns is there; equal rows stand in the order of their ids. */
  readonly order?: readonly OrderBy[];
  readonly limit?: number;
}

export interface OrderBy {
  readonly key: string;
  readonly descending?: boolean;
}

/** Both answer what changes in a document that shows `shown`; it must be applied before the next call. */
export interface View {
  /** Compares everything: after loading, and when columns changed. */
  reconcile(tab: Baseline, shown: Baseline): Delta;
  /** `tab` is the baseline after `change`. */
  follow(tab: Baseline, change: Delta, shown: Baseline): Delta;
}

/** The rows and columns that a definition chooses of a tab as it is now. */
export function select(
  definition: ViewDefinition,
  claims: Claims,
  tab: Baseline,
): { readonly columns: readonly Column[]; readonly rows: readonly RowId[] } {
  const { limit = Number.POSITIVE_INFINITY, where, order } = definition;
  const columns = chooseColumns(tab.columns, definition.columns);
  const compare = order ? orderOf(order, tab.columns) : null;
  if (!where && !compare)
    return { columns, rows: limit < tab.order.length ? tab.order.slice(0, limit) : tab.order };
  const wants = where ? compileWhere(where, tab.columns, claims) : () => true;
  const rows = tab.order.filter((id) => wants(tab.rows.get(id)!.values));
  if (compare) rows.sort(compare(tab));
  return { columns, rows: rows.slice(0, limit) };
}

export function createView(definition: ViewDefinition, claims: Claims): View {
  const limit = definition.limit ?? Number.POSITIVE_INFINITY;
  let wants: RowTest = () => true;
  let compare: ((tab: Baseline) => (a: RowId, b: RowId) => number) | null = null;
  let columns: readonly Column[] = [];
  const wanted = new Set<RowId>();
  /** All wanted rows in the view's own order; unused where it is the tab's. */
  let sorted: RowId[] = [];

  function bind(tab: Baseline): void {
    wants = definition.where ? compileWhere(definition.where, tab.columns, claims) : () => true;
    columns = chooseColumns(tab.columns, definition.columns);
    compare = definition.order ? orderOf(definition.order, tab.columns) : null;
    wanted.clear();
    for (const id of tab.order) if (wants(tab.rows.get(id)!.values)) wanted.add(id);
    sorted = compare ? [...wanted].sort(compare(tab)) : [];
  }

  function visible(tab: Baseline): RowId[] {
    if (compare) return limit < sorted.length ? sorted.slice(0, limit) : sorted.slice();
    if (wanted.size === tab.order.length && limit >= wanted.size) return tab.order.slice();
    const rows: RowId[] = [];
    for (const id of tab.order) {
      if (rows.length >= limit) break;
      if (wanted.has(id)) rows.push(id);
    }
    return rows;
  }

  /** Tests a changed row again; true when the view's rows or their order may have changed. */
  function update(tab: Baseline, id: RowId): boolean {
    const row = tab.rows.get(id);
    const is = row !== undefined && wants(row.values);
    const was = wanted.has(id);
    if (is) wanted.add(id);
    else wanted.delete(id);
    if (!compare || !(is || was)) return is !== was;
    // Its place by the old values is unknown by now: it is taken out by looking, put in by searching.
    if (was) sorted.splice(sorted.indexOf(id), 1);
    if (is) sorted.splice(placeIn(sorted, id, compare(tab)), 0, id);
    return true;
  }

  return {
    reconcile(tab, shown) {
      bind(tab);
      return difference(tab, shown, columns, visible(tab), null);
    },
    follow(tab, change, shown) {
      if (change.columns) return this.reconcile(tab, shown);
      const touched = new Set<RowId>(change.removed);
      for (const [id] of change.added) touched.add(id);
      for (const [id] of change.cells) touched.add(id);
      let moved = change.order.length > 0 && compare === null;
      for (const id of touched) if (update(tab, id)) moved = true;
      return difference(tab, shown, columns, moved ? visible(tab) : shown.order, touched);
    },
  };
}

function chooseColumns(columns: readonly Column[], keys: readonly string[] | undefined): readonly Column[] {
  if (!keys) return columns;
  return keys.flatMap((key) => columns.find((column) => column.key === key) ?? []);
}

/**
 * Blank cells come last either way; kinds of values in the order number, text, boolean, error. Null where no column
 * of `order` is there: then the tab's own order is the view's.
 */
function orderOf(
  order: readonly OrderBy[],
  columns: readonly Column[],
): ((tab: Baseline) => (a: RowId, b: RowId) => number) | null {
  const keys = order.flatMap(({ key, descending }) => {
    const column = columns.find((one) => one.key === key);
    return column ? [{ slot: column.slot, sign: descending ? -1 : 1 }] : [];
  });
  if (keys.length === 0) return null;
  return (tab) => (a, b) => {
    const [rowA, rowB] = [tab.rows.get(a)!.values, tab.rows.get(b)!.values];
    for (const { slot, sign } of keys) {
      const [x, y] = [rowA[slot] ?? null, rowB[slot] ?? null];
      const [kindX, kindY] = [kindOf(x), kindOf(y)];
      if (kindX !== kindY)
        return kindX === BLANK_KIND || kindY === BLANK_KIND ? kindX - kindY : sign * (kindX - kindY);
      if (kindX >= ERROR_KIND || x === y) continue;
      return sign * (x! < y! ? -1 : 1);
    }
    return a - b;
  };
}

const ERROR_KIND = 3;
const BLANK_KIND = 4;

function kindOf(value: CellValue): number {
  if (value === null) return BLANK_KIND;
  if (typeof value === "number") return 0;
  if (typeof value === "string") return 1;
  return typeof value === "boolean" ? 2 : ERROR_KIND;
}

/** Where `id` belongs in `sorted`, by halves. */
function placeIn(sorted: readonly RowId[], id: RowId, compare: (a: RowId, b: RowId) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
