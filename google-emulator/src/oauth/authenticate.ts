/** Who makes this call, by bearer token or API key; and whether the token's scopes allow it. */
import { ApiError, errorInfo } from "../http/errors.ts";
import type { Call } from "../http/message.ts";
import type { Accounts } from "./accounts.ts";
import type { Caller } from "./caller.ts";

export type Service = "sheets" | "drive";

/** Throws Google's 401 or 403 when nobody known is calling. */
export function authenticate(call: Call, accounts: Accounts, service: Service): Caller {
  const bearer =
    /^Bearer\s+(.+)$/i.exec(call.headers.authorization ?? "")?.[1] ?? call.query.get("access_token");
  if (bearer) {
    const token = accounts.bearer(bearer);
    if (token) return { kind: "account", email: token.email, project: token.project, scopes: token.scopes };
    throw new ApiError(
      "UNAUTHENTICATED",
      service === "drive"
        ? "Invalid Credentials"
        : "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
      { drive: { reason: "authError", location: "Authorization" } },
    );
  }
  const key = call.query.get("key") ?? call.headers["x-goog-api-key"];
  if (key) {
    const project = accounts.projectOfKey(key);
    if (project !== undefined) return { kind: "apiKey", key, project };
    throw new ApiError("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", {
      details: [errorInfo("API_KEY_INVALID", { service: `${service}.googleapis.com` })],
      drive: { reason: "badRequest" },
    });
  }
  throw new ApiError(
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    { drive: { reason: "forbidden" } },
  );
}

/** An API key cannot write, and a token only within its scopes. */
export function authorize(caller: Caller, service: Service, access: "read" | "write"): void {
  if (caller.kind === "open") return;
  if (caller.kind === "apiKey") {
    if (access === "read") return;
    throw new ApiError(
      "UNAUTHENTICATED",
      "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. See https://cloud.google.com/docs/authentication",
      {
        details: [errorInfo("CREDENTIALS_MISSING", { service: `${service}.googleapis.com` })],
        drive: { reason: "required", location: "Authorization" },
      },
    );
  }
  const names = caller.scopes.map((scope) => scope.replace("https://www.googleapis.com/auth/", ""));
  const enough = access === "read" ? READ_SCOPES[service] : WRITE_SCOPES[service];
  if (names.some((name) => enough.includes(name))) return;
  throw new ApiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.", {
    details: [errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", { service: `${service}.googleapis.com` })],
    drive: { reason: "insufficientPermissions" },
  });
}

const WRITE_SCOPES: Readonly<Record<Service, readonly string[]>> = {
  sheets: ["spreadsheets", "drive", "drive.file"],
  drive: ["drive", "drive.file"],
};
const READ_SCOPES: Readonly<Record<Service, readonly string[]>> = {
  sheets: [...WRITE_SCOPES.sheets, "spreadsheets.readonly", "drive.readonly"],
  drive: [...WRITE_SCOPES.drive, "drive.readonly", "drive.metadata", "drive.metadata.readonly"],
};
