import { Option } from "@commander-js/extra-typings";
import type { ConflictAnswer, ConflictsAnswer, ResolveBody } from "#contract/edits-rest.ts";
import { path, query } from "../api.ts";
import { Failure } from "../failure.ts";
import { wholeNumber } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { cellText, plain, table } from "../text.ts";

const PAGE_MAX = 100;

export function addConflicts({ program, run }: Program): void {
  const conflicts = program.command("conflicts").description("Conflicts of edits: list, resolve.");
  conflicts
    .command("list")
    .description("The conflicts, the newest first.")
    .addOption(new Option("--state <state>", "only those").choices(["open", "resolved"]))
    .option("--source <id>", "only those of a source")
    .option("--limit <count>", "this many at most", wholeNumber(1, 100_000), 100)
    .action((options, command) =>
      run(command, async (session) => {
        const found = await list(session, options);
        await session.print(found, () => listText(found, session));
      }),
    );
  conflicts
    .command("resolve")
    .summary("choose what is to stand there")
    .description(
      "Chooses what is to stand in the cell: mine is what the edit wished, theirs what stands there, value what --value says. The same choice again changes nothing.",
    )
    .argument("<id>", "the conflict, as list shows it")
    .argument("<choice>", "mine, theirs or value")
    .option("--value <value>", "with the choice value: a number, true, false, null or text")
    .action((id, choice, options, command) =>
      run(command, async (session) => {
        const body = resolveBody(choice, options.value);
        const done = await session.api.send<ConflictAnswer>(
          "POST",
          path("api", "v1", "conflicts", id, "resolve"),
          body,
        );
        await session.print(done, () => "");
        await session.note(`Resolved ${id}: ${done.resolution?.choice ?? choice}.`);
      }),
    );
}

async function list(
  { api }: Session,
  { limit, ...asked }: { limit: number; state?: string | undefined; source?: string | undefined },
): Promise<readonly ConflictAnswer[]> {
  const found: ConflictAnswer[] = [];
  let cursor: string | undefined;
  do {
    const count = Math.min(PAGE_MAX, limit - found.length);
    const page = await api.get<ConflictsAnswer>(
      `/api/v1/conflicts${query({ ...asked, limit: count, cursor })}`,
    );
    found.push(...page.conflicts);
    cursor = page.next;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

function resolveBody(choice: string, value: string | undefined): ResolveBody {
  if (choice === "value" && value !== undefined) return { choice, value: literal(value) };
  if ((choice === "mine" || choice === "theirs") && value === undefined) return { choice };
  throw new Failure("usage", {
    title: "The choice is none",
    detail: "Choose mine, theirs, or value with --value VALUE.",
  });
}

/** A number, a boolean or null as JSON writes them; all else is text. */
function literal(text: string): string | number | boolean | null {
  try {
    const value = JSON.parse(text) as unknown;
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as string;
  } catch {
    // Text.
  }
  return text;
}

function listText(found: readonly ConflictAnswer[], { paint, width }: Session): string {
  const lines = found.map(({ id, state, source, tab, row, column, base, mine, theirs, by, at }) => [
    id,
    state,
    plain(`${source}/${tab} @${row} ${column ?? ""}`),
    cellText(base ?? null),
    cellText(mine),
    cellText(theirs),
    plain(by),
    at,
  ]);
  return table(["id", "state", "where", "base", "mine", "theirs", "by", "at"], lines, paint, width);
}
