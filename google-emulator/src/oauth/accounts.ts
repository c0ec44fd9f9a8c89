/** Service accounts, people with refresh tokens, API keys, and the bearer tokens given out to them. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { World } from "../world.ts";
import { secretText } from "./secret-text.ts";

/** The JSON file that the Google console hands out for a service account. */
export interface ServiceAccountKey {
  readonly type: "service_account";
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
}

export interface AccountOptions {
  readonly email?: string;
  readonly project?: string;
}

export interface RefreshGrant {
  readonly email: string;
  readonly project: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

export interface BearerToken {
  readonly email: string;
  readonly project: string;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
  /** The app that a person granted it to. */
  readonly clientId?: string;
}

export const ALL_SCOPES: readonly string[] = [
  "https://www.googleapis.com/auth/spreadsheets",
  "https://www.googleapis.com/auth/drive",
];
/** Google says 3599: the token's hour less the answer's way. */
export const TOKEN_LIFE_S = 3599;

export class Accounts {
  private readonly world: World;
  private readonly services = new Map<string, { project: string; key: KeyObject }>();
  private readonly refreshTokens = new Map<string, RefreshGrant>();
  private readonly apiKeys = new Map<string, string>();
  private readonly tokens = new Map<string, BearerToken>();

  constructor(world: World) {
    this.world = world;
  }

  /** Makes a key pair (RSA 2048) and keeps its public half; the answer is what the console would give. */
  registerServiceAccount(options: AccountOptions = {}): ServiceAccountKey {
    const project = options.project ?? "emulated-project";
    const email = options.email ?? `emulator@${project}.iam.gserviceaccount.com`;
    const pair = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    this.services.set(email, { project, key: createPublicKey(pair.publicKey) });
    return {
      type: "service_account",
      project_id: project,
      private_key_id: this.secret(40),
      private_key: pair.privateKey,
      client_email: email,
      client_id: String(Math.floor(this.world.random() * 1e15)).padStart(21, "1"),
      auth_uri: "https://accounts.google.com/o/oauth2/auth",
      token_uri: "https://oauth2.googleapis.com/token",
    };
  }

  /** A person who connected an app: the refresh token that the app would have got. */
  registerRefreshToken(
    grant: Partial<RefreshGrant> & { email: string },
  ): RefreshGrant & { refreshToken: string } {
    const full: RefreshGrant = {
      project: "emulated-project",
      clientId: "emulated-client.apps.googleusercontent.com",
      clientSecret: "emulated-secret",
      scopes: ALL_SCOPES,
      ...grant,
    };
    const refreshToken = `1//0${this.secret(60)}`;
    this.refreshTokens.set(refreshToken, full);
    return { ...full, refreshToken };
  }

  registerApiKey(project = "emulated-project"): string {
    const key = `AIza${this.secret(35)}`;
    this.apiKeys.set(key, project);
    return key;
  }

  /** A bearer token without the way through the token endpoint. */
  issueToken(
    email: string,
    options: { project?: string; scopes?: readonly string[]; lifeMs?: number; clientId?: string } = {},
  ): string {
    const token = `ya29.${this.secret(80)}`;
    this.tokens.set(token, {
      email,
      project: options.project ?? this.services.get(email)?.project ?? "emulated-project",
      scopes: options.scopes ?? ALL_SCOPES,
      expiresMs: this.world.nowMs() + (options.lifeMs ?? TOKEN_LIFE_S * 1000),
      ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
    });
    return token;
  }

  service(email: string): { readonly project: string; readonly key: KeyObject } | undefined {
    return this.services.get(email);
  }

  refreshGrant(refreshToken: string): RefreshGrant | undefined {
    return this.refreshTokens.get(refreshToken);
  }

  /** Another refresh token for the same grant; the one before ends. */
  rotateRefreshToken(refreshToken: string): string {
    const grant = this.refreshTokens.get(refreshToken);
    if (!grant) throw new Error("The emulator has no such refresh token.");
    this.refreshTokens.delete(refreshToken);
    return this.registerRefreshToken(grant).refreshToken;
  }

  /** Ends all that the token's person granted to its app; false for a token that nobody has. */
  revokeToken(token: string): boolean {
    const found = this.refreshTokens.get(token) ?? this.bearer(token);
    if (!found) return false;
    const same = (one: { email: string; clientId?: string }): boolean =>
      one.email === found.email && one.clientId === found.clientId;
    for (const [text, one] of this.tokens) if (same(one)) this.tokens.delete(text);
    for (const [text, one] of this.refreshTokens) if (same(one)) this.refreshTokens.delete(text);
    return true;
  }

  projectOfKey(key: string): string | undefined {
    return this.apiKeys.get(key);
  }

  /** The token's account while it is valid. */
  bearer(token: string): BearerToken | undefined {
    const found = this.tokens.get(token);
    return found && found.expiresMs > this.world.nowMs() ? found : undefined;
  }

  /** Ends all tokens of an account at once, refresh tokens and service keys included. */
  revoke(email: string): void {
    for (const [token, one] of this.tokens) if (one.email === email) this.tokens.delete(token);
    for (const [token, one] of this.refreshTokens) if (one.email === email) this.refreshTokens.delete(token);
    this.services.delete(email);
  }

  /** Ends the bearer tokens only: the account gets new ones. */
  expireTokens(email: string): void {
    for (const [token, one] of this.tokens) if (one.email === email) this.tokens.delete(token);
  }

  private secret(length: number): string {
    return secretText(this.world, length);
  }
}
