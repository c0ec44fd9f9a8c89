/** Wishes as applications make them, by column keys; each one a step that can be taken back. */

import type { Content } from "./content.ts";
import type { CellValue } from "./contract/cell.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import type { Edit, EditStatus, Receipt } from "./edit.ts";
import type { OwnEdits, SetOptions } from "./own-edits.ts";
import { createUndoStack } from "./undo.ts";

export interface WriterDeps {
  readonly edits: OwnEdits;
  readonly isReadOnly: () => boolean;
  readonly isClosed: () => boolean;
  readonly content: () => Content;
}

export interface Writer {
  set(row: RowId, column: string, value: CellValue, options?: SetOptions): Receipt;
  insert(
    values: Readonly<Record<string, CellValue | undefined>>,
    options?: { readonly after?: RowId | null },
  ): Receipt;
  remove(row: RowId): Receipt;
  batch<T>(run: () => T): T;
  undo(): readonly Receipt[];
  redo(): readonly Receipt[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export function createWriter({ edits, isReadOnly, isClosed, content }: WriterDeps): Writer {
  const steps = createUndoStack(edits);

  function obstacle(): Pick<EditStatus, "code" | "why"> | null {
    if (isClosed()) return { code: "closed", why: "the table is closed" };
    if (isReadOnly()) return { code: "read-only", why: "a view cannot be written: write to its tab" };
    return null;
  }
  function noColumn(key: string): Pick<EditStatus, "code" | "why"> {
    const keys = content().columns.map((column) => `"${column.key}"`);
    return {
      code: "no-such-column",
      why: `there is no column "${key}": there are ${keys.join(", ") || "none yet"}`,
    };
  }
  function noRow(row: RowId): Pick<EditStatus, "code" | "why"> {
    return { code: "row-gone", why: `there is no row ${row}` };
  }
  /** The row's values as they are shown, and the row before it. */
  function record(row: RowId): { values: ReadonlyMap<Slot, CellValue>; after: RowId | null } {
    const { columns, rowIds } = content();
    const object = content().row(row);
    const values = new Map(columns.map(({ key, slot }) => [slot, object?.[key] ?? null]));
    return { values, after: rowIds[rowIds.indexOf(row) - 1] ?? null };
  }
  const receipts = (made: readonly Edit[]): readonly Receipt[] => made.map(({ receipt }) => receipt);

  return {
    set(row, column, value, options) {
      const slot = content().slot(column);
      const object = content().row(row);
      const problem = obstacle() ?? (slot === undefined ? noColumn(column) : object ? null : noRow(row));
      if (problem) return edits.refuse({ kind: "set", row, ...problem }).receipt;
      const before = object?.[column] ?? null;
      const edit = edits.set(row, slot!, value, options);
      if (edit.pending) steps.note({ tag: "set", row, slot: slot!, before, after: value });
      return edit.receipt;
    },
    insert(fields, options = {}) {
      const values = new Map<Slot, CellValue>();
      let problem = obstacle();
      for (const [key, value] of Object.entries(fields)) {
        const slot = content().slot(key);
        if (slot === undefined) problem ??= noColumn(key);
        else if (value !== undefined && value !== null) values.set(slot, value);
      }
      const { rowIds } = content();
      const { after } = options;
      if (after != null && !content().row(after)) problem ??= noRow(after);
      if (problem) return edits.refuse({ kind: "insert", row: 0, ...problem }).receipt;
      const edit = edits.insert(values, after);
      const { row } = edit.status;
      if (edit.pending)
        steps.note({
          tag: "insert",
          row,
          values,
          after: after === undefined ? (rowIds.at(-1) ?? null) : after,
        });
      return edit.receipt;
    },
    remove(row) {
      const problem = obstacle() ?? (content().row(row) ? null : noRow(row));
      if (problem) return edits.refuse({ kind: "remove", row, ...problem }).receipt;
      const { values, after } = record(row);
      const edit = edits.remove(row);
      steps.note({ tag: "remove", row, values, after });
      return edit.receipt;
    },
    batch: (run) => edits.batch(() => steps.step(run)),
    undo: () => (obstacle() ? [] : receipts(steps.undo())),
    redo: () => (obstacle() ? [] : receipts(steps.redo())),
    get canUndo() {
      return steps.canUndo;
    },
    get canRedo() {
      return steps.canRedo;
    },
  };
}
