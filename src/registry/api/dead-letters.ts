import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { DeadLetterAnswer } from "#contract/edits-rest.ts";
import { type Grant, may } from "../../access/grant.ts";
import type { DeadLetterError, DeadLetters } from "../../actors/edits/dead-letters.ts";
import { answers, cellSchema } from "./answer-schemas.ts";
import { receiptSchema } from "./edits.ts";
import { LIST_PARAMETERS, parseListQuery, visiblePage } from "./list-query.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";
import { deadLetterFor, receiptFor } from "./unread.ts";

export interface DeadLetterRoutesDeps {
  readonly deadLetters: DeadLetters;
  readonly grants: Grants;
  readonly permits: Permits;
}

const time = Type.String({ format: "date-time" });
const letterSchema = Type.Object({
  id: Type.String(),
  source: Type.String(),
  tab: Type.String(),
  key: Type.String(),
  row: Type.Optional(Type.Integer()),
  slot: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.String()),
  mine: Type.Optional(Type.Union([cellSchema, Type.Object({}, { additionalProperties: true })])),
  by: Type.String({ description: "Whose edit it was." }),
  at: time,
  parkedAt: time,
  tries: Type.Integer(),
  why: Type.String(),
});
const PATH = "/api/v1/deadletters/:letter";

/** Dead letters, for those who may write the tab. */
export function deadLetterRoutes({ deadLetters, grants, permits }: DeadLetterRoutesDeps) {
  const tags = ["Edits"];
  const mayWrite = (grant: Grant, { source, tab }: DeadLetterAnswer): boolean =>
    may(grant, "write", { source, tab });

  async function find(request: Request, id: string): Promise<DeadLetterAnswer | Response> {
    const letter = await deadLetters.get(id);
    // Whether it is there is nobody's business who may not write there.
    return letter && mayWrite(grants.get(request)!, letter) ? letter : unknownLetter(id);
  }

  return new Elysia({ name: "dead-letters" })
    .use(permits)
    .get(
      "/api/v1/deadletters",
      async ({ request }) => {
        const asked = parseListQuery(request);
        if (!asked.ok) return invalid(asked.error);
        const grant = grants.get(request)!;
        const page = await visiblePage<DeadLetterAnswer>(
          asked.value,
          (letter) => mayWrite(grant, letter),
          async (part) => {
            const { deadLetters: records, next } = await deadLetters.list(part);
            return { records, next };
          },
        );
        const { records, next } = page;
        return Response.json({
          deadLetters: records.map((one) => deadLetterFor(grant, one)),
          ...(next === undefined ? {} : { next }),
        });
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "List the dead letters",
          description: "Edits that could not be written, of tabs that the token may write; the newest first.",
          parameters: LIST_PARAMETERS(),
          responses: answers(
            200,
            "A page of them.",
            Type.Object({ deadLetters: Type.Array(letterSchema), next: Type.Optional(Type.String()) }),
          ),
        },
      },
    )
    .get(
      PATH,
      async ({ params, request }) => {
        const found = await find(request, params.letter);
        return found instanceof Response ? found : Response.json(deadLetterFor(grants.get(request)!, found));
      },
      {
        permit: "writer",
        detail: { tags, summary: "Show one dead letter", responses: answers(200, "It.", letterSchema) },
      },
    )
    .post(
      `${PATH}/requeue`,
      async ({ params, request }) => {
        const found = await find(request, params.letter);
        if (found instanceof Response) return found;
        const taken = await deadLetters.requeue(found.id);
        if (!taken.ok) return letterProblem(found.id, taken.error);
        const { source, tab } = found;
        const receipt = receiptFor(grants.get(request)!, { source, tab }, taken.value);
        return Response.json(receipt, { status: 202 });
      },
      {
        permit: "writer",
        detail: {
          tags,
          summary: "Try an edit again",
          responses: answers(202, "The receipt of the new try.", receiptSchema),
        },
      },
    )
    .delete(
      PATH,
      async ({ params, request }) => {
        const found = await find(request, params.letter);
        if (found instanceof Response) return found;
        const gone = await deadLetters.discard(found.id);
        return gone.ok ? new Response(null, { status: 204 }) : letterProblem(found.id, gone.error);
      },
      {
        permit: "writer",
        detail: { tags, summary: "Give an edit up", responses: answers(204, "It is gone.") },
      },
    );
}

function unknownLetter(id: string): Response {
  return problem("unknown-dead-letter", {
    detail: `No dead letter has the id "${id}": GET /api/v1/deadletters lists them.`,
  });
}

function letterProblem(id: string, error: DeadLetterError): Response {
  switch (error.tag) {
    case "NoSuchDeadLetter":
      return unknownLetter(id);
    case "Refused":
      return problem("edit-refused", {
        detail: `The dead letter stays, since its edit is refused: ${error.why}`,
      });
    case "StorageError":
      return storageProblem(error);
  }
}
