import type { Result } from "#contract/result.ts";
import type { NetError } from "./net.ts";

/** From a host's name to its addresses. */
export interface Resolver {
  /** IP addresses as texts, the best to connect to first; never an empty list. */
  resolve(
    host: string,
    bounds: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Result<readonly string[], NetError>>;
}
