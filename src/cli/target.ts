import { Failure } from "./failure.ts";
import type { Target, TargetFlags, World } from "./world.ts";

/** A flag wins over the environment, which wins over the daemon of this machine. */
export function findTarget(flags: TargetFlags, world: World, readFile: (path: string) => string): Target {
  const url = flags.url ?? (world.env.SHEETWIRE_URL || undefined);
  const token =
    flags.token ?? tokenOfFile(flags.tokenFile, readFile) ?? (world.env.SHEETWIRE_TOKEN || undefined);
  if (url !== undefined && token !== undefined) return { url: checkedUrl(url), token: checkedToken(token) };
  if (url !== undefined) {
    throw new Failure("auth", {
      title: "A token is needed",
      detail: `Nothing says which token opens ${url}: give --token-file FILE, or SHEETWIRE_TOKEN.`,
    });
  }
  const own = world.ownDaemon(flags);
  return token === undefined ? own : { ...own, token: checkedToken(token) };
}

function tokenOfFile(path: string | undefined, readFile: (path: string) => string): string | undefined {
  if (path === undefined) return undefined;
  try {
    const token = readFile(path).trim();
    if (token !== "") return token;
  } catch (cause) {
    throw new Failure("usage", {
      title: "The token cannot be read",
      detail: `--token-file ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    });
  }
  throw new Failure("usage", { title: "The token cannot be read", detail: `--token-file ${path} is empty.` });
}

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.search + url.hash === "") return text.replace(/\/+$/, "");
  throw new Failure("usage", {
    title: "The address is not one",
    detail: "--url (or SHEETWIRE_URL) must be like http://127.0.0.1:8787, without a query or a fragment.",
  });
}

function checkedToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new Failure("usage", {
    title: "The token is not one",
    detail: "--token, --token-file or SHEETWIRE_TOKEN holds a space or a character that no token has.",
  });
}
