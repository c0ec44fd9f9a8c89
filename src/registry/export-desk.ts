/** Where exports are asked for: bodies are checked here, whose they are, and what they may be made of. */
import type { CreateExportBody, ExportAnswer, UpdateExportBody } from "#contract/exports.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { DataReport, ExportData, LiveData, TemplateBody } from "#contract/templates.ts";
import { type Grant, may } from "../access/grant.ts";
import type { StorageError } from "../backend/backend.ts";
import { type Exports, type ExportsError, type NewExport, newExportId } from "../exports/exports.ts";
import { type GivenData, isLiveData } from "../exports/items.ts";
import type { ExportRecord } from "../exports/jobs/record.ts";
import { isTaken } from "../exports/jobs/transition.ts";
import type { SheetPlan } from "../exports/plan.ts";
import { planExport } from "../exports/plan-export.ts";
import type { Claims } from "../model/where/compile.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkShape } from "./check-shape.ts";
import { exportAnswer } from "./export-answer.ts";
import { createExportQuota, type ExportQuotaDeps, type TooManyExports } from "./export-quota.ts";
import { createExportShape, updateExportShape } from "./export-schema.ts";
import type { ClaimError, Idempotency } from "./idempotency.ts";

export interface ExportDesk {
  list(by: Grant, conversation: string | null): readonly ExportAnswer[];
  get(id: string, by: Grant): Result<ExportAnswer, ExportsError>;
  create(body: unknown, by: Grant, key: string | null): Promise<Result<ExportAnswer, ExportDeskError>>;
  update(
    id: string,
    body: unknown,
    by: Grant,
    key: string | null,
  ): Promise<Result<ExportAnswer, ExportDeskError>>;
  retry(id: string, by: Grant): Promise<Result<ExportAnswer, ExportDeskError>>;
  cancel(id: string, by: Grant): Promise<Result<ExportAnswer, ExportsError>>;
  remove(id: string, by: Grant, trash: boolean): Promise<Result<void, ExportDeskError>>;
}

export type ExportDeskError =
  | { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] }
  /** The data do not fit the template. Nothing was written. */
  | { readonly tag: "BadData"; readonly report: DataReport }
  | { readonly tag: "Forbidden"; readonly detail: string }
  | TooManyExports
  | ClaimError
  | ExportsError;

export interface ExportDeskDeps {
  readonly exports: Exports;
  readonly idempotency: Idempotency;
  readonly runtime: Pick<Runtime, "random" | "clock">;
  readonly limits?: ExportQuotaDeps["limits"];
  /** The newest version unless one is named; null: there is none. */
  readonly template: (
    id: string,
    version?: number,
  ) => Promise<(TemplateBody & { readonly version: number }) | null>;
  /** What a live tab or view holds now. */
  readonly live: (data: LiveData, claims: Claims) => Promise<Result<GivenData, string>>;
  /** Null: it may be used; else what is wrong with it. */
  readonly checkAccount: (account: string) => Promise<FieldProblem | null>;
  /** Used where none is named; null: there is none, or more than one. */
  readonly defaultAccount: () => string | null;
}

