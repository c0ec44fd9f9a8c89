/** The daemon's own parts on a port: documents over LMDB, the sync server, Bun's sockets. Sources are left out. */
import { rmSync } from "node:fs";
import { createGate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens } from "../../src/access/tokens.ts";
import { openLmdbBackend } from "../../src/backend/lmdb.ts";
import { createPrometheusMetrics } from "../../src/registry/prometheus.ts";
import { createSystemRuntime } from "../../src/runtime/system.ts";
import { startServer } from "../../src/server.ts";
import { createDocumentStore, type DocumentStore } from "../../src/sync/document-store.ts";
import type { LiveDocument } from "../../src/sync/documents.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createSyncServer } from "../../src/sync/sync-server.ts";
import { tempDir } from "../../test/support/temp-dir.ts";
import { paced, serveCommands, stamp, type Updates } from "../children/commands.mjs";
import { firstDelta, makeGrid } from "../tables.ts";

const TOKEN = "bench";
const LARGE_BYTES = 64 * 1024;
const dir = tempDir().path;
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

const runtime = createSystemRuntime({ logLevel: "warn" });
const backend = await openLmdbBackend({ dir });
if (!backend.ok) throw new Error(backend.error.words);
const metrics = createPrometheusMetrics();
const documents = await createDocumentStore(backend.value, runtime, metrics);
const server = startServer({ host: "127.0.0.1", port: 0, serveUi: () => null });
const encodings = new Set<object>();
const sync = createSyncServer({
  documents: { ...documents, open: async (name) => counting(await documents.open(name)) },
  gate: createGate({
    tokens: createTokens({ adminToken: TOKEN }),
    limits: createFailureLimits({ clock: runtime.clock }),
  }),
  publish: server.publish,
  runtime,
  metrics,
  isExpected: () => false,
});
server.attach({
  handle: async () => new Response(null, { status: 404 }),
  connect: sync.connect,
  waitMs: sync.waitMs,
});

let opened: LiveDocument[] = [];

/** Notes each large answer by identity: those that come from memory are the same. */
function counting(opened: Awaited<ReturnType<DocumentStore["open"]>>): typeof opened {
  if (!opened.ok) return opened;
  const document: SharedDocument = Object.create(opened.value);
  document.catchUp = async (stateVector) => {
    const made = await opened.value.catchUp(stateVector);
    if (made) encodings.add(made);
    return made;
  };
  document.missing = (stateVector) => {
    const answer = opened.value.missing(stateVector);
    if (answer && answer.length > LARGE_BYTES) encodings.add(answer);
    return answer;
  };
  return { ok: true, value: document };
}

serveCommands({
  /** Large answers made so far. */
  encodings: () => encodings.size,
  /** Where a client stands that has all of the first room. */
  async stateVector() {
    const opened = await documents.open("bench/tab-0");
    return opened.ok ? [...opened.value.stateVector()] : null;
  },
  /** Makes the rooms' documents; resolves to the port. */
  async open({ rooms, rows, columns }: { rooms: number; rows: number; columns: number }) {
    const delta = firstDelta(makeGrid(rows, columns));
    opened = await Promise.all(
      Array.from({ length: rooms }, async (_, i) => {
        const made = await documents.create({ source: "bench", tab: `tab-${i}`, title: `tab ${i}` });
        if (!made.ok) throw new Error(made.error.tag);
        await made.value.apply({ delta, author: "source" });
        return made.value;
      }),
    );
    return server.port;
  },
  async update({ first = 0, rooms, count, everyMs }: Updates) {
    const applied: Promise<unknown>[] = [];
    await paced(count, everyMs, (i) => {
      const cells = [[1 + (i % 10), 3, stamp()] as const];
      const delta = { added: [], removed: [], order: [], cells };
      applied.push(opened[first + (i % rooms)]!.apply({ delta, author: "source" }));
    });
    await Promise.all(applied);
  },
});
