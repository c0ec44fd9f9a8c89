/** Finds what a batch hit by mistake, and puts it back: for as long as somebody moves things under that as well. */
import { cellsEqual } from "#contract/cell.ts";
import { type Located, locate } from "../../../model/locate.ts";
import type { WriteBatch } from "../../../model/write.ts";
import type { SheetsApi } from "../sheets-api.ts";
import type { Sent, Step } from "./decide.ts";
import { disguisesOf, isOwn } from "./disguises.ts";
import type { FreshCell, SeenTab } from "./fresh-tab.ts";
import { type FreshAsk, type FreshDeps, readFreshTabs } from "./fresh-tabs.ts";
import { type Hit, hitOf } from "./hit.ts";
import { noteOf } from "./note.ts";
import { around, rowAfter } from "./places.ts";
import { baselineOf, rowIdOf, slotOf } from "./positions.ts";
import { parseUpdated, type Shown } from "./read-back.ts";
import { repairProofOf } from "./receipt.ts";
import { refusedRequest } from "./refusal.ts";
import { repairOf, type Struck } from "./repair.ts";
import { cellRequests, leaveProof, readBackRanges } from "./requests.ts";

export interface PutBackDeps extends FreshDeps {
  readonly api: SheetsApi;
  readonly sourceId: string;
}

export function struckOf(plans: readonly Sent[], answer: ReadonlyMap<number, Shown>): Struck[] {
  return plans.flatMap((plan) => {
    const shown = answer.get(plan.tab.sheetId);
    const hit = shown && hitOf(plan, shown);
    return shown && hit && hit.missed.length > 0 ? [{ plan, shown, hit }] : [];
  });
}

/**
 * The same where no answer came: as the tabs are now, if nobody moved anything since. `standing`: ids of edits that stand
 * where they were meant to. A step may as well have landed and been changed since: that it went astray says a cell that
 * still holds what was noted, and a value that nobody else can have put elsewhere.
 */
export function unheardOf(
  plans: readonly Sent[],
  now: ReadonlyMap<string, SeenTab>,
  standing: ReadonlySet<string> = new Set(),
): Struck[] {
  return plans.flatMap((plan) => {
    const tab = now.get(plan.tab.tabId);
    if (!tab) return [];
    const end = tab.gridColumn(tab.snapshot.columns.length);
    const shown: Shown = { width: () => end, cell: tab.cell };
    const hit = hitOf(plan, shown);
    const found = locate(baselineOf(plan.tab), tab.snapshot);
    const { strayOf } = disguisesOf(plan, tab, found);
    const isAstray = (step: Step): boolean => {
      if (step.tag === "add") return hit.missed.includes(step);
      if (standing.has(step.edit.id)) return false;
      if (step.tag === "remove") return hit.missed.includes(step);
      const now = cellNow(plan.tab, tab, found, step);
      if (!isOwn(plan, step) || (now && isSameCell(now, step.edit))) return false;
      return (hit.missed.includes(step) && isUntouched(plan, step, now)) || strayOf(step) !== null;
    };
    const missed = plan.steps.filter(isAstray);
    // A row that is not known again may be the right one, edited since: nothing is emptied there.
    const rows: Hit["rows"] = (step) => {
      const found = hit.rows(step);
      return found && found.length > 0 ? found : null;
    };
    return missed.length > 0 ? [{ plan, shown, hit: { ...hit, rows, missed }, unheard: true }] : [];
  });
}

type CellStep = Extract<Step, { tag: "cell" }>;

/** What stands where the step was to go; null: that is not certain. `found`: by positions, rows plus one. */
function cellNow(
  before: SeenTab,
  now: SeenTab,
  found: Located,
  { row, column }: CellStep,
): Partial<FreshCell> | null {
  const [at, position] = [found.row(rowIdOf(before, row)), found.column(slotOf(before, column))];
  if (at.tag !== "at" || position.tag !== "at") return null;
  return now.cell(now.gridRow(at.at), now.gridColumn(position.at)) ?? {};
}

