/** Sessions by their token: they end with it, and when it stops giving the right that they came in by. */
import { CLOSE } from "#contract/close-codes.ts";
import type { Gate } from "../access/gate.ts";
import { may, type Target } from "../access/grant.ts";
import type { Visitor } from "./session.ts";

export interface Bearers {
  /** Takes in who was admitted to read `target`. */
  enter(visitor: Visitor, target: Target): void;
  leave(visitor: Visitor): void;
  /** Ends the sessions whose token has expired. */
  look(): void;
  close(): void;
}

export const NO_RIGHT = "the token does not grant reading this document";

/** Sessions of the admin token, which never ends, are not kept. */
export function createBearers(gate: Pick<Gate, "current" | "onChange">): Bearers {
  const byToken = new Map<string, Map<Visitor, Target>>();

  function check(token: string): void {
    for (const [visitor, target] of [...(byToken.get(token) ?? [])]) {
      const now = visitor.grant && gate.current(visitor.grant);
      if (!now) visitor.end(CLOSE.token, "the token has expired or was revoked");
      else if (may(now, "read", target)) visitor.grant = now;
      else visitor.end(CLOSE.forbidden, NO_RIGHT);
    }
  }
  const stop = gate.onChange(check);

  return {
    enter(visitor, target) {
      const token = visitor.grant?.token;
      if (token === undefined) return;
      const known = byToken.get(token) ?? new Map<Visitor, Target>();
      byToken.set(token, known.set(visitor, target));
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
