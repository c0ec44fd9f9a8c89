/** The only reader of the environment: a flag wins over the environment, which wins over the YAML file. */
import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { err, ok, type Result } from "#contract/result.ts";
import type { Limits } from "./limits.ts";
import { lonelySettings } from "./lonely-settings.ts";
import { type Config, type ConfigError, LIMIT_SETTINGS, SETTINGS, type Setting } from "./settings.ts";

export type { Config, ConfigError } from "./settings.ts";

export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without the program's own name. */
  readonly argv: readonly string[];
  /** Throws what a person can read when the file cannot be read. */
  readonly readFile: (path: string) => string;
}

/** The process's own input; the arguments are the caller's, who may have taken a command off them. */
export function systemInput(argv: readonly string[]): ConfigInput {
  return { env: process.env, argv, readFile: (path) => readFileSync(path, "utf8") };
}

export function loadConfig(input: ConfigInput): Result<Config, ConfigError[]> {
  const errors: ConfigError[] = [];
  const flags = textsOfFlags(input.argv, errors);
  const env = textsOfEnvironment(input.env, errors);
  const file = flags.get(CONFIG_KEY) ?? env.get(CONFIG_KEY);
  const yaml: Texts = file ? textsOfFile(file, input.readFile, errors) : new Map();
  const layers = [flags, env, yaml];
  const values = <Settings extends Readonly<Record<string, Setting<unknown>>>>(settings: Settings) =>
    Object.fromEntries(
      Object.entries(settings).map(([name, setting]) => [
        name,
        chosen(setting, layers, input.readFile, errors),
      ]),
    );
  const config = {
    ...values(SETTINGS),
    limits: values(LIMIT_SETTINGS) as Limits,
    googleApplicationCredentials: input.env.GOOGLE_APPLICATION_CREDENTIALS || null,
  } as Config;
  if (errors.length === 0) errors.push(...lonelySettings(config));
  return errors.length === 0 ? ok(config) : err(errors);
}

/** Texts by normalised key, each with the name that its author knows it by. */
type Texts = Map<string, { readonly text: string; readonly as: string }>;

const CONFIG_KEY = "config";
const PREFIX = "SHEETWIRE_";
const KNOWN: ReadonlyMap<string, Setting<unknown> | null> = new Map([
  [CONFIG_KEY, null] as const,
  ...[...Object.values(SETTINGS), ...Object.values(LIMIT_SETTINGS)].flatMap((setting: Setting<unknown>) => [
    [normal(setting.key), setting] as const,
    ...(setting.secret ? [[normal(`${setting.key}_FILE`), setting] as const] : []),
  ]),
]);

/** What Kubernetes puts into every pod beside a service called "sheetwire"; nobody wrote it as a setting. */
const SERVICE_LINK = /^SHEETWIRE_(SERVICE_(HOST|PORT)\w*=|PORT(_\d+_\w+)?=tcp:|PORT_\d+_\w+=)/;

/** Where the command line finds a daemon; whoever set them for it may start one, too. */
const OF_THE_COMMAND_LINE: ReadonlySet<string> = new Set(["SHEETWIRE_URL", "SHEETWIRE_TOKEN"]);

/** "DATA_DIR", "data-dir", "dataDir" and "SHEETWIRE_DATA_DIR" are one key. */
function normal(key: string): string {
  return key.replace(PREFIX, "").replaceAll(/[-_]/g, "").toLowerCase();
}

function chosen<T>(
  setting: Setting<T>,
  layers: readonly Texts[],
  readFile: ConfigInput["readFile"],
  errors: ConfigError[],
): T {
  const [key, fileKey] = [normal(setting.key), normal(`${setting.key}_FILE`)];
  for (const layer of layers) {
    const [direct, file] = [layer.get(key), setting.secret ? layer.get(fileKey) : undefined];
    if (direct && file) {
      errors.push({ key: file.as, problem: `stands beside ${direct.as}`, fix: "keep one of the two" });
      return setting.fallback;
    }
    const found = file ? textOfSecretFile(file, readFile, errors) : direct;
    if (found === null) return setting.fallback;
    if (!found) continue;
    const parsed = setting.parse(found.text);
    if (parsed.ok) return parsed.value;
    errors.push({ key: found.as, ...parsed.error });
    return setting.fallback;
  }
  return setting.fallback;
}

function textOfSecretFile(
  file: { text: string; as: string },
  readFile: ConfigInput["readFile"],
  errors: ConfigError[],
): { text: string; as: string } | null {
  const text = attempt(() => readFile(file.text).trim());
  if (text.ok && text.value !== "") return { text: text.value, as: file.as };
  const problem = text.ok ? "is empty" : `cannot be read (${text.error})`;
  errors.push({
    key: file.as,
    problem: `names ${file.text}, which ${problem}`,
    fix: "name a readable file that holds the secret alone",
  });
  return null;
}

