import type { VirtualItem } from "@tanstack/virtual-core";
import { Component } from "preact";
import type { CellValue, Row, RowMark, Slot } from "../../../../client-sdk/src/index.ts";
import { CellEditor, type EditorHandlers, type OpenEditor } from "./cell-editor.tsx";
import { type CellMark, type RowMarks, rowMarkWords } from "./cell-marks.ts";
import type { RowFlash } from "./flashes.ts";
import type { ShownCell } from "./format.ts";
import { isInRange } from "./selection.ts";
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
  readonly marks: RowMarks | undefined;
  readonly rowMark: RowMark | undefined;
  /** Columns of the chosen block in this row, as selection.ts writes them. */
  readonly range: string | undefined;
  /** Names of other people, by the key of the column where they are. */
  readonly others: ReadonlyMap<string, string> | undefined;
  /** The open editor, when it is in this row. */
  readonly editor: OpenEditor | undefined;
  readonly handlers: EditorHandlers;
  /** Key of the cell that Tab reaches, when it is in this row. */
  readonly tabKey: string | undefined;
}

/** One row. Draws again only when something that it shows is another object. */
export class GridRow extends Component<GridRowProps> {
  override shouldComponentUpdate(next: GridRowProps): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof GridRowProps)[]).some((name) => now[name] !== next[name]);
  }

  override render(props: GridRowProps) {
    const { row, index, columns, flash, marks, editor, tabKey } = props;
    const words = rowMarkWords(props.rowMark);
    return (
      <div
        role="row"
        class={`grid-row${editor ? " is-edited" : ""}`}
        aria-rowindex={index + 2}
        data-row-id={row.$row}
        data-flash={flash?.whole?.turn}
        data-row-mark={props.rowMark ? rowMarkKind(props.rowMark) : undefined}
        style={{ top: `${props.topPx}px` }}
      >
        <div role="rowheader" class="grid-number" aria-colindex={1} title={words ?? undefined}>
          {index + 1}
          {words && <span class="for-readers">{words}</span>}
        </div>
        {props.items.map((item) => {
          const { column, format } = columns[item.index]!;
          const value = row[column.key] as CellValue;
          return (
            <GridCell
              key={item.key}
              rowId={row.$row}
              item={item}
              column={columns[item.index]!}
              value={value}
              shown={format(value)}
              turn={flash?.cells.get(column.slot)?.turn}
              mark={marks?.get(column.key)}
              chosen={isInRange(props.range, item.index)}
              other={props.others?.get(column.key)}
              editor={editor?.key === column.key ? editor : undefined}
              handlers={props.handlers}
              tabbable={tabKey === column.key}
            />
          );
        })}
      </div>
    );
  }
}

function rowMarkKind({ removing, edit }: RowMark): "added" | "removing" | "failed" {
  if (edit && ["conflict", "refused", "parked", "unknown"].includes(edit.state)) return "failed";
  return removing || edit?.kind === "remove" ? "removing" : "added";
}

function GridCell(props: {
  rowId: number;
  item: VirtualItem;
  column: GridColumn;
  value: CellValue;
  shown: ShownCell;
  turn: "a" | "b" | undefined;
  mark: CellMark | undefined;
  chosen: boolean;
  other: string | undefined;
  editor: OpenEditor | undefined;
  handlers: EditorHandlers;
  tabbable: boolean;
}) {
  const { item, shown, mark, editor, other } = props;
  const { column } = props.column;
  return (
    <div
      role="gridcell"
      class={`grid-cell is-${shown.kind}`}
      aria-colindex={item.index + 2}
      aria-selected={props.chosen || undefined}
      data-row-id={props.rowId}
      data-key={column.key}
      data-flash={props.turn}
      data-mark={mark?.kind}
      data-unconfirmed={mark?.kind === "pending" ? "" : undefined}
      data-other={other}
      title={[mark?.why, other && `${other} is here`].filter(Boolean).join(" ") || undefined}
      tabIndex={props.tabbable ? 0 : -1}
      style={{ left: `${item.start}px`, width: `${item.size}px` }}
    >
      {editor ? (
        <CellEditor
          editor={editor}
          label={`${headerText(column)}, row ${props.rowId}`}
          now={props.value}
          nowText={shown.text}
          handlers={props.handlers}
        />
      ) : (
        <CellText shown={shown} />
      )}
      {mark && <span class="for-readers"> {mark.why}</span>}
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
