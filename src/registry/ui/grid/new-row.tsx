import { useEffect, useRef } from "preact/hooks";
import type { Table } from "../../../../client-sdk/src/index.ts";
import { parseTyped } from "./edit-value.ts";
import type { Editing } from "./use-editing.ts";
import { headerText } from "./widths.ts";

/** A form with a field per column: a row comes into the sheet whole, or not at all. */
export function NewRow(props: {
  table: Table;
  editing: Editing;
  /** The row that it may follow. */
  after: number | undefined;
  onClose: () => void;
}) {
  const { table, editing, after, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const values = table.columns.flatMap((column, index) => {
      const value = parseTyped(String(form.get(String(index)) ?? ""), column);
      return value === null ? [] : [[column.key, value] as const];
    });
    if (values.length === 0) return editing.say("A row without any value is none: fill in at least one.");
    const below = form.get("place") === "below" && after !== undefined;
    editing.watch(table.insert(Object.fromEntries(values), below ? { after } : {}));
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="new-row" aria-labelledby="new-row-title" onClose={onClose}>
      <h2 id="new-row-title">Add a row to {table.title}</h2>
      <form onSubmit={add}>
        <div class="new-row-fields">
          {table.columns.map((column, index) => (
            <label key={column.slot} class="field">
              <span>{headerText(column)}</span>
              <input type="text" name={String(index)} autocomplete="off" spellcheck={false} />
            </label>
          ))}
        </div>
        {after !== undefined && (
          <label class="check">
            <input type="checkbox" name="place" value="below" /> Below the chosen row
          </label>
        )}
        <div class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Add the row
          </button>
        </div>
      </form>
    </dialog>
  );
}
