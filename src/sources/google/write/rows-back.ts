/** Rows that a removal took by mistake come back. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { cellsEqual } from "#contract/cell.ts";
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
    const away = (at: number): number => Math.abs(at - target);
    // The nearest one.
    const [at] = candidatesOf(context, step, gone).toSorted((a, b) => away(a) - away(b));
    if (at === undefined) return [];
    gone.splice(gone.indexOf(at), 1);
    return [{ at, like: step.row }];
  });
  const inserted: number[] = [];
  // The lowest first, so that no place moves before its turn.
  return back.toSorted((a, b) => b.at - a.at).flatMap((one) => rowBack(context, one, inserted));
}

/** Which of those that are gone the removal may have taken: the rows around it tell; where they were sorted, any. */
function candidatesOf(context: Context, step: Step & { tag: "remove" }, gone: readonly number[]): number[] {
  const struck = context.hit.rows(step);
  const told = struck?.length === 0 ? gone : gone.filter((at) => struck?.includes(at));
  return told.filter((at) => !isHere(context, at));
}

/** Whether a row that is not known again holds a value that only this one held: it may be this one, edited. */
function isHere({ plan: { tab }, now, found }: Context, at: number): boolean {
  const strangers = rowsOf(now).filter((_, i) => found.row(found.order[i]!).tag === "gone");
  const { columns, rows } = tab.snapshot;
  return columns.some((_, position) => {
    const column = found.column(position);
    const value = rows[at]?.[position] ?? null;
    if (value === null || column.tag !== "at") return false;
    if (rows.filter((row) => cellsEqual(row[position], value)).length > 1) return false;
    const across = now.gridColumn(column.at);
    return strangers.some((row) => cellsEqual(now.cell(row, across)?.value, value));
  });
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
