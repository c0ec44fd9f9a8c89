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
      return { tag: "Unreachable", detail: `Google cannot be reached: ${error.detail}`, fix: CHECK_NETWORK };
    case "TimedOut":
      return {
        tag: "Unreachable",
        detail: `Google did not answer in full within ${Math.round(error.timeoutMs / 1_000)} s`,
        fix: 'It is tried again by itself. Google takes long over workbooks that calculate much: if it stays like this, name fewer tabs, or ranges, under "tabs".',
      };
    case "TooLarge":
      return {
        tag: "Malformed",
        path: "body",
        detail: `The answer has more than ${error.bytesMax} bytes`,
        fix: 'Name fewer tabs, or ranges such as "Prices!A1:F5000", under "tabs"; what was synced stays.',
      };
    case "Aborted":
      return { tag: "Unreachable", detail: "The poll was ended" };
  }
}

/** For an answer outside 200 to 299. */
export function explainRefusal(answer: NetResponse, caller: Caller, access: RequestKind = "read"): CallError {
  const google = readGoogleError(answer);
  const detail = google ? `Google says: ${google.message}` : withoutWords(answer);
  if (google?.reasons.includes("storageQuotaExceeded")) {
    return { tag: "Unauthorized", detail, fix: NO_STORAGE };
  }
  if (isRateLimit(answer.status, google)) return rateLimited(answer);
  if (answer.status >= 500 || answer.status === 408) return { tag: "Unreachable", detail, fix: GOOGLE_DOWN };
  if (google && /^Unable to parse range|exceeds grid limits/.test(google.message)) {
    return { tag: "BadRange", detail };
  }
  if (google?.reasons.includes("API_KEY_INVALID") || answer.status === 401) {
    return { tag: "Unauthorized", detail, fix: newCredentials(caller) };
  }
  if (google && isApiDisabled(google)) return { tag: "Unauthorized", detail, fix: enableApi(google) };
  if (google?.reasons.some((reason) => /^API_KEY_\w+_BLOCKED$/.test(reason))) {
    return { tag: "Unauthorized", detail, fix: UNRESTRICT_KEY };
  }
  if (answer.status === 403) return { tag: "Unauthorized", detail, fix: share(caller, access) };
  if (answer.status === 404) {
    return {
      tag: "NotFound",
      detail,
      fix: `Check the link. If the workbook was deleted, its owner can restore it from the trash of Google Drive for 30 days, and the source goes on by itself. If it exists: ${share(caller)}`,
    };
  }
  return { tag: "Malformed", path: "request", detail };
}

/** For an answer of the token endpoint outside 200 to 299: {error, error_description}. `nowMs`: this machine's time. */
export function explainTokenRefusal(answer: NetResponse, caller: Caller, nowMs?: number): SourceError {
  const body = readJson(answer.body);
  const code = textAt(body, "error");
  const said = textAt(body, "error_description") || code;
  const detail = said ? `Google gives no token: ${said}` : `Google's token endpoint answers ${answer.status}`;
  if (answer.status === 429) return rateLimited(answer);
  if (answer.status >= 500 || !code) return { tag: "Unreachable", detail, fix: GOOGLE_DOWN };
  if (/iat|exp values|timeframe|short-lived/.test(said)) {
    return { tag: "Unauthorized", detail, fix: setClock(answer, nowMs) };
  }
  if (/account not found/.test(said) && caller.email !== null) {
    const fix = `The service account ${caller.email} does not exist any more: restore it in the Google Cloud console, or give this source another one and share the workbook with that`;
    return { tag: "Unauthorized", detail, fix };
  }
  return { tag: "Unauthorized", detail, fix: newCredentials(caller) };
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

const CHECK_NETWORK =
  "It is tried again by itself. If it stays like this, check that this machine reaches sheets.googleapis.com and oauth2.googleapis.com: name resolution, firewall, proxy.";
const GOOGLE_DOWN =
  "Nothing needs to be done: Google has trouble and is asked again by itself. https://www.google.com/appsstatus/dashboard tells of known outages.";
/** Since 2025 service accounts have no storage of their own. */
const NO_STORAGE =
  "The account's Drive is full, as a service account's always is: name a folder of a shared drive, or use a connected account";
const UNRESTRICT_KEY =
  "Allow the Google Sheets API, and this machine's address, under the key's restrictions in the Google Cloud console";

/** How far this machine's clock is off, as far as the answer tells the time. */
function setClock(answer: NetResponse, nowMs: number | undefined): string {
  const aheadMs = (nowMs ?? Number.NaN) - Date.parse(answer.headers.date ?? "");
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const off = minutes >= 1 ? `: it is ${minutes} min ${aheadMs > 0 ? "ahead of" : "behind"} Google's` : "";
  return `Set this machine's clock${off}, best by NTP. Google takes signatures of the last hour only; the source goes on by itself`;
}

function withoutWords(answer: NetResponse): string {
  const page = /html/i.test(answer.headers["content-type"] ?? "");
  return `Google answers ${answer.status}${page ? " with a web page in the place of data" : ""}`;
}

function isApiDisabled({ reasons, message }: GoogleError): boolean {
  const told = reasons.some((reason) => reason === "SERVICE_DISABLED" || reason === "accessNotConfigured");
  return told || /API has not been used in project|it is disabled/.test(message);
}

/** Google's message holds the very address where the API is enabled. */
function enableApi({ message }: GoogleError): string {
  const address =
    /https:\/\/console\.[\w./?=&-]*\w/.exec(message)?.[0] ??
    "https://console.cloud.google.com/apis/library/sheets.googleapis.com";
  return `Enable the Google Sheets API in the credentials' project, at ${address}. It takes some minutes; the source then goes on by itself`;
}

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

function share({ email, connected }: Caller, access: RequestKind = "read"): string {
  if (access === "write" && email !== null) {
    return `Share the workbook with ${email} as "Editor", or turn off writable: the account may only read it`;
  }
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
