/**
 * A copy of one document in one epoch, kept in step with the server by the y-websocket provider. Another epoch is
 * another replica: two histories must never meet in one Y.Doc.
 */
import { Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { META } from "./contract/layout.ts";
import { type Fold, type FoldChange, followMirror } from "./fold.ts";

export interface ReplicaOptions {
  /** Address of the sync endpoint, without the room. */
  readonly syncUrl: string;
  /** The document's encoded name. */
  readonly room: string;
  readonly token: string;
  readonly WebSocket: typeof WebSocket;
}

export interface ReplicaEvents {
  onConnecting(failures: number): void;
  onConnected(): void;
  /** All that the server had has arrived. */
  onSynced(): void;
  /** `code` is null when this side gave a silent connection up. It tries again after `retryAfterMs`. */
  onLost(code: number | null, failures: number, retryAfterMs: number): void;
  /** The server does not want to see this replica again. */
  onRefused(code: number, detail: string): void;
  onChange(change: FoldChange): void;
}

export interface Replica {
  readonly doc: Y.Doc;
  readonly fold: Fold;
  /** Tries again at once instead of at the end of the pause. */
  reconnect(): void;
  close(): void;
}

/** The provider's own pauses: 200 ms, doubled at each failure up to this. */
const PAUSE_MAX_MS = 2500;

export function openReplica(options: ReplicaOptions, events: ReplicaEvents): Replica {
  const doc = new Y.Doc();
  const fold = followMirror(doc, (change) => events.onChange(change));
  const awareness = new Awareness(doc);
  // A reader is nobody's presence: announcing it would cost every other reader a message.
  awareness.setLocalState(null);
  const params: Record<string, string> = { token: options.token };
  const provider = new WebsocketProvider(options.syncUrl, options.room, doc, {
    awareness,
    params,
    connect: false,
    // Its channel's name leaves the token out: tabs with different rights would share content.
    disableBc: true,
    maxBackoffTime: PAUSE_MAX_MS,
    WebSocketPolyfill: options.WebSocket,
  });
  let open = true;

  provider.on("status", ({ status }) => {
    if (!open) return;
    if (status === "connecting") events.onConnecting(provider.wsUnsuccessfulReconnects);
    if (status === "connected") events.onConnected();
  });
  provider.on("sync", (synced) => {
    if (!open || !synced) return;
    const epoch = doc.getMap(META).get("epoch");
    // Read at the next attempt: the server refuses a replica of another history before anything is exchanged.
    if (typeof epoch === "string") params.epoch = epoch;
    events.onSynced();
  });
  provider.on("connection-close", (event) => {
    if (!open || (event && !provider.shouldReconnect(event, provider))) return;
    const failures = provider.wsUnsuccessfulReconnects + 1;
    events.onLost(event ? event.code : null, failures, Math.min(2 ** failures * 100, PAUSE_MAX_MS));
  });
  provider.on("closed", ({ code, reason }) => {
    if (open) events.onRefused(code, reason);
  });

  return {
    doc,
    fold,
    reconnect: () => provider.connect(),
    close() {
      open = false;
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}
