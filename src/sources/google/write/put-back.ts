/** Puts back what a batch hit by mistake: for as long as somebody moves things under that as well. */

import type { WriteBatch, WriteOutcome } from "../../../model/write.ts";
import { type Clock, sleep } from "../../../runtime/clock.ts";
import type { CallError } from "../problems.ts";
import type { SheetsApi } from "../sheets-api.ts";
import type { Sent } from "./decide.ts";
import type { FreshTab } from "./fresh-tab.ts";
import { type FreshAsk, type FreshDeps, readFreshTabs } from "./fresh-tabs.ts";
import { noteOf, UNNOTED, withRepair } from "./note.ts";
import { around, rowAfter } from "./places.ts";
import { parseUpdated } from "./read-back.ts";
import { repairProofOf } from "./receipt.ts";
import { refusedRequest } from "./refusal.ts";
import { type Repair, repairOf } from "./repair.ts";
import type { Struck } from "./repair-context.ts";
import { cellRequests, leaveProof, readBackRanges } from "./requests.ts";
import { struckOf, unheardOf } from "./struck.ts";

type Request = Repair["rows"][number];

export interface PutBackDeps extends FreshDeps {
  readonly api: SheetsApi;
  readonly clock: Clock;
  readonly sourceId: string;
}

/** A repair that fails is begun anew, by what stands there then; one that goes astray itself is repaired before. */
const REPAIRS_MAX = 20;
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;
/** Google counts by the minute. */
const QUOTA_PAUSE_MAX_MS = 65_000;

/**
 * What comes of new rows whose values went under their own columns, by id. What could not be put back is found by the next
 * poll. `notes`: of what was hit, and of what was sent besides.
 */
export async function putBack(
  deps: PutBackDeps,
  batch: WriteBatch,
  first: { readonly struck: readonly Struck[]; readonly notes: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WriteOutcome>> {
  const sorted = new Map<string, WriteOutcome>();
  const open = [first.struck];
  /** Repairs without an answer, one of which may have landed. */
  let unheard: readonly Sent[] = [];
  let landed = 0;
  let { notes } = first;
  for (let count = 0; count < REPAIRS_MAX && open.length > 0 && !signal.aborted; count++) {
    const struck = open.at(-1)!;
    const asks = struck.map(({ plan }) => askAfter(plan, unheard));
    const now = await readFreshTabs(deps, asks, signal);
    if (!now.ok) {
      await pause(deps, now.error, count, signal);
      continue;
    }
    const astray = unheardOf(unheard, now.value);
    if (astray.length > 0) {
      unheard = [];
      open.push(astray);
      continue;
    }
    const repair = repairAll(struck, now.value, new Set(sorted.keys()));
    if (repair.requests.length === 0) {
      open.pop();
      continue;
    }
    // Before it is sent: where it lands and no answer comes, the next look finds nothing to sort.
    for (const one of repair.sorted) sorted.set(one.id, one);
    const note = noteOf(repair.plans);
    const noted = note === null ? notes : withRepair(notes, note);
    if (noted !== notes && (await batch.memo?.keep(noted)) === false) {
      await pause(deps, UNNOTED, count, signal);
      continue;
    }
    notes = noted;
    const done = await send(deps, batch, { ...repair, landed }, signal);
    if (done.tag === "failed") {
      unheard = [...unheard, ...repair.plans];
      await pause(deps, done.error, count, signal);
      continue;
    }
    landed++;
    if (done.tag === "there") {
      // Rows come back once: what is gone after that somebody has taken away.
      if (repair.plans.length === 0) open.pop();
      continue;
    }
    const shown = parseUpdated(done.answer);
    unheard = shown.ok ? [] : repair.plans;
    const again = shown.ok ? struckOf(repair.plans, shown.value) : [];
    if (again.length > 0) open.push(again);
    else if (shown.ok && repair.isLast) open.pop();
  }
  return sorted;
}

/** Of all tabs. */
interface Repairs {
  readonly requests: readonly Request[];
  /** Of cells; none: rows come back. */
  readonly plans: readonly Sent[];
  readonly sorted: readonly WriteOutcome[];
  readonly isLast: boolean;
}

/** Places change with rows that come back: cells go first, and those are looked for anew. */
function repairAll(
  struck: readonly Struck[],
  now: ReadonlyMap<string, FreshTab>,
  begun: ReadonlySet<string>,
): Repairs {
  const repairs = struck.flatMap((one) => {
    const tab = now.get(one.plan.tab.tabId);
    return tab ? [repairOf(one, tab, begun)] : [];
  });
  const cells = repairs.flatMap(({ plan }) => cellRequests(plan).map(({ request }) => request));
  const rows = repairs.flatMap((one) => one.rows);
  const sorted = repairs.flatMap((one) => one.sorted);
  if (cells.length === 0) return { requests: rows, plans: [], sorted, isLast: true };
  const isLast = rows.length === 0 && repairs.every((one) => one.isLast);
  return { requests: cells, plans: repairs.map(({ plan }) => plan), sorted, isLast };
}

/** there: one like it has landed before. */
type Done =
  | { readonly tag: "done"; readonly answer: Uint8Array }
  | { readonly tag: "there" }
  | { readonly tag: "failed"; readonly error: CallError };

/** Of repairs with the same number of `landed` ones before them only one can land. */
async function send(
  { api, sourceId }: PutBackDeps,
  batch: WriteBatch,
  { requests, plans, landed }: Repairs & { readonly landed: number },
  signal: AbortSignal,
): Promise<Done> {
  const proof = leaveProof(repairProofOf(sourceId, batch, plans.length > 0 ? `cells ${landed}` : "rows"));
  const answer = await api.update([...requests, proof], plans.flatMap(readBackRanges), signal);
  if (answer.ok) return { tag: "done", answer: answer.value };
  const { error } = answer;
  return refusedRequest(error)?.at === requests.length ? { tag: "there" } : { tag: "failed", error };
}

async function pause(
  { clock }: PutBackDeps,
  error: CallError,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const usual = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** count);
  const quota = error.tag === "RateLimited" ? (error.retryAfterMs ?? QUOTA_PAUSE_MAX_MS) : 0;
  await sleep(clock, Math.max(usual, Math.min(quota, QUOTA_PAUSE_MAX_MS)), signal);
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
