import { err, type Result } from "#contract/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { SourceError } from "../source.ts";
import { explainNetError } from "./problems.ts";

export interface AccessToken {
  readonly text: string;
  /** Monotonic: neither Google's clock nor a wall clock that is set has a say. */
  readonly endsMs: number;
}

/** One access token for everybody who speaks for an account. */
export interface SharedToken {
  /** Value of the authorization header; a token that is about to end is replaced first. */
  header(signal: AbortSignal): Promise<Result<string, SourceError>>;
  /** Google refused this header: the next call gets another token, unless that has come already. */
  forget(header: string): void;
}

/** A token this close to its end is not used: a request may take a while to arrive. */
const TOKEN_MARGIN_MS = 60_000;

/** `fetchToken` runs once for all who wait for it, and outlives the poll that caused it. `first` is there already. */
export function createSharedToken(
  clock: Clock,
  fetchToken: () => Promise<Result<AccessToken, SourceError>>,
  first: AccessToken | null = null,
): SharedToken {
  let token = first;
  let pending: Promise<Result<AccessToken, SourceError>> | null = null;

  async function fetchAndKeep(): Promise<Result<AccessToken, SourceError>> {
    try {
      const fetched = await fetchToken();
      if (fetched.ok) token = fetched.value;
      return fetched;
    } finally {
      pending = null;
    }
  }

  return {
    async header(signal) {
      if (token && clock.monotonicMs() < token.endsMs - TOKEN_MARGIN_MS) {
        return { ok: true, value: headerOf(token) };
      }
      pending ??= fetchAndKeep();
      const fetched = await Promise.race([pending, ended(signal)]);
      return fetched.ok ? { ok: true, value: headerOf(fetched.value) } : fetched;
    },
    forget(header) {
      // Of many polls refused at once, only the first forgets; the others find its successor.
      if (token && headerOf(token) === header) token = null;
    },
  };
}

function headerOf({ text }: AccessToken): string {
  return `Bearer ${text}`;
}

function ended(signal: AbortSignal): Promise<Result<never, SourceError>> {
  return new Promise((resolve) => {
    const end = (): void => resolve(err(explainNetError({ tag: "Aborted" })));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
