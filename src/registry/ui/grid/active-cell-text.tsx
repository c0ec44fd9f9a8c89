import { useState } from "preact/hooks";
import type { CellValue, Table } from "../../../../client-sdk/src/index.ts";
import { formatRoute } from "../shell/routes.ts";
import type { ActiveCell } from "./active-cell.ts";
import { receiptOf } from "./acts.ts";
import { type CellMark, cellMark, rowMarkWords } from "./cell-marks.ts";
import { type DecideApi, type Decision, decide } from "./decide.ts";
import { cellFormatter } from "./format.ts";
import type { Editing } from "./use-editing.ts";
import { headerText } from "./widths.ts";

/** The focused cell in full, since the grid cuts long texts; and what is to be said of it. */
export function ActiveCellText(props: {
  api: DecideApi;
  table: Table;
  editing: Editing;
  active: ActiveCell | null;
}) {
  const { api, table, editing, active } = props;
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
      {mark && <MarkText api={api} table={table} editing={editing} active={active} mark={mark} />}
      {rowWords && <span class="mark-words tone-busy is-toned">{rowWords}</span>}
    </span>
  );
}

/** Why the cell is marked, and what can be done about it. */
function MarkText(props: {
  api: DecideApi;
  table: Table;
  editing: Editing;
  active: ActiveCell;
  mark: CellMark;
}) {
  const { api, table, editing, active, mark } = props;
  const [busy, setBusy] = useState(false);
  const { edit, kind, why } = mark;
  if (kind === "pending" || !edit) return <span class="mark-words tone-busy is-toned">{why}</span>;
  const choose = async (choice: Decision["choice"]): Promise<void> => {
    const receipt = receiptOf(table, active.row, active.key);
    if (!receipt) return;
    setBusy(true);
    const again = (): void => editing.watch(table.set(active.row, active.key, edit.value ?? null));
    const wrong = await decide(api, { choice, receipt, again });
    setBusy(false);
    if (wrong !== "") editing.say(wrong);
  };
  return (
    <span class="mark-words tone-bad is-toned" data-testid="mark-words">
      {why} {kind === "conflict" && <Wished table={table} active={active} value={edit.value ?? null} />}
      <button type="button" class="small" disabled={busy} onClick={() => void choose("keep")}>
        {kind === "conflict" ? "Keep theirs" : "Dismiss"}
      </button>
      <button type="button" class="small" disabled={busy} onClick={() => void choose("again")}>
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

/** The cell shows the other value. */
function Wished(props: { table: Table; active: ActiveCell; value: CellValue }) {
  const column = props.table.columns.find(({ key }) => key === props.active.key);
  const text = column ? cellFormatter(column)(props.value).text : "";
  return (
    <span>
      You wished for <strong>{text === "" ? "(empty)" : text}</strong>.{" "}
    </span>
  );
}
