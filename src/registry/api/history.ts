import { Elysia } from "elysia";
import { mirrorName } from "#contract/document-name.ts";
import type { HistoryAnswer, HistoryEntry, RestoreAnswer } from "#contract/history.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { may } from "../../access/grant.ts";
import type { EditDesk } from "../../actors/edits/edit-desk.ts";
import type { StorageError } from "../../backend/backend.ts";
import type { Present, TooOld } from "../../history/as-of.ts";
import type { History } from "../../history/history.ts";
import { type Plan, planRestore, planUndo } from "../../history/restore.ts";
import { keyHeader } from "../../model/edit-check.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Documents, LiveDocument } from "../../sync/documents.ts";
import {
  arrivalsOf,
  baselineOf,
  diffAnswer,
  entryAnswer,
  presentOf,
  restoreAnswer,
  stateAt,
} from "../history-desk.ts";
import type { Idempotency } from "../idempotency.ts";
import type { Registry } from "../registry.ts";
import { createTakeOnce, type TakenOnce } from "../take-once.ts";
import { readJson } from "./body.ts";
import { claimProblem, keyUse } from "./edits.ts";
import { AT_DETAIL, DIFF_DETAIL, HISTORY_DETAIL, RESTORE_DETAIL } from "./history-detail.ts";
import {
  type HistoryAsked,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseHistoryQuery,
  parseRestore,
  parseTimes,
  type RestoreAsked,
  unknownParameters,
} from "./history-query.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, registryProblem, storageProblem } from "./problems.ts";
import { rowsBody, rowsContent } from "./rows-body.ts";
import { negotiateFormat, parseRowsQuery, ROWS_FORMATS } from "./rows-query.ts";

export interface HistoryRoutesDeps {
  readonly history: History;
  readonly registry: Pick<Registry, "get">;
  readonly documents: Pick<Documents, "open">;
  /** Absent: nothing can be restored here. */
  readonly edits?: { readonly desk: EditDesk; readonly idempotency: Idempotency } | undefined;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly runtime: Pick<Runtime, "clock" | "random">;
  readonly bodyBytesMax?: number | undefined;
}

type Path = { readonly id: string; readonly tab: string };

/** One restore: more than anybody looks through in a preview, and a few minutes of writing. */
const RESTORE_EDITS_MAX = 10_000;
const NDJSON = "application/x-ndjson";
const PIECE_CHARS = 64 * 1024;

