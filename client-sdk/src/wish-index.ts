/** Wishes by the rows and cells that they are for, as readers of rows look them up. */
import type { CellValue } from "./contract/cell.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import { type EditStatus, isPending } from "./edit.ts";

/** A row that the mirror does not show yet. */
export interface AddedRow {
  /** Below 0. */
  readonly row: RowId;
  readonly key: string;
  /** The row that it follows; null: the first place; absent: the end. */
  readonly after: RowId | null | undefined;
  readonly values: ReadonlyMap<Slot, CellValue>;
}

export interface OwnWishes {
  /** The row's cells with a wish, pending or not confirmed; another map as soon as one is another. */
  cells(row: RowId): ReadonlyMap<Slot, EditStatus> | undefined;
  /** The wish to add or to remove the row. */
  row(row: RowId): EditStatus | undefined;
  /** The id that a row has by now. */
  real(row: RowId): RowId;
  readonly added: readonly AddedRow[];
}

export interface WishIndex extends OwnWishes {
  add(status: EditStatus): void;
  remove(status: EditStatus): void;
  addRow(row: AddedRow): void;
  amend(row: RowId, slot: Slot, value: CellValue): void;
  alias(temp: RowId, row: RowId): void;
  insertOf(row: RowId): string | undefined;
  value(row: RowId, slot: Slot, otherwise: () => CellValue): CellValue;
}

export function createWishIndex(): WishIndex {
  const cells = new Map<RowId, ReadonlyMap<Slot, EditStatus>>();
  const rows = new Map<RowId, EditStatus>();
  const aliases = new Map<RowId, RowId>();
  const added = new Map<RowId, AddedRow>();

  function without(row: RowId, slot: Slot): void {
    const left = new Map(cells.get(row));
    left.delete(slot);
    if (left.size > 0) cells.set(row, left);
    else cells.delete(row);
  }
  const real = (row: RowId): RowId => aliases.get(row) ?? row;

  return {
    cells: (row) => cells.get(row),
    row: (row) => rows.get(row),
    real,
    get added() {
      return [...added.values()];
    },
    add(status) {
      const { row, slot, kind } = status;
      if (slot !== undefined) cells.set(row, new Map(cells.get(row)).set(slot, status));
      else rows.set(kind === "insert" ? real(row) : row, status);
      // A row that will not be added is no row.
      if (kind === "insert" && !isPending(status)) added.delete(row);
    },
    remove({ row, slot, kind }) {
      if (slot !== undefined) return without(row, slot);
      for (const id of [row, real(row)]) if (rows.get(id)?.kind === kind) rows.delete(id);
      if (kind === "insert") added.delete(row);
    },
    addRow: (row) => void added.set(row.row, row),
    amend(row, slot, value) {
      const known = added.get(row)!;
      added.set(row, { ...known, values: new Map(known.values).set(slot, value) });
    },
    alias(temp, row) {
      aliases.set(temp, row);
      const status = rows.get(temp);
      if (!status) return;
      rows.delete(temp);
      rows.set(row, status);
    },
    insertOf: (row) => added.get(row)?.key,
    value(row, slot, otherwise) {
      const wish = cells.get(row)?.get(slot);
      if (wish && isPending(wish)) return wish.value ?? null;
      if (row > 0) return otherwise();
      return added.get(row)?.values.get(slot) ?? null;
    },
  };
}
