/** Wishes that are not made, and how wishes end without the daemon. */
import { type CellValue, isCellValue } from "./contract/cell.ts";
import type { EditStatus } from "./edit.ts";

/** Below what the daemon takes at once, and in one cell: it would refuse all together. */
const WISHES_MAX = 4_000;
const TEXT_CHARS_MAX = 50_000;

/** Why a further wish with these values is not made while there are `open` others. */
export function excess(open: number, values: Iterable<CellValue>): Pick<EditStatus, "code" | "why"> | null {
  for (const value of values) {
    if (!isCellValue(value))
      return { code: "bad-value", why: "a cell holds null, a boolean, a finite number or a text" };
    if (typeof value === "string" && value.length > TEXT_CHARS_MAX) {
      return { code: "too-long", why: `a text of more than ${TEXT_CHARS_MAX} characters` };
    }
  }
  if (open < WISHES_MAX) return null;
  return { code: "too-many", why: `more than ${WISHES_MAX} edits are open` };
}

export const CLOSED = {
  state: "unknown",
  code: "closed",
  why: "The table was closed before it was decided.",
} as const;
export const ROW_NOT_ADDED = {
  state: "refused",
  code: "row-gone",
  why: "The row that it is for was not added.",
} as const;
