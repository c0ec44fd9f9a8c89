/** Google's OAuth 2 for people: where they consent, and what their consent is exchanged for (RFC 6749, RFC 7636). */
import type { GoogleScope } from "#contract/accounts.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { NetResponse } from "../../runtime/net.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { SourceError } from "../source.ts";
import { GOOGLE_SCOPES } from "./connected-accounts.ts";
import { explainNetError, explainTokenRefusal, tokenErrorCode } from "./problems.ts";
import type { AccessToken } from "./shared-token.ts";
import { askToken, formRequest, type TokenFailure } from "./token-endpoint.ts";

/** As registered in the Google Cloud console. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface GoogleOAuth {
  readonly clientId: string;
  /** Where a person consents. Holds the state, so it is for that person alone. */
  authorizationUrl(ask: ConsentAsk): string;
  exchange(code: CodeExchange): Promise<Result<Consent, OAuthError>>;
  refresh(refreshToken: string): Promise<Result<Refreshed, OAuthError>>;
  /** Ends all that the person granted to this app; fine when it had ended before. */
  revoke(refreshToken: string): Promise<Result<void, SourceError>>;
}

export interface ConsentAsk {
  readonly scope: GoogleScope;
  readonly state: string;
  /** base64url of the verifier's SHA-256. */
  readonly challenge: string;
  readonly redirectUri: string;
  /** Address that is offered first. */
  readonly loginHint: string | null;
}

export interface CodeExchange {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface Consent {
  /** Google's number for the person, which outlives a change of address. */
  readonly subject: string;
  readonly email: string | null;
  /** What the person granted, which may be less than was asked for. */
  readonly scopes: readonly GoogleScope[];
  /** Null where Google thinks that the app has one already. */
  readonly refreshToken: string | null;
  /** To end the consent by where there is no refresh token. */
  readonly access: AccessToken;
}

export interface Refreshed {
  readonly access: AccessToken;
  /** Set when Google replaces it: the one before is void. */
  readonly refreshToken: string | null;
}

/** Ended: the code or the refresh token is void, and only the person can give another. */
export type OAuthError = { readonly tag: "Ended" } | SourceError;

const SCOPE_PREFIX = "https://www.googleapis.com/auth/";
const GOOGLE = {
  authorize: "https://accounts.google.com/o/oauth2/v2/auth",
  token: "https://oauth2.googleapis.com/token",
  revoke: "https://oauth2.googleapis.com/revoke",
};

export function createGoogleOAuth(
  { clientId, clientSecret }: OAuthApp,
  runtime: Pick<Runtime, "net" | "clock">,
  endpoint?: string,
): GoogleOAuth {
  const urls = endpoint
    ? { authorize: `${endpoint}/o/oauth2/v2/auth`, token: `${endpoint}/token`, revoke: `${endpoint}/revoke` }
    : GOOGLE;
  const app = { client_id: clientId, client_secret: clientSecret };
  return {
    clientId,
    authorizationUrl({ scope, state, challenge, redirectUri, loginHint }) {
      const url = new URL(urls.authorize);
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        // openid and email tell whose account it is, so that connecting it again is known to be that.
        scope: `openid email ${SCOPE_PREFIX}${scope}`,
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
        // Both are needed for a refresh token.
        access_type: "offline",
        prompt: "consent",
        ...(loginHint === null ? {} : { login_hint: loginHint }),
      }).toString();
      return url.href;
    },
    async exchange({ code, verifier, redirectUri }) {
      const answer = await askToken(runtime, urls.token, {
        ...app,
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
      });
      if (!answer.ok) return err(explainFailure(answer.error));
      const { access, refreshToken, scope, idToken } = answer.value;
      const person = readIdToken(idToken, clientId);
      if (!person) {
        return err({
          tag: "Malformed",
          path: "id_token",
          detail: "Google does not tell whose consent it is",
        });
      }
      return ok({ ...person, scopes: knownScopes(scope), refreshToken, access });
    },
    async refresh(refreshToken) {
      const form = { ...app, grant_type: "refresh_token", refresh_token: refreshToken };
      const answer = await askToken(runtime, urls.token, form);
      if (!answer.ok) return err(explainFailure(answer.error));
      return ok({ access: answer.value.access, refreshToken: answer.value.refreshToken });
    },
    async revoke(refreshToken) {
      const answer = await runtime.net.request(formRequest(urls.revoke, { token: refreshToken }));
      if (!answer.ok) return err(explainNetError(answer.error));
      const { status } = answer.value;
      if (status === 200 || tokenErrorCode(answer.value) === "invalid_token") return ok(undefined);
      return err({ tag: "Unreachable", detail: `Google answers ${status} to the revocation` });
    },
  };
}

function explainFailure(failure: TokenFailure): OAuthError {
  if (failure.tag !== "Refused") return failure;
  return tokenErrorCode(failure.answer) === "invalid_grant" ? { tag: "Ended" } : refusedApp(failure.answer);
}

/** Whatever else Google refuses is the app's registration: no person can mend it by consenting. */
function refusedApp(answer: NetResponse): SourceError {
  const error = explainTokenRefusal(answer, { email: null });
  if (error.tag !== "Unauthorized") return error;
  const fix =
    "Compare SHEETWIRE_GOOGLE_CLIENT_ID and SHEETWIRE_GOOGLE_CLIENT_SECRET with the app in the Google Cloud console";
  return { ...error, fix };
}

/**
 * The signature is not looked at: the token came straight from Google's token endpoint over TLS (OpenID Connect
 * Core, 3.1.3.7).
 */
function readIdToken(
  idToken: string | null,
  clientId: string,
): { readonly subject: string; readonly email: string | null } | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken?.split(".")[1] ?? "", "base64url").toString());
    const { iss, aud, sub, email } = claims as Record<string, unknown>;
    if (iss !== "https://accounts.google.com" && iss !== "accounts.google.com") return null;
    if (aud !== clientId || typeof sub !== "string" || sub === "") return null;
    return { subject: sub, email: typeof email === "string" ? email : null };
  } catch {
    return null;
  }
}

function knownScopes(scope: string | null): GoogleScope[] {
  const given = (scope ?? "").split(" ");
  return GOOGLE_SCOPES.filter((known) => given.includes(SCOPE_PREFIX + known));
}
