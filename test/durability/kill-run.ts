/**
 * Kills the real daemon with SIGKILL again and again, at random moments of its start and of its work, while people
 * change workbooks and clients listen; after each start it compares what clients ever received with what is there.
 */
import { type DaemonProcess, freePort, spawnDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { tempDir } from "../support/temp-dir.ts";
import { createDocumentWatch, type DocumentWatch } from "./document-watch.ts";
import { type ShakingWorkbooks, serveShakingWorkbooks, WORKBOOKS } from "./shaking-workbooks.ts";

export interface KillOptions {
  readonly rounds: number;
  readonly seed: string;
  readonly onRound?: (figures: KillFigures) => void;
}

export interface KillFigures {
  rounds: number;
  killedWhileStarting: number;
  killedWhileWorking: number;
  /** Changes that people made to cells and rows. */
  changes: number;
  /** Updates that clients received and that were found again. */
  received: number;
  /** Median time from the start of the process to its first ready answer. */
  readyMs: number;
}

/** A round in so many that is killed on its way up, and one that starts while the source does not answer. */
const WHILE_STARTING_SHARE = 0.3;
const SOURCE_DOWN_SHARE = 0.3;
const CONVERGE_EVERY = 5;
/** About twice a start, so that a kill hits any of its parts and the first polls. */
const START_KILL_MS = 600;
const WORK_KILL_MS = 1_500;
const PATIENCE_MS = 20_000;

/** Throws at the first thing that is not as it should be. */
export async function killAgainAndAgain({ rounds, seed, onRound }: KillOptions): Promise<KillFigures> {
  const random = createSeededRandom(seed);
  using dir = tempDir();
  const workbooks = await serveShakingWorkbooks(random.split("people"));
  const port = freePort();
  const watches = WORKBOOKS.map((name) => createDocumentWatch(name, port));
  const figures: KillFigures = {
    rounds: 0,
    killedWhileStarting: 0,
    killedWhileWorking: 0,
    changes: 0,
    received: 0,
    readyMs: 0,
  };
  const starts: number[] = [];
  let daemon: DaemonProcess | null = null;
  const start = (): DaemonProcess => {
    const env = {
      SHEETWIRE_GOOGLE_ENDPOINT: workbooks.endpoint,
      SHEETWIRE_DEMO: "off",
      SHEETWIRE_LOG_LEVEL: "warn",
    };
    return spawnDaemon({ dataDir: dir.path, port, env });
  };
  try {
    daemon = start();
    await ready(daemon);
    await register(daemon, workbooks);
    workbooks.shake();
    for (; figures.rounds < rounds; figures.rounds++) {
      if (random.float() < WHILE_STARTING_SHARE && figures.rounds > 0) {
        await Bun.sleep(random.float() * START_KILL_MS);
        figures.killedWhileStarting++;
      } else {
        if (figures.rounds > 0) starts.push(await ready(daemon));
        for (const watch of watches) figures.received += await watch.check();
        workbooks.down(false);
        if (figures.rounds % CONVERGE_EVERY === 0) await converge(workbooks, watches);
        await Bun.sleep(random.float() * WORK_KILL_MS);
        figures.killedWhileWorking++;
      }
      await kill(daemon);
      for (const watch of watches) await watch.seal();
      workbooks.down(random.float() < SOURCE_DOWN_SHARE);
      daemon = start();
      figures.changes = workbooks.changes;
      figures.readyMs = median(starts);
      onRound?.(figures);
    }
    await ready(daemon);
    workbooks.down(false);
    for (const watch of watches) figures.received += await watch.check();
    await converge(workbooks, watches);
    await kill(daemon);
    return figures;
  } finally {
    await daemon?.kill("SIGKILL");
    for (const watch of watches) watch.close();
    await workbooks.stop();
  }
}

/** Resolves to the time it took, in ms. */
async function ready(daemon: DaemonProcess): Promise<number> {
  const startMs = performance.now();
  let ended = false;
  void daemon.exited.then(() => {
    ended = true;
  });
  const answers = (): Promise<boolean> =>
    fetch(`${daemon.url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  const isReady = await waitFor(async () => ended || (await answers()), PATIENCE_MS);
  if (!isReady || ended) throw new Error(`the daemon did not come up:\n${daemon.output()}`);
  return performance.now() - startMs;
}

async function kill(daemon: DaemonProcess): Promise<void> {
  await daemon.kill("SIGKILL");
  // Failing sources are warnings; an error is a bug.
  const error = /^.*"level":"(error|fatal)".*$/m.exec(daemon.output())?.[0];
  if (error) throw new Error(`the daemon logged an error: ${error}`);
}

async function register(daemon: DaemonProcess, workbooks: ShakingWorkbooks): Promise<void> {
  for (const body of workbooks.registrations) {
    const response = await fetch(`${daemon.url}/datasources/register`, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.status !== 201) throw new Error(`not registered: ${await response.text()}`);
  }
}

/** While nobody changes anything, everybody comes to show what the sheet shows. */
async function converge(workbooks: ShakingWorkbooks, watches: readonly DocumentWatch[]): Promise<void> {
  workbooks.rest();
  for (const watch of watches) {
    const wanted = JSON.stringify(workbooks.shown(watch.name));
    const shows = (): boolean => watch.shown().every((rows) => JSON.stringify(rows) === wanted);
    if (!(await waitFor(shows, PATIENCE_MS)))
      throw new Error(`${watch.name}: clients do not come to show what the sheet shows`);
  }
  workbooks.shake();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
