/** Where templates are made, tried and deleted on request: bodies are checked here. */
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type {
  DataReport,
  LiveData,
  TemplateAnswer,
  TemplateBody,
  TemplateSummary,
  TryTemplateBody,
} from "#contract/templates.ts";
import { type Grant, may } from "../access/grant.ts";
import { type GivenData, isLiveData } from "../exports/items.ts";
import type { SheetPlan } from "../exports/plan.ts";
import { planExport } from "../exports/plan-export.ts";
import { checkTemplate } from "../exports/template-check.ts";
import type { PutError, RemoveError, TemplateStore, UnknownTemplate } from "../exports/template-store.ts";
import { checkShape } from "./check-shape.ts";
import { templateSchema, tryTemplateShape } from "./template-schema.ts";

export interface TemplateDesk {
  list(): Promise<readonly TemplateSummary[]>;
  get(id: string): Promise<Result<TemplateAnswer, UnknownTemplate>>;
  create(body: unknown): Promise<Result<TemplateAnswer, Invalid | PutError>>;
  remove(id: string): Promise<Result<void, RemoveError>>;
  /** What an export of it would be; nothing is kept. */
  plan(id: string, body: unknown, by: Grant): Promise<Result<SheetPlan, TryError>>;
}

export interface Invalid {
  readonly tag: "Invalid";
  readonly problems: readonly FieldProblem[];
}

export type TryError =
  | Invalid
  | UnknownTemplate
  | { readonly tag: "BadData"; readonly report: DataReport }
  | { readonly tag: "Forbidden"; readonly detail: string };

export interface TemplateDeskDeps {
  readonly store: TemplateStore;
  /** What a live tab or view holds now. */
  readonly live: (data: LiveData, claims: Grant["claims"]) => Promise<Result<GivenData, string>>;
}

export function createTemplateDesk({ store, live }: TemplateDeskDeps): TemplateDesk {
  async function given(
    body: TryTemplateBody,
    template: TemplateAnswer,
    by: Grant,
  ): Promise<Result<GivenData, TryError>> {
    const data = body.data ?? template.sample;
    if (data === undefined) return wrong("data", "is missing, and the template has no sample", DATA_FIX);
    if (!isLiveData(data)) return ok(data as GivenData);
    if (!may(by, "read", data)) {
      return err({ tag: "Forbidden", detail: 'The token does not allow "read" on data.' });
    }
    const read = await live(data, by.claims);
    return read.ok ? read : wrong("data", read.error, "name a source, a tab and a view that there are");
  }

  return {
    async list() {
      return (await store.list()).map(({ id, name, description, version, ready, tabs }) => ({
        id,
        name,
        ...(description !== undefined && { description }),
        version,
        ready,
        tabs: tabs.map(({ title }) => title),
      }));
    },
    async get(id) {
      const template = await store.get(id);
      return template ? ok(template) : err({ tag: "UnknownTemplate", id });
    },
    async create(body) {
      const shape = checkShape(templateSchema, body);
      if (shape.length > 0) return err({ tag: "Invalid", problems: shape });
      const problems = checkTemplate(body as TemplateBody);
      return problems.length > 0 ? err({ tag: "Invalid", problems }) : store.put(body as TemplateBody);
    },
    remove: (id) => store.remove(id),
    async plan(id, body, by) {
      const checked = checkTry(body);
      if (!checked.ok) return checked;
      const { version, title, locale, timeZone, currency } = checked.value;
      const template = await store.get(id, version);
      if (!template) return err({ tag: "UnknownTemplate", id });
      const data = await given(checked.value, template, by);
      if (!data.ok) return data;
      const options = { title: title ?? template.name, locale, timeZone, currency };
      const planned = planExport(template, data.value, options);
      return planned.ok ? planned : err({ tag: "BadData", report: planned.error });
    },
  };
}

const DATA_FIX = "give a list of objects, {columns, rows}, lists by name, or {source, tab}";

/** The form of a body, its data left to the template. */
function checkTry(body: unknown): Result<TryTemplateBody, Invalid> {
  const isBody = typeof body === "object" && body !== null && !Array.isArray(body);
  const { data, ...rest } = isBody ? (body as Record<string, unknown>) : {};
  const problems = checkShape(tryTemplateShape, isBody ? rest : body);
  if (problems.length > 0) return err({ tag: "Invalid", problems });
  if (data !== undefined && (typeof data !== "object" || data === null)) {
    return wrong("data", "is not a list or an object", DATA_FIX);
  }
  return ok(body as TryTemplateBody);
}

function wrong(field: string, problem: string, fix: string): Result<never, Invalid> {
  return err({ tag: "Invalid", problems: [{ field, problem, fix }] });
}
