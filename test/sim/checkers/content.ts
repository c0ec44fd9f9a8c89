import type { CellValue } from "#contract/cell.ts";
import type { Column, FoldedRow, RowId } from "#contract/layout.ts";
import type { SimClient } from "../sim-client.ts";

/** What a reader shows: the columns' headers and below them the rows, in display order. */
export interface Shown {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly CellValue[])[];
}

export function shown(client: Pick<SimClient, "fold">): Shown {
  return shownOf(client.fold.columns, client.fold.order, client.fold.rows);
}

export function shownOf(
  columns: readonly Column[],
  order: readonly RowId[],
  rows: ReadonlyMap<RowId, FoldedRow>,
): Shown {
  return {
    headers: columns.map(({ header }) => header),
    rows: order.map((id) => columns.map(({ slot }) => rows.get(id)?.values[slot] ?? null)),
  };
}