/** What changed in a tab, what it was, and how to have it back. */
export function historyRoutes(deps: HistoryRoutesDeps) {
  const { history, registry, documents, edits, grants, permits } = deps;
  const once = edits && createTakeOnce({ ...edits, random: deps.runtime.random });

  async function open({ id, tab }: Path): Promise<Result<LiveDocument, Response>> {
    const source = await registry.get(id);
    if (!source.ok) return err(registryProblem(source.error));
    const document = await documents.open(mirrorName(id, tab));
    if (document.ok) return document;
    if (document.error.tag === "StorageError") return err(storageProblem(document.error));
    return err(problem("unknown-tab", { detail: `Source "${id}" has no tab "${tab}".` }));
  }

  return new Elysia({ name: "history" })
    .use(permits)
    .get(
      "/datasources/:id/tabs/:tab/history",
      async ({ params, request }) => {
        const document = await open(params);
        if (!document.ok) return document.error;
        const { columns } = document.value.baseline();
        const asked = parseHistoryQuery(new URL(request.url).searchParams, columns);
        if (!asked.ok) return invalid(asked.error);
        const names = new Map(columns.map((column) => [column.slot, column]));
        const entries = entriesOf(history, params, asked.value, names);
        if (request.headers.get("accept")?.includes(NDJSON)) return exported(entries, asked.value.limit);
        return Response.json(await page(entries, Math.min(asked.value.limit ?? LIMIT_DEFAULT, LIMIT_MAX)));
      },
      { permit: "read", detail: HISTORY_DETAIL },
    )
    .get(
      "/datasources/:id/tabs/:tab/history/at",
      async ({ params, request }) => {
        const document = await open(params);
        return document.ok ? rowsAt(deps, params, document.value, request) : document.error;
      },
      { permit: "read", detail: AT_DETAIL },
    )
    .get(
      "/datasources/:id/tabs/:tab/history/diff",
      async ({ params, request }) => {
        const query = new URL(request.url).searchParams;
        const unknown = unknownParameters(query, ["from", "to"]);
        const times = parseTimes(query, query.has("to") ? ["from", "to"] : ["from"]);
        if (!times.ok || unknown.length > 0) return invalid([...unknown, ...(times.ok ? [] : times.error)]);
        const document = await open(params);
        if (!document.ok) return document.error;
        const [fromMs, toMs = deps.runtime.clock.nowMs()] = times.value as [number, number?];
        if (fromMs > toMs) {
          return invalid([{ field: "from", problem: "is later than `to`", fix: "exchange the two" }]);
        }
        const place = placeOf(params);
        const to = await stateAt(history, place, document.value, toMs);
        if (!to.ok) return stateProblem(to.error, "to");
        const from = await history.stateAt(place, await presentOf(document.value), fromMs);
        if (!from.ok) return stateProblem(from.error, "from");
        return Response.json(diffAnswer(from.value, to.value, [fromMs, toMs]));
      },
      { permit: "read", detail: DIFF_DETAIL },
    )
    .post(
      "/datasources/:id/tabs/:tab/restore",
      async ({ params, request }) => {
        const grant = grants.get(request)!;
        if (!may(grant, "read", placeOf(params))) {
          return problem("forbidden", {
            detail: `The token does not allow "read" on ${params.id}/${params.tab}: a restore tells what was.`,
          });
        }
        const body = await readJson(request, deps.bodyBytesMax);
        const use = keyUse(request, "restore", { subject: grant.subject, place: params, body });
        // Asked first: what is there by now is not what the first request was about.
        const before = once && !isPreview(body) ? await once.before(use) : ok(null);
        if (!before.ok) return claimProblem(before.error);
        if (before.value) return restored(before.value, null);
        const document = await open(params);
        if (!document.ok) return document.error;
        const asked = parseRestore(body, document.value.baseline().columns);
        if (!asked.ok) return invalid(asked.error);
        const plan = await planOf(deps, params, document.value, asked.value);
        if (!plan.ok) return plan.error;
        if (asked.value.preview) return Response.json(answerOf(plan.value));
        if (!once)
          return problem("edit-refused", { detail: "Nothing is edited here: only a preview can be had." });
        const { subject } = grant;
        const atMs = deps.runtime.clock.nowMs();
        const taken = await once.take(use, (name) =>
          arrivalsOf(plan.value.edits, { name, place: placeOf(params), subject, atMs }),
        );
        return taken.ok ? restored(taken.value, plan.value) : claimProblem(taken.error);
      },
      { permit: "write", detail: RESTORE_DETAIL },
    );
}

const placeOf = ({ id, tab }: Path) => ({ source: id, tab });

async function* entriesOf(
  history: History,
  path: Path,
  { query }: HistoryAsked,
  columns: Parameters<typeof entryAnswer>[1],
): AsyncGenerator<HistoryEntry> {
  for await (const entry of history.read(placeOf(path), query)) yield entryAnswer(entry, columns);
}

async function page(all: AsyncGenerator<HistoryEntry>, limit: number): Promise<HistoryAnswer> {
  const entries: HistoryEntry[] = [];
  for await (const entry of all) {
    if (entries.length === limit) return { entries, next: entries.at(-1)!.id };
    entries.push(entry);
  }
  return { entries };
}

