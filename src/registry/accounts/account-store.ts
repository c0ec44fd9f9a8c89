/**
 * The connected accounts: kept in the backend with their refresh tokens sealed, and held in memory with the access
 * token that all sources of an account share.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import {
  type ConnectedAccount,
  type ConnectedAccounts,
  needsReconnect,
} from "../../sources/google/connected-accounts.ts";
import type { Consent, GoogleOAuth, Refreshed } from "../../sources/google/oauth.ts";
import { type AccessToken, createSharedToken, type SharedToken } from "../../sources/google/shared-token.ts";
import type { SourceError } from "../../sources/source.ts";
import type { SecretBox } from "../secrets.ts";
import { ACCOUNTS_PREFIX, type AccountRecord, accountId, accountKey } from "./account-record.ts";

export interface AccountStore extends ConnectedAccounts {
  load(): Promise<void>;
  /** By id. */
  list(): readonly HeldAccount[];
  get(id: string): HeldAccount | null;
  /** Keeps what a person consented to; the same person's account is replaced. */
  keep(consent: Consent & { readonly refreshToken: string }): Promise<Result<HeldAccount, StorageError>>;
  /** Erases the account and its token. */
  remove(id: string): Promise<Result<void, StorageError>>;
  /** Null when there is none that could be used. */
  refreshToken(id: string): string | null;
}

export interface HeldAccount {
  readonly record: AccountRecord;
  /** Set when only the person can give access again. */
  readonly trouble: SourceError | null;
  /** Wall time; null: not since the daemon's start. */
  readonly lastRefreshAt: number | null;
}

export interface AccountStoreDeps {
  readonly kv: Kv;
  readonly secrets: SecretBox;
  /** Null: this daemon has no app that accounts could be connected to. */
  readonly oauth: GoogleOAuth | null;
  readonly runtime: Pick<Runtime, "clock" | "logger">;
}

interface Held {
  record: AccountRecord;
  version: number;
  /** The record is newer than what is stored: the storage refused it. */
  unsaved: boolean;
  lastRefreshAt: number | null;
  token: SharedToken;
  readonly account: ConnectedAccount;
}

/** A token that was replaced elsewhere is read anew once; more would be two nodes at odds. */
const TRIES = 2;

