/** The sync server on a real port of 127.0.0.1: Bun's sockets, a mirror "shop/Price list", memory backend. */
import { mirrorName } from "#contract/document-name.ts";
import { createGate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens } from "../../src/access/tokens.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { diffTab } from "../../src/model/diff.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { createSystemRuntime } from "../../src/runtime/system.ts";
import { startServer } from "../../src/server.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createEditsDocuments, type EditsStore } from "../../src/sync/edits-documents.ts";
import { SYNC_LIMITS, type SyncLimits } from "../../src/sync/limits.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createSyncServer, type SyncServer } from "../../src/sync/sync-server.ts";

export const PORT_TOKEN = "the right token";
export const PORT_TAB = "Price list";
export const PORT_ROOM = mirrorName("shop", PORT_TAB);

export type PortRow = readonly (string | number | boolean | null)[];

export interface SyncPort {
  readonly port: number;
  /** For stock clients: their first argument. */
  readonly url: string;
  readonly sync: SyncServer;
  readonly document: SharedDocument;
  readonly edits: EditsStore;
  readonly backend: Backend;
  write(rows: readonly PortRow[]): Promise<void>;
  stop(): Promise<void>;
}

export interface SyncPortOptions {
  readonly limits?: Partial<SyncLimits>;
  readonly runtime?: Runtime;
  /** Of an earlier life, to go on from. */
  readonly backend?: Backend;
  readonly port?: number;
}

export async function startSyncPort(options: SyncPortOptions = {}): Promise<SyncPort> {
  const runtime = options.runtime ?? createSystemRuntime({ logLevel: "error" });
  const backend = options.backend ?? createMemoryBackend();
  const limits = { ...SYNC_LIMITS, ...options.limits };
  const documents = await createDocumentStore(backend, runtime);
  const edits = createEditsDocuments({ backend, runtime, documents, limits });
  const server = startServer({ host: "127.0.0.1", port: options.port ?? 0, serveUi: () => null, limits });
  const sync = createSyncServer({
    documents,
    edits,
    gate: createGate({
      tokens: createTokens({ adminToken: PORT_TOKEN }),
      limits: createFailureLimits({ clock: runtime.clock, burst: 10 }),
    }),
    publish: server.publish,
    runtime,
    metrics: noMetrics,
    isExpected: () => false,
    limits,
  });
  const made = await documents.create({ source: "shop", tab: PORT_TAB, title: PORT_TAB });
  if (!made.ok) throw new Error(made.error.tag);
  server.attach({
    handle: async () => new Response(null, { status: 404 }),
    connect: sync.connect,
    waitMs: sync.waitMs,
  });
  return {
    port: server.port,
    url: `ws://127.0.0.1:${server.port}/sync`,
    sync,
    document: made.value,
    edits,
    backend,
    async write(rows) {
      const width = Math.max(0, ...rows.map((row) => row.length));
      const columns = Array.from({ length: width }, (_, i) => ({ header: `c${i}`, type: "mixed" }) as const);
      const snapshot = { tabId: "0", title: PORT_TAB, columns, rows };
      const { delta } = diffTab(made.value.baseline(), snapshot);
      const result = await made.value.apply({ delta, author: "source" });
      if (!result.ok) throw new Error(result.error.tag);
    },
    async stop() {
      sync.close();
      await edits.close();
      await documents.close();
      await server.stop();
    },
  };
}
