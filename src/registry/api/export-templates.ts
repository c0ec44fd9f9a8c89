import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { FieldProblem } from "#contract/rest.ts";
import type { PreviewParts } from "#contract/templates.ts";
import type { Grant } from "../../access/grant.ts";
import { compute } from "../../exports/compute/compute.ts";
import { tableOfPlan } from "../../exports/files/file-table.ts";
import { xlsxBook } from "../../exports/files/xlsx-book.ts";
import type { SheetPlan, TabPlan } from "../../exports/plan.ts";
import { renderHtml } from "../../exports/preview/render-html.ts";
import type { PutError, RemoveError } from "../../exports/template-store.ts";
import type { Invalid, TemplateDesk, TryError } from "../template-desk.ts";
import {
  templateAnswerSchema,
  templateSchema,
  templateSummarySchema,
  tryTemplateSchema,
} from "../template-schema.ts";
import { answers, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import { dataProblem } from "./exports.ts";
import { FILE_TYPES, file, fileAnswer, fileFormat } from "./file-answer.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";

export interface TemplateRoutesDeps {
  readonly templates: TemplateDesk;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

/** Two million short cells. */
const DATA_BYTES_MAX = 60 * 1024 * 1024;
const ROOT = "/api/v1/export/templates";
/** `template` and not `id`, which is a source everywhere. */
const PATH = `${ROOT}/:template`;

/** Templates of exports: list, show, make, delete, try as a page or a file. */
export function templateRoutes({ templates, grants, permits, bodyBytesMax }: TemplateRoutesDeps) {
  const tags = ["Templates"];
  /** The router let nobody through without one. */
  const bearer = (request: Request): Grant => grants.get(request)!;
  const plan = async (id: string, request: Request) =>
    templates.plan(id, await readJson(request, DATA_BYTES_MAX), bearer(request));
  return new Elysia({ name: "templates" })
    .use(permits)
    .get(ROOT, async () => Response.json(await templates.list()), {
      permit: "writer",
      detail: {
        tags,
        summary: "List the templates",
        responses: answers(200, "The newest version of each.", Type.Array(templateSummarySchema)),
      },
    })
    .post(
      `${ROOT}/create`,
      async ({ request }) => {
        const made = await templates.create(await readJson(request, bodyBytesMax));
        if (!made.ok) return templateProblem(made.error);
        return Response.json(made.value, {
          status: 201,
          headers: { Location: `${ROOT}/${made.value.id}` },
        });
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Make a template, or a new version of one",
          description:
            "A template says what tabs and columns a sheet has and how they look; it names columns by keys. All mistakes are told at once, each with its field and a fix.",
          requestBody: jsonBody(templateSchema),
          responses: answers(201, "The template.", templateAnswerSchema),
        },
      },
    )
    .get(
      PATH,
      async ({ params }) => {
        const found = await templates.get(params.template);
        return found.ok ? Response.json(found.value) : templateProblem(found.error);
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Show a template",
          responses: answers(200, "Its newest version.", templateAnswerSchema),
        },
      },
    )
    .delete(
      `${PATH}/delete`,
      async ({ params }) => {
        const removed = await templates.remove(params.template);
        return removed.ok ? new Response(null, { status: 204 }) : templateProblem(removed.error);
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Delete a template",
          description: "All its versions. Sheets that were made of it stay.",
          responses: answers(204, "It is gone."),
        },
      },
    )
    .post(
      `${PATH}/preview`,
      async ({ params, request }) => {
        const planned = await plan(params.template, request);
        if (!planned.ok) return templateProblem(planned.error);
        const { html, csp, body, css } = renderHtml(planned.value);
        if (request.headers.get("accept")?.includes("application/json")) {
          const parts: PreviewParts = { body, css };
          return Response.json(parts);
        }
        return new Response(html, {
          headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": csp },
        });
      },
      { permit: "writer", detail: PREVIEW_DETAIL },
    )
    .post(
      `${PATH}/download`,
      async ({ params, request }) => {
        const query = new URL(request.url).searchParams;
        const planned = await plan(params.template, request);
        return planned.ok ? download(planned.value, query) : templateProblem(planned.error);
      },
      { permit: "writer", detail: DOWNLOAD_DETAIL },
    );
}

