/** What Google's refusals mean for a source. Bodies as recorded from the Sheets API; see also googleapis.dev. */
import type { NetError, NetResponse } from "../../runtime/net.ts";
import type { SourceError } from "../source.ts";
import type { RequestKind } from "./quota.ts";

/** Who asked, in words for a person; never the secret. */
export interface Caller {
  /** Address to share a workbook with; null when an API key asks. */
  readonly email: string | null;
  /** Set for an account that a person connected; `fileOnly`: it sees only workbooks that it was given one by one. */
  readonly connected?: { readonly id: string; readonly fileOnly: boolean };
}

/** A range of the request cannot be read: its tab was renamed or deleted. */
export interface BadRange {
  readonly tag: "BadRange";
  readonly detail: string;
}

export type CallError = SourceError | BadRange;

interface GoogleError {
  readonly message: string;
  /** Sheets: error.status. */
  readonly status: string;
  /** Reasons of ErrorInfo details (Sheets) and of errors[] (Drive). */
  readonly reasons: readonly string[];
  /** Which limit was hit, such as ReadRequestsPerMinutePerUser. */
  readonly quotaLimit: string;
}

export function explainNetError(error: NetError): SourceError {
  switch (error.tag) {
    case "Unreachable":
      return { tag: "Unreachable", detail: `Google cannot be reached: ${error.detail}` };
    case "TimedOut":
      return { tag: "Unreachable", detail: `Google did not answer within ${error.timeoutMs} ms` };
    case "TooLarge":
      return {
        tag: "Malformed",
        path: "body",
        detail: `The answer has more than ${error.bytesMax} bytes: name fewer or smaller tabs under "tabs"`,
      };
    case "Aborted":
      return { tag: "Unreachable", detail: "The poll was ended" };
  }
}

/** For an answer outside 200 to 299. */
export function explainRefusal(answer: NetResponse, caller: Caller): CallError {
  const google = readGoogleError(answer);
  const detail = google ? `Google says: ${google.message}` : `Google answers ${answer.status}`;
  if (isRateLimit(answer.status, google)) return rateLimited(answer);
  if (answer.status >= 500 || answer.status === 408) return { tag: "Unreachable", detail };
  if (google && /^Unable to parse range|exceeds grid limits/.test(google.message)) {
    return { tag: "BadRange", detail };
  }
  if (google?.reasons.includes("API_KEY_INVALID") || answer.status === 401) {
    return { tag: "Unauthorized", detail, fix: newCredentials(caller) };
  }
  if (google?.reasons.some((reason) => reason === "SERVICE_DISABLED" || reason === "accessNotConfigured")) {
    return { tag: "Unauthorized", detail, fix: "Enable the Google Sheets API in the credentials' project" };
  }
  if (answer.status === 403) return { tag: "Unauthorized", detail, fix: share(caller) };
  if (answer.status === 404) {
    return {
      tag: "NotFound",
      detail,
      fix: `Check the link: the workbook may be deleted. If it exists: ${share(caller)}`,
    };
  }
  return { tag: "Malformed", path: "request", detail };
}

/** For an answer of the token endpoint outside 200 to 299: {error, error_description}. */
export function explainTokenRefusal(answer: NetResponse, caller: Caller): SourceError {
  const body = readJson(answer.body);
  const code = textAt(body, "error");
  const said = textAt(body, "error_description") || code;
  const detail = said ? `Google gives no token: ${said}` : `Google's token endpoint answers ${answer.status}`;
  if (answer.status === 429) return rateLimited(answer);
  if (answer.status >= 500 || !code) return { tag: "Unreachable", detail };
  const clock = /iat|exp|timeframe|short-lived/.test(said);
  return { tag: "Unauthorized", detail, fix: clock ? SET_CLOCK : newCredentials(caller) };
}

/** The code in a refusal of an endpoint of OAuth; empty when it has none. */
export function tokenErrorCode(answer: NetResponse): string {
  return textAt(readJson(answer.body), "error");
}

/** For an account that a person must connect again. */
export function howToReconnect(id: string, email: string | null): string {
  const who = email === null ? "the same Google user" : email;
  return `Send {"account": "${id}"} to POST /api/v1/accounts/google/connect, open the address that it answers, and sign in as ${who}; the source then goes on by itself`;
}

const SET_CLOCK = "Set this machine's clock: Google takes signatures of the last hour only";

/** What a 429 says of whose quota is spent; absent when it does not say. */
export function spentQuota(answer: NetResponse): {
  readonly kind?: RequestKind;
  readonly whose: "user" | "project";
} {
  const limit = readGoogleError(answer)?.quotaLimit ?? "";
  const whose = limit.endsWith("PerProject") ? "project" : "user";
  if (limit.startsWith("Read")) return { kind: "read", whose };
  return limit.startsWith("Write") ? { kind: "write", whose } : { whose };
}

/** Drive says 403 where Sheets says 429. */
function isRateLimit(status: number, google: GoogleError | null): boolean {
  if (status === 429 || google?.status === "RESOURCE_EXHAUSTED") return true;
  return (
    status === 403 &&
    (google?.reasons.some((reason) => /rateLimitExceeded|quotaExceeded/i.test(reason)) ?? false)
  );
}

function rateLimited(answer: NetResponse): SourceError {
  const seconds = Number(answer.headers["retry-after"] ?? Number.NaN);
  return seconds >= 0 ? { tag: "RateLimited", retryAfterMs: seconds * 1_000 } : { tag: "RateLimited" };
}

function share({ email, connected }: Caller): string {
  if (connected?.fileOnly) {
    return `The account ${email ?? connected.id} was connected with the scope drive.file, which covers only workbooks made or picked with this app: connect it again with the scope spreadsheets.readonly`;
  }
  return email
    ? `Share the workbook with ${email}; "Viewer" is enough to read it`
    : 'An API key reads public workbooks only: share it with "Anyone with the link", or use a service account';
}

function newCredentials({ email, connected }: Caller): string {
  if (connected) return howToReconnect(connected.id, email);
  return email
    ? `Make a new key for ${email} in the Google Cloud console and update the source's credentials with it`
    : "Make a new API key in the Google Cloud console and update the source with it";
}

function readGoogleError(answer: NetResponse): GoogleError | null {
  const error = fieldOf(readJson(answer.body), "error");
  const message = textAt(error, "message");
  if (!message) return null;
  const details = listAt(error, "details");
  const entries = details.concat(listAt(error, "errors"));
  return {
    message,
    status: textAt(error, "status"),
    reasons: entries.map((entry) => textAt(entry, "reason")).filter(Boolean),
    quotaLimit: details.map((entry) => textAt(fieldOf(entry, "metadata"), "quota_limit")).find(Boolean) ?? "",
  };
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textAt(value: unknown, name: string): string {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : "";
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
}
