/** The settings as data: key, default, how a text becomes a value. config.ts finds the texts. */
import { err, ok, type Result } from "#contract/result.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { type Network, parseNetwork } from "./runtime/address.ts";
import { type AllowedPlaces, NOTHING_ALLOWED, parseAllowedPlaces } from "./runtime/guarded-net.ts";
import { LOG_LEVELS, type LogLevel } from "./runtime/system-logger.ts";

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly dataDir: string;
  /** null: made on first start. */
  readonly adminToken: string | null;
  /** 32 bytes; null: made on first start. */
  readonly masterKey: Uint8Array | null;
  /** The master key before this one: what it sealed is sealed anew at the start. */
  readonly masterKeyPrevious: Uint8Array | null;
  /** Whether a daemon without sources starts the emulator with the sample workbook. */
  readonly demo: boolean;
  /** Base URL that replaces every Google host, without a slash at its end. */
  readonly googleEndpoint: string | null;
  /** How browsers and Google reach this daemon, without a slash at its end; null: at its host and port. */
  readonly publicUrl: string | null;
  /** The app that people connect their Google accounts to; null: none can be connected. */
  readonly googleClientId: string | null;
  readonly googleClientSecret: string | null;
  /** Folder of key files that sources may name; null: they may name none. */
  readonly googleKeyDir: string | null;
  /** Google's own variable GOOGLE_APPLICATION_CREDENTIALS: the key file of credentials of type "ambient". */
  readonly googleApplicationCredentials: string | null;
  /** What other issuers' tokens (JWT) are checked with, by HS256; null: none of that kind are taken. */
  readonly jwtSecret: string | null;
  /** Where the issuer's public keys are (RS256, ES256). */
  readonly jwtJwksUrl: string | null;
  readonly jwtIssuer: string | null;
  readonly jwtAudience: string | null;
  /** Origins of pages, besides the daemon's own, that may connect and call REST; "*": all. */
  readonly origins: readonly string[];
  /** PEM files; null: plain HTTP. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** Proxies whose X-Forwarded-For tells where a client is. */
  readonly trustProxy: readonly Network[];
  /** Set: cluster. May hold a password. */
  readonly natsUrl: string | null;
  readonly logLevel: LogLevel;
  /** Special addresses that feeds may be read from; the open internet is always allowed. */
  readonly allowPrivate: AllowedPlaces;
  readonly limits: Limits;
}

/** One per wrong setting; all are told at once. `key` is written as its author wrote it. */
export interface ConfigError {
  readonly key: string;
  readonly problem: string;
  readonly fix: string;
}

export interface Setting<T> {
  /** What stands after SHEETWIRE_ in the environment. */
  readonly key: string;
  readonly fallback: T;
  /** Never shown in an error; may come from a file named by KEY_FILE; never a flag. */
  readonly secret?: true;
  readonly parse: (text: string) => Result<T, BadValue>;
}

/** `problem` continues "PORT ...". A secret's value is in neither. */
export interface BadValue {
  readonly problem: string;
  readonly fix: string;
}

type Plain = Omit<Config, "limits" | "googleApplicationCredentials">;

export const SETTINGS: { readonly [Name in keyof Plain]: Setting<Plain[Name]> } = {
  host: { key: "HOST", fallback: "127.0.0.1", parse: ok },
  port: { key: "PORT", fallback: 8787, parse: whole(0, 65_535) },
  dataDir: { key: "DATA_DIR", fallback: "./data", parse: ok },
  adminToken: { key: "ADMIN_TOKEN", fallback: null, secret: true, parse: token },
  masterKey: { key: "MASTER_KEY", fallback: null, secret: true, parse: key32 },
  masterKeyPrevious: { key: "MASTER_KEY_PREVIOUS", fallback: null, secret: true, parse: key32 },
  demo: { key: "DEMO", fallback: true, parse: onOff },
  googleEndpoint: { key: "GOOGLE_ENDPOINT", fallback: null, parse: url(["http:", "https:"]) },
  publicUrl: { key: "PUBLIC_URL", fallback: null, parse: ownUrl },
  googleClientId: { key: "GOOGLE_CLIENT_ID", fallback: null, parse: token },
  googleClientSecret: { key: "GOOGLE_CLIENT_SECRET", fallback: null, secret: true, parse: token },
  googleKeyDir: { key: "GOOGLE_KEY_DIR", fallback: null, parse: ok },
  jwtSecret: { key: "JWT_SECRET", fallback: null, secret: true, parse: hmacKey },
  jwtJwksUrl: { key: "JWT_JWKS_URL", fallback: null, parse: url(["http:", "https:"]) },
  jwtIssuer: { key: "JWT_ISSUER", fallback: null, parse: ok },
  jwtAudience: { key: "JWT_AUDIENCE", fallback: null, parse: ok },
  origins: { key: "ORIGINS", fallback: [], parse: origins },
  tlsCert: { key: "TLS_CERT", fallback: null, parse: ok },
  tlsKey: { key: "TLS_KEY", fallback: null, parse: ok },
  trustProxy: { key: "TRUST_PROXY", fallback: [], parse: networks },
  natsUrl: { key: "NATS_URL", fallback: null, secret: true, parse: url(["nats:", "tls:", "ws:", "wss:"]) },
  logLevel: { key: "LOG_LEVEL", fallback: "info", parse: oneOf(LOG_LEVELS) },
  allowPrivate: { key: "ALLOW_PRIVATE", fallback: NOTHING_ALLOWED, parse: places },
};

