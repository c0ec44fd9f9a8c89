import { query, unreachable } from "../api.ts";
import { Failure } from "../failure.ts";
import { wholeNumber } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { type ServerEvent, serverEvents } from "../sse.ts";
import { parseTableRef } from "../table-ref.ts";
import { type ChangeEvent, createChangeText, type ResetEvent } from "./change-text.ts";

interface TailOptions {
  readonly rows?: true | undefined;
  readonly view?: string | undefined;
  readonly limit?: number | undefined;
}

/** Waits before coming back after a broken connection, ms: doubled from the first to the last. */
const RETRY_MS = { first: 500, last: 15_000 };

export function addTail({ program, run }: Program): void {
  program
    .command("tail")
    .summary("changes of a tab as they happen")
    .description(
      "Changes of a tab as they happen, until it is interrupted. Coloured lines on a terminal; off one, or with --json, one JSON object a line with what the events of GET .../events hold, their name as `event` and their id. A broken connection is resumed where it was.",
    )
    .argument("<tab>", "SOURCE/TAB")
    .option("--rows", "all rows first, as one event `reset`")
    .option("--view <name>", "the view of the tab instead of the tab")
    .option("--limit <changes>", "end after this many changes", wholeNumber(1, 1_000_000_000))
    .action((tab, options, command) => run(command, (session) => tail(session, tab, options)));
}

async function tail(session: Session, tab: string, options: TailOptions): Promise<void> {
  const { world, api } = session;
  const asLines = session.json || !world.out.isTerminal;
  const text = createChangeText(session.paint);
  const ref = parseTableRef(tab);
  // Text tells what a cell was before, so it needs the rows.
  const from = options.rows || !asLines ? undefined : "now";
  const address = `${ref.path}/events${query({ from, view: options.view })}`;
  let [changes, retryMs, last] = [0, RETRY_MS.first, ""];

  async function tell({ event, data, id }: ServerEvent): Promise<void> {
    if (event !== "change" && event !== "reset") return;
    const content = JSON.parse(data) as ResetEvent & ChangeEvent;
    if (asLines) {
      if (event === "change" || options.rows || last !== "")
        await world.out.write(`${JSON.stringify({ event, id, ...content })}\n`);
    } else if (event === "reset") await world.out.write(text.reset(content, options.rows === true));
    else await world.out.write(text.change(content, new Date(world.nowMs())));
    if (event === "change") changes++;
  }

  for (;;) {
    try {
      const response = await api.open(address, last === "" ? {} : { "Last-Event-ID": last });
      await session.note(session.paint.dim(last === "" ? `Following ${tab}.` : "Connected again."));
      for await (const event of serverEvents(response.body as unknown as AsyncIterable<Uint8Array>)) {
        await tell(event);
        if (event.id !== "") last = event.id;
        retryMs = RETRY_MS.first;
        if (changes === options.limit) return;
      }
      throw unreachable(api.url, "the connection ended");
    } catch (cause) {
      if (cause instanceof Failure && (cause.exit !== "unreachable" || (last === "" && isRefused(cause))))
        throw cause;
      if (!(cause instanceof Failure) && last === "") throw unreachable(api.url, cause);
      await session.note(`Lost ${api.url}; trying again in ${Math.ceil(retryMs / 1_000)} s.`);
      await world.sleep(retryMs);
      retryMs = Math.min(RETRY_MS.last, retryMs * 2);
    }
  }
}

/** Nothing was ever followed: the first try ends the command. */
function isRefused({ details }: Failure): boolean {
  return !details.detail.includes("the connection ended");
}
