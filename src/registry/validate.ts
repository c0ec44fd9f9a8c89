import type { FieldProblem, RegisterBody, SourceType, UpdateBody } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceDriver, SourceSettings } from "../sources/source.ts";
import { checkShape } from "./check-shape.ts";
import { POLLING_INTERVAL_DEFAULT_MS, registerSchema, updateSchema } from "./schema.ts";

/** By the type of source they serve. */
export type Drivers = ReadonlyMap<SourceType, SourceDriver>;

/** All that is wrong with a body. */
export type Invalid = { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] };

/** A source as it is to be: what people call it, and its settings with the secrets in the clear. */
export interface Draft {
  readonly name: string;
  readonly description?: string;
  readonly settings: SourceSettings;
}

/** More than any feed asks for; servers refuse larger requests. */
const HEADERS_MAX = 50;

/** Checks a register body's form; `checkDraft` then checks what it means. */
export function parseRegisterBody(body: unknown): Result<RegisterBody, readonly FieldProblem[]> {
  const problems = checkShape(registerSchema, body);
  return problems.length > 0 ? err(problems) : ok(body as RegisterBody);
}

export function newDraft(body: RegisterBody, id: string): Draft {
  const { id: _, name, description, ...settings } = body;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    settings: { pollingInterval: POLLING_INTERVAL_DEFAULT_MS, ...settings, id },
  };
}

/** `current` with what an update body gives, or all that is wrong with it: nothing is half applied. */
export function revise(
  current: Draft,
  body: unknown,
  drivers: Drivers,
): Result<Draft, readonly FieldProblem[]> {
  const shape = checkShape(updateSchema, body);
  if (shape.length > 0) return err(shape);
  const revised = mergeDraft(current, body as UpdateBody);
  const problems = [...checkFixed(current, body as UpdateBody), ...checkDraft(revised, drivers)];
  return problems.length > 0 ? err(problems) : ok(revised);
}

/** A draft with what `body` gives: absent stays, null removes, headers are merged by name. */
function mergeDraft({ name, description, settings }: Draft, body: UpdateBody): Draft {
  const headers = body.headers === null ? {} : withoutNulls({ ...settings.headers, ...body.headers });
  const merged = withoutNulls({
    description,
    ...settings,
    name,
    ...body,
    type: settings.type,
    headers: Object.keys(headers).length > 0 ? headers : null,
  });
  return newDraft(merged as unknown as RegisterBody, settings.id);
}

/** What is wrong with a draft whose form is right: links, headers, and what its driver says. */
export function checkDraft(draft: Draft, drivers: Drivers): readonly FieldProblem[] {
  const { settings } = draft;
  const problems = [...checkUrl(settings.url), ...checkHeaders(settings.headers ?? {})];
  const driver = drivers.get(settings.type);
  if (!driver) {
    const known = [...drivers.keys()].join(", ") || "none";
    problems.push({
      field: "type",
      problem: `this daemon has no driver for "${settings.type}"`,
      fix: `use one of: ${known}`,
    });
  }
  // A driver may take for granted that links and headers are well formed.
  return problems.length > 0 || !driver ? problems : driver.check(settings);
}

/** The type and the id name what was registered; another type or id is another source. */
function checkFixed(draft: Draft, body: UpdateBody): readonly FieldProblem[] {
  return (["id", "type"] as const)
    .filter((field) => body[field] !== undefined && body[field] !== draft.settings[field])
    .map((field) => ({
      field,
      problem: `cannot be changed: it is "${draft.settings[field]}"`,
      fix: "leave it out, or delete the source and register it anew",
    }));
}

function checkUrl(url: string): FieldProblem[] {
  const parsed = URL.parse(url);
  if (!parsed?.username && !parsed?.password) return [];
  return [
    {
      field: "url",
      problem: "holds a user name or password, which would be stored and shown in the clear",
      fix: "leave it out of the link and give it in apiKey, credentials or headers",
    },
  ];
}

function checkHeaders(headers: Readonly<Record<string, string>>): FieldProblem[] {
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX) {
    const problem = `holds ${entries.length} headers; ${HEADERS_MAX} are allowed`;
    return [{ field: "headers", problem, fix: "give fewer headers" }];
  }
  return entries.flatMap(([name, value]) => {
    const field = `headers.${name}`;
    // RFC 9110, 5.1 and 5.5.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      const fix = 'use letters, digits and "-", such as Accept-Language';
      return [{ field, problem: "is not a header's name", fix }];
    }
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [];
    const problem = "holds a line break or a character that headers cannot carry";
    return [{ field, problem, fix: "keep to one line of Latin-1 text" }];
  });
}

function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
