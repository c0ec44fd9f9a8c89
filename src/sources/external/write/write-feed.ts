/**
 * Writes a batch of edits into a feed of JSON: read it as it stands, decide each edit on that, send, and read again
 * what the feed made of it. A batch that comes again finds done what was done.
 */
import { cellsEqual } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import type { TabWrite, WriteBatch, WriteOutcome, WriteResult } from "../../../model/write.ts";
import type { SourceError } from "../../source.ts";
import { decideFeedTab, type FeedStep, type FeedTabPlan } from "./decide.ts";
import { type FreshFeed, readFreshFeed } from "./fresh-feed.ts";
import type { FeedWriteDeps, Sent } from "./sending.ts";
import { writeDocument } from "./write-document.ts";
import { writeRows } from "./write-rows.ts";

/** A document that others change all the time is tried so often. */
const ATTEMPTS = 3;

export async function writeFeed(
  deps: FeedWriteDeps,
  batch: WriteBatch,
  signal: AbortSignal,
): Promise<Result<WriteResult, SourceError>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const fresh = await readFreshFeed(deps, signal);
    if (!fresh.ok) return fresh;
    const { plans, outcomes } = planBatch(deps, batch, fresh.value, attempt > 0);
    const sent = await send(deps, batch, fresh.value, plans, signal);
    if (!sent.ok) return sent;
    if (sent.value === null) continue;
    const { done } = sent.value;
    const after = done.length > 0 ? await readFreshFeed(deps, signal) : fresh;
    const written = plans.flatMap((plan) => writtenOf(plan, batch, done, after.ok ? after.value : null));
    const decided = plans.flatMap((plan) => plan.outcomes);
    return ok({ outcomes: [...outcomes, ...decided, ...sent.value.outcomes, ...written] });
  }
  const why = "Others changed the feed each time that it was written";
  const edits = batch.tabs.flatMap((tab) => tab.edits);
  return ok({ outcomes: edits.map(({ id }) => ({ id, tag: "later", why })) });
}

function planBatch(
  { rules }: FeedWriteDeps,
  { tabs, again }: WriteBatch,
  { tables }: FreshFeed,
  repeated: boolean,
): { readonly plans: readonly FeedTabPlan[]; readonly outcomes: readonly WriteOutcome[] } {
  const plans: FeedTabPlan[] = [];
  const outcomes: WriteOutcome[] = [];
  for (const write of tabs) {
    const table = tables.get(write.tabId);
    if (table) {
      plans.push(decideFeedTab(write, table, { again: again || repeated, newRows: rules.newRows }));
    } else outcomes.push(...withoutTab(write));
  }
  return { plans, outcomes };
}

async function send(
  deps: FeedWriteDeps,
  { receipt }: WriteBatch,
  fresh: FreshFeed,
  plans: readonly FeedTabPlan[],
  signal: AbortSignal,
): Promise<Result<Sent | null, SourceError>> {
  const how = deps.plan.write;
  if (plans.every((plan) => plan.steps.length === 0)) return ok({ outcomes: [], done: [] });
  if (how?.type === "rows") return writeRows(deps, how, receipt, plans, signal);
  return writeDocument(deps, receipt, fresh, plans, signal);
}

/** `after`: null where it could not be read. A feed may show its change only later: then the wish itself is told. */
function writtenOf(
  plan: FeedTabPlan,
  { tabs }: WriteBatch,
  done: readonly FeedStep[],
  after: FreshFeed | null,
): WriteOutcome[] {
  const { tabId } = plan.table.plan;
  const write = tabs.find((tab) => tab.tabId === tabId)!;
  const table = after?.tables.get(tabId);
  const now = table ? decideFeedTab({ ...write, edits: [] }, table, { again: true }) : null;
  return plan.steps
    .filter((step) => done.includes(step))
    .map((step): WriteOutcome => {
      const { id } = step.edit;
      if (step.tag === "remove") return { id, tag: "written" };
      if (step.tag === "add") {
        const found =
          table && decideFeedTab({ ...write, edits: [step.edit] }, table, { again: true }).outcomes[0];
        return found?.tag === "written" ? found : { id, tag: "written", values: step.edit.values };
      }
      const lost = step.lost === undefined ? {} : { lost: step.lost };
      const [row, column] = [now?.located.row(step.edit.row), now?.located.column(step.edit.slot)];
      const seen =
        row?.tag === "at" && column?.tag === "at"
          ? (table?.snapshot.rows[row.at]?.[column.at] ?? null)
          : null;
      const before = plan.table.snapshot.rows[step.at]?.[step.column] ?? null;
      const value = row?.tag !== "at" || cellsEqual(seen, before) ? step.edit.value : seen;
      return { id, tag: "written", value, ...lost };
    });
}

function withoutTab({ edits }: TabWrite): WriteOutcome[] {
  return edits.map((edit): WriteOutcome => {
    const { id } = edit;
    if (edit.tag === "remove") return { id, tag: "written" };
    if (edit.tag === "add")
      return { id, tag: "refused", code: "tab-gone", why: "The tab is not synced any more" };
    return { id, tag: "conflict", reason: "row-gone", theirs: null, asked: edit.policy === "ask" };
  });
}
