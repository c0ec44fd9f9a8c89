/** Where views are made, changed and deleted on request: bodies are checked here, and who may. */
import { formatDocumentName, mirrorName } from "#contract/document-name.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { CreateViewBody, ViewAnswer, ViewBody } from "#contract/views.ts";
import { type Grant, may } from "../access/grant.ts";
import type { StorageError } from "../backend/backend.ts";
import { claimsOf, columnsOf } from "../model/where/expression.ts";
import { parseWhere } from "../model/where/parse.ts";
import { createKeyedQueue } from "../runtime/keyed-queue.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Documents } from "../sync/documents.ts";
import type { Views } from "../sync/views.ts";
import { checkShape } from "./check-shape.ts";
import type { Registry } from "./registry.ts";
import { suggest } from "./suggest.ts";
import type { ViewDefinitions } from "./view-definitions.ts";
import { createViewSchema, viewSchema } from "./view-schema.ts";

/** Who administers a tab rules over its views; others do not learn of them here. */
export interface ViewDesk {
  list(by: Grant, of: { readonly source?: string; readonly tab?: string }): readonly ViewAnswer[];
  get(at: ViewPlace): Result<ViewAnswer, UnknownView>;
  create(body: unknown, by: Grant): Promise<Result<ViewAnswer, ViewDeskError>>;
  /** Its documents end (4404) and are made anew by the new definition. */
  change(at: ViewPlace, body: unknown): Promise<Result<ViewAnswer, ViewDeskError>>;
  remove(at: ViewPlace): Promise<Result<void, UnknownView | StorageError>>;
  /** Erases the views of a source that goes. */
  forgetSource(source: string): Promise<Result<void, StorageError>>;
}

export interface ViewPlace {
  readonly source: string;
  readonly tab: string;
  readonly view: string;
}

export type UnknownView = { readonly tag: "UnknownView"; readonly at: ViewPlace };
export type ViewDeskError =
  | UnknownView
  | { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] }
  /** The bearer does not administer the tab. */
  | { readonly tag: "NotYours"; readonly source: string; readonly tab: string }
  | { readonly tag: "ViewExists"; readonly at: ViewPlace }
  | StorageError;

export interface ViewDeskDeps {
  readonly definitions: ViewDefinitions;
  readonly registry: Pick<Registry, "get">;
  readonly documents: Pick<Documents, "open">;
  readonly views: Pick<Views, "remove">;
  readonly logger: Logger;
}

/** Of one source; each that somebody has open costs a little at every change of its tab. */
const VIEWS_MAX = 1_000;

