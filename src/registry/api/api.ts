import { type AnyElysia, Elysia } from "elysia";
import type { Audit } from "../../access/audit.ts";
import { network } from "../../access/connect-limits.ts";
import type { Admission, Gate } from "../../access/gate.ts";
import { createOrigins, type Origins } from "../../access/origins.ts";
import type { RequestLimits } from "../../access/request-limits.ts";
import { tokenOf } from "../../access/tokens.ts";
import type { Conflicts } from "../../actors/edits/conflicts.ts";
import type { DeadLetters } from "../../actors/edits/dead-letters.ts";
import type { EditDesk } from "../../actors/edits/edit-desk.ts";
import type { AccountView } from "../../actors/pace/account-view.ts";
import type { History } from "../../history/history.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Documents } from "../../sync/documents.ts";
import type { Views } from "../../sync/views.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { ExportDesk } from "../export-desk.ts";
import type { Idempotency } from "../idempotency.ts";
import type { KeyRotation } from "../key-rotation.ts";
import type { PollJournal } from "../poll-journal.ts";
import type { PrometheusMetrics } from "../prometheus.ts";
import type { Registry } from "../registry.ts";
import type { TemplateDesk } from "../template-desk.ts";
import type { TokenDesk } from "../token-desk.ts";
import type { ViewDesk } from "../view-desk.ts";
import { accountRoutes } from "./accounts.ts";
import { activityRoutes } from "./activity.ts";
import { auditRoutes } from "./audit.ts";
import { createAuditTrail } from "./audit-trail.ts";
import { conflictRoutes } from "./conflicts.ts";
import { allowOrigin, preflight } from "./cors.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { docsRoutes, openApiDocument } from "./docs.ts";
import { editRoutes } from "./edits.ts";
import type { EventStreams } from "./event-streams.ts";
import { EVENTS_PATH } from "./events-query.ts";
import { templateRoutes } from "./export-templates.ts";
import { exportRoutes } from "./exports.ts";
import { healthRoutes } from "./health.ts";
import { historyRoutes } from "./history.ts";
import { type Hooks, hookRoutes } from "./hooks.ts";
import { keyRoutes } from "./keys.ts";
import { metricsRoutes } from "./metrics.ts";
import { createPermits, type Grants, type Permits } from "./permits.ts";
import { ProblemError, problem } from "./problems.ts";
import { quotaRoutes } from "./quota.ts";
import { sourceRoutes } from "./sources.ts";
import { tabRoutes } from "./tabs.ts";
import { tokenRoutes } from "./tokens.ts";
import { viewRoutes } from "./views.ts";

/** The REST API as a function: whoever serves it owns the socket. */
export interface Api {
  /** Never rejects; every failure is an answer with problem details. `address` is the client's. */
  handle(request: Request, address: string): Promise<Response>;
}

export interface ApiDeps {
  readonly registry: Registry;
  readonly accounts: Accounts;
  readonly documents: Documents;
  readonly views: Pick<Views, "open">;
  readonly viewDesk: ViewDesk;
  readonly streams: EventStreams;
  readonly tokens: TokenDesk;
  /** Absent: nothing is remembered here. */
  readonly history?: History | undefined;
  /** Absent: nobody edits here. */
  readonly edits?: ApiEdits | undefined;
  /** Absent: nothing is exported here. */
  readonly exports?: ExportDesk | undefined;
  readonly keys: KeyRotation;
  readonly audit: Audit;
  readonly gate: Gate;
  readonly metrics: PrometheusMetrics;
  readonly runtime: Pick<Runtime, "clock" | "random" | "logger">;
  /** Of the daemon, for the OpenAPI document. */
  readonly version: string;
  /** Of exports; absent: there are none. */
  readonly templates?: TemplateDesk | undefined;
  /** Absent: nobody outside may hint anything. */
  readonly hooks?: Hooks | undefined;
  /** How accounts share what they may read. */
  readonly quota?: (() => readonly AccountView[]) | undefined;
  /** How the latest polls went. */
  readonly polls?: Pick<PollJournal, "list"> | undefined;
  /** Told of the source whose rows somebody asked for. */
  readonly onLooked?: ((source: string) => void) | undefined;
  /** Whether the storage refuses writes at present. */
  readonly storageRefuses?: (() => boolean) | undefined;
  /** Of one request; BODY_BYTES_MAX when absent. */
  readonly bodyBytesMax?: number | undefined;
  /** Pages of other origins that may call; none when absent. */
  readonly origins?: Origins | undefined;
  /** How fast may be asked; unbounded when absent. */
  readonly limits?: { readonly token: RequestLimits; readonly address: RequestLimits } | undefined;
}

