/**
 * API tokens: kept hashed in the backend, held in memory, so that checking one costs no read.
 *
 * A token is `sw_{id}_{secret}`. Of the secret only its SHA-256 is kept. A slow hash, such as passwords need, would
 * add nothing: the secret is 256 random bits, so there is no dictionary to try; and every request would pay for it.
 */
import { timingSafeEqual } from "node:crypto";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, KvError, StorageError } from "../backend/backend.ts";
import type { Claims } from "../model/where/compile.ts";
import { type Random, randomHex } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Grant, Scope } from "./grant.ts";
import { digest, type Tokens } from "./tokens.ts";

/** A token as it is kept; times are wall time in ms since 1970. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Who it stands for; null: for itself. */
  readonly user: string | null;
  readonly claims?: Claims;
  /** SHA-256 of the secret, in hex. */
  readonly hash: string;
  /** The last four characters of the token. */
  readonly hint: string;
  readonly createdAt: number;
  /** The subject that made it. */
  readonly createdBy: string;
  /** The token that made it, which takes it along when it is revoked. */
  readonly parent: string | null;
  readonly expiresAt: number | null;
  /** To the hour. */
  readonly lastUsedAt: number | null;
}

export type TokenDraft = Pick<TokenRecord, "name" | "scopes" | "user" | "claims" | "expiresAt">;
export type TokenChange = Partial<Pick<TokenRecord, "name" | "scopes" | "expiresAt">>;

export interface TokenStore extends Required<Tokens> {
  verify(token: string | null): Grant | null;
  load(): Promise<void>;
  /** By time of making. */
  list(): readonly TokenRecord[];
  get(id: string): TokenRecord | null;
  /** `token` is told this once and kept nowhere. */
  create(
    draft: TokenDraft,
    by: Grant,
  ): Promise<Result<{ readonly record: TokenRecord; readonly token: string }, TooMany | StorageError>>;
  change(id: string, change: TokenChange): Promise<Result<TokenRecord, UnknownToken | StorageError>>;
  /** With all tokens that were made by it. Resolves with their ids. */
  revoke(id: string): Promise<Result<readonly string[], UnknownToken | StorageError>>;
  /** Takes the source out of all scopes; a token that is left without any is revoked. Resolves with the ids of these. */
  forgetSource(source: string): Promise<Result<readonly string[], StorageError>>;
}

export type UnknownToken = { readonly tag: "UnknownToken"; readonly id: string };
export type TooMany = { readonly tag: "TooMany"; readonly most: number };

export interface TokenStoreDeps {
  readonly kv: Kv;
  readonly runtime: Pick<Runtime, "clock" | "random" | "logger">;
  /** Tokens kept: each is about a kilobyte of memory. */
  readonly tokensMax?: number;
}

interface Held {
  record: TokenRecord;
  grant: Grant;
}

const PREFIX = "token/";
const FORM = /^sw_([0-9a-f]{16})_([\w-]{43})$/;
const SECRET_BYTES = 32;
/** Last use is a sign of life for people, not a log: one write an hour for a token in use. */
const USE_MS = 3_600_000;
/** An expired token is shown for a day, for whoever wonders why it is refused. */
const EXPIRED_KEPT_MS = 86_400_000;
const TOKENS_MAX = 100_000;

