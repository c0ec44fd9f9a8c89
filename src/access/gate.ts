import type { Grant } from "./grant.ts";
import type { FailureLimits } from "./limits.ts";
import type { Tokens } from "./tokens.ts";

/** Lets a bearer in or says why not; for requests and sockets alike. */
export interface Gate {
  admit(token: string | null, address: string): Admission;
  /** What `admit` would answer as SlowDown, without counting as a try; 0: it would answer otherwise. */
  waitMs(token: string | null, address: string): number;
}

export type Admission =
  | { readonly tag: "Admitted"; readonly grant: Grant }
  | { readonly tag: "NoToken" }
  | { readonly tag: "WrongToken" }
  /** Too many wrong tokens from this address: whether this one is right is not told. */
  | { readonly tag: "SlowDown"; readonly retryAfterMs: number };

/** Bearers remembered per gate, so that memory stays bounded. */
const KNOWN_MAX = 10_000;

/**
 * A request without a token is nobody's guess and counts as no failure. Who was let in before from an address
 * stays so while somebody else there (behind the same proxy) sends wrong tokens.
 */
export function createGate({ tokens, limits }: { tokens: Tokens; limits: FailureLimits }): Gate {
  const known = new Set<string>();
  return {
    waitMs(token, address) {
      const waitMs = token === null ? 0 : limits.waitMs(address);
      if (waitMs === 0) return 0;
      const grant = tokens.verify(token!);
      return grant && known.has(`${address} ${grant.subject}`) ? 0 : waitMs;
    },
    admit(token, address) {
      if (token === null) return { tag: "NoToken" };
      const grant = tokens.verify(token);
      const bearer = `${address} ${grant?.subject}`;
      if (grant && known.has(bearer)) return { tag: "Admitted", grant };
      const retryAfterMs = limits.waitMs(address);
      if (retryAfterMs > 0) return { tag: "SlowDown", retryAfterMs };
      if (!grant) {
        limits.failed(address);
        return { tag: "WrongToken" };
      }
      if (known.size >= KNOWN_MAX) known.clear();
      known.add(bearer);
      return { tag: "Admitted", grant };
    },
  };
}
