/** What the form for a new source holds, and the request that it makes. */
import type { Credentials, FieldProblem, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { EMPTY_FEED, feedBody, type NewFeed } from "./new-feed.ts";
import { parseLines } from "./parse-lines.ts";

export interface NewSource extends NewFeed {
  readonly kind: "googleSheet" | "external";
  readonly name: string;
  readonly url: string;
  readonly access: "serviceAccount" | "apiKey" | "account" | "ambient";
  /** The pasted key file of a service account, or an API key. */
  readonly secret: string;
  /** Id of a connected account. */
  readonly account: string;
  /** Lines such as `Prices = SKU`. */
  readonly keyColumns: string;
  /** Seconds, as typed. */
  readonly interval: string;
}

export const EMPTY_SOURCE: NewSource = {
  ...EMPTY_FEED,
  kind: "googleSheet",
  name: "",
  url: "",
  access: "serviceAccount",
  secret: "",
  account: "",
  keyColumns: "",
  interval: "5",
};

/** The form's own checks are few: the daemon says the rest, in the same shape. */
export function registerBody(form: NewSource): Result<RegisterBody, readonly FieldProblem[]> {
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

/** Milliseconds of a number of seconds as typed; undefined of nothing, which leaves the choice to the daemon. */
export function intervalMs(seconds: string): number | undefined {
  return seconds.trim() === "" ? undefined : Math.round(Number(seconds) * 1000);
}

/** The address to share a workbook with, out of a pasted key file; null while it holds none. */
export function serviceAccountAddress(secret: string): string | null {
  const key = parseObject(secret);
  return typeof key?.client_email === "string" ? key.client_email : null;
}

/**
 * The problems of the form's field `name`. One of a part, such as `credentials.key.private_key`, is shown there too
 * and names the part.
 */
export function problemsOf(problems: readonly FieldProblem[], name: string): readonly FieldProblem[] {
  return problems.flatMap((each) => {
    if (each.field === name) return each;
    if (!each.field.startsWith(`${name}.`)) return [];
    // One that begins a sentence of its own says what it is about.
    if (/^[A-Z]/.test(each.problem)) return each;
    const part = each.field.slice(each.field.lastIndexOf(".") + 1);
    return { ...each, problem: `${part} ${each.problem}` };
  });
}

/** Problems that no field of the form shows. */
export function otherProblems(
  problems: readonly FieldProblem[],
  shown: readonly string[],
): readonly FieldProblem[] {
  return problems.filter((problem) => shown.every((name) => problemsOf([problem], name).length === 0));
}

function workbookBody(form: NewSource): Result<Partial<RegisterBody>, readonly FieldProblem[]> {
  const credentials = formCredentials(form);
  const keyColumns = keyColumnsOf(form.keyColumns);
  const problems = [credentials, keyColumns].flatMap((part) => (part.ok ? [] : [part.error]));
  if (!credentials.ok || !keyColumns.ok) return err(problems);
  const named = Object.keys(keyColumns.value).length > 0;
  return ok({ credentials: credentials.value, ...(named && { keyColumns: keyColumns.value }) });
}

/** A line for each tab. A title may hold "=" no more than a person can help: the first one counts. */
function keyColumnsOf(text: string): Result<Record<string, string>, FieldProblem> {
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
