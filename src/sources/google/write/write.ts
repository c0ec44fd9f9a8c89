/**
 * Writes a batch of edits into a workbook, in one go:
 *
 *     metadata   whether it has landed before                  only where it may have been sent
 *     facts      the touched tabs as they stand, all of it     one call: one moment
 *     decide     where each row is now, and what may be written
 *     update     all of it or nothing, with its proof; the answer shows what stands there then
 */

import type { WriteRules } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { locate } from "../../../model/locate.ts";
import type { TabWrite, WriteBatch, WriteOutcome, WriteResult } from "../../../model/write.ts";
import type { Clock } from "../../../runtime/clock.ts";
import type { SourceError } from "../../source.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { decideTab, isRepair, type Step, type TabPlan } from "./decide.ts";
import { type FreshAsk, readFreshTabs } from "./fresh-tabs.ts";
import { afterLanding, findProof, onLanding } from "./landed.ts";
import { noteOf, readNote, UNNOTED, withSent } from "./note.ts";
import { around } from "./places.ts";
import { putBack } from "./put-back.ts";
import { outcomesOf, parseUpdated, type Shown } from "./read-back.ts";
import { editsOf, proofOf } from "./receipt.ts";
import { whichRefused } from "./refusal.ts";
import { batchRequests } from "./requests.ts";
import { struckOf, unheardOf } from "./struck.ts";
import type { Wishes } from "./wishes.ts";

export interface WriteDeps {
  readonly api: SheetsApi;
  readonly clock: Clock;
  readonly sourceId: string;
  readonly rules: WriteRules;
  readonly wishes: Wishes;
  /** See FACT_CELLS_MAX. */
  readonly factCellsMax: number;
}

/** An edit that Google refuses spoils its whole batch: it is taken out and the others are sent again, so often. */
const SENDS_MAX = 4;

export async function writeBatch(
  deps: WriteDeps,
  batch: WriteBatch,
  signal: AbortSignal,
): Promise<Result<WriteResult, SourceError>> {
  const done = await tryBatch(deps, batch, signal);
  return done.ok ? done : err(aboutBatch(done.error));
}

/** An answer that cannot be read tells nothing of the batch, which may have landed: it is to come again as it is. */
function aboutBatch(error: SourceError): SourceError {
  if (error.tag !== "Malformed" || error.path === "request") return error;
  const { path, detail, fix } = error;
  return { tag: "Unreachable", detail: `${path}: ${detail}`, ...(fix === undefined ? {} : { fix }) };
}

async function tryBatch(
  deps: WriteDeps,
  batch: WriteBatch,
  signal: AbortSignal,
): Promise<Result<WriteResult, SourceError>> {
  const room = deps.api.writeRoom();
  if (!room.ok) return room;
  const proof = batch.again ? await findProof(deps, batch, signal) : ok({ tag: "none" } as const);
  if (!proof.ok) return proof;
  if (proof.value.tag === "landed") return landed(deps, batch, proof.value.written, signal);
  const planned = await planBatch(deps, batch, signal);
  if (!planned.ok) return planned;
  const { plans, outcomes } = planned.value;
  const sent = await send(deps, batch, plans, proof.value.tag === "other", signal);
  return sent.ok ? ok({ outcomes: [...outcomes, ...sent.value] }) : sent;
}

async function landed(
  deps: WriteDeps,
  batch: WriteBatch,
  written: readonly boolean[],
  signal: AbortSignal,
): Promise<Result<WriteResult, SourceError>> {
  const now = await planBatch(deps, onLanding(batch, written), signal);
  if (!now.ok) return now;
  const { plans } = now.value;
  const outcomes = afterLanding(batch, plans, written);
  const standing = new Set(outcomes.flatMap(({ id, tag }) => (tag === "written" ? [id] : [])));
  const sorted = await putBackUnheard(deps, batch, plans, standing, signal);
  return ok({ outcomes: outcomes.map((one) => sorted.get(one.id) ?? one) });
}