const PREVIEW_DETAIL = {
  tags: ["Templates"],
  summary: "See what a template makes of data",
  description:
    "A page that looks like the sheet, without touching Google: no scripts, nothing from elsewhere. Without data it shows the template's sample. With Accept: application/json it comes as {body, css}, to be put into a shadow root of another page.",
  requestBody: jsonBody(tryTemplateSchema),
  responses: answers(200, "The page.", undefined, { "text/html": { schema: { type: "string" } } }),
};

const binary = { schema: { type: "string", format: "binary" } };

const DOWNLOAD_DETAIL = {
  tags: ["Templates"],
  summary: "What a template makes of data, as a file",
  description:
    "XLSX is the whole workbook with its looks and formulas; with ?tab= it is that tab's values alone, which may be many more. CSV and NDJSON are one tab, the first unless named, without its totals.",
  parameters: [
    {
      name: "format",
      in: "query" as const,
      description: "csv unless given.",
      schema: { type: "string" as const, enum: Object.keys(FILE_TYPES) },
    },
    {
      name: "tab",
      in: "query" as const,
      description: "Id or title of a tab.",
      schema: { type: "string" as const },
    },
  ],
  requestBody: jsonBody(tryTemplateSchema),
  responses: answers(200, "The file.", undefined, {
    [FILE_TYPES.csv]: { schema: { type: "string" } },
    [FILE_TYPES.ndjson]: { schema: { type: "string" } },
    [FILE_TYPES.xlsx]: binary,
  }),
};

async function download(plan: SheetPlan, query: URLSearchParams): Promise<Response> {
  const format = fileFormat(query);
  if (!format.ok) return invalid(format.error);
  const named = query.get("tab");
  if (format.value === "xlsx" && named === null) {
    const book = await xlsxBook(plan);
    return book.ok
      ? file(book.value as Uint8Array<ArrayBuffer>, "xlsx", plan.title)
      : problem("file-too-large", { detail: book.error.why });
  }
  const tab = chooseTab(plan, named);
  if (!tab) {
    const fix = `use one of ${plan.tabs.map(({ id }) => id).join(", ")}`;
    return invalid([{ field: "tab", problem: `"${named}" is no tab of this template`, fix }]);
  }
  const table = tableOfPlan(tab, compute(plan));
  if (table) return fileAnswer(table, format.value, `${plan.title} ${tab.title}`);
  return problem("not-computed", {
    detail: `Formulas of "${tab.title}" are computed by a sheet alone: take format=xlsx without tab, which keeps them.`,
  });
}

function chooseTab(plan: SheetPlan, named: string | null): TabPlan | undefined {
  return named === null ? plan.tabs[0] : plan.tabs.find(({ id, title }) => id === named || title === named);
}

function templateProblem(error: Invalid | TryError | PutError | RemoveError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "BadData":
      return dataProblem(error.report);
    case "Forbidden":
      return problem("forbidden", { detail: error.detail });
    case "UnknownTemplate":
      return problem("unknown-template", {
        detail: `No template is called "${error.id}": GET ${ROOT} lists them.`,
      });
    case "ReadyTemplate": {
      const errors: FieldProblem[] = [
        { field: "id", problem: `"${error.id}" is taken`, fix: "choose another id" },
      ];
      return problem("ready-template", {
        detail: `"${error.id}" comes with Sheetwire and stays as it is.`,
        errors,
      });
    }
    case "TooManyTemplates":
      return problem("too-many-templates", {
        detail: `There are ${error.countMax} already: delete some first.`,
      });
    case "StorageError":
      return storageProblem(error);
  }
}
