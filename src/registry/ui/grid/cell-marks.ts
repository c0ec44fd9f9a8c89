/** What is told beside a cell's value: a wish on its way, or what became of one. Never by colour alone. */
import type { Cell, Column, EditStatus, RowId, RowMark, Table } from "../../../../client-sdk/src/index.ts";

export interface CellMark {
  readonly kind: "pending" | "conflict" | "refused" | "parked";
  /** A sentence for the eye and the ear. */
  readonly why: string;
  /** The client's own wish; absent: somebody else's. */
  readonly edit?: EditStatus;
}

export type RowMarks = ReadonlyMap<string, CellMark>;

export interface Marks {
  /** The row's marked cells by column key; the same object while they are the same. */
  of(row: RowId): RowMarks | undefined;
  /** Takes note of which rows have wishes of this client. */
  refresh(): void;
}

export function createMarks(table: Table): Marks {
  const kept = new Map<RowId, RowMarks>();
  const made = new WeakMap<Cell, CellMark>();
  let own = new Set<RowId>();
  const markOf = (cell: Cell): CellMark | null => {
    const known = made.get(cell);
    if (known) return known;
    const mark = cellMark(cell);
    if (mark) made.set(cell, mark);
    return mark;
  };
  return {
    refresh() {
      own = new Set(table.receipts.map(({ status }) => status.row));
    },
    of(row) {
      if (!own.has(row) && !table.unconfirmed(row)) {
        kept.delete(row);
        return undefined;
      }
      const now = marked(table, row, table.columns, markOf);
      const before = kept.get(row);
      if (before && same(before, now)) return before;
      kept.set(row, now);
      return now;
    },
  };
}

function marked(
  table: Table,
  row: RowId,
  columns: readonly Column[],
  markOf: (cell: Cell) => CellMark | null,
): RowMarks {
  const marks = new Map<string, CellMark>();
  for (const { key } of columns) {
    const cell = table.cell(row, key);
    const mark = cell?.edit || cell?.unconfirmed ? markOf(cell) : null;
    if (mark) marks.set(key, mark);
  }
  return marks;
}

function same(a: RowMarks, b: RowMarks): boolean {
  return a.size === b.size && [...b].every(([key, mark]) => a.get(key) === mark);
}

export function cellMark({ edit, unconfirmed }: Pick<Cell, "edit" | "unconfirmed">): CellMark | null {
  const own = edit && ownMark(edit);
  if (own) return own;
  if (!unconfirmed) return null;
  return { kind: "pending", why: `Wished for by ${unconfirmed.by}; not confirmed by the sheet yet.` };
}

function ownMark(edit: EditStatus): CellMark | null {
  const why = edit.why ?? "";
  switch (edit.state) {
    case "local":
      return { kind: "pending", why: "Your edit waits for the daemon.", edit };
    case "received":
    case "writing":
      return { kind: "pending", why: edit.waits ?? "Your edit is on its way into the sheet.", edit };
    case "conflict":
      return { kind: "conflict", why: `Conflict: ${why}`, edit };
    case "refused":
      return { kind: "refused", why: `Not taken: ${why}`, edit };
    case "parked":
      return { kind: "parked", why: `Could not be written: ${why}`, edit };
    case "unknown":
      return { kind: "refused", why: `Nobody knows whether it was written: ${why}`, edit };
    default:
      return null;
  }
}

/** What is told of a row as a whole; null when there is nothing. */
export function rowMarkWords(mark: RowMark | undefined): string | null {
  if (!mark) return null;
  const state = mark.edit?.state;
  if (mark.edit && state && !["local", "received", "writing", "confirmed"].includes(state)) {
    return `Row not ${mark.edit.kind === "insert" ? "added" : "removed"}: ${mark.edit.why ?? state}`;
  }
  if (mark.removing || mark.edit?.kind === "remove") return "To be removed; the sheet has not let it go yet.";
  return "New row; the sheet has not confirmed it yet.";
}
