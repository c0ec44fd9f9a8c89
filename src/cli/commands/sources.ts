import { readFileSync } from "node:fs";
import type {
  PreviewAnswer,
  RegisterBody,
  ServiceAccountKey,
  SourceAnswer,
  SourceState,
} from "#contract/rest.ts";
import { path } from "../api.ts";
import { Failure } from "../failure.ts";
import { collect, pair, wholeNumber } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { cellText, facts, type Paint, plain, table } from "../text.ts";
import { previewText } from "./preview-text.ts";

interface AddOptions {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly interval?: number | undefined;
  readonly key: readonly string[];
  readonly tab: readonly string[];
  readonly header: readonly string[];
  readonly writable?: true | undefined;
  readonly keyFile?: string | undefined;
  readonly account?: string | undefined;
  readonly from?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly wait: boolean;
}

const FIRST_POLL_MS = 30_000;
const LOOK_MS = 250;

export function addSources({ program, run }: Program): void {
  const sources = program
    .command("sources")
    .description("The sources: list, show, add, remove, pause, resume, poll.");
  sources
    .command("list")
    .description("All sources with their state.")
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.api.get<SourceAnswer[]>("/datasources");
        await session.print(all, () => listText(all, session));
      }),
    );
  sources
    .command("show")
    .description("One source: its state, its tabs and what is odd about them.")
    .argument("<id>", "the source")
    .action((id, _options, command) =>
      run(command, async (session) =>
        show(session, await session.api.get<SourceAnswer>(path("datasources", id))),
      ),
    );
  addAdd(sources as unknown as Program["program"], run);
  sources
    .command("remove")
    .description("Removes a source with its documents, history, edits and secrets.")
    .argument("<id>", "the source")
    .option("--yes", "do it without a question")
    .action((id, { yes }, command) =>
      run(command, async (session) => {
        await session.agree(`Remove the source "${id}" and all that is kept of it?`, yes);
        await session.api.send("DELETE", path("datasources", id, "delete"));
        await session.print({ id, removed: true }, () => "");
        await session.note(`Removed ${id}.`);
      }),
    );
  for (const [name, description] of ACTS) {
    sources
      .command(name)
      .description(description)
      .argument("<id>", "the source")
      .action((id, _options, command) =>
        run(command, async (session) =>
          show(session, await session.api.send<SourceAnswer>("POST", path("datasources", id, name))),
        ),
      );
  }
}

function addAdd(sources: Program["program"], run: Program["run"]): void {
  sources
    .command("add")
    .summary("register a sheet or a feed")
    .description(
      "Registers a Google sheet or a feed by its link, and waits for its first poll. --dry-run reads it once and saves nothing.",
    )
    .argument("[url]", "link of the sheet or the feed")
    .option("--id <id>", "names it in addresses; made from the name when absent")
    .option("--name <name>", "what people call it; made from the link when absent")
    .option("--type <type>", "googleSheet or external; by the link when absent")
    .option("--interval <ms>", "milliseconds between polls", wholeNumber(250, 86_400_000))
    .option("--tab <tab>", "a tab to sync, by title, range or name; all when absent (repeat it)", collect, [])
    .option(
      "--key <tab=header>",
      "the column that identifies a row of a tab (repeat it); of a feed its name alone",
      collect,
      [],
    )
    .option(
      "--header <name:value>",
      "sent with each request to a feed; see --from for secrets (repeat it)",
      collect,
      [],
    )
    .option("--writable", "edits may be written back")
    .option("--key-file <file>", "JSON key of a Google service account")
    .option("--account <id>", "a connected Google account")
    .option(
      "--from <file>",
      'the whole request as JSON, as POST /datasources/register takes it; "-" reads it from standard input',
    )
    .option("--dry-run", "read it once, show what it would bring, save nothing")
    .option("--no-wait", "do not wait for the first poll")
    .action((url, options, command) => run(command, (session) => add(session, url, options)));
}

const ACTS = [
  ["pause", "Stops polling until it is resumed."],
  ["resume", "Polls again."],
  ["poll", "Polls soon, whatever the pace."],
] as const;

async function add(session: Session, url: string | undefined, options: AddOptions): Promise<void> {
  const body = await bodyOf(session, url, options);
  if (options.dryRun) {
    const preview = await session.api.send<PreviewAnswer>("POST", "/datasources/preview", body);
    await session.print(preview, () => previewText(preview, session));
    if (preview.error) throw cannotRead(preview.error);
    return;
  }
  let source = await session.api.send<SourceAnswer>("POST", "/datasources/register", body);
  const deadlineMs = session.world.nowMs() + FIRST_POLL_MS;
  while (options.wait && source.state === "loading" && session.world.nowMs() < deadlineMs) {
    await session.progress.at(null, `reading ${source.id}`);
    await session.world.sleep(LOOK_MS);
    source = await session.api.get<SourceAnswer>(path("datasources", source.id));
  }
  await session.progress.end();
  await show(session, source);
  if (source.error) throw cannotRead(source.error);
}

