/** What the form for a new token holds, and the request that it makes. */
import type { CreateTokenBody, TokenScope } from "../../../../client-sdk/src/contract/tokens.ts";

export interface NewToken {
  readonly name: string;
  readonly action: TokenScope["action"];
  /** Of what it reaches; empty: all. */
  readonly source: string;
  readonly tab: string;
  /** Seconds; empty: until it is revoked. */
  readonly ttl: string;
  readonly user: string;
}

export const EMPTY_TOKEN: NewToken = { name: "", action: "read", source: "", tab: "", ttl: "", user: "" };

export function tokenBody({ name, action, source, tab, ttl, user }: NewToken): CreateTokenBody {
  const scope: TokenScope = {
    action,
    ...(source !== "" && { source }),
    ...(source !== "" && tab !== "" && { tab }),
  };
  return {
    name: name.trim(),
    scopes: [scope],
    ...(ttl !== "" && { ttl: Number(ttl) }),
    ...(user.trim() !== "" && { user: user.trim() }),
  };
}

const ACTION_WORDS: Readonly<Record<TokenScope["action"], string>> = {
  read: "read",
  write: "read and edit",
  admin: "administer",
};

/** "read and edit shop/Prices". */
export function scopeWords({ action, source, tab, view }: TokenScope): string {
  if (source === undefined) return `${ACTION_WORDS[action]} everything`;
  const place = [source, ...(tab === undefined ? [] : [tab])].join("/");
  return `${ACTION_WORDS[action]} ${place}${view === undefined ? "" : `@${view}`}`;
}
