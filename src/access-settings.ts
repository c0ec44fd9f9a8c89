/** From settings to what the parts that face the network are given. */
import { readFileSync } from "node:fs";
import { err, ok, type Result } from "#contract/result.ts";
import type { JwtSettings } from "./access/jwt-tokens.ts";
import type { Config } from "./settings.ts";

/** How tokens of another issuer are checked; null: none are taken. */
export function jwtSettings(config: Config): JwtSettings | null {
  const { jwtSecret, jwtJwksUrl, jwtIssuer: issuer, jwtAudience: audience } = config;
  if ((jwtSecret ?? jwtJwksUrl) === null || issuer === null || audience === null) return null;
  return {
    issuer,
    audience,
    ...(jwtSecret === null ? {} : { secret: jwtSecret }),
    ...(jwtJwksUrl === null ? {} : { jwksUrl: jwtJwksUrl }),
  };
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFileError {
  readonly words: string;
  readonly cure: string;
}

/** Null: plain HTTP. */
export function readTlsFiles({ tlsCert, tlsKey }: Config): Result<TlsFiles | null, TlsFileError> {
  if (tlsCert === null || tlsKey === null) return ok(null);
  const cert = readPem(tlsCert, "CERTIFICATE", "SHEETWIRE_TLS_CERT");
  if (!cert.ok) return cert;
  const key = readPem(tlsKey, "PRIVATE KEY", "SHEETWIRE_TLS_KEY");
  return key.ok ? ok({ cert: cert.value, key: key.value }) : key;
}

function readPem(path: string, kind: string, setting: string): Result<string, TlsFileError> {
  const cure = `Let ${setting} name a PEM file that this user may read.`;
  try {
    const text = readFileSync(path, "utf8");
    if (text.includes(`${kind}-----`)) return ok(text);
    return err({ words: `${path} holds no "BEGIN ${kind}".`, cure });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err({ words: `${path} cannot be read: ${why}.`, cure });
  }
}
