import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { ExportAnswer } from "#contract/exports.ts";
import type { FieldProblem } from "#contract/rest.ts";
import type { Result } from "#contract/result.ts";
import type { DataReport } from "#contract/templates.ts";
import type { Grant } from "../../access/grant.ts";
import type { ExportDesk, ExportDeskError } from "../export-desk.ts";
import { createExportSchema, exportSchema, updateExportSchema } from "../export-schema.ts";
import { answers, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import { claimProblem } from "./edits.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";

export interface ExportRoutesDeps {
  readonly exports: ExportDesk;
  readonly grants: Grants;
  readonly permits: Permits;
}

/** What the server takes at most: two million short cells. */
const EXPORT_BYTES_MAX = 60 * 1024 * 1024;
const ROOT = "/api/v1/export/sheets";

/** Exports: make, watch, update, try again, cancel, delete; each for whose they are. */
export function exportRoutes({ exports, grants, permits }: ExportRoutesDeps) {
  const tags = ["Exports"];
  /** The router let nobody through without one. */
  const bearer = (request: Request): Grant => grants.get(request)!;
  const keyOf = (request: Request): string | null => request.headers.get("idempotency-key");
  const body = (request: Request) => readJson(request, EXPORT_BYTES_MAX);
  const accepted = (result: Result<ExportAnswer, ExportDeskError>): Response =>
    result.ok
      ? Response.json(result.value, {
          status: 202,
          headers: { Location: `${ROOT}/${result.value.id}/status` },
        })
      : exportProblem(result.error);
  const idempotent = {
    name: "Idempotency-Key",
    in: "header" as const,
    description: "A request that comes again with it does nothing anew.",
    schema: { type: "string" as const },
  };
  return new Elysia({ name: "exports" })
    .use(permits)
    .post(
      `${ROOT}/create`,
      async ({ request }) =>
        accepted(await exports.create(await body(request), bearer(request), keyOf(request))),
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Make a workbook of data",
          description:
            "An account takes a write scope without a source; source:ID an admin scope of that source; live data the right to read them. The data are checked before anything is written; the workbook is then made by itself, whatever happens to the daemon meanwhile. Ask for its status by the answer's id.",
          parameters: [idempotent],
          requestBody: jsonBody(createExportSchema),
          responses: answers(202, "It is on its way.", exportSchema),
        },
      },
    )
    .get(
      ROOT,
      ({ request }) => {
        const conversation = new URL(request.url).searchParams.get("conversation_id");
        return Response.json(exports.list(bearer(request), conversation));
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "List your exports, the newest first",
          parameters: [
            { name: "conversation_id", in: "query" as const, schema: { type: "string" as const } },
          ],
          responses: answers(200, "Your exports; an administrator's are all.", Type.Array(exportSchema)),
        },
      },
    )
    .get(
      `${ROOT}/:export/status`,
      ({ params, request }) => show(exports.get(params.export, bearer(request))),
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Show how far an export is",
          responses: answers(200, "The export.", exportSchema),
        },
      },
    )
    .post(
      `${ROOT}/:export/update`,
      async ({ params, request }) =>
        accepted(await exports.update(params.export, await body(request), bearer(request), keyOf(request))),
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Update a workbook that people use",
          description:
            "append adds rows below the last one; replace makes the rows those of the data, row by row; upsert changes and adds rows by their key, and neither removes a row nor empties a cell. File, link, sharing, people's own columns, their order and their widths stay.",
          parameters: [idempotent],
          requestBody: jsonBody(updateExportSchema),
          responses: answers(202, "It is on its way.", exportSchema),
        },
      },
    )
    .post(
      `${ROOT}/:export/retry`,
      async ({ params, request }) => show(await exports.retry(params.export, bearer(request))),
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Go on with an export that failed",
          description:
            "409 where nothing failed or it was cancelled. One that stopped following for want of a right goes on by the right of this token.",
          responses: answers(200, "The export.", exportSchema),
        },
      },
    )
    .post(
      `${ROOT}/:export/cancel`,
      async ({ params, request }) => show(await exports.cancel(params.export, bearer(request))),
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Cancel what is being written and what waits",
          description: "What was written stays.",
          responses: answers(200, "The export.", exportSchema),
        },
      },
    )
    .delete(
      `${ROOT}/:export`,
      async ({ params, request }) => {
        const file = new URL(request.url).searchParams.get("file") ?? "keep";
        if (file !== "keep" && file !== "trash") {
          return invalid([
            { field: "file", problem: `"${file}" is not known`, fix: 'use "keep" or "trash"' },
          ]);
        }
        const removed = await exports.remove(params.export, bearer(request), file === "trash");
        return removed.ok ? new Response(null, { status: 204 }) : exportProblem(removed.error);
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Erase an export and its data",
          parameters: [
            {
              name: "file",
              in: "query" as const,
              description: '"trash": the workbook goes to its owner\'s trash as well.',
              schema: { type: "string" as const, enum: ["keep", "trash"] },
            },
          ],
          responses: answers(204, "It is gone."),
        },
      },
    );
}

function show(result: Result<ExportAnswer, ExportDeskError>): Response {
  return result.ok ? Response.json(result.value) : exportProblem(result.error);
}

function exportProblem(error: ExportDeskError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "BadData":
      return dataProblem(error.report);
    case "Forbidden":
      return problem("forbidden", { detail: error.detail });
    case "UnknownExport":
      return problem("unknown-export", { detail: `No export of yours has this id: GET ${ROOT} lists them.` });
    case "NotNow":
      return problem("export-not-ready", { detail: `The export ${error.problem}: ${error.fix}.` });
    case "TooManyExports": {
      const headers = error.retryAfterS === undefined ? {} : { "Retry-After": String(error.retryAfterS) };
      return problem("too-many-exports", { detail: error.detail, headers });
    }
    case "StorageError":
      return storageProblem(error);
    default:
      return claimProblem(error);
  }
}

/** Each of the first problems by its row. */
export function dataProblem({ problems, count }: DataReport): Response {
  const errors = problems.map(({ tab, row, field, problem, fix }): FieldProblem => {
    const place = [tab, row === undefined ? undefined : `row ${row}`, field].filter(
      (part) => part !== undefined,
    );
    return { field: place.join(", "), problem, fix };
  });
  const more = count > errors.length ? `; these are the first ${errors.length}` : "";
  return problem("bad-data", {
    detail: `Nothing was written: ${count} mistakes in the data${more}.`,
    errors,
  });
}
