/**
 * From the start of the daemon's process until it is ready and a client has a document, over 1,000 documents with a
 * long past; beside it the raw work: opening the database and reading every checkpoint. After a clean end and after
 * kill -9, which makes the start read the whole database.
 *
 *     npm run bench -- start-up [--entries 10000000] [--documents 1000]
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Y from "yjs";
import { mirrorName } from "#contract/document-name.ts";
import { ORDER } from "#contract/layout.ts";
import { type ActorRecord, NEW_RECORD, recordKey } from "../src/actors/record.ts";
import type { Backend } from "../src/backend/backend.ts";
import { openLmdbBackend } from "../src/backend/lmdb.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { createDocumentStore } from "../src/sync/document-store.ts";
import type { SharedDocument } from "../src/sync/live-document.ts";
import { createRecordingClient } from "../test/durability/recording-client.ts";
import { freePort, spawnDaemon, TEST_TOKEN, waitFor } from "../test/support/daemon-process.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";
import { median, print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";
import { firstDelta, makeGrid } from "./tables.ts";

const DOCUMENTS = numberOption("documents", 1_000);
const ENTRIES = numberOption("entries", 1_000_000);
const TABS = 4;
const [ROWS, COLUMNS] = [50, 8];
const STARTS = 3;
const PATIENCE_MS = 120_000;
const { random } = createSystemRuntime({ logLevel: "warn" });
const MASTER_KEY = random.bytes(32);

const dataDir = mkdtempSync(join(tmpdir(), "sheetwire-bench-"));
try {
  await build();
  const bytes = statSync(join(dataDir, "data.mdb")).size;
  print({
    name: `database of ${DOCUMENTS} documents after ${ENTRIES} log entries`,
    value: bytes / 2 ** 20,
    unit: "MiB",
  });
  const raw = await rawOpening();
  const clean = await starts("SIGTERM");
  const crashed = await starts("SIGKILL");
  const name = `start with ${DOCUMENTS} documents, ${ENTRIES} log entries in their past`;
  for (const [how, { ready, joined }] of [
    ["a clean end", clean],
    ["kill -9", crashed],
  ] as const) {
    printAgainst(
      `${name}, after ${how}: ready`,
      "ms",
      ready,
      { name: "LMDB opened, checkpoints read", value: raw },
      "<= 5000 ms",
    );
    print({
      name: `${name}, after ${how}: a client has its document`,
      value: joined,
      unit: "ms",
      goal: "<= 5000",
    });
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Sources whose far end does not answer, and their documents, through the daemon's own store. */
async function build(): Promise<void> {
  await register();
  const backend = await opened();
  const runtime = createSystemRuntime({ logLevel: "warn" });
  const store = await createDocumentStore(backend, runtime);
  const documents: SharedDocument[] = [];
  for (let i = 0; i < DOCUMENTS; i++) {
    const made = await store.create({ source: sourceOf(i), tab: tabOf(i), title: tabOf(i) });
    if (!made.ok) throw new Error(made.error.tag);
    documents.push(made.value);
  }
  await Promise.all(documents.map((document) => applied(document, firstDelta(makeGrid(ROWS, COLUMNS)))));
  const random = createSeededRandom("past");
  const rounds = Math.ceil(ENTRIES / DOCUMENTS);
  for (let round = 0; round < rounds; round++) {
    if (round % 100 === 0) process.stderr.write(`\r${round} of ${rounds} rounds of ${DOCUMENTS} entries `);
    await Promise.all(
      documents.map((document) => {
        const cell = [1 + random.int(ROWS), random.int(COLUMNS), round + 0.5] as const;
        return applied(document, { added: [], cells: [cell], removed: [], order: [] });
      }),
    );
  }
  process.stderr.write("\n");
  for (let i = 0; i < DOCUMENTS; i += TABS) await keepRecord(backend, i, documents.slice(i, i + TABS));
  await store.close();
  await backend.close();
}

