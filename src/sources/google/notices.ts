/** Sentences for a person about what is not synced. */
import { columnLetters, formatBox } from "./a1.ts";
import type { ReadingLimits } from "./reading-limits.ts";
import type { TabState } from "./revision.ts";

/** What is not synced, and how to choose a part that is. */
export function tooLargeNotice(
  { title, sheetTitle, box, rows, columns }: TabState,
  { tabCellsMax, sourceCellsMax }: ReadingLimits,
): string {
  const fitting = Math.min(rows, Math.max(1, Math.floor(tabCellsMax / columns)));
  const part = formatBox({ ...box, endRow: box.row + fitting, endColumn: box.column + columns });
  const bounds = `${count(tabCellsMax)} cells a tab and ${count(sourceCellsMax)} in all`;
  return (
    `"${title}" is not synced: it is larger than a source may be, ${bounds}. Choose a part of it under "tabs", ` +
    `such as "${sheetTitle}!${part}" or fewer columns than its ${columns} (A to ${columnLetters(columns - 1)}); ` +
    "it is looked at again when its grid changes size."
  );
}

function count(cells: number): string {
  return cells.toLocaleString("en-US");
}
