import type { Column } from "#contract/layout.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { suggest } from "../suggest.ts";

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
  readonly limit: number;
  /** Null: by the Accept header. */
  readonly format: RowsFormat | null;
}

const PARAMETERS = ["columns", "limit", "format"];

/** Reads `?columns=a,b&limit=10&format=csv`; anything else is refused, lest a filter be ignored in silence. */
export function parseRowsQuery(
  query: URLSearchParams,
  columns: readonly Column[],
): Result<RowsQuery, readonly FieldProblem[]> {
  const problems: FieldProblem[] = [...unknownParameters(query)];
  const chosen = query.has("columns") ? chooseColumns(query.getAll("columns"), columns) : ok(columns);
  if (!chosen.ok) problems.push(...chosen.error);

  const limitText = query.get("limit");
  const limit = limitText === null ? Number.POSITIVE_INFINITY : Number(limitText);
  if (limitText !== null && !/^[1-9]\d{0,8}$/.test(limitText)) {
    problems.push({
      field: "limit",
      problem: "is not a whole number from 1 to 999999999",
      fix: "give how many rows you want, such as limit=100",
    });
  }
  const format = query.get("format");
  if (format !== null && !Object.hasOwn(ROWS_FORMATS, format)) {
    problems.push({ field: "format", problem: "is not known", fix: "use json, csv or ndjson" });
  }
  if (problems.length > 0 || !chosen.ok) return err(problems);
  return ok({ columns: chosen.value, limit, format: format as RowsFormat | null });
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
    .filter((name) => !PARAMETERS.includes(name))
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
  const unknown = [...names].filter((name) => !byKey.has(name));
  if (unknown.length > 0) {
    const keys = [...byKey.keys()];
    return err(
      unknown.map((name) => {
        const meant = suggest(name, keys);
        const fix = meant ? `did you mean "${meant}"?` : `use some of ${keys.slice(0, 50).join(", ")}`;
        return { field: "columns", problem: `"${name}" is not a column's key`, fix };
      }),
    );
  }
  return ok([...names].map((name) => byKey.get(name)!));
}
