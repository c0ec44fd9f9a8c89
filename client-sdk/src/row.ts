import type { CellValue } from "./contract/cell.ts";
import type { Column, RowId, Slot } from "./contract/layout.ts";

/** What a row holds under each column's key, where nothing more is known. */
export type Fields = { readonly [key: string]: CellValue };

/**
 * One row as an object: a property per column under the column's key, and the row's id as `$row`, as in the rows
 * of the REST API. Frozen; another object stands for the row as soon as its content is another.
 */
export type Row<F = Fields> = { readonly $row: RowId } & { readonly [K in keyof F]: F[K] };

export type RowBuilder = (id: RowId, value: (slot: Slot) => CellValue) => Row;

/**
 * Rows are copies of one that was parsed. To grow each one property by property makes engines keep it as a table of
 * its own, of five times the memory; and parsing alone takes a header "__proto__" for a name like any other.
 */
export function rowBuilder(columns: readonly Column[]): RowBuilder {
  const first = JSON.parse(`{${[...columns.map(({ key }) => key), "$row"].map(member)}}`);
  return (id, value) => {
    const row = { ...first };
    for (const { key, slot } of columns) row[key] = value(slot);
    row.$row = id;
    return Object.freeze(row);
  };
}

const member = (key: string): string => `${JSON.stringify(key)}:null`;