/** It holds what was noted, or what another step put there that went astray to it. */
function isUntouched(
  { tab, steps }: Sent,
  { row, column }: CellStep,
  now: Partial<FreshCell> | null,
): boolean {
  if (now === null) return false;
  const others = steps.filter(
    (other) => other.tag === "cell" && other.column === column && other.row !== row,
  ) as CellStep[];
  return [tab.cell(row, column) ?? {}, ...others.map(({ edit }) => edit)].some((was) => isSameCell(now, was));
}

function isSameCell(a: Partial<FreshCell>, b: Partial<FreshCell>): boolean {
  return a.formula === b.formula && cellsEqual(a.value ?? null, b.value ?? null);
}

/** A repair that fails is begun anew, by what stands there then; one that goes astray itself is repaired before. */
const REPAIRS_MAX = 8;

/** Ids of new rows whose values are under their own columns now. What could not be put back is found by the next poll. */
export async function putBack(
  deps: PutBackDeps,
  batch: WriteBatch,
  first: readonly Struck[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const sorted = new Set<string>();
  const open = [first];
  /** Repairs without an answer, one of which may have landed. */
  let unheard: readonly Sent[] = [];
  let landed = 0;
  for (let count = 0; count < REPAIRS_MAX && open.length > 0; count++) {
    const struck = open.at(-1)!;
    const asks = struck.map(({ plan }) => askAfter(plan, unheard));
    const now = await readFreshTabs(deps, asks, signal);
    if (!now.ok) continue;
    const astray = unheardOf(unheard, now.value);
    if (astray.length > 0) {
      unheard = [];
      open.push(astray);
      continue;
    }
    const repairs = struck.flatMap((one) => {
      const tab = now.value.get(one.plan.tab.tabId);
      return tab ? [repairOf(one, tab)] : [];
    });
    const cells = repairs.flatMap(({ plan }) => cellRequests(plan).map(({ request }) => request));
    const rows = repairs.flatMap((one) => one.rows);
    // Places change with rows that come back: cells go first, and those are looked for anew.
    const requests = cells.length > 0 ? cells : rows;
    const plans = cells.length > 0 ? repairs.map(({ plan }) => plan) : [];
    if (requests.length > 0) {
      const name = cells.length > 0 ? `cells ${landed}` : "rows";
      const proof = leaveProof(repairProofOf(deps.sourceId, batch, name));
      const note = noteOf(plans);
      if (note !== null) await batch.memo?.keep(note);
      const done = await deps.api.update([...requests, proof], plans.flatMap(readBackRanges), signal);
      if (!done.ok && done.error.tag === "RateLimited") break;
      const isThere = !done.ok && refusedRequest(done.error)?.at === requests.length;
      if (done.ok || isThere) landed++;
      // Rows come back once: what is gone after that somebody has taken away.
      if (isThere && cells.length === 0) open.pop();
      if (!done.ok && !isThere) unheard = [...unheard, ...plans];
      if (!done.ok) continue;
      for (const id of repairs.flatMap((one) => one.sorted)) sorted.add(id);
      const shown = parseUpdated(done.value);
      unheard = shown.ok ? [] : plans;
      const again = shown.ok ? struckOf(plans, shown.value) : [];
      if (!shown.ok) continue;
      if (again.length > 0) {
        open.push(again);
        continue;
      }
    }
    if (cells.length === 0 || rows.length === 0) open.pop();
  }
  return sorted;
}

/** After a batch: what it, and others of the same tab, may have hit. */
function askAfter(plan: Sent, others: readonly Sent[]): FreshAsk {
  const { tabId, snapshot } = plan.tab;
  const all = [plan, ...others.filter(({ tab }) => tab.tabId === tabId)];
  return {
    tabId,
    cells: snapshot.rows.length * snapshot.columns.length,
    rows: () =>
      around(all.flatMap(({ steps }) => steps.map((step) => rowAfter(steps, step)))).filter(
        (row) => row >= 0,
      ),
  };
}
