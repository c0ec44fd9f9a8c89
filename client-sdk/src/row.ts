import type { CellValue } from "./contract/cell.ts";
import type { Column, FoldedRow, RowId } from "./contract/layout.ts";

/**
 * One row as an object: a property per column under the column's key, and the row's id as `$row`, as in the rows
 * of the REST API. Frozen; another object stands for the row as soon as its content is another.
 */
export type Row = { readonly $row: RowId } & { readonly [key: string]: CellValue };

export function buildRow(id: RowId, folded: FoldedRow, columns: readonly Column[]): Row {
  const row: Record<string, CellValue> = {};
  for (const { key, slot } of columns) {
    const value = folded.values[slot] ?? null;
    // A header may be "__proto__", which a plain assignment takes for the prototype.
    if (key === "__proto__") Object.defineProperty(row, key, { value, enumerable: true });
    else row[key] = value;
  }
  row.$row = id;
  return Object.freeze(row) as Row;
}

/** Whether rows built for `a` are also right for `b`: the same keys stand for the same slots. */
export function sameKeys(a: readonly Column[], b: readonly Column[]): boolean {
  const slots = new Map(a.map((column) => [column.key, column.slot]));
  return a.length === b.length && b.every((column) => slots.get(column.key) === column.slot);
}
