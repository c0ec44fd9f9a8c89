/** A service account: signs for itself with its key, by the JWT bearer grant of RFC 7523. */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { ServiceAccountKey } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { SourceError } from "../source.ts";
import type { Account } from "./account.ts";
import { explainTokenRefusal } from "./problems.ts";
import { type AccessToken, createSharedToken } from "./shared-token.ts";
import { askToken } from "./token-endpoint.ts";

export interface AccountDeps {
  readonly runtime: Runtime;
  readonly tokenUrl: string;
  readonly scope: string;
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** Google's longest life of an assertion. */
const ASSERTION_LIFE_S = 3_600;
/** Clocks that run ahead sign for the future, which Google refuses. */
const ASSERTION_BACKDATE_S = 30;

/**
 * `readKey` is asked at each token, so that a key file that was replaced is used from the next one on. Not
 * google-auth-library's: that one reads the machine's clock and its token endpoint is fixed, while here time and
 * network are the runtime's.
 */
export function createServiceAccount(
  readKey: () => Result<ServiceAccountKey, SourceError>,
  { runtime, tokenUrl, scope }: AccountDeps,
): Account {
  const { clock } = runtime;
  let known = readKey();

  async function fetchToken(): Promise<Result<AccessToken, SourceError>> {
    const key = readKey();
    if (!key.ok) return key;
    known = key;
    const email = key.value.client_email;
    const nowS = Math.floor(clock.nowMs() / 1_000) - ASSERTION_BACKDATE_S;
    const claims = { iss: email, scope, aud: tokenUrl, iat: nowS, exp: nowS + ASSERTION_LIFE_S };
    const assertion = signAssertion(claims, key.value);
    const answer = await askToken(runtime, tokenUrl, { grant_type: GRANT_TYPE, assertion });
    if (answer.ok) return ok(answer.value.access);
    const failure = answer.error;
    return err(
      failure.tag === "Refused" ? explainTokenRefusal(failure.answer, { email }, clock.nowMs()) : failure,
    );
  }

  const token = createSharedToken(clock, fetchToken);
  return {
    get email() {
      return known.ok ? known.value.client_email : null;
    },
    get consumer() {
      const email = known.ok ? known.value.client_email : "unread key file";
      return { user: email, project: (known.ok && known.value.project_id) || email.split("@").at(-1)! };
    },
    apiKey: null,
    authorize: (signal) => token.header(signal),
    forgetToken: (header) => token.forget(header),
  };
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

function signAssertion(claims: object, key: ServiceAccountKey): string {
  const header = { alg: "RS256", typ: "JWT", ...(key.private_key_id ? { kid: key.private_key_id } : {}) };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode(header)}.${encode(claims)}`;
  const privateKey = parsePrivateKey(key.private_key);
  if (!privateKey) throw new Error("a private key that check() has not seen");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}
