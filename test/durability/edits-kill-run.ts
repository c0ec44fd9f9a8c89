/**
 * Kills the real daemon with SIGKILL again and again while clients edit, through stock documents and over REST, and a
 * person types and sorts beside them. In the end every edit has one fate, and sheet, documents and history agree.
 */
import type { HistoryAnswer, HistoryEntry } from "#contract/history.ts";
import type { RowsAnswer } from "#contract/rest.ts";
import { type DaemonProcess, freePort, spawnDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type EditedWorkbook, HEADER, SOURCE, serveEditedWorkbook, TAB } from "./edited-workbook.ts";
import { kill, median } from "./kill-run.ts";
import { createRecordingClient } from "./recording-client.ts";
import { becomesReady } from "./stage.ts";
import {
  createDocumentClient,
  createRestClient,
  type RestClient,
  stateVectorOf,
  type Wish,
} from "./wishing-clients.ts";

export interface EditsKillOptions {
  readonly rounds: number;
  readonly seed: string;
  readonly onRound?: (figures: EditsKillFigures) => void;
}

export interface EditsKillFigures {
  rounds: number;
  killedWhileStarting: number;
  wishes: number;
  confirmed: number;
  /** A person's sort slipped between read and write: taken back and kept as a record. */
  conflicts: number;
  /** Cells that are not as was wished because a sort slipped under a write, which no client of Google's can rule out. */
  astray: number;
  historyEntries: number;
  readyMs: number;
}

