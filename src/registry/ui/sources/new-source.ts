/** What the form for a new source holds, and the request that it makes. */
import type { Credentials, FieldProblem, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { authOf, EMPTY_FEED, feedBody, feedHeaders, type NewFeed } from "./new-feed.ts";
import { linesOf, parseLines } from "./parse-lines.ts";
import { DEFAULT_OPTIONS, optionsBody, type WorkbookOptions } from "./workbook-options.ts";
import type { Writing } from "./writing.ts";

export interface NewSource extends NewFeed, WorkbookOptions, Writing {
  readonly kind: "googleSheet" | "external";
  readonly name: string;
  readonly url: string;
  readonly access: "serviceAccount" | "apiKey" | "account" | "ambient";
  /** The pasted key file of a service account, or an API key. */
  readonly secret: string;
  /** Id of a connected account. */
  readonly account: string;
  /** Titles, ranges and named ranges of a workbook, one a line. */
  readonly tabsWanted: string;
  /** Lines such as `Prices = SKU`. */
  readonly keyColumns: string;
  /** Seconds, as typed. */
  readonly interval: string;
}

export const EMPTY_SOURCE: NewSource = {
  ...EMPTY_FEED,
  ...DEFAULT_OPTIONS,
  kind: "googleSheet",
  name: "",
  url: "",
  access: "serviceAccount",
  secret: "",
  account: "",
  tabsWanted: "",
  keyColumns: "",
  writable: "no",
  conflictPolicy: "sheet",
  interval: "5",
};

/** The form's own checks are few: the daemon says the rest, in the same shape. */
export function registerBody(form: NewSource): Result<RegisterBody, readonly FieldProblem[]> {
  const settings = settingsBody(form);
  const signIn = signInBody(form);
  const headers = feedHeaders(form.kind === "external" ? form.headers : "");
  const problems = [
    ...(signIn.ok ? [] : [signIn.error]),
    ...(headers.ok ? [] : [headers.error]),
    ...(settings.ok ? [] : settings.error),
  ];
  if (!settings.ok || !signIn.ok || !headers.ok) return err(problems);
  return ok({
    ...settings.value,
    ...signIn.value,
    ...(Object.keys(headers.value).length > 0 && { headers: headers.value }),
  });
}

/** All but secrets. */
export function settingsBody(form: NewSource): Result<RegisterBody, readonly FieldProblem[]> {
  const own = form.kind === "external" ? feedBody(form) : workbookBody(form);
  if (!own.ok) return own;
  const interval = intervalMs(form.interval);
  return ok({
    name: form.name.trim(),
    type: form.kind,
    url: form.url.trim(),
    ...own.value,
    ...(interval !== undefined && { pollingInterval: interval }),
  });
}

/** How the daemon signs in; empty where it does not. */
export function signInBody(
  form: NewSource,
): Result<Pick<RegisterBody, "auth" | "credentials">, FieldProblem> {
  if (form.kind === "external") {
    const auth = authOf(form);
    return ok(auth ? { auth } : {});
  }
  const credentials = formCredentials(form);
  return credentials.ok ? ok({ credentials: credentials.value }) : credentials;
}

/** Milliseconds of a number of seconds as typed; undefined of nothing, which leaves the choice to the daemon. */
export function intervalMs(seconds: string): number | undefined {
  return seconds.trim() === "" ? undefined : Math.round(Number(seconds) * 1000);
}

/** The address to share a workbook with, out of a pasted key file; null while it holds none. */
export function serviceAccountAddress(secret: string): string | null {
  const key = parseObject(secret);
  return typeof key?.client_email === "string" ? key.client_email : null;
}

function workbookBody(form: NewSource): Result<Partial<RegisterBody>, readonly FieldProblem[]> {
  const isWritable = form.writable === "yes";
  const keyColumns = keyColumnsOf(form.keyColumns);
  const options = optionsBody(form, isWritable);
  const problems = [...(keyColumns.ok ? [] : [keyColumns.error]), ...(options.ok ? [] : options.error)];
  if (!keyColumns.ok || !options.ok) return err(problems);
  const named = Object.keys(keyColumns.value).length > 0;
  const tabs = linesOf(form.tabsWanted);
  return ok({
    ...(tabs.length > 0 && { tabs }),
    ...(named && { keyColumns: keyColumns.value }),
    ...(isWritable && { writable: true, conflictPolicy: form.conflictPolicy }),
    ...options.value,
  });
}

/** A line for each tab. A title may hold "=" no more than a person can help: the first one counts. */
export function keyColumnsOf(text: string): Result<Record<string, string>, FieldProblem> {
  const lines = parseLines(text, "=");
  if (lines.ok) return lines;
  const problem = `has a line without "=": ${lines.error}`;
  return err({ field: "keyColumns", problem, fix: "write each line as tab = column, such as Prices = SKU" });
}

function formCredentials({ access, secret, account }: NewSource): Result<Credentials, FieldProblem> {
  if (access === "ambient") return ok({ type: "ambient" });
  if (access === "account") return ok({ type: "account", id: account });
  if (access === "apiKey") return ok({ type: "apiKey", key: secret.trim() });
  const key = parseObject(secret);
  if (key) return ok({ type: "serviceAccount", key: key as unknown as ServiceAccount });
  const problem = secret.trim() === "" ? "is empty" : "is not JSON";
  return err({ field: "credentials", problem, fix: "paste the whole key file, from { to }" });
}

type ServiceAccount = Extract<Credentials, { type: "serviceAccount" }>["key"];

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
