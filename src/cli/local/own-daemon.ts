import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig, systemInput } from "../../config.ts";
import { Failure } from "../failure.ts";
import type { Target, TargetFlags } from "../world.ts";

/** The settings that a daemon started here with these flags would have. */
export function ownSettings(flags: TargetFlags, more: readonly string[] = []): Config {
  const config = loadConfig(systemInput([...settingFlags(flags), ...more]));
  if (config.ok) return config.value;
  throw new Failure("usage", {
    title: "The settings are wrong",
    detail: `The settings of the daemon have ${config.error.length} mistakes.`,
    errors: config.error.map(({ key, problem, fix }) => ({ field: key, problem, fix })),
  });
}

/** The options above that are settings of the daemon, as its flags. */
export function settingFlags({ dataDir, config }: TargetFlags): string[] {
  return [
    ...(dataDir === undefined ? [] : ["--data-dir", dataDir]),
    ...(config === undefined ? [] : ["--config", config]),
  ];
}

/** Where the daemon of this machine listens, and the token of its administrator. */
export function ownDaemon(flags: TargetFlags): Target {
  const config = ownSettings(flags);
  const certificate = config.tlsCert === null ? {} : { certificate: readFileSync(config.tlsCert, "utf8") };
  return { url: ownUrl(config), token: flags.token ?? ownToken(config), ...certificate };
}

export function ownUrl({ host, port, tlsCert }: Config): string {
  // 0.0.0.0 is an address to listen on, not one to ask.
  const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host;
  return `${tlsCert === null ? "http" : "https"}://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

function ownToken({ adminToken, dataDir }: Config): string {
  if (adminToken !== null) return adminToken;
  const path = join(dataDir, "admin-token");
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new Failure("auth", {
      title: "There is no token",
      detail: `${path} cannot be read (${why}). For the daemon of this machine give --data-dir, for another one --url with --token-file or SHEETWIRE_TOKEN.`,
    });
  }
}
