import { Elysia } from "elysia";
import type { PreviewAnswer, SourceAnswer } from "#contract/rest.ts";
import type { Result } from "#contract/result.ts";
import type { Registry, RegistryError } from "../registry.ts";
import { registerSchema, updateSchema } from "../schema.ts";
import { answers, jsonBody, previewSchema, sourceSchema, sourcesSchema } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import type { Permits } from "./permits.ts";
import { registryProblem } from "./problems.ts";

export interface SourceRoutesDeps {
  readonly registry: Registry;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

/** The sources: list, show, register, update, delete, and the person's say over their polling. */
export function sourceRoutes({ registry, permits, bodyBytesMax }: SourceRoutesDeps) {
  const bodyOf = (request: Request) => readJson(request, bodyBytesMax);
  const tags = ["Sources"];
  const one = answers(200, "The source as it is now.", sourceSchema);
  return new Elysia({ name: "sources" })
    .use(permits)
    .get("/datasources", async () => Response.json(await registry.list()), {
      permit: "admin",
      detail: { tags, summary: "List all sources", responses: answers(200, "All sources.", sourcesSchema) },
    })
    .get("/datasources/:id", async ({ params }) => show(await registry.get(params.id)), {
      permit: "admin",
      detail: { tags, summary: "Show one source", responses: one },
    })
    .post(
      "/datasources/register",
      async ({ request }) => created(await registry.register(await bodyOf(request))),
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Register a source",
          description: "Starts its first poll at once. Without an id one is made from the name.",
          requestBody: jsonBody(registerSchema),
          responses: answers(201, "The new source; Location holds its address.", sourceSchema),
        },
      },
    )
    .post(
      "/datasources/preview",
      async ({ request }) => previewed(await registry.preview(await bodyOf(request))),
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Try a source before it is registered",
          description:
            "Reads it once and shows the first rows, the columns as they are inferred, and everything odd. Nothing is " +
            "saved. What cannot be read is told under `error`.",
          requestBody: jsonBody(registerSchema),
          responses: answers(200, "What the source would bring.", previewSchema),
        },
      },
    )
    .put(
      "/datasources/:id/update",
      async ({ params, request }) => show(await registry.update(params.id, await bodyOf(request))),
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Change a source",
          description:
            "What is absent stays, null removes; headers are merged by name. All or nothing is applied.",
          requestBody: jsonBody(updateSchema),
          responses: one,
        },
      },
    )
    .delete(
      "/datasources/:id/delete",
      async ({ params }) => {
        const removed = await registry.remove(params.id);
        return removed.ok ? new Response(null, { status: 204 }) : registryProblem(removed.error);
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Delete a source",
          description: "Ends its polling, closes its clients with 4404 and erases its data and secrets.",
          responses: answers(204, "It is gone."),
        },
      },
    )
    .post("/datasources/:id/pause", async ({ params }) => show(await registry.pause(params.id)), {
      permit: "admin",
      detail: { tags, summary: "Stop polling until resumed", responses: one },
    })
    .post("/datasources/:id/resume", async ({ params }) => show(await registry.resume(params.id)), {
      permit: "admin",
      detail: { tags, summary: "Poll again", responses: one },
    })
    .post("/datasources/:id/poll", async ({ params }) => show(await registry.poll(params.id), 202), {
      permit: "admin",
      detail: {
        tags,
        summary: "Poll soon, whatever the pace",
        responses: answers(202, "The source; its poll is on the way.", sourceSchema),
      },
    });
}

function show(result: Result<SourceAnswer, RegistryError>, status = 200): Response {
  return result.ok ? Response.json(result.value, { status }) : registryProblem(result.error);
}

function previewed(result: Result<PreviewAnswer, RegistryError>): Response {
  return result.ok ? Response.json(result.value) : registryProblem(result.error);
}

function created(result: Result<SourceAnswer, RegistryError>): Response {
  const response = show(result, 201);
  if (result.ok) response.headers.set("Location", `/datasources/${result.value.id}`);
  return response;
}
