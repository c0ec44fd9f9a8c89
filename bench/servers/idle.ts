/** Documents over LMDB with sessions in process, in a time of their own: minutes of idleness pass at once. */
import { rmSync } from "node:fs";
import { syncStep1Frame } from "#contract/frames.ts";
import { createGate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens } from "../../src/access/tokens.ts";
import { openLmdbBackend } from "../../src/backend/lmdb.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import type { Session } from "../../src/sync/session.ts";
import type { Socket } from "../../src/sync/socket.ts";
import { createSyncServer } from "../../src/sync/sync-server.ts";
import { tempDir } from "../../test/support/temp-dir.ts";
import { createTestRuntime } from "../../test/support/test-runtime.ts";
import { serveCommands } from "../children/commands.mjs";
import { firstDelta, makeGrid } from "../tables.ts";

const TOKEN = "bench";
const BATCH = 500;
const IDLE_MS = 90_000;
const EMPTY_STATE = new Uint8Array([0]);
const dir = tempDir().path;
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

const { runtime, clock } = createTestRuntime();
const backend = await openLmdbBackend({ dir });
if (!backend.ok) throw new Error(backend.error.words);
const documents = await createDocumentStore(backend.value, runtime, noMetrics);
const sync = createSyncServer({
  documents,
  gate: createGate({ tokens: createTokens({ adminToken: TOKEN }), limits: createFailureLimits({ clock }) }),
  publish: () => {},
  runtime,
  metrics: noMetrics,
  isExpected: () => false,
});
let sessions: Session[] = [];

serveCommands({
  async create({ count, rows, columns }: { count: number; rows: number; columns: number }) {
    const delta = firstDelta(makeGrid(rows, columns));
    await inBatches(count, async (i) => {
      const made = await documents.create({ source: "bench", tab: `tab-${i}`, title: `tab ${i}` });
      if (made.ok) await made.value.apply({ delta, author: "source" });
    });
    await beIdle();
  },
  /** A session for each document, that gets all of it. */
  async open({ count }: { count: number }) {
    await inBatches(count, async (i) => {
      const answered = Promise.withResolvers<void>();
      const request = {
        room: `bench/tab-${i}`,
        token: TOKEN,
        epoch: null,
        address: `10.0.${i >> 8}.${i & 255}`,
      };
      const session = sync.connect(socketTo(answered.resolve), request);
      session.message(syncStep1Frame(EMPTY_STATE));
      sessions.push(session);
      await answered.promise;
    });
    return documents.size;
  },
  /** All hang up, and nothing happens for a while. */
  async close() {
    for (const session of sessions) session.closed();
    sessions = [];
    await beIdle();
    return documents.size;
  },
});

function socketTo(answered: () => void): Socket {
  return {
    send: answered,
    close: (code, reason) => console.error("closed", code, reason),
    subscribe() {},
    unsubscribe() {},
    drained: () => Promise.resolve(),
  };
}

async function inBatches(count: number, run: (i: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    await Promise.all(Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => run(at + i)));
  }
}

async function beIdle(): Promise<void> {
  await clock.advance(IDLE_MS);
  await Bun.sleep(100);
}
