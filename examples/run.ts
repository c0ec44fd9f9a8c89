/**
 * `npm run example -- NAME`: serves an example's page with the modules that it imports, or runs its script.
 * SHEETWIRE_URL (http://127.0.0.1:8787), SHEETWIRE_TOKEN, PORT (5173).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

const [name = ""] = process.argv.slice(2);
const {
  SHEETWIRE_URL: daemon = "http://127.0.0.1:8787",
  SHEETWIRE_TOKEN: token = "",
  PORT = "5173",
} = process.env;
const folder = join(import.meta.dir, name);
const page = join(folder, "index.html");

if (name === "" || !existsSync(folder)) {
  console.error("Which example? See examples/README.md, such as: npm run example -- plain-html");
  process.exit(2);
}
if (token === "") {
  console.error("SHEETWIRE_TOKEN is missing: the daemon printed it when it started.");
  process.exit(2);
}

if (existsSync(page)) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: Number(PORT),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/") return new Response(Bun.file(page));
      if (pathname === "/settings.json") return Response.json({ url: daemon, token });
      const script = await bundle(pathname);
      return script
        ? new Response(script, { headers: { "Content-Type": "text/javascript" } })
        : new Response(null, { status: 404 });
    },
  });
  console.log(`${name} on http://127.0.0.1:${server.port}`);
} else {
  await import(join(folder, `${name}.ts`));
}

/** `/modules/X.js` is a package as one file, for pages without a build; `/app.js` the page's own script. */
async function bundle(path: string): Promise<string | null> {
  const packages: Record<string, string> = {
    "/modules/yjs.js": "yjs",
    "/modules/client.js": "@sheetwire/client",
  };
  const entry = packages[path]
    ? Bun.resolveSync(packages[path], import.meta.dir)
    : ["app.ts", "app.tsx"]
        .map((file) => join(folder, file))
        .find((file) => path === "/app.js" && existsSync(file));
  if (!entry) return null;
  const built = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    external: path === "/modules/client.js" ? ["yjs"] : [],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return built.outputs[0]!.text();
}
