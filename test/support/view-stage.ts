/** The daemon without sockets over a source that a test writes, with tokens, views and event streams. */
import * as Y from "yjs";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import { type FoldedRow, foldEntry, LOG, type LogEntry, ORDER, type RowId } from "#contract/layout.ts";
import type { TokenScope } from "#contract/tokens.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import { createFakeSource, tab } from "./fake-source.ts";
import { createSocketHub } from "./socket-hub.ts";
import { createTestRuntime } from "./test-runtime.ts";

export const ADMIN = "the-admin-token-of-the-test";
export type Row = readonly (string | number)[];

const POLL_MS = 1_000;
const HEADERS = ["sku", "price", "region"];

export type ViewStage = Awaited<ReturnType<typeof createViewStage>>;

/** The source "shop" with the tab "Prices": sku, price, region. */
export async function createViewStage(rows: readonly Row[], backend: Backend = createMemoryBackend()) {
  const { runtime, clock, logs } = createTestRuntime();
  const source = createFakeSource([tab("Prices", HEADERS, rows)]);
  const hub = createSocketHub();
  const daemon: Daemon = await createDaemon({
    runtime,
    backend,
    drivers: () => new Map([["external", { kind: "external", check: () => [], open: () => source }]]),
    secrets: { adminToken: ADMIN, masterKey: new Uint8Array(32).fill(7) },
    publish: hub.publish,
    version: "test",
  });
  const url = "https://feeds.test/prices";
  await daemon.registry.register({
    id: "shop",
    name: "Shop",
    type: "external",
    url,
    pollingInterval: POLL_MS,
  });
  await clock.advance(3 * POLL_MS);

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const { body, token = ADMIN, headers = {} } = options;
    const request = new Request(`http://daemon.test${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return daemon.handle(request, "127.0.0.1");
  }
  async function made<T>(path: string, body: unknown): Promise<T> {
    const response = await call("POST", path, { body });
    if (response.status !== 201) throw new Error(await response.text());
    return response.json();
  }
  return {
    daemon,
    clock,
    logs,
    backend,
    call,
    /** The source's next poll finds these rows. */
    async write(next: readonly Row[], headers = HEADERS): Promise<void> {
      source.set([tab("Prices", headers, next)]);
      await clock.advance(2 * POLL_MS);
    },
    view: (name: string, body: object) =>
      made("/api/v1/views", { source: "shop", tab: "Prices", name, ...body }),
    async token(scope: Partial<TokenScope>, claims?: object, more: object = {}) {
      const scopes = [{ action: "read", source: "shop", tab: "Prices", ...scope }];
      const body = { name: "t", scopes, ...(claims && { claims }), ...more };
      return made<{ id: string; token: string }>("/api/v1/tokens", body);
    },
    /** A stock client; `rows` by column slot, as its document has them. */
    join(room: string, token: string) {
      const doc = new Y.Doc();
      const client = { doc, closed: 0, reason: "", rows: () => rowsOf(doc) };
      const socket = hub.open({
        onFrame(bytes) {
          const frame = decodeFrame(bytes);
          if (!frame.ok) throw new Error(frame.error.why);
          const { value } = frame;
          if (value.type === "syncStep2" || value.type === "update") Y.applyUpdate(doc, value.update);
        },
        onClose(code, reason) {
          Object.assign(client, { closed: code, reason });
          session.closed();
        },
      });
      const session = daemon.connect(socket, { room, token, epoch: null, address: "127.0.0.1" });
      session.message(syncStep1Frame(Y.encodeStateVector(doc)));
      return client;
    },
  };
}

interface CallOptions {
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

function rowsOf(doc: Y.Doc): unknown[] {
  const rows = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
  return doc
    .getArray<RowId>(ORDER)
    .toArray()
    .map((id) => rows.get(id)?.values);
}
