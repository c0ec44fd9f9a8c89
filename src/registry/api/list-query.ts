/** The query of lists that come by pages, and pages of what a token may see. */
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";

export interface ListQuery {
  readonly source?: string;
  readonly state?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface Page<T> {
  readonly records: readonly T[];
  readonly next?: string | undefined;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
/** What a token may not see is left out, and more is read instead; not without end. */
const READ_PAGES_MAX = 20;

/** `states` empty: there are none to choose from. */
export function parseListQuery(
  request: Request,
  states: readonly string[] = [],
): Result<ListQuery, readonly FieldProblem[]> {
  const given = new URL(request.url).searchParams;
  const [source, state, cursor, limit] = ["source", "state", "cursor", "limit"].map((name) =>
    given.get(name),
  );
  const problems: FieldProblem[] = [];
  if (state != null && !states.includes(state)) {
    problems.push({ field: "state", problem: `is "${state}"`, fix: `use one of: ${states.join(", ")}` });
  }
  if (limit != null && !(/^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= LIMIT_MAX)) {
    problems.push({ field: "limit", problem: `is "${limit}"`, fix: `use a number from 1 to ${LIMIT_MAX}` });
  }
  if (problems.length > 0) return err(problems);
  return ok({
    ...(source == null ? {} : { source }),
    ...(state == null ? {} : { state }),
    ...(cursor == null ? {} : { cursor }),
    limit: limit == null ? LIMIT_DEFAULT : Number(limit),
  });
}

/** A page of what `isVisible` lets through; shorter than asked where that is little. */
export async function visiblePage<T>(
  { limit, ...query }: Omit<ListQuery, "state">,
  isVisible: (record: T) => boolean,
  read: (query: Omit<ListQuery, "state">) => Promise<Page<T>>,
): Promise<Page<T>> {
  const records: T[] = [];
  let { cursor } = query;
  for (let pages = 0; pages < READ_PAGES_MAX; pages++) {
    const page = await read({
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
      limit: limit - records.length,
    });
    records.push(...page.records.filter(isVisible));
    cursor = page.next;
    if (cursor === undefined || records.length === limit) break;
  }
  return { records, next: cursor };
}

const parameter = (name: string, description: string, schema: object) => ({
  name,
  in: "query" as const,
  description,
  schema,
});

export const LIST_PARAMETERS = (states: readonly string[] = []) => [
  parameter("source", "Of this source alone.", { type: "string" as const }),
  ...(states.length > 0
    ? [parameter("state", "In this state alone.", { type: "string" as const, enum: [...states] })]
    : []),
  parameter("cursor", "Goes on where a page ended: its `next`.", { type: "string" as const }),
  parameter("limit", "Give this many at most.", {
    type: "integer" as const,
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
  }),
];
