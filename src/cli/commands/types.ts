import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { schemaHash, tableTypes } from "@sheetwire/client/types";
import type { RowsAnswer } from "#contract/rest.ts";
import { query } from "../api.ts";
import { Failure } from "../failure.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { parseTableRef } from "../table-ref.ts";

interface TypesOptions {
  readonly out?: string | undefined;
  readonly check?: true | undefined;
  readonly view?: string | undefined;
}

export function addTypes({ program, run }: Program): void {
  program
    .command("types")
    .summary("TypeScript types of a tab's rows")
    .description(
      "A TypeScript module with the type of a tab's rows, for `client.table(...)`. With --out the file appears whole or not at all; with --check it is only compared.",
    )
    .argument("<tab>", "SOURCE/TAB")
    .option("--out <file>", "write it there instead of to standard output")
    .option("--check", "end with 1 where the file of --out is not what it would be now")
    .option("--view <name>", "the view of the tab instead of the tab")
    .action((tab, options, command) => run(command, (session) => types(session, tab, options)));
}

async function types(session: Session, tab: string, { out, check, view }: TypesOptions): Promise<void> {
  const ref = parseTableRef(tab);
  const { columns } = await session.api.get<RowsAnswer>(`${ref.path}/rows${query({ limit: 1, view })}`);
  const text = tableTypes({
    source: ref.source,
    tab: view === undefined ? ref.tab : `${ref.tab}@${view}`,
    columns,
  });
  const schema = schemaHash(columns);
  if (out === undefined) {
    if (check) {
      throw new Failure("usage", {
        title: "An option is missing",
        detail: "--check compares a file: name it with --out.",
      });
    }
    return session.print({ schema, text }, () => text);
  }
  if (check) {
    const isCurrent = existsSync(out) && readFileSync(out, "utf8") === text;
    await session.print({ file: out, schema, current: isCurrent }, () => "");
    if (isCurrent) return;
    throw new Failure("failed", {
      title: "The types are old",
      detail: `${out} is not what ${tab} gives now: run the command without --check.`,
    });
  }
  replace(out, text, session.world.randomId());
  await session.print({ file: out, schema }, () => "");
  await session.note(`Wrote ${out}.`);
}

/** Whole or not at all: a compiler that watches never sees half a file. */
function replace(file: string, text: string, id: string): void {
  const draft = `${file}.${id}.tmp`;
  try {
    writeFileSync(draft, text, { flag: "wx" });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("failed", { title: "The file cannot be written", detail: `${file}: ${why}` });
  }
}
