/** From a source's credentials to the account they stand for: an API key, a service account, a connected account. */
import { createHash } from "node:crypto";
import type { Credentials } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Account } from "./account.ts";
import { type ConnectedAccounts, createConnectedAccount } from "./connected-accounts.ts";
import { type KeyFiles, type KeyFileTrouble, parseKeyFile } from "./key-file.ts";
import { type AccountDeps, createServiceAccount } from "./service-account.ts";

/** Where credentials lead that do not hold their secret themselves. */
export interface AccountSources {
  readonly connected: ConnectedAccounts;
  readonly keyFiles: KeyFiles;
}

export const READ_SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly";
export const WRITE_SCOPE = "https://www.googleapis.com/auth/spreadsheets";
/** A service account sees no more of Drive than what is shared with it; folders need the whole scope. */
export const MAKER_SCOPE = "https://www.googleapis.com/auth/drive";

/** What tells accounts apart, without the secret itself: sources with equal identities share one account. */
export function accountIdentity(credentials: Credentials, scope: string): string {
  switch (credentials.type) {
    case "apiKey":
      return `key ${fingerprint(credentials.key)}`;
    case "serviceAccount":
      return `service ${credentials.key.client_email} ${fingerprint(credentials.key.private_key)} ${scope}`;
    case "serviceAccountFile":
      return `file ${credentials.path} ${scope}`;
    case "ambient":
      return `ambient ${scope}`;
    case "account":
      return `account ${credentials.id}`;
  }
}

export function createAccount(
  credentials: Credentials,
  { connected, keyFiles }: AccountSources,
  deps: AccountDeps,
): Account {
  switch (credentials.type) {
    case "apiKey":
      return createKeyAccount(credentials.key);
    case "serviceAccount":
      return createServiceAccount(() => ok(credentials.key), deps);
    case "serviceAccountFile":
      return createServiceAccount(() => readKey(keyFiles.named(credentials.path)), deps);
    case "ambient":
      return createServiceAccount(() => readKey(keyFiles.ambient()), deps);
    case "account":
      return createConnectedAccount(credentials.id, connected);
  }
}

function readKey(
  text: Result<string, KeyFileTrouble>,
): ReturnType<Parameters<typeof createServiceAccount>[0]> {
  const key = text.ok ? parseKeyFile(text.value) : text;
  return key.ok ? key : err({ tag: "Unauthorized", detail: key.error.problem, fix: key.error.fix });
}

function createKeyAccount(apiKey: string): Account {
  // Google counts an API key's requests for its project, which the key does not tell.
  const name = `key ${fingerprint(apiKey)}`;
  return {
    email: null,
    consumer: { user: name, project: name },
    apiKey,
    authorize: async () => ok(null),
    forgetToken() {},
  };
}

function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 16);
}
