/**
 * The pages for a person: a list of workbooks and a grid. Their scripts are the files in client/: TypeScript, which
 * Bun strips of its types as it is asked for, or in a build JavaScript, which any runtime can read.
 */
import { readFileSync } from "node:fs";
import type { Call, EmulatorResponse } from "../http/message.ts";

/** "/" lists workbooks, "/workbook/{id}" shows one; the script decides by the address. */
export function pageResponse(call: Call): EmulatorResponse {
  const known = call.path.join("/") === "" || (call.path[0] === "workbook" && call.path.length === 2);
  if (!known)
    return { status: 404, headers: HTML, body: "<!DOCTYPE html><title>Not found</title><p>No such page." };
  return { status: 200, headers: HTML, body: SHELL };
}

/** Scripts and style by their names; nothing else of the file system can be reached. */
export function assetResponse(name: string): EmulatorResponse {
  if (name === "style.css")
    return asset("text/css", readFileSync(new URL("./style.css", import.meta.url), "utf8"));
  const [script = "", ending] = name.split(".");
  if (!SCRIPTS.has(script) || ending !== ENDING) return { status: 404, headers: HTML, body: "" };
  const source = readFileSync(new URL(`./client/${name}`, import.meta.url), "utf8");
  return asset(
    "text/javascript",
    ENDING === "js" ? source : new Bun.Transpiler({ loader: "ts" }).transformSync(source),
  );
}

const ENDING = import.meta.url.endsWith(".js") ? "js" : "ts";
const SCRIPTS = new Set(["main", "api", "dom", "home", "workbook", "grid", "editor", "tab-bar"]);

const HTML = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
};

const SHELL = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Google emulator</title>
<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='%23267a4d'/><path d='M4 5h8M4 8h8M4 11h8M7 4v8' stroke='white'/></svg>">
<link rel="stylesheet" href="/emulator/assets/style.css">
<div id="app"><p class="loading">Loading ...</p></div>
<noscript><p>This page needs JavaScript; the API does not.</p></noscript>
<script type="module" src="/emulator/assets/main.${ENDING}"></script>
</html>
`;

function asset(type: string, body: string): EmulatorResponse {
  return {
    status: 200,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" },
    body,
  };
}
