/** The public REST API as this page uses it. */
import type { Problem, RegisterBody, SourceAnswer } from "../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../client-sdk/src/contract/result.ts";

export type ApiError =
  /** No answer: the daemon is down or the network is. */
  | { readonly tag: "Unreachable" }
  /** The token is missing, wrong or expired. */
  | { readonly tag: "SignedOut"; readonly detail: string }
  | { readonly tag: "Refused"; readonly problem: Problem };

export interface Api {
  sources(): Promise<Result<readonly SourceAnswer[], ApiError>>;
  register(body: RegisterBody): Promise<Result<SourceAnswer, ApiError>>;
  /** Asks for a poll now, whatever the pace. */
  poll(source: string): Promise<Result<SourceAnswer, ApiError>>;
}

/** More than any answer of the daemon takes; then it counts as not answering. */
const TIMEOUT_MS = 15_000;

export function createApi(token: string, send: (path: string, init: RequestInit) => Promise<Response>): Api {
  async function call<T>(method: string, path: string, body?: unknown): Promise<Result<T, ApiError>> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      const response = await send(path, init);
      if (response.ok) return ok((await response.json()) as T);
      return err(await readProblem(response));
    } catch {
      return err({ tag: "Unreachable" });
    }
  }
  return {
    sources: () => call("GET", "/datasources"),
    register: (body) => call("POST", "/datasources/register", body),
    poll: (source) => call("POST", `/datasources/${encodeURIComponent(source)}/poll`),
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
