/**
 * What a reader sees of one replica, with the client's own wishes on top: rows as objects, built when asked for and
 * kept while they are right.
 */
import { type CellValue, cellsEqual } from "./contract/cell.ts";
import type { Column, FoldedRow, RowId, Slot, Unconfirmed } from "./contract/layout.ts";
import { type EditStatus, isPending } from "./edit.ts";
import type { Fold, FoldChange } from "./fold.ts";
import { type Row, rowBuilder } from "./row.ts";
import { sameList } from "./same-list.ts";
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

/** So many changed rows are looked for in the list one by one; with more it is made anew. */
const PATCHES_MAX = 100;

export function createContent(fold: Fold, wishes: OwnWishes): Content {
  const { real } = wishes;
  /** What was asked for, kept where nothing of it turns out to be different. */
  const built = new Map<RowId, Row>();
  const cells = new Map<RowId, Map<string, Cell>>();
  const marks = new Map<RowId, RowMark>();
  /** Rows that may be others than the one that was built, or than the list has. */
  const doubtful = new Set<RowId>();
  const doubtfulInList = new Set<RowId>();
  let columns: readonly Column[] = [];
  let slots = new Map<string, Slot>();
  let build = rowBuilder(columns);
  let order: { of: readonly RowId[]; added: readonly AddedRow[]; ids: readonly RowId[] } | null = null;
  let list: { rows: readonly Row[]; ids: readonly RowId[] } = { rows: Object.freeze([]), ids: [] };

  function rowIds(): readonly RowId[] {
    const added = wishes.added.filter(({ row }) => !fold.rows.has(real(row)));
    if (added.length === 0) return fold.order;
    if (order?.of !== fold.order || !sameList(order.added, added)) {
      order = { of: fold.order, added, ids: Object.freeze(withAdded(fold.order, added, real)) };
    }
    return order.ids;
  }

  /** Values of a row that is shown; undefined when there is none. */
  function valuesOf(id: RowId): ((slot: Slot) => CellValue) | undefined {
    const folded = fold.rows.get(real(id))?.values;
    const added = folded ? undefined : wishes.added.find(({ row }) => row === id)?.values;
    if (!folded && !added) return undefined;
    const own = wishes.cells(real(id));
    return (slot) => {
      const wish = own?.get(slot);
      return (wish && isPending(wish) ? wish.value : folded ? folded[slot] : added?.get(slot)) ?? null;
    };
  }

  function row(asked: RowId): Row | undefined {
    const id = fold.rows.has(real(asked)) ? real(asked) : asked;
    const old = built.get(id);
    if (old && !doubtful.delete(id)) return old;
    const value = valuesOf(id);
    if (!value) return undefined;
    if (old && columns.every(({ key, slot }) => cellsEqual(old[key], value(slot)))) return old;
    const now = build(id, value);
    built.set(id, now);
    return now;
  }

  function cell(asked: RowId, key: string): Cell | undefined {
    const id = real(asked);
    const slot = slots.get(key);
    const value = valuesOf(asked);
    if (slot === undefined || !value) return undefined;
    const known = cells.get(id) ?? new Map<string, Cell>();
    const old = known.get(key);
    const now = cellOf(value(slot), fold.rows.get(id), slot, wishes.cells(id)?.get(slot));
    if (old && sameCell(old, now)) return old;
    cells.set(id, known.set(key, now));
    return now;
  }

  function mark(asked: RowId): RowMark | undefined {
    const id = real(asked);
    const { added, removing } = fold.rows.get(id) ?? {};
    const edit = wishes.row(id);
    const old = marks.get(id);
    if (old && old.added === added && old.removing === removing && old.edit === edit) return old;
    if (!added && !removing && !edit) return undefined;
    const now = Object.freeze({
      ...(added && { added }),
      ...(removing && { removing }),
      ...(edit && { edit }),
    });
    marks.set(id, now);
    return now;
  }

  function rows(): readonly Row[] {
    const ids = rowIds();
    if (list.ids === ids && doubtfulInList.size === 0) return list.rows;
    const patched = list.ids === ids && doubtfulInList.size <= PATCHES_MAX;
    const now = patched ? list.rows.slice() : ids.map((id) => row(id)!);
    if (patched) {
      for (const id of doubtfulInList) {
        const place = ids.indexOf(id);
        if (place >= 0) now[place] = row(id)!;
      }
    }
    doubtfulInList.clear();
    list = { rows: sameList(list.rows, now) ? list.rows : Object.freeze(now), ids };
    return list.rows;
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
    mark,
    unconfirmed: (id) => fold.rows.get(real(id))?.unconfirmed,
    slot: (key) => slots.get(key),
    refresh(change) {
      const now = new Map(fold.columns.map(({ key, slot }) => [key, slot]));
      if (now.size !== slots.size || columns.some(({ key, slot }) => now.get(key) !== slot)) {
        built.clear();
        cells.clear();
        list = { ...list, ids: [] };
        columns = fold.columns;
        slots = now;
        build = rowBuilder(columns);
      }
      for (const id of change.rows) {
        if (built.has(id)) doubtful.add(id);
        if (list.ids.length > 0) doubtfulInList.add(id);
        if (!valuesOf(id)) for (const map of [built, cells, marks, doubtful]) map.delete(id);
      }
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
