/**
 * What a reader sees of one replica, with the client's own wishes on top: rows as objects, built when asked for and
 * kept while they are right.
 */
import { type CellValue, cellsEqual } from "./contract/cell.ts";
import type { Column, FoldedRow, RowId, Slot, Unconfirmed } from "./contract/layout.ts";
import { type EditStatus, isPending } from "./edit.ts";
import type { Fold, FoldChange } from "./fold.ts";
import { buildRow, type Row, sameKeys } from "./row.ts";
import type { AddedRow, OwnWishes } from "./wish-index.ts";

/** One cell as it is shown; another object as soon as anything of it is another. */
export interface Cell {
  readonly value: CellValue;
  /** Who wished for the value, while the sheet has not confirmed it. */
  readonly unconfirmed?: Unconfirmed;
  /** Only where the source asks for formulas. */
  readonly formula?: string;
  /** The client's own wish: on its way while `value` is the wished one, otherwise what became of it. */
  readonly edit?: EditStatus;
}

/** What is on its way for a row as a whole. */
export interface RowMark {
  /** Who added it, or wants it gone, while the sheet has not confirmed it. */
  readonly added?: Unconfirmed;
  readonly removing?: Unconfirmed;
  /** The client's own wish for the row. */
  readonly edit?: EditStatus;
}

export interface Content {
  readonly columns: readonly Column[];
  readonly rowIds: readonly RowId[];
  readonly rows: readonly Row[];
  row(id: RowId): Row | undefined;
  cell(id: RowId, key: string): Cell | undefined;
  mark(id: RowId): RowMark | undefined;
  unconfirmed(id: RowId): ReadonlyMap<Slot, Unconfirmed> | undefined;
  slot(key: string): Slot | undefined;
  /** Drops what `change` may have made wrong. */
  refresh(change: Pick<FoldChange, "rows" | "columnsChanged" | "orderChanged">): void;
}

interface RowList {
  readonly rows: readonly Row[];
  readonly ids: readonly RowId[];
  /** Rows that may be others by now. */
  readonly doubtful: Set<RowId>;
}

