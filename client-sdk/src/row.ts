import type { CellValue } from "./contract/cell.ts";
import type { Column, RowId, Slot } from "./contract/layout.ts";

/** What a row holds under each column's key, where nothing more is known. */
export type Fields = { readonly [key: string]: CellValue };

/**
 * One row as an object: a property per column under the column's key, and the row's id as `$row`, as in the rows
 * of the REST API. Frozen; another object stands for the row as soon as its content is another.
 */
export type Row<F = Fields> = { readonly $row: RowId } & { readonly [K in keyof F]: F[K] };

export function buildRow(id: RowId, value: (slot: Slot) => CellValue, columns: readonly Column[]): Row {
  const row: Record<string, CellValue> = {};
  for (const { key, slot } of columns) {
    // A header may be "__proto__", which a plain assignment takes for the prototype.
    if (key === "__proto__") Object.defineProperty(row, key, { value: value(slot), enumerable: true });
    else row[key] = value(slot);
  }
  row.$row = id;
  return Object.freeze(row) as Row;
}

/** Whether rows built for `a` are also right for `b`: the same keys stand for the same slots. */
export function sameKeys(a: readonly Column[], b: readonly Column[]): boolean {
  const slots = new Map(a.map((column) => [column.key, column.slot]));
  return a.length === b.length && b.every((column) => slots.get(column.key) === column.slot);
}
