/**
 * A copy of one mirror in one epoch, kept in step with the server. Another epoch is another replica: two histories must
 * never meet in one Y.Doc.
 */
import * as Y from "yjs";
import { META } from "./contract/layout.ts";
import { type Fold, type FoldChange, followMirror } from "./fold.ts";
import { type Link, type LinkEvents, type LinkOptions, openLink } from "./link.ts";
import type { KeptCopy, OfflineStore } from "./offline-store.ts";

export interface ReplicaOptions extends Omit<LinkOptions, "epoch" | "prepare" | "writable"> {
  /** Where the document stands as one update; null: it all comes over the socket. */
  readonly snapshotUrl: string | null;
  readonly fetch: typeof fetch | null;
  readonly offline: OfflineStore | null;
}

export interface ReplicaEvents extends LinkEvents {
  onChange(change: FoldChange): void;
  /** Content that was kept from an earlier time is there. */
  onCopy(savedAtMs: number): void;
}

export interface Replica extends Pick<Link, "connect" | "wake" | "ask" | "sendPresence" | "askPresence"> {
  readonly doc: Y.Doc;
  readonly fold: Fold;
  readonly isEmpty: boolean;
  /** Resolves when the rows are kept on this device; at once where nothing is kept. */
  saved(): Promise<void>;
  /** Drops the kept copy too. */
  discard(): void;
  close(): void;
}

/** Slower than the socket would be at the worst. */
const SNAPSHOT_MS_MAX = 20_000;

export function openReplica(options: ReplicaOptions, events: ReplicaEvents): Replica {
  const doc = new Y.Doc();
  const fold = followMirror(doc, (change) => events.onChange(change));
  const ending = new AbortController();
  const isEmpty = (): boolean => doc.store.clients.size === 0;
  let kept: KeptCopy | null = null;
  let loading: Promise<void> | null = null;

  const link = openLink(
    doc,
    {
      ...options,
      writable: false,
      epoch: () => doc.getMap<string>(META).get("epoch") ?? null,
      prepare: (token) => (isEmpty() ? fetchSnapshot(options, token, doc, ending.signal) : null),
    },
    events,
  );

  async function load(offline: OfflineStore): Promise<void> {
    kept = await offline.open(options.room, doc).catch(() => null);
    if (ending.signal.aborted) kept?.close();
    else if (kept?.savedAtMs != null && !isEmpty()) events.onCopy(kept.savedAtMs);
  }

  return {
    ...link,
    doc,
    fold,
    get isEmpty() {
      return isEmpty();
    },
    connect() {
      if (!options.offline) return link.connect();
      // What is kept need not be fetched again.
      loading ??= load(options.offline);
      void loading.then(() => ending.signal.aborted || link.connect());
    },
    async saved() {
      await loading;
      await kept?.saved();
    },
    discard: () => kept?.erase(),
    close() {
      ending.abort();
      link.close();
      kept?.close();
      doc.destroy();
    },
  };
}

/** Compressed, and perhaps from a cache: a quarter of the bytes. Whatever fails, the socket brings it all. */
async function fetchSnapshot(
  { snapshotUrl, fetch }: ReplicaOptions,
  token: string,
  doc: Y.Doc,
  signal: AbortSignal,
): Promise<void> {
  if (!snapshotUrl || !fetch) return;
  try {
    const answer = await fetch(snapshotUrl, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_MS_MAX)]),
    });
    if (!answer.ok) return;
    const update = new Uint8Array(await answer.arrayBuffer());
    if (!signal.aborted) Y.applyUpdate(doc, update);
  } catch {}
}
