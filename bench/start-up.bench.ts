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
import * as Y from "yjs";
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
