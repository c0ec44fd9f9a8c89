/** The public keys of an issuer, fetched when they are needed and kept for a while. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { err, ok, type Result } from "#contract/result.ts";
import type { Runtime } from "../runtime/runtime.ts";

export interface Jwks {
  /** Finds the key that a token's header names. Throws JwksUnreachable, or what jose throws when there is none. */
  readonly keyOf: JWTVerifyGetKey;
}

/** No keys were ever had, and none can be had now. */
export class JwksUnreachable extends Error {
  override readonly name = "JwksUnreachable";
}

/** An issuer that takes a key back waits this long until it is forgotten here. */
const KEPT_MS = 10 * 60_000;
/** A token that names a key nobody knows leads to one request in this time, whoever sends such tokens. */
const PAUSE_MS = 30_000;
const TIMEOUT_MS = 5_000;
/** A hundred keys of 4,096 bits. */
const BYTES_MAX = 256 * 1024;

export function createJwks(url: string, runtime: Pick<Runtime, "clock" | "net" | "logger">): Jwks {
  const { clock, net, logger } = runtime;
  let keys: JWTVerifyGetKey | null = null;
  let fetchedMs = Number.NEGATIVE_INFINITY;
  let triedMs = Number.NEGATIVE_INFINITY;
  let why = "";
  let fetching: Promise<void> | null = null;

  async function read(): Promise<Result<JWTVerifyGetKey, string>> {
    const headers = { Accept: "application/json" };
    const answer = await net.request({
      method: "GET",
      url,
      headers,
      timeoutMs: TIMEOUT_MS,
      bytesMax: BYTES_MAX,
    });
    if (!answer.ok) return err(`the issuer's keys cannot be read (${answer.error.tag})`);
    if (answer.value.status !== 200)
      return err(`the issuer's keys were answered with ${answer.value.status}`);
    try {
      const text = new TextDecoder().decode(answer.value.body);
      return ok(createLocalJWKSet(JSON.parse(text) as JSONWebKeySet));
    } catch {
      return err("the issuer's keys are not a JSON Web Key Set");
    }
  }
  /** Keeps the keys it has when it gets no others: an issuer that is down must not lock everybody out. */
  async function fetchOnce(): Promise<void> {
    triedMs = clock.monotonicMs();
    const found = await read();
    if (found.ok) {
      keys = found.value;
      fetchedMs = clock.monotonicMs();
    } else {
      why = found.error;
      logger.warn("signing keys unreachable", { why });
    }
  }
  async function refresh(): Promise<void> {
    if (clock.monotonicMs() - triedMs < PAUSE_MS && !fetching) return;
    fetching ??= fetchOnce().finally(() => {
      fetching = null;
    });
    await fetching;
  }

  return {
    async keyOf(header, token) {
      if (clock.monotonicMs() - fetchedMs > KEPT_MS) await refresh();
      if (!keys) throw new JwksUnreachable(why);
      try {
        return await keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await refresh();
        return keys(header, token);
      }
    },
  };
}
