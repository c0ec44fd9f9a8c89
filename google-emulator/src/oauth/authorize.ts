/**
 * The authorization endpoint, /o/oauth2/v2/auth: a page where one of the emulated people says yes or no. Its links are
 * the same address with an answer, which a test may add by itself: `emulator_user=ann@example.com` consents,
 * `emulator_scopes=...` to these only, `emulator_deny=1` refuses.
 */
import type { Call, EmulatorResponse } from "../http/message.ts";
import { consentPage, refusalPage } from "./consent-page.ts";
import type { CodeGrant, Consents } from "./consents.ts";

/** Only a request that names its app and the app's own address is ever answered by a redirect. */
export function authorizeResponse(call: Call, consents: Consents, open: boolean): EmulatorResponse {
  const { query } = call;
  const clientId = query.get("client_id") ?? "";
  const client = consents.client(clientId) ?? (open ? consents.registerClient({ clientId }) : undefined);
  if (!client) return refusalPage(401, "invalid_client", "The OAuth client was not found.");
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!URL.canParse(redirectUri) || client.redirectUris?.includes(redirectUri) === false) {
    return refusalPage(400, "redirect_uri_mismatch", `The app does not list the address ${redirectUri}.`);
  }
  if (query.get("response_type") !== "code") {
    return refusalPage(400, "unsupported_response_type", "Only response_type=code is emulated.");
  }
  const scopes = wordsOf(query.get("scope"));
  if (scopes.length === 0) return refusalPage(400, "invalid_request", "Missing required parameter: scope");
  const challenge = challengeOf(query);
  if (challenge === "wrong") {
    return refusalPage(400, "invalid_request", "Transform algorithm not supported: use S256 or plain.");
  }
  return answered(query, consents, { client, redirectUri, scopes, challenge });
}

function answered(
  query: URLSearchParams,
  consents: Consents,
  asked: Pick<CodeGrant, "client" | "redirectUri" | "scopes" | "challenge">,
): EmulatorResponse {
  const state = query.get("state");
  const back = (fields: Record<string, string>): EmulatorResponse => {
    const url = new URL(asked.redirectUri);
    if (state !== null) url.searchParams.set("state", state);
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    return { status: 302, headers: { location: url.href, "cache-control": "no-store" }, body: "" };
  };
  if (query.has("emulator_deny")) return back({ error: "access_denied" });
  const email = query.get("emulator_user");
  if (!email) return consentPage(query, asked.client, consents.people(), asked.scopes);
  const scopes = query.has("emulator_scopes") ? wordsOf(query.get("emulator_scopes")) : asked.scopes;
  const offline = query.get("access_type") === "offline" && wordsOf(query.get("prompt")).includes("consent");
  const code = consents.giveCode({ ...asked, email, scopes, offline, nonce: query.get("nonce") });
  return back({ code, scope: scopes.join(" "), authuser: "0", prompt: "consent" });
}

function challengeOf(query: URLSearchParams): CodeGrant["challenge"] | "wrong" {
  const value = query.get("code_challenge");
  if (value === null) return null;
  const method = query.get("code_challenge_method") ?? "plain";
  return method === "S256" || method === "plain" ? { method, value } : "wrong";
}

function wordsOf(text: string | null): string[] {
  return (text ?? "").split(" ").filter(Boolean);
}