/** All of it, read as the reader takes it. */
function exported(entries: AsyncGenerator<HistoryEntry>, limit: number | null): Response {
  const encoder = new TextEncoder();
  let left = limit ?? Number.POSITIVE_INFINITY;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = "";
      while (text.length < PIECE_CHARS && left > 0) {
        const { value, done } = await entries.next();
        left = done ? 0 : left - 1;
        if (!done) text += `${JSON.stringify(value)}\n`;
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

async function rowsAt(
  { history }: HistoryRoutesDeps,
  path: Path,
  document: LiveDocument,
  request: Request,
): Promise<Response> {
  const params = new URL(request.url).searchParams;
  const times = parseTimes(params, ["time"]);
  if (!times.ok) return invalid(times.error);
  const format = negotiateFormat(request.headers.get("accept"));
  if (format === null) {
    const known = Object.values(ROWS_FORMATS).join(", ");
    return problem("not-acceptable", { detail: `Rows come as ${known}: accept one of them.` });
  }
  const state = await stateAt(history, placeOf(path), document, times.value[0]!);
  if (!state.ok) return stateProblem(state.error, "time");
  params.delete("time");
  const query = parseRowsQuery(params, state.value.columns);
  if (!query.ok) return invalid(query.error);
  const revision = new Date(times.value[0]!).toISOString();
  const content = rowsContent(revision, baselineOf(state.value), query.value);
  const type = format === "csv" ? `${ROWS_FORMATS.csv}; charset=utf-8; header=present` : ROWS_FORMATS[format];
  return new Response(rowsBody(content, format), { headers: { "Content-Type": type, Vary: "Accept" } });
}

async function planOf(
  { history, registry }: HistoryRoutesDeps,
  path: Path,
  document: LiveDocument,
  asked: RestoreAsked,
): Promise<Result<Plan, Response>> {
  const plan = await (async (): Promise<Result<Plan, Response>> => {
    const now: Present = await presentOf(document);
    if (asked.tag === "batch") {
      const { cause } = asked;
      const entries = [];
      for await (const entry of history.read(placeOf(path), { cause })) {
        if (entries.push(entry) > RESTORE_EDITS_MAX) return err(tooMany("batch"));
      }
      if (entries.length > 0) return ok(planUndo(entries, now));
      const fix = "give the `cause` of an entry of the history";
      return err(invalid([{ field: "batch", problem: `nothing has the cause "${cause}"`, fix }]));
    }
    const then = await history.stateAt(placeOf(path), now, asked.timeMs);
    if (!then.ok) return err(stateProblem(then.error, "to"));
    const source = await registry.get(path.id);
    const title = document.meta().title;
    const header = source.ok ? keyHeader(source.value, { name: path.tab, title }) : undefined;
    const key = header === undefined ? undefined : now.columns.find((column) => column.header === header);
    return ok(planRestore(asked.target, then.value, now, key?.slot));
  })();
  return plan.ok && plan.value.edits.length > RESTORE_EDITS_MAX ? err(tooMany("body")) : plan;
}

/** What came of a request that was here before is told by its receipts: the plan of today is another. */
function restored({ name, receipts, again }: TakenOnce, plan: Plan | null): Response {
  const told = plan && !again ? answerOf(plan) : {};
  return Response.json({ ...told, restore: `restore:${name}`, receipts }, { status: 202 });
}

function isPreview(body: unknown): boolean {
  return typeof body === "object" && body !== null && "preview" in body && body.preview === true;
}

function answerOf({ edits, skipped }: Plan): RestoreAnswer {
  return { edits: edits.map(restoreAnswer), skipped };
}

function tooMany(field: string): Response {
  const problem = `needs more than ${RESTORE_EDITS_MAX} edits`;
  return invalid([{ field, problem, fix: "restore a part, such as row by row" }]);
}

function stateProblem(error: TooOld | StorageError, field: string): Response {
  if (error.tag === "StorageError") return storageProblem(error);
  const since = new Date(error.sinceMs).toISOString();
  return invalid([
    { field, problem: "is before what the history tells", fix: `give a time from ${since} on` },
  ]);
}
