import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Column, RowId, Table } from "../../../../client-sdk/src/index.ts";
import type { Flashes } from "./flashes.ts";
import { GridHeader, GridRow } from "./grid-row.tsx";
import { type CellPlace, moveFocus, revealOffset } from "./navigation.ts";
import { itemTop } from "./scroll-scale.ts";
import { type GridWindow, HEADER_PX, ROW_PX, useGridWindow } from "./use-window.ts";
import { createMeasure, type GridColumn, gridColumns } from "./widths.ts";

/** A cell by its lasting identity: it keeps the focus wherever its row or column moves. */
export interface ActiveCell {
  readonly row: RowId;
  readonly key: string;
}

interface GridProps {
  readonly table: Table;
  readonly flashes: Flashes;
  readonly active: ActiveCell | null;
  readonly onActive: (cell: ActiveCell) => void;
}

/** All rows of a table, of which those in view are drawn: an ARIA grid with a roving focus. */
export function Grid({ table, flashes, active, onActive }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const focusWanted = useRef(false);
  const { rowIds } = table;
  const columns = useGridColumns(table);
  const numberPx = 30 + String(rowIds.length).length * 8;
  const place = usePlace(rowIds, table.columns, active);
  const view = useGridWindow(scroller, rowIds, columns, place, { topPx: HEADER_PX, leftPx: numberPx });
  const rowItems = view.rows.getVirtualItems();
  const columnItems = useStable(view.columns.getVirtualItems());
  const widthPx = view.columns.getTotalSize();
  const tabStop =
    active && place.row >= 0 ? active : firstCell(rowIds, table.columns, rowItems[0]?.index ?? 0);

  useLayoutEffect(() => {
    if (!focusWanted.current || !active) return;
    focusWanted.current = false;
    const selector = `.grid-cell[data-row-id="${active.row}"][data-key="${CSS.escape(active.key)}"]`;
    scroller.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const size = {
      rows: rowIds.length,
      columns: columns.length,
      pageRows: Math.floor(view.viewport().height / ROW_PX) - 1,
    };
    if (size.rows === 0 || size.columns === 0) return;
    const next = moveFocus({ row: Math.max(0, place.row), column: Math.max(0, place.column) }, event, size);
    if (!next) return;
    event.preventDefault();
    focusWanted.current = true;
    reveal(scroller.current!, view, next, columns);
    onActive({ row: rowIds[next.row]!, key: columns[next.column]!.column.key });
  };
  const onFocusIn = (event: FocusEvent): void => {
    const { rowId, key } = (event.target as HTMLElement).dataset;
    if (rowId === undefined || key === undefined) return;
    if (active?.row !== Number(rowId) || active.key !== key) onActive({ row: Number(rowId), key });
  };

  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-label={table.title}
      aria-readonly="true"
      aria-rowcount={rowIds.length + 1}
      aria-colcount={columns.length + 1}
      data-testid="grid"
      style={{
        "--number-width": `${numberPx}px`,
        "--row-height": `${ROW_PX}px`,
        "--header-height": `${HEADER_PX}px`,
      }}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
    >
      <GridHeader columns={columns} items={columnItems} widthPx={widthPx + numberPx} />
      <div
        role="rowgroup"
        class="grid-body"
        style={{ height: `${view.scale.heightPx}px`, width: `${widthPx + numberPx}px` }}
      >
        {rowItems.map((item) => {
          const id = rowIds[item.index];
          const row = id === undefined ? undefined : table.row(id);
          if (!row) return null;
          return (
            <GridRow
              key={item.key}
              row={row}
              index={item.index}
              topPx={itemTop(view.scale, item.start, scroller.current?.scrollTop ?? 0)}
              columns={columns}
              items={columnItems}
              flash={flashes.of(row.$row)}
              unconfirmed={table.unconfirmed(row.$row)}
              tabKey={tabStop?.row === row.$row ? tabStop.key : undefined}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Widths are taken when the columns change and when the first rows are there, not at every change: nothing jumps. */
function useGridColumns(table: Table): readonly GridColumn[] {
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
function usePlace(
  rowIds: readonly RowId[],
  columns: readonly Column[],
  active: ActiveCell | null,
): CellPlace {
  const row = useMemo(() => (active ? rowIds.indexOf(active.row) : -1), [rowIds, active?.row]);
  const column = active ? columns.findIndex(({ key }) => key === active.key) : -1;
  return { row, column };
}

function firstCell(rowIds: readonly RowId[], columns: readonly Column[], row: number): ActiveCell | null {
  const [id, column] = [rowIds[row], columns[0]];
  return id === undefined || !column ? null : { row: id, key: column.key };
}

function reveal(
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
function useStable<T>(items: readonly T[]): readonly T[] {
  const kept = useRef(items);
  const same = kept.current.length === items.length && items.every((item, i) => item === kept.current[i]);
  if (!same) kept.current = items;
  return kept.current;
}
