/**
 * A batch hit other rows than it meant, because somebody moved rows or columns in between: what was there goes back, and the
 * edits that missed wait for another batch. What the tab held just before is known, so this is no guess; a row that came
 * only in between and was written over is emptied there, for nobody knows what it held.
 */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Baseline } from "../../../model/delta.ts";
import { type Located, locate } from "../../../model/locate.ts";
import type { Step, TabPlan } from "./decide.ts";
import type { FreshTab } from "./fresh-tab.ts";
import { rowAfter } from "./places.ts";
import { cellData, updateCells } from "./requests.ts";
import { SAME_SHARE } from "./strayed.ts";

type Request = sheets_v4.Schema$Request;

export interface Repair {
  readonly requests: readonly Request[];
  /** Ids of edits that did not reach their rows. */
  readonly missed: readonly string[];
  /** Ids of rows that were added with their values in other columns, and have them in their own now. */
  readonly sorted: readonly string[];
}

/** `plan`: as the tab was when the batch was made; `now`: after the batch. */
export function repairOf(plan: TabPlan, now: FreshTab): Repair {
  const before = baselineOf(plan.tab);
  const context = { plan, now, found: locate(before, now.snapshot) };
  const cells = plan.steps.filter((step) => step.tag === "cell").map((step) => cellRepair(context, step));
  const added = plan.steps.filter((step) => step.tag === "add").map((step) => addRepair(context, step));
  const all = [...cells, ...added, rowRepairs(context)];
  return {
    requests: all.flatMap(({ requests }) => requests),
    missed: all.flatMap(({ missed }) => missed),
    sorted: all.flatMap(({ sorted }) => sorted),
  };
}

interface Context {
  readonly plan: TabPlan;
  readonly now: FreshTab;
  /** The rows of before, by their position plus one, in the tab as it is now. */
  readonly found: Located;
}

const NOTHING: Repair = { requests: [], missed: [], sorted: [] };

function cellRepair(context: Context, step: Extract<Step, { tag: "cell" }>): Repair {
  const { plan, now, found } = context;
  const { tab } = plan;
  const hit = rowAfter(plan.steps, step);
  const slot = found.columns[step.column - now.box.column]?.slot ?? -1;
  const rows = whoStandsAt(context, hit);
  if (rows.includes(rowsOf(tab).indexOf(step.row)) && tab.gridColumn(slot) === step.column) return NOTHING;
  const missed = [step.edit.id];
  const there = now.cell(hit, step.column);
  const { value, formula } = step.edit;
  const isMine =
    formula === undefined
      ? cellsEqual(there?.value, value === "" ? null : value)
      : there?.formula === formula;
  if (!isMine) return { ...NOTHING, missed };
  const known = slot >= 0 && slot < tab.snapshot.columns.length ? rows[0] : undefined;
  const was = known === undefined ? undefined : tab.cell(tab.gridRow(known), tab.gridColumn(slot));
  const back = was?.spilled ? {} : cellData(was?.value ?? null, was?.formula);
  const request = updateCells({ sheetId: tab.sheetId, row: hit, column: step.column }, [back]);
  return { ...NOTHING, requests: [request], missed };
}

/** A new row is ours whole: its values go to the columns that were meant. */
function addRepair(context: Context, step: Extract<Step, { tag: "add" }>): Repair {
  const { plan, now, found } = context;
  const { sheetId } = now;
  const row = rowAfter(plan.steps, step);
  const values = plan.located.columns.flatMap(({ slot }, position) => {
    const value = step.edit.values[slot] ?? null;
    const place = found.column(position);
    const to = place.tag === "at" ? now.gridColumn(place.at) : null;
    return value === null || value === "" ? [] : [{ value, from: plan.tab.gridColumn(position), to }];
  });
  const isThere = values.every(({ value, from }) => cellsEqual(now.cell(row, from)?.value, value));
  if (!isThere || values.every(({ from, to }) => from === to)) return NOTHING;
  const write = (column: number, value: CellValue): Request =>
    updateCells({ sheetId, row, column }, [cellData(value)]);
  return {
    missed: [],
    requests: [
      ...values.map(({ from }) => write(from, null)),
      ...values.flatMap(({ to, value }) => (to === null ? [] : [write(to, value)])),
    ],
    sorted: [step.edit.id],
  };
}

