/** Which request is written down, and as what. */
import type { Audit } from "../../access/audit.ts";
import { CALLBACK_PATH } from "../accounts/connect-flow.ts";

interface Rule {
  readonly action: string;
  /** The kind of what it is done to; null: the daemon as a whole. */
  readonly kind:
    | "export"
    | "source"
    | "token"
    | "account"
    | "view"
    | "template"
    | "tab"
    | "conflict"
    | "deadletter"
    | null;
  /** Method and path of the route. */
  readonly route: string;
}

/**
 * Every route that changes something; test/registry/audit.test.ts holds it against the OpenAPI document. What is made is
 * named by the answer's Location, or Content-Location of a page.
 */
export const AUDITED: readonly Rule[] = [
  { route: "POST /datasources/register", action: "source.register", kind: "source" },
  { route: "POST /datasources/preview", action: "source.preview", kind: null },
  { route: "PUT /datasources/:id/update", action: "source.update", kind: "source" },
  { route: "DELETE /datasources/:id/delete", action: "source.delete", kind: "source" },
  { route: "POST /datasources/:id/pause", action: "source.pause", kind: "source" },
  { route: "POST /datasources/:id/resume", action: "source.resume", kind: "source" },
  { route: "POST /datasources/:id/poll", action: "source.poll", kind: "source" },
  { route: "POST /datasources/:id/tabs/:tab/edits", action: "tab.edit", kind: "tab" },
  { route: "POST /datasources/:id/tabs/:tab/restore", action: "tab.restore", kind: "tab" },
  { route: "POST /api/v1/conflicts/:conflict/resolve", action: "conflict.resolve", kind: "conflict" },
  { route: "POST /api/v1/deadletters/:letter/requeue", action: "deadletter.requeue", kind: "deadletter" },
  { route: "DELETE /api/v1/deadletters/:letter", action: "deadletter.discard", kind: "deadletter" },
  { route: "POST /api/v1/accounts/google/connect", action: "account.connect", kind: null },
  { route: `GET ${CALLBACK_PATH}`, action: "account.connected", kind: "account" },
  { route: "DELETE /api/v1/accounts/:account", action: "account.disconnect", kind: "account" },
  { route: "POST /api/v1/admin/rotate-master-key", action: "key.rotate", kind: null },
  { route: "POST /api/v1/tokens", action: "token.make", kind: "token" },
  { route: "PUT /api/v1/tokens/:token", action: "token.change", kind: "token" },
  { route: "DELETE /api/v1/tokens/:token", action: "token.revoke", kind: "token" },
  { route: "POST /api/v1/export/templates/create", action: "template.make", kind: "template" },
  { route: "DELETE /api/v1/export/templates/:template/delete", action: "template.delete", kind: "template" },
  { route: "POST /api/v1/export/templates/:template/preview", action: "template.preview", kind: "template" },
  {
    route: "POST /api/v1/export/templates/:template/download",
    action: "template.download",
    kind: "template",
  },
  { route: "POST /api/v1/views", action: "view.make", kind: "view" },
  { route: "PUT /api/v1/views/:id/:tab/:name", action: "view.change", kind: "view" },
  { route: "DELETE /api/v1/views/:id/:tab/:name", action: "view.delete", kind: "view" },
  { route: "POST /api/v1/export/sheets/create", action: "export.make", kind: "export" },
  { route: "POST /api/v1/export/sheets/:export/update", action: "export.update", kind: "export" },
  { route: "POST /api/v1/export/sheets/:export/retry", action: "export.retry", kind: "export" },
  { route: "POST /api/v1/export/sheets/:export/cancel", action: "export.cancel", kind: "export" },
  { route: "DELETE /api/v1/export/sheets/:export", action: "export.delete", kind: "export" },
];

export interface AuditTrail {
  /** Writes down what a request has done; a refused one has done nothing. */
  note(request: Request, response: Response, who: Who): Promise<void>;
}

export interface Who {
  readonly subject: string;
  readonly address: string;
}

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
/** Where the names of what was made begin in a Location. */
const COLLECTION = /^\/(?:datasources|api\/v1\/export\/[a-z]+|api\/v1\/[a-z]+)\//;

export function createAuditTrail(audit: Pick<Audit, "record">): AuditTrail {
  const rules = AUDITED.map((rule) => {
    const [method, path = ""] = rule.route.split(" ");
    return { ...rule, method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "([^/]+)")}/?$`) };
  });
  return {
    async note(request, response, who) {
      if (!response.ok) return;
      const { pathname } = new URL(request.url);
      for (const { method, pattern, action, kind } of rules) {
        const found = method === request.method ? pattern.exec(pathname) : null;
        if (!found) continue;
        const { headers } = response;
        const made = headers.get("location") ?? headers.get("content-location");
        const names = made?.replace(COLLECTION, "").replace(/\/status$/, "") ?? found.slice(1).join("/");
        return audit.record({ ...who, action, target: kind === null ? "" : `${kind}/${names}` });
      }
      // A route without a rule is still written down, unless it only reads.
      if (READING.has(request.method)) return;
      return audit.record({ ...who, action: `${request.method} ${pathname}`, target: "" });
    },
  };
}
