/**
 * The web app (ui/) as it is served: bundled once when the daemon starts, which takes about 40 ms, and kept in
 * memory. Nothing is loaded from anywhere else.
 */
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

export interface UiAsset {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The same in Brotli. */
  readonly brotli: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Quoted, as the header carries it. */
  readonly etag: string;
  /** The name holds a hash of the content: whoever has it may keep it for ever. */
  readonly immutable: boolean;
}

/** By path, "/" being the page itself. */
export type UiAssets = ReadonlyMap<string, UiAsset>;

/** Whatever is not listed is refused: no inline script or style, no other host, no framing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** A year, the longest that caches honour. */
const IMMUTABLE_S = 31_536_000;

/** Bundles ui/. Throws what the bundler says when the sources do not build: a bug. */
export async function buildUi(): Promise<UiAssets> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "ui/index.html")],
    target: "browser",
    splitting: true,
    minify: true,
    publicPath: "/",
    naming: { chunk: "ui/[name]-[hash].[ext]", asset: "ui/[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const assets = new Map<string, UiAsset>();
  for (const output of outputs) {
    const body = new Uint8Array(await output.arrayBuffer());
    const name = output.path.replace(/^\.?\//, "");
    const isPage = name.endsWith(".html");
    assets.set(isPage ? "/" : `/${name}`, {
      body,
      brotli: new Uint8Array(await compress(body, BROTLI)),
      contentType: contentType(name),
      etag: `"${Bun.hash(body).toString(36)}"`,
      immutable: !isPage,
    });
  }
  return assets;
}

/** All of it in 60 ms; the best quality would take seconds for a twentieth less. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const compress = promisify(brotliCompress);

/** Answers for one of the app's files; null for any other path or method. */
export function serveUi(request: Request, assets: UiAssets): Response | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const asset = assets.get(new URL(request.url).pathname);
  if (!asset) return null;
  const packed = /\bbr\b/.test(request.headers.get("Accept-Encoding") ?? "");
  const etag = packed ? asset.etag.replace(/"$/, '-br"') : asset.etag;
  const headers = {
    ...HEADERS,
    "Content-Type": asset.contentType,
    "Cache-Control": asset.immutable ? `public, max-age=${IMMUTABLE_S}, immutable` : "no-cache",
    ETag: etag,
    Vary: "Accept-Encoding",
    ...(packed && { "Content-Encoding": "br" }),
  };
  const known = request.headers.get("If-None-Match")?.split(/\s*,\s*/) ?? [];
  if (known.includes(etag) || known.includes(`W/${etag}`)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : packed ? asset.brotli : asset.body, { headers });
}

function contentType(name: string): string {
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return CONTENT_TYPES[extension] ?? "application/octet-stream";
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};
