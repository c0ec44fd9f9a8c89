import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Table } from "../../../../client-sdk/src/index.ts";
import { CodeSample } from "../parts/code-sample.tsx";
import { countWords } from "../parts/words.ts";
import { formatRoute } from "../shell/routes.ts";
import type { ActiveCell } from "./active-cell.ts";
import { NewRow } from "./new-row.tsx";
import { samples } from "./samples.ts";
import type { Editing } from "./use-editing.ts";

/** What can be done to the tab and its active cell, for those without a keyboard too. */
export function Toolbar(props: {
  table: Table;
  editing: Editing;
  active: ActiveCell | null;
  children: ComponentChildren;
}) {
  const { table, editing, active, children } = props;
  const [adding, setAdding] = useState(false);
  const { source, tab } = table;
  const here = active && table.row(active.row) ? active : null;
  const remove = (): void => {
    if (here && editing.mayWrite()) editing.watch(table.remove(here.row));
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Edit">
      {editing.writable ? (
        <>
          <button type="button" class="small" disabled={!here} onClick={() => here && editing.open(here)}>
            Edit
          </button>
          <button type="button" class="small" onClick={() => setAdding(true)}>
            Add row
          </button>
          <button type="button" class="small" disabled={!here} onClick={remove}>
            Remove row
          </button>
          <button
            type="button"
            class="small"
            disabled={!table.canUndo}
            title="Ctrl+Z"
            onClick={() => table.undo().forEach(editing.watch)}
          >
            Undo
          </button>
          <button
            type="button"
            class="small"
            disabled={!table.canRedo}
            title="Ctrl+Shift+Z"
            onClick={() => table.redo().forEach(editing.watch)}
          >
            Redo
          </button>
        </>
      ) : (
        <span class="quiet">Read only</span>
      )}
      {table.view === "" && (
        <a
          class="button small"
          href={formatRoute({
            page: "history",
            source,
            tab,
            ...(here && here.row > 0 && { row: here.row, key: here.key }),
          })}
        >
          {here ? "Cell history" : "History"}
        </a>
      )}
      <EditCounts table={table} />
      <CodeSample samples={samples(table, here, location.origin)} />
      {children}
      {adding && (
        <NewRow table={table} editing={editing} after={here?.row} onClose={() => setAdding(false)} />
      )}
    </div>
  );
}

/** How many edits are on their way, and how many came to nothing. */
function EditCounts({ table }: { table: Table }) {
  const states = table.receipts.map(({ status }) => status.state);
  const pending = states.filter((state) => ["local", "received", "writing"].includes(state)).length;
  const failed = states.filter((state) =>
    ["conflict", "refused", "parked", "unknown"].includes(state),
  ).length;
  return (
    <span class="edit-counts" role="status" data-testid="edit-counts">
      {pending > 0 && (
        <span class="tone-busy is-toned">{countWords(pending, "edit", "edits")} on the way</span>
      )}
      {failed > 0 && (
        <span class="tone-bad is-toned">{countWords(failed, "edit was", "edits were")} not taken</span>
      )}
    </span>
  );
}