const WHILE_STARTING_SHARE = 0.25;
const START_KILL_MS = 600;
const WORK_KILL_MS = 2_000;
/** About what it takes to write down what came of a batch. */
const WRITE_KILL_MS = 30;
const WISH_EVERY_MS = 40;
const DOCUMENT_CLIENTS = 4;
/** The write quota of a minute, should it be spent, and some. */
const SETTLE_MS = 120_000;
const TAB_PATH = `/datasources/${SOURCE}/tabs/${TAB}`;
const HEADERS = { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" };

/** Throws at the first thing that is not as it should be. */
export async function killAmidEdits({ rounds, seed, onRound }: EditsKillOptions): Promise<EditsKillFigures> {
  const random = createSeededRandom(seed);
  using dir = tempDir();
  const workbook = await serveEditedWorkbook(random.split("person"));
  const port = freePort();
  const env = {
    SHEETWIRE_GOOGLE_ENDPOINT: workbook.endpoint,
    SHEETWIRE_DEMO: "off",
    SHEETWIRE_LOG_LEVEL: "warn",
  };
  const start = (): DaemonProcess => spawnDaemon({ port, env, dataDir: dir.path });
  let daemon = start();
  const startsMs = [await becomesReady(daemon)];
  await ask(daemon, "POST", "/datasources/register", workbook.registration);
  const figures = { rounds: 0, killedWhileStarting: 0, wishes: 0, confirmed: 0, conflicts: 0, astray: 0 };
  const told = () => ({ ...figures, historyEntries: 0, readyMs: median(startsMs) });
  const clients = await seatClients(daemon);
  const wishing = random.split("wishes");
  const timer = setInterval(() => {
    // New rows, which could be added twice, come over REST alone.
    const client = wishing.int(2) === 0 ? clients.rest : wishing.pick(clients.documents);
    client.wish(wishing);
  }, WISH_EVERY_MS);
  workbook.shake();
  try {
    for (; figures.rounds < rounds; figures.rounds++) {
      if (random.float() < WHILE_STARTING_SHARE) {
        await Bun.sleep(random.float() * START_KILL_MS);
        figures.killedWhileStarting++;
      } else {
        startsMs.push(await becomesReady(daemon));
        await momentOf(random, workbook, clients.rest);
      }
      await kill(daemon);
      daemon = start();
      figures.wishes = clients.all.reduce((sum, { wishes }) => sum + wishes.length, 0);
      onRound?.(told());
    }
    await becomesReady(daemon);
    clearInterval(timer);
    workbook.rest();
    const settled = await waitFor(() => clients.all.every((client) => client.settled), SETTLE_MS);
    const wishes = clients.all.flatMap((client) => client.wishes);
    const waiting = wishes.filter(({ fate }) => fate === "open");
    if (!settled) throw new Error(`${waiting.length} edits have no end: ${JSON.stringify(waiting)}`);
    const count = (fate: Wish["fate"]): number => wishes.filter((wish) => wish.fate === fate).length;
    const refused = wishes.filter(({ fate }) => fate === "refused");
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    const rows = await converged(daemon, workbook);
    const astray = compareSheet(workbook, wishes);
    const entries = await compareHistory(daemon, rows, wishes, workbook);
    await compareDocuments(clients.documents, port, rounds + 1);
    const [confirmed, conflicts] = [count("confirmed"), count("conflict")];
    return { ...told(), wishes: wishes.length, confirmed, conflicts, astray, historyEntries: entries };
  } finally {
    clearInterval(timer);
    for (const client of clients.all) client.destroy();
    await daemon.kill("SIGKILL");
    await workbook.stop();
  }
}

async function ask<T>(daemon: DaemonProcess, method: string, path: string, body?: object): Promise<T> {
  const init = { method, headers: HEADERS, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${daemon.url}${path}`, init);
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Each has a token of its own. */
async function seatClients(daemon: DaemonProcess) {
  await waitFor(async () => (await fetch(`${daemon.url}${TAB_PATH}/rows`, { headers: HEADERS })).ok, 20_000);
  const scopes = (["read", "write"] as const).map((action) => ({ action, source: SOURCE }));
  const tokens: string[] = [];
  for (let index = 0; index <= DOCUMENT_CLIENTS; index++) {
    const made = { name: `client ${index}`, scopes };
    tokens.push((await ask<{ token: string }>(daemon, "POST", "/api/v1/tokens", made)).token);
  }
  const url = `${daemon.url.replace("http", "ws")}/sync`;
  const documents = tokens.slice(1).map((token, index) => createDocumentClient(index, url, token));
  const rest = createRestClient(daemon.url, tokens[0]!);
  return { documents, rest, all: [...documents, rest] };
}

/** Any moment, one soon after the sheet was written, or the one in which a client learns that its edit was taken. */
async function momentOf(random: SeededRandom, workbook: EditedWorkbook, rest: RestClient): Promise<void> {
  const [kind, part] = [random.int(3), random.float()];
  if (kind === 0) return Bun.sleep(part * WORK_KILL_MS);
  await Promise.race([kind === 1 ? workbook.nextWrite() : rest.nextAnswer(), Bun.sleep(WORK_KILL_MS)]);
  if (kind === 1) await Bun.sleep(part * WRITE_KILL_MS);
}

/** What the daemon tells once it is what the sheet shows. */
async function converged(daemon: DaemonProcess, workbook: EditedWorkbook): Promise<RowsAnswer> {
  let rows!: RowsAnswer;
  const wanted = JSON.stringify(workbook.rows().map((row) => HEADER.map((_, at) => row[at] ?? "")));
  const isSo = async (): Promise<boolean> => {
    rows = await ask(daemon, "GET", `${TAB_PATH}/rows`);
    return JSON.stringify(rows.rows.map((row) => HEADER.map((header) => row[header] ?? ""))) === wanted;
  };
  if (await waitFor(isSo, 60_000)) return rows;
  throw new Error(`the rows do not come to be the sheet's: ${JSON.stringify(rows.rows)} and ${wanted}`);
}

/** In each cell stands the last wish for it that was confirmed; a new row stands there once. Else how many were raced. */
function compareSheet(workbook: EditedWorkbook, wishes: readonly Wish[]): number {
  let astray = 0;
  const wanted = new Map<string, number>();
  for (const { row, column, value, fate } of wishes)
    if (fate === "confirmed") wanted.set(`${row}/${column}`, value);
  const rows = workbook.rows();
  const names = rows.map(([name]) => String(name));
  if (new Set(names).size !== names.length) throw new Error(`a row stands there twice: ${names.join(", ")}`);
  for (const row of rows) {
    for (const [at, header] of HEADER.entries()) {
      if (at === 0 || header === "typed") continue;
      const place = `${row[0]}/${header}`;
      const [there, want] = [row[at] || 0, wanted.get(place) ?? 0];
      if (there !== want && [place, there, want].some((each) => workbook.raced.has(each))) astray++;
      else if (there !== want) {
        const about = wishes.filter(({ value }) => value === there || value === want);
        throw new Error(`${place} is ${there} and should be ${want}: ${JSON.stringify(about)}`);
      }
      wanted.delete(place);
    }
  }
  const missing = [...wanted].filter(
    ([place, value]) => ![place, value].some((each) => workbook.raced.has(each)),
  );
  if (missing.length > 0) throw new Error(`missing in the sheet: ${missing.join(", ")}`);
  return astray + wanted.size;
}

/** Carried out it gives the rows; each confirmed edit is told once, and no edit that was not. */
async function compareHistory(
  daemon: DaemonProcess,
  rows: RowsAnswer,
  wishes: readonly Wish[],
  { raced }: EditedWorkbook,
) {
  const entries: HistoryEntry[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const at: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: HistoryAnswer = await ask(daemon, "GET", `${TAB_PATH}/history?limit=1000${at}`);
    entries.push(...page.entries);
    cursor = page.next;
  }
  const told = new Map<unknown, number>();
  const cells = new Map<string, unknown>();
  for (const entry of entries.toReversed()) {
    if (entry.kind === "cell") {
      const place = `${entry.row}:${entry.slot}`;
      const known = cells.get(place) ?? null;
      if (known !== entry.before) throw new Error(`${JSON.stringify(entry)} follows ${known}`);
      cells.set(place, entry.after);
      told.set(entry.after, (told.get(entry.after) ?? 0) + 1);
    } else if (entry.kind === "added") {
      for (const [slot, value] of entry.values.entries()) {
        cells.set(`${entry.row}:${slot}`, value);
        told.set(value, (told.get(value) ?? 0) + 1);
      }
    }
  }
  for (const row of rows.rows) {
    for (const { slot, key } of rows.columns) {
      const [said, is] = [cells.get(`${row.$row}:${slot}`) ?? null, row[key] ?? null];
      if (said !== is)
        throw new Error(`the history ends with ${said} in ${row.$row}:${slot}, which is ${is}`);
    }
  }
  for (const { value, fate, row, column } of wishes) {
    const times = told.get(value) ?? 0;
    if (raced.has(value) || raced.has(`${row}/${column}`)) continue;
    if (fate === "confirmed" && times !== 1) throw new Error(`${value} is told ${times} times`);
  }
  return entries.length;
}

/** Every client holds what a newcomer gets; only the daemon, once a start, ever wrote into the mirror. */
async function compareDocuments(
  clients: readonly ReturnType<typeof createDocumentClient>[],
  port: number,
  starts: number,
): Promise<void> {
  const newcomer = createRecordingClient(`ws://127.0.0.1:${port}/sync/${SOURCE}/${TAB}?token=${TEST_TOKEN}`);
  await waitFor(() => newcomer.synced, 20_000);
  const wanted = stateVectorOf(newcomer.doc);
  newcomer.close();
  const same = (): boolean => clients.every(({ doc }) => Bun.deepEquals(stateVectorOf(doc), wanted));
  if (!(await waitFor(same, 20_000))) throw new Error("a client's mirror is not what a newcomer gets");
  const writers = [...wanted.keys()];
  // A start may use one more after an append that failed.
  if (writers.length > 2 * starts || writers.some((writer) => writer > 2 * starts))
    throw new Error(`wrote into the mirror: ${writers.join(", ")} at ${starts} starts`);
  for (const { own, name } of clients) {
    const left = [...own.getMap("edits").keys()];
    if (left.length > 0) throw new Error(`${name} still wishes for ${left.join(", ")}`);
  }
}
