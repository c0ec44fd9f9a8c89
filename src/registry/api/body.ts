import { findJsonError } from "./json-error.ts";
import { ProblemError } from "./problems.ts";

/** A service account and a thousand tab names take less than a tenth of it. */
export const BODY_BYTES_MAX = 1 << 20;

/** The JSON body of a request; throws a ProblemError for one that is too large, of another type or malformed. */
export async function readJson(request: Request, bytesMax = BODY_BYTES_MAX): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type ?? "")) {
    throw new ProblemError("wrong-media-type", {
      detail: `The body's type is ${type ?? "not given"}. Send JSON with the header Content-Type: application/json.`,
      headers: { Accept: "application/json" },
    });
  }
  if ((request.headers.get("content-encoding") ?? "identity") !== "identity") {
    throw new ProblemError("wrong-media-type", { detail: "Send the body without Content-Encoding." });
  }
  const text = decode(await readBytes(request, bytesMax));
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(text);
  }
}

/** The body as text, whatever its type; throws a ProblemError for one that is too large or not UTF-8. */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  return decode(await readBytes(request, bytesMax));
}

/** Reads until the end or the limit, whatever Content-Length says. */
async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > bytesMax) {
      // Not awaited: Bun 1.4's cancel never settles for the body of a copied request.
      void reader?.cancel();
      throw tooLarge(bytesMax);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError("malformed-json", { detail: "The body is not UTF-8: send it in that encoding." });
  }
}

function malformed(text: string): ProblemError {
  const { line, column, expected, found } = findJsonError(text);
  const place = `line ${line}, column ${column}`;
  return new ProblemError("malformed-json", {
    detail: `At ${place}: expected ${expected}, found ${found}.`,
    errors: [
      { field: "body", problem: `is not JSON at ${place}: found ${found}`, fix: `put ${expected} there` },
    ],
  });
}

function tooLarge(bytesMax: number): ProblemError {
  return new ProblemError("too-large", { detail: `The body may have ${bytesMax} bytes at most.` });
}
