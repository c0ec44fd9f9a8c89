import { type TSchema, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { AccountView } from "../../actors/pace/account-view.ts";
import { sourceProblem } from "../../actors/problem.ts";
import { answers } from "./answer-schemas.ts";
import type { Permits } from "./permits.ts";

export interface QuotaRoutesDeps {
  readonly accounts: () => readonly AccountView[];
  readonly permits: Permits;
}

/** What accounts may read, what they have read, and how their sources share it. */
export function quotaRoutes({ accounts, permits }: QuotaRoutesDeps) {
  return new Elysia({ name: "quota" })
    .use(permits)
    .get("/api/v1/quota", () => Response.json(accounts().map(shown)), {
      permit: "admin",
      detail: {
        tags: ["Operation"],
        summary: "How accounts share what they may read",
        description:
          "One entry per account that sources poll by. intervalMs is the time that a source may expect between two polls.",
        responses: answers(200, "All accounts in use.", quotaSchema),
      },
    });
}

function shown({ error, ...view }: AccountView) {
  return {
    ...view,
    usedRatio: view.readsUsed / view.readsPerMinute,
    ...(error ? { error: sourceProblem(error) } : {}),
  };
}

const quotaSchema: TSchema = Type.Array(
  Type.Object({
    account: Type.String({ description: "Its address, or the fingerprint of an API key." }),
    project: Type.String(),
    readsPerMinute: Type.Integer({ description: "As granted, less what refusals have taught." }),
    readsUsed: Type.Integer({ description: "In the running minute." }),
    usedRatio: Type.Number(),
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), message: Type.String(), fix: Type.String() },
        { description: "The account fails: its sources are not polled until a probe is answered." },
      ),
    ),
    sources: Type.Array(
      Type.Object({
        id: Type.String(),
        intervalMs: Type.Integer(),
        watched: Type.Boolean(),
        hinted: Type.Boolean(),
        changesPerHour: Type.Number(),
      }),
    ),
  }),
);