export function createExportDesk(deps: ExportDeskDeps): ExportDesk {
  const { exports, idempotency } = deps;
  const quota = createExportQuota({
    list: exports.list,
    clock: deps.runtime.clock,
    ...(deps.limits && { limits: deps.limits }),
  });

  function find(id: string, by: Grant): Result<ExportRecord, ExportsError> {
    const record = exports.get(id);
    // Whose it is not learns nothing of it, not even that there is one.
    return record && isSeenBy(record, by) ? ok(record) : err({ tag: "UnknownExport" });
  }

  async function plan(
    template: TemplateBody & { readonly version: number },
    data: ExportData,
    options: { readonly title: string; readonly key?: string | undefined },
    by: Grant,
  ): Promise<Result<SheetPlan, ExportDeskError>> {
    let given: ExportData = data;
    if (isLiveData(data)) {
      if (!may(by, "read", data)) return err({ tag: "Forbidden", detail: NO_READ });
      const read = await deps.live(data, by.claims ?? {});
      if (!read.ok) {
        const fix = "name a source, a tab and a view that there are";
        return err({ tag: "Invalid", problems: [{ field: "data", problem: read.error, fix }] });
      }
      given = read.value;
    }
    const planned = planExport(template, given as GivenData, options);
    return planned.ok ? planned : err({ tag: "BadData", report: planned.error });
  }

  async function accountOf(
    { account }: CreateExportBody,
    by: Grant,
  ): Promise<Result<string, ExportDeskError>> {
    const chosen = account ?? deps.defaultAccount();
    const wrong = (problem: string, fix: string) =>
      err({ tag: "Invalid" as const, problems: [{ field: "account", problem, fix }] });
    if (chosen === null) {
      return wrong(
        "is missing, and there is not exactly one that can make workbooks",
        'connect an account by POST /api/v1/accounts/google/connect with {"scope": "drive.file"}, and name its id',
      );
    }
    const allowed = mayUse(chosen, by);
    if (!allowed.ok) return allowed;
    const problem = await deps.checkAccount(chosen);
    return problem ? err({ tag: "Invalid", problems: [problem] }) : ok(chosen);
  }

  /** An export of the bearer's that is to be written: their token may have been narrowed since it was made. */
  function findToWrite(id: string, by: Grant): Result<ExportRecord, ExportDeskError> {
    const found = find(id, by);
    if (!found.ok) return found;
    const allowed = mayUse(found.value.account, by);
    return allowed.ok ? found : allowed;
  }

  /** Within the limits; an id that is taken is the same export. */
  async function make(asked: NewExport): Promise<Result<ExportRecord, TooManyExports | StorageError>> {
    const known = exports.get(asked.id);
    if (known) return ok(known);
    const entered = quota.enter(asked);
    if (!entered.ok) return entered;
    const made = await exports.create(asked);
    entered.value.leave();
    return made;
  }

  /** What the request makes is named after its key, so that it comes to be once. */
  async function nameOf(
    key: string | null,
    by: Grant,
    payload: unknown,
  ): Promise<Result<string, ClaimError>> {
    if (key === null) return ok(newExportId(deps.runtime));
    const claimed = await idempotency.claim({ scope: "exports", subject: by.subject, key, payload });
    return claimed.ok ? ok(`exp-${claimed.value.name}`) : claimed;
  }

  const shown = <E>(result: Result<ExportRecord, E>): Result<ExportAnswer, E> =>
    result.ok ? ok(exportAnswer(result.value)) : result;

  return {
    list: (by, conversation) =>
      exports
        .list()
        .filter((record) => isSeenBy(record, by))
        .filter(({ conversationId }) => conversation === null || conversationId === conversation)
        .sort((a, b) => b.createdAt - a.createdAt)
        .map(exportAnswer),
    get: (id, by) => shown(find(id, by)),
    async create(given, by, key) {
      const body = checked<CreateExportBody>(createExportShape, given);
      if (!body.ok) return body;
      const shares = checkShares(body.value);
      if (shares.length > 0) return err({ tag: "Invalid", problems: shares });
      const template = await deps.template(body.value.template);
      if (!template) {
        const problem = {
          field: "template",
          problem: `there is no template "${body.value.template}"`,
          fix: TEMPLATE_FIX,
        };
        return err({ tag: "Invalid", problems: [problem] });
      }
      const account = await accountOf(body.value, by);
      if (!account.ok) return account;
      const {
        title,
        data,
        conversation_id: conversationId = null,
        folder = null,
        key: keyColumn,
      } = body.value;
      const planned = await plan(template, data, { title, key: keyColumn }, by);
      if (!planned.ok) return planned;
      // Bound last: a request with mistakes may be sent again, mended, under its key.
      const name = await nameOf(key, by, ["create", given]);
      if (!name.ok) return name;
      return shown(
        await make({
          id: name.value,
          subject: by.subject,
          conversationId,
          account: account.value,
          folder,
          share: body.value.share ?? [],
          edits: body.value.edits ?? "overwrite",
          live: isLiveData(data) ? data : null,
          claims: by.claims ?? {},
          reader: by,
          key: keyColumn ?? null,
          plan: planned.value,
        }),
      );
    },
    async update(id, given, by, key) {
      const found = findToWrite(id, by);
      if (!found.ok) return found;
      const body = checked<UpdateExportBody>(updateExportShape, given);
      if (!body.ok) return body;
      const { template: used, title, key: known } = found.value;
      const template = (await deps.template(used.id, used.version)) ?? (await deps.template(used.id));
      if (!template) {
        const problem = `its template "${used.id}" is gone`;
        return err({ tag: "NotNow", problem, fix: "make the template anew under its id" });
      }
      const { data, update_type: type, key: column = known ?? undefined } = body.value;
      if (type === "upsert" && column === undefined && template.tabs[0]?.key === undefined) {
        const problem = "is missing: an upsert goes by the values of a column, and the template names none";
        return err({ tag: "Invalid", problems: [{ field: "key", problem, fix: "give a column's key" }] });
      }
      const planned = await plan(template, data, { title, key: column }, by);
      if (!planned.ok) return planned;
      const name = await nameOf(key, by, ["update", id, given]);
      if (!name.ok) return name;
      if (!isTaken(found.value, name.value)) {
        const room = quota.checkJobs(found.value.subject);
        if (!room.ok) return room;
      }
      return shown(await exports.update(id, { id: name.value, type, plan: planned.value }));
    },
    async retry(id, by) {
      const found = findToWrite(id, by);
      if (!found.ok) return found;
      const { live, follow, subject, phase } = found.value;
      // An administrator's right is not lent to whose export it is.
      if (!live || follow?.code !== "no-right" || by.subject !== subject)
        return shown(await exports.retry(id));
      if (!may(by, "read", live)) return err({ tag: "Forbidden", detail: NO_READ });
      const bound = await exports.rebind(id, by);
      return shown(bound.ok && phase.tag === "Failed" ? await exports.retry(id) : bound);
    },
    async cancel(id, by) {
      const found = find(id, by);
      return found.ok ? shown(await exports.cancel(id)) : found;
    },
    async remove(id, by, trash) {
      const found = trash ? findToWrite(id, by) : find(id, by);
      return found.ok ? exports.remove(id, trash) : found;
    },
  };
}

