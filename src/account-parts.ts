/** What the daemon signs in with: sealed secrets, the accounts that people connect, the master key and its successor. */
import type { Backend } from "./backend/backend.ts";
import { type AccountStore, createAccountStore } from "./registry/accounts/account-store.ts";
import { createKeyRotation, type KeyKeeper, type KeyRotation } from "./registry/key-rotation.ts";
import { createSecretBox, type SecretBox } from "./registry/secrets.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { createGoogleOAuth, type GoogleOAuth, type OAuthApp } from "./sources/google/oauth.ts";

export interface GoogleApp extends OAuthApp {
  /** Base URL that replaces every Google host. */
  readonly endpoint?: string;
}

export interface DaemonSecrets {
  readonly adminToken: string;
  /** 32 bytes; what the registry's secrets are sealed with. */
  readonly masterKey: Uint8Array;
  /** Master keys before it, with which secrets may still be sealed: they are sealed anew once the daemon runs. */
  readonly previous?: readonly Uint8Array[];
  /** Where the master key is kept; absent: somewhere else, so that it cannot be replaced from here. */
  readonly keeper?: KeyKeeper | null;
  /** Tells the backend of another master key. */
  readonly useMasterKey?: (masterKey: Uint8Array) => void;
}

export interface AccountParts {
  readonly secrets: SecretBox;
  readonly keys: KeyRotation;
  readonly oauth: GoogleOAuth | null;
  readonly connected: AccountStore;
}

export interface AccountDeps {
  readonly kv: Backend["kv"];
  readonly runtime: Runtime;
  readonly secrets: DaemonSecrets;
  /** Absent: no Google account can be connected. */
  readonly googleApp?: GoogleApp | undefined;
}

export function createAccountParts({ kv, runtime, secrets: given, googleApp }: AccountDeps): AccountParts {
  const secrets = createSecretBox(given.masterKey, runtime.random, given.previous);
  const keys = createKeyRotation({
    kv,
    secrets,
    keeper: given.keeper ?? null,
    useMasterKey: given.useMasterKey ?? (() => {}),
    runtime,
  });
  const oauth = googleApp ? createGoogleOAuth(googleApp, runtime, googleApp.endpoint) : null;
  const connected = createAccountStore({ kv, secrets, oauth, runtime });
  return { secrets, keys, oauth, connected };
}
