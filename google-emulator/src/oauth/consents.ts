/** What stands behind Google's consent page: apps, the people who may say yes, and the codes given out. */
import { createHash } from "node:crypto";
import type { World } from "../world.ts";
import { secretText } from "./secret-text.ts";

/** An app as registered in the Google console. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly project: string;
  /** Null takes any, which Google never does. */
  readonly redirectUris: readonly string[] | null;
}

/** What a person said yes to, until the app exchanges its code. */
export interface CodeGrant {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly email: string;
  readonly scopes: readonly string[];
  readonly challenge: { readonly method: "S256" | "plain"; readonly value: string } | null;
  readonly nonce: string | null;
  /** Whether a refresh token comes with it. */
  readonly offline: boolean;
}

/** Google's codes last ten minutes. */
const CODE_LIFE_MS = 600_000;

export class Consents {
  /** Each refresh answers another refresh token, and the one before ends, as for apps that Google binds to a device. */
  rotateRefreshTokens = false;
  private readonly world: World;
  private readonly clients = new Map<string, OAuthClient>();
  private readonly persons: string[] = [];
  private readonly codes = new Map<string, { grant: CodeGrant; expiresMs: number }>();

  constructor(world: World) {
    this.world = world;
  }

  registerClient(options: Partial<OAuthClient> = {}): OAuthClient {
    const client: OAuthClient = {
      clientId: "123456789012-emulated.apps.googleusercontent.com",
      clientSecret: "GOCSPX-emulated-secret",
      project: "emulated-project",
      redirectUris: null,
      ...options,
    };
    this.clients.set(client.clientId, client);
    return client;
  }

  client(clientId: string): OAuthClient | undefined {
    return this.clients.get(clientId);
  }

  /** Puts somebody on the consent page. */
  registerPerson(email: string): void {
    if (!this.persons.includes(email)) this.persons.push(email);
  }

  people(): readonly string[] {
    return this.persons.length > 0 ? this.persons : ["owner@example.com"];
  }

  giveCode(grant: CodeGrant): string {
    const code = `4/0A${secretText(this.world, 60)}`;
    this.codes.set(code, { grant, expiresMs: this.world.nowMs() + CODE_LIFE_MS });
    return code;
  }

  /** A code is good once. */
  takeCode(code: string): CodeGrant | undefined {
    const found = this.codes.get(code);
    this.codes.delete(code);
    return found && found.expiresMs > this.world.nowMs() ? found.grant : undefined;
  }
}

/** Google's number for a person: the same for every app. */
export function subjectOf(email: string): string {
  const hash = createHash("sha256").update(email.toLowerCase()).digest("hex");
  return `1${BigInt(`0x${hash}`).toString().slice(0, 20)}`;
}
