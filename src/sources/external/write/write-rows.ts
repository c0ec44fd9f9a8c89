/** A request for each edit, as the templates of the settings say. */
import type { CellValue } from "#contract/cell.ts";
import type { FeedRequest, FeedWrite } from "#contract/feed.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import type { SourceError } from "../../source.ts";
import { tellFeed } from "../exchange.ts";
import { explainStatus } from "../problems.ts";
import type { FeedStep, FeedTabPlan } from "./decide.ts";
import { ANSWER_BYTES_MAX, type FeedWriteDeps, idempotencyKey, type Sent } from "./sending.ts";
import { addressOf, filledBody, type Lookup, setField } from "./template.ts";

/**
 * One after another. What the server cannot do just now ends the batch with its error: it comes again, and what was
 * done by then is found done.
 */
export async function writeRows(
  deps: FeedWriteDeps,
  templates: Extract<FeedWrite, { type: "rows" }>,
  receipt: number,
  plans: readonly FeedTabPlan[],
  signal: AbortSignal,
): Promise<Result<Sent, SourceError>> {
  const outcomes: WriteOutcome[] = [];
  const done: FeedStep[] = [];
  for (const plan of plans) {
    for (const step of plan.steps) {
      const template = templates[step.tag];
      if (!template) {
        const why = `The source's settings have no request for this kind of edit ("write.${step.tag}")`;
        outcomes.push({ id: step.edit.id, tag: "refused", code: "read-only", why });
        continue;
      }
      const told = await tell(deps, template, receipt, plan, step, signal);
      if (!told.ok) return told;
      if (told.value) outcomes.push(told.value);
      else done.push(step);
    }
  }
  return ok({ outcomes, done });
}

/** Null: it was done. */
async function tell(
  deps: FeedWriteDeps,
  template: FeedRequest,
  receipt: number,
  plan: FeedTabPlan,
  step: FeedStep,
  signal: AbortSignal,
): Promise<Result<WriteOutcome | null, SourceError>> {
  const lookup = lookupOf(plan, step);
  const body = template.body === undefined ? ownBody(plan, step) : filledBody(template.body, lookup);
  const { id } = step.edit;
  const url = addressOf(template.url, lookup);
  if (url === null) {
    const why = "The row's key, or another value, is blank or all dots and cannot stand in an address";
    return ok({ id, tag: "refused", code: "key", why });
  }
  const answer = await tellFeed(deps, {
    method: template.method,
    url,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...template.headers,
      "idempotency-key": idempotencyKey(deps.sourceId, receipt, id),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    bytesMax: ANSWER_BYTES_MAX,
    endMs: deps.clock.monotonicMs() + deps.limits.feedRequestMsMax,
    signal,
  });
  if (!answer.ok) {
    // An answer that is too large came all the same.
    return answer.error.tag === "TooLarge" ? ok(null) : err(answer.error);
  }
  const { status, headers } = answer.value;
  if (status >= 200 && status < 300) return ok(null);
  if (status === 404 || status === 410) return ok(goneOf(step));
  if (status === 409 || status === 412) {
    return ok({ id, tag: "later", why: `The feed answers ${status}: it changed while it was written` });
  }
  const error = explainStatus(status, headers, deps.clock.nowMs());
  if (error.tag !== "Malformed") return err(error);
  const why = `The feed refuses it with the status ${status}`;
  return ok({ id, tag: "refused", code: "feed-refused", why });
}

function goneOf({ tag, edit }: FeedStep): WriteOutcome | null {
  if (tag === "remove") return null;
  if (tag === "add") {
    return {
      id: edit.id,
      tag: "refused",
      code: "feed-refused",
      why: "The feed has no such address for new rows",
    };
  }
  return { id: edit.id, tag: "conflict", reason: "row-gone", theirs: null, asked: edit.policy === "ask" };
}

/** Headers win over nothing: `{key}`, `{column}`, `{value}` and `{row}` are the step's own. */
function lookupOf({ table }: FeedTabPlan, step: FeedStep): Lookup {
  const { snapshot, fields } = table;
  const row: readonly CellValue[] = step.tag === "add" ? step.values : snapshot.rows[step.at]!;
  const key = snapshot.keyColumn === undefined ? null : (row[snapshot.keyColumn] ?? null);
  return (name) => {
    if (name === "key") return key;
    if (step.tag === "cell" && name === "value") return step.value;
    if (step.tag === "cell" && name === "column") return fields[step.column];
    if (name === "row")
      return objectOf(fields, step.tag === "cell" ? withCell(row, step.column, step.value) : row);
    const at = snapshot.columns.findIndex(({ header }) => header === name);
    if (at < 0) return undefined;
    return step.tag === "cell" && at === step.column ? step.value : (row[at] ?? null);
  };
}

function ownBody({ table }: FeedTabPlan, step: FeedStep): unknown {
  if (step.tag === "remove") return undefined;
  if (step.tag === "add") return objectOf(table.fields, step.values);
  return objectOf([table.fields[step.column]!], [step.value], true);
}

/** Empty cells are fields that are not there, unless `all` are wanted. */
function objectOf(fields: readonly string[], values: readonly CellValue[], all = false): object {
  const row: Record<string, unknown> = {};
  fields.forEach((field, at) => {
    const value = values[at] ?? null;
    if (all || value !== null) setField(row, field, value);
  });
  return row;
}

function withCell(row: readonly CellValue[], at: number, value: CellValue): CellValue[] {
  const changed = Array.from({ length: Math.max(row.length, at + 1) }, (_, i) => row[i] ?? null);
  changed[at] = value;
  return changed;
}
