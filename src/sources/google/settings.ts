/** What a person must give to sync a workbook, and what may be wrong with it. */
import type { Credentials, FieldProblem } from "#contract/rest.ts";
import type { SourceSettings } from "../source.ts";
import { type KeyFiles, parseKeyFile } from "./key-file.ts";
import type { AccountSources } from "./open-account.ts";
import { parsePrivateKey } from "./service-account.ts";
import { checkTabs } from "./tab-settings.ts";
import { parseWorkbookLink } from "./workbook-link.ts";

const CREDENTIALS_FIX =
  'Give {"type": "serviceAccount", "key": <the key file from the Google Cloud console>}, or for a public workbook {"type": "apiKey", "key": "..."}';
const KEY_FILE_FIX = "Give the whole key file that the Google Cloud console made, as it is";

/** Every problem, each with the path of its field; empty when the settings can be opened. */
export function checkSettings(
  settings: SourceSettings,
  accounts: AccountSources,
  endpoint?: string,
): FieldProblem[] {
  return [...checkUrl(settings, endpoint), ...checkCredentials(settings, accounts), ...checkTabs(settings)];
}

/** The credentials to use; `apiKey` is short for those of its kind. Null when there are none. */
export function usableCredentials({ credentials, apiKey }: SourceSettings): Credentials | null {
  return credentials ?? (apiKey ? { type: "apiKey", key: apiKey } : null);
}

/** What keeps these credentials from making workbooks of their own. */
export function checkMaker(credentials: Credentials, accounts: AccountSources): FieldProblem[] {
  const field = "account";
  const at = (problems: readonly FieldProblem[]): FieldProblem[] =>
    problems.map((problem) => ({ ...problem, field }));
  switch (credentials.type) {
    case "apiKey": {
      const fix = "Use a connected account or a service account";
      return [{ field, problem: "An API key can only read", fix }];
    }
    case "serviceAccount":
      return at(checkKey(credentials));
    case "serviceAccountFile":
      return at(checkKeyFile(field, accounts.keyFiles.named(credentials.path)));
    case "ambient":
      return at(checkKeyFile(field, accounts.keyFiles.ambient()));
    case "account": {
      const { id } = credentials;
      const account = accounts.connected.find(id);
      if (!account) return at(checkAccount(id, {}, accounts));
      if (account.scopes.includes("drive.file")) return [];
      const problem = `The account ${account.email ?? id} was not connected for making workbooks`;
      const fix = `Connect it again with {"account": "${id}", "scope": "drive.file"}`;
      return [{ field, problem, fix }];
    }
  }
}

function checkUrl({ url }: SourceSettings, endpoint: string | undefined): FieldProblem[] {
  const link = parseWorkbookLink(url, endpoint);
  return link.ok ? [] : [{ field: "url", ...link.error }];
}

function checkCredentials(settings: SourceSettings, accounts: AccountSources): FieldProblem[] {
  const usable = usableCredentials(settings);
  switch (usable?.type) {
    case undefined: {
      const problem = "A Google workbook is read with credentials, and there are none";
      return [{ field: "credentials", problem, fix: CREDENTIALS_FIX }];
    }
    case "apiKey": {
      const field = settings.credentials ? "credentials.key" : "apiKey";
      if (settings.writable) {
        const problem = "An API key can only read";
        return [{ field: "writable", problem, fix: "Leave it out, or sign in with a service account" }];
      }
      if (typeof usable.key === "string" && /^[\x21-\x7e]{1,200}$/.test(usable.key)) return [];
      return [{ field, problem: "Not an API key", fix: 'Copy the key; Google\'s begin with "AIza"' }];
    }
    case "serviceAccount":
      return checkKey(usable);
    case "serviceAccountFile":
      return checkKeyFile("credentials.path", accounts.keyFiles.named(usable.path));
    case "ambient":
      return checkKeyFile("credentials.type", accounts.keyFiles.ambient());
    case "account":
      return checkAccount(usable.id, settings, accounts);
  }
}

function checkKey({ key }: Extract<Credentials, { type: "serviceAccount" }>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { client_email: email, private_key: pem } = key ?? {};
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

function checkKeyFile(field: string, text: ReturnType<KeyFiles["ambient"]>): FieldProblem[] {
  const key = text.ok ? parseKeyFile(text.value) : text;
  return key.ok ? [] : [{ field, ...key.error }];
}

/** One that waits to be connected again passes: a change of other settings must not wait for that. */
function checkAccount(
  id: string,
  { writable }: Pick<SourceSettings, "writable">,
  accounts: AccountSources,
): FieldProblem[] {
  const account = accounts.connected.find(id);
  if (!account) {
    const problem = "No account of this id is connected";
    const fix =
      "Use an id that GET /api/v1/accounts lists, or connect one by POST /api/v1/accounts/google/connect";
    return [{ field: "credentials.id", problem, fix }];
  }
  if (!writable || account.scopes.some((scope) => scope !== "spreadsheets.readonly")) return [];
  const problem = `The account ${account.email ?? id} was connected for reading only`;
  const fix = `Connect it again with {"account": "${id}", "scope": "spreadsheets"}, or leave out writable`;
  return [{ field: "writable", problem, fix }];
}
