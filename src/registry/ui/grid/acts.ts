/** What the keyboard and the clipboard do to cells, as wishes of the table. */
import type { CellValue, Column, Receipt, RowId, Table } from "../../../../client-sdk/src/index.ts";
import { formatBlock, parseBlock } from "./block.ts";
import { editText, parseTyped } from "./edit-value.ts";
import type { CellPlace } from "./navigation.ts";
import { type Block, cellCount } from "./selection.ts";

/** More at once is a file, not a paste: it would take the sheet's quota for minutes. */
export const BLOCK_CELLS_MAX = 10_000;

/** A sentence for the person; empty when there is nothing to say. */
export type Said = string;

/** Writes a block of texts with its first cell at `place`; rows beyond the end are added. */
export function pasteBlock(table: Table, place: CellPlace, text: string): Said {
  const rows = parseBlock(text);
  const cells = rows.reduce((sum, row) => sum + row.length, 0);
  if (cells > BLOCK_CELLS_MAX) return `${cells} cells are more than a paste takes (${BLOCK_CELLS_MAX}).`;
  const { columns, rowIds } = table;
  const beyond = Math.max(0, ...rows.map((row) => place.column + row.length - columns.length));
  table.batch(() => {
    rows.forEach((texts, index) => {
      const values = texts.flatMap((typed, at) => {
        const column = columns[place.column + at];
        return column ? [[column.key, parseTyped(typed, column)] as const] : [];
      });
      const row = rowIds[place.row + index];
      if (row === undefined) table.insert(Object.fromEntries(values));
      else for (const [key, value] of values) table.set(row, key, value);
    });
  });
  return beyond > 0 ? `${beyond} columns did not fit and were left out.` : "";
}

export function clearBlock(table: Table, block: Block): Said {
  const cells = cellCount(block);
  if (cells > BLOCK_CELLS_MAX)
    return `${cells} cells are more than can be cleared at once (${BLOCK_CELLS_MAX}).`;
  table.batch(() => eachCell(table, block, (row, column) => void table.set(row, column.key, null)));
  return "";
}

export function copyBlock(table: Table, { top, bottom, left, right }: Block): string {
  const columns = table.columns.slice(left, right + 1);
  const rows = table.rowIds.slice(top, bottom + 1).map((id) => {
    const row = table.row(id);
    return columns.map((column) => editText(row?.[column.key] ?? null, column));
  });
  return formatBlock(rows);
}

function eachCell(
  table: Table,
  { top, bottom, left, right }: Block,
  run: (row: RowId, column: Column) => void,
): void {
  for (const row of table.rowIds.slice(top, bottom + 1)) {
    for (const column of table.columns.slice(left, right + 1)) run(row, column);
  }
}

/** The wish for a cell that its mark tells of, to be dismissed. */
export function receiptOf(table: Table, row: RowId, key: string): Receipt | undefined {
  const slot = table.columns.find((column) => column.key === key)?.slot;
  return table.receipts.find(({ status }) => status.row === row && status.slot === slot);
}

/** Space turns a tick around. */
export function toggled(value: CellValue): boolean | null {
  return typeof value === "boolean" ? !value : null;
}
