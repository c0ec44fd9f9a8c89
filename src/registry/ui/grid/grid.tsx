import type { VirtualItem } from "@tanstack/virtual-core";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Table } from "../../../../client-sdk/src/index.ts";
import type { ActiveCell } from "./active-cell.ts";
import type { Leave } from "./cell-editor.tsx";
import type { Marks } from "./cell-marks.ts";
import type { Flashes } from "./flashes.ts";
import { firstCell, reveal, useGridColumns, usePlace, useStable } from "./grid-layout.ts";
import { GridHeader, GridRow } from "./grid-row.tsx";
import { type CellPlace, stepFocus } from "./navigation.ts";
import { itemTop } from "./scroll-scale.ts";
import { type Block, blockInRow } from "./selection.ts";
import type { Editing } from "./use-editing.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import type { Others } from "./use-presence.ts";
import { type GridWindow, HEADER_PX, ROW_PX, useGridWindow } from "./use-window.ts";
import type { GridColumn } from "./widths.ts";

interface GridProps {
  readonly table: Table;
  readonly flashes: Flashes;
  readonly marks: Marks;
  readonly others: Others;
  readonly editing: Editing;
  readonly active: ActiveCell | null;
  readonly onActive: (cell: ActiveCell) => void;
}

/** All rows of a table, of which those in view are drawn: an ARIA grid with a roving focus. */
export function Grid(props: GridProps) {
  const { table, marks, editing, active, onActive } = props;
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
  marks.refresh();

  useLayoutEffect(() => {
    if (!focusWanted.current || !active || editing.editor) return;
    focusWanted.current = false;
    const selector = `.grid-cell[data-row-id="${active.row}"][data-key="${CSS.escape(active.key)}"]`;
    scroller.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  });

  const go = (to: CellPlace): void => {
    focusWanted.current = true;
    reveal(scroller.current!, view, to, columns);
    onActive({ row: rowIds[to.row]!, key: columns[to.column]!.column.key });
  };
  editing.leave.current = (leave: Leave): void => {
    if (place.row >= 0 && place.column >= 0) {
      go(stepFocus(place, leave, { rows: rowIds.length, columns: columns.length }));
    }
  };
  const keys = useGridKeys({
    table,
    editing,
    active: active && place.row >= 0 ? active : null,
    place,
    pageRows: () => Math.floor(view.viewport().height / ROW_PX) - 1,
    go,
  });
  const onFocusIn = (event: FocusEvent): void => {
    const { rowId, key } = (event.target as HTMLElement).closest<HTMLElement>(".grid-cell")?.dataset ?? {};
    if (rowId === undefined || key === undefined) return;
    if (active?.row !== Number(rowId) || active.key !== key) onActive({ row: Number(rowId), key });
  };

  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-label={table.title}
      aria-readonly={!editing.writable}
      aria-multiselectable="true"
      aria-rowcount={rowIds.length + 1}
      aria-colcount={columns.length + 1}
      data-testid="grid"
      style={{
        "--number-width": `${numberPx}px`,
        "--row-height": `${ROW_PX}px`,
        "--header-height": `${HEADER_PX}px`,
      }}
      onKeyDown={keys.onKeyDown}
      onMouseDown={keys.onMouseDown}
      onDblClick={keys.onDblClick}
      onCopy={keys.onCopy}
      onCut={keys.onCut}
      onPaste={keys.onPaste}
      onFocusIn={onFocusIn}
    >
      <GridHeader columns={columns} items={columnItems} widthPx={widthPx + numberPx} />
      <div
        role="rowgroup"
        class="grid-body"
        style={{ height: `${view.scale.heightPx}px`, width: `${widthPx + numberPx}px` }}
      >
        <GridRows
          {...props}
          view={view}
          items={columnItems}
          columns={columns}
          block={keys.block}
          tabStop={tabStop}
          scrollTop={scroller.current?.scrollTop ?? 0}
        />
      </div>
    </div>
  );
}

/** The rows in view. */
function GridRows(
  props: GridProps & {
    view: GridWindow;
    items: readonly VirtualItem[];
    columns: readonly GridColumn[];
    block: Block | null;
    tabStop: ActiveCell | null;
    scrollTop: number;
  },
) {
  const { table, flashes, marks, others, editing, view, items, columns, block, tabStop, scrollTop } = props;
  const { rowIds } = table;
  return (
    <>
      {view.rows.getVirtualItems().map((item) => {
        const id = rowIds[item.index];
        const row = id === undefined ? undefined : table.row(id);
        if (id === undefined || !row) return null;
        return (
          <GridRow
            key={item.key}
            row={row}
            index={item.index}
            topPx={itemTop(view.scale, item.start, scrollTop)}
            columns={columns}
            items={items}
            flash={flashes.of(id)}
            marks={marks.of(id)}
            rowMark={table.mark(id)}
            range={blockInRow(block, item.index)}
            others={others.at(id)}
            editor={editing.editor?.row === id ? editing.editor : undefined}
            handlers={editing.handlers}
            tabKey={tabStop?.row === id ? tabStop.key : undefined}
          />
        );
      })}
    </>
  );
}
