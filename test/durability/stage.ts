/** The daemon's process beside workbooks that people change, for one test. */
import type { SourceAnswer } from "#contract/rest.ts";
import { type DaemonProcess, freePort, spawnDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createDocumentWatch, type DocumentWatch } from "./document-watch.ts";
import { type ShakingWorkbooks, serveShakingWorkbooks, WORKBOOKS } from "./shaking-workbooks.ts";

export interface Stage {
  readonly workbooks: ShakingWorkbooks;
  /** One for each workbook. */
  readonly watches: readonly DocumentWatch[];
  start(options: { readonly dataDir: string }): DaemonProcess;
  ready(daemon: DaemonProcess): Promise<number>;
  register(daemon: DaemonProcess): Promise<void>;
  source(daemon: DaemonProcess, id: string): Promise<SourceAnswer>;
  /** While nobody changes anything, every client comes to show what the sheets show. Then the changes go on. */
  converge(): Promise<void>;
  /** Ends every process that was started, and the rest. */
  end(): Promise<void>;
}

const PATIENCE_MS = 30_000;

export async function createStage(seed: string): Promise<Stage> {
  const workbooks = await serveShakingWorkbooks(createSeededRandom(seed).split("people"));
  const port = freePort();
  const watches = WORKBOOKS.map((name) => createDocumentWatch(name, port));
  const env = {
    SHEETWIRE_GOOGLE_ENDPOINT: workbooks.endpoint,
    SHEETWIRE_DEMO: "off",
    SHEETWIRE_LOG_LEVEL: "warn",
  };
  let newest: DaemonProcess | null = null;

  return {
    workbooks,
    watches,
    start({ dataDir }) {
      newest = spawnDaemon({ port, env, dataDir });
      return newest;
    },
    ready: becomesReady,
    async register(daemon) {
      for (const body of workbooks.registrations) {
        const init = { method: "POST", body: JSON.stringify(body) };
        const response = await fetch(`${daemon.url}/datasources/register`, { ...init, headers: HEADERS });
        if (response.status !== 201) throw new Error(`not registered: ${await response.text()}`);
      }
    },
    async source(daemon, id) {
      const response = await fetch(`${daemon.url}/datasources/${id}`, { headers: HEADERS });
      return (await response.json()) as SourceAnswer;
    },
    async converge() {
      workbooks.rest();
      for (const watch of watches) {
        const wanted = JSON.stringify(workbooks.shown(watch.name));
        const shows = (): boolean => watch.shown().every((rows) => JSON.stringify(rows) === wanted);
        if (await waitFor(shows, PATIENCE_MS)) continue;
        throw new Error(`${watch.name}: clients do not come to show what the sheet shows`);
      }
      workbooks.shake();
    },
    async end() {
      await newest?.kill("SIGKILL");
      for (const watch of watches) watch.close();
      await workbooks.stop();
    },
  };
}

/** Resolves to the time it took in ms; rejects with its output when it ends before. */
export async function becomesReady(daemon: DaemonProcess): Promise<number> {
  const startMs = performance.now();
  let ended = false;
  void daemon.exited.then(() => {
    ended = true;
  });
  const isReady = await waitFor(async () => ended || (await answers(`${daemon.url}/readyz`)), PATIENCE_MS);
  if (!isReady || ended) throw new Error(`the daemon did not come up:\n${daemon.output()}`);
  return performance.now() - startMs;
}

const HEADERS = { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" };

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