export function createAccountStore({ kv, secrets, oauth, runtime }: AccountStoreDeps): AccountStore {
  const { clock, logger } = runtime;
  const accounts = new Map<string, Held>();

  function hold(record: AccountRecord, version: number): Held {
    const known = accounts.get(record.id);
    if (known) {
      // An answer of the storage may come after a newer write's.
      if (version > known.version) Object.assign(known, { record, version, unsaved: false });
      return known;
    }
    const { id } = record;
    const made: Held = {
      record,
      version,
      unsaved: false,
      lastRefreshAt: null,
      token: createSharedToken(clock, () => refresh(id)),
      account: {
        id,
        get email() {
          return made.record.email;
        },
        get scopes() {
          return made.record.scopes;
        },
        // A client id begins with its project's number.
        project: record.clientId.split("-")[0]!,
        async authorize(signal) {
          if (made.unsaved) await store(made, made.record);
          return made.token.header(signal);
        },
        forgetToken: (header) => made.token.forget(header),
      },
    };
    accounts.set(id, made);
    return made;
  }

  /** As stored now: in a cluster another node may have been given another token. */
  async function readAnew(id: string): Promise<Held | null> {
    const known = accounts.get(id);
    if (known?.unsaved) return known;
    const entry = await kv.get<AccountRecord>(accountKey(id));
    if (entry) return hold(entry.value, entry.version);
    accounts.delete(id);
    return null;
  }

  /** False when the record was changed elsewhere. What the storage refuses is held, and stored later. */
  async function store(held: Held, record: AccountRecord): Promise<boolean> {
    const stored = await kv.put(accountKey(record.id), record, held.version);
    if (stored.ok) {
      Object.assign(held, { record, version: stored.value, unsaved: false });
      return true;
    }
    if (stored.error.tag === "VersionMismatch") {
      held.unsaved = false;
      return false;
    }
    Object.assign(held, { record, unsaved: true });
    logger.warn("account unsaved", { account: record.id, why: stored.error.detail });
    return true;
  }

  async function refresh(id: string): Promise<Result<AccessToken, SourceError>> {
    for (let tries = 0; tries < TRIES; tries++) {
      const held = await readAnew(id);
      if (!held) return err(needsReconnect(id, null, "it is not connected any more"));
      const usable = usableToken(held.record);
      if (!usable.ok) return usable;
      const answer = await oauth!.refresh(usable.value);
      if (answer.ok) return ok(await takeOver(held, usable.value, answer.value));
      if (answer.error.tag !== "Ended") return err(answer.error);
      const { email } = held.record;
      if (await store(held, { ...held.record, sealed: null })) {
        logger.warn("account ended", { account: id });
        return err(needsReconnect(id, email, ENDED));
      }
    }
    return err({ tag: "Unreachable", detail: `the account ${id} is being changed elsewhere` });
  }

  /** A replaced refresh token is stored before its access token is used: the one before is void already. */
  async function takeOver(
    held: Held,
    used: string,
    { access, refreshToken }: Refreshed,
  ): Promise<AccessToken> {
    held.lastRefreshAt = clock.nowMs();
    const { record } = held;
    const current = record.sealed !== null && secrets.isCurrent(record.sealed);
    if ((refreshToken === null || refreshToken === used) && current) return access;
    await store(held, { ...record, sealed: secrets.seal(refreshToken ?? used, accountKey(record.id)) });
    return access;
  }

  function usableToken({ id, email, sealed, clientId }: AccountRecord): Result<string, SourceError> {
    const again = (why: string) => err(needsReconnect(id, email, why));
    if (!oauth) return err({ tag: "Unauthorized", detail: "this daemon has no Google app", fix: NO_APP_FIX });
    if (sealed === null) return again(ENDED);
    if (clientId !== oauth.clientId) return again("it was connected to another app than the daemon has now");
    const opened = secrets.open(sealed, accountKey(id));
    return opened.ok ? opened : again("its token cannot be opened with the daemon's master key");
  }

  const shown = ({ record, lastRefreshAt }: Held): HeldAccount => {
    const usable = usableToken(record);
    return { record, trouble: usable.ok ? null : usable.error, lastRefreshAt };
  };

  return {
    find: (id) => accounts.get(id)?.account ?? null,
    async load() {
      for (const { value, version } of await kv.list<AccountRecord>(ACCOUNTS_PREFIX)) hold(value, version);
    },
    list: () =>
      [...accounts.values()].map(shown).sort((left, right) => (left.record.id < right.record.id ? -1 : 1)),
    get(id) {
      const held = accounts.get(id);
      return held ? shown(held) : null;
    },
    async keep({ subject, email, scopes, refreshToken, access }) {
      const id = accountId(subject);
      const record: AccountRecord = {
        id,
        subject,
        email,
        scopes,
        clientId: oauth!.clientId,
        sealed: secrets.seal(refreshToken, accountKey(id)),
        connectedAt: clock.nowMs(),
      };
      // Of two consents at once the later one stays; both are good.
      const stored = await kv.put(accountKey(id), record);
      if (!stored.ok) return err(stored.error as StorageError);
      const held = hold(record, stored.value);
      held.lastRefreshAt = clock.nowMs();
      held.token = createSharedToken(clock, () => refresh(id), access);
      return ok(shown(held));
    },
    async remove(id) {
      const removed = await kv.remove(accountKey(id));
      if (!removed.ok) return err(removed.error as StorageError);
      accounts.delete(id);
      return ok(undefined);
    },
    refreshToken(id) {
      const held = accounts.get(id);
      const usable = held && usableToken(held.record);
      return usable?.ok ? usable.value : null;
    },
  };
}

const ENDED = "Google has ended its access, as a person asked or after long disuse";

export const NO_APP_FIX =
  "Make an OAuth client of type web application in the Google Cloud console and start the daemon with SHEETWIRE_GOOGLE_CLIENT_ID and SHEETWIRE_GOOGLE_CLIENT_SECRET";