const NO_READ = 'The token does not allow "read" on data.';
const TEMPLATE_FIX = "use an id that GET /api/v1/export/templates lists";

function isSeenBy({ subject }: ExportRecord, by: Grant): boolean {
  return by.subject === subject || may(by, "admin", {});
}

/**
 * A source's own credentials are for who administers it. Every other account speaks in the name of whoever runs the
 * daemon: it is for who may write everywhere, not for a token of one source, tab or view.
 */
function mayUse(account: string, by: Grant): Result<void, ExportDeskError> {
  const source = /^source:(.*)$/.exec(account)?.[1];
  if (source !== undefined) {
    const detail = `The token does not allow "admin" on ${source}, whose credentials the export uses.`;
    return may(by, "admin", { source }) ? ok(undefined) : err({ tag: "Forbidden", detail });
  }
  if (may(by, "write", {})) return ok(undefined);
  const detail = `The token does not allow "write" on the daemon as a whole, which exports with the account ${account} need. Use a token with a "write" scope without a source, or "source:ID" of a source that you administer.`;
  return err({ tag: "Forbidden", detail });
}

/** The form of a body, its data left to the template. */
function checked<Body>(shape: object, given: unknown): Result<Body, ExportDeskError> {
  const isBody = typeof given === "object" && given !== null && !Array.isArray(given);
  const { data, ...rest } = isBody ? (given as Record<string, unknown>) : {};
  const problems = checkShape(shape, isBody ? rest : given);
  if (isBody && (typeof data !== "object" || data === null)) {
    const fix = "give a list of objects, {columns, rows}, lists by name, or {source, tab}";
    problems.push({
      field: "data",
      problem: data === undefined ? "is missing" : "is not a list or an object",
      fix,
    });
  }
  return problems.length > 0 ? err({ tag: "Invalid", problems }) : ok(given as Body);
}

function checkShares({ share = [] }: CreateExportBody): FieldProblem[] {
  return share.flatMap(({ type, email, domain }, index) => {
    const kind = type ?? (domain === undefined ? "user" : "domain");
    const field = `share[${index}]`;
    if (kind === "anyone") {
      const extra = email !== undefined || domain !== undefined;
      return extra
        ? [{ field, problem: "names somebody though anyone may follow the link", fix: "leave that out" }]
        : [];
    }
    const [name, value] = kind === "domain" ? ["domain", domain] : ["email", email];
    return value === undefined
      ? [{ field: `${field}.${name}`, problem: "is missing", fix: `give the ${name}` }]
      : [];
  });
}
