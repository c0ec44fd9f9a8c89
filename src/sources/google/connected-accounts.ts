/** Google accounts that people connected. Who keeps them and their tokens is above; a source only speaks for one. */
import type { GoogleScope } from "#contract/accounts.ts";
import { err, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import type { Account } from "./account.ts";
import { howToReconnect } from "./problems.ts";

export interface ConnectedAccounts {
  /** Null for an id that nobody connected. */
  find(id: string): ConnectedAccount | null;
}

export interface ConnectedAccount {
  readonly id: string;
  /** Null where Google did not tell it. */
  readonly email: string | null;
  readonly scopes: readonly GoogleScope[];
  /** Whose quota it draws on besides its own: the app's project. */
  readonly project: string;
  /** Value of the authorization header; one token for all sources of the account. */
  authorize(signal: AbortSignal): Promise<Result<string, SourceError>>;
  /** Google refused this header. */
  forgetToken(header: string): void;
}

/** By the end of Google's name for each. */
export const GOOGLE_SCOPES: readonly GoogleScope[] = ["spreadsheets.readonly", "spreadsheets", "drive.file"];

export const NO_ACCOUNTS: ConnectedAccounts = { find: () => null };

/** The account as sources use it. It may be disconnected, or connected again, while they are open. */
export function createConnectedAccount(id: string, accounts: ConnectedAccounts): Account {
  return {
    get email() {
      return accounts.find(id)?.email ?? null;
    },
    get connected() {
      const scopes = accounts.find(id)?.scopes ?? [];
      return { id, fileOnly: scopes.length > 0 && scopes.every((scope) => scope === "drive.file") };
    },
    get consumer() {
      return { user: id, project: accounts.find(id)?.project ?? id };
    },
    apiKey: null,
    authorize: async (signal) => (await accounts.find(id)?.authorize(signal)) ?? err(notConnected(id)),
    forgetToken: (header) => accounts.find(id)?.forgetToken(header),
  };
}

/** For an account that a person must connect again. */
export function needsReconnect(id: string, email: string | null, why: string): SourceError {
  return { tag: "Unauthorized", account: id, detail: why, fix: howToReconnect(id, email) };
}

function notConnected(id: string): SourceError {
  const detail = `the account ${id} is not connected any more`;
  return { tag: "Unauthorized", account: id, detail, fix: howToReconnect(id, null) };
}
