/** Settings that are of no use, or of harm, without others. */
import { type Config, type ConfigError, SETTINGS } from "./settings.ts";

type Name = keyof typeof SETTINGS;

/** What is missing beside what is set, each as the error of the setting that is missing. */
export function lonelySettings(config: Config): ConfigError[] {
  const isSet = (name: Name): boolean => config[name] !== null;
  const needs = (set: Name, missing: Name, fix: string): ConfigError[] =>
    isSet(set) && !isSet(missing)
      ? [{ key: key(missing), problem: `is not set, but ${key(set)} is`, fix }]
      : [];
  const both = (one: Name, other: Name, fix: string) => [
    ...needs(one, other, fix),
    ...needs(other, one, fix),
  ];
  const jwtKey = isSet("jwtSecret") ? "jwtSecret" : "jwtJwksUrl";
  const issuer = "a token of another issuer, or for another audience, must not be taken: name both";
  return [
    ...both(
      "googleClientId",
      "googleClientSecret",
      "give both as the Google Cloud console shows them, or neither",
    ),
    ...both("tlsCert", "tlsKey", "name both files, or neither and let a proxy speak TLS"),
    ...needs(jwtKey, "jwtIssuer", issuer),
    ...needs(jwtKey, "jwtAudience", issuer),
    ...needs("jwtIssuer", jwtKey, `give ${key("jwtSecret")} or ${key("jwtJwksUrl")}`),
    ...needs("masterKeyPrevious", "masterKey", "give the new key, too"),
  ];
}

function key(name: Name): string {
  return `SHEETWIRE_${SETTINGS[name].key}`;
}
