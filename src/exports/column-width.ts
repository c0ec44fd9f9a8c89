import type { ValueType } from "#contract/templates.ts";
import type { PlanCell } from "./plan.ts";

/** The first rows tell; a width is a guess anyway. */
const ROWS_LOOKED_MAX = 200;
const WIDTH_MIN_PX = 72;
/** Wider columns push the others out of sight. */
const WIDTH_MAX_PX = 340;
/** Of a digit in Google's 10 point Arial, and of the space beside the text. */
const CHARACTER_PX = 7;
const PADDING_PX = 26;

/** Pixels that show the header and most of the cells. */
export function widthOf(column: {
  readonly header: string;
  readonly type: ValueType;
  readonly format: string | null;
  readonly cells: Iterable<PlanCell>;
}): number {
  let longest = column.header.length + 1;
  let looked = 0;
  for (const cell of column.cells) {
    longest = Math.max(longest, charactersOf(cell, column.format));
    if (++looked >= ROWS_LOOKED_MAX) break;
  }
  return Math.round(Math.min(WIDTH_MAX_PX, Math.max(WIDTH_MIN_PX, longest * CHARACTER_PX + PADDING_PX)));
}

function charactersOf(cell: PlanCell, format: string | null): number {
  if (cell === null) return 0;
  if (typeof cell === "string") return cell.length;
  if (typeof cell === "boolean") return 5;
  if (typeof cell === "number") return format === null ? String(cell).length : shownNumber(cell, format);
  if ("text" in cell) return cell.text.length;
  return "value" in cell ? shownNumber(cell.value, cell.format) : 10;
}

/** Dates are about as long as their pattern; numbers grow by their digits and separators. */
function shownNumber(value: number, format: string): number {
  if (/[dyhms]/i.test(format.replaceAll(/"[^"]*"/g, ""))) return format.length + 1;
  const digits = Math.max(1, Math.trunc(Math.abs(value)).toString().length);
  return digits + Math.floor((digits - 1) / 3) + format.replaceAll(/[#",]/g, "").length;
}
