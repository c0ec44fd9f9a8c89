/** Finds what a batch hit by mistake, and puts it back: for as long as somebody moves things under that as well. */
import { cellsEqual } from "#contract/cell.ts";
import type { WriteBatch } from "../../../model/write.ts";
import type { SheetsApi } from "../sheets-api.ts";
import type { Sent, Step, TabPlan } from "./decide.ts";
import { type FreshAsk, type FreshDeps, readFreshTabs } from "./fresh-tabs.ts";
import { type Hit, hitOf } from "./hit.ts";
import { around, rowAfter } from "./places.ts";
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
 * The same where no answer came: as the tab is now, if nobody moved anything since. `standing`: ids of edits that stand
 * where they were meant to. An edit may as well have landed and been changed since: that it went astray says a cell that
 * still holds what was noted, and a value that nobody else can have put elsewhere.
 */
export function unheardOf(
  plans: readonly Sent[],
  now: readonly TabPlan[],
  standing: ReadonlySet<string>,
): Struck[] {
  return plans.flatMap((plan) => {
    const present = now.find((one) => one.tab.tabId === plan.tab.tabId);
    if (!present) return [];
    const { tab } = present;
    const end = tab.gridColumn(tab.snapshot.columns.length);
    const shown: Shown = { width: () => end, cell: tab.cell };
    const hit = hitOf(plan, shown);
    const missed = hit.missed.filter((step) => {
      if (step.tag === "add") return true;
      if (standing.has(step.edit.id)) return false;
      return step.tag === "remove" || (isUntouched(plan, present, step) && isOwn(plan, step));
    });
    // A row that is not known again may be the right one, edited since: nothing is emptied there.
    const rows: Hit["rows"] = (step) => {
      const found = hit.rows(step);
      return found && found.length > 0 ? found : null;
    };
    return missed.length > 0 ? [{ plan, shown, hit: { ...hit, rows, missed }, unheard: true }] : [];
  });
}

type CellStep = Extract<Step, { tag: "cell" }>;

function isUntouched(
  { tab: before }: Sent,
  { tab, located }: TabPlan,
  { edit, row, column }: CellStep,
): boolean {
  const [at, position] = [located.row(edit.row), located.column(edit.slot)];
  if (at.tag !== "at" || position.tag !== "at") return false;
  const is = tab.cell(tab.gridRow(at.at), tab.gridColumn(position.at));
  const was = before.cell(row, column);
  return is?.formula === was?.formula && cellsEqual(is?.value ?? null, was?.value ?? null);
}

/** The tab held it nowhere, and the batch put it nowhere else. */
function isOwn({ tab: { snapshot }, steps }: Sent, step: CellStep): boolean {
  const { value } = step.edit;
  if (value === null || value === "" || typeof value === "boolean") return false;
  const others = steps.flatMap((other) =>
    other === step || other.tag === "remove"
      ? []
      : other.tag === "cell"
        ? [other.edit.value]
        : other.edit.values,
  );
  return ![...snapshot.rows, others].some((row) => row.some((cell) => cellsEqual(cell, value)));
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
  let landed = 0;
  for (let count = 0; count < REPAIRS_MAX && open.length > 0; count++) {
    const struck = open.at(-1)!;
    const asks = struck.map(({ plan }) => askAfter(plan));
    const now = await readFreshTabs(deps, asks, signal);
    if (!now.ok) continue;
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
      const done = await deps.api.update([...requests, proof], plans.flatMap(readBackRanges), signal);
      if (!done.ok && done.error.tag === "RateLimited") break;
      const isThere = !done.ok && refusedRequest(done.error)?.at === requests.length;
      if (done.ok || isThere) landed++;
      // Rows come back once: what is gone after that somebody has taken away.
      if (isThere && cells.length === 0) open.pop();
      if (!done.ok) continue;
      for (const id of repairs.flatMap((one) => one.sorted)) sorted.add(id);
      const shown = parseUpdated(done.value);
      const again = shown.ok ? struckOf(plans, shown.value) : [];
      if (again.length > 0) {
        open.push(again);
        continue;
      }
    }
    if (cells.length === 0 || rows.length === 0) open.pop();
  }
  return sorted;
}

/** After a batch: what it may have hit. */
function askAfter({ tab, steps }: Sent): FreshAsk {
  const { rows, columns } = tab.snapshot;
  return {
    tabId: tab.tabId,
    cells: rows.length * columns.length,
    rows: () => around(steps.map((step) => rowAfter(steps, step))).filter((row) => row >= 0),
  };
}
