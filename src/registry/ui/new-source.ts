/** What the form for a new source holds, and the request that it makes. */
import type { Credentials, FieldProblem, RegisterBody } from "../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../client-sdk/src/contract/result.ts";

export interface NewSource {
  readonly name: string;
  readonly url: string;
  readonly access: "serviceAccount" | "apiKey" | "ambient";
  /** The pasted key file of a service account, or an API key. */
  readonly secret: string;
  /** Seconds, as typed. */
  readonly interval: string;
}

export const EMPTY_SOURCE: NewSource = {
  name: "",
  url: "",
  access: "serviceAccount",
  secret: "",
  interval: "5",
};

/** The form's own checks are few: the daemon says the rest, in the same shape. */
export function registerBody(form: NewSource): Result<RegisterBody, readonly FieldProblem[]> {
  const credentials = formCredentials(form);
  if (!credentials.ok) return err([credentials.error]);
  const interval = form.interval.trim() === "" ? undefined : Number(form.interval) * 1000;
  return ok({
    name: form.name.trim(),
    type: "googleSheet",
    url: form.url.trim(),
    credentials: credentials.value,
    ...(interval !== undefined && { pollingInterval: Math.round(interval) }),
  });
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

function formCredentials({ access, secret }: NewSource): Result<Credentials, FieldProblem> {
  if (access === "ambient") return ok({ type: "ambient" });
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