/** What was sent and not heard of, the last first: a repair of a batch may have gone astray as well. */
async function putBackUnheard(
  deps: WriteDeps,
  batch: WriteBatch,
  plans: readonly TabPlan[],
  standing: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WriteOutcome>> {
  const tabs = (of: readonly TabPlan[]) => new Map(of.map(({ tab }) => [tab.tabId, tab]));
  const sorted = new Map<string, WriteOutcome>();
  const astray = new Set<string>();
  let now = tabs(plans);
  const notes = batch.memo?.notes ?? [];
  for (const [at, note] of [...notes.entries()].toReversed()) {
    const noted = readNote(note);
    const struck = unheardOf(noted, now, { standing, astray });
    for (const plan of noted) if (plan.steps.some(isRepair)) astray.add(plan.tab.tabId);
    if (struck.length === 0) continue;
    const open = { struck, notes: notes.slice(0, at + 1) };
    for (const [id, one] of await putBack(deps, batch, open, signal)) sorted.set(id, one);
    const fresh = await planBatch(deps, batch, signal);
    if (!fresh.ok) break;
    now = tabs(fresh.value.plans);
  }
  return sorted;
}

/** `outcomes`: of edits whose tab is not there, or that must wait for others. */
interface Planned {
  readonly plans: readonly TabPlan[];
  readonly outcomes: readonly WriteOutcome[];
}

async function planBatch(
  deps: WriteDeps,
  { tabs }: WriteBatch,
  signal: AbortSignal,
): Promise<Result<Planned, SourceError>> {
  const fresh = await readFreshTabs(deps, tabs.map(askOf), signal);
  if (!fresh.ok) return fresh;
  const plans: TabPlan[] = [];
  const outcomes: WriteOutcome[] = [];
  for (const write of tabs) {
    const tab = fresh.value.get(write.tabId);
    if (!tab) outcomes.push(...withoutTab(write));
    else if (plans.some((plan) => plan.tab.sheetId === tab.sheetId)) {
      // Rows that come and go through the one would move what the other is about.
      outcomes.push(
        ...write.edits.map(({ id }) => later(id, "Another table of the same tab is written first")),
      );
    } else plans.push(decideTab(write, tab, deps.rules));
  }
  return ok({ plans, outcomes });
}

/**
 * `stale`: something of another batch stands where this one's proof is to be. Where nothing is left to write of a batch
 * that comes again its proof is left all the same: else its original, late, could land after its edits were decided.
 */
async function send(
  deps: WriteDeps,
  batch: WriteBatch,
  plans: readonly TabPlan[],
  stale: boolean,
  signal: AbortSignal,
): Promise<Result<readonly WriteOutcome[], SourceError>> {
  const { api, sourceId } = deps;
  const outcomes = plans.flatMap((plan) => plan.outcomes);
  let left = plans;
  let replace = stale;
  for (let sends = 0; ; sends++) {
    if (sends >= SENDS_MAX) {
      outcomes.push(...idsOf(left).map((id) => later(id, "Google refused others of its batch")));
      left = [];
    }
    const ids = new Set(idsOf(left));
    if (ids.size === 0 && !batch.again) return ok(outcomes);
    const proof = proofOf(
      sourceId,
      batch,
      editsOf(batch).map(({ id }) => ids.has(id)),
    );
    const note = noteOf(left);
    if (note !== null && (await batch.memo?.keep(withSent(batch.memo.notes, note))) === false)
      return err(UNNOTED);
    const built = batchRequests(left, proof, replace);
    const answer = await api.update(built.requests, built.ranges, signal);
    if (answer.ok) {
      const shown = parseUpdated(answer.value);
      if (!shown.ok) return shown;
      return ok([...outcomes, ...(await checked(deps, batch, left, shown.value, signal))]);
    }
    const refusal = whichRefused(answer.error, built);
    if (refusal.tag === "error") return err(refusal.error);
    if (refusal.tag === "proof") {
      if (sends > SENDS_MAX) return err({ tag: "Unreachable", detail: "Google keeps no proof of the batch" });
      const found = await findProof(deps, batch, signal);
      if (!found.ok) return found;
      if (found.value.tag === "landed") {
        const done = await landed(deps, batch, found.value.written, signal);
        return done.ok ? ok(done.value.outcomes) : done;
      }
      replace = true;
    } else if (refusal.tag === "moved") {
      outcomes.push(...[...ids].map((id) => later(id, "The tab changed while it was written")));
      left = [];
    } else {
      const { why } = refusal;
      outcomes.push(
        ...refusal.ids.map((id) => ({ id, tag: "refused", code: "google-refused", why }) as const),
      );
      left = left.map((plan) => without(plan, refusal.ids));
    }
  }
}

function idsOf(plans: readonly TabPlan[]): string[] {
  return plans.flatMap(({ steps }) => steps.map(({ edit }) => edit.id));
}

/** Outcomes of what was written; edits that missed their rows or columns wait. */
async function checked(
  deps: WriteDeps,
  batch: WriteBatch,
  plans: readonly TabPlan[],
  shown: ReadonlyMap<number, Shown>,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const written = plans.flatMap((plan) => outcomesOf(plan, shown.get(plan.tab.sheetId)));
  const struck = struckOf(plans, shown);
  if (struck.length === 0) return written;
  const steps = struck.flatMap(({ hit }) => hit.missed).filter(({ tag }) => tag !== "add");
  const missed = new Set(steps.map(({ edit }) => edit.id));
  const sorted = await putBack(deps, batch, { struck, notes: batch.memo?.notes ?? [] }, signal);
  return written.map((one) => (missed.has(one.id) ? later(one.id, MOVED) : (sorted.get(one.id) ?? one)));
}

const MOVED = "Somebody moved rows or columns while it was written: what was hit was put back";

function without({ steps, ...plan }: TabPlan, ids: readonly string[]): TabPlan {
  return { ...plan, steps: steps.filter(({ edit }: Step) => !ids.includes(edit.id)) };
}

/** The rows of the edits, those around them, and the end of the table. */
function askOf({ tabId, baseline, edits }: TabWrite): FreshAsk {
  return {
    tabId,
    cells: baseline.order.length * baseline.columns.length,
    rows(tab) {
      const located = locate(baseline, tab.snapshot);
      const { length } = tab.snapshot.rows;
      const places = edits.flatMap((edit) => {
        const row = edit.tag === "add" ? edit.after : edit.row;
        const place = row == null ? null : located.row(row);
        return place?.tag === "at" ? [place.at] : [];
      });
      return [...around(places), 0, length - 1, length]
        .filter((at) => at >= 0 && at <= length)
        .map((at) => tab.gridRow(at));
    },
  };
}

/** The tab is gone, and with it every row. */
function withoutTab({ edits }: TabWrite): WriteOutcome[] {
  return edits.map((edit): WriteOutcome => {
    const { id } = edit;
    if (edit.tag === "remove") return { id, tag: "written" };
    if (edit.tag === "add") return { id, tag: "refused", code: "tab-gone", why: TAB_GONE };
    return { id, tag: "conflict", reason: "row-gone", theirs: null, asked: edit.policy === "ask" };
  });
}

const TAB_GONE = "The tab is no longer there, or is not synced any more";

function later(id: string, why: string): WriteOutcome {
  return { id, tag: "later", why };
}
