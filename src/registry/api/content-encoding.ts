import { promisify } from "node:util";
import { brotliCompress, constants, gzip, zstdCompress } from "node:zlib";

/** How a body may be sent, the best first. */
export const CODINGS = ["zstd", "br", "gzip", "identity"] as const;
export type Coding = (typeof CODINGS)[number];

/**
 * The coding that the client likes best (RFC 9110, 12.5.3), ours first among equals; null when it takes none.
 * A client that says nothing gets the body as it is.
 */
export function negotiateCoding(acceptEncoding: string | null): Coding | null {
  if (acceptEncoding === null) return "identity";
  const wishes = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    if (name !== "") wishes.set(name, Number(q) || 0);
  }
  // What is not named is not wanted, but for the body as it is, which is only refused by name or by "*;q=0".
  const rest = wishes.get("*");
  const liking = (coding: Coding): number =>
    wishes.get(coding) ?? rest ?? (coding === "identity" ? LEAST_LIKING : 0);
  const [best] = CODINGS.toSorted((left, right) => liking(right) - liking(left));
  return best && liking(best) > 0 ? best : null;
}

const LEAST_LIKING = 0.0001;

/** Compresses outside the event loop. */
export async function compress(body: Uint8Array, coding: Coding): Promise<Uint8Array> {
  return COMPRESSORS[coding](body);
}

const [zstdAsync, brotliAsync, gzipAsync] = [
  promisify(zstdCompress),
  promisify<Uint8Array, object, Buffer>(brotliCompress),
  promisify(gzip),
];
/** Brotli's 11 takes 100 times as long as 5 for a tenth less. */
const BROTLI_QUALITY = 5;

const COMPRESSORS: Readonly<Record<Coding, (body: Uint8Array) => Promise<Uint8Array>>> = {
  zstd: (body) => zstdAsync(body),
  br: (body) =>
    brotliAsync(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => gzipAsync(body),
  identity: async (body) => body,
};
