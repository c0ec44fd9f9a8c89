/** The OAuth2 token endpoint: service accounts by signed assertion, people by code and refresh token. */
import { verify } from "node:crypto";
import { isObject, type JsonObject } from "../http/json.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import { type Accounts, TOKEN_LIFE_S } from "./accounts.ts";
import { byCode, type CodeGrantDeps } from "./code-grant.ts";

const ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** A minute and more of skew is forgiven; an assertion lives an hour at most. */
const SKEW_S = 300;
const LIFE_MAX_S = 3600;

/** `open` takes any grant and gives out a token that nobody checks. */
export function tokenResponse(call: Call, deps: CodeGrantDeps, open: boolean): EmulatorResponse {
  const { accounts, consents, nowMs } = deps;
  const form = formOf(call);
  if (!form) return refused("invalid_request", "The body is neither a form nor JSON.");
  if (open) return granted(accounts.issueToken("anyone@example.com"), form.get("scope"));
  const grant = form.get("grant_type");
  if (grant === ASSERTION) return byAssertion(form.get("assertion") ?? "", accounts, nowMs);
  if (grant === "refresh_token") return byRefreshToken(form, accounts, consents.rotateRefreshTokens);
  if (grant === "authorization_code") return byCode(form, deps);
  if (grant === null || grant === "")
    return refused("invalid_request", "Required parameter is missing: grant_type");
  return refused("unsupported_grant_type", `Invalid grant_type: ${grant}`);
}

function byAssertion(assertion: string, accounts: Accounts, nowMs: number): EmulatorResponse {
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const header = decoded(head);
  const claims = decoded(body);
  if (!header || !claims) return refused("invalid_grant", "Bad Request");
  if (header.alg !== "RS256")
    return refused("invalid_grant", "Invalid JWT: unsupported algorithm, RS256 is expected.");
  const email = String(claims.iss ?? "");
  const service = accounts.service(email);
  if (!service) return refused("invalid_grant", "Invalid grant: account not found");
  const genuine = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    service.key,
    Buffer.from(signature, "base64url"),
  );
  if (!genuine) return refused("invalid_grant", "Invalid JWT Signature.");
  const nowS = Math.floor(nowMs / 1000);
  const [iat, exp] = [Number(claims.iat), Number(claims.exp)];
  const timely = iat <= nowS + SKEW_S && exp > nowS - SKEW_S && exp - iat <= LIFE_MAX_S && exp > iat;
  if (!timely) {
    return refused(
      "invalid_grant",
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    );
  }
  if (!/\/token$/.test(String(claims.aud ?? ""))) {
    return refused(
      "invalid_grant",
      "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token",
    );
  }
  const scopes = String(claims.scope ?? "")
    .split(" ")
    .filter(Boolean);
  if (scopes.length === 0)
    return refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  return granted(accounts.issueToken(email, { project: service.project, scopes }), null);
}

function byRefreshToken(form: URLSearchParams, accounts: Accounts, rotate: boolean): EmulatorResponse {
  const refreshToken = form.get("refresh_token") ?? "";
  const grant = accounts.refreshGrant(refreshToken);
  if (!grant) return refused("invalid_grant", "Token has been expired or revoked.");
  if (form.get("client_id") !== grant.clientId) return refused("unauthorized_client", "Unauthorized");
  if (form.get("client_secret") !== grant.clientSecret) {
    return refused("invalid_client", "The provided client secret is invalid.", 401);
  }
  const { email, project, scopes, clientId } = grant;
  const token = accounts.issueToken(email, { project, scopes, clientId });
  return granted(token, scopes.join(" "), rotate ? accounts.rotateRefreshToken(refreshToken) : null);
}

function granted(token: string, scope: string | null, refreshToken: string | null = null): EmulatorResponse {
  return jsonResponse(200, {
    access_token: token,
    expires_in: TOKEN_LIFE_S,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(scope ? { scope } : {}),
    token_type: "Bearer",
  });
}

function refused(error: string, description: string, status = 400): EmulatorResponse {
  return jsonResponse(status, { error, error_description: description });
}

/** Clients send a form, some JSON. */
function formOf(call: Call): URLSearchParams | null {
  if (!call.headers["content-type"]?.includes("json")) return new URLSearchParams(call.text);
  try {
    const body: unknown = JSON.parse(call.text || "{}");
    const entries = isObject(body) ? Object.entries(body) : [];
    return new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  } catch {
    return null;
  }
}

function decoded(part: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
