import type { RowsAnswer } from "#contract/rest.ts";
import { query } from "../api.ts";
import { Failure } from "../failure.ts";
import { findColumn, findRow } from "../find-row.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { parseTableRef, type TableRef } from "../table-ref.ts";
import { cellText, facts, table } from "../text.ts";

interface GetOptions {
  readonly columns?: string;
  readonly where?: string;
  readonly order?: string;
  readonly limit?: string;
  readonly view?: string;
  readonly by?: string;
  readonly csv?: boolean;
  readonly ndjson?: boolean;
}

const NEWLINE = 10;

export function addGet({ program, run }: Program): void {
  program
    .command("get")
    .summary("rows of a tab, one row, or one cell")
    .description(
      "Rows of a tab, one row, or one cell, as they are durable. A table on a terminal, CSV off one, or what --json, --csv and --ndjson say. ROW is the value in the column that identifies rows, or an id as @12.",
    )
    .argument("<tab>", "SOURCE/TAB")
    .argument("[row]", "value of the key column, or @ID")
    .argument("[column]", "key or header of a column")
    .option("--columns <keys>", "columns to give, comma-separated")
    .option("--where <condition>", "such as \"Price < 100 and Category = 'Tents'\"")
    .option("--order <keys>", 'such as "Price desc, SKU"')
    .option("--limit <rows>", "this many rows at most")
    .option("--view <name>", "the view of the tab instead of the tab")
    .option("--by <column>", "the column that ROW is looked for in")
    .option("--csv", "as CSV")
    .option("--ndjson", "as JSON, a line for each row")
    .action((tab, row, column, options, command) =>
      run(command, (session) => get(session, { tab, row, column }, options)),
    );
}

async function get(
  session: Session,
  { tab, row, column }: { tab: string; row: string | undefined; column: string | undefined },
  options: GetOptions,
): Promise<void> {
  const ref = parseTableRef(tab);
  if (row !== undefined) return one(session, ref, row, column, options);
  if (options.by !== undefined) throw misplaced("--by", "it says where ROW is looked for");
  const format = formatOf(session, options);
  const { columns, where, order, limit, view } = options;
  const asked = query({ columns, where, order, limit, view, format: format === "table" ? "json" : format });
  const answer = await session.api.open(`${ref.path}/rows${asked}`);
  if (format !== "table") {
    let last: number | undefined;
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      await session.world.out.write(part);
      last = part.at(-1) ?? last;
    }
    if (last !== undefined && last !== NEWLINE) await session.world.out.write("\n");
    return;
  }
  const { columns: shown, rows } = (await answer.json()) as RowsAnswer;
  const lines = rows.map((cells) => [`@${cells.$row}`, ...shown.map(({ key }) => cellText(cells[key]))]);
  await session.world.out.write(
    table(["", ...shown.map(({ key }) => key)], lines, session.paint, session.width),
  );
  await session.note(session.paint.dim(`${rows.length} rows`));
}

async function one(
  session: Session,
  ref: TableRef,
  text: string,
  name: string | undefined,
  options: GetOptions,
): Promise<void> {
  for (const option of ["columns", "where", "order", "limit", "csv", "ndjson"] as const) {
    if (options[option] !== undefined) throw misplaced(`--${option}`, "it is for several rows");
  }
  const { columns, row } = await findRow(session.api, ref, text, options);
  if (name !== undefined) {
    const value = row[findColumn(columns, name).key] ?? null;
    return session.print(value, () => `${cellText(value)}\n`);
  }
  const cells = Object.fromEntries(columns.map(({ key }) => [key, cellText(row[key])]));
  return session.print(row, () => facts({ "": `@${row.$row}`, ...cells }, session.paint));
}

function formatOf(session: Session, { csv, ndjson }: GetOptions): "json" | "csv" | "ndjson" | "table" {
  const chosen = [csv && "csv", ndjson && "ndjson", session.json && "json"].filter((format) => !!format);
  if (chosen.length > 1) throw misplaced(`--${chosen[0]}`, `--${chosen[1]} is there, too`);
  return (
    (chosen[0] as "csv" | "ndjson" | "json" | undefined) ?? (session.world.out.isTerminal ? "table" : "csv")
  );
}

function misplaced(option: string, why: string): Failure {
  return new Failure("usage", {
    title: "An option does not fit",
    detail: `${option} does not fit here: ${why}. Leave it out.`,
  });
}
