/** The pages for a person: a list of workbooks and a grid. Their scripts are the TypeScript files beside this. */
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
  if (!SCRIPTS.has(name)) return { status: 404, headers: HTML, body: "" };
  const source = readFileSync(new URL(`./client/${name}`, import.meta.url), "utf8");
  return asset("text/javascript", new Bun.Transpiler({ loader: "ts" }).transformSync(source));
}

const SCRIPTS = new Set(["main.ts", "api.ts", "dom.ts", "home.ts", "workbook.ts", "grid.ts", "tab-bar.ts"]);

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
<script type="module" src="/emulator/assets/main.ts"></script>
</html>
`;

function asset(type: string, body: string): EmulatorResponse {
  return {
    status: 200,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" },
    body,
  };
}
