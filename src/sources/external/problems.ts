/** What refusals of a feed's server mean. No link is repeated: keys travel in their queries and sometimes in paths. */
import type { GuardedError } from "../../runtime/guarded-net.ts";
import type { SourceError } from "../source.ts";

type Headers = Readonly<Record<string, string>>;

export function explainNetError(error: GuardedError, who: string): SourceError {
  switch (error.tag) {
    case "AddressRefused":
      return { tag: "Forbidden", detail: `${error.host} ${error.problem}`, fix: sentence(error.fix) };
    case "Unreachable":
      return { tag: "Unreachable", detail: `${who} cannot be reached: ${error.detail}` };
    case "TimedOut":
      return { tag: "Unreachable", detail: `${who} did not answer within ${error.timeoutMs} ms` };
    case "TooLarge":
      return { tag: "Malformed", path: "body", detail: `${who} answers more than ${error.bytesMax} bytes` };
    case "Aborted":
      return { tag: "Unreachable", detail: "The poll was ended" };
  }
}

/** For an answer that brings no content; `nowMs` is wall time. */
export function explainStatus(status: number, headers: Headers, nowMs: number): SourceError {
  const detail = `The feed answers ${status}`;
  if (status === 429 || (status === 503 && headers["retry-after"] !== undefined)) {
    return { tag: "RateLimited", ...retryAfterMs(headers, nowMs) };
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      tag: "Unauthorized",
      detail,
      fix: "Check auth, apiKey and headers, and update the source with them.",
    };
  }
  if (status === 404 || status === 410) {
    return { tag: "NotFound", detail, fix: "Correct the link with PUT /datasources/{id}/update." };
  }
  if (status >= 500 || status === 408 || status === 425) return { tag: "Unreachable", detail };
  return { tag: "Malformed", path: "status", detail };
}

/** Seconds, or a date (RFC 9110, 10.2.3); nothing when it is absent or neither. */
export function retryAfterMs(headers: Headers, nowMs: number): { retryAfterMs?: number } {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d+$/.test(text)) return { retryAfterMs: Number(text) * 1_000 };
  const date = Date.parse(text);
  return Number.isNaN(date) ? {} : { retryAfterMs: Math.max(0, date - nowMs) };
}

/** How long an answer stays fresh (RFC 9111, 4.2.1): max-age less the age it has; nothing when it does not say. */
export function freshForMs(headers: Headers): { freshForMs?: number } {
  const control = headers["cache-control"]?.toLowerCase() ?? "";
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/.exec(control)?.[1];
  if (maxAge === undefined || /(?:^|[\s,])no-(?:cache|store)\b/.test(control)) return {};
  const age = Number(headers.age ?? 0) || 0;
  const seconds = Number(maxAge) - Math.max(0, age);
  return seconds > 0 ? { freshForMs: seconds * 1_000 } : {};
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
