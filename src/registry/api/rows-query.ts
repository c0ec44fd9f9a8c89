import type { Column, RowId } from "#contract/layout.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { OrderBy } from "../../model/view.ts";
import { claimsOf, columnsOf, type Expression } from "../../model/where/expression.ts";
import { parseWhere } from "../../model/where/parse.ts";
import { suggest } from "../suggest.ts";
import { CLAIM_PREFIX } from "./view-query.ts";

export const ROWS_FORMATS = {
  json: "application/json",
  csv: "text/csv",
  ndjson: "application/x-ndjson",
} as const;

export type RowsFormat = keyof typeof ROWS_FORMATS;

/** Which part of a tab to answer. */
export interface RowsQuery {
  /** In the order asked for; the tab's own order when nothing was asked. */
  readonly columns: readonly Column[];
  readonly where: Expression | null;
  readonly order: readonly OrderBy[];
  readonly limit: number;
  /** The row that the last page ended with. */
  readonly after: Cursor | null;
  /** Null: by the Accept header. */
  readonly format: RowsFormat | null;
}

/** Where a page ended: behind this row, or, where it is gone, behind so many. */
export interface Cursor {
  readonly row: RowId;
  readonly count: number;
}

const PARAMETERS = ["columns", "where", "order", "limit", "cursor", "format", "view"];
const ORDER_COLUMNS_MAX = 10;

/** Reads `?columns=a,b&where=a > 1&order=b desc&limit=10&cursor=...`; anything else is refused, not ignored. */
export function parseRowsQuery(
  query: URLSearchParams,
  columns: readonly Column[],
): Result<RowsQuery, readonly FieldProblem[]> {
  const problems: FieldProblem[] = [...unknownParameters(query)];
  const take = <T>(
    name: string,
    parse: (text: string) => Result<T, readonly FieldProblem[]>,
    absent: T,
  ): T => {
    const text = query.get(name);
    if (text === null) return absent;
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    problems.push(...parsed.error);
    return absent;
  };
  const chosen = query.has("columns") ? chooseColumns(query.getAll("columns"), columns) : ok(columns);
  if (!chosen.ok) problems.push(...chosen.error);
  const value: RowsQuery = {
    columns: chosen.ok ? chosen.value : columns,
    where: take("where", (text) => parseCondition(text, columns), null),
    order: take("order", (text) => parseOrder(text, columns), []),
    limit: take("limit", parseLimit, Number.POSITIVE_INFINITY),
    after: take("cursor", parseCursor, null),
    format: take("format", parseFormat, null),
  };
  return problems.length > 0 ? err(problems) : ok(value);
}

export function formatCursor({ row, count }: Cursor): string {
  return `${row.toString(36)}.${count.toString(36)}`;
}

function parseCursor(text: string): Result<Cursor, readonly FieldProblem[]> {
  const [, row, count] = /^([0-9a-z]{1,10})\.([0-9a-z]{1,10})$/.exec(text) ?? [];
  if (row && count) return ok({ row: Number.parseInt(row, 36), count: Number.parseInt(count, 36) });
  return err([
    { field: "cursor", problem: "is not one that an answer gave", fix: "copy `next` of the last page" },
  ]);
}

/** A condition that asks for claims belongs in a view: whoever writes it here could claim anything. */
function parseCondition(
  text: string,
  columns: readonly Column[],
): Result<Expression, readonly FieldProblem[]> {
  const parsed = parseWhere(text);
  if (!parsed.ok) {
    const { at, problem, fix } = parsed.error;
    return err([{ field: "where", problem: `at character ${at + 1}: ${problem}`, fix }]);
  }
  if (claimsOf(parsed.value).length > 0) {
    return err([
      { field: "where", problem: "asks for claims", fix: "make a view of it: POST /api/v1/views" },
    ]);
  }
  const unknown = unknownColumns("where", columnsOf(parsed.value), columns);
  return unknown.length > 0 ? err(unknown) : parsed;
}

