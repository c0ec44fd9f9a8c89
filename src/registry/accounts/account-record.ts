/** A Google account that a person connected, as it is kept: everything in the clear but the refresh token. */
import { createHash } from "node:crypto";
import type { GoogleScope } from "#contract/accounts.ts";

export interface AccountRecord {
  readonly id: string;
  /** Google's number for the person. */
  readonly subject: string;
  readonly email: string | null;
  readonly scopes: readonly GoogleScope[];
  /** The app that the person consented to: another app cannot use the refresh token. */
  readonly clientId: string;
  /** The refresh token, sealed; null once Google has ended the access. */
  readonly sealed: string | null;
  /** Wall time, ms since 1970. */
  readonly connectedAt: number;
}

export const ACCOUNTS_PREFIX = "account/";

/** The record's key, which is also where its secret belongs. */
export function accountKey(id: string): string {
  return ACCOUNTS_PREFIX + id;
}

/** The same person is the same account, however often and from wherever it is connected. */
export function accountId(subject: string): string {
  return `google-${createHash("sha256").update(subject).digest("hex").slice(0, 16)}`;
}
