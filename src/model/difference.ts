/** What changed between two states of rows whose identities are known. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Column, RowId, Slot } from "#contract/layout.ts";
import type { Baseline, Delta } from "./delta.ts";
import { sameColumn } from "./diff.ts";
import { spliceOrder } from "./order.ts";

/** From what is shown to `rows` of `tab`. Only `touched` rows may have other cells; null: any row. */
export function difference(
  tab: Baseline,
  shown: Baseline,
  columns: readonly Column[],
  rows: readonly RowId[],
  touched: ReadonlySet<RowId> | null,
): Delta {
  const added: [RowId, CellValue[]][] = [];
  const cells: [RowId, Slot, CellValue][] = [];
  const same = rows === shown.order;
  const places = same ? null : new Map(shown.order.map((id, place) => [id, place]));
  if (places) for (const id of rows) if (!places.has(id)) added.push([id, project(tab, id, columns)]);
  for (const id of touched ?? rows) {
    const before = shown.rows.get(id);
    const after = tab.rows.get(id);
    if (!before || !after || (places !== null && !places.has(id))) continue;
    for (const { slot } of columns) {
      const value = after.values[slot] ?? null;
      if (!cellsEqual(before.values[slot], value)) cells.push([id, slot, value]);
    }
  }
  const stays = same ? null : new Set(rows);
  const changed =
    columns.length !== shown.columns.length || columns.some((c, i) => !sameColumn(c, shown.columns[i]!));
  return {
    ...(changed ? { columns } : {}),
    added,
    cells: stays ? cells.filter(([id]) => stays.has(id)) : cells,
    removed: stays ? shown.order.filter((id) => !stays.has(id)) : [],
    order: places
      ? spliceOrder(
          shown.order.length,
          rows,
          Int32Array.from(rows, (id) => places.get(id) ?? -1),
        )
      : [],
  };
}

function project(tab: Baseline, id: RowId, columns: readonly Column[]): CellValue[] {
  const { values } = tab.rows.get(id)!;
  const result: CellValue[] = [];
  for (const { slot } of columns) {
    const value = values[slot] ?? null;
    if (value === null) continue;
    while (result.length < slot) result.push(null);
    result[slot] = value;
  }
  return result;
}
