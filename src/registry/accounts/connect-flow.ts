/**
 * From "connect" to a person's consent (RFC 6749 with PKCE, RFC 7636; RFC 9700 says why each check is here).
 *
 * A state is 256 random bits, stored by its hash alone, good once and for ten minutes. What began in a browser ends in
 * that browser: a cookie for the callback alone says so. Nothing that a request says decides where anybody is sent.
 */
import { createHash } from "node:crypto";
import type { GoogleScope } from "#contract/accounts.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Consent, GoogleOAuth } from "../../sources/google/oauth.ts";
import type { SourceError } from "../../sources/source.ts";
import type { SecretBox } from "../secrets.ts";
import { accountId } from "./account-record.ts";

export interface ConnectFlow {
  begin(wish: ConnectWish): Promise<Result<Begun, StorageError>>;
  /** What Google sent the browser back with, and how to look at the browser's cookies. */
  finish(
    query: URLSearchParams,
    cookie: (name: string) => string | null,
  ): Promise<Result<Finished, ConnectFailure>>;
}

export interface ConnectWish {
  readonly scope: GoogleScope;
  /** Only this account will do. */
  readonly account: { readonly id: string; readonly email: string | null } | null;
  /** Whether a browser began it, which can keep a cookie. */
  readonly inBrowser: boolean;
}

export interface Begun {
  readonly authorizationUrl: string;
  /** Wall time, ms since 1970. */
  readonly expiresAt: number;
  /** A Set-Cookie header for the browser that began it. */
  readonly cookie: string | null;
}

export type Finished = Consent & { readonly refreshToken: string };

export type ConnectFailure =
  | { readonly tag: "NoState" }
  /** Never given out, used before, or swept after its end: which one is not told. */
  | { readonly tag: "UnknownState" }
  | { readonly tag: "Expired" }
  | { readonly tag: "OtherBrowser" }
  | { readonly tag: "Denied" }
  | { readonly tag: "NoCode"; readonly said: string | null }
  | { readonly tag: "CodeRefused" }
  | { readonly tag: "NotGranted"; readonly scope: GoogleScope }
  | { readonly tag: "NotLasting" }
  | { readonly tag: "OtherPerson"; readonly wanted: string; readonly came: string }
  | { readonly tag: "Google"; readonly error: SourceError }
  | StorageError;

export interface ConnectFlowDeps {
  readonly kv: Kv;
  readonly secrets: SecretBox;
  readonly oauth: GoogleOAuth;
  readonly runtime: Pick<Runtime, "clock" | "random">;
  /** Where Google leads back to; the app lists it. */
  readonly redirectUri: string;
}

export const CALLBACK_PATH = "/oauth/google/callback";

const PREFIX = "connecting/";
/** A person may have to find a password first; Google's own codes live as long. */
const STATE_LIFE_MS = 600_000;
/** Clocks that are set back a little do no harm; further back a state would live too long. */
const CLOCK_SLACK_MS = 60_000;
/** Nobody connects so many accounts at once; the oldest give way. */
const PENDING_MAX = 100;
const SECRET_BYTES = 32;

interface PendingRecord {
  readonly sealed: string;
  /** Wall time, ms since 1970. */
  readonly begunAt: number;
}

interface Pending {
  readonly verifier: string;
  readonly scope: GoogleScope;
  readonly account: string | null;
  /** Hash of the cookie; null when no browser began it. */
  readonly cookie: string | null;
}

