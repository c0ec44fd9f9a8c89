/** Where Google leads a person back to: one small page that says how it went. It has no script and no secret. */
import { createHash } from "node:crypto";
import type { AccountAnswer } from "#contract/accounts.ts";
import { NO_APP_FIX } from "../accounts/account-store.ts";
import type { NoApp } from "../accounts/accounts.ts";
import type { ConnectFailure } from "../accounts/connect-flow.ts";

interface Words {
  readonly status: number;
  readonly title: string;
  readonly what: string;
  readonly fix: string;
}

export function connectedPage({ id, email }: AccountAnswer): Response {
  return page({
    status: 200,
    title: "The account is connected",
    what: `${email ?? "Your Google account"} is connected as ${id}.`,
    fix: "You may close this page. Sources that waited for this account go on by themselves.",
  });
}

export function failurePage(failure: ConnectFailure | NoApp): Response {
  return page(wordsFor(failure));
}

const AGAIN = "Nothing was changed. Start connecting the account again, and finish within ten minutes.";

function wordsFor(failure: ConnectFailure | NoApp): Words {
  const refused = (what: string, fix: string): Words => ({ status: 400, title: NOT_CONNECTED, what, fix });
  switch (failure.tag) {
    case "NoState":
      return refused("This page is opened by Google at the end of connecting an account.", AGAIN);
    case "UnknownState":
      return refused("This link was used before, or it is not one of this daemon's.", AGAIN);
    case "Expired":
      return refused("It took longer than ten minutes.", AGAIN);
    case "OtherBrowser":
      return refused(
        "It was started in another browser than this one, so it may not be your wish.",
        "Nothing was changed. Start and finish in the same browser, with cookies allowed.",
      );
    case "Denied":
      return refused("You did not allow the access.", "Nothing was changed. Start again when you want to.");
    case "NoCode":
      return refused(
        `Google gave no permission${/^[a-z_]{1,40}$/.test(failure.said ?? "") ? ` (${failure.said})` : ""}.`,
        AGAIN,
      );
    case "CodeRefused":
      return refused(
        "Google does not take the permission back that it gave: it was used, or is too old.",
        AGAIN,
      );
    case "NotGranted":
      return refused(
        `The box for the permission "${failure.scope}" was not ticked.`,
        "Start again, and tick it on Google's page.",
      );
    case "NotLasting":
      return refused(
        "Google gave a permission for an hour only.",
        "Remove this app at https://myaccount.google.com/permissions and start again.",
      );
    case "OtherPerson":
      return refused(
        `You signed in as ${failure.came}, but the account ${failure.wanted} was to be connected again.`,
        "Start again and sign in as the same Google user as before.",
      );
    case "Google":
      return { status: 502, title: NOT_CONNECTED, ...googleWords(failure.error) };
    case "StorageError":
      return {
        status: 503,
        title: NOT_CONNECTED,
        what: "The daemon could not store the account.",
        fix: "Look at the daemon's disk and log, then start again.",
      };
    case "NoApp":
      return {
        status: 409,
        title: NOT_CONNECTED,
        what: "This daemon has no Google app.",
        fix: `${NO_APP_FIX}.`,
      };
  }
}

const NOT_CONNECTED = "The account is not connected";

function googleWords(
  error: Extract<ConnectFailure, { tag: "Google" }>["error"],
): Pick<Words, "what" | "fix"> {
  const what = "detail" in error ? `${error.detail}.` : "Google asks to be asked more slowly.";
  return { what, fix: "fix" in error && error.fix ? `${error.fix}.` : AGAIN };
}

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto 0;padding:0 1.25rem;color-scheme:light dark}h1{font-size:1.4rem}";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function page({ status, title, what, fix }: Words): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} - Sheetwire</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(what)}</p>
<p>${escaped(fix)}</p>
</main>
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "Cross-Origin-Opener-Policy": "same-origin",
    },
  });
}

/** Addresses come from Google, and codes from whoever opens the page. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
