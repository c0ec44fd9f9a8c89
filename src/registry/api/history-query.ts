/** The questions of .../history and the body of .../restore. */
import { Type } from "@sinclair/typebox";
import type { RestoreBody } from "#contract/history.ts";
import type { Column } from "#contract/layout.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { HistoryQuery } from "../../history/read.ts";
import type { RestoreTarget } from "../../history/restore.ts";
import { ENTRY_ID } from "../../history/segment.ts";
import { checkShape } from "../check-shape.ts";
import { suggest } from "../suggest.ts";

export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1_000;

type Problems = readonly FieldProblem[];

export interface HistoryAsked {
  readonly query: HistoryQuery;
  /** null: as many as an answer of its kind gives. */
  readonly limit: number | null;
}

const PARAMETERS = ["row", "column", "by", "cause", "from", "to", "cursor", "limit"];

export function parseHistoryQuery(
  params: URLSearchParams,
  columns: readonly Column[],
): Result<HistoryAsked, Problems> {
  const problems: FieldProblem[] = unknownParameters(params, PARAMETERS);
  const take = <T>(name: string, parse: (text: string) => T | FieldProblem): T | undefined => {
    const text = params.get(name);
    const value = text === null ? undefined : parse(text);
    if (typeof value !== "object" || value === null || !("problem" in value)) return value as T | undefined;
    problems.push(value);
    return undefined;
  };
  const row = take<number>("row", parseRow);
  const slot = take("column", (text) => slotOf(text, columns, "column"));
  const fromMs = take("from", (text) => parseTime("from", text));
  const toMs = take("to", (text) => parseTime("to", text));
  const before = take<string>("cursor", (text) =>
    ENTRY_ID.test(text)
      ? text
      : { field: "cursor", problem: "is not a cursor of this list", fix: "give `next` of the page before" },
  );
  const limit = take<number>("limit", (text) =>
    /^[1-9]\d{0,8}$/.test(text)
      ? Number(text)
      : { field: "limit", problem: `"${text}" is not a number of entries`, fix: "write digits" },
  );
  const [by, cause] = [params.get("by"), params.get("cause")];
  if (problems.length > 0) return err(problems);
  return ok({
    limit: limit ?? null,
    query: {
      ...(row !== undefined && { row }),
      ...(slot !== undefined && { slot }),
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
      ...(before !== undefined && { before }),
      ...(by !== null && { by }),
      ...(cause !== null && { cause }),
    },
  });
}

/** Times that have to be there. */
export function parseTimes(
  params: URLSearchParams,
  names: readonly string[],
): Result<readonly number[], Problems> {
  const problems: FieldProblem[] = [];
  const times = names.map((name) => {
    const text = params.get(name);
    const time =
      text === null ? { field: name, problem: "is missing", fix: TIME_FIX } : parseTime(name, text);
    if (typeof time === "number") return time;
    problems.push(time);
    return 0;
  });
  return problems.length > 0 ? err(problems) : ok(times);
}

export function unknownParameters(params: URLSearchParams, known: readonly string[]): FieldProblem[] {
  return [...new Set(params.keys())]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = suggest(name, known);
      const fix = meant ? `did you mean "${meant}"?` : `use some of ${known.join(", ")}`;
      return { field: name, problem: "is not a parameter here", fix };
    });
}

const TIME_FIX = "write ISO 8601, such as 2026-11-20T08:00:00Z";
const time = Type.String({ maxLength: 40, description: "ISO 8601.", "x-fix": TIME_FIX });
const row = Type.Integer({ minimum: 1 });
export const restoreSchema = Type.Object(
  {
    cell: Type.Optional(
      Type.Object({ row, column: Type.String({ description: "Its key." }) }, { additionalProperties: false }),
    ),
    row: Type.Optional(row),
    tab: Type.Optional(Type.Boolean()),
    batch: Type.Optional(
      Type.String({ maxLength: 300, description: "The `cause` of what is to be taken back." }),
    ),
    to: Type.Optional(time),
    preview: Type.Optional(Type.Boolean({ description: "Tell the edits and make none." })),
  },
  { additionalProperties: false },
);

export type RestoreAsked = { readonly preview: boolean } & (
  | { readonly tag: "to"; readonly target: RestoreTarget; readonly timeMs: number }
  | { readonly tag: "batch"; readonly cause: string }
);

export function parseRestore(body: unknown, columns: readonly Column[]): Result<RestoreAsked, Problems> {
  const shape = checkShape(restoreSchema, body);
  if (shape.length > 0) return err(shape);
  const asked = body as Partial<Record<string, unknown>> & { readonly preview?: boolean };
  const kinds = ["cell", "row", "tab", "batch"].filter(
    (kind) => asked[kind] !== undefined && asked[kind] !== false,
  );
  if (kinds.length !== 1) {
    const problem = kinds.length === 0 ? "does not say what to restore" : `names ${kinds.join(" and ")}`;
    return err([{ field: "body", problem, fix: "give one of cell, row, tab and batch" }]);
  }
  const preview = asked.preview ?? false;
  if (asked.batch !== undefined) {
    if (asked.to === undefined) return ok({ tag: "batch", cause: String(asked.batch), preview });
    return err([{ field: "to", problem: "is of no use beside batch", fix: "leave it out" }]);
  }
  if (asked.to === undefined) return err([{ field: "to", problem: "is missing", fix: TIME_FIX }]);
  const timeMs = parseTime("to", String(asked.to));
  if (typeof timeMs !== "number") return err([timeMs]);
  const target = targetOf(body as RestoreBody, columns);
  return "tag" in target ? ok({ tag: "to", target, timeMs, preview }) : err([target]);
}

function targetOf(body: RestoreBody, columns: readonly Column[]): RestoreTarget | FieldProblem {
  if ("cell" in body) {
    const slot = slotOf(body.cell.column, columns, "cell.column");
    return typeof slot === "number" ? { tag: "cell", row: body.cell.row, slot } : slot;
  }
  return "row" in body ? { tag: "row", row: body.row } : { tag: "tab" };
}

function parseRow(text: string): number | FieldProblem {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return { field: "row", problem: `"${text}" is not a row id`, fix: "give a row's $row" };
}

/** By the column's key, or, of a column that is gone, by its slot. */
function slotOf(text: string, columns: readonly Column[], field: string): number | FieldProblem {
  const column = columns.find(({ key }) => key === text);
  if (column) return column.slot;
  if (/^slot:\d{1,7}$/.test(text) && field === "column") return Number(text.slice("slot:".length));
  const meant = suggest(
    text,
    columns.map(({ key }) => key),
  );
  const fix = meant ? `did you mean "${meant}"?` : "use a column's key, as in the rows' answer";
  return { field, problem: `"${text}" is not a column of this tab`, fix };
}

function parseTime(field: string, text: string): number | FieldProblem {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? { field, problem: `"${text}" is not a time`, fix: TIME_FIX } : ms;
}