/** Edits that come over REST, and what is left of those that went wrong. */
export interface ApiEdits {
  readonly desk: EditDesk;
  readonly conflicts: Conflicts;
  readonly deadLetters: DeadLetters;
  readonly idempotency: Idempotency;
}

/** What needs no token: it tells nothing about this installation but that it runs. */
export const PUBLIC_PATHS: readonly RegExp[] = [
  /^\/healthz$/,
  /^\/readyz$/,
  /^\/openapi\.json$/,
  /^\/docs(\/|$)/,
  // A browser comes here from Google; the state that it brings is its permission.
  /^\/oauth\/google\/callback$/,
  // These prove themselves, by a channel's token and by a signature.
  /^\/hooks\/google\/(drive$|apps-script\/)/,
];

const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
};

export function createApi(deps: ApiDeps): Api {
  const { gate, runtime, limits, origins = createOrigins({ listed: [] }) } = deps;
  const grants: Grants = new WeakMap();
  const app = createRouter(deps, grants);
  const methodsAt = createMethodTable(app);
  const trail = createAuditTrail(deps.audit);

  async function answer(request: Request, path: string, address: string): Promise<Response> {
    const asked = preflight(request, origins);
    if (asked) return asked;
    const addressWaitMs = limits?.address.waitMs(network(address)) ?? 0;
    if (addressWaitMs > 0) return tooFast("address", addressWaitMs);
    if (!isDecodable(path)) {
      return problem("malformed-address", {
        detail: "A % in a path must begin a percent-encoded character.",
      });
    }
    const routed = toRouter(request);
    if (!PUBLIC_PATHS.some((pattern) => pattern.test(path))) {
      const queryAllowed = request.method === "GET" && EVENTS_PATH.test(path);
      const admission = await gate.admit(tokenOf(request, { queryAllowed }), address);
      if (admission.tag !== "Admitted") return refusal(admission);
      const { token, subject } = admission.grant;
      const tokenWaitMs = limits?.token.waitMs(token ?? subject) ?? 0;
      if (tokenWaitMs > 0) return tooFast("token", tokenWaitMs);
      grants.set(routed, admission.grant);
    }
    const response = await app.handle(routed);
    if (response.status !== NO_ROUTE) {
      const subject = grants.get(routed)?.subject ?? "anybody";
      await trail.note(request, response, { subject, address });
      return response;
    }
    const methods = methodsAt(path);
    if (methods.length === 0) {
      return problem("unknown-address", { detail: `There is nothing at ${path}: see /docs.` });
    }
    return problem("wrong-method", {
      detail: `${path} takes ${methods.join(", ")}, not ${request.method}.`,
      headers: { Allow: methods.join(", ") },
    });
  }

  return {
    async handle(request, address) {
      const path = new URL(request.url).pathname;
      let response: Response;
      try {
        response = await answer(request, path, address);
      } catch (cause) {
        // The cause may quote a body, so only its kind and place are logged.
        const where = cause instanceof Error ? cause.stack?.split("\n").slice(1, 4) : undefined;
        runtime.logger.error("request failed", { method: request.method, path, kind: kindOf(cause), where });
        response = problem("bug", {
          detail: "This is a mistake in Sheetwire, not in the request; it is in the log.",
        });
      }
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        if (!response.headers.has(name)) response.headers.set(name, value);
      }
      allowOrigin(request, response, origins);
      return response;
    },
  };
}

/** Set by the router when no route took the request. */
const NO_ROUTE = 599;

