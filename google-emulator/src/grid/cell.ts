/**
 * What a cell holds. Most cells are plain values, stored as they are; only a cell with a formula, a format
 * or a note costs an object. Cells are never changed in place: whoever shares a row keeps what it had.
 */
import type { Formula } from "../formulas/formula.ts";
import type { JsonObject } from "../http/json.ts";

export type Plain = string | number | boolean;

export interface RichCell {
  readonly value: Plain | null;
  readonly formula?: Formula;
  /** Google's CellFormat, as a caller set it. */
  readonly format?: JsonObject;
  readonly note?: string;
  readonly validation?: JsonObject;
  /** Other fields of Google's CellData that are kept and given back unread (textFormatRuns, chipRuns, ...). */
  readonly extra?: JsonObject;
}

/** `undefined` is an empty cell. */
export type Stored = Plain | RichCell | undefined;

export function isRich(cell: Stored): cell is RichCell {
  return typeof cell === "object";
}

export function rich(cell: Stored): RichCell {
  return cell === undefined ? { value: null } : isRich(cell) ? cell : { value: cell };
}

/** The smallest form of a cell: plain where nothing but a value is left, `undefined` where nothing is. */
export function compactCell(cell: RichCell): Stored {
  const { formula, format, note, validation, extra } = cell;
  const bare = !formula && !format && note === undefined && !validation && !extra;
  return bare ? (cell.value ?? undefined) : cell;
}

/** The cell with another entered value or formula; format, note and the rest stay. */
export function withEntry(cell: Stored, entry: { value: Plain | null; formula?: Formula }): Stored {
  if (!isRich(cell)) return entry.formula ? entry : (entry.value ?? undefined);
  const { formula: _gone, ...rest } = cell;
  return compactCell({ ...rest, ...entry });
}

export function withFormat(cell: Stored, format: JsonObject | undefined): Stored {
  const { format: _gone, ...rest } = rich(cell);
  return compactCell(format && Object.keys(format).length > 0 ? { ...rest, format } : rest);
}

/** True where the cell shows nothing and computes nothing, whatever its format. */
export function isBlank(cell: Stored): boolean {
  if (cell === undefined) return true;
  return isRich(cell)
    ? cell.formula === undefined && (cell.value === null || cell.value === "")
    : cell === "";
}
