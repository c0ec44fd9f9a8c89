import type { FeedAuth } from "#contract/feed.ts";
import type { Credentials, SourceAnswer } from "#contract/rest.ts";
import { ok, type Result } from "#contract/result.ts";
import type { Kv, KvEntry, KvError } from "../backend/backend.ts";
import type { SourceSettings } from "../sources/source.ts";
import { lastFour, type OpenSecretError, type SecretBox } from "./secrets.ts";
import type { Draft } from "./validate.ts";

/** A source as it is kept: everything in the clear but the secrets. */
export interface SourceRecord {
  readonly name: string;
  readonly description?: string;
  readonly settings: Omit<SourceSettings, keyof Secrets>;
  /** The Secrets as JSON, sealed; absent when there are none. */
  readonly sealed?: string;
  readonly hints: Hints;
  /** Deleted, but its data may not be erased yet: shown to nobody, and finished at the next start. */
  readonly removing?: true;
  /** Wall time, ms since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What of the secrets people may see. */
type Hints = Pick<SourceAnswer, "credentials" | "apiKeyHint" | "headerHints" | "auth">;
type Secrets = Pick<SourceSettings, "credentials" | "apiKey" | "headers" | "auth">;

/** The sources' records in the backend, one key each. */
export interface Records {
  get(id: string): Promise<KvEntry<SourceRecord> | null>;
  /** By id. */
  list(): Promise<readonly SourceRecord[]>;
  /** `expectedVersion` 0: there is none yet. */
  put(record: SourceRecord, expectedVersion: number): Promise<Result<number, KvError>>;
  remove(id: string): Promise<Result<void, KvError>>;
  seal(draft: Draft, times: Pick<SourceRecord, "createdAt" | "updatedAt">): SourceRecord;
  /** With its secrets in the clear. */
  open(record: SourceRecord): Result<Draft, OpenSecretError>;
}

const PREFIX = "source/";

export function createRecords({ kv, secrets }: { kv: Kv; secrets: SecretBox }): Records {
  return {
    get: (id) => kv.get<SourceRecord>(PREFIX + id),
    async list() {
      return (await kv.list<SourceRecord>(PREFIX)).map((entry) => entry.value);
    },
    put: (record, expectedVersion) => kv.put(PREFIX + record.settings.id, record, expectedVersion),
    remove: (id) => kv.remove(PREFIX + id),
    seal({ name, description, settings }, times) {
      const { credentials, apiKey, headers, auth, ...clear } = settings;
      const secret = JSON.stringify({ credentials, apiKey, headers, auth });
      return {
        name,
        ...(description === undefined ? {} : { description }),
        settings: clear,
        ...(secret === "{}" ? {} : { sealed: secrets.seal(secret, PREFIX + clear.id) }),
        hints: hintsOf(settings),
        ...times,
      };
    },
    open({ name, description, settings, sealed }) {
      const opened = sealed === undefined ? ok("{}") : secrets.open(sealed, PREFIX + settings.id);
      if (!opened.ok) return opened;
      const draft = { name, settings: { ...settings, ...(JSON.parse(opened.value) as Secrets) } };
      return ok(description === undefined ? draft : { ...draft, description });
    },
  };
}

function hintsOf({ credentials, apiKey, headers, auth }: Secrets): Hints {
  return {
    ...(credentials && { credentials: { type: credentials.type, ...credentialsHint(credentials) } }),
    ...(apiKey && { apiKeyHint: lastFour(apiKey) }),
    ...(auth && { auth: { type: auth.type, hint: lastFour(secretOf(auth)) } }),
    ...(headers && {
      headerHints: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, lastFour(value)]),
      ),
    }),
  };
}

function secretOf(auth: FeedAuth): string {
  switch (auth.type) {
    case "apiKey":
      return auth.key;
    case "bearer":
      return auth.token;
    case "basic":
      return auth.password;
    case "oauth2":
      return auth.clientSecret;
  }
}

function credentialsHint(credentials: Credentials): { hint?: string } {
  switch (credentials.type) {
    case "apiKey":
      return { hint: lastFour(credentials.key) };
    case "account":
      return { hint: credentials.id };
    // Not a secret: people share their workbook with this address.
    case "serviceAccount":
      return { hint: credentials.key.client_email };
    // Where it lies is no secret, what it holds is.
    case "serviceAccountFile":
      return { hint: credentials.path };
    case "ambient":
      return {};
  }
}
