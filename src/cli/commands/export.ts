import { readFileSync } from "node:fs";
import { Option } from "@commander-js/extra-typings";
import type { ExportAnswer, ExportState, UpdateType } from "#contract/exports.ts";
import type { ExportData, TemplateSummary } from "#contract/templates.ts";
import { path, query } from "../api.ts";
import { Failure } from "../failure.ts";
import { collect, wholeNumber } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { parseTableRef } from "../table-ref.ts";
import { facts, plain, table } from "../text.ts";

interface DataOptions {
  readonly data?: string | undefined;
  readonly live?: string | undefined;
  readonly key?: string | undefined;
  readonly wait?: true | undefined;
  readonly timeout: number;
}

interface CreateOptions extends DataOptions {
  readonly title?: string | undefined;
  readonly account?: string | undefined;
  readonly folder?: string | undefined;
  readonly share: readonly string[];
}

const ROOT = ["api", "v1", "export", "sheets"] as const;
const LOOK_MS = 500;
const TIMEOUT_S = 600;
/** States in which nothing goes on by itself. */
const ENDED: ReadonlySet<ExportState> = new Set(["done", "failed", "structure-changed", "cancelled"]);

export function addExport({ program, run }: Program): void {
  const exports = program
    .command("export")
    .description("Workbooks made of data: create, update, status, retry, cancel, delete, list, templates.");
  exports
    .command("create")
    .summary("make a workbook of data")
    .description(
      "Makes a workbook by a template, of data or of a live tab. Without --wait it goes on by itself.",
    )
    .argument("<template>", "a template, as `export templates` shows them")
    .option("--title <title>", "of the workbook; the template's id when absent")
    .option("--data <file>", 'JSON; "-" reads it from standard input')
    .option("--live <tab>", "SOURCE/TAB: the workbook follows it")
    .option("--key <column>", "key of the column that identifies a row, where the template names none")
    .option("--account <id>", 'a connected account, "ambient" or "source:ID"')
    .option("--folder <id>", "Google's id of a folder")
    .option("--share <role:email>", "reader, commenter or writer, and whose (repeat it)", collect, [])
    .option("--wait", "wait until it is done")
    .option("--timeout <seconds>", "how long to wait", wholeNumber(1, 86_400), TIMEOUT_S)
    .action((template, options, command) => run(command, (session) => create(session, template, options)));
  exports
    .command("update")
    .summary("update a workbook that people use")
    .description(
      "append adds rows, replace makes the rows those of the data, upsert changes and adds rows by their key.",
    )
    .argument("<id>", "the export")
    .addOption(
      new Option("--type <type>", "what becomes of the rows")
        .choices(["append", "replace", "upsert"])
        .default("upsert"),
    )
    .option("--data <file>", 'JSON; "-" reads it from standard input')
    .option("--live <tab>", "SOURCE/TAB, as it is now")
    .option("--key <column>", "key of the column that identifies a row")
    .option("--wait", "wait until it is done")
    .option("--timeout <seconds>", "how long to wait", wholeNumber(1, 86_400), TIMEOUT_S)
    .action((id, options, command) =>
      run(command, async (session) => {
        const { type, key } = options;
        const body = {
          data: await dataOf(session, options),
          update_type: type as UpdateType,
          ...(key !== undefined && { key }),
        };
        await follow(session, await sendOnce(session, path(...ROOT, id, "update"), body), options);
      }),
    );
  exports
    .command("status")
    .description("How far an export is.")
    .argument("<id>", "the export")
    .action((id, _options, command) =>
      run(command, async (session) =>
        show(session, await session.api.get<ExportAnswer>(path(...ROOT, id, "status"))),
      ),
    );
  addActs(exports as unknown as Program["program"], run);
  addLists(exports as unknown as Program["program"], run);
}

function addActs(exports: Program["program"], run: Program["run"]): void {
  for (const [act, what] of [
    ["retry", "Goes on with an export that failed."],
    ["cancel", "Cancels what is being written and what waits; what was written stays."],
  ] as const) {
    exports
      .command(act)
      .description(what)
      .argument("<id>", "the export")
      .action((id, _options, command) =>
        run(command, async (session) =>
          show(session, await session.api.send<ExportAnswer>("POST", path(...ROOT, id, act))),
        ),
      );
  }
  exports
    .command("delete")
    .description("Erases an export and its data here. Its workbook stays, unless --trash says otherwise.")
    .argument("<id>", "the export")
    .option("--trash", "the workbook goes to its owner's trash as well")
    .option("--yes", "do it without a question")
    .action((id, { trash, yes }, command) =>
      run(command, async (session) => {
        await session.agree(`Delete the export "${id}"${trash ? " and trash its workbook" : ""}?`, yes);
        await session.api.send("DELETE", `${path(...ROOT, id)}${query({ file: trash ? "trash" : "keep" })}`);
        await session.print({ id, deleted: true }, () => "");
        await session.note(`Deleted ${id}.`);
      }),
    );
}

