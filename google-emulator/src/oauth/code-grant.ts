/** The code of a consent against tokens: once, by the app that asked, with the verifier of its challenge. */
import { createHash } from "node:crypto";
import { type EmulatorResponse, jsonResponse } from "../http/message.ts";
import { type Accounts, TOKEN_LIFE_S } from "./accounts.ts";
import { type CodeGrant, type Consents, subjectOf } from "./consents.ts";
import type { IdTokens } from "./id-token.ts";

export interface CodeGrantDeps {
  readonly accounts: Accounts;
  readonly consents: Consents;
  readonly idTokens: IdTokens;
  readonly nowMs: number;
}

export function byCode(form: URLSearchParams, deps: CodeGrantDeps): EmulatorResponse {
  const { accounts, consents } = deps;
  const client = consents.client(form.get("client_id") ?? "");
  if (!client) return refused("invalid_client", "The OAuth client was not found.", 401);
  if (form.get("client_secret") !== client.clientSecret) {
    return refused("invalid_client", "The provided client secret is invalid.", 401);
  }
  const grant = consents.takeCode(form.get("code") ?? "");
  if (!grant || grant.client.clientId !== client.clientId) return refused("invalid_grant", "Bad Request");
  if (form.get("redirect_uri") !== grant.redirectUri) return refused("redirect_uri_mismatch", "Bad Request");
  const why = wrongVerifier(grant.challenge, form.get("code_verifier"));
  if (why) return refused("invalid_grant", why);
  const { email, scopes } = grant;
  const { clientId, clientSecret, project } = client;
  const access = accounts.issueToken(email, { project, scopes, clientId });
  const refresh = grant.offline
    ? accounts.registerRefreshToken({ email, project, clientId, clientSecret, scopes }).refreshToken
    : null;
  return jsonResponse(200, {
    access_token: access,
    expires_in: TOKEN_LIFE_S,
    ...(refresh === null ? {} : { refresh_token: refresh }),
    scope: scopes.join(" "),
    token_type: "Bearer",
    ...(scopes.includes("openid") ? { id_token: idToken(grant, deps) } : {}),
  });
}

function wrongVerifier(challenge: CodeGrant["challenge"], verifier: string | null): string | null {
  if (challenge === null) return verifier === null ? null : "code_verifier was not expected.";
  if (verifier === null) return "Missing code verifier.";
  const made =
    challenge.method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  return made === challenge.value ? null : "Invalid code verifier.";
}

function idToken({ email, scopes, client, nonce }: CodeGrant, { idTokens, nowMs }: CodeGrantDeps): string {
  const iat = Math.floor(nowMs / 1000);
  const told = scopes.some((scope) => /(^|\.)email$/.test(scope));
  return idTokens.sign({
    sub: subjectOf(email),
    aud: client.clientId,
    iat,
    exp: iat + 3600,
    ...(told ? { email } : {}),
    ...(nonce === null ? {} : { nonce }),
  });
}

function refused(error: string, description: string, status = 400): EmulatorResponse {
  return jsonResponse(status, { error, error_description: description });
}
