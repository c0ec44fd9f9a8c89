/** Sessions by their token: they end with it, and when it stops giving the right that they came in by. */
import { CLOSE } from "#contract/close-codes.ts";
import type { Gate } from "../access/gate.ts";
import { type Action, may, type Target } from "../access/grant.ts";
import type { Visitor } from "./session.ts";

export interface Bearers {
  /** Takes in who was admitted to read or write `target`. */
  enter(visitor: Visitor, action: Action, target: Target): void;
  leave(visitor: Visitor): void;
  /** Ends the sessions whose token has expired. */
  look(): void;
  close(): void;
}

export function noRight(action: Action): string {
  return action === "write"
    ? "the token does not grant editing this tab"
    : "the token does not grant reading this document";
}

/** Sessions of the admin token, which never ends, are not kept. */
export function createBearers(gate: Pick<Gate, "current" | "onChange">): Bearers {
  const byToken = new Map<string, Map<Visitor, { readonly action: Action; readonly target: Target }>>();

  function check(token: string): void {
    for (const [visitor, { action, target }] of [...(byToken.get(token) ?? [])]) {
      const now = visitor.grant && gate.current(visitor.grant);
      if (!now) visitor.end(CLOSE.token, "the token has expired or was revoked");
      else if (may(now, action, target)) visitor.grant = now;
      else visitor.end(CLOSE.forbidden, noRight(action));
    }
  }
  const stop = gate.onChange(check);

  return {
    enter(visitor, action, target) {
      const token = visitor.grant?.token;
      if (token === undefined) return;
      const known = byToken.get(token) ?? new Map<Visitor, { action: Action; target: Target }>();
      byToken.set(token, known.set(visitor, { action, target }));
    },
    leave(visitor) {
      const token = visitor.grant?.token;
      const known = token === undefined ? undefined : byToken.get(token);
      known?.delete(visitor);
      if (known?.size === 0) byToken.delete(token!);
    },
    look() {
      for (const [token, visitors] of [...byToken]) {
        const [{ grant } = { grant: null }] = visitors.keys();
        if (grant && !gate.current(grant)) check(token);
      }
    },
    close: stop,
  };
}
