/** What a reader sees of one replica: rows as objects, built when asked for and kept while they are right. */
import type { CellValue } from "./contract/cell.ts";
import type { Column, FoldedRow, RowId, Slot, Unconfirmed } from "./contract/layout.ts";
import type { Fold, FoldChange } from "./fold.ts";
import { buildRow, type Row, sameKeys } from "./row.ts";

export interface Cell {
  readonly value: CellValue;
  /** Who wished for the value, while the sheet has not confirmed it. */
  readonly unconfirmed?: Unconfirmed;
  /** Only where the source asks for formulas. */
  readonly formula?: string;
}

export interface Content {
  readonly columns: readonly Column[];
  readonly rowIds: readonly RowId[];
  readonly rows: readonly Row[];
  row(id: RowId): Row | undefined;
  cell(id: RowId, key: string): Cell | undefined;
  unconfirmed(id: RowId): ReadonlyMap<Slot, Unconfirmed> | undefined;
  /** Drops what `change` made wrong. */
  refresh(change: FoldChange): void;
}

export function createContent(fold: Fold): Content {
  const built = new Map<RowId, Row>();
  let builtFor: readonly Column[] = [];
  let list: readonly Row[] | null = null;
  let slots = new Map<string, Slot>();

  const row = (id: RowId): Row | undefined => {
    const folded = fold.rows.get(id);
    if (!folded) return undefined;
    let object = built.get(id);
    if (!object) {
      object = buildRow(id, folded, builtFor);
      built.set(id, object);
    }
    return object;
  };

  return {
    get columns() {
      return fold.columns;
    },
    get rowIds() {
      return fold.order;
    },
    get rows() {
      list ??= Object.freeze(fold.order.map((id) => row(id)!));
      return list;
    },
    row,
    cell(id, key) {
      const [folded, slot] = [fold.rows.get(id), slots.get(key)];
      return folded && slot !== undefined ? cellOf(folded, slot) : undefined;
    },
    unconfirmed: (id) => fold.rows.get(id)?.unconfirmed,
    refresh(change) {
      const otherKeys = change.columnsChanged && !sameKeys(builtFor, fold.columns);
      if (otherKeys) {
        built.clear();
        builtFor = fold.columns;
        slots = new Map(builtFor.map((column) => [column.key, column.slot]));
      }
      for (const [id] of change.cells) built.delete(id);
      for (const id of change.removed) built.delete(id);
      const otherRows = change.cells.length + change.added.length + change.removed.length > 0;
      if (otherKeys || otherRows || change.orderChanged) list = null;
    },
  };
}

function cellOf(folded: FoldedRow, slot: Slot): Cell {
  const unconfirmed = folded.unconfirmed?.get(slot);
  const formula = folded.formulas?.get(slot);
  return {
    value: folded.values[slot] ?? null,
    ...(unconfirmed && { unconfirmed }),
    ...(formula !== undefined && { formula }),
  };
}
