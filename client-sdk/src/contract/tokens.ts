/** Bodies of /api/v1/tokens, as JSON. */

/** What a token allows: without `source` on all of them, without `tab` on all of its tabs, and so on. */
export interface TokenScope {
  readonly action: "read" | "write" | "admin";
  readonly source?: string;
  readonly tab?: string;
  /** The view alone, and not the tab that it shows a part of. */
  readonly view?: string;
}

export interface CreateTokenBody {
  /** For people, to know it by. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Seconds from now; without it the token lasts until it is revoked. */
  readonly ttl?: number;
  /** Who it stands for: their edits, and what the audit says. The token itself when absent. */
  readonly user?: string;
  /** What views may ask of the bearer, such as a region. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
}

/** What is absent stays. Sessions that are open with the token go on as long as it still lets them. */
export interface ChangeTokenBody {
  readonly name?: string;
  readonly scopes?: readonly TokenScope[];
  /** Seconds from now; null: it lasts until it is revoked. */
  readonly ttl?: number | null;
}

export interface TokenAnswer {
  readonly id: string;
  readonly name: string;
  /** "token:{id}" or "user:{user}": what the audit and the history call its bearer. */
  readonly subject: string;
  readonly scopes: readonly TokenScope[];
  readonly claims?: Readonly<Record<string, string | number | boolean | null>>;
  readonly state: "active" | "expired";
  /** The token's last four characters. */
  readonly hint: string;
  /** ISO 8601, UTC; these and all other times. */
  readonly createdAt: string;
  /** The subject that made it. */
  readonly createdBy: string;
  readonly expiresAt?: string;
  /** To the hour; absent when it was never used. */
  readonly lastUsedAt?: string;
}

/** The one answer that holds the token. */
export interface CreatedTokenAnswer extends TokenAnswer {
  readonly token: string;
}
