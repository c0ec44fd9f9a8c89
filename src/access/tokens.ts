import { createHash, timingSafeEqual } from "node:crypto";
import type { Grant } from "./grant.ts";

/** Tells who a token stands for. */
export interface Tokens {
  /**
   * Null for a token that is missing, unknown, expired or revoked. Takes the same time however much of a guess is
   * right. A promise only where a signature has to be checked.
   */
  verify(token: string | null): Verified | Promise<Verified>;
  /** What the token behind a grant of these tokens gives now; null: it has ended. Absent: none ever ends. */
  current?(grant: Grant): Grant | null;
  /** Calls `listener` with the `token` of grants that may give less from now on. Returns its undo. */
  onChange?(listener: (token: string) => void): () => void;
}

export type Verified = Grant | null | CannotTell;

/** Whoever signed the token cannot be asked for the keys at present. */
export interface CannotTell {
  readonly tag: "CannotTell";
  readonly why: string;
}

export function isGrant(verified: Verified): verified is Grant {
  return verified !== null && !("tag" in verified);
}

const ADMIN: Grant = { subject: "admin", scopes: [{ action: "admin" }] };

/** The tokens of a daemon that has one administrator. */
export function createTokens({ adminToken }: { readonly adminToken: string }): {
  verify(token: string | null): Grant | null;
} {
  if (adminToken === "") throw new Error("an empty admin token would let everybody in");
  const expected = digest(adminToken);
  return {
    verify(token) {
      return token !== null && timingSafeEqual(digest(token), expected) ? ADMIN : null;
    },
  };
}

/** Tokens of several kinds: the first kind that knows one decides. */
export function joinTokens(...kinds: readonly Tokens[]): Tokens {
  return {
    verify(token) {
      return firstOf(kinds.map((kind) => () => kind.verify(token)));
    },
    current(grant) {
      return kinds.reduce<Grant | null>(
        (now, kind) => (now && kind.current ? kind.current(now) : now),
        grant,
      );
    },
    onChange(listener) {
      const undo = kinds.flatMap((kind) => kind.onChange?.(listener) ?? []);
      return () => {
        for (const one of undo) one();
      };
    },
  };
}

/** Without a promise as long as none of the kinds needs one. */
function firstOf([next, ...rest]: readonly (() => Verified | Promise<Verified>)[]):
  | Verified
  | Promise<Verified> {
  const found = next?.() ?? null;
  if (found instanceof Promise) return found.then((verified) => verified ?? firstOf(rest));
  return found ?? (rest.length > 0 ? firstOf(rest) : null);
}

/**
 * The token of a request: `Authorization: Bearer ...`, or `?token=` where `queryAllowed`. Only what cannot set
 * headers (a browser's WebSocket and EventSource) may use the query: addresses end up in logs and histories.
 */
export function tokenOf(request: Request, { queryAllowed = false } = {}): string | null {
  const header = request.headers.get("authorization");
  const bearer = header === null ? undefined : /^bearer +(\S+)\s*$/i.exec(header)?.[1];
  if (bearer !== undefined || !queryAllowed) return bearer ?? null;
  return new URL(request.url).searchParams.get("token");
}

/** SHA-256. Equal lengths are what timingSafeEqual asks for, and the length of the right token stays unknown. */
export function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
