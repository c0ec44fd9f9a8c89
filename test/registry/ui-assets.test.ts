import { beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync } from "node:zlib";
import { buildUi, serveUi, type UiAssets } from "../../src/registry/ui-assets.ts";

/** Compressed: a second on a slow phone. */
const FIRST_SCRIPTS_BYTES_MAX = 30_000;

let assets: UiAssets;
beforeAll(async () => {
  assets = await buildUi();
});

const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Response | null =>
  serveUi(new Request(`http://h${path}`, { method, headers }), assets);

describe("the web app's files", () => {
  test("WEB-12 the page and all that it names are served, each with its type", async () => {
    const page = await get("/")!.text();
    const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThanOrEqual(3);
    const types = named.map((path) => get(path)?.headers.get("Content-Type")?.split(";")[0]);
    expect(new Set(types)).toEqual(new Set(["text/javascript", "text/css", "image/svg+xml"]));
    expect(get("/")!.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  });

  test("WEB-12 nothing is fetched from another host, and nothing is inline", () => {
    for (const [path, { body }] of assets) {
      const text = new TextDecoder().decode(body);
      expect(`${path} ${/url\(\s*["']?(?:https?:)?\/\//.exec(text) ?? "clean"}`).toBe(`${path} clean`);
      expect(`${path} ${/@import|(?:src|href)="(?:https?:)?\/\//.exec(text) ?? "clean"}`).toBe(
        `${path} clean`,
      );
      expect(`${path} ${/import\(?\s*["']https?:/.exec(text) ?? "clean"}`).toBe(`${path} clean`);
    }
    const page = new TextDecoder().decode(assets.get("/")!.body);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  });

  test("WEB-12 a strict content security policy stands on every answer", () => {
    for (const path of assets.keys()) {
      const policy = get(path)!.headers.get("Content-Security-Policy")!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("style-src 'self';");
      expect(policy).toContain("connect-src 'self' ws: wss:;");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(get(path)!.headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
  });

  test("WEB-13 a known ETag is answered without a body; hashed names are kept, the page is asked for again", async () => {
    for (const path of assets.keys()) {
      const { headers } = get(path)!;
      const again = get(path, { "If-None-Match": `"other", ${headers.get("ETag")}` })!;
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
      expect(headers.get("Cache-Control")).toContain(path === "/" ? "no-cache" : "immutable");
    }
    expect(get("/", { "If-None-Match": '"other"' })!.status).toBe(200);
  });

  test("WEB-13 who takes Brotli gets it, under an ETag of its own", async () => {
    for (const [path, { body }] of assets) {
      const packed = get(path, { "Accept-Encoding": "gzip, deflate, br" })!;
      expect(packed.headers.get("Content-Encoding")).toBe("br");
      expect(packed.headers.get("Vary")).toBe("Accept-Encoding");
      expect(packed.headers.get("ETag")).not.toBe(get(path)!.headers.get("ETag"));
      expect(Buffer.compare(brotliDecompressSync(await packed.bytes()), body)).toBe(0);
    }
    expect(get("/", { "Accept-Encoding": "gzip" })!.headers.get("Content-Encoding")).toBeNull();
  });

  test("WEB-20 what the first page needs is small; the grid, the charts and the other pages come when they are shown", async () => {
    const page = await get("/")!.text();
    const first = [...page.matchAll(/src="([^"]+)"/g)].map((match) => assets.get(match[1]!)!);
    const bytes = first.reduce((sum, { brotli }) => sum + brotli.length, 0);
    expect(bytes).toBeLessThan(FIRST_SCRIPTS_BYTES_MAX);
    const named = new TextDecoder().decode(first[0]!.body);
    for (const part of ["tab-page", "charts-page", "tokens-page", "history-page"]) {
      expect([...assets.keys()].some((path) => path.includes(part) && named.includes(path))).toBe(true);
    }
  });

  test("WEB-13 other paths and methods are left to others", async () => {
    expect(get("/datasources")).toBeNull();
    expect(get("/", {}, "POST")).toBeNull();
    expect(await get("/", {}, "HEAD")!.text()).toBe("");
  });
});
