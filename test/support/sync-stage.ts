/** A sync server in process: one mirror of a small table over a memory backend, clients over a socket hub. */
import * as Y from "yjs";
import { decodeFrame } from "#contract/frames.ts";
import { createGate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens, joinTokens, type Tokens } from "../../src/access/tokens.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { diffTab } from "../../src/model/diff.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { SYNC_LIMITS, type SyncLimits } from "../../src/sync/limits.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createSyncServer, type SyncServer } from "../../src/sync/sync-server.ts";
import { type ClientEnd, createSocketHub } from "./socket-hub.ts";
import { createTestRuntime } from "./test-runtime.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export const STAGE_TOKEN = "the right token";
export const STAGE_ROOM = "shop/Prices";

export interface StageClient {
  readonly doc: Y.Doc;
  /** Frames received; not kept where `keepFrames` is off. */
  readonly frames: Uint8Array[];
  received: number;
  closed: { code: number; reason: string } | null;
  send(frame: Uint8Array | string): void;
  hangUp(): void;
}

export interface ClientOptions {
  readonly room?: string;
  readonly token?: string | null;
  readonly address?: string;
  /** Follows the document; otherwise the client only counts what it gets. */
  readonly follows?: boolean;
  /** Resolves when the client has read a large answer. */
  readonly drained?: () => Promise<void>;
}

export interface SyncStage {
  readonly clock: VirtualClock;
  readonly server: SyncServer;
  readonly document: SharedDocument;
  /** Connects; nothing is sent yet. */
  dial(options?: ClientOptions): StageClient;
  write(rows: readonly (readonly (string | number)[])[]): Promise<void>;
  /** Documents besides the first, named shop/{tab}. */
  addDocument(tab: string): Promise<void>;
}

export interface SyncStageOptions {
  /** Makes tokens that are known besides STAGE_TOKEN. */
  readonly tokens?: (runtime: Runtime) => Tokens;
}

export async function createSyncStage(
  limits: Partial<SyncLimits> = {},
  { tokens }: SyncStageOptions = {},
): Promise<SyncStage> {
  const { runtime, clock } = createTestRuntime();
  const hub = createSocketHub();
  const documents = await createDocumentStore(createMemoryBackend(), runtime);
  const gate = createGate({
    tokens: joinTokens(createTokens({ adminToken: STAGE_TOKEN }), ...(tokens ? [tokens(runtime)] : [])),
    limits: createFailureLimits({ clock }),
  });
  const server = createSyncServer({
    documents,
    gate,
    publish: hub.publish,
    runtime,
    metrics: noMetrics,
    isExpected: () => false,
    limits: { ...SYNC_LIMITS, ...limits },
  });
  const create = async (tab: string): Promise<SharedDocument> => {
    const made = await documents.create({ source: "shop", tab, title: tab });
    if (!made.ok) throw new Error(made.error.tag);
    return made.value;
  };
  const document = await create("Prices");

  return {
    clock,
    server,
    document,
    dial(options = {}) {
      const doc = new Y.Doc();
      const { follows = true, drained } = options;
      const { room = STAGE_ROOM, token = STAGE_TOKEN, address = "127.0.0.1" } = options;
      const client: StageClient = {
        doc,
        frames: [],
        received: 0,
        closed: null,
        send: (frame) => session.message(frame),
        hangUp() {
          hub.forget(end);
          session.closed();
        },
      };
      const end: ClientEnd = {
        onFrame(bytes) {
          client.received++;
          if (!follows) return;
          client.frames.push(bytes);
          const frame = decodeFrame(bytes);
          if (!frame.ok) throw new Error(frame.error.why);
          if (frame.value.type === "syncStep2" || frame.value.type === "update")
            Y.applyUpdate(doc, frame.value.update);
        },
        onClose(code, reason) {
          client.closed = { code, reason };
          // As with Bun's sockets: never within the call that closes.
          queueMicrotask(() => session.closed());
        },
      };
      const socket = hub.open(end);
      const session = server.connect(drained ? { ...socket, drained } : socket, {
        room,
        token,
        epoch: null,
        address,
      });
      return client;
    },
    async write(rows) {
      const width = Math.max(0, ...rows.map((row) => row.length));
      const columns = Array.from({ length: width }, (_, i) => ({ header: `c${i}`, type: "mixed" }) as const);
      const { delta } = diffTab(document.baseline(), { tabId: "0", title: "Prices", columns, rows });
      const writing = document.apply({ delta, author: "source" });
      let [done, failure] = [false, ""];
      void writing.then((result) => {
        done = true;
        failure = result.ok ? "" : result.error.tag;
      });
      // A checkpoint of a large document pauses by the clock.
      do await clock.advance(100);
      while (!done);
      if (failure) throw new Error(failure);
    },
    async addDocument(tab) {
      await create(tab);
    },
  };
}
