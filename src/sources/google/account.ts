/** Who asks Google: a service account with its tokens, or an API key. */
import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Credentials, ServiceAccountKey } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { SourceError } from "../source.ts";
import { type Caller, explainNetError, explainTokenRefusal } from "./problems.ts";
import type { Consumer } from "./quota.ts";

export interface Account extends Caller {
  readonly consumer: Consumer;
  /** Goes into each request's query; null when a token does. */
  readonly apiKey: string | null;
  /** Value of the authorization header, null with an API key. Fetches a token when the last one is about to end. */
  authorize(signal: AbortSignal): Promise<Result<string | null, SourceError>>;
  /** Google refused the token: the next call fetches another. */
  forgetToken(): void;
}

export type UsableCredentials = Extract<Credentials, { type: "serviceAccount" | "apiKey" }>;

export interface AccountDeps {
  readonly runtime: Runtime;
  readonly tokenUrl: string;
  readonly scope: string;
}

export const READ_SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly";
export const WRITE_SCOPE = "https://www.googleapis.com/auth/spreadsheets";

/** What tells accounts apart, without the secret itself: sources with equal identities share one account. */
export function accountIdentity(credentials: UsableCredentials): string {
  if (credentials.type === "apiKey") return `key ${fingerprint(credentials.key)}`;
  return `service ${credentials.key.client_email} ${fingerprint(credentials.key.private_key)}`;
}

export function createAccount(credentials: UsableCredentials, deps: AccountDeps): Account {
  return credentials.type === "apiKey"
    ? createKeyAccount(credentials.key)
    : createServiceAccount(credentials.key, deps);
}

/** Keys pasted from an environment variable often have their line ends as a backslash and an n. */
export function parsePrivateKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem.replaceAll("\\n", "\n"));
    return key.asymmetricKeyType === "rsa" ? key : null;
  } catch {
    return null;
  }
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

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** Google's longest life of an assertion. */
const ASSERTION_LIFE_S = 3_600;
/** Clocks that run ahead sign for the future, which Google refuses. */
const ASSERTION_BACKDATE_S = 30;
/** A token this close to its end is not used: a request may take a while to arrive. */
const TOKEN_MARGIN_MS = 60_000;
const TOKEN_TIMEOUT_MS = 10_000;
/** Real answers have about 1 kB. */
const TOKEN_BYTES_MAX = 64 * 1024;

interface Token {
  readonly header: string;
  readonly endsMs: number;
}

/**
 * The JWT bearer grant of RFC 7523. Not google-auth-library's: that one reads the machine's clock and its token
 * endpoint is fixed, while here time and network are the runtime's.
 */
function createServiceAccount(key: ServiceAccountKey, { runtime, tokenUrl, scope }: AccountDeps): Account {
  const { clock, net } = runtime;
  const email = key.client_email;
  let token: Token | null = null;
  /** One request for all polls that wait for it; it outlives the poll that caused it. */
  let pending: Promise<Result<Token, SourceError>> | null = null;

  async function fetchToken(): Promise<Result<Token, SourceError>> {
    const nowS = Math.floor(clock.nowMs() / 1_000) - ASSERTION_BACKDATE_S;
    const claims = { iss: email, scope, aud: tokenUrl, iat: nowS, exp: nowS + ASSERTION_LIFE_S };
    const assertion = signAssertion(claims, key);
    const askedMs = clock.monotonicMs();
    const answer = await net.request({
      method: "POST",
      url: tokenUrl,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      timeoutMs: TOKEN_TIMEOUT_MS,
      bytesMax: TOKEN_BYTES_MAX,
    });
    if (!answer.ok) return err(explainNetError(answer.error));
    if (answer.value.status !== 200) return err(explainTokenRefusal(answer.value, { email }));
    return readToken(answer.value.body, askedMs);
  }

  return {
    email,
    consumer: { user: email, project: key.project_id ?? email.split("@").at(-1)! },
    apiKey: null,
    async authorize(signal) {
      if (token && clock.monotonicMs() < token.endsMs - TOKEN_MARGIN_MS) return ok(token.header);
      pending ??= fetchToken().finally(() => {
        pending = null;
      });
      const fetched = await Promise.race([pending, ended(signal)]);
      if (!fetched.ok) return fetched;
      token = fetched.value;
      return ok(token.header);
    },
    forgetToken() {
      token = null;
    },
  };
}

function signAssertion(claims: object, key: ServiceAccountKey): string {
  const header = { alg: "RS256", typ: "JWT", ...(key.private_key_id ? { kid: key.private_key_id } : {}) };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode(header)}.${encode(claims)}`;
  const privateKey = parsePrivateKey(key.private_key);
  if (!privateKey) throw new Error("a private key that check() has not seen");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

function readToken(body: Uint8Array, askedMs: number): Result<Token, SourceError> {
  try {
    const answer = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown> | null;
    if (typeof answer?.access_token === "string" && typeof answer.expires_in === "number") {
      return ok({ header: `Bearer ${answer.access_token}`, endsMs: askedMs + answer.expires_in * 1_000 });
    }
  } catch {
    // Not JSON: told below.
  }
  return err({ tag: "Malformed", path: "token", detail: "Google's token endpoint answers without a token" });
}

function ended(signal: AbortSignal): Promise<Result<never, SourceError>> {
  return new Promise((resolve) => {
    const end = (): void => resolve(err(explainNetError({ tag: "Aborted" })));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 16);
}
