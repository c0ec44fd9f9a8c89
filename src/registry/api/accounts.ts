import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { NO_APP_FIX } from "../accounts/account-store.ts";
import { type Accounts, type AccountsError, connectSchema } from "../accounts/accounts.ts";
import { CALLBACK_PATH, cookieHeader, cookieName } from "../accounts/connect-flow.ts";
import { answers, jsonBody } from "./answer-schemas.ts";
import { readJson } from "./body.ts";
import { connectedPage, failurePage } from "./connect-page.ts";
import type { Permits } from "./permits.ts";
import { invalid, problem } from "./problems.ts";

export interface AccountRoutesDeps {
  readonly accounts: Accounts;
  readonly permits: Permits;
  readonly bodyBytesMax?: number | undefined;
}

const time = Type.String({ format: "date-time" });
const ids = Type.Array(Type.String());
const accountSchema = Type.Object({
  id: Type.String(),
  provider: Type.Literal("google"),
  email: Type.Optional(Type.String()),
  subject: Type.String({ description: "Google's number for the person." }),
  scopes: ids,
  state: Type.String({ enum: ["connected", "reconnect"] }),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), fix: Type.String() })),
  sources: Type.Array(Type.String(), { description: "Ids of the sources that are read with it." }),
  connectedAt: time,
  lastRefreshAt: Type.Optional(time),
});
const connectAnswer = Type.Object({
  authorizationUrl: Type.String({ description: "For the person to open; good once." }),
  redirectUri: Type.String({ description: "The app in the Google Cloud console must list it." }),
  expiresAt: time,
});
const disconnectAnswer = Type.Object({
  id: Type.String(),
  revoked: Type.Boolean({ description: "False: Google could not be told." }),
  fix: Type.Optional(Type.String()),
  sources: ids,
});

/** Google accounts: connect, list, disconnect, and the page that Google leads back to. */
export function accountRoutes({ accounts, permits, bodyBytesMax }: AccountRoutesDeps) {
  const tags = ["Accounts"];
  return new Elysia({ name: "accounts" })
    .use(permits)
    .get("/api/v1/accounts", async () => Response.json(await accounts.list()), {
      permit: "admin",
      detail: {
        tags,
        summary: "List the connected accounts",
        responses: answers(200, "All accounts, without their tokens.", Type.Array(accountSchema)),
      },
    })
    .post(
      "/api/v1/accounts/google/connect",
      async ({ request }) => {
        const body = await readJson(request, bodyBytesMax);
        const begun = await accounts.connect(body, request.headers.get("origin"));
        if (!begun.ok) return accountsProblem(begun.error);
        const { answer, cookie } = begun.value;
        return Response.json(answer, cookie === null ? {} : { headers: { "Set-Cookie": cookie } });
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Connect a Google account",
          description:
            "Answers an address where the account's person consents. Begun in a browser, it must end in that browser; begun elsewhere, whoever is given the address may consent.",
          requestBody: jsonBody(connectSchema),
          responses: answers(200, "Where to consent.", connectAnswer),
        },
      },
    )
    .delete(
      "/api/v1/accounts/:account",
      async ({ params, query }) => {
        const force = query.force === "true";
        const gone = await accounts.disconnect(params.account, { force });
        return gone.ok ? Response.json(gone.value) : accountsProblem(gone.error);
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "Disconnect an account",
          description:
            "Revokes the access at Google and erases the token. Refused while sources are read with it, unless ?force=true.",
          responses: answers(200, "It is gone.", disconnectAnswer),
        },
      },
    )
    .get(
      CALLBACK_PATH,
      async ({ request }) => {
        const url = new URL(request.url);
        const cookies = request.headers.get("cookie");
        const finished = await accounts.finish(url.searchParams, (name) => cookieOf(cookies, name));
        const response = finished.ok ? connectedPage(finished.value) : failurePage(finished.error);
        if (finished.ok) response.headers.set("Content-Location", `/api/v1/accounts/${finished.value.id}`);
        const state = url.searchParams.get("state");
        if (state && cookieOf(cookies, cookieName(state)) !== null) {
          response.headers.append("Set-Cookie", cookieHeader(cookieName(state), "", 0, accounts.redirectUri));
        }
        return response;
      },
      {
        detail: {
          tags,
          summary: "Where Google leads back to after a consent",
          responses: {
            default: { description: "A page that says how it went.", content: { "text/html": {} } },
          },
        },
      },
    );
}

function cookieOf(header: string | null, name: string): string | null {
  const found = (header ?? "").split(/;\s*/).find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

function accountsProblem(error: AccountsError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "NoApp":
      return problem("no-google-app", {
        detail: `This daemon has no app that accounts could be connected to. ${NO_APP_FIX}, and list ${error.redirectUri} as the client's redirect address.`,
      });
    case "OtherOrigin":
      return problem("other-origin", {
        detail: `Google leads back to ${error.publicUrl}, but the page is at ${error.origin}: open it at ${error.publicUrl}, or set SHEETWIRE_PUBLIC_URL to the address that people use.`,
      });
    case "UnknownAccount":
      return problem("unknown-account", {
        detail: `No account has the id "${error.id}": GET /api/v1/accounts lists them.`,
      });
    case "InUse":
      return problem("account-in-use", {
        detail: `These sources are read with "${error.id}": ${error.sources.join(", ")}.`,
        errors: error.sources.map((source) => ({
          field: `sources.${source}`,
          problem: `is read with the account "${error.id}"`,
          fix: `give it other credentials by PUT /datasources/${source}/update, delete it, or add ?force=true`,
        })),
      });
    case "StorageError":
      return problem("storage-refused", {
        detail: `Nothing was changed: ${error.detail}. Try again; if it stays, look at the disk.`,
        headers: { "Retry-After": "5" },
      });
  }
}
