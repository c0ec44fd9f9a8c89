import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Result } from "#contract/result.ts";
import type { Grant } from "../../access/grant.ts";
import type { TooMany, UnknownToken } from "../../access/token-store.ts";
import { changeTokenSchema, createTokenSchema, type DeskError, type TokenDesk } from "../token-desk.ts";
import { answers, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import type { Grants, Permits } from "./permits.ts";
import { invalid, problem, storageProblem } from "./problems.ts";

export interface TokenRoutesDeps {
  readonly tokens: TokenDesk;
  readonly grants: Grants;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

const time = Type.String({ format: "date-time" });
const scopeSchema = Type.Object({
  action: Type.String({ enum: ["read", "write", "admin"] }),
  source: Type.Optional(Type.String()),
  tab: Type.Optional(Type.String()),
  view: Type.Optional(Type.String()),
});
const tokenFields = {
  id: Type.String(),
  name: Type.String(),
  subject: Type.String({ description: "What the audit and the history call its bearer." }),
  scopes: Type.Array(scopeSchema),
  claims: Type.Optional(Type.Object({}, { additionalProperties: true })),
  state: Type.String({ enum: ["active", "expired"] }),
  hint: Type.String({ description: "The token's last four characters." }),
  createdAt: time,
  createdBy: Type.String(),
  expiresAt: Type.Optional(time),
  lastUsedAt: Type.Optional(Type.String({ format: "date-time", description: "To the hour." })),
};
const tokenSchema = Type.Object(tokenFields);
const createdSchema = Type.Object({
  ...tokenFields,
  token: Type.String({ description: "Told this once and kept nowhere." }),
});

/** Tokens: make, list, show, change, revoke; each for who administers all that the token reaches. */
export function tokenRoutes({ tokens, grants, permits, bodyBytesMax }: TokenRoutesDeps) {
  const tags = ["Tokens"];
  const bodyOf = (request: Request) => readJson(request, bodyBytesMax);
  /** The router let nobody through without one. */
  const bearer = (request: Request): Grant => grants.get(request)!;
  return new Elysia({ name: "tokens" })
    .use(permits)
    .get("/api/v1/tokens", ({ request }) => Response.json(tokens.list(bearer(request))), {
      permit: "mint",
      detail: {
        tags,
        summary: "List the tokens",
        responses: answers(200, "Tokens that reach nothing beyond your own scopes.", Type.Array(tokenSchema)),
      },
    })
    .post(
      "/api/v1/tokens",
      async ({ request }) => {
        const made = await tokens.create(await bodyOf(request), bearer(request));
        if (!made.ok) return tokenProblem(made.error);
        const headers = { Location: `/api/v1/tokens/${made.value.id}` };
        return Response.json(made.value, { status: 201, headers });
      },
      {
        permit: "mint",
        detail: {
          tags,
          summary: "Make a token",
          description:
            "Its scopes lie within what you administer; a user other than your own takes an admin scope without a source; nobody writes through a view. For browsers: a short ttl, the user it stands for, and claims for views; a PUT with another ttl before its end keeps open sessions going.",
          requestBody: jsonBody(createTokenSchema),
          responses: answers(201, "The token itself is told this once.", createdSchema),
        },
      },
    )
    .get("/api/v1/tokens/:token", ({ params, request }) => show(tokens.get(params.token, bearer(request))), {
      permit: "mint",
      detail: { tags, summary: "Show one token", responses: answers(200, "The token.", tokenSchema) },
    })
    .put(
      "/api/v1/tokens/:token",
      async ({ params, request }) =>
        show(await tokens.change(params.token, await bodyOf(request), bearer(request))),
      {
        permit: "mint",
        detail: {
          tags,
          summary: "Change or renew a token",
          description:
            "What is absent stays. Open sessions go on without reconnecting; those that lose their right are closed with 4403.",
          requestBody: jsonBody(changeTokenSchema),
          responses: answers(200, "The token as it is now.", tokenSchema),
        },
      },
    )
    .delete(
      "/api/v1/tokens/:token",
      async ({ params, request }) => {
        const revoked = await tokens.revoke(params.token, bearer(request));
        return revoked.ok ? new Response(null, { status: 204 }) : tokenProblem(revoked.error);
      },
      {
        permit: "mint",
        detail: {
          tags,
          summary: "Revoke a token",
          description: "At once, with all tokens that were made by it: their sessions are closed with 4401.",
          responses: answers(204, "It is gone."),
        },
      },
    );
}

type TokenError = DeskError | UnknownToken | TooMany;

function show(result: Result<object, TokenError>): Response {
  return result.ok ? Response.json(result.value) : tokenProblem(result.error);
}

function tokenProblem(error: TokenError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "NotYours":
      return problem("forbidden", {
        detail: `${error.field} reaches beyond what you administer: a token gives no more than its maker has.`,
      });
    case "OtherUser":
      return problem("forbidden", {
        detail: `user: only who administers the daemon (an "admin" scope without a source) gives tokens that stand for other users. Leave "${error.user}" out: the token then stands for itself.`,
      });
    case "UnknownToken":
      return problem("unknown-token", {
        detail: `No token has the id "${error.id}": GET /api/v1/tokens lists them.`,
      });
    case "TooMany":
      return problem("too-many-tokens", {
        detail: `There are ${error.most} tokens already: revoke some, or give them a ttl, so that they end by themselves.`,
      });
    case "StorageError":
      return storageProblem(error);
  }
}
