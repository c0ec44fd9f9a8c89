/** What a repair goes by: what a plan hit, and how the tab stands now. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Located } from "../../../model/locate.ts";
import type { RowIndex } from "../../../model/row-index.ts";
import type { Sent } from "./decide.ts";
import type { Disguises } from "./disguises.ts";
import { isGiven, type SeenTab } from "./fresh-tab.ts";
import { type Hit, SAME_SHARE } from "./hit.ts";
import type { Moves } from "./moved-formula.ts";
import { rowIdOf, slotOf } from "./positions.ts";
import type { Shown } from "./read-back.ts";

/** A plan that missed, and what its answer showed. */
export interface Struck {
  readonly plan: Sent;
  readonly shown: Shown;
  readonly hit: Hit;
  /** No answer came: what was shown is what stands there by now. `isAstray`: that it missed is known all the same. */
  readonly unheard?: { readonly isAstray: boolean };
}

export interface Context extends Struck {
  readonly now: SeenTab;
  /** The rows of before, by their position plus one, in the tab as it is now. */
  readonly found: Located;
  readonly disguises: Disguises;
  /** By position in the answer: the column of the grid where that one stands now; -1: nowhere. */
  readonly columnsNow: readonly number[];
  readonly rowsNow: () => RowIndex;
  readonly begun: ReadonlySet<string>;
}

export function isGone({ found, disguises }: Context, at: number): boolean {
  return found.row(at + 1).tag === "gone" && !disguises.isThere(at);
}

/** What is not found went as the row `from` did, to `to`. `inserted`: rows that come before those that stand there now. */
export function movesOf(
  { plan: { tab }, now, found }: Context,
  from: number,
  to: number,
  inserted: readonly number[] = [],
): Moves {
  return {
    row(row) {
      if (row <= tab.headerRow) return row + now.headerRow - tab.headerRow;
      const place = found.row(rowIdOf(tab, row));
      if (row === from || place.tag !== "at") return row + to - from;
      const at = now.gridRow(place.at);
      return at + inserted.filter((other) => other <= at).length;
    },
    column(column) {
      const place = found.column(slotOf(tab, column));
      return place.tag === "at" ? now.gridColumn(place.at) : column;
    },
  };
}

/** Where the row that the answer shows at `row` stands now: people go on moving. Null: that is not certain. */
export function rowNow(
  { plan: { tab }, shown, now, columnsNow, rowsNow }: Context,
  row: number,
  column: number,
): number | null {
  const cells: CellValue[] = [];
  for (const [position, across] of columnsNow.entries()) {
    const was = across < 0 ? undefined : shown.cell(row, tab.gridColumn(position));
    if (was && !isGiven(was)) cells[slotOf(now, across)] = was.value;
  }
  const likeness = (other: number): number => {
    let [filled, equal] = [0, 0];
    for (const [position, across] of columnsNow.entries()) {
      const was = shown.cell(row, tab.gridColumn(position));
      if (across < 0 || isGiven(was)) continue;
      const [a, b] = [was?.value ?? null, now.cell(other, across)?.value ?? null];
      if (a === null && b === null) continue;
      filled++;
      if (cellsEqual(a, b)) equal++;
    }
    return filled === 0 ? 1 : equal / filled;
  };
  if (likeness(row) === 1) return row;
  const filled = cells.filter((value) => value != null).length;
  const likely =
    filled === 0
      ? rowsOf(now)
      : rowsNow()
          .sharing(cells, Math.ceil(SAME_SHARE * filled))
          .map(now.gridRow);
  const same = likely.filter((other) => likeness(other) === 1);
  if (same.length === 1) return same[0]!;
  // Somebody edited it since, and columns may have moved.
  const position = columnsNow.indexOf(column);
  const written = column < 0 ? null : (shown.cell(row, tab.gridColumn(position))?.value ?? null);
  const holder = likely.filter(
    (other) => cellsEqual(now.cell(other, column)?.value ?? null, written) && likeness(other) >= SAME_SHARE,
  );
  return holder.length === 1 ? holder[0]! : null;
}

export function rowsOf(tab: SeenTab): number[] {
  return tab.snapshot.rows.map((_, at) => tab.gridRow(at));
}
