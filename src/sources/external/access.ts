/** How a feed is signed in at: what each request to its own origin carries. */
import type { FeedAuth } from "#contract/feed.ts";
import { ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { basicHeader } from "./basic-header.ts";
import { type ClientCredentialsDeps, createClientCredentials } from "./client-credentials.ts";

export interface Access {
  /** What to add to a request. */
  credentials(signal: AbortSignal): Promise<Result<RequestCredentials, SourceError>>;
  /** They were refused. True when fresh ones may be had. */
  refused(): boolean;
}

export interface RequestCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

const NONE: RequestCredentials = { headers: {}, query: {} };

export function createAccess(auth: FeedAuth | null, deps: ClientCredentialsDeps): Access {
  if (auth?.type !== "oauth2") {
    const fixed = auth ? fixedCredentials(auth) : NONE;
    return { credentials: async () => ok(fixed), refused: () => false };
  }
  const tokens = createClientCredentials(auth, deps);
  return {
    async credentials(signal) {
      const token = await tokens.token(signal);
      return token.ok ? ok({ headers: { authorization: `Bearer ${token.value}` }, query: {} }) : token;
    },
    refused: () => tokens.forget(),
  };
}

function fixedCredentials(auth: Exclude<FeedAuth, { type: "oauth2" }>): RequestCredentials {
  switch (auth.type) {
    case "apiKey":
      return auth.in === "header"
        ? { headers: { [auth.name]: auth.key }, query: {} }
        : { headers: {}, query: { [auth.name]: auth.key } };
    case "bearer":
      return { headers: { authorization: `Bearer ${auth.token}` }, query: {} };
    case "basic":
      return { headers: { authorization: basicHeader(auth.username, auth.password) }, query: {} };
  }
}
