import type { Result } from "#contract/result.ts";
import type { Evidence } from "../../model/breaker.ts";
import type { PollResult, SourceError } from "../../sources/source.ts";

/** Asking for a token that is refused, more often than this, helps nobody. */
const REFUSED_WAIT_MS = 60_000;

/** What a poll tells of the account that it went by; null: it was ended from outside. */
export function evidenceOf(result: Result<PollResult, SourceError> | null): Evidence<SourceError> {
  if (result === null) return { tag: "nothing" };
  if (result.ok) return { tag: "fine" };
  const { error } = result;
  switch (error.tag) {
    case "RateLimited":
      return { tag: "nothing" };
    case "Unreachable":
      return error.shared ? { tag: "account", error, leastMs: 0 } : { tag: "maybe", error };
    case "Unauthorized":
      return error.shared || error.account !== undefined
        ? { tag: "account", error, leastMs: REFUSED_WAIT_MS }
        : { tag: "fine" };
    case "NotFound":
      return { tag: "fine" };
    case "Malformed":
    case "Doubtful":
    case "Forbidden":
      return { tag: "nothing" };
  }
}
