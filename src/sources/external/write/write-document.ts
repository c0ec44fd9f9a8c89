/** The whole document again, with the edits in it, where nobody changed it meanwhile. */
import type { CellValue } from "#contract/cell.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import type { SourceError } from "../../source.ts";
import { tellFeed } from "../exchange.ts";
import { explainStatus } from "../problems.ts";
import type { FeedStep, FeedTabPlan } from "./decide.ts";
import type { FreshFeed } from "./fresh-feed.ts";
import { ANSWER_BYTES_MAX, type FeedWriteDeps, idempotencyKey, type Sent } from "./sending.ts";
import { setField } from "./template.ts";

/** Null: the document changed meanwhile, and nothing was done. */
export async function writeDocument(
  deps: FeedWriteDeps,
  receipt: number,
  fresh: FreshFeed,
  plans: readonly FeedTabPlan[],
  signal: AbortSignal,
): Promise<Result<Sent | null, SourceError>> {
  const { root, listAt, exact } = fresh.documents[0]!.json!;
  const outcomes: WriteOutcome[] = [];
  const done: FeedStep[] = [];
  for (const plan of plans) {
    const refusal = !exact ? INEXACT : change(plan, listAt(plan.table.plan.rowsPath));
    for (const step of plan.steps) {
      if (refusal) outcomes.push({ id: step.edit.id, tag: "refused", ...refusal });
      else done.push(step);
    }
  }
  if (done.length === 0) return ok({ outcomes, done });
  const strong = fresh.etag !== undefined && !fresh.etag.startsWith("W/");
  const answer = await tellFeed(deps, {
    method: "PUT",
    url: deps.plan.url,
    headers: {
      "content-type": "application/json",
      "idempotency-key": idempotencyKey(deps.sourceId, receipt, "document"),
      ...(strong ? { "if-match": fresh.etag } : {}),
    },
    body: JSON.stringify(root),
    bytesMax: ANSWER_BYTES_MAX,
    endMs: deps.clock.monotonicMs() + deps.limits.feedRequestMsMax,
    signal,
  });
  if (!answer.ok) return answer.error.tag === "TooLarge" ? ok({ outcomes, done }) : err(answer.error);
  const { status, headers } = answer.value;
  if (status >= 200 && status < 300) return ok({ outcomes, done });
  if (status === 409 || status === 412) return ok(null);
  const error = explainStatus(status, headers, deps.clock.nowMs());
  if (error.tag !== "Malformed") return err(error);
  const why = `The feed refuses the document with the status ${status}`;
  const refused = done.map(
    ({ edit }) => ({ id: edit.id, tag: "refused", code: "feed-refused", why }) as const,
  );
  return ok({ outcomes: [...outcomes, ...refused], done: [] });
}

const INEXACT = {
  code: "inexact-numbers",
  why: "The feed has numbers that are too long to be written back as they are",
};

/** Changes the rows in `list` in place, or says why none of them can be. */
function change({ table, steps }: FeedTabPlan, list: unknown[] | null): { code: string; why: string } | null {
  if (steps.length === 0) return null;
  const rows = list?.every(isRow) ? (list as Record<string, unknown>[]) : null;
  if (!rows || rows.length !== table.snapshot.rows.length) {
    return {
      code: "no-list",
      why: "The tab's rows are not one list of objects, so that they cannot be written back",
    };
  }
  if (table.fields.some((field) => field.startsWith("$"))) {
    return { code: "column-path", why: "A column is read by a path, which is no name to write back to" };
  }
  // By the objects themselves: places move as rows come and go.
  const at = [...rows];
  for (const step of steps) {
    if (step.tag === "cell") setField(at[step.at]!, table.fields[step.column]!, step.value);
  }
  for (const step of steps) if (step.tag === "remove") rows.splice(rows.indexOf(at[step.at]!), 1);
  // Of rows added at one place the first stands first.
  for (const step of steps.toReversed()) {
    if (step.tag !== "add" || step.after === null) continue;
    const above = step.after < 0 ? -1 : rows.indexOf(at[step.after]!);
    // The row that it was to follow went in this very batch: then the end is its place.
    rows.splice(step.after >= 0 && above < 0 ? rows.length : above + 1, 0, rowOf(table.fields, step.values));
  }
  for (const step of steps) {
    if (step.tag === "add" && step.after === null) rows.push(rowOf(table.fields, step.values));
  }
  return null;
}

function rowOf(fields: readonly string[], values: readonly CellValue[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  fields.forEach((field, at) => {
    if ((values[at] ?? null) !== null) setField(row, field, values[at]!);
  });
  return row;
}

function isRow(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
