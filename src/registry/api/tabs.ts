import { Elysia } from "elysia";
import { mirrorName } from "#contract/document-name.ts";
import type { Documents, LiveDocument } from "../../sync/documents.ts";
import type { Views } from "../../sync/views.ts";
import type { Registry } from "../registry.ts";
import { answers, rowsSchema, tabsSchema } from "./answer-schemas.ts";
import { etagOf, matchesEtag } from "./etag.ts";
import type { EventStreams } from "./event-streams.ts";
import { EVENTS_DETAIL, parseEventsQuery } from "./events-query.ts";
import { fileFormat } from "./file-answer.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, registryProblem } from "./problems.ts";
import { rowsBody, rowsContent } from "./rows-body.ts";
import { negotiateFormat, parseRowsQuery, ROWS_FORMATS } from "./rows-query.ts";
import { createSnapshots, SNAPSHOT_DETAIL } from "./snapshots.ts";
import { TAB_FILE_DETAIL, tabFile } from "./tab-file.ts";
import { claimsFor, VIEW_PARAMETERS, viewOf } from "./view-query.ts";
import { unknownView } from "./views.ts";

export interface TabRoutesDeps {
  readonly registry: Registry;
  readonly documents: Documents;
  readonly views: Pick<Views, "open">;
  readonly streams: EventStreams;
  readonly grants: Grants;
  readonly permits: Permits;
  /** Told of the source whose rows somebody asked for. */
  readonly onLooked?: ((source: string) => void) | undefined;
}

/** Gives the view that `?view=` names, with the bearer's claims, else the tab. */
const PERMIT = { action: "read", view: "in query" } as const;

/** The tabs of a source and what stands in them. */
export function tabRoutes(deps: TabRoutesDeps) {
  const { registry, documents, views, streams, grants, permits, onLooked } = deps;
  const snapshots = createSnapshots();

  /** The document of the tab, or of the view that is asked for; or the answer that says why there is none. */
  async function open(
    place: { id: string; tab: string },
    request: Request,
  ): Promise<LiveDocument | Response> {
    const { id, tab } = place;
    const source = await registry.get(id);
    if (!source.ok) return registryProblem(source.error);
    const claims = claimsFor(request, grants.get(request)!, { source: id, tab });
    if (!claims.ok) {
      if (claims.error.tag === "Invalid") return invalid(claims.error.problems);
      return problem("forbidden", {
        detail: `Claims in the address are for who administers ${id}/${tab}: the token says its bearer's.`,
      });
    }
    const view = viewOf(request);
    const document =
      view === null
        ? await documents.open(mirrorName(id, tab))
        : await views.open({ source: id, tab, kind: "view", view }, claims.value);
    if (document.ok) {
      onLooked?.(id);
      return document.value;
    }
    if (document.error.tag === "StorageError") return registryProblem(document.error);
    if (document.error.tag === "MissingClaim") {
      return problem("missing-claim", {
        detail: `The view "${view}" needs the claim "${document.error.claim}", which the token does not have.`,
      });
    }
    if (view !== null) return unknownView({ source: id, tab, view });
    const names = source.value.tabs.map(({ name }) => `"${name}"`).join(", ") || "none yet";
    return problem("unknown-tab", { detail: `Source "${id}" has no tab "${tab}"; its tabs: ${names}.` });
  }

  return new Elysia({ name: "tabs" })
    .use(permits)
    .get(
      "/datasources/:id/tabs",
      async ({ params }) => {
        const source = await registry.get(params.id);
        return source.ok ? Response.json(source.value.tabs) : registryProblem(source.error);
      },
      {
        permit: "read",
        detail: {
          tags: ["Tabs"],
          summary: "List the tabs of a source",
          responses: answers(200, "Its tabs, in the source's order.", tabsSchema),
        },
      },
    )
    .get(
      "/datasources/:id/tabs/:tab/rows",
      async ({ params, request }) => {
        const document = await open(params, request);
        return document instanceof Response ? document : rows(document, request);
      },
      { permit: PERMIT, detail: ROWS_DETAIL },
    )
    .get(
      "/datasources/:id/tabs/:tab/download",
      async ({ params, request }) => {
        const format = fileFormat(new URL(request.url).searchParams);
        if (!format.ok) return invalid(format.error);
        const document = await open(params, request);
        return document instanceof Response ? document : tabFile(document, format.value, viewOf(request));
      },
      {
        permit: PERMIT,
        detail: {
          ...TAB_FILE_DETAIL,
          parameters: [...TAB_FILE_DETAIL.parameters, ...VIEW_PARAMETERS],
        },
      },
    )
    .get(
      "/datasources/:id/tabs/:tab/snapshot",
      async ({ params, request }) => {
        const document = await open(params, request);
        return document instanceof Response ? document : snapshots.answer(document, request);
      },
      {
        permit: PERMIT,
        detail: { ...SNAPSHOT_DETAIL, parameters: [...SNAPSHOT_DETAIL.parameters, ...VIEW_PARAMETERS] },
      },
    )
    .get(
      "/datasources/:id/tabs/:tab/events",
      async ({ params, request }) => {
        const query = parseEventsQuery(request);
        if (!query.ok) return invalid(query.error);
        const document = await open(params, request);
        if (document instanceof Response) return document;
        const view = viewOf(request);
        const target = { source: params.id, tab: params.tab, ...(view !== null && { view }) };
        return streams.answer(document, { ...query.value, grant: grants.get(request)!, target });
      },
      { permit: PERMIT, detail: EVENTS_DETAIL },
    );
}

