/** Who asks Google, as the calls see it. */
import type { Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import type { Caller } from "./problems.ts";
import type { Consumer } from "./quota.ts";

export interface Account extends Caller {
  readonly consumer: Consumer;
  /** Goes into each request's query; null when a token does. */
  readonly apiKey: string | null;
  /** Value of the authorization header, null with an API key. Fetches a token when the last one is about to end. */
  authorize(signal: AbortSignal): Promise<Result<string | null, SourceError>>;
  /** Google refused this header: the next call fetches another token. */
  forgetToken(header: string): void;
}
