import { Elysia } from "elysia";
import { type Action, type Grant, may, type Target } from "../../access/grant.ts";
import { problem } from "./problems.ts";
import { viewOf } from "./view-query.ts";

/** Who stands behind each request that is being answered. */
export type Grants = WeakMap<Request, Grant>;

/** "mint": some admin scope, "writer": some scope to write; the route itself looks at what it reaches. */
export type Permit = Action | "mint" | "writer";

/** Of a route that gives the view that `?view=` names, and then nothing but it. */
export interface ViewPermit {
  readonly action: Action;
  readonly view: "in query";
}

/**
 * Gives routes the option `permit`: the action that the bearer needs on the source, tab and view named in the path. The
 * OpenAPI document shows it as `x-permission`; a route without it is public and must be on the API's list.
 */
export function createPermits(grants: Grants) {
  return new Elysia({ name: "permits" }).macro({
    permit: (permit: Permit | ViewPermit) => ({
      detail: { security: [{ token: [] }], "x-permission": actionOf(permit) } as object,
      beforeHandle({ request, params }) {
        const action = actionOf(permit);
        const {
          id: source,
          tab,
          view: named,
        } = (params ?? {}) as { id?: string; tab?: string; view?: string };
        const view = typeof permit === "object" ? (viewOf(request) ?? undefined) : named;
        const target = {
          ...(source !== undefined && { source }),
          ...(tab !== undefined && { tab }),
          ...(view !== undefined && { view }),
        };
        const grant = grants.get(request);
        if (grant && allows(grant, action, target)) return;
        const aim = [source, tab, view].filter((part) => part !== undefined).join("/") || "the daemon";
        return problem("forbidden", {
          detail: `The token does not allow ${WORDS[action] ?? `"${action}" on ${aim}`}.`,
        });
      },
    }),
  });
}

export type Permits = ReturnType<typeof createPermits>;

/** What only some scope has to allow, wherever. */
const WORDS: { readonly [P in Permit]?: string } = {
  mint: '"admin" anywhere, which making tokens takes',
  writer: '"write" anywhere',
};

const actionOf = (permit: Permit | ViewPermit): Permit =>
  typeof permit === "object" ? permit.action : permit;

function allows(grant: Grant, permit: Permit, target: Target): boolean {
  if (permit === "mint") return grant.scopes.some(({ action }) => action === "admin");
  if (permit === "writer") return grant.scopes.some(({ action }) => action !== "read");
  return may(grant, permit, target);
}
