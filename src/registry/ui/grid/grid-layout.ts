/** Where the columns, the active cell and the view of a grid are. */
import { useMemo, useRef } from "preact/hooks";
import type { Column, RowId, Table } from "../../../../client-sdk/src/index.ts";
import type { ActiveCell } from "./active-cell.ts";
import { type CellPlace, revealOffset } from "./navigation.ts";
import { type GridWindow, ROW_PX } from "./use-window.ts";
import { createMeasure, type GridColumn, gridColumns } from "./widths.ts";

/** Widths are taken when the columns change and when the first rows are there, not at every change: nothing jumps. */
export function useGridColumns(table: Table): readonly GridColumn[] {
  const hasRows = table.rowIds.length > 0;
  const { columns } = table;
  return useMemo(() => {
    const style = getComputedStyle(document.body);
    const measure = createMeasure(`14px ${style.fontFamily}`, `600 13px ${style.fontFamily}`);
    const sample = hasRows ? table.rowIds.slice(0, 60).flatMap((id) => table.row(id) ?? []) : [];
    return gridColumns(columns, sample, measure);
  }, [table, columns, hasRows]);
}

/** Where the active cell is now; -1 where it is not. */
export function usePlace(
  rowIds: readonly RowId[],
  columns: readonly Column[],
  active: ActiveCell | null,
): CellPlace {
  const row = useMemo(() => (active ? rowIds.indexOf(active.row) : -1), [rowIds, active?.row]);
  const column = active ? columns.findIndex(({ key }) => key === active.key) : -1;
  return { row, column };
}

export function firstCell(
  rowIds: readonly RowId[],
  columns: readonly Column[],
  row: number,
): ActiveCell | null {
  const [id, column] = [rowIds[row], columns[0]];
  return id === undefined || !column ? null : { row: id, key: column.key };
}

export function reveal(
  element: HTMLElement,
  view: GridWindow,
  place: CellPlace,
  columns: readonly GridColumn[],
): void {
  const { width, height } = view.viewport();
  const { factor } = view.scale;
  const top = revealOffset(element.scrollTop * factor, height, place.row * ROW_PX, ROW_PX);
  element.scrollTop = top / factor;
  const start = columns.slice(0, place.column).reduce((sum, { widthPx }) => sum + widthPx, 0);
  element.scrollLeft = revealOffset(element.scrollLeft, width, start, columns[place.column]!.widthPx);
}

/** The same array while its items are the same: rows compare it by identity. */
export function useStable<T>(items: readonly T[]): readonly T[] {
  const kept = useRef(items);
  const same = kept.current.length === items.length && items.every((item, i) => item === kept.current[i]);
  if (!same) kept.current = items;
  return kept.current;
}
