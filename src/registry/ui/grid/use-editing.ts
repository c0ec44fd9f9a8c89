import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { cellsEqual, type Receipt, type Table } from "../../../../client-sdk/src/index.ts";
import type { ActiveCell } from "./active-cell.ts";
import type { EditorHandlers, Leave, OpenEditor } from "./cell-editor.tsx";
import { editText, parseTyped } from "./edit-value.ts";

export interface Editing {
  /** Whether the source takes edits; of formulas it is asked apart. */
  readonly writable: boolean;
  readonly editor: OpenEditor | null;
  readonly handlers: EditorHandlers;
  /** Moves the focus on after an edit; the grid's own. */
  readonly leave: RefObject<(leave: Leave) => void>;
  /** Opens the editor in a cell, with `text` in the place of its value. */
  open(cell: ActiveCell, text?: string): void;
  /** Tells it when a wish comes to nothing. */
  watch(receipt: Receipt): void;
  /** A sentence for the person. */
  say(text: string): void;
  /** False, and told, where the source takes no edits. */
  mayWrite(): boolean;
}

export const READ_ONLY = "This source is read only: its page switches on that edits are written.";

export const VIEW_READ_ONLY = "A view is read only: its tab takes edits.";

export interface EditingOptions {
  readonly writable: boolean;
  readonly formulas: boolean;
  /** Why nothing is written where it is not. */
  readonly readOnly?: string;
}

const rowGone = (typed: string): string => `The row was removed while you edited it. You had typed: ${typed}`;

/** The one open editor of a grid, and what became of its wishes. */
export function useEditing(
  table: Table,
  { writable, formulas, readOnly = READ_ONLY }: EditingOptions,
  say: (text: string) => void,
): Editing {
  const [editor, setEditor] = useState<OpenEditor | null>(null);
  const typed = useRef("");
  const leave = useRef<(leave: Leave) => void>(() => {});

  const acts = useMemo(() => {
    const watch = (receipt: Receipt): void => {
      void receipt.settled.then(({ state, why }) => {
        if (["conflict", "refused", "parked", "unknown"].includes(state))
          say(why ?? `The edit was ${state}.`);
      });
    };
    const write = ({ row, key, base }: OpenEditor, text: string, onto: "base" | "shown"): void => {
      const column = table.columns.find((each) => each.key === key);
      const now = table.row(row)?.[key] ?? null;
      // An input that goes loses the focus, which commits.
      if (!table.rowIds.includes(row)) return say(rowGone(text));
      if (!column) return say(`The column is gone. You had typed: ${text}`);
      const value = parseTyped(text, column);
      const isFormula = formulas && text.startsWith("=");
      if (!isFormula && cellsEqual(value, base) && onto === "base") return;
      // What is shown may be an own wish on its way, which the SDK knows to build on: only a foreign change needs telling.
      const told = onto === "base" && !cellsEqual(now, base) ? { base } : {};
      // In its place the cell goes on showing what it shows, until the sheet has computed it.
      if (isFormula) watch(table.set(row, key, now, { ...told, formula: text }));
      else watch(table.set(row, key, value, told));
    };
    const close = (to: Leave): void => {
      setEditor(null);
      leave.current(to);
    };
    const handlers: EditorHandlers = {
      commit(from, text, to) {
        if (text !== from.text || typed.current !== from.text) write(from, text, "base");
        // Who clicked elsewhere has the focus there.
        if (to === "stay") setEditor(null);
        else close(to);
      },
      cancel: () => close("stay"),
      keepMine(from, _theirs, text) {
        write(from, text, "shown");
        close("stay");
      },
      typed(text) {
        typed.current = text;
      },
    };
    return { watch, handlers };
  }, [table, formulas, say]);

  // After each change of the table: its row may have gone.
  useEffect(() => {
    if (!editor || table.rowIds.includes(editor.row)) return;
    say(rowGone(typed.current));
    setEditor(null);
  });

  const mayWrite = (): boolean => {
    if (!writable) say(readOnly);
    return writable;
  };
  return {
    writable,
    editor,
    leave,
    ...acts,
    say,
    mayWrite,
    open({ row, key }, text) {
      const column = table.columns.find((each) => each.key === key);
      const value = table.row(row)?.[key] ?? null;
      if (!column || !mayWrite()) return;
      const formula = formulas ? table.cell(row, key)?.formula : undefined;
      const begin = text ?? formula ?? editText(value, column);
      // Typed over: even an unchanged text is then what was wished.
      typed.current = text === undefined ? begin : "";
      setEditor({ row, key, text: begin, base: value });
    },
  };
}
