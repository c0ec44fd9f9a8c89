import type { VirtualItem } from "@tanstack/virtual-core";
import { Component } from "preact";
import type { CellValue, Row, Slot, Table, Unconfirmed } from "../../../../client-sdk/src/index.ts";
import type { RowFlash } from "./flashes.ts";
import type { ShownCell } from "./format.ts";
import { type GridColumn, headerText } from "./widths.ts";

export interface GridRowProps {
  readonly row: Row;
  /** Place in the display order, from 0. */
  readonly index: number;
  readonly topPx: number;
  readonly columns: readonly GridColumn[];
  /** The columns in view. */
  readonly items: readonly VirtualItem[];
  readonly flash: RowFlash | undefined;
  readonly unconfirmed: ReturnType<Table["unconfirmed"]>;
  /** Key of the cell that Tab reaches, when it is in this row. */
  readonly tabKey: string | undefined;
}

/** One row. Draws again only when something that it shows is another object. */
export class GridRow extends Component<GridRowProps> {
  override shouldComponentUpdate(next: GridRowProps): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof GridRowProps)[]).some((name) => now[name] !== next[name]);
  }

  override render({ row, index, topPx, columns, items, flash, unconfirmed, tabKey }: GridRowProps) {
    return (
      <div
        role="row"
        class="grid-row"
        aria-rowindex={index + 2}
        data-row-id={row.$row}
        data-flash={flash?.whole?.turn}
        style={{ top: `${topPx}px` }}
      >
        <div role="rowheader" class="grid-number" aria-colindex={1}>
          {index + 1}
        </div>
        {items.map((item) => {
          const { column, format } = columns[item.index]!;
          return (
            <GridCell
              key={item.key}
              rowId={row.$row}
              item={item}
              column={columns[item.index]!}
              shown={format(row[column.key] as CellValue)}
              turn={flash?.cells.get(column.slot)?.turn}
              mark={unconfirmed?.get(column.slot)}
              tabbable={tabKey === column.key}
            />
          );
        })}
      </div>
    );
  }
}

function GridCell(props: {
  rowId: number;
  item: VirtualItem;
  column: GridColumn;
  shown: ShownCell;
  turn: "a" | "b" | undefined;
  mark: Unconfirmed | undefined;
  tabbable: boolean;
}) {
  const { item, shown, mark } = props;
  return (
    <div
      role="gridcell"
      class={`grid-cell is-${shown.kind}`}
      aria-colindex={item.index + 2}
      data-row-id={props.rowId}
      data-key={props.column.column.key}
      data-flash={props.turn}
      data-unconfirmed={mark ? "" : undefined}
      title={mark ? `Wished for by ${mark.by}; not confirmed by the sheet yet` : undefined}
      tabIndex={props.tabbable ? 0 : -1}
      style={{ left: `${item.start}px`, width: `${item.size}px` }}
    >
      <CellText shown={shown} />
    </div>
  );
}

function CellText({ shown: { kind, text } }: { shown: ShownCell }) {
  if (kind === "boolean") {
    return (
      <span class="tick" role="img" aria-label={text === "true" ? "yes" : "no"} data-ticked={text}>
        {text === "true" ? "✓" : "–"}
      </span>
    );
  }
  return <span class="cell-text">{text}</span>;
}

/** The header row, in step with the columns in view. */
export function GridHeader(props: {
  columns: readonly GridColumn[];
  items: readonly VirtualItem[];
  widthPx: number;
}) {
  return (
    <div role="row" class="grid-header" aria-rowindex={1} style={{ width: `${props.widthPx}px` }}>
      <div role="columnheader" class="grid-number" aria-colindex={1}>
        <span class="for-readers">Row</span>
      </div>
      {props.items.map((item) => {
        const { column } = props.columns[item.index]!;
        const alignEnd = column.type === "number";
        return (
          <div
            role="columnheader"
            key={item.key}
            class={`grid-heading${alignEnd ? " is-number" : ""}`}
            aria-colindex={item.index + 2}
            data-slot={column.slot satisfies Slot}
            title={`${headerText(column)} (${column.type})`}
            style={{ left: `${item.start}px`, width: `${item.size}px` }}
          >
            {headerText(column)}
          </div>
        );
      })}
    </div>
  );
}