/** `Price desc, "In stock"`: keys, quoted where a comma or a blank stands in them. */
function parseOrder(
  text: string,
  columns: readonly Column[],
): Result<readonly OrderBy[], readonly FieldProblem[]> {
  const keys = new Set(columns.map(({ key }) => key));
  const parts = [...text.matchAll(/\s*(?:"([^"]*)"|([^,"]*?))(?:\s+(asc|desc))?\s*(?:,|$)/giy)].filter(
    ([all]) => all,
  );
  const order = parts.map(([, quoted, plain, direction]) => ({
    key: quoted ?? plain ?? "",
    descending: direction?.toLowerCase() === "desc",
  }));
  if (order.length === 0 || order.length > ORDER_COLUMNS_MAX || parts.map(([all]) => all).join("") !== text) {
    return err([
      {
        field: "order",
        problem: "cannot be read",
        fix: `write up to ${ORDER_COLUMNS_MAX} keys such as Price desc, SKU`,
      },
    ]);
  }
  const unknown = unknownColumns(
    "order",
    order.map(({ key }) => key).filter((key) => !keys.has(key)),
    columns,
  );
  return unknown.length > 0 ? err(unknown) : ok(order);
}

function parseLimit(text: string): Result<number, readonly FieldProblem[]> {
  if (/^[1-9]\d{0,8}$/.test(text)) return ok(Number(text));
  return err([
    {
      field: "limit",
      problem: "is not a whole number from 1 to 999999999",
      fix: "give how many rows you want, such as limit=100",
    },
  ]);
}

function parseFormat(text: string): Result<RowsFormat, readonly FieldProblem[]> {
  if (Object.hasOwn(ROWS_FORMATS, text)) return ok(text as RowsFormat);
  return err([{ field: "format", problem: "is not known", fix: "use json, csv or ndjson" }]);
}

/**
 * The format that an Accept header likes best (RFC 9110, 12.5.1); JSON where it does not matter; null when none of
 * ours will do.
 */
export function negotiateFormat(accept: string | null): RowsFormat | null {
  if (accept === null || accept.trim() === "") return "json";
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { type: type === "application/ndjson" ? ROWS_FORMATS.ndjson : type, q: Number(q) || 0 };
  });
  const liking = (mediaType: string): number => {
    const [major] = mediaType.split("/");
    const names = [mediaType, `${major}/*`, "*/*"];
    for (const name of names) {
      const range = ranges.find(({ type }) => type === name);
      if (range) return range.q;
    }
    return 0;
  };
  const formats = (Object.keys(ROWS_FORMATS) as RowsFormat[]).map((format) => ({
    format,
    q: liking(ROWS_FORMATS[format]),
  }));
  // The sort is stable: JSON comes first among equals.
  const [best] = formats.sort((left, right) => right.q - left.q);
  return best && best.q > 0 ? best.format : null;
}

function unknownParameters(query: URLSearchParams): FieldProblem[] {
  return [...new Set(query.keys())]
    .filter((name) => !PARAMETERS.includes(name) && !name.startsWith(CLAIM_PREFIX))
    .map((name) => {
      const meant = suggest(name, PARAMETERS);
      const fix = meant ? `did you mean "${meant}"?` : `leave it out; there are ${PARAMETERS.join(", ")}`;
      return { field: name, problem: "is not a parameter of this request", fix };
    });
}

/** A key may hold a comma itself, so a whole value that is a key counts as one. */
function chooseColumns(
  values: readonly string[],
  columns: readonly Column[],
): Result<readonly Column[], readonly FieldProblem[]> {
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const names = new Set(values.flatMap((value) => (byKey.has(value) ? [value] : value.split(","))));
  const unknown = unknownColumns("columns", [...names], columns);
  return unknown.length > 0 ? err(unknown) : ok([...names].map((name) => byKey.get(name)!));
}

function unknownColumns(
  field: string,
  names: readonly string[],
  columns: readonly Column[],
): readonly FieldProblem[] {
  const keys = columns.map(({ key }) => key);
  const known = new Set(keys);
  return names
    .filter((name) => !known.has(name))
    .map((name) => {
      const meant = suggest(name, keys);
      const fix = meant ? `did you mean "${meant}"?` : `use some of ${keys.slice(0, 50).join(", ")}`;
      return { field, problem: `"${name}" is not a column's key`, fix };
    });
}