async function register(): Promise<void> {
  const daemon = started();
  await waitFor(() => isReady(daemon.url), PATIENCE_MS);
  for (let i = 0; i < DOCUMENTS; i += TABS) {
    const response = await fetch(`${daemon.url}/datasources/register`, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({
        id: sourceOf(i),
        name: sourceOf(i),
        type: "googleSheet",
        url: `https://docs.google.com/spreadsheets/d/${createHash("sha1").update(sourceOf(i)).digest("hex")}/edit`,
        pollingInterval: 60_000,
        credentials: { type: "apiKey", key: "a-key-that-nobody-will-ever-ask-for" },
      }),
    });
    if (response.status !== 201) throw new Error(await response.text());
  }
  await daemon.kill("SIGTERM");
}

/** As a round that read and stored all tabs leaves it. */
async function keepRecord(backend: Backend, at: number, documents: readonly SharedDocument[]): Promise<void> {
  const key = recordKey(sourceOf(at));
  const known = (await backend.kv.get<ActorRecord>(key))?.value ?? NEW_RECORD;
  const tabs = documents.map((_, i) => ({ tabId: String(i), name: tabOf(at + i), title: tabOf(at + i) }));
  const shown = documents.map((document, i) => {
    const name = tabOf(at + i);
    return { name, title: name, rows: ROWS, columns: COLUMNS, revision: document.revision() };
  });
  await backend.kv.put(key, { ...known, revision: "of-the-bench", tabs, shown });
}

async function rawOpening(): Promise<number> {
  const startMs = performance.now();
  const backend = await opened();
  for (const name of await backend.log.documents("")) await backend.log.read(name, 0);
  const ms = performance.now() - startMs;
  await backend.close();
  return ms;
}

/** Medians of starts of which each follows an end by `signal`; the first one only leaves it behind. */
async function starts(signal: "SIGTERM" | "SIGKILL"): Promise<{ ready: number; joined: number }> {
  const [ready, joined]: [number[], number[]] = [[], []];
  for (let i = 0; i <= STARTS; i++) {
    const startMs = performance.now();
    const daemon = started();
    if (!(await waitFor(() => isReady(daemon.url), PATIENCE_MS))) throw new Error(daemon.output());
    const readyMs = performance.now() - startMs;
    const at = Math.floor((DOCUMENTS - 1) / (i + 1));
    const url = `${daemon.url.replace("http", "ws")}/sync/${mirrorName(sourceOf(at), tabOf(at))}?token=${TEST_TOKEN}`;
    const client = createRecordingClient(url);
    if (!(await waitFor(() => client.synced, PATIENCE_MS))) throw new Error("no answer to a join");
    if (rowCount(client.doc) !== ROWS) throw new Error(`a client has ${rowCount(client.doc)} rows`);
    if (i > 0) {
      ready.push(readyMs);
      joined.push(performance.now() - startMs);
    }
    client.close();
    await daemon.kill(signal);
  }
  return { ready: median(ready), joined: median(joined) };
}

function started(): ReturnType<typeof spawnDaemon> {
  // A port where nothing listens.
  const env = {
    SHEETWIRE_GOOGLE_ENDPOINT: "http://127.0.0.1:9",
    SHEETWIRE_DEMO: "off",
    SHEETWIRE_LOG_LEVEL: "error",
    SHEETWIRE_MASTER_KEY: Buffer.from(MASTER_KEY).toString("base64"),
  };
  return spawnDaemon({ dataDir, port: freePort(), env });
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

async function opened(): Promise<Backend> {
  const backend = await openLmdbBackend({ dir: dataDir, encryption: { masterKey: MASTER_KEY, random } });
  if (!backend.ok) throw new Error(backend.error.words);
  return backend.value;
}

async function applied(
  document: SharedDocument,
  delta: Parameters<SharedDocument["apply"]>[0]["delta"],
): Promise<void> {
  const result = await document.apply({ delta, author: "source" });
  if (!result.ok) throw new Error(`refused: ${result.error.tag}`);
}

function rowCount(doc: Y.Doc): number {
  return doc.getArray(ORDER).length;
}

function sourceOf(document: number): string {
  return `source-${Math.floor(document / TABS)}`;
}

function tabOf(document: number): string {
  return `Tab ${document % TABS}`;
}
