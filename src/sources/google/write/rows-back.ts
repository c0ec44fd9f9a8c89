/** Rows that a removal took by mistake come back. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { Step } from "./decide.ts";
import { copiedFormula, movedFormula } from "./moved-formula.ts";
import { type Context, isGone, movesOf, rowsOf } from "./repair-context.ts";
import { cellData, updateCells } from "./requests.ts";

type Request = sheets_v4.Schema$Request;

/** As many rows went in the place of those that were to go and are still there. */
export function rowsBack(context: Context, missed: readonly Extract<Step, { tag: "remove" }>[]): Request[] {
  const { plan, hit } = context;
  const { tab } = plan;
  const rows = rowsOf(tab);
  const removals = plan.steps.filter((step) => step.tag === "remove");
  const meant = new Set(removals.map((step) => rows.indexOf(step.row)));
  const seen = missed.length > 0 ? hit.seen() : new Set();
  const gone = rows.flatMap((_, at) => (isGone(context, at) && !meant.has(at) && !seen.has(at) ? [at] : []));
  const back = missed.flatMap((step) => {
    const target = rows.indexOf(step.row);
    if (isGone(context, target)) return [];
    // The rows around it tell which one went; where they were sorted, the nearest one that is gone.
    const struck = hit.rows(step);
    const candidates = struck?.length === 0 ? gone : gone.filter((one) => struck?.includes(one));
    const away = (at: number): number => Math.abs(at - target);
    const [at] = candidates.toSorted((a, b) => away(a) - away(b));
    if (at === undefined) return [];
    gone.splice(gone.indexOf(at), 1);
    return [{ at, like: step.row }];
  });
  const inserted: number[] = [];
  // The lowest first, so that no place moves before its turn.
  return back.toSorted((a, b) => b.at - a.at).flatMap((one) => rowBack(context, one, inserted));
}

/** `at`: its position before. */
interface RowGone {
  readonly at: number;
  readonly like: number;
}

/**
 * The row again, behind the one that it followed, with its formats from there. `like`: a row of the grid of which all is
 * known; where the other one held formulas is told by it. `inserted`: where rows came back before.
 */
function rowBack(context: Context, { at, like }: RowGone, inserted: number[]): Request[] {
  const { plan, now, found } = context;
  const { tab } = plan;
  let above = at - 1;
  while (above >= 0 && found.row(above + 1).tag !== "at") above--;
  const place = above < 0 ? null : found.row(above + 1);
  const row = place?.tag === "at" ? now.gridRow(place.at) + 1 : now.gridRow(0);
  inserted.push(row);
  const moves = movesOf(context, tab.gridRow(at), row, inserted);
  const { sheetId } = now;
  const range = { sheetId, dimension: "ROWS", startIndex: row, endIndex: row + 1 };
  const requests: Request[] = [{ insertDimension: { range, inheritFromBefore: place !== null } }];
  tab.snapshot.columns.forEach((_, position) => {
    const cell = tab.cell(tab.gridRow(at), tab.gridColumn(position));
    const known = cell?.bare ? tab.cell(like, tab.gridColumn(position)) : cell;
    const column = found.column(position);
    if (!cell || known?.spilled || column.tag !== "at") return;
    const own =
      cell.bare && known?.formula ? copiedFormula(known.formula, tab.gridRow(at) - like) : cell.formula;
    const formula = own === undefined ? undefined : movedFormula(own, moves);
    requests.push(
      updateCells({ sheetId, row, column: now.gridColumn(column.at) }, [cellData(cell.value, formula)]),
    );
  });
  return requests;
}
