import type { FeedAuth } from "#contract/feed.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { GuardedNet } from "../../runtime/guarded-net.ts";
import type { SourceError } from "../source.ts";
import { basicHeader } from "./basic-header.ts";
import { explainNetError, retryAfterMs } from "./problems.ts";

export interface ClientCredentials {
  /** A token good for a while. */
  token(signal: AbortSignal): Promise<Result<string, SourceError>>;
  /** The token was refused. True when there was one to forget, so that another may fare better. */
  forget(): boolean;
}

export interface ClientCredentialsDeps {
  readonly net: GuardedNet;
  readonly clock: Clock;
}

const TIMEOUT_MS = 15_000;
/** Real answers have about 1 kB. */
const BYTES_MAX = 64 * 1024;
/** Of servers that do not say: RFC 6749, 5.1, only recommends it. */
const LIFE_DEFAULT_S = 300;
/** A token this close to its end is not used: a request may take a while to arrive. */
const MARGIN_MS = 30_000;

/** The client credentials grant of OAuth 2 (RFC 6749, 4.4). The token is kept until it ends. */
export function createClientCredentials(
  auth: Extract<FeedAuth, { type: "oauth2" }>,
  { net, clock }: ClientCredentialsDeps,
): ClientCredentials {
  let known: { readonly token: string; readonly endsMs: number } | null = null;

  async function fetchToken(signal: AbortSignal): Promise<Result<string, SourceError>> {
    const inBody = auth.clientAuth === "body";
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      ...(auth.scope !== undefined && { scope: auth.scope }),
      ...(auth.audience !== undefined && { audience: auth.audience }),
      ...(inBody && { client_id: auth.clientId, client_secret: auth.clientSecret }),
    });
    const askedMs = clock.monotonicMs();
    const answer = await net.request({
      method: "POST",
      url: auth.tokenUrl,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        // Both are form-encoded first: RFC 6749, 2.3.1.
        ...(!inBody && { authorization: basicHeader(encode(auth.clientId), encode(auth.clientSecret)) }),
      },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
      bytesMax: BYTES_MAX,
      signal,
    });
    if (!answer.ok) return err(explainNetError(answer.error, "The token endpoint"));
    const { status, headers, body } = answer.value;
    const said = readJson(body);
    if (status === 429) return err({ tag: "RateLimited", ...retryAfterMs(headers, clock.nowMs()) });
    if (status >= 500) return err({ tag: "Unreachable", detail: `The token endpoint answers ${status}` });
    const token = said?.access_token;
    if (status < 200 || status > 299 || typeof token !== "string" || token === "") {
      return err(noToken(status, said));
    }
    const lifeS = Number(said?.expires_in ?? LIFE_DEFAULT_S);
    known = { token, endsMs: askedMs + (lifeS > 0 ? lifeS : LIFE_DEFAULT_S) * 1_000 };
    return ok(token);
  }

  return {
    async token(signal) {
      if (known && clock.monotonicMs() < known.endsMs - MARGIN_MS) return ok(known.token);
      return fetchToken(signal);
    },
    forget() {
      const had = known !== null;
      known = null;
      return had;
    },
  };
}

/** The error code of RFC 6749, 5.2, is safe to show; descriptions may repeat what was sent. */
function noToken(status: number, said: Record<string, unknown> | null): SourceError {
  const code = typeof said?.error === "string" && /^[\w-]{1,60}$/.test(said.error) ? ` (${said.error})` : "";
  return {
    tag: "Unauthorized",
    detail: `The token endpoint answers ${status} without a token${code}`,
    fix: "Check tokenUrl, clientId, clientSecret and scope under auth, and update the source with them.",
  };
}

function readJson(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}
