/** The token of a client: one for all its sockets, asked for once however many need it. */

/** `expiresAtMs`, ms since 1970: from when on it is of no use; of a JWT without it, as the JWT says. */
export type Token = string | { readonly token: string; readonly expiresAtMs?: number };

/** `refused` is the token that the server did not take, null at the first time and when one is about to expire. */
export type TokenProvider = string | ((ask: { readonly refused: string | null }) => Token | Promise<Token>);

export interface TokenSource {
  /** At once where it is known; rejects when the provider does. */
  get(): string | Promise<string>;
  /** The server refused `token`. False: there is no way to another one. */
  refuse(token: string): boolean;
  /** How long the token may still be used, ms; null: nobody said. Never negative. */
  remainingMs(): number | null;
  /** The next `get` asks the provider. */
  renew(): void;
}

/** A token is replaced so long before its end: clocks differ, and asking takes time. */
const MARGIN_MS = 30_000;

export function createTokenSource(provider: TokenProvider, now: () => number): TokenSource {
  let known: string | null = typeof provider === "string" ? provider : null;
  let expiresAtMs: number | null = null;
  let refused: string | null = null;
  let asking: Promise<string> | null = null;

  async function ask(provide: Exclude<TokenProvider, string>): Promise<string> {
    const given = await provide({ refused });
    const { token, expiresAtMs: told } =
      typeof given === "string" ? ({ token: given } satisfies Token) : given;
    expiresAtMs = told ?? expiryOf(token);
    known = token;
    return token;
  }

  return {
    get() {
      if (known !== null || typeof provider === "string") return known!;
      asking ??= ask(provider).finally(() => {
        asking = null;
      });
      return asking;
    },
    refuse(token) {
      if (typeof provider === "string") return false;
      if (known === token) known = null;
      refused = token;
      return true;
    },
    remainingMs: () => (expiresAtMs === null ? null : Math.max(0, expiresAtMs - MARGIN_MS - now())),
    renew() {
      if (typeof provider === "string") return;
      known = null;
      refused = null;
    },
  };
}

/** When a JWT says that it ends, ms since 1970; null for other tokens. */
function expiryOf(token: string): number | null {
  const claims = token.split(".")[1];
  if (!claims) return null;
  try {
    const { exp } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))) as { exp?: unknown };
    return typeof exp === "number" ? exp * 1000 : null;
  } catch {
    return null;
  }
}
