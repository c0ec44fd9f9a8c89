import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { suggest } from "../suggest.ts";
import { answers } from "./answer-schemas.ts";
import { CLAIM_PREFIX, VIEW_PARAMETERS } from "./view-query.ts";

/** Where a token may stand in the address: an EventSource cannot set headers. */
export const EVENTS_PATH: RegExp = /^\/datasources\/[^/]+\/tabs\/[^/]+\/events\/?$/;

const PARAMETERS = ["from", "view", "token"];

/** Reads `?from=now` and Last-Event-ID; anything else is refused, not ignored. */
export function parseEventsQuery(
  request: Request,
): Result<{ readonly lastEventId: string | null; readonly fromNow: boolean }, readonly FieldProblem[]> {
  const query = new URL(request.url).searchParams;
  const problems: FieldProblem[] = [];
  for (const name of new Set(query.keys())) {
    if (PARAMETERS.includes(name) || name.startsWith(CLAIM_PREFIX)) continue;
    const meant = suggest(name, PARAMETERS);
    const fix = meant ? `did you mean "${meant}"?` : `leave it out; there are ${PARAMETERS.join(", ")}`;
    problems.push({ field: name, problem: "is not a parameter of this request", fix });
  }
  const from = query.get("from");
  if (from !== null && from !== "now") {
    problems.push({ field: "from", problem: "is not known", fix: "use now, or leave it out" });
  }
  if (problems.length > 0) return err(problems);
  return ok({ lastEventId: request.headers.get("last-event-id") || null, fromNow: from === "now" });
}

export const EVENTS_DETAIL = {
  tags: ["Tabs"],
  summary: "The changes of a tab as server-sent events",
  description:
    "First `reset` with {revision, columns, rows}, then a `change` for each change once it is durable: {revision, " +
    "columns?, added, changed, removed, order}. Rows are objects with $row; `changed` holds changed cells alone; the " +
    "splices of `order` apply one after the other to the list of $row. The id is the revision: who comes back with it as " +
    "Last-Event-ID, as an EventSource does by itself, gets what follows, or `reset` when that is too long ago.",
  "x-token-in-query": true,
  parameters: [
    {
      name: "from",
      in: "query" as const,
      description: "now: changes alone, without the rows as they are.",
      schema: { type: "string" as const, enum: ["now"] },
    },
    {
      name: "token",
      in: "query" as const,
      description:
        "The token, for an EventSource, which cannot set headers. Addresses end up in logs: use a short-lived one.",
      schema: { type: "string" as const },
    },
    {
      name: "Last-Event-ID",
      in: "header" as const,
      description: "The id of the last event that the reader has.",
      schema: { type: "string" as const },
    },
    ...VIEW_PARAMETERS,
  ],
  responses: answers(200, "Events until the reader goes, the tab is deleted or the token ends.", undefined, {
    "text/event-stream": { schema: { type: "string" } },
  }),
};
