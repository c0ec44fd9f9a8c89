import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import type { Accounts } from "./accounts.ts";

/** Either token ends all of what its person granted to its app, as at https://oauth2.googleapis.com/revoke. */
export function revokeResponse(call: Call, accounts: Accounts): EmulatorResponse {
  const token = new URLSearchParams(call.text).get("token") ?? call.query.get("token");
  if (!token) {
    return jsonResponse(400, { error: "invalid_request", error_description: "Missing parameter: token" });
  }
  if (accounts.revokeToken(token)) return jsonResponse(200, {});
  return jsonResponse(400, { error: "invalid_token", error_description: "Token expired or revoked" });
}
