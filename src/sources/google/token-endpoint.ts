/** One request to Google's token endpoint, whoever asks and by which grant. */
import { err, ok, type Result } from "#contract/result.ts";
import type { NetResponse } from "../../runtime/net.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { SourceError } from "../source.ts";
import { explainNetError } from "./problems.ts";
import type { AccessToken } from "./shared-token.ts";

export interface TokenAnswer {
  readonly access: AccessToken;
  /** Null where the answer has none. */
  readonly refreshToken: string | null;
  /** Null where Google repeats none: what was asked for. */
  readonly scope: string | null;
  readonly idToken: string | null;
}

/** Refused: an answer outside 200, to be explained by who knows what was asked. */
export type TokenFailure = { readonly tag: "Refused"; readonly answer: NetResponse } | SourceError;

const TIMEOUT_MS = 10_000;
/** Real answers have about 1 kB. */
const BYTES_MAX = 64 * 1024;

export async function askToken(
  { net, clock }: Pick<Runtime, "net" | "clock">,
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<TokenAnswer, TokenFailure>> {
  const askedMs = clock.monotonicMs();
  const answer = await net.request(formRequest(tokenUrl, form));
  if (!answer.ok) return err(explainNetError(answer.error));
  if (answer.value.status !== 200) return err({ tag: "Refused", answer: answer.value });
  return readToken(answer.value.body, askedMs);
}

/** Also what the revocation endpoint takes. */
export function formRequest(url: string, form: Readonly<Record<string, string>>) {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    timeoutMs: TIMEOUT_MS,
    bytesMax: BYTES_MAX,
  };
}

function readToken(body: Uint8Array, askedMs: number): Result<TokenAnswer, SourceError> {
  try {
    const answer = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown> | null;
    if (typeof answer?.access_token === "string" && typeof answer.expires_in === "number") {
      return ok({
        access: { text: answer.access_token, endsMs: askedMs + answer.expires_in * 1_000 },
        refreshToken: textOrNull(answer.refresh_token),
        scope: textOrNull(answer.scope),
        idToken: textOrNull(answer.id_token),
      });
    }
  } catch {
    // Not JSON: told below.
  }
  return err({ tag: "Malformed", path: "token", detail: "Google's token endpoint answers without a token" });
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
