import type { Origins } from "../../access/origins.ts";

const METHODS = "GET, HEAD, POST, PUT, DELETE";
const HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Accept, Last-Event-ID";
/** What a page's script may read besides the body. */
const EXPOSED = "ETag, Location, Content-Location, Retry-After, Link, Content-Encoding";
/** An hour: the answer depends on settings alone. */
const PREFLIGHT_S = 3_600;

/**
 * The answer to a browser that asks beforehand whether a page of another origin may send its request; null for any
 * other request. It needs no token: browsers send none with it.
 */
export function preflight(request: Request, origins: Origins): Response | null {
  const origin = request.headers.get("origin");
  if (request.method !== "OPTIONS" || origin === null) return null;
  if (!request.headers.has("access-control-request-method")) return null;
  const response = new Response(null, { status: 204 });
  if (origins.isListed(origin)) {
    response.headers.set("Access-Control-Allow-Methods", METHODS);
    response.headers.set("Access-Control-Allow-Headers", HEADERS);
    response.headers.set("Access-Control-Max-Age", String(PREFLIGHT_S));
  }
  return response;
}

/** Lets pages of listed origins read the answer. Never with cookies: a token travels in its header. */
export function allowOrigin(request: Request, response: Response, origins: Origins): void {
  if (!origins.anyListed) return;
  response.headers.append("Vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin === null || !origins.isListed(origin)) return;
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.set("Access-Control-Expose-Headers", EXPOSED);
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}