function rows(document: LiveDocument, request: Request): Response {
  const baseline = document.baseline();
  const query = parseRowsQuery(new URL(request.url).searchParams, baseline.columns);
  if (!query.ok) return invalid(query.error);
  const format = query.value.format ?? negotiateFormat(request.headers.get("accept"));
  if (format === null) {
    const known = Object.values(ROWS_FORMATS).join(", ");
    return problem("not-acceptable", { detail: `Rows come as ${known}: accept one of them.` });
  }
  // The epoch tells apart two documents that had this name, one after the other.
  const etag = etagOf(document.meta().epoch, document.revision(), format);
  const headers = { ETag: etag, Vary: "Accept", "Cache-Control": "private, no-cache" };
  if (matchesEtag(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const content = rowsContent(document.revision(), baseline, query.value);
  const type = format === "csv" ? `${ROWS_FORMATS.csv}; charset=utf-8; header=present` : ROWS_FORMATS[format];
  const link = content.next === null ? {} : { Link: nextLink(request.url, content.next) };
  return new Response(rowsBody(content, format), { headers: { ...headers, ...link, "Content-Type": type } });
}

/** RFC 8288; relative, since a proxy may know the daemon by another name. */
function nextLink(url: string, cursor: string): string {
  const { searchParams } = new URL(url);
  searchParams.set("cursor", cursor);
  return `<?${searchParams}>; rel="next"`;
}

const ROWS_DETAIL = {
  tags: ["Tabs"],
  summary: "The rows of a tab",
  description:
    "In display order, as they are durable. Dates and times are numbers in JSON (days since 1899-12-30; the column " +
    "names type and format) and ISO 8601 in CSV. An error cell is {error} in JSON and its code in CSV. CSV is exact: " +
    "text that begins with = + - @ is not changed.",
  parameters: [
    {
      name: "columns",
      in: "query" as const,
      description: "Keys of the columns to give, comma-separated or repeated, in this order.",
      schema: { type: "string" as const },
    },
    {
      name: "where",
      in: "query" as const,
      description:
        "Only rows that fulfil a condition, such as `Price < 100 and Category in ('Tents', 'Footwear')`. Names of " +
        "more than one word stand in double quotes, texts in single ones, dates as date '2026-05-01'.",
      schema: { type: "string" as const },
    },
    {
      name: "order",
      in: "query" as const,
      description: "Keys to sort by, such as `Price desc, SKU`; blank cells come last.",
      schema: { type: "string" as const },
    },
    {
      name: "cursor",
      in: "query" as const,
      description: "Goes on where a page with a limit ended: its `next`, or its Link header.",
      schema: { type: "string" as const },
    },
    {
      name: "limit",
      in: "query" as const,
      description: "Give this many rows at most.",
      schema: { type: "integer" as const, minimum: 1 },
    },
    {
      name: "format",
      in: "query" as const,
      description: "Instead of the Accept header.",
      schema: { type: "string" as const, enum: Object.keys(ROWS_FORMATS) },
    },
    ...VIEW_PARAMETERS,
    {
      name: "If-None-Match",
      in: "header" as const,
      description: "An ETag from before: answers 304 when nothing changed.",
      schema: { type: "string" as const },
    },
  ],
  responses: {
    ...answers(200, "The rows.", rowsSchema, {
      "text/csv": { schema: { type: "string" } },
      "application/x-ndjson": { schema: { type: "string" } },
    }),
    304: { description: "Nothing changed since the ETag." },
  },
};