function addLists(exports: Program["program"], run: Program["run"]): void {
  exports
    .command("list")
    .description("Your exports, the newest first; an administrator's are all.")
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.api.get<ExportAnswer[]>(path(...ROOT));
        const lines = all.map(({ id, state, title, link }) => [id, state, plain(title), link ?? ""]);
        await session.print(all, () =>
          table(["id", "state", "title", "link"], lines, session.paint, session.width),
        );
      }),
    );
  exports
    .command("templates")
    .description("The templates that there are.")
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.api.get<TemplateSummary[]>("/api/v1/export/templates");
        const lines = all.map(({ id, name, version, ready, tabs }) => [
          id,
          String(version),
          ready ? "ready" : "own",
          plain(name),
          plain(tabs.join(", ")),
        ]);
        const headers = ["id", "version", "kind", "name", "tabs"];
        await session.print(all, () => table(headers, lines, session.paint, session.width));
      }),
    );
}

async function create(session: Session, template: string, options: CreateOptions): Promise<void> {
  const { title = template, account, folder, share, key } = options;
  const body = {
    template,
    title,
    data: await dataOf(session, options),
    ...(account !== undefined && { account }),
    ...(folder !== undefined && { folder }),
    ...(key !== undefined && { key }),
    ...(share.length > 0 && { share: share.map(parseShare) }),
  };
  await follow(session, await sendOnce(session, path(...ROOT, "create"), body), options);
}

/** A connection that breaks must not leave it open whether a second workbook would be made. */
function sendOnce({ api, world }: Session, to: string, body: object): Promise<ExportAnswer> {
  return api.send<ExportAnswer>("POST", to, body, { "Idempotency-Key": world.randomId() });
}

async function dataOf(session: Session, { data, live }: DataOptions): Promise<ExportData> {
  if ((data === undefined) === (live === undefined)) {
    throw new Failure("usage", {
      title: "The data are missing",
      detail: "Give --data FILE or --live SOURCE/TAB.",
    });
  }
  if (live !== undefined) {
    const { source, tab } = parseTableRef(live);
    return { source, tab };
  }
  const file = data!;
  try {
    return JSON.parse(
      file === "-" ? await session.world.stdinText() : readFileSync(file, "utf8"),
    ) as ExportData;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("usage", { title: "The data cannot be read", detail: `--data ${file}: ${why}` });
  }
}

function parseShare(text: string): { role: string; email: string } {
  const [, role, email] = /^(reader|commenter|writer):(\S+@\S+)$/.exec(text) ?? [];
  if (role !== undefined && email !== undefined) return { role, email };
  throw new Failure("usage", {
    title: "The share is none",
    detail: `--share "${text}": write reader:ana@example.com.`,
  });
}

async function follow(session: Session, begun: ExportAnswer, { wait, timeout }: DataOptions): Promise<void> {
  const { world, api, progress } = session;
  const deadlineMs = world.nowMs() + timeout * 1_000;
  let answer = begun;
  while (wait && (!ENDED.has(answer.state) || answer.waitingUpdates > 0) && world.nowMs() < deadlineMs) {
    const share = answer.progress ? answer.progress.percent / 100 : null;
    await progress.at(share, `${answer.state}: ${answer.title}`);
    await world.sleep(LOOK_MS);
    answer = await api.get<ExportAnswer>(path(...ROOT, begun.id, "status"));
    if (answer.state === "failed" || answer.state === "structure-changed") break;
  }
  await progress.end();
  await show(session, answer);
  if (wait && answer.state !== "done") {
    const { problem } = answer;
    throw new Failure("failed", {
      title: `The export is ${answer.state}`,
      detail: problem
        ? `${problem.message} ${problem.fix}`
        : `It is ${answer.state} after ${timeout} s: see its status.`,
    });
  }
}

async function show(session: Session, answer: ExportAnswer): Promise<void> {
  const { id, title, state, link, progress, problem, last_sync, notices, lastUpdate } = answer;
  await session.print(answer, () =>
    facts(
      {
        id,
        title: plain(title),
        state,
        link,
        written: progress && `${progress.rowsWritten} of ${progress.rows} rows`,
        "last sync": last_sync,
        changed:
          lastUpdate &&
          `${lastUpdate.added} added, ${lastUpdate.changed} changed, ${lastUpdate.removed} removed`,
        problem: problem && plain(problem.message),
        cure: problem && plain(problem.fix),
        notices: notices.length > 0 ? plain(notices.join(" ")) : undefined,
      },
      session.paint,
    ),
  );
}
