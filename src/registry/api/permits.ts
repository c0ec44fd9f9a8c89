import { Elysia } from "elysia";
import { type Action, type Grant, may } from "../../access/grant.ts";
import { problem } from "./problems.ts";

/** Who stands behind each request that is being answered. */
export type Grants = WeakMap<Request, Grant>;

/**
 * Gives routes the option `permit`: the action that the bearer needs on the source and tab named in the path. The
 * OpenAPI document shows it as `x-permission`; a route without it is public and must be on the API's list.
 */
export function createPermits(grants: Grants) {
  return new Elysia({ name: "permits" }).macro({
    permit: (action: Action) => ({
      detail: { security: [{ token: [] }], "x-permission": action } as object,
      beforeHandle({ request, params }) {
        const { id: source, tab } = (params ?? {}) as { id?: string; tab?: string };
        const target = { ...(source !== undefined && { source }), ...(tab !== undefined && { tab }) };
        const grant = grants.get(request);
        if (grant && may(grant, action, target)) return;
        const aim = [source, tab].filter((part) => part !== undefined).join("/") || "the daemon";
        return problem("forbidden", { detail: `The token does not allow "${action}" on ${aim}.` });
      },
    }),
  });
}

export type Permits = ReturnType<typeof createPermits>;