async function bodyOf(
  session: Session,
  url: string | undefined,
  options: AddOptions,
): Promise<Partial<RegisterBody>> {
  const { from, id, name, interval, account, keyFile, tab, key, header, writable } = options;
  const given =
    from === undefined
      ? {}
      : parseJson(from, from === "-" ? await session.world.stdinText() : readText(from));
  const link = url ?? (given as Partial<RegisterBody>).url;
  if (link === undefined) {
    throw new Failure("usage", {
      title: "The link is missing",
      detail: "Give the link of the sheet or the feed, or the whole request with --from FILE.",
    });
  }
  return {
    type: isGoogle(link) ? "googleSheet" : "external",
    name: nameOf(link),
    ...given,
    url: link,
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(options.type !== undefined && { type: options.type as RegisterBody["type"] }),
    ...(interval !== undefined && { pollingInterval: interval }),
    ...(tab.length > 0 && { tabs: tab }),
    ...keyOf(key),
    ...(header.length > 0 && { headers: Object.fromEntries(header.map((text) => pair(text, ":"))) }),
    ...(writable && { writable }),
    ...(account !== undefined && { credentials: { type: "account", id: account } as const }),
    ...(keyFile !== undefined && {
      credentials: {
        type: "serviceAccount",
        key: parseJson(keyFile, readText(keyFile)) as ServiceAccountKey,
      } as const,
    }),
  };
}

/** A feed has one key; each tab of a workbook has its own. */
function keyOf(given: readonly string[]): Pick<RegisterBody, "keyField" | "keyColumns"> {
  const [first] = given;
  if (first === undefined) return {};
  if (given.length === 1 && !first.includes("=")) return { keyField: first };
  return { keyColumns: Object.fromEntries(given.map((text) => pair(text))) };
}

function isGoogle(link: string): boolean {
  return URL.parse(link)?.hostname === "docs.google.com";
}

function nameOf(link: string): string {
  const url = URL.parse(link);
  if (!url) return link.slice(0, 60);
  return isGoogle(link) ? "Google sheet" : url.hostname;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new Failure("usage", {
      title: "A file cannot be read",
      detail: `${file} cannot be read (${why}).`,
    });
  }
}

/** What is in the file may be secret: the parser's own words, which quote it, stay out. */
export function parseJson(file: string, text: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  const name = file === "-" ? "Standard input" : file;
  throw new Failure("usage", { title: "A file is not JSON", detail: `${name} must hold one JSON object.` });
}

async function show(session: Session, source: SourceAnswer): Promise<void> {
  await session.print(source, () => showText(source, session));
}

function showText(source: SourceAnswer, { paint, width }: Session): string {
  const { id, name, type, url, state, pollingInterval, lastPollAt, lastChangeAt, nextPollAt, error } = source;
  const lines = facts(
    {
      id,
      name: plain(name),
      type,
      url: plain(url),
      state: stateText(state, paint),
      interval: `${pollingInterval} ms`,
      "last poll": lastPollAt,
      "last change": lastChangeAt,
      "next poll": nextPollAt,
      writable: source.writable ? "yes" : undefined,
      "edits waiting": source.writeBack ? String(source.writeBack.pending) : undefined,
      problem: error && paint.red(plain(error.message)),
      cure: error && plain(error.fix),
    },
    paint,
  );
  const tabs = source.tabs.map((tab) => [`${id}/${plain(tab.name)}`, String(tab.rows), String(tab.columns)]);
  const notices = (source.notices ?? []).map((notice) => `${paint.yellow("!")} ${plain(notice)}\n`);
  return `${lines}${tabs.length > 0 ? `\n${table(["tab", "rows", "columns"], tabs, paint, width)}` : ""}${notices.join("")}`;
}

function listText(all: readonly SourceAnswer[], { paint, width }: Session): string {
  const lines = all.map(({ id, state, type, tabs, lastPollAt, error, name }) => [
    id,
    state,
    type,
    String(tabs.length),
    lastPollAt ?? "never",
    plain(error?.message ?? name),
  ]);
  return table(["id", "state", "type", "tabs", "last poll", "name or problem"], lines, paint, width);
}

function stateText(state: SourceState, paint: Paint): string {
  if (state === "live") return paint.green(state);
  return state === "failed" || state === "failing" ? paint.red(state) : paint.yellow(state);
}

function cannotRead({ code, message, fix }: NonNullable<PreviewAnswer["error"]>): Failure {
  return new Failure("failed", {
    title: "The source cannot be read",
    type: `urn:sheetwire:source:${code}`,
    detail: `${cellText(message)} ${cellText(fix)}`,
  });
}