function textsOfEnvironment(env: ConfigInput["env"], errors: ConfigError[]): Texts {
  const texts: Texts = new Map();
  for (const [name, text] of Object.entries(env)) {
    // Empty counts as unset: compose files and unit files pass on variables that nobody set.
    if (!name.startsWith(PREFIX) || !text || SERVICE_LINK.test(`${name}=${text}`)) continue;
    if (OF_THE_COMMAND_LINE.has(name)) continue;
    note(texts, name, name, text, errors);
  }
  return texts;
}

function textsOfFlags(argv: readonly string[], errors: ConfigError[]): Texts {
  const texts: Texts = new Map();
  for (let index = 0; index < argv.length; index++) {
    const [, flag, attached] = /^(--[^=]+)(?:=(.*))?$/s.exec(argv[index]!) ?? [];
    if (!flag) {
      errors.push({ key: argv[index]!, problem: "is not a flag", fix: "write --name value" });
      continue;
    }
    const text = attached ?? argv[++index];
    const setting = KNOWN.get(normal(flag));
    if (setting?.secret && normal(flag) === normal(setting.key)) {
      errors.push({
        key: flag,
        problem: "would show the secret to everybody who lists processes",
        fix: `use ${flag}-file FILE or ${PREFIX}${setting.key}`,
      });
    } else if (!text) {
      errors.push({ key: flag, problem: "lacks its value", fix: `write ${flag} VALUE` });
    } else note(texts, flag, flag, text, errors);
  }
  return texts;
}

function textsOfFile(
  file: { text: string; as: string },
  readFile: ConfigInput["readFile"],
  errors: ConfigError[],
): Texts {
  const texts: Texts = new Map();
  const wrong = (problem: string, fix: string): Texts => {
    errors.push({ key: `${file.as} ${file.text}`, problem, fix });
    return texts;
  };
  const text = attempt(() => readFile(file.text));
  if (!text.ok) return wrong(`cannot be read (${text.error})`, "name a readable YAML file");
  const document = parseDocument(text.value);
  const [broken] = document.errors;
  if (broken) return wrong(`is not YAML: ${broken.message.split("\n")[0]}`, "mend that line");
  const content: unknown = document.toJS();
  if (content === null) return texts;
  if (!isMap(content)) return wrong("is not a list of `key: value` lines", "write one `key: value` a line");
  const { limits, ...plain } = content;
  const limited = isMap(limits) ? Object.entries(limits).map(([name, value]) => [name, value, "limit"]) : [];
  if (limits !== undefined && !isMap(limits))
    wrong("has `limits` that are not a map", "indent them below it");
  for (const [name, value, prefix = ""] of [...Object.entries(plain), ...limited] as [
    string,
    unknown,
    string?,
  ][]) {
    const as = `${prefix ? "limits." : ""}${name} in ${file.text}`;
    if (value === null || value === "") continue;
    if (typeof value === "object") {
      errors.push({ key: as, problem: "is a list or a map", fix: "write a plain value" });
    } else note(texts, prefix + name, as, String(value), errors);
  }
  return texts;
}

function note(texts: Texts, name: string, as: string, text: string, errors: ConfigError[]): void {
  const key = normal(name);
  const before = texts.get(key);
  if (!KNOWN.has(key)) errors.push({ key: as, problem: "is not a setting", fix: suggestion(key, name) });
  else if (before) errors.push({ key: as, problem: `is set twice, first as ${before.as}`, fix: "keep one" });
  else texts.set(key, { text, as });
}

/** The nearest known key, in the style of what was written. */
function suggestion(key: string, written: string): string {
  const names = [...KNOWN].flatMap(([known, setting]) =>
    setting === null
      ? [[known, "CONFIG"]]
      : [[known, known.endsWith("file") ? `${setting.key}_FILE` : setting.key]],
  ) as [string, string][];
  const [best] = names
    .map(([known, name]) => ({ name, distance: editDistance(key, known) }))
    .sort((left, right) => left.distance - right.distance);
  if (!best || best.distance > Math.max(2, key.length / 3)) {
    return "remove it; docs/operations.md lists the settings";
  }
  if (written.startsWith(PREFIX)) return `did you mean ${PREFIX}${best.name}?`;
  const spelled = best.name.toLowerCase().replaceAll("_", "-");
  return `did you mean ${written.startsWith("--") ? `--${spelled}` : spelled}?`;
}

/** Levenshtein's. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replace = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1);
      current[column] = Math.min(previous[column]! + 1, current[column - 1]! + 1, replace);
    }
    previous = current;
  }
  return previous[right.length]!;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function attempt<T>(run: () => T): Result<T, string> {
  try {
    return ok(run());
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
