import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { AuditAnswer, AuditEntryAnswer } from "#contract/audit.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { AUDIT_ID, type Audit, type AuditEntry, type AuditQuery } from "../../access/audit.ts";
import { suggest } from "../suggest.ts";
import { answers } from "./answer-schemas.ts";
import type { Permits } from "./permits.ts";
import { invalid } from "./problems.ts";

const NDJSON = "application/x-ndjson";
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
/** Text is handed to the reader in pieces of about this size. */
const PIECE_CHARS = 64 * 1024;
const PARAMETERS = ["since", "until", "subject", "action", "target", "limit", "cursor"];

interface Asked {
  readonly query: AuditQuery;
  /** Null: as many as an answer of its kind gives. */
  readonly limit: number | null;
}

const entrySchema = Type.Object({
  id: Type.String(),
  at: Type.String({ format: "date-time" }),
  subject: Type.String(),
  action: Type.String(),
  target: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
});
const auditSchema = Type.Object({
  entries: Type.Array(entrySchema),
  next: Type.Optional(Type.String({ description: "The cursor of the next page." })),
});

/** The audit: a page at a time as JSON, or all of it as NDJSON. */
export function auditRoutes({ audit, permits }: { audit: Audit; permits: Permits }) {
  return new Elysia({ name: "audit" }).use(permits).get(
    "/api/v1/audit",
    async ({ request }) => {
      const asked = parseQuery(new URL(request.url).searchParams);
      if (!asked.ok) return invalid(asked.error);
      const { query, limit } = asked.value;
      const wantsAll = request.headers.get("accept")?.includes(NDJSON) ?? false;
      if (wantsAll) return exported(audit, query, limit ?? Number.POSITIVE_INFINITY);
      return Response.json(await page(audit, query, Math.min(limit ?? LIMIT_DEFAULT, LIMIT_MAX)));
    },
    { permit: "admin", detail: DETAIL },
  );
}

async function page(audit: Audit, query: AuditQuery, limit: number): Promise<AuditAnswer> {
  const entries: AuditEntryAnswer[] = [];
  for await (const entry of audit.read(query)) {
    if (entries.length === limit) return { entries, next: entries.at(-1)!.id };
    entries.push(answer(entry));
  }
  return { entries };
}

function exported(audit: Audit, query: AuditQuery, limit: number): Response {
  const entries = audit.read(query);
  const encoder = new TextEncoder();
  let left = limit;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = "";
      while (text.length < PIECE_CHARS && left > 0) {
        const { value, done } = await entries.next();
        left = done ? 0 : left - 1;
        if (!done) text += `${JSON.stringify(answer(value))}\n`;
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (left === 0) controller.close();
    },
    async cancel() {
      await entries.return(undefined);
    },
  });
  return new Response(body, { headers: { "Content-Type": NDJSON } });
}

function answer({ at, target, address, ...rest }: AuditEntry): AuditEntryAnswer {
  return {
    ...rest,
    at: new Date(at).toISOString(),
    ...(target !== "" && { target }),
    ...(address !== "" && { address }),
  };
}

function parseQuery(params: URLSearchParams): Result<Asked, readonly FieldProblem[]> {
  const problems: FieldProblem[] = [];
  for (const name of new Set(params.keys())) {
    const meant = suggest(name, PARAMETERS);
    const fix = meant ? `did you mean "${meant}"?` : `use some of ${PARAMETERS.join(", ")}`;
    if (!PARAMETERS.includes(name)) problems.push({ field: name, problem: "is not a parameter here", fix });
  }
  const time = (name: string): number | undefined => {
    const text = params.get(name);
    const ms = text === null ? undefined : Date.parse(text);
    if (!Number.isNaN(ms)) return ms;
    const fix = "write ISO 8601, such as 2026-11-20T08:00:00Z";
    problems.push({ field: name, problem: `"${text}" is not a time`, fix });
    return undefined;
  };
  const [since, until] = [time("since"), time("until")];
  const limit = params.get("limit");
  if (limit !== null && !/^[1-9]\d{0,8}$/.test(limit)) {
    problems.push({ field: "limit", problem: `"${limit}" is not a number of entries`, fix: "write digits" });
  }
  const before = params.get("cursor");
  if (before !== null && !AUDIT_ID.test(before)) {
    const fix = "give `next` of the page before, or leave it out";
    problems.push({ field: "cursor", problem: "is not a cursor of this list", fix });
  }
  if (problems.length > 0) return err(problems);
  const texts = ["subject", "action", "target"].flatMap((name) => {
    const text = params.get(name);
    return text === null ? [] : [[name, text]];
  });
  return ok({
    limit: limit === null ? null : Number(limit),
    query: {
      ...(Object.fromEntries(texts) as Pick<AuditQuery, "subject" | "action" | "target">),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...(before !== null && { before }),
    },
  });
}

const parameter = (name: string, description: string) => ({
  name,
  in: "query" as const,
  description,
  schema: { type: "string" as const },
});

const DETAIL = {
  tags: ["Operation"],
  summary: "Who did what, when and from where",
  description:
    "The newest first: a page as JSON, or all that match as NDJSON when Accept asks for it. Entries are never changed, and erased when they are older than SHEETWIRE_LIMIT_AUDIT_DAYS_MAX days.",
  parameters: [
    parameter("since", "ISO 8601: from this time on."),
    parameter("until", "ISO 8601: before this time."),
    parameter("subject", "Who, such as admin or user:alice."),
    parameter("action", 'What, such as "source.update", or "source" for all actions on sources.'),
    parameter("target", 'To what, such as "source/shop"; all below it, too.'),
    parameter("limit", `Entries at most; of JSON ${LIMIT_DEFAULT} when absent, ${LIMIT_MAX} at most.`),
    parameter("cursor", "`next` of the page before."),
  ],
  responses: answers(200, "The entries.", auditSchema, {
    [NDJSON]: { schema: { type: "string" } },
  }),
};