export function createTokenStore({ kv, runtime, tokensMax = TOKENS_MAX }: TokenStoreDeps): TokenStore {
  const { clock, random, logger } = runtime;
  const held = new Map<string, Held>();
  const listeners = new Set<(token: string) => void>();
  let turn: Promise<unknown> = Promise.resolve();
  let sweptMs = Number.NEGATIVE_INFINITY;

  /** Writes go one after the other, so that none rests on a record that another is changing. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = turn.then(run, run);
    turn = result.catch(() => {});
    return result;
  }
  function hold(record: TokenRecord): TokenRecord {
    held.set(record.id, { record, grant: grantOf(record) });
    return record;
  }
  const isAlive = ({ record }: Held): boolean =>
    record.expiresAt === null || record.expiresAt > clock.nowMs();
  function tell(ids: readonly string[]): void {
    for (const id of ids) for (const listener of [...listeners]) listener(grantToken(id));
  }

  async function store(record: TokenRecord): Promise<Result<TokenRecord, StorageError>> {
    const stored = await kv.put(PREFIX + record.id, record);
    return stored.ok ? ok(hold(record)) : err(asStorageError(stored.error));
  }
  /** Stops at the first that the storage refuses; those before it are gone. */
  async function erase(ids: readonly string[]): Promise<Result<void, StorageError>> {
    for (const id of ids) {
      const removed = await kv.remove(PREFIX + id);
      if (!removed.ok) return err(asStorageError(removed.error));
      held.delete(id);
      tell([id]);
    }
    return ok(undefined);
  }
  function descendants(id: string): string[] {
    const made = [...held.values()].filter(({ record }) => record.parent === id);
    return [id, ...made.flatMap(({ record }) => descendants(record.id))];
  }
  async function sweep(): Promise<void> {
    if (clock.monotonicMs() - sweptMs < USE_MS) return;
    sweptMs = clock.monotonicMs();
    const before = clock.nowMs() - EXPIRED_KEPT_MS;
    const old = [...held.values()].filter(({ record }) => (record.expiresAt ?? before) < before);
    await erase(old.map(({ record }) => record.id));
  }
  function use({ record }: Held): void {
    const now = clock.nowMs();
    if (record.lastUsedAt !== null && now - record.lastUsedAt < USE_MS) return;
    hold({ ...record, lastUsedAt: now });
    // Not waited for, and not tried again when the storage refuses: the next use does that.
    void inTurn(async () => {
      const known = held.get(record.id);
      if (known) await kv.put(PREFIX + record.id, known.record);
    });
  }

  return {
    verify(token) {
      const [, id, secret] = FORM.exec(token ?? "") ?? [];
      const found = id === undefined ? undefined : held.get(id);
      if (!found || secret === undefined) return null;
      const same = timingSafeEqual(digest(secret), Buffer.from(found.record.hash, "hex"));
      if (!same || !isAlive(found)) return null;
      use(found);
      return held.get(found.record.id)!.grant;
    },
    current(grant) {
      const id = idOf(grant);
      if (id === null) return grant;
      const found = held.get(id);
      return found && isAlive(found) ? found.grant : null;
    },
    onChange(listener) {
      const own = (token: string): void => listener(token);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    async load() {
      for (const { value } of await kv.list<TokenRecord>(PREFIX)) hold(value);
    },
    list: () =>
      [...held.values()].map(({ record }) => record).sort((left, right) => left.createdAt - right.createdAt),
    get: (id) => held.get(id)?.record ?? null,
    create: (draft, by) =>
      inTurn(async () => {
        await sweep();
        if (held.size >= tokensMax) return err({ tag: "TooMany", most: tokensMax });
        const { token, id, hash } = makeToken(random);
        const times = { createdAt: clock.nowMs(), lastUsedAt: null };
        const parent = idOf(by);
        const hint = token.slice(-4);
        const stored = await store({ ...draft, id, hash, hint, createdBy: by.subject, parent, ...times });
        if (!stored.ok) return stored;
        logger.info("token made", { id, by: by.subject });
        return ok({ record: stored.value, token });
      }),
    change: (id, change) =>
      inTurn(async () => {
        const found = held.get(id);
        if (!found) return err({ tag: "UnknownToken", id });
        const stored = await store({ ...found.record, ...change });
        if (stored.ok) tell([id]);
        return stored;
      }),
    revoke: (id) =>
      inTurn(async () => {
        if (!held.has(id)) return err({ tag: "UnknownToken", id });
        // The youngest first: after a crash in between the parent is still there to be revoked again.
        const ids = descendants(id).reverse();
        const erased = await erase(ids);
        if (!erased.ok) return erased;
        logger.info("token revoked", { id, with: ids.length - 1 });
        return ok(ids);
      }),
    forgetSource: (source) =>
      inTurn(async () => {
        const revoked: string[] = [];
        for (const { record } of [...held.values()]) {
          const scopes = record.scopes.filter((scope) => scope.source !== source);
          if (scopes.length === record.scopes.length) continue;
          const done = scopes.length > 0 ? await store({ ...record, scopes }) : await erase([record.id]);
          if (!done.ok) return done;
          if (scopes.length > 0) tell([record.id]);
          else revoked.push(record.id);
        }
        return ok(revoked);
      }),
  };
}

function makeToken(random: Random): { readonly token: string; readonly id: string; readonly hash: string } {
  const id = randomHex(random, 8);
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
  return { token: `sw_${id}_${secret}`, id, hash: digest(secret).toString("hex") };
}

function grantOf({ id, scopes, user, claims }: TokenRecord): Grant {
  const subject = user === null ? `token:${id}` : `user:${user}`;
  return { subject, scopes, ...(claims && { claims }), token: grantToken(id) };
}

const grantToken = (id: string): string => `api:${id}`;

function idOf({ token }: Grant): string | null {
  return token?.startsWith("api:") ? token.slice("api:".length) : null;
}

/** Nobody else writes these keys, so no version is expected. */
function asStorageError(error: KvError): StorageError {
  if (error.tag === "StorageError") return error;
  return { tag: "StorageError", detail: `the token was changed elsewhere (version ${error.actual})` };
}
