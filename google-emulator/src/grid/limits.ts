/** Google's limits for a workbook's size. */
import type { Size } from "../ranges/box.ts";
import type { Tab } from "./tab.ts";
import type { Workbook } from "./workbook.ts";

export const CELLS_MAX = 10_000_000;
/** Characters of one cell. */
export const CELL_CHARACTERS_MAX = 50_000;
/** ZZZ. */
const COLUMNS_MAX = 18_278;

/** Why the tab cannot become as large as this; null when it can. */
export function sizeProblem(workbook: Workbook, tab: Tab, size: Size): string | null {
  if (size.rowCount < 1 || size.columnCount < 1) {
    return "You can't delete all the rows or columns on the sheet.";
  }
  const others = workbook.tabs
    .filter((one) => one !== tab)
    .reduce((sum, one) => sum + one.size.rowCount * one.size.columnCount, 0);
  if (others + size.rowCount * size.columnCount > CELLS_MAX || size.columnCount > COLUMNS_MAX) {
    return `This action would increase the number of cells in the workbook above the limit of ${CELLS_MAX} cells.`;
  }
  return null;
}
