import type { Table } from "../../../../client-sdk/src/index.ts";
import { formatRoute } from "../shell/routes.ts";
import type { ActiveCell } from "./active-cell.ts";
import { receiptOf } from "./acts.ts";
import { type CellMark, cellMark, rowMarkWords } from "./cell-marks.ts";
import { cellFormatter } from "./format.ts";
import type { Editing } from "./use-editing.ts";
import { headerText } from "./widths.ts";

/** The focused cell in full, since the grid cuts long texts; and what is to be said of it. */
export function ActiveCellText(props: { table: Table; editing: Editing; active: ActiveCell | null }) {
  const { table, editing, active } = props;
  const column = active && table.columns.find(({ key }) => key === active.key);
  const row = active && table.row(active.row);
  if (!column || !row) return <span class="active-cell quiet">Arrow keys move between cells</span>;
  const cell = table.cell(active.row, active.key);
  const { text } = cellFormatter(column)(row[column.key] ?? null);
  const mark = cell && cellMark(cell);
  const rowWords = rowMarkWords(table.mark(active.row));
  return (
    <span class="active-cell">
      <span data-testid="active-cell">
        <strong>{headerText(column)}</strong> {text === "" ? "(empty)" : text}
      </span>
      {cell?.formula !== undefined && <code class="formula">{cell.formula}</code>}
      {mark && <MarkText table={table} editing={editing} active={active} mark={mark} />}
      {rowWords && <span class="mark-words tone-busy is-toned">{rowWords}</span>}
    </span>
  );
}

/** Why the cell is marked, and what can be done about it. */
function MarkText(props: { table: Table; editing: Editing; active: ActiveCell; mark: CellMark }) {
  const { table, editing, active, mark } = props;
  const { edit, kind, why } = mark;
  if (kind === "pending" || !edit) return <span class="mark-words tone-busy is-toned">{why}</span>;
  const dismiss = (): void => receiptOf(table, active.row, active.key)?.dismiss();
  const again = (): void => {
    dismiss();
    editing.watch(table.set(active.row, active.key, edit.value ?? null));
  };
  return (
    <span class="mark-words tone-bad is-toned" data-testid="mark-words">
      {why}{" "}
      <button type="button" class="small" onClick={dismiss}>
        {kind === "conflict" ? "Keep theirs" : "Dismiss"}
      </button>
      <button type="button" class="small" onClick={again}>
        {kind === "conflict" ? "Write mine" : "Try again"}
      </button>
      {edit.record !== undefined && (
        <a
          class="button small"
          href={formatRoute({ page: kind === "conflict" ? "conflicts" : "deadletters" })}
        >
          Open the record
        </a>
      )}
    </span>
  );
}
