/**
 * Document layout 1: how a tab stands in a Y.Doc. Any Yjs client can read it:
 *
 *     meta     Y.Map    layout, source, tab, title, epoch, slots; of a workbook's tab timeZone, locale
 *     columns  Y.Array  one Column per column, in display order
 *     order    Y.Array  row ids in display order
 *     log      Y.Array  entries, folded in order they give the rows
 *
 * Row ids and slots are stable identities: a row keeps its id through moves, sorts and edits, a column its slot
 * through moves and renames, and neither is given out twice.
 */
import type { CellValue } from "./cell.ts";

export const LAYOUT = 1;

/** Names of the shared types in a mirror. */
export const META = "meta";
export const COLUMNS = "columns";
export const ORDER = "order";
export const LOG = "log";

export type RowId = number;
export type Slot = number;

/** "mixed": more than one type below the header; "empty": nothing below it. Dates and times are numbers. */
export type ColumnType = "text" | "number" | "boolean" | "date" | "time" | "datetime" | "mixed" | "empty";

export interface Column {
  readonly slot: Slot;
  /** What stands in the sheet's header row, as it is: may be empty or appear twice. */
  readonly header: string;
  /** Unique and stable in its tab: the name of the cell in a row object. */
  readonly key: string;
  readonly type: ColumnType;
  /** The source's own format pattern, such as "yyyy-mm-dd". */
  readonly format?: string;
}

export interface Meta extends Partial<Locality> {
  readonly layout: number;
  readonly source: string;
  readonly tab: string;
  readonly title: string;
  /** Another epoch is another history: start from an empty document. */
  readonly epoch: string;
  /** How many slots were ever given out: the next column's slot. */
  readonly slots: number;
}

/** What the dates, times and numbers of a workbook are to be read by. */
export interface Locality {
  /** IANA name, such as "Europe/Berlin": dates and times are local to it. */
  readonly timeZone: string;
  /** Such as "en_US". */
  readonly locale: string;
}

/** Who wished for a value that the sheet has not confirmed yet, and when (ms since 1970). */
export interface Unconfirmed {
  readonly by: string;
  readonly at: number;
}

/** `[row, values]`: a whole row by slot; it replaces all that was known of the row. */
export type RowEntry = readonly [row: RowId, values: readonly CellValue[]];
/** `[row, values, unconfirmed]`: a row that the sheet does not have yet; in `order` it stands after all that it has. */
export type AddedEntry = readonly [row: RowId, values: readonly CellValue[], unconfirmed: Unconfirmed];
/** `[row, slot, value]`: one cell; a later entry wins. With a fourth part: not confirmed by the sheet. */
export type CellEntry =
  | readonly [row: RowId, slot: Slot, value: CellValue]
  | readonly [row: RowId, slot: Slot, value: CellValue, unconfirmed: Unconfirmed];
/** `[row, "=slot", text]`: the formula behind a cell, empty for none; only where the source asks for formulas. */
export type FormulaEntry = readonly [row: RowId, formulaSlot: string, formula: string];
/** `[row, "-", unconfirmed]`: somebody wants the row gone; null: nobody does any more. */
export type RemovalEntry = readonly [row: RowId, removal: "-", unconfirmed: Unconfirmed | null];
export type LogEntry = RowEntry | AddedEntry | CellEntry | FormulaEntry | RemovalEntry;

/** One row folded from the log. */
export interface FoldedRow {
  /** By slot; a hole or null is an empty cell. */
  values: readonly CellValue[];
  unconfirmed?: Map<Slot, Unconfirmed>;
  formulas?: ReadonlyMap<Slot, string>;
  /** Whose wish the row is: the sheet does not have it yet. */
  added?: Unconfirmed;
  /** Who wants the row gone; the sheet still has it. */
  removing?: Unconfirmed;
}

/**
 * Folds one log entry into `rows`. A row object is replaced, never changed, so that a reader may compare rows
 * by identity. Entries of an unknown shape are skipped: a later layout may add some.
 */
export function foldEntry(rows: Map<RowId, FoldedRow>, entry: LogEntry): void {
  const [row, at, value, unconfirmed] = entry as readonly [RowId, unknown, unknown, Unconfirmed | undefined];
  if (Array.isArray(at)) rows.set(row, value ? { values: at, added: value as Unconfirmed } : { values: at });
  else if (at === "-") foldRemoval(rows, row, value as Unconfirmed | null);
  else if (typeof at === "string" && at.startsWith("=")) {
    foldFormula(rows, row, Number(at.slice(1)), value as string);
  } else if (typeof at === "number") foldCell(rows, row, at, value as CellValue, unconfirmed);
}

function foldRemoval(rows: Map<RowId, FoldedRow>, row: RowId, removing: Unconfirmed | null): void {
  const known = rows.get(row);
  if (!known) return;
  const { removing: _, ...rest } = known;
  rows.set(row, removing ? { ...rest, removing } : rest);
}

function foldFormula(rows: Map<RowId, FoldedRow>, row: RowId, slot: Slot, formula: string): void {
  const { formulas: before, ...rest } = rows.get(row) ?? { values: [] };
  const formulas = new Map(before);
  if (formula === "") formulas.delete(slot);
  else formulas.set(slot, formula);
  rows.set(row, formulas.size > 0 ? { ...rest, formulas } : rest);
}

function foldCell(
  rows: Map<RowId, FoldedRow>,
  row: RowId,
  slot: Slot,
  value: CellValue,
  mark: Unconfirmed | undefined,
): void {
  const { unconfirmed: before, ...rest } = rows.get(row) ?? { values: [] };
  const values = rest.values.slice();
  while (values.length < slot) values.push(null);
  values[slot] = value;
  let unconfirmed = before;
  if (mark || before?.has(slot)) {
    unconfirmed = new Map(before);
    if (mark) unconfirmed.set(slot, mark);
    else unconfirmed.delete(slot);
  }
  rows.set(row, unconfirmed && unconfirmed.size > 0 ? { ...rest, values, unconfirmed } : { ...rest, values });
}
