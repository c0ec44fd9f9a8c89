/**
 * Tokens that somebody else has signed (JWT): by a shared secret (HS256) or by a key of a published set (RS256, ES256).
 *
 * They must name the issuer and the audience that are configured, an end (exp) and a person (sub). What they allow
 * stands in the claim `sheetwire: { "scopes": [{ "action": "read", "source": "shop" }] }`; the other claims are for
 * views. A signed token cannot be revoked here: keep its life short.
 */
import { decodeProtectedHeader, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Claims } from "../model/where/compile.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { ACTIONS, type Grant, type Scope } from "./grant.ts";
import { createJwks, JwksUnreachable } from "./jwks.ts";
import { digest, type Tokens, type Verified } from "./tokens.ts";

export interface JwtSettings {
  /** For HS256, at least 32 bytes. */
  readonly secret?: string;
  /** Where the public keys for RS256 and ES256 are. */
  readonly jwksUrl?: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Clocks of servers differ; those that are set by NTP by far less. */
const TOLERANCE_S = 10;
/** Longer ones are nobody's: browsers and proxies refuse such headers. */
const TOKEN_LENGTH_MAX = 16_384;
const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MARK = "jwt:";

export function createJwtTokens(
  settings: JwtSettings,
  runtime: Pick<Runtime, "clock" | "net" | "logger">,
): Tokens {
  const { clock } = runtime;
  const { issuer, audience } = settings;
  const keys = keysByAlgorithm(settings, runtime);

  async function check(token: string): Promise<Verified> {
    try {
      const { alg = "" } = decodeProtectedHeader(token);
      const key = keys.get(alg);
      if (!key) return null;
      const { payload } = await jwtVerify(token, key, {
        algorithms: [alg],
        issuer,
        audience,
        requiredClaims: ["exp", "sub"],
        clockTolerance: TOLERANCE_S,
        currentDate: new Date(clock.nowMs()),
      });
      return grantOf(payload, MARK + digest(token).toString("base64url"));
    } catch (error) {
      return error instanceof JwksUnreachable ? { tag: "CannotTell", why: error.message } : null;
    }
  }

  return {
    verify: (token) =>
      token !== null && token.length <= TOKEN_LENGTH_MAX && FORM.test(token) ? check(token) : null,
    current: (grant) =>
      !grant.token?.startsWith(MARK) || (grant.expiresAt ?? 0) > clock.nowMs() ? grant : null,
  };
}

/** An algorithm has one key source: a public key never serves as a secret. */
function keysByAlgorithm(
  { secret, jwksUrl }: JwtSettings,
  runtime: Pick<Runtime, "clock" | "net" | "logger">,
): ReadonlyMap<string, JWTVerifyGetKey> {
  const keys = new Map<string, JWTVerifyGetKey>();
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret);
    keys.set("HS256", () => key);
  }
  if (jwksUrl !== undefined) {
    const { keyOf } = createJwks(jwksUrl, runtime);
    for (const algorithm of ["RS256", "ES256"]) keys.set(algorithm, keyOf);
  }
  return keys;
}

function grantOf(payload: JWTPayload, token: string): Grant | null {
  const { sub, exp, sheetwire } = payload;
  if (typeof sub !== "string" || sub === "") return null;
  return {
    subject: `user:${sub}`,
    scopes: scopesOf(sheetwire),
    claims: claimsOf(payload),
    token,
    expiresAt: (exp! + TOLERANCE_S) * 1_000,
  };
}

/** A scope that is not understood gives nothing: a field that is unknown here may have been meant to narrow it. */
function scopesOf(claim: unknown): readonly Scope[] {
  const { scopes } = (claim ?? {}) as { readonly scopes?: unknown };
  return Array.isArray(scopes) ? scopes.filter(isScope) : [];
}

function isScope(value: unknown): value is Scope {
  if (typeof value !== "object" || value === null) return false;
  const { action, source, tab, view, ...more } = value as Readonly<Record<string, unknown>>;
  const parts = [source, tab, view];
  return (
    ACTIONS.some((known) => known === action) &&
    Object.keys(more).length === 0 &&
    parts.every((part) => part === undefined || (typeof part === "string" && part !== "")) &&
    // A tab without its source would reach the tabs of that name everywhere.
    parts.every((part, at) => part === undefined || parts.slice(0, at).every((whole) => whole !== undefined))
  );
}

const OWN_CLAIMS = new Set(["iss", "aud", "exp", "nbf", "iat", "jti", "sheetwire"]);

function claimsOf(payload: JWTPayload): Claims {
  return Object.fromEntries(
    Object.entries(payload).filter(
      (entry): entry is [string, string | number | boolean] =>
        !OWN_CLAIMS.has(entry[0]) && ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );
}
