/** The public REST API as this page uses it. */
import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import type {
  PreviewAnswer,
  Problem,
  RegisterBody,
  SourceAnswer,
  UpdateBody,
} from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";

export type ApiError =
  /** No answer: the daemon is down or the network is. */
  | { readonly tag: "Unreachable" }
  /** The token is missing, wrong or expired. */
  | { readonly tag: "SignedOut"; readonly detail: string }
  | { readonly tag: "Refused"; readonly problem: Problem };

export interface Api {
  sources(): Promise<Result<readonly SourceAnswer[], ApiError>>;
  accounts(): Promise<Result<readonly AccountAnswer[], ApiError>>;
  /** Reads a source once and saves nothing. */
  preview(body: RegisterBody): Promise<Result<PreviewAnswer, ApiError>>;
  register(body: RegisterBody): Promise<Result<SourceAnswer, ApiError>>;
  update(source: string, body: UpdateBody): Promise<Result<SourceAnswer, ApiError>>;
  pause(source: string): Promise<Result<SourceAnswer, ApiError>>;
  resume(source: string): Promise<Result<SourceAnswer, ApiError>>;
  /** Deletes the source with its rows, history and secrets. */
  remove(source: string): Promise<Result<null, ApiError>>;
  /** Asks for a poll now, whatever the pace. */
  poll(source: string): Promise<Result<SourceAnswer, ApiError>>;
}

/** More than any answer of the daemon takes; then it counts as not answering. */
const TIMEOUT_MS = 15_000;
/** A preview reads the source itself, for which the daemon takes up to a minute. */
const PREVIEW_TIMEOUT_MS = 70_000;

export function createApi(token: string, send: (path: string, init: RequestInit) => Promise<Response>): Api {
  async function call<T>(
    method: string,
    path: string,
    body?: unknown,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Result<T, ApiError>> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(timeoutMs) };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      const response = await send(path, init);
      if (response.ok) return ok((response.status === 204 ? null : await response.json()) as T);
      return err(await readProblem(response));
    } catch {
      return err({ tag: "Unreachable" });
    }
  }
  const at = (source: string, act: string): string => `/datasources/${encodeURIComponent(source)}/${act}`;
  return {
    sources: () => call("GET", "/datasources"),
    register: (body) => call("POST", "/datasources/register", body),
    accounts: () => call("GET", "/api/v1/accounts"),
    preview: (body) => call("POST", "/datasources/preview", body, PREVIEW_TIMEOUT_MS),
    update: (source, body) => call("PUT", at(source, "update"), body),
    pause: (source) => call("POST", at(source, "pause")),
    resume: (source) => call("POST", at(source, "resume")),
    remove: (source) => call("DELETE", at(source, "delete")),
    poll: (source) => call("POST", at(source, "poll")),
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
