import { Option } from "@commander-js/extra-typings";
import type { EditBody, EditsAnswer, Receipt } from "#contract/edits-rest.ts";
import { path, query } from "../api.ts";
import { parseCell, VALUE_TYPES, type ValueType } from "../cell-value.ts";
import { Failure } from "../failure.ts";
import { findColumn, findRow } from "../find-row.ts";
import { wholeNumber } from "../options.ts";
import type { Program } from "../part.ts";
import type { Session } from "../session.ts";
import { parseTableRef } from "../table-ref.ts";
import { cellText } from "../text.ts";

interface SetOptions {
  readonly as?: ValueType | undefined;
  readonly base?: string;
  readonly by?: string;
  readonly timeout: number;
}

interface SetArguments {
  readonly tab: string;
  readonly row: string;
  readonly column: string;
  readonly value: string;
}

/** What one request waits for at most, s: the daemon's own bound. */
const WAIT_S_MAX = 30;
const TIMEOUT_S = 60;

export function addSet({ program, run }: Program): void {
  program
    .command("set")
    .summary("write a cell, and wait until the sheet has it")
    .description(
      "Writes a cell and waits until the sheet has it. The value is read as its column holds values, or as --as says. A conflict, a refusal or a parked edit ends with code 5.",
    )
    .argument("<tab>", "SOURCE/TAB")
    .argument("<row>", "value of the key column, or @ID")
    .argument("<column>", "key or header of the column")
    .argument("<value>", 'what is to stand there; begin options with "--" before a value such as -1')
    .addOption(new Option("--as <type>", "what VALUE is").choices(VALUE_TYPES))
    .option("--base <value>", "write only where this stands; something else there is a conflict")
    .option("--by <column>", "the column that ROW is looked for in")
    .option("--timeout <seconds>", "how long to wait for the receipt", wholeNumber(1, 86_400), TIMEOUT_S)
    .action((tab, row, column, value, options, command) =>
      run(command, (session) => set(session, { tab, row, column, value }, options)),
    );
}

async function set(session: Session, given: SetArguments, options: SetOptions): Promise<void> {
  const { api, world } = session;
  const ref = parseTableRef(given.tab);
  const { columns, row } = await findRow(api, ref, given.row, options);
  const column = findColumn(columns, given.column);
  const value = parseCell(given.value, column, options.as);
  const edit: EditBody = {
    row: row.$row,
    column: column.key,
    value: options.as === "formula" ? null : value,
    ...(options.as === "formula" && { formula: given.value }),
    ...(options.base !== undefined && { base: parseCell(options.base, column, undefined) }),
  };
  const deadlineMs = world.nowMs() + options.timeout * 1_000;
  const waitS = (): number =>
    Math.max(0, Math.min(WAIT_S_MAX, Math.ceil((deadlineMs - world.nowMs()) / 1_000)));
  await session.progress.at(null, "written; the sheet is to confirm it");
  // A connection that breaks must not leave it open whether the edit arrived.
  const headers = { "Idempotency-Key": world.randomId() };
  const { receipts } = await api.send<EditsAnswer>(
    "POST",
    `${ref.path}/edits${query({ wait: waitS() })}`,
    { edits: [edit] },
    headers,
  );
  let receipt = receipts[0]!;
  while (!isDecided(receipt) && world.nowMs() < deadlineMs) {
    await session.progress.at(null, `${receipt.state}; the sheet is to confirm it`);
    receipt = await api.get<Receipt>(`${ref.path}${path("edits", receipt.id)}${query({ wait: waitS() })}`);
  }
  await session.progress.end();
  await told(session, receipt, options.timeout);
}

async function told(session: Session, receipt: Receipt, timeoutS: number): Promise<void> {
  if (receipt.state === "confirmed") {
    return session.print(receipt, () => `${cellText(receipt.value ?? null)}\n`);
  }
  if (session.json) await session.print(receipt, () => "");
  const { id, state, why = "no reason is known", theirs, record } = receipt;
  if (!isDecided(receipt)) {
    throw new Failure("failed", {
      title: "Not confirmed yet",
      detail: `The edit ${id} is ${state} after ${timeoutS} s and goes on by itself: look at the cell later, or give a longer --timeout.`,
    });
  }
  const there = theirs === undefined ? "" : ` There stands "${cellText(theirs)}".`;
  const next =
    record && state === "conflict" ? ` Choose with \`sheetwire conflicts resolve ${record}\`.` : "";
  throw new Failure("conflict", {
    title: `The edit ended as ${state}`,
    detail: `Not written, ${state}: ${why}${there}${next}`,
  });
}

function isDecided({ state }: Receipt): boolean {
  return state !== "received" && state !== "writing";
}
