import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Result } from "#contract/result.ts";
import type { Grant } from "../../access/grant.ts";
import type { ViewDesk, ViewDeskError, ViewPlace } from "../view-desk.ts";
import { createViewSchema, viewAnswerSchema, viewSchema } from "../view-schema.ts";
import { answers, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";

export interface ViewRoutesDeps {
  readonly views: ViewDesk;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

/** In the path `id` is the source, as everywhere. `name` and not `view`: who reads a view alone must not redefine it. */
const PATH = "/api/v1/views/:id/:tab/:name";

/** Views: list, make, show, change, delete; each for who administers the tab. */
export function viewRoutes({ views, grants, permits, bodyBytesMax }: ViewRoutesDeps) {
  const tags = ["Views"];
  /** The router let nobody through without one. */
  const bearer = (request: Request): Grant => grants.get(request)!;
  return new Elysia({ name: "views" })
    .use(permits)
    .get(
      "/api/v1/views",
      ({ request }) => {
        const query = new URL(request.url).searchParams;
        const [source, tab] = [query.get("source"), query.get("tab")];
        return Response.json(views.list(bearer(request), { ...(source && { source }), ...(tab && { tab }) }));
      },
      {
        permit: "mint",
        detail: {
          tags,
          summary: "List the views",
          parameters: [
            { name: "source", in: "query" as const, schema: { type: "string" as const } },
            { name: "tab", in: "query" as const, schema: { type: "string" as const } },
          ],
          responses: answers(200, "Views of the tabs that you administer.", Type.Array(viewAnswerSchema)),
        },
      },
    )
    .post(
      "/api/v1/views",
      async ({ request }) => {
        const made = await views.create(await readJson(request, bodyBytesMax), bearer(request));
        if (!made.ok) return viewProblem(made.error);
        const { source, tab, name } = made.value;
        const Location = `/api/v1/views/${[source, tab, name].map(encodeURIComponent).join("/")}`;
        return Response.json(made.value, { status: 201, headers: { Location } });
      },
      {
        permit: "mint",
        detail: {
          tags,
          summary: "Make a view of a tab",
          description:
            "A view is a document of its own: join it as `{source}/{tab}@{name}`, or read rows, events and snapshots with ?view=. A token scoped to it reaches nothing else of the tab. With a condition such as `region = claims.region` each reader gets the rows that their token's claims choose.",
          requestBody: jsonBody(createViewSchema),
          responses: answers(201, "The view.", viewAnswerSchema),
        },
      },
    )
    .get(PATH, ({ params }) => show(views.get(placeOf(params))), {
      permit: "admin",
      detail: { tags, summary: "Show one view", responses: answers(200, "The view.", viewAnswerSchema) },
    })
    .put(
      PATH,
      async ({ params, request }) =>
        show(await views.change(placeOf(params), await readJson(request, bodyBytesMax))),
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Define a view anew",
          description:
            "What is absent is as if it had never been said. Its open sessions are closed (4404) and get the new document when they come back.",
          requestBody: jsonBody(viewSchema),
          responses: answers(200, "The view as it is now.", viewAnswerSchema),
        },
      },
    )
    .delete(
      PATH,
      async ({ params }) => {
        const removed = await views.remove(placeOf(params));
        return removed.ok ? new Response(null, { status: 204 }) : viewProblem(removed.error);
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Delete a view",
          description: "Its sessions are closed (4404) and its documents erased.",
          responses: answers(204, "It is gone."),
        },
      },
    );
}

function placeOf({ id, tab, name }: { id: string; tab: string; name: string }): ViewPlace {
  return { source: id, tab, view: name };
}

function show(result: Result<object, ViewDeskError>): Response {
  return result.ok ? Response.json(result.value) : viewProblem(result.error);
}

function viewProblem(error: ViewDeskError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "NotYours":
      return problem("forbidden", {
        detail: `The token does not allow "admin" on ${error.source}/${error.tab}.`,
      });
    case "UnknownView":
      return unknownView(error.at);
    case "ViewExists":
      return problem("view-exists", {
        detail: `${error.at.source}/${error.at.tab} has a view "${error.at.view}" already: PUT defines it anew.`,
        errors: [{ field: "name", problem: `"${error.at.view}" is taken`, fix: "choose another name" }],
      });
    case "StorageError":
      return storageProblem(error);
  }
}

export function unknownView({ source, tab, view }: ViewPlace): Response {
  return problem("unknown-view", { detail: `${source}/${tab} has no view "${view}".` });
}