export function createConnectFlow({
  kv,
  secrets,
  oauth,
  runtime,
  redirectUri,
}: ConnectFlowDeps): ConnectFlow {
  const { clock, random } = runtime;
  const secret = (): string => Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");

  function isAlive({ begunAt }: PendingRecord): boolean {
    const ageMs = clock.nowMs() - begunAt;
    return ageMs >= -CLOCK_SLACK_MS && ageMs < STATE_LIFE_MS;
  }

  async function sweep(): Promise<void> {
    const all = [...(await kv.list<PendingRecord>(PREFIX))].sort((a, b) => a.value.begunAt - b.value.begunAt);
    const excess = all.length + 1 - PENDING_MAX;
    const gone = all.filter(({ value }, index) => index < excess || !isAlive(value));
    await Promise.all(gone.map(({ key }) => kv.remove(key)));
  }

  /** The state is void from here on, whatever comes of it. */
  async function take(state: string): Promise<Result<Pending, ConnectFailure>> {
    const key = PREFIX + hashOf(state);
    const entry = await kv.get<PendingRecord>(key);
    if (!entry) return err({ tag: "UnknownState" });
    const removed = await kv.remove(key, entry.version);
    if (!removed.ok)
      return err(removed.error.tag === "StorageError" ? removed.error : { tag: "UnknownState" });
    if (!isAlive(entry.value)) return err({ tag: "Expired" });
    const opened = secrets.open(entry.value.sealed, key);
    return opened.ok ? ok(JSON.parse(opened.value) as Pending) : err({ tag: "UnknownState" });
  }

  async function exchange(code: string, { verifier, scope, account }: Pending) {
    const answer = await oauth.exchange({ code, verifier, redirectUri });
    if (!answer.ok) {
      const { error } = answer;
      return err<ConnectFailure>(error.tag === "Ended" ? { tag: "CodeRefused" } : { tag: "Google", error });
    }
    const consent = answer.value;
    const came = accountId(consent.subject);
    if (account !== null && account !== came) {
      return err<ConnectFailure>({ tag: "OtherPerson", wanted: account, came: consent.email ?? came });
    }
    if (!consent.scopes.includes(scope)) return err<ConnectFailure>({ tag: "NotGranted", scope });
    const { refreshToken } = consent;
    return refreshToken === null
      ? err<ConnectFailure>({ tag: "NotLasting" })
      : ok({ ...consent, refreshToken });
  }

  return {
    async begin({ scope, account, inBrowser }) {
      await sweep();
      const [state, verifier, bound] = [secret(), secret(), inBrowser ? secret() : null];
      const key = PREFIX + hashOf(state);
      const pending: Pending = {
        verifier,
        scope,
        account: account?.id ?? null,
        cookie: bound && hashOf(bound),
      };
      const begunAt = clock.nowMs();
      const record: PendingRecord = { sealed: secrets.seal(JSON.stringify(pending), key), begunAt };
      const stored = await kv.put(key, record, 0);
      if (!stored.ok) return err(stored.error as StorageError);
      const authorizationUrl = oauth.authorizationUrl({
        scope,
        state,
        challenge: createHash("sha256").update(verifier).digest("base64url"),
        redirectUri,
        loginHint: account?.email ?? null,
      });
      const cookie = bound && cookieHeader(cookieName(state), bound, STATE_LIFE_MS / 1_000, redirectUri);
      return ok({ authorizationUrl, expiresAt: begunAt + STATE_LIFE_MS, cookie });
    },
    async finish(query, cookie) {
      const state = query.get("state");
      if (!state) return err({ tag: "NoState" });
      const taken = await take(state);
      if (!taken.ok) return taken;
      const brought = cookie(cookieName(state));
      if (taken.value.cookie !== null && (brought === null || hashOf(brought) !== taken.value.cookie)) {
        return err({ tag: "OtherBrowser" });
      }
      const said = query.get("error");
      if (said === "access_denied") return err({ tag: "Denied" });
      const code = query.get("code");
      if (said !== null || !code) return err({ tag: "NoCode", said });
      return exchange(code, taken.value);
    },
  };
}

/** One cookie for each flow, so that two at once in a browser do not disturb each other. */
export function cookieName(state: string): string {
  return `sheetwire_connect_${hashOf(state).slice(0, 16)}`;
}

/** Lax: the way back from Google is a navigation from another site. */
export function cookieHeader(name: string, value: string, lifeS: number, redirectUri: string): string {
  const { protocol, pathname } = new URL(redirectUri);
  const secure = protocol === "https:" ? "; Secure" : "";
  return `${name}=${value}; Path=${pathname}; Max-Age=${lifeS}; HttpOnly; SameSite=Lax${secure}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