/** Positions of the rows of before that this one may be, by all that the batch did not write and no formula made. */
function whoStandsAt({ plan, now, found }: Context, row: number): number[] {
  const { tab, steps } = plan;
  const written = new Set(
    steps.flatMap((step) => (step.tag === "cell" && rowAfter(steps, step) === row ? [step.column] : [])),
  );
  const compared = found.columns.flatMap(({ slot }, position) => {
    return slot < tab.snapshot.columns.length && !written.has(now.gridColumn(position))
      ? [{ slot, position }]
      : [];
  });
  const same = tab.snapshot.rows.flatMap((_, at) => {
    const equal = compared.every(({ slot, position }) => {
      const [was, is] = [
        tab.cell(tab.gridRow(at), tab.gridColumn(slot)),
        now.cell(row, now.gridColumn(position)),
      ];
      return was?.formula !== undefined || was?.spilled || cellsEqual(was?.value, is?.value);
    });
    return equal ? [at] : [];
  });
  if (same.length > 0) return same;
  // Somebody edited it as well; what we wrote says nothing of whose row it is.
  const id = found.order[rowsOf(now).indexOf(row)];
  if (id === undefined || id > tab.snapshot.rows.length) return [];
  const cells = compared.flatMap(({ slot, position }) => {
    const was = tab.cell(tab.gridRow(id - 1), tab.gridColumn(slot))?.value ?? null;
    const is = now.cell(row, now.gridColumn(position))?.value ?? null;
    return was === null && is === null ? [] : [cellsEqual(was, is)];
  });
  return cells.length === 0 || cells.filter(Boolean).length / cells.length >= SAME_SHARE ? [id - 1] : [];
}

/** Rows that were to go and are still there; as many others went in their place. */
function rowRepairs({ plan, now, found }: Context): Repair {
  const { tab } = plan;
  const rows = rowsOf(tab);
  const removals = plan.steps.filter((step) => step.tag === "remove");
  const meant = new Set(removals.map((step) => rows.indexOf(step.row)));
  const missed = removals.filter((step) => found.row(rows.indexOf(step.row) + 1).tag === "at");
  const gone = rows.flatMap((_, at) => (found.row(at + 1).tag === "gone" && !meant.has(at) ? [at] : []));
  const requests = missed.flatMap((step) => {
    const target = rows.indexOf(step.row);
    const nearest = gone.toSorted((a, b) => Math.abs(a - target) - Math.abs(b - target))[0];
    if (nearest === undefined) return [];
    gone.splice(gone.indexOf(nearest), 1);
    return [{ at: nearest, requests: rowBack({ plan, now, found }, nearest) }];
  });
  // The lowest first, so that no place moves before its turn.
  const ordered = requests.toSorted((a, b) => b.at - a.at).flatMap((one) => one.requests);
  return { ...NOTHING, requests: ordered, missed: missed.map(({ edit }) => edit.id) };
}

/** The row again, behind the one that it followed, with its formats from there. */
function rowBack({ plan: { tab }, now, found }: Context, at: number): Request[] {
  let above = at - 1;
  while (above >= 0 && found.row(above + 1).tag !== "at") above--;
  const place = above < 0 ? null : found.row(above + 1);
  const row = place?.tag === "at" ? now.gridRow(place.at) + 1 : now.gridRow(0);
  const { sheetId } = now;
  const range = { sheetId, dimension: "ROWS", startIndex: row, endIndex: row + 1 };
  const requests: Request[] = [{ insertDimension: { range, inheritFromBefore: place !== null } }];
  tab.snapshot.columns.forEach((_, position) => {
    const cell = tab.cell(tab.gridRow(at), tab.gridColumn(position));
    const column = found.column(position);
    if (!cell || cell.spilled || column.tag !== "at") return;
    const across = now.gridColumn(column.at);
    if (cell.formula === undefined || row === tab.gridRow(at)) {
      requests.push(updateCells({ sheetId, row, column: across }, [cellData(cell.value, cell.formula)]));
    } else if (place) requests.push(copyDown(sheetId, row, across));
  });
  return requests;
}

/** A formula names its neighbours by row: from the row above it comes right. */
function copyDown(sheetId: number, row: number, column: number): Request {
  const cell = (at: number) => ({
    sheetId,
    startRowIndex: at,
    endRowIndex: at + 1,
    startColumnIndex: column,
    endColumnIndex: column + 1,
  });
  return { copyPaste: { source: cell(row - 1), destination: cell(row), pasteType: "PASTE_FORMULA" } };
}

function rowsOf(tab: FreshTab): number[] {
  return tab.snapshot.rows.map((_, at) => tab.gridRow(at));
}

/** Slots are positions, row ids positions plus one. */
function baselineOf({ snapshot }: FreshTab): Baseline {
  return {
    columns: snapshot.columns.map(({ header, type }, slot) => ({ slot, header, key: `c${slot}`, type })),
    order: snapshot.rows.map((_, at) => at + 1),
    rows: new Map(snapshot.rows.map((values, at) => [at + 1, { values }])),
    nextRow: snapshot.rows.length + 1,
    nextSlot: snapshot.columns.length,
  };
}
