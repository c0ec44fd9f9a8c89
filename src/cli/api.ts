import type { Problem } from "#contract/rest.ts";
import { Failure, failureOfAnswer } from "./failure.ts";
import type { Target, World } from "./world.ts";

/** The daemon's REST. Each call throws a Failure for every answer but a good one. */
export interface Api {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, headers?: Headers): Promise<T>;
  /** The answer itself, for bodies that are streamed. */
  open(path: string, headers?: Headers): Promise<Response>;
}

type Headers = Readonly<Record<string, string>>;

/** Longer than the longest wait that an answer may be asked to take, and than any poll of a preview. */
const ANSWER_MS_MAX = 330_000;

export function createApi(target: Target, world: World): Api {
  async function ask(path: string, init: RequestInit, timeoutMs: number | null): Promise<Response> {
    const headers = { Authorization: `Bearer ${target.token}`, ...(init.headers as Headers) };
    const { certificate: ca } = target;
    // The daemon's own certificate is for the name that people use, not for the address that it is asked by here.
    const tls = ca === undefined ? {} : { tls: { ca, checkServerIdentity: () => undefined } };
    const signal = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await world.fetch(target.url + path, {
        ...init,
        ...tls,
        ...(signal && { signal }),
        headers,
        redirect: "manual",
      });
    } catch (cause) {
      throw unreachable(target.url, cause);
    }
    if (response.ok) return response;
    throw failureOfAnswer(response.status, await problemOf(response), `${init.method ?? "GET"} ${path}`);
  }

  async function json<T>(path: string, init: RequestInit): Promise<T> {
    const response = await ask(path, init, ANSWER_MS_MAX);
    const text = await response.text().catch((cause: unknown) => {
      throw unreachable(target.url, cause);
    });
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Failure("unreachable", {
        title: "No Sheetwire answers there",
        detail: `What answers at ${target.url} is no Sheetwire: its answer is not JSON. Check --url.`,
      });
    }
  }

  return {
    url: target.url,
    get: (path) => json(path, {}),
    send: (method, path, body, headers) =>
      json(path, {
        method,
        headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    open: (path, headers) => ask(path, headers ? { headers } : {}, null),
  };
}

export function unreachable(url: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message.replace(/\.$/, "") : String(cause);
  const problem = `No daemon answers at ${url} (${why}).`;
  return new Failure("unreachable", {
    title: "The daemon cannot be reached",
    problem,
    detail: `${problem} Start it with \`sheetwire start\`, or say where it is with --url.`,
  });
}

async function problemOf(response: Response): Promise<Partial<Problem> | null> {
  try {
    const body = (await response.json()) as unknown;
    return typeof body === "object" && body !== null ? (body as Partial<Problem>) : null;
  } catch {
    return null;
  }
}

/** A path of encoded parts: `path("datasources", id, "tabs")`. */
export function path(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join("");
}

/** "" where nothing is asked. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? "" : `?${asked}`;
}
