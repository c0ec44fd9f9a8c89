/** The consent page and Google's page for a request that it does not take. Plain HTML: every answer is a link. */
import type { EmulatorResponse } from "../http/message.ts";
import type { OAuthClient } from "./consents.ts";

export function consentPage(
  query: URLSearchParams,
  client: OAuthClient,
  people: readonly string[],
  scopes: readonly string[],
): EmulatorResponse {
  const answer = (name: string, value: string): string => {
    const next = new URLSearchParams(query);
    next.set(name, value);
    return escaped(`/o/oauth2/v2/auth?${next}`);
  };
  const hint = query.get("login_hint");
  const sorted = [...people].sort((left, right) => Number(right === hint) - Number(left === hint));
  const links = sorted.map(
    (email) => `<li><a href="${answer("emulator_user", email)}">Continue as ${escaped(email)}</a></li>`,
  );
  return page(
    200,
    "Sign in to the emulated Google",
    `<p><b>${escaped(client.clientId)}</b> asks for:</p>
<ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join("")}</ul>
<p>Who are you?</p>
<ul class="choices">${links.join("")}</ul>
<p><a href="${answer("emulator_deny", "1")}">Cancel</a></p>`,
  );
}

/** Google answers such a request itself: sending the person back could lead them anywhere. */
export function refusalPage(status: number, code: string, description: string): EmulatorResponse {
  return page(
    status,
    "Access blocked: authorization error",
    `<p>${escaped(description)}</p>\n<p>Error ${status}: ${escaped(code)}</p>`,
  );
}

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}.choices a{display:inline-block;padding:.3rem 0}";

function page(status: number, title: string, body: string): EmulatorResponse {
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
    body: `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
${body}
</html>
`,
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
