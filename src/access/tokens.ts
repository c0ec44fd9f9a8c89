import { createHash, timingSafeEqual } from "node:crypto";
import type { Grant } from "./grant.ts";

/** Tells who a token stands for. */
export interface Tokens {
  /** Null for a token that is missing or unknown. Takes the same time however much of a guess is right. */
  verify(token: string | null): Grant | null;
}

const ADMIN: Grant = { subject: "admin", scopes: [{ action: "admin" }] };

/** The tokens of a daemon that has one administrator. */
export function createTokens({ adminToken }: { readonly adminToken: string }): Tokens {
  if (adminToken === "") throw new Error("an empty admin token would let everybody in");
  const expected = digest(adminToken);
  return {
    verify(token) {
      return token !== null && timingSafeEqual(digest(token), expected) ? ADMIN : null;
    },
  };
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

/** Equal lengths are what timingSafeEqual asks for, and the length of the right token stays unknown. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
