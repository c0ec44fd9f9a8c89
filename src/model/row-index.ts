/** Finds rows by what they hold, without a look at each. */
import type { CellValue } from "#contract/cell.ts";

export interface RowIndex {
  /** Rows, by position, that may hold at least `least` of these cells, by column: all of those, and a few more. */
  sharing(cells: readonly (CellValue | undefined)[], least: number): number[];
}

/**
 * A row that shares n of some cells shares one at least of all but n - 1 of them: it stands under one of the values that
 * fewest rows have, and only those rows are worth a look. Empty cells count for nothing.
 */
export function indexRows(
  length: number,
  width: number,
  cellOf: (at: number, column: number) => CellValue | undefined,
): RowIndex {
  const columns = Array.from({ length: width }, () => new Map<CellKey, number[]>());
  for (let at = 0; at < length; at++) {
    for (let column = 0; column < width; column++) {
      const value = cellOf(at, column);
      if (value == null) continue;
      const key = cellKey(value);
      const rows = columns[column]!.get(key);
      if (rows) rows.push(at);
      else columns[column]!.set(key, [at]);
    }
  }
  return {
    sharing(cells, least) {
      const lists = cells
        .flatMap((value, column) => (value == null ? [] : [columns[column]?.get(cellKey(value)) ?? []]))
        .toSorted((a, b) => a.length - b.length);
      return [...new Set(lists.slice(0, lists.length - Math.max(1, least) + 1).flat())];
    },
  };
}

type CellKey = string | number | boolean;

function cellKey(value: NonNullable<CellValue>): CellKey {
  return typeof value === "object" ? value.error : value;
}
