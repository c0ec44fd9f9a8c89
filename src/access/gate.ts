import type { Grant } from "./grant.ts";
import type { FailureLimits } from "./limits.ts";
import { digest, isGrant, type Tokens } from "./tokens.ts";

/** Lets a bearer in or says why not; for requests and sockets alike. */
export interface Gate {
  admit(token: string | null, address: string): Promise<Admission>;
  /** What `admit` would answer as SlowDown, without counting as a try; 0: it would answer otherwise. */
  waitMs(token: string | null, address: string): number;
  /** What the token behind a grant gives now; null: it has ended. */
  current(grant: Grant): Grant | null;
  /** Calls `listener` with the `token` of grants that may give less from now on. Returns its undo. */
  onChange(listener: (token: string) => void): () => void;
}

export type Admission =
  | { readonly tag: "Admitted"; readonly grant: Grant }
  | { readonly tag: "NoToken" }
  | { readonly tag: "WrongToken" }
  /** Too many wrong tokens from this address: whether this one is right is not told. */
  | { readonly tag: "SlowDown"; readonly retryAfterMs: number }
  /** The keys to check it with cannot be had at present. */
  | { readonly tag: "CannotTell"; readonly why: string };

/** Bearers remembered per gate, so that memory stays bounded. */
const KNOWN_MAX = 10_000;

/**
 * A request without a token is nobody's guess and counts as no failure. Who was let in before from an address
 * stays so while somebody else there (behind the same proxy) sends wrong tokens.
 */
export function createGate({ tokens, limits }: { tokens: Tokens; limits: FailureLimits }): Gate {
  const known = new Set<string>();
  const bearerOf = (token: string, address: string) => `${address} ${digest(token).toString("base64")}`;
  return {
    current: (grant) => (tokens.current ? tokens.current(grant) : grant),
    onChange: (listener) => tokens.onChange?.(listener) ?? (() => {}),
    waitMs(token, address) {
      const waitMs = token === null ? 0 : limits.waitMs(address);
      return waitMs === 0 || known.has(bearerOf(token!, address)) ? 0 : waitMs;
    },
    async admit(token, address) {
      if (token === null) return { tag: "NoToken" };
      const bearer = bearerOf(token, address);
      const retryAfterMs = known.has(bearer) ? 0 : limits.waitMs(address);
      if (retryAfterMs > 0) return { tag: "SlowDown", retryAfterMs };
      const verifying = tokens.verify(token);
      // Awaited only where it must be: of many guesses at once each counts before the next is looked at.
      const verified = verifying instanceof Promise ? await verifying : verifying;
      if (isGrant(verified)) {
        if (known.size >= KNOWN_MAX) known.clear();
        known.add(bearer);
        return { tag: "Admitted", grant: verified };
      }
      if (verified) return verified;
      known.delete(bearer);
      limits.failed(address);
      return { tag: "WrongToken" };
    },
  };
}
