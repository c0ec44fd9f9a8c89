/** The sync server with edits documents over a memory backend, in process: subjects, clients, a fake taker. */
import * as Y from "yjs";
import { EDITS, OUTCOMES, type Outcome, PROGRESS } from "#contract/edits.ts";
import { decodeFrame, syncStep1Frame, syncStep2Frame, updateFrame } from "#contract/frames.ts";
import { err, ok } from "#contract/result.ts";
import { createGate } from "../../src/access/gate.ts";
import type { Grant } from "../../src/access/grant.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import type { EditsChange, EditsPlace } from "../../src/sync/edits.ts";
import { createEditsDocuments } from "../../src/sync/edits-documents.ts";
import { SYNC_LIMITS, type SyncLimits } from "../../src/sync/limits.ts";
import { createSyncServer } from "../../src/sync/sync-server.ts";
import { createSocketHub } from "./socket-hub.ts";
import { createTestRuntime } from "./test-runtime.ts";

export const EDITS_ROOM = "shop/Prices~edits";

export interface EditsStageOptions {
  /** Of an earlier life, to go on from. */
  readonly backend?: Backend;
  readonly limits?: Partial<SyncLimits>;
  /** What may be written besides reading everything; by token, which is the subject too. */
  readonly mayWrite?: (token: string) => boolean;
  /** Called with a listener for tokens that may give less from now on. */
  readonly onChange?: (listener: (token: string) => void) => () => void;
}

export type EditsStage = Awaited<ReturnType<typeof createEditsStage>>;
export type EditsClient = ReturnType<EditsStage["dial"]>;

export async function createEditsStage(options: EditsStageOptions = {}) {
  const { runtime, clock, logs } = createTestRuntime();
  const hub = createSocketHub();
  const backend = options.backend ?? createMemoryBackend();
  const documents = await createDocumentStore(backend, runtime);
  const limits = { ...SYNC_LIMITS, ...options.limits };
  const edits = createEditsDocuments({ backend, runtime, documents, limits });
  const { mayWrite = () => true, onChange } = options;
  const grantOf = (token: string): Grant => ({
    subject: token,
    token,
    scopes: [{ action: "read" }, ...(mayWrite(token) ? [{ action: "write" as const }] : [])],
  });
  const gate = createGate({
    tokens: {
      verify: (token) => grantOf(token!),
      current: ({ subject }) => grantOf(subject),
      ...(onChange && { onChange }),
    },
    limits: createFailureLimits({ clock }),
  });
  const server = createSyncServer({
    documents,
    edits,
    gate,
    publish: hub.publish,
    runtime,
    metrics: noMetrics,
    isExpected: () => false,
    limits,
  });
  for (const tab of ["Prices", "Stock"]) {
    const made = await documents.create({ source: "shop", tab, title: tab });
    if (!made.ok) throw new Error(made.error.tag);
  }
  const taken: { readonly place: EditsPlace; readonly change: EditsChange }[] = [];
  const stage = {
    backend,
    clock,
    documents,
    edits,
    logs,
    taken,
    /** While set, the taker refuses. */
    refusal: null as string | null,
    /** All that was put, newest last. */
    put: () => taken.flatMap(({ change }) => change.put),
    start: () =>
      edits.start(async (place, change) => {
        if (stage.refusal !== null) return err({ tag: "StorageError", detail: stage.refusal });
        taken.push({ place, change });
        return ok(undefined);
      }),
    /** A client as y-websocket is one: it syncs, answers what it is asked, and sends what its document changes. */
    dial(token: string, { doc = new Y.Doc(), room = EDITS_ROOM } = {}) {
      const [edits, outcomes] = [doc.getMap(EDITS), doc.getMap<Outcome>(OUTCOMES)];
      const client = {
        doc,
        edits,
        outcomes,
        progress: doc.getMap(PROGRESS),
        closed: null as { code: number; reason: string } | null,
        send: (frame: Uint8Array) => session.message(frame),
        hangUp() {
          doc.off("update", onUpdate);
          hub.forget(end);
          session.closed();
        },
      };
      const end = {
        onFrame(bytes: Uint8Array) {
          const frame = decodeFrame(bytes);
          if (!frame.ok) throw new Error(frame.error.why);
          const { value } = frame;
          if (value.type === "syncStep1")
            session.message(syncStep2Frame(Y.encodeStateAsUpdate(doc, value.stateVector)));
          if (value.type === "syncStep2" || value.type === "update")
            Y.applyUpdate(doc, value.update, "server");
        },
        onClose(code: number, reason: string) {
          client.closed = { code, reason };
          doc.off("update", onUpdate);
          queueMicrotask(() => session.closed());
        },
      };
      const onUpdate = (update: Uint8Array, origin: unknown): void => {
        if (origin !== "server") session.message(updateFrame(update));
      };
      const socket = hub.open(end);
      const session = server.connect(socket, { room, token, epoch: null, address: "127.0.0.1" });
      doc.on("update", onUpdate);
      session.message(syncStep1Frame(Y.encodeStateVector(doc)));
      return client;
    },
    /** Ends this life as a kill would: nothing is told to anybody. */
    async close() {
      server.close();
      await edits.close();
      await documents.close();
    },
  };
  return stage;
}

export const PLACE: EditsPlace = { source: "shop", tab: "Prices", subject: "ann" };

export function outcome(id: string, more: Partial<Outcome> = {}): Outcome {
  return { id, state: "refused", why: "The column is read-only.", code: "read-only", ...more };
}
