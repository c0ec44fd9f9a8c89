import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { ConflictAnswer, ResolveBody } from "#contract/edits-rest.ts";
import { type Grant, may } from "../../access/grant.ts";
import type { Conflicts, ResolveError } from "../../actors/edits/conflicts.ts";
import { checkShape } from "../check-shape.ts";
import { choice, closed } from "../schema-parts.ts";
import { answers, cellSchema, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import { LIST_PARAMETERS, parseListQuery, visiblePage } from "./list-query.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";
import { conflictFor } from "./unread.ts";

export interface ConflictRoutesDeps {
  readonly conflicts: Conflicts;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

const time = Type.String({ format: "date-time" });
const conflictSchema = Type.Object({
  id: Type.String(),
  source: Type.String(),
  tab: Type.String(),
  row: Type.Integer(),
  slot: Type.Optional(Type.Integer({ description: "Absent where the whole row is at stake." })),
  column: Type.Optional(Type.String()),
  base: Type.Optional(cellSchema),
  mine: Type.Optional(cellSchema),
  theirs: Type.Optional(cellSchema),
  by: Type.String({ description: "Whose edit it was." }),
  at: time,
  seenAt: time,
  reason: Type.String({ enum: ["changed", "row-gone", "column-gone", "unheard"] }),
  kept: Type.String({ enum: ["theirs", "mine", "nobody"] }),
  state: Type.String({ enum: ["open", "resolved"] }),
  resolution: Type.Optional(
    Type.Object({
      choice: Type.String(),
      value: Type.Optional(cellSchema),
      by: Type.String(),
      at: time,
      edit: Type.Optional(Type.String({ description: "The edit that carries the choice out." })),
    }),
  ),
});

const value = Type.Union([Type.String({ maxLength: 50_000 }), Type.Number(), Type.Boolean(), Type.Null()], {
  "x-fix": "give text, a number, true, false or null",
});
export const resolveSchema = Type.Object(
  {
    choice: choice(["mine", "theirs", "value"] as const, "What is to stand in the cell."),
    value: Type.Optional(value),
  },
  { ...closed, $id: "ResolveBody" },
);

const STATES: readonly string[] = ["open", "resolved"] satisfies ConflictAnswer["state"][];

/** Conflicts, for those who may write the tab. */
export function conflictRoutes({ conflicts, grants, permits, bodyBytesMax }: ConflictRoutesDeps) {
  const tags = ["Edits"];
  const mayWrite = (grant: Grant, { source, tab }: ConflictAnswer): boolean =>
    may(grant, "write", { source, tab });

  async function find(request: Request, id: string): Promise<ConflictAnswer | Response> {
    const conflict = await conflicts.get(id);
    // Whether it is there is nobody's business who may not write there.
    if (!conflict || !mayWrite(grants.get(request)!, conflict)) return unknownConflict(id);
    return conflict;
  }

  return new Elysia({ name: "conflicts" })
    .use(permits)
    .get(
      "/api/v1/conflicts",
      async ({ request }) => {
        const asked = parseListQuery(request, STATES);
        if (!asked.ok) return invalid(asked.error);
        const { state, ...query } = asked.value;
        const grant = grants.get(request)!;
        const page = await visiblePage<ConflictAnswer>(
          query,
          (conflict) => mayWrite(grant, conflict),
          async (part) => {
            const { conflicts: records, next } = await conflicts.list({
              ...part,
              ...(state === undefined ? {} : { state: state as ConflictAnswer["state"] }),
            });
            return { records, next };
          },
        );
        const { records, next } = page;
        return Response.json({
          conflicts: records.map((one) => conflictFor(grant, one)),
          ...(next === undefined ? {} : { next }),
        });
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "List the conflicts",
          description:
            "Those of tabs that the token may write, the newest first. Who may not read the tab is told its own values alone.",
          parameters: LIST_PARAMETERS(STATES),
          responses: answers(
            200,
            "A page of them.",
            Type.Object({ conflicts: Type.Array(conflictSchema), next: Type.Optional(Type.String()) }),
          ),
        },
      },
    )
    .get(
      "/api/v1/conflicts/:conflict",
      async ({ params, request }) => {
        const found = await find(request, params.conflict);
        return found instanceof Response ? found : Response.json(conflictFor(grants.get(request)!, found));
      },
      {
        permit: "writer",
        detail: { tags, summary: "Show one conflict", responses: answers(200, "It.", conflictSchema) },
      },
    )
    .post(
      "/api/v1/conflicts/:conflict/resolve",
      async ({ params, request }) => {
        const found = await find(request, params.conflict);
        if (found instanceof Response) return found;
        const body = await readJson(request, bodyBytesMax);
        const shape = checkShape(resolveSchema, body);
        if (shape.length > 0) return invalid(shape);
        const chosen = body as ResolveBody;
        if ((chosen.choice === "value") !== "value" in chosen) {
          const fix = 'give a value with the choice "value", and with no other';
          return invalid([{ field: "value", problem: `does not go with "${chosen.choice}"`, fix }]);
        }
        const grant = grants.get(request)!;
        const resolved = await conflicts.resolve(found.id, chosen, grant.subject);
        return resolved.ok
          ? Response.json(conflictFor(grant, resolved.value))
          : resolveProblem(found.id, resolved.error);
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Resolve a conflict",
          description:
            "A choice that changes the cell is a new edit on what stands there, with a receipt of its own. The same choice again changes nothing.",
          requestBody: jsonBody(resolveSchema),
          responses: answers(200, "The conflict as it is now.", conflictSchema),
        },
      },
    );
}

function unknownConflict(id: string): Response {
  return problem("unknown-conflict", {
    detail: `No conflict has the id "${id}": GET /api/v1/conflicts lists them.`,
  });
}

function resolveProblem(id: string, error: ResolveError): Response {
  switch (error.tag) {
    case "NoSuchConflict":
      return unknownConflict(id);
    case "Resolved":
      return problem("already-resolved", {
        detail: `It was resolved by ${error.conflict.resolution?.by ?? "somebody"} with another choice: edit the cell instead.`,
      });
    case "Refused":
      return problem("edit-refused", {
        detail: `The conflict stays open, since the edit that it takes is refused: ${error.why}`,
      });
    case "StorageError":
      return storageProblem(error);
  }
}