export const LIMIT_SETTINGS = Object.fromEntries(
  Object.entries(LIMITS).map(([name, fallback]) => [
    name,
    { key: `LIMIT_${snake(name)}`, fallback, parse: whole(1, Number.MAX_SAFE_INTEGER) },
  ]),
) as { readonly [Name in keyof Limits]: Setting<number> };

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, "_$&").toUpperCase();
}

function whole(min: number, max: number) {
  return (text: string): Result<number, BadValue> => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return ok(value);
    return err({
      problem: `is "${text}", not a whole number from ${min} to ${max}`,
      fix: "write digits only",
    });
  };
}

function onOff(text: string): Result<boolean, BadValue> {
  if (/^(on|true|yes|1)$/i.test(text)) return ok(true);
  if (/^(off|false|no|0)$/i.test(text)) return ok(false);
  return err({ problem: `is "${text}"`, fix: "use on or off" });
}

function places(text: string): Result<AllowedPlaces, BadValue> {
  const parsed = parseAllowedPlaces(text);
  if (parsed.ok) return parsed;
  return err({
    problem: `holds "${parsed.error}", which is no host, address or network`,
    fix: "separate entries such as feeds.internal, 10.1.2.3 and 10.0.0.0/8 by commas",
  });
}

function oneOf<T extends string>(values: readonly T[]) {
  return (text: string): Result<T, BadValue> => {
    const value = values.find((one) => one === text.toLowerCase());
    return value ? ok(value) : err({ problem: `is "${text}"`, fix: `use one of ${values.join(", ")}` });
  };
}

/** What it holds stays out of the error: a URL may carry a password. */
function url(protocols: readonly string[]) {
  return (text: string): Result<string, BadValue> => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    if (parsed && protocols.includes(parsed.protocol)) return ok(text.replace(/\/+$/, ""));
    return err({
      problem: "is not a URL of a kind that can be used here",
      fix: `begin it with ${protocols.map((protocol) => `${protocol}//`).join(", ")} and a host`,
    });
  };
}

/** An address that paths can be appended to. */
function ownUrl(text: string): Result<string, BadValue> {
  const parsed = url(["http:", "https:"])(text);
  if (!parsed.ok) return parsed;
  const { search, hash, username, password } = new URL(parsed.value);
  if (search + hash + username + password === "") return parsed;
  return err({
    problem: "has a query, a fragment or a user",
    fix: "write the address alone: https://host/path",
  });
}

function token(text: string): Result<string, BadValue> {
  if (/^[\x21-\x7e]+$/.test(text)) return ok(text);
  return err({
    problem: "holds a space or a character that cannot stand in an HTTP header",
    fix: "use letters, digits and punctuation; `openssl rand -hex 24` makes a good one",
  });
}

/** RFC 7518, 3.2: HS256 asks for a key as long as its hash. */
const HMAC_KEY_BYTES_MIN = 32;

function hmacKey(text: string): Result<string, BadValue> {
  const bytes = Buffer.byteLength(text);
  if (bytes >= HMAC_KEY_BYTES_MIN) return ok(text);
  return err({
    problem: `has ${bytes} bytes; HS256 needs ${HMAC_KEY_BYTES_MIN}`,
    fix: "use a long random text on both sides; `openssl rand -base64 48` makes one",
  });
}

/** As browsers write them: scheme, host and port, nothing behind. */
function origins(text: string): Result<readonly string[], BadValue> {
  const entries = listed(text);
  const wrong = entries.find((entry) => entry !== "*" && (URL.parse(entry)?.origin ?? null) !== entry);
  if (wrong === undefined) return ok(entries);
  return err({
    problem: `holds "${wrong}", which is no origin`,
    fix: "separate entries such as https://app.example.com by commas, without a path, or write * for all",
  });
}

function networks(text: string): Result<readonly Network[], BadValue> {
  const entries = listed(text).map((entry) => ({ entry, network: parseNetwork(entry) }));
  const wrong = entries.find(({ network }) => network === null);
  if (!wrong) return ok(entries.map(({ network }) => network!));
  return err({
    problem: `holds "${wrong.entry}", which is no address or network`,
    fix: "separate entries such as 10.1.2.3 and 10.0.0.0/8 by commas",
  });
}

function listed(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function key32(text: string): Result<Uint8Array, BadValue> {
  const bytes = /^[\w+/-]+=*$/.test(text) ? Buffer.from(text, "base64") : null;
  if (bytes?.length === 32) return ok(new Uint8Array(bytes));
  return err({
    problem: bytes ? `decodes to ${bytes.length} bytes, not 32` : "is not base64",
    fix: "use 32 random bytes in base64; `openssl rand -base64 32` makes them",
  });
}
