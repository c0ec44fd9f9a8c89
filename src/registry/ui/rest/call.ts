/** One request of the public REST API, and what may come of it. */
import type { Problem } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";

export type ApiError =
  /** No answer: the daemon is down or the network is. */
  | { readonly tag: "Unreachable" }
  /** The token is missing, wrong or expired. */
  | { readonly tag: "SignedOut"; readonly detail: string }
  | { readonly tag: "Refused"; readonly problem: Problem };

export type Answer<T> = Promise<Result<T, ApiError>>;
export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Call = <T>(method: Method, path: string, options?: CallOptions) => Answer<T>;

export interface CallOptions {
  readonly body?: unknown;
  readonly timeoutMs?: number;
  /** For what is no JSON: the answer as it stands, or a file to keep. */
  readonly as?: "text" | "file";
  readonly headers?: Readonly<Record<string, string>>;
}

/** More than any answer of the daemon takes; then it counts as not answering. */
const TIMEOUT_MS = 15_000;

export function createCall(
  token: string,
  send: (path: string, init: RequestInit) => Promise<Response>,
): Call {
  return async function call<T>(
    method: Method,
    path: string,
    { body, timeoutMs = TIMEOUT_MS, as, headers = {} }: CallOptions = {},
  ) {
    const init: RequestInit = {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: as ? "*/*" : "application/json",
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    try {
      const response = await send(path, init);
      if (!response.ok) return err(await readProblem(response));
      if (as) return ok((as === "text" ? await response.text() : await response.blob()) as T);
      return ok((response.status === 204 ? null : await response.json()) as T);
    } catch {
      return err({ tag: "Unreachable" });
    }
  };
}

async function readProblem(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  // A proxy's own page in the daemon's place.
  if (!problem && response.status >= 502 && response.status <= 504) return { tag: "Unreachable" };
  const detail = problem?.detail ?? `the daemon answered ${response.status}`;
  if (response.status === 401) return { tag: "SignedOut", detail };
  return {
    tag: "Refused",
    problem: problem ?? { type: "about:blank", title: "Refused", status: response.status, detail },
  };
}
