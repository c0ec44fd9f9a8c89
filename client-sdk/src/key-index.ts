import type { CellValue } from "./contract/cell.ts";
import type { RowId } from "./contract/layout.ts";

export interface KeyIndex {
  /** The first row, in display order, with `value` in the column. */
  find(column: string, value: CellValue): RowId | undefined;
  /** Rows or columns are not what they were. */
  forget(): void;
}

/** Finds rows by a cell's content; made for a column when it is first asked for. */
export function createKeyIndex(
  rows: () => readonly { readonly $row: RowId; readonly [key: string]: CellValue }[],
): KeyIndex {
  const byColumn = new Map<string, Map<CellValue, RowId>>();
  return {
    find(column, value) {
      let index = byColumn.get(column);
      if (!index) {
        index = new Map();
        for (const row of rows()) {
          const key = row[column] ?? null;
          if (!index.has(key)) index.set(key, row.$row);
        }
        byColumn.set(column, index);
      }
      return index.get(value);
    },
    forget: () => byColumn.clear(),
  };
}
