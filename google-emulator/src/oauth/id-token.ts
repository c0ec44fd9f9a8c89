/** Who signed in, signed like Google's OpenID Connect tokens, with the keys to check it by. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface IdClaims {
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly email?: string;
  readonly nonce?: string;
}

const KEY_ID = "emulated-key";

export interface IdTokens {
  sign(claims: IdClaims): string;
  /** A JSON Web Key Set, as at https://www.googleapis.com/oauth2/v3/certs. */
  keys(): object;
}

/** The key pair is made at the first use: it takes a tenth of a second. */
export function createIdTokens(): IdTokens {
  let pair: { publicKey: KeyObject; privateKey: KeyObject } | null = null;
  const keyPair = () => {
    pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    return pair;
  };
  return {
    sign({ email, ...claims }) {
      const body = {
        iss: "https://accounts.google.com",
        azp: claims.aud,
        ...claims,
        ...(email === undefined ? {} : { email, email_verified: true }),
      };
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg: "RS256", kid: KEY_ID, typ: "JWT" })}.${part(body)}`;
      return `${text}.${sign("RSA-SHA256", Buffer.from(text), keyPair().privateKey).toString("base64url")}`;
    },
    keys: () => ({
      keys: [{ ...keyPair().publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" }],
    }),
  };
}
