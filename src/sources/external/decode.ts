import { ok, type Result } from "#contract/result.ts";
import { type Malformed, malformed } from "./feed-document.ts";

const UTF_8 = "utf-8";

/**
 * A body as text. A byte order mark tells its encoding, else the charset of its content type, else the prolog of XML
 * (RFC 7303); without all of them it is UTF-8.
 */
export function decodeBody(body: Uint8Array, contentType: string): Result<string, Malformed> {
  const label = markOf(body) ?? charsetOf(contentType) ?? prologOf(body) ?? UTF_8;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    return malformed("body", `is said to be in the encoding "${label}", which is not known`);
  }
  try {
    return ok(decoder.decode(body));
  } catch {
    const fix = "The last good data stay. The feed should say in its content type which charset it is in.";
    return malformed("body", `is said to be in the encoding "${label}", and is not`, fix);
  }
}

function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return UTF_8;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? null;
}

/** Longer prologs are no prologs. */
const PROLOG_BYTES_MAX = 200;

function prologOf(body: Uint8Array): string | null {
  const begin = new TextDecoder("latin1").decode(body.subarray(0, PROLOG_BYTES_MAX));
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(begin)?.[1] ?? null;
}
