/** What a person must give to sync a workbook, and what may be wrong with it. */
import type { FieldProblem } from "#contract/rest.ts";
import type { SourceSettings } from "../source.ts";
import { parsePrivateKey, type UsableCredentials } from "./account.ts";
import { parseWorkbookLink } from "./workbook-link.ts";

const CREDENTIALS_FIX =
  'Give {"type": "serviceAccount", "key": <the key file from the Google Cloud console>}, or for a public workbook {"type": "apiKey", "key": "..."}';
const KEY_FILE_FIX = "Give the whole key file that the Google Cloud console made, as it is";

/** Every problem, each with the path of its field; empty when the settings can be opened. */
export function checkSettings(settings: SourceSettings, endpoint?: string): FieldProblem[] {
  return [...checkUrl(settings, endpoint), ...checkCredentials(settings), ...checkTabs(settings)];
}

/** The credentials to use; `apiKey` is short for those of its kind. Null when there are none of use. */
export function usableCredentials(settings: SourceSettings): UsableCredentials | null {
  const { credentials, apiKey } = settings;
  if (credentials) {
    return credentials.type === "serviceAccount" || credentials.type === "apiKey" ? credentials : null;
  }
  return apiKey ? { type: "apiKey", key: apiKey } : null;
}

function checkUrl({ url }: SourceSettings, endpoint: string | undefined): FieldProblem[] {
  const link = parseWorkbookLink(url, endpoint);
  return link.ok ? [] : [{ field: "url", ...link.error }];
}

function checkCredentials(settings: SourceSettings): FieldProblem[] {
  const { credentials } = settings;
  const usable = usableCredentials(settings);
  if (!usable) {
    const problem = credentials
      ? `Credentials of type "${credentials.type}" are not supported for a Google workbook yet`
      : "A Google workbook is read with credentials, and there are none";
    return [{ field: credentials ? "credentials.type" : "credentials", problem, fix: CREDENTIALS_FIX }];
  }
  if (usable.type === "apiKey") {
    if (typeof usable.key === "string" && /^[\x21-\x7e]{1,200}$/.test(usable.key)) return [];
    const field = credentials ? "credentials.key" : "apiKey";
    return [{ field, problem: "Not an API key", fix: 'Copy the key; Google\'s begin with "AIza"' }];
  }
  const problems: FieldProblem[] = [];
  const { client_email: email, private_key: pem } = usable.key ?? {};
  if (typeof email !== "string" || !/^[^@\s]+@[^@\s]+$/.test(email)) {
    const problem = "Should be the service account's address, name@project.iam.gserviceaccount.com";
    problems.push({ field: "credentials.key.client_email", problem, fix: KEY_FILE_FIX });
  }
  if (typeof pem !== "string" || !parsePrivateKey(pem)) {
    const problem = "Should be an RSA private key in PEM form, beginning with -----BEGIN PRIVATE KEY-----";
    problems.push({ field: "credentials.key.private_key", problem, fix: KEY_FILE_FIX });
  }
  return problems;
}

function checkTabs({ tabs, keyColumns }: SourceSettings): FieldProblem[] {
  if (!tabs) return [];
  if (tabs.length === 0) {
    return [
      { field: "tabs", problem: "Names no tab", fix: "Name the tabs to sync, or leave it out for all" },
    ];
  }
  const feedTab = tabs.findIndex((tab) => typeof tab !== "string");
  if (feedTab >= 0) {
    const problem = "Is a tab of a feed, and this is a workbook";
    return [{ field: `tabs[${feedTab}]`, problem, fix: 'Name the tab by its title, such as "Prices"' }];
  }
  return Object.keys(keyColumns ?? {})
    .filter((title) => !tabs.includes(title))
    .map((title) => ({
      field: `keyColumns.${title}`,
      problem: `The tab "${title}" is not among "tabs"`,
      fix: 'Use a title from "tabs", as it is written there',
    }));
}
