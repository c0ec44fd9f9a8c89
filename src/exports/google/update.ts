/** An update of a workbook as calls: what is there is looked at, compared, and changed where it differs. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { HandEdits, UpdateType } from "#contract/exports.ts";
import { ok, type Result } from "#contract/result.ts";
import type { WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import { addCounts, type Counts, NO_COUNTS } from "../jobs/record.ts";
import type { RowPlan, SheetPlan, TabPlan } from "../plan.ts";
import { type Batch, pack, pieceOf } from "./batches.ts";
import { changePieces, newColumns, placeAfter, told } from "./changes.ts";
import { compare, type TabChange } from "./compare.ts";
import { extendRanges } from "./extend.ts";
import { fillFormulas, totals } from "./layout.ts";
import { type Look, type LookError, lookAt } from "./look.ts";
import type { Places } from "./places.ts";

export interface UpdateAsk {
  readonly fileId: string;
  readonly exportId: string;
  readonly type: UpdateType;
  readonly plan: SheetPlan;
  /** What the sheet was last given; null: not known. */
  readonly base: SheetPlan | null;
  readonly edits: HandEdits;
  /** Rows that this append has written, by tab. */
  readonly appended: Readonly<Record<string, number>>;
}

export interface PlannedUpdate {
  readonly look: Look;
  readonly batches: Iterator<Batch>;
  /** What is told when the last of them is made, besides what they did. */
  readonly counts: Counts;
  /** Rows of the plan that are skipped. */
  readonly skipped: number;
  /** Rows that stay though they are not in the plan, by tab. */
  readonly staying: ReadonlyMap<string, readonly RowPlan[]>;
  /** Columns are missing: the first batch makes them, and then it has to be looked at anew. */
  readonly again: boolean;
}

export async function planUpdate(
  calls: WorkbookCalls,
  ask: UpdateAsk,
  signal: AbortSignal,
): Promise<Result<PlannedUpdate, LookError>> {
  const { fileId, exportId, plan, base } = ask;
  const given = new Map(base?.tabs.map((tab) => [tab.id, new Set(tab.columns.map(({ key }) => key))]));
  const looked = await lookAt(calls, { fileId, exportId, plan, given }, signal);
  if (!looked.ok) return looked;
  const look = looked.value;
  const missing = plan.tabs.flatMap((tab) => newColumns(tab, look.tabs.get(tab.id)!, exportId));
  if (missing.length > 0) {
    return ok({
      look,
      batches: pack([pieceOf(missing)]),
      counts: NO_COUNTS,
      skipped: 0,
      staying: new Map(),
      again: true,
    });
  }
  const changes = new Map(plan.tabs.map((tab) => [tab.id, changeOf(ask, tab, look)]));
  const all = [...changes.values()];
  const counts = all.map((change) => countsOf(change, ask.type)).reduce(addCounts, NO_COUNTS);
  const skipped = all.reduce(
    (sum, change) => sum + change.skipped.filter(({ index }) => index >= 0).length,
    0,
  );
  const staying = new Map([...changes].map(([tab, change]) => [tab, change.staying]));
  return ok({ look, batches: pack(pieces(ask, look, changes)), counts, skipped, staying, again: false });
}

function changeOf({ type, base, edits, appended }: UpdateAsk, tab: TabPlan, look: Look): TabChange {
  const before = base?.tabs.find(({ id }) => id === tab.id);
  return compare({
    type,
    tab,
    look: look.tabs.get(tab.id)!,
    base: before ? rowsFor(tab, before) : null,
    edits,
    done: appended[tab.id] ?? 0,
  });
}

/** Rows of an older plan by the columns of this one. */
function rowsFor(tab: TabPlan, before: TabPlan): readonly RowPlan[] {
  const at = tab.columns.map(({ key }) => before.columns.findIndex((column) => column.key === key));
  if (at.every((from, index) => from === index) && before.columns.length === at.length) return before.rows;
  return before.rows.map(({ key, cells }) => ({ key, cells: at.map((from) => cells[from] ?? null) }));
}

function* pieces({ plan, type }: UpdateAsk, look: Look, changes: ReadonlyMap<string, TabChange>) {
  const after: Places = new Map(
    plan.tabs.map((tab) => [tab.id, placeAfter(look.tabs.get(tab.id)!, changes.get(tab.id)!)]),
  );
  for (const tab of plan.tabs) {
    const own = { tab, look: look.tabs.get(tab.id)!, change: changes.get(tab.id)! };
    yield* changePieces({ ...own, places: after, append: type === "append" });
  }
  const ends = endRequests(plan, look, changes, after);
  if (ends.length > 0) yield pieceOf(ends);
}

/** What goes by where the tables end: ranges over them, totals, formulas that name whole columns. */
function endRequests(
  plan: SheetPlan,
  look: Look,
  changes: ReadonlyMap<string, TabChange>,
  after: Places,
): sheets_v4.Schema$Request[] {
  const moved = plan.tabs.filter(({ id }) => changes.get(id)!.added.length > 0);
  if (moved.length === 0) return [];
  const ranges = moved.flatMap(({ id }) => {
    const { sheet, place } = look.tabs.get(id)!;
    const { removed } = changes.get(id)!;
    // Rows that go shrink a range by themselves before it is made longer.
    const before = { ...place, lastRow: place.lastRow - removed.length };
    return extendRanges(
      look.workbook,
      shrunk(sheet, place, removed.length),
      before,
      after.get(id)!.lastRow - Math.max(before.lastRow, before.headerRow + 1),
    );
  });
  const formulas = plan.tabs.flatMap((tab) => {
    const columns = tab.columns.filter(({ formula }) =>
      formula?.some((part) => typeof part !== "string" && part.to === "column"),
    );
    return columns.length === 0 ? [] : fillFormulas({ ...tab, columns }, after);
  });
  return [...ranges, ...formulas, ...moved.flatMap((tab) => totals(tab, after, "values"))];
}

/** The sheet's own ranges as they are once `gone` rows of the table were deleted. */
function shrunk<Sheet extends sheets_v4.Schema$Sheet>(
  sheet: Sheet,
  place: { sheetId: number; lastRow: number },
  gone: number,
): Sheet {
  if (gone === 0) return sheet;
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, part]) => [
      name,
      name === "endRowIndex" && part === place.lastRow + 1 ? part - gone : follow(part),
    ]);
    return Object.fromEntries(entries);
  };
  return follow(sheet) as Sheet;
}

/** What stays as it is; an append has told of what it skipped before its last row. */
function countsOf({ added, skipped, kept }: TabChange, type: UpdateType): Counts {
  const last = type === "append" ? (added.at(-1)?.index ?? -1) : -2;
  const left = skipped.filter(({ index }) => index > last);
  return {
    ...NO_COUNTS,
    skipped: left.length,
    skippedRows: left.map(told),
    handEdits: kept.length,
    handEditCells: kept,
  };
}
