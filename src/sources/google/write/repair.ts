/**
 * A batch hit other rows than it meant, because somebody moved rows or columns in between: what was there goes back, and the
 * edits that missed wait for another batch. What the tab held just before is known, so this is no guess; a row that came
 * only in between and was written over is emptied there, for nobody knows what it held.
 */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Slot } from "#contract/layout.ts";
import { lazy } from "../../../model/lazy.ts";
import { type Located, locate } from "../../../model/locate.ts";
import { indexRows, type RowIndex } from "../../../model/row-index.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import { REPAIRS, type Sent, type Step } from "./decide.ts";
import { type Disguises, disguisesOf, mayBeStray } from "./disguises.ts";
import { isGiven, type SeenTab } from "./fresh-tab.ts";
import { type Hit, matchHeaders, SAME_SHARE } from "./hit.ts";
import { copiedFormula, type Moves, movedFormula } from "./moved-formula.ts";
import { rowAfter } from "./places.ts";
import { baselineOf, rowIdOf, slotOf } from "./positions.ts";
import type { Shown } from "./read-back.ts";
import { cellData, updateCells } from "./requests.ts";

type Request = sheets_v4.Schema$Request;
type CellStep = Extract<Step, { tag: "cell" }>;

/** A plan that missed, and what its answer showed. */
export interface Struck {
  readonly plan: Sent;
  readonly shown: Shown;
  readonly hit: Hit;
  /** No answer came: what was shown is what stands there by now. `isAstray`: that it missed is known all the same. */
  readonly unheard?: { readonly isAstray: boolean };
}

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

interface Context extends Struck {
  readonly now: SeenTab;
  /** The rows of before, by their position plus one, in the tab as it is now. */
  readonly found: Located;
  readonly disguises: Disguises;
  /** By position in the answer: the column of the grid where that one stands now; -1: nowhere. */
  readonly columnsNow: readonly number[];
  readonly rowsNow: () => RowIndex;
  readonly begun: ReadonlySet<string>;
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

/** What is not found went as the row `from` did, to `to`. `inserted`: rows that come before those that stand there now. */
function movesOf(
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

/** Where one row was written over whole and one of before is missing, it is that one; null: that is not so. */
function onlyGone(context: Context): number[] | null {
  const { plan, hit, unheard } = context;
  if (unheard) return null;
  const unknown = hit.missed.filter((step) => step.tag === "cell" && hit.rows(step) === null);
  if (new Set(unknown.map(({ row }) => row)).size !== 1) return null;
  const gone = plan.tab.snapshot.rows.flatMap((_, at) => (isGone(context, at) ? [at] : []));
  return gone.length === 1 ? gone : null;
}

function isGone({ found, disguises }: Context, at: number): boolean {
  return found.row(at + 1).tag === "gone" && !disguises.isThere(at);
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

/** Where the row that the answer shows at `row` stands now: people go on moving. Null: that is not certain. */
function rowNow(
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
  // Somebody edited it since.
  const holder = likely.filter((other) => {
    const written = shown.cell(row, column)?.value ?? null;
    return cellsEqual(now.cell(other, column)?.value ?? null, written) && likeness(other) >= SAME_SHARE;
  });
  return holder.length === 1 ? holder[0]! : null;
}

interface Sorted {
  readonly cells: readonly CellStep[];
  /** Absent: it was told before. */
  readonly outcome?: WriteOutcome;
  readonly isLast: boolean;
}

/**
 * A new row is ours whole: its values go to the columns that were meant, over nothing that somebody put there since. What
 * stands there already is not written: a row that moves under this is told by it, and another one keeps its key. For the same
 * reason what stands where nothing else goes stays until the rest has arrived.
 */
function rowSorted(context: Context, step: Extract<Step, { tag: "add" }>): Sorted | null {
  const { plan, now, hit, found, columnsNow } = context;
  const wished = plan.located.columns.flatMap(({ slot }, position) => {
    const value = step.edit.values[slot] ?? null;
    const from = columnsNow[position] ?? -1;
    const place = found.column(position);
    // It stands under its own header, though others may have that one as well.
    const isRight = hit.columns[position] === position;
    const to = isRight ? from : place.tag === "at" ? now.gridColumn(place.at) : null;
    return value === null || value === "" ? [] : [{ slot, value, from, to }];
  });
  const astray = wished.filter(({ from, to }) => from !== to);
  const left = astray.filter(({ from }) => astray.every(({ to }) => to !== from));
  const row = rowOfAdded(context, step, { wished, left });
  if (astray.length === 0 || row === null) return null;
  const cells = new Map<number, CellValue>(astray.map(({ from }) => [from, null]));
  const values = [...step.edit.values];
  const missing = astray.filter(({ slot, value, to }) => {
    const there = to === null || cells.has(to) ? undefined : now.cell(row, to);
    const fits =
      to !== null && there?.formula === undefined && isFree(context, slot, there?.value ?? null, value);
    if (fits) cells.set(to, value);
    else values[slot] = there?.value ?? null;
    return !fits;
  });
  const wrong = [...cells].filter(([column, value]) => !cellsEqual(now.cell(row, column)?.value, value));
  const rest = wrong.filter(([, value]) => value !== null);
  // What is left behind goes once the rest has arrived.
  const isLast = rest.length === 0 || left.length === 0;
  const outcome: WriteOutcome = {
    ...{ id: step.edit.id, tag: "written", values },
    ...(missing.length > 0 ? { missing: missing.map(({ slot }) => slot) } : {}),
  };
  const isTold = rest.length === 0 && context.begun.has(step.edit.id);
  return { cells: cellSteps(row, isLast ? wrong : rest), isLast, ...(isTold ? {} : { outcome }) };
}

interface Astray {
  readonly value: CellValue;
  readonly from: number;
}

/** Where its values stand; once they were sent to their own columns, where those stand that are left behind. */
function rowOfAdded(
  context: Context,
  step: Extract<Step, { tag: "add" }>,
  { wished, left }: { readonly wished: readonly Astray[]; readonly left: readonly Astray[] },
): number | null {
  const { plan, now, begun, unheard } = context;
  const holdsAll = (row: number, values: readonly Astray[]): boolean =>
    values.every(({ from, value }) => cellsEqual(now.cell(row, from)?.value, value));
  const row = rowNow(context, rowAfter(plan.steps, step), -1);
  if (row !== null && holdsAll(row, wished)) return row;
  if (left.length === 0 || !(begun.has(step.edit.id) || unheard?.isAstray)) return null;
  const rows = rowsOf(now).filter((one) => holdsAll(one, left));
  return rows.length === 1 ? rows[0]! : null;
}

/** Empty, or with what is to stand there, or with what a repair brought there for another new row. */
function isFree({ plan }: Context, slot: Slot, there: CellValue, value: CellValue): boolean {
  if (there === null || cellsEqual(there, value)) return true;
  return plan.steps.some((step) => step.tag === "add" && cellsEqual(step.edit.values[slot] ?? null, there));
}

function cellSteps(row: number, cells: readonly (readonly [number, CellValue])[]): CellStep[] {
  return cells.map(([column, value]) => ({ tag: "cell", row, column, edit: { ...REPAIRS, value } }));
}

/** As many rows went in the place of those that were to go and are still there. */
function rowsBack(context: Context, missed: readonly Extract<Step, { tag: "remove" }>[]): Request[] {
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

function rowsOf(tab: SeenTab): number[] {
  return tab.snapshot.rows.map((_, at) => tab.gridRow(at));
}
