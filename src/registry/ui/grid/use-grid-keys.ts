import { useState } from "preact/hooks";
import type { CellValue, Column, Table } from "../../../../client-sdk/src/index.ts";
import type { ActiveCell } from "./active-cell.ts";
import { clearBlock, copyBlock, pasteBlock, toggled } from "./acts.ts";
import { type CellPlace, moveFocus } from "./navigation.ts";
import { type Block, blockOf } from "./selection.ts";
import type { Editing } from "./use-editing.ts";

export interface GridKeys {
  /** The chosen cells; null without a focus. */
  readonly block: Block | null;
  onKeyDown(event: KeyboardEvent): void;
  onMouseDown(event: MouseEvent): void;
  onDblClick(event: MouseEvent): void;
  onCopy(event: ClipboardEvent): void;
  onCut(event: ClipboardEvent): void;
  onPaste(event: ClipboardEvent): void;
}

interface KeysDeps {
  readonly table: Table;
  readonly editing: Editing;
  readonly active: ActiveCell | null;
  /** Where the active cell is; -1 where it is not. */
  readonly place: CellPlace;
  readonly pageRows: () => number;
  /** Moves the focus and the view. */
  readonly go: (to: CellPlace) => void;
}

/** The keyboard, the mouse and the clipboard of a grid (ARIA grid pattern of the W3C; editing as in spreadsheets). */
export function useGridKeys(deps: KeysDeps): GridKeys {
  const { table, editing, active, place } = deps;
  const [anchor, setAnchor] = useState<ActiveCell | null>(null);
  const block = blockAt(table, place, anchor);

  const move = (event: KeyboardEvent): boolean => {
    const size = { rows: table.rowIds.length, columns: table.columns.length, pageRows: deps.pageRows() };
    if (size.rows === 0 || size.columns === 0) return false;
    const from = { row: Math.max(0, place.row), column: Math.max(0, place.column) };
    const next = moveFocus(from, event, size);
    if (!next) return false;
    setAnchor(event.shiftKey ? (anchor ?? active) : null);
    deps.go(next);
    return true;
  };
  const write = (event: KeyboardEvent, cell: ActiveCell): boolean => {
    const { key } = event;
    const far = event.ctrlKey || event.metaKey;
    if (far) return timeTravel(event, deps);
    if (key === "Enter" || key === "F2") editing.open(cell);
    else if (key === "Delete" || key === "Backspace") clear();
    else if (key === " " && tick(cell)) return true;
    else if (key.length === 1 && !event.altKey) editing.open(cell, key);
    else return false;
    return true;
  };
  const clear = (): void => {
    if (block && editing.mayWrite()) say(clearBlock(table, block));
  };
  const tick = (cell: ActiveCell): boolean => {
    const next = toggled((table.row(cell.row)?.[cell.key] ?? null) as CellValue);
    if (next === null || !editing.mayWrite()) return false;
    editing.watch(table.set(cell.row, cell.key, next));
    return true;
  };
  const say = (text: string): void => {
    if (text !== "") editing.say(text);
  };
  const copy = (event: ClipboardEvent): boolean => {
    if (!block || isInput(event.target)) return false;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", copyBlock(table, block));
    return true;
  };

  return {
    block,
    onKeyDown(event) {
      if (event.isComposing || isInput(event.target)) return;
      if (event.key === "Escape") setAnchor(null);
      else if (move(event) || (active && write(event, active))) event.preventDefault();
    },
    onMouseDown: (event) => setAnchor(event.shiftKey ? (anchor ?? active) : null),
    onDblClick(event) {
      const cell = cellAt(event.target);
      if (cell && !isInput(event.target)) editing.open(cell);
    },
    onCopy: (event) => void copy(event),
    onCut(event) {
      if (copy(event)) clear();
    },
    onPaste(event) {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!active || place.row < 0 || text === "" || isInput(event.target)) return;
      event.preventDefault();
      const from = block ? { row: block.top, column: block.left } : place;
      if (editing.mayWrite()) say(pasteBlock(table, from, text));
    },
  };
}

function timeTravel(event: KeyboardEvent, { table, editing }: KeysDeps): boolean {
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return false;
  if (!editing.mayWrite()) return true;
  const receipts = key === "y" || event.shiftKey ? table.redo() : table.undo();
  for (const receipt of receipts) editing.watch(receipt);
  return true;
}

function blockAt(table: Table, place: CellPlace, anchor: ActiveCell | null): Block | null {
  if (place.row < 0 || place.column < 0) return null;
  const corner = anchor && {
    row: table.rowIds.indexOf(anchor.row),
    column: columnAt(table.columns, anchor.key),
  };
  return blockOf(place, corner && corner.row >= 0 && corner.column >= 0 ? corner : place);
}

const columnAt = (columns: readonly Column[], key: string): number =>
  columns.findIndex((column) => column.key === key);

const isInput = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLButtonElement;

/** The cell that an event of the mouse is for. */
function cellAt(target: EventTarget | null): ActiveCell | null {
  const { rowId, key } = (target as HTMLElement | null)?.closest<HTMLElement>(".grid-cell")?.dataset ?? {};
  return rowId === undefined || key === undefined ? null : { row: Number(rowId), key };
}
