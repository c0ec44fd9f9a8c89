/**
 * A batch hit other rows than it meant, because somebody moved rows or columns in between: what was there goes back, and the
 * edits that missed wait for another batch. What the tab held just before is known, so this is no guess; a row that came
 * only in between and was written over is emptied there, for nobody knows what it held.
 */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { cellsEqual } from "#contract/cell.ts";
import { lazy } from "../../../model/lazy.ts";
import { locate } from "../../../model/locate.ts";
import { indexRows } from "../../../model/row-index.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import { REPAIRS, type Sent, type Step } from "./decide.ts";
import { disguisesOf, mayBeStray } from "./disguises.ts";
import type { SeenTab } from "./fresh-tab.ts";
import { matchHeaders } from "./hit.ts";
import { movedFormula } from "./moved-formula.ts";
import { rowAfter } from "./places.ts";
import { baselineOf } from "./positions.ts";
import { type Context, isGone, movesOf, rowNow, rowsOf, type Struck } from "./repair-context.ts";
import { rowSorted } from "./row-sorted.ts";
import { rowsBack } from "./rows-back.ts";

type Request = sheets_v4.Schema$Request;
type CellStep = Extract<Step, { tag: "cell" }>;

export interface Repair {
  /** Cells that get back what they held, and values of new rows that go to their own columns: written, they may go astray themselves. */
  readonly plan: Sent;
  /** What comes of those new rows. */
  readonly sorted: readonly WriteOutcome[];
  /** Another repair is to follow even where nothing went astray. */
  readonly isLast: boolean;
  /** Rows that come back: for a write of their own, since places change with them. */
  readonly rows: readonly Request[];
}

/** `now`: the tab after the batch. `begun`: ids of new rows whose values were sent to their own columns before. */
export function repairOf(struck: Struck, now: SeenTab, begun: ReadonlySet<string>): Repair {
  const { hit, plan } = struck;
  const found = locate(baselineOf(plan), now.snapshot);
  const disguises = disguisesOf(plan, now, found);
  const { rows, columns } = now.snapshot;
  const rowsNow = lazy(() =>
    indexRows(
      rows.length,
      columns.length,
      (at, position) => now.cell(now.gridRow(at), now.gridColumn(position))?.value,
    ),
  );
  const context: Context = {
    ...{ ...struck, now, found, disguises, rowsNow, begun },
    columnsNow: columnsNow(struck, now),
  };
  const missed = <T extends Step["tag"]>(tag: T) =>
    hit.missed.filter((step): step is Extract<Step, { tag: T }> => step.tag === tag);
  const added = missed("add").flatMap((step) => rowSorted(context, step) ?? []);
  const steps = [
    ...missed("cell").flatMap((step) => cellBack(context, step)),
    ...added.flatMap(({ cells }) => cells),
  ];
  return {
    plan: { tab: now, located: found, steps },
    sorted: added.flatMap(({ outcome }) => outcome ?? []),
    isLast: added.every(({ isLast }) => isLast),
    rows: rowsBack(context, missed("remove")),
  };
}

function columnsNow({ plan: { tab }, shown, hit }: Struck, now: SeenTab): number[] {
  const places = hit.columns.map((_, position) => tab.gridColumn(position));
  if (tab.headerRow < 0 || now.headerRow < 0) return places;
  const is = now.snapshot.columns.map((_, position) => now.cell(now.headerRow, now.gridColumn(position)));
  const was = places.map((column) => shown.cell(tab.headerRow, column));
  const match = matchHeaders(was, is);
  return places.map((_, position) => {
    const at = match.indexOf(position);
    return at < 0 ? -1 : now.gridColumn(at);
  });
}

/** What the hit cell held before, where it still holds what was written into it. */
function cellBack(context: Context, step: CellStep): CellStep[] {
  const { plan, now, hit, columnsNow } = context;
  const { tab } = plan;
  const position = step.column - tab.gridColumn(0);
  const column = columnsNow[position] ?? -1;
  const struckRow = rowAfter(plan.steps, step);
  const row = column < 0 ? null : rowNow(context, struckRow, column);
  if (row === null || !holds(now.cell(row, column), step.edit)) return strayBack(context, step);
  const before = hit.columns[position] ?? -1;
  const rows = hit.rows(step) ?? onlyGone(context);
  if (rows === null) return [];
  const at = rows[0] ?? whoIsCertainly(context, row);
  // It was edited so much that only now it is known again.
  if (before === position && at !== undefined && tab.gridRow(at) === step.row) return [];
  const isRow = at !== undefined && at in tab.snapshot.rows;
  const was = before < 0 || !isRow ? undefined : tab.cell(tab.gridRow(at), tab.gridColumn(before));
  if (isRow && isMeant(context, tab.gridRow(at), tab.gridColumn(before), step)) return [];
  // It held the same.
  if (was?.formula === undefined && cellsEqual(was?.value ?? null, now.cell(row, column)?.value ?? null))
    return [];
  return [stepBack(context, { row, column }, isRow ? tab.gridRow(at) : -1, was)];
}

/** Whether another edit of the batch put the same value there, rightly. */
function isMeant({ plan, hit }: Context, row: number, column: number, { edit }: CellStep): boolean {
  return plan.steps.some(
    (other) =>
      other.tag === "cell" &&
      other.row === row &&
      other.column === column &&
      cellsEqual(other.edit.value, edit.value) &&
      !hit.missed.includes(other),
  );
}

/** Its row went elsewhere since. */
function strayBack(context: Context, step: CellStep): CellStep[] {
  const { plan, disguises, unheard } = context;
  const { tab } = plan;
  const stray = step.edit.formula === undefined ? disguises.strayOf(step) : null;
  if (!stray || (unheard?.isAstray === false && !mayBeStray(plan, step, stray))) return [];
  if (isMeant(context, tab.gridRow(stray.at), tab.gridColumn(stray.position), step)) return [];
  const was = tab.cell(tab.gridRow(stray.at), tab.gridColumn(stray.position));
  return [stepBack(context, stray, tab.gridRow(stray.at), was)];
}

/** `from`: the row that held it. */
function stepBack(
  context: Context,
  { row, column }: Pick<CellStep, "row" | "column">,
  from: number,
  was: ReturnType<SeenTab["cell"]>,
): CellStep {
  const { value = null, formula } = was?.spilled ? {} : (was ?? {});
  const moved = formula === undefined ? {} : { formula: movedFormula(formula, movesOf(context, from, row)) };
  return { tag: "cell", row, column, edit: { ...REPAIRS, value, ...moved } };
}

/** Where one row was written over whole and one of before is missing, it is that one; null: that is not so. */
function onlyGone(context: Context): number[] | null {
  const { plan, hit, unheard } = context;
  if (unheard) return null;
  const unknown = hit.missed.filter((step) => step.tag === "cell" && hit.rows(step) === null);
  if (new Set(unknown.map(({ row }) => row)).size !== 1) return null;
  const gone = plan.tab.snapshot.rows.flatMap((_, at) => (isGone(context, at) ? [at] : []));
  return gone.length === 1 ? gone : null;
}

/** By its place among the rows that stand there now. */
function whoIsCertainly({ now, found }: Context, row: number): number | undefined {
  const id = found.order[rowsOf(now).indexOf(row)];
  return id !== undefined && found.row(id).tag === "at" ? id - 1 : undefined;
}

function holds(there: ReturnType<SeenTab["cell"]>, { value, formula }: CellStep["edit"]): boolean {
  if (formula !== undefined) return there?.formula === formula;
  return cellsEqual(there?.value ?? null, value === "" ? null : value);
}