export function createViewDesk({ definitions, registry, documents, views, logger }: ViewDeskDeps): ViewDesk {
  const inTurn = createKeyedQueue();
  const find = ({ source, tab, view }: ViewPlace) => definitions.get(source, tab, view);

  async function check(view: CreateViewBody): Promise<readonly FieldProblem[]> {
    const source = await registry.get(view.source);
    if (!source.ok) {
      return [{ field: "source", problem: `there is no source "${view.source}"`, fix: "register it first" }];
    }
    const tab = await documents.open(mirrorName(view.source, view.tab));
    if (!tab.ok) {
      const names = source.value.tabs.map(({ name }) => name);
      const meant = suggest(view.tab, names);
      const fix = meant
        ? `did you mean "${meant}"?`
        : `use one of: ${names.join(", ") || "none was read yet"}`;
      return [{ field: "tab", problem: `the source has no tab "${view.tab}"`, fix }];
    }
    return checkContent(
      view,
      tab.value.baseline().columns.map(({ key }) => key),
    );
  }

  async function save(view: CreateViewBody): Promise<Result<ViewAnswer, ViewDeskError>> {
    const stored = await definitions.put(view);
    if (!stored.ok) return stored;
    logger.info("view defined", { source: view.source, tab: view.tab, view: view.name });
    return ok(answer(view));
  }

  async function erase(view: CreateViewBody): Promise<Result<void, StorageError>> {
    const removed = await definitions.remove(view);
    if (!removed.ok) return removed;
    await views.remove(view.source, view.tab, view.name);
    logger.info("view removed", { source: view.source, tab: view.tab, view: view.name });
    return ok(undefined);
  }

  return {
    list: (by, of) =>
      definitions
        .list()
        .filter(({ source, tab }) => (of.source ?? source) === source && (of.tab ?? tab) === tab)
        .filter(({ source, tab }) => may(by, "admin", { source, tab }))
        .map(answer),
    get(at) {
      const found = find(at);
      return found ? ok(answer(found)) : err({ tag: "UnknownView", at });
    },
    async create(body, by) {
      const shape = checkShape(createViewSchema, body);
      if (shape.length > 0) return err({ tag: "Invalid", problems: shape });
      const view = body as CreateViewBody;
      const { source, tab, name } = view;
      if (!may(by, "admin", { source, tab })) return err({ tag: "NotYours", source, tab });
      const problems = await check(view);
      if (problems.length > 0) return err({ tag: "Invalid", problems });
      return inTurn(source, async () => {
        if (definitions.get(source, tab, name)) {
          return err({ tag: "ViewExists", at: { source, tab, view: name } });
        }
        if (definitions.list().filter((other) => other.source === source).length >= VIEWS_MAX) {
          const problem = `the source has ${VIEWS_MAX} views, which is the most`;
          const fix = "delete some; claims make one view do for many readers";
          return err({ tag: "Invalid", problems: [{ field: "source", problem, fix }] });
        }
        return save(view);
      });
    },
    change: (at, body) =>
      inTurn(at.source, async () => {
        if (!find(at)) return err({ tag: "UnknownView", at });
        const shape = checkShape(viewSchema, body);
        if (shape.length > 0) return err({ tag: "Invalid", problems: shape });
        const view = { source: at.source, tab: at.tab, name: at.view, ...(body as ViewBody) };
        const problems = await check(view);
        if (problems.length > 0) return err({ tag: "Invalid", problems });
        const saved = await save(view);
        if (saved.ok) await views.remove(at.source, at.tab, at.view);
        return saved;
      }),
    remove: (at) =>
      inTurn(at.source, async () => {
        const found = find(at);
        return found ? erase(found) : err({ tag: "UnknownView", at });
      }),
    forgetSource: (source) =>
      inTurn(source, async () => {
        for (const view of definitions.list()) {
          if (view.source !== source) continue;
          const erased = await erase(view);
          if (!erased.ok) return erased;
        }
        return ok(undefined);
      }),
  };
}

function answer(view: CreateViewBody): ViewAnswer {
  const { source, tab, name } = view;
  const where = view.where === undefined ? null : parseWhere(view.where);
  return {
    ...view,
    document: formatDocumentName({ source, tab, kind: "view", view: name }),
    claims: where?.ok ? claimsOf(where.value) : [],
  };
}

/** What its shape does not tell: conditions that cannot be read, and keys that the tab does not have. */
function checkContent(
  { where, columns = [], order = [] }: ViewBody,
  keys: readonly string[],
): FieldProblem[] {
  const known = new Set(keys);
  const unknown = (field: string, key: string): FieldProblem[] => {
    if (known.has(key)) return [];
    const meant = suggest(key, keys);
    const fix = meant ? `did you mean "${meant}"?` : `use some of ${keys.slice(0, 50).join(", ")}`;
    return [{ field, problem: `"${key}" is not a column's key`, fix }];
  };
  const parsed = where === undefined ? null : parseWhere(where);
  return [
    ...columns.flatMap((key, at) => unknown(`columns[${at}]`, key)),
    ...(parsed && !parsed.ok ? [conditionProblem(parsed.error)] : []),
    ...(parsed?.ok ? columnsOf(parsed.value).flatMap((key) => unknown("where", key)) : []),
    ...order.flatMap(({ key }, at) => unknown(`order[${at}].key`, key)),
  ];
}

function conditionProblem({ at, problem, fix }: { at: number; problem: string; fix: string }): FieldProblem {
  return { field: "where", problem: `at character ${at + 1}: ${problem}`, fix };
}