export function createContent(fold: Fold, wishes: OwnWishes): Content {
  const built = new Map<RowId, Row>();
  /** Rows as they were, to be kept where nothing turns out to be different. */
  const doubtful = new Map<RowId, Row>();
  /** Those that were asked for; the ones that are not sure are kept where nothing turns out to be different. */
  const cells = new Map<RowId, { readonly sure: Set<string>; readonly cells: Map<string, Cell> }>();
  const marks = new Map<RowId, RowMark>();
  let builtFor: readonly Column[] = [];
  let slots = new Map<string, Slot>();
  let order: {
    readonly of: readonly RowId[];
    readonly added: readonly AddedRow[];
    readonly ids: readonly RowId[];
  } | null = null;
  let list: RowList | null = null;
  let places: { readonly ids: readonly RowId[] | null; readonly of: ReadonlyMap<RowId, number> } = {
    ids: null,
    of: new Map(),
  };

  function rowIds(): readonly RowId[] {
    const added = wishes.added.filter(({ row }) => !fold.rows.has(wishes.real(row)));
    if (added.length === 0) return fold.order;
    if (order?.of !== fold.order || !sameList(order.added, added)) {
      order = { of: fold.order, added, ids: Object.freeze(withAdded(fold.order, added, wishes.real)) };
    }
    return order.ids;
  }

  /** Values of a row that is shown; null when there is none. */
  function valuesOf(id: RowId): { value: (slot: Slot) => CellValue; folded: FoldedRow | undefined } | null {
    const real = wishes.real(id);
    const folded = fold.rows.get(real);
    const added = folded ? undefined : wishes.added.find(({ row }) => row === id);
    if (!folded && !added) return null;
    const own = wishes.cells(real);
    const value = (slot: Slot): CellValue => {
      const wish = own?.get(slot);
      if (wish && isPending(wish)) return wish.value ?? null;
      return (folded ? folded.values[slot] : added?.values.get(slot)) ?? null;
    };
    return { value, folded };
  }

  function row(id: RowId): Row | undefined {
    const known = built.get(id);
    if (known) return known;
    const values = valuesOf(id);
    if (!values) return undefined;
    const real = values.folded ? wishes.real(id) : id;
    if (real !== id) return row(real);
    const old = doubtful.get(id);
    doubtful.delete(id);
    const same = old && builtFor.every(({ key, slot }) => cellsEqual(old[key], values.value(slot)));
    const object = same ? old : buildRow(id, values.value, builtFor);
    built.set(id, object);
    return object;
  }

  function cell(id: RowId, key: string): Cell | undefined {
    const slot = slots.get(key);
    const values = valuesOf(id);
    if (slot === undefined || !values) return undefined;
    const real = wishes.real(id);
    let known = cells.get(real);
    if (!known) {
      known = { sure: new Set(), cells: new Map() };
      cells.set(real, known);
    }
    const old = known.cells.get(key);
    if (old && known.sure.has(key)) return old;
    const now = cellOf(values.value(slot), values.folded, slot, wishes.cells(real)?.get(slot));
    known.sure.add(key);
    if (old && sameCell(old, now)) return old;
    known.cells.set(key, now);
    return now;
  }

  function rows(): readonly Row[] {
    const ids = rowIds();
    if (list?.ids === ids && list.doubtful.size === 0) return list.rows;
    const now = list?.ids === ids ? patched(list) : ids.map((id) => row(id)!);
    const same = list && sameList(list.rows, now);
    list = { rows: same ? list!.rows : Object.freeze(now), ids, doubtful: new Set() };
    return list.rows;
  }

  /** The list with its doubtful rows looked at again: a copy, and not 50,000 look-ups for one changed cell. */
  function patched({ rows, ids, doubtful }: RowList): Row[] {
    if (places.ids !== ids) places = { ids, of: new Map(ids.map((id, place) => [id, place])) };
    const now = rows.slice();
    for (const id of doubtful) {
      const place = places.of.get(id);
      if (place !== undefined) now[place] = row(id)!;
    }
    return now;
  }

  return {
    get columns() {
      return fold.columns;
    },
    get rowIds() {
      return rowIds();
    },
    get rows() {
      return rows();
    },
    row,
    cell,
    mark(id) {
      const known = marks.get(id);
      if (known) return known;
      const { added, removing } = fold.rows.get(wishes.real(id)) ?? {};
      const edit = wishes.row(wishes.real(id));
      if (!added && !removing && !edit) return undefined;
      const mark = Object.freeze({
        ...(added && { added }),
        ...(removing && { removing }),
        ...(edit && { edit }),
      });
      marks.set(id, mark);
      return mark;
    },
    unconfirmed: (id) => fold.rows.get(wishes.real(id))?.unconfirmed,
    slot: (key) => slots.get(key),
    refresh(change) {
      if (change.columnsChanged && !sameKeys(builtFor, fold.columns)) {
        for (const map of [built, doubtful, cells]) map.clear();
        builtFor = fold.columns;
        slots = new Map(builtFor.map((column) => [column.key, column.slot]));
        list = null;
      }
      for (const id of change.rows) {
        const old = built.get(id);
        built.delete(id);
        cells.get(id)?.sure.clear();
        marks.delete(id);
        if (old) doubtful.set(id, old);
        if (fold.rows.has(id)) continue;
        doubtful.delete(id);
        cells.delete(id);
      }
      if (list) for (const id of change.rows) list.doubtful.add(id);
    },
  };
}

function cellOf(
  value: CellValue,
  folded: FoldedRow | undefined,
  slot: Slot,
  edit: EditStatus | undefined,
): Cell {
  const unconfirmed = folded?.unconfirmed?.get(slot);
  const formula = folded?.formulas?.get(slot);
  return Object.freeze({
    value,
    ...(unconfirmed && { unconfirmed }),
    ...(formula !== undefined && { formula }),
    ...(edit && { edit }),
  });
}

function sameCell(a: Cell, b: Cell): boolean {
  return (
    cellsEqual(a.value, b.value) &&
    a.unconfirmed?.by === b.unconfirmed?.by &&
    a.unconfirmed?.at === b.unconfirmed?.at &&
    a.formula === b.formula &&
    a.edit === b.edit
  );
}

/** Each new row after the one that it is to follow, in the order in which they were added. */
function withAdded(
  order: readonly RowId[],
  added: readonly AddedRow[],
  real: (row: RowId) => RowId,
): RowId[] {
  const ids = [...order];
  for (const { row, after } of added) {
    const place = after == null ? -1 : ids.findIndex((id) => id === after || id === real(after));
    if (after === null) ids.unshift(row);
    else if (place >= 0) ids.splice(place + 1, 0, row);
    else ids.push(row);
  }
  return ids;
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
