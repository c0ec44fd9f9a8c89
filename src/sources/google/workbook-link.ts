import { err, ok, type Result } from "#contract/result.ts";

/** Google's ids have 44 characters; shorter words are more likely a name typed by mistake. */
const BARE_ID = /^[A-Za-z0-9_-]{20,200}$/;
const ID = /^[A-Za-z0-9_-]{1,200}$/;
const GOOGLE_HOSTS: ReadonlySet<string> = new Set(["docs.google.com", "drive.google.com"]);

/** Two sentences for a person. */
export interface BadLink {
  readonly problem: string;
  readonly fix: string;
}

const FIX =
  "Copy the address of the open workbook from the browser: https://docs.google.com/spreadsheets/d/.../edit";

/**
 * The workbook's id in a link to it, whichever tab the link opens, or in a bare id. With `endpoint` links to that
 * host, `/workbook/{id}` of the emulator's page included, are links to workbooks too.
 */
export function parseWorkbookLink(link: string, endpoint?: string): Result<string, BadLink> {
  const text = link.trim();
  if (BARE_ID.test(text)) return ok(text);
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return err({ problem: `"${text}" is neither a link to a Google workbook nor a workbook's id`, fix: FIX });
  }
  const ofEndpoint = endpoint !== undefined && url.host === URL.parse(endpoint)?.host;
  if (!GOOGLE_HOSTS.has(url.hostname) && !ofEndpoint) {
    return err({ problem: `${url.host} is not where Google keeps workbooks`, fix: FIX });
  }
  if (/\/d\/e\//.test(url.pathname)) {
    return err({ problem: "This is the link of a page published to the web, not of the workbook", fix: FIX });
  }
  const place = ofEndpoint ? /\/(?:d|workbook)\/([^/]+)/ : /\/d\/([^/]+)/;
  const found = place.exec(url.pathname)?.[1] ?? url.searchParams.get("id");
  if (!found || !ID.test(found)) return err({ problem: "The link names no workbook", fix: FIX });
  return ok(found);
}
