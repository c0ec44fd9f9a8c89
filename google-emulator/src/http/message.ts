/**
 * Requests and answers as plain data: the emulator's core never touches a socket, so it runs in a test, in
 * a simulation with virtual time, and behind a port alike.
 */
export interface EmulatorRequest {
  readonly method: string;
  /** A path with query ("/v4/spreadsheets/x?fields=y") or a whole URL; its host is not looked at. */
  readonly url: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
}

export interface EmulatorResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds the carrier must wait before it delivers this; the core itself never waits. */
  readonly delayMs?: number;
  /** What the carrier must do instead of a clean delivery: cut the connection before or within the body. */
  readonly broken?: "reset" | "truncated";
}

/** A request taken apart once; what routes work on. */
export interface Call {
  readonly method: string;
  /** Decoded path segments; a "/" inside a segment arrived percent-encoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export function takeApart(request: EmulatorRequest): Call {
  const url = new URL(request.url, "http://emulator.invalid");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  const body = request.body ?? "";
  return {
    method: request.method.toUpperCase(),
    path: url.pathname.split("/").slice(1).map(decoded),
    query: url.searchParams,
    headers,
    text: typeof body === "string" ? body : new TextDecoder().decode(body),
  };
}

export function jsonResponse(status: number, body: unknown): EmulatorResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify(body),
  };
}

/** A segment with a stray "%" is taken as it stands, as Google does. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
