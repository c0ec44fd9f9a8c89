import type { RowAnswer, RowsAnswer, SourceAnswer } from "#contract/rest.ts";
import { type Api, path, query } from "./api.ts";
import { Failure } from "./failure.ts";
import { keyColumnOf, type TableRef } from "./table-ref.ts";
import { cellText } from "./text.ts";

export type ColumnAnswer = RowsAnswer["columns"][number];

/** Rows as somebody may look for them. */
export interface Rows {
  readonly columns: readonly ColumnAnswer[];
  readonly rows: readonly RowAnswer[];
}

/**
 * The row that `text` names: its id as "@12", or the value in the column that identifies rows, which is the source's
 * own or the one called `by`.
 */
export async function findRow(
  api: Api,
  ref: TableRef,
  text: string,
  { by, view }: { readonly by?: string | undefined; readonly view?: string | undefined },
): Promise<{ readonly columns: readonly ColumnAnswer[]; readonly row: RowAnswer }> {
  const id = /^@(\d{1,15})$/.exec(text)?.[1];
  const header = id === undefined ? (by ?? (await keyHeader(api, ref))) : undefined;
  const { columns, rows } = await api.get<RowsAnswer>(`${ref.path}/rows${query({ view })}`);
  const key = header === undefined ? undefined : findColumn(columns, header).key;
  const found = rows.filter((row) =>
    key === undefined ? row.$row === Number(id) : cellText(row[key]) === text,
  );
  if (found.length === 1) return { columns, row: found[0]! };
  const where = key === undefined ? `with the id ${id}` : `whose "${key}" is "${text}"`;
  if (found.length === 0) {
    throw new Failure("not-found", {
      title: "There is no such row",
      detail: `${ref.source}/${ref.tab} has no row ${where}.`,
    });
  }
  const ids = found.slice(0, 10).map(({ $row }) => `@${$row}`);
  throw new Failure("failed", {
    title: "Several rows fit",
    detail: `${found.length} rows of ${ref.source}/${ref.tab} are there ${where}: name one by its id, such as ${ids.join(", ")}.`,
  });
}

/** By key, or by header where one column alone has it. */
export function findColumn(columns: readonly ColumnAnswer[], name: string): ColumnAnswer {
  const byKey = columns.find(({ key }) => key === name);
  const byHeader = columns.filter(({ header }) => header === name);
  const found = byKey ?? (byHeader.length === 1 ? byHeader[0] : undefined);
  if (found) return found;
  throw new Failure("not-found", {
    title: "There is no such column",
    detail: `No column is called "${name}"; there are ${columns.map(({ key }) => `"${key}"`).join(", ")}.`,
  });
}

async function keyHeader(api: Api, { source, tab }: TableRef): Promise<string> {
  const answer = await api.get<SourceAnswer>(path("datasources", source)).catch((cause: unknown) => {
    // A token for this tab alone may not look at the source; rows can still be named otherwise.
    if (cause instanceof Failure && cause.details.status === 403) return null;
    throw cause;
  });
  const header = answer && keyColumnOf(answer, tab);
  if (header) return header;
  const why = answer ? "names no column that identifies a row of this tab" : "is not shown to this token";
  throw new Failure("usage", {
    title: "The row is not named",
    detail: `The source "${source}" ${why}: give --by COLUMN, or the row's id as @ID.`,
  });
}