function createRouter(deps: ApiDeps, grants: Grants): AnyElysia {
  const { registry, accounts, documents, metrics, runtime, version, bodyBytesMax } = deps;
  const permits = createPermits(grants);
  let document: object | null = null;
  const app: AnyElysia = new Elysia({ normalize: false })
    // Handlers read their bodies themselves: what takes none must not fail for what is sent with it.
    .onParse({ as: "global" }, () => null)
    .onError({ as: "global" }, ({ code, error }) => {
      if (code === "NOT_FOUND") return new Response(null, { status: NO_ROUTE });
      if (error instanceof ProblemError) return error.response;
      throw error;
    })
    .use(sourceRoutes({ registry, permits, bodyBytesMax }))
    .use(accountRoutes({ accounts, permits, bodyBytesMax }))
    .use(auditRoutes({ audit: deps.audit, permits }))
    .use(keyRoutes({ keys: deps.keys, permits }))
    .use(tokenRoutes({ tokens: deps.tokens, grants, permits, bodyBytesMax }))
    .use(viewRoutes({ views: deps.viewDesk, grants, permits, bodyBytesMax }))
    .use(
      tabRoutes({
        registry,
        documents,
        views: deps.views,
        streams: deps.streams,
        grants,
        permits,
        onLooked: deps.onLooked,
      }),
    )
    .use(deps.history ? historyRoutes({ ...deps, history: deps.history, grants, permits }) : new Elysia())
    .use(deps.edits ? editingRoutes(deps.edits, deps, grants, permits) : new Elysia())
    .use(deps.exports ? exportRoutes({ exports: deps.exports, grants, permits }) : new Elysia())
    .use(
      deps.templates
        ? templateRoutes({ templates: deps.templates, grants, permits, bodyBytesMax })
        : new Elysia(),
    )
    .use(hookRoutes({ hooks: deps.hooks, registry, permits }))
    .use(activityRoutes({ polls: deps.polls ?? { list: () => ({}) }, permits }))
    .use(quotaRoutes({ accounts: deps.quota ?? (() => []), permits }))
    .use(
      healthRoutes({ registry, clock: runtime.clock, storageRefuses: deps.storageRefuses ?? (() => false) }),
    )
    .use(metricsRoutes({ metrics, permits }))
    .use(
      docsRoutes({
        document() {
          document ??= openApiDocument(app, version);
          return document;
        },
      }),
    );
  return app;
}

function editingRoutes(edits: ApiEdits, deps: ApiDeps, grants: Grants, permits: Permits) {
  const { registry, documents, runtime, bodyBytesMax } = deps;
  const { conflicts, deadLetters } = edits;
  return new Elysia({ name: "editing" })
    .use(editRoutes({ ...edits, registry, documents, grants, permits, runtime, bodyBytesMax }))
    .use(conflictRoutes({ conflicts, grants, permits, bodyBytesMax }))
    .use(deadLetterRoutes({ deadLetters, grants, permits }));
}

function refusal(admission: Exclude<Admission, { tag: "Admitted" }>): Response {
  switch (admission.tag) {
    case "NoToken":
      return problem("no-token", {
        detail: "Send the header Authorization: Bearer, a space and the token.",
        headers: { "WWW-Authenticate": "Bearer" },
      });
    case "WrongToken":
      return problem("wrong-token", {
        detail: "The token is not one of this daemon's, or not any more.",
        headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
      });
    case "SlowDown": {
      const seconds = Math.ceil(admission.retryAfterMs / 1_000);
      return problem("slow-down", {
        detail: `Too many wrong tokens came from this address: try again in ${seconds} s.`,
        headers: { "Retry-After": String(seconds) },
      });
    }
    case "CannotTell":
      return problem("keys-unreachable", {
        detail: `The token cannot be checked at present: ${admission.why}. Try again soon.`,
        headers: { "Retry-After": "5" },
      });
  }
}

function tooFast(whose: "address" | "token", waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1_000);
  return problem("too-many-requests", {
    detail: `More requests came from this ${whose} than it may send: try again in ${seconds} s.`,
    headers: { "Retry-After": String(seconds) },
  });
}

/** Elysia 1.4 finds no dynamic route when the Host has fewer than four characters, so it sees one host always. */
function toRouter(request: Request): Request {
  const { pathname, search } = new URL(request.url);
  return new Request(`http://router.local${pathname}${search}`, request);
}

/** The methods that some route takes at a path, for 405. */
function createMethodTable(app: AnyElysia): (path: string) => readonly string[] {
  const routes = app.routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}/?$`),
  }));
  return (path) => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  };
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function kindOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause;
}
