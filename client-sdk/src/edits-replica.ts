/** The subject's own edits document of one tab: where wishes are put, and where news of them comes from. */
import * as Y from "yjs";
import { CLOSE } from "./contract/close-codes.ts";
import {
  type CellEdit,
  EDITS,
  OUTCOMES,
  type Outcome,
  PROGRESS,
  type Progress,
  type RemoveEdit,
  type RowEdit,
} from "./contract/edits.ts";
import { type Link, type LinkOptions, openLink } from "./link.ts";
import type { KeptCopy, OfflineStore } from "./offline-store.ts";

export type WishBody = CellEdit | RowEdit | RemoveEdit;

export interface EditsReplicaOptions extends Omit<LinkOptions, "epoch" | "prepare" | "writable"> {
  readonly offline: OfflineStore | null;
}

export interface EditsReplicaEvents {
  /** Others changed what stands under `key`: the daemon, another device, or what was kept from an earlier time. */
  onWish(key: string, wish: unknown): void;
  onProgress(key: string, progress: Progress): void;
  onOutcome(key: string, outcome: Outcome | undefined): void;
  /** Everything that was put so far has been handed to a socket. */
  onSent(): void;
  /** The document is another, empty one: what is not decided is to be put again. */
  onFresh(): void;
  /** What was kept is there: `onWish` has told of it. */
  onLoaded(): void;
  onRefused(code: number, detail: string): void;
}

export interface EditsReplica {
  wish(key: string): unknown;
  outcome(key: string): Outcome | undefined;
  /** Whether news with this id are of the very wish that stands under `key`. */
  isAbout(key: string, id: string): boolean;
  put(key: string, wish: WishBody): void;
  withdraw(key: string): void;
  acknowledge(key: string): void;
  /** What `run` does arrives as one change. */
  transact(run: () => void): void;
  wake(): void;
  /** Resolves when all wishes are kept on this device; at once where nothing is kept. */
  saved(): Promise<void>;
  close(): void;
}

export function openEditsReplica(options: EditsReplicaOptions, events: EditsReplicaEvents): EditsReplica {
  let doc: Y.Doc;
  let link: Link;
  let kept: Promise<KeptCopy | null>;
  let closed = false;

  function open(): void {
    const opened = new Y.Doc();
    doc = opened;
    observe(opened, events);
    link = openLink(
      opened,
      { ...options, writable: true, epoch: () => null },
      {
        onSynced: () => {},
        onSent: events.onSent,
        onRefused(code, detail) {
          // An empty document that is refused for its history would be refused for ever.
          if (code !== CLOSE.epoch || opened.store.clients.size === 0) return events.onRefused(code, detail);
          void kept.then((copy) => copy?.erase());
          link.close();
          open();
          events.onFresh();
        },
      },
    );
    const opening = link;
    kept =
      options.offline?.open(`${options.room}`, opened, { everyPage: true }).catch(() => null) ??
      Promise.resolve(null);
    if (!options.offline) return opening.connect();
    void kept.then(() => {
      if (closed || doc !== opened) return;
      events.onLoaded();
      opening.connect();
    });
  }
  open();

  return {
    wish: (key) => doc.getMap(EDITS).get(key),
    isAbout(key, id) {
      // The daemon names a wish by its element in the document, after a number of the document's own.
      const element = doc.getMap(EDITS)._map.get(key)?.id;
      return !element || !/:\d+:\d+$/.test(id) || id.endsWith(`:${element.client}:${element.clock}`);
    },
    outcome: (key) => doc.getMap<Outcome>(OUTCOMES).get(key),
    put: (key, wish) => void doc.getMap(EDITS).set(key, wish),
    withdraw: (key) => doc.getMap(EDITS).delete(key),
    acknowledge: (key) => {
      const outcomes = doc.getMap(OUTCOMES);
      if (outcomes.has(key)) outcomes.delete(key);
    },
    transact: (run) => doc.transact(run),
    wake: () => link.wake(),
    saved: async () => (await kept)?.saved(),
    close() {
      closed = true;
      link.close();
      void kept.then((copy) => copy?.close());
    },
  };
}

/** After each transaction of somebody else, in an order that makes sense: an id of a row before the end of its wish. */
function observe(doc: Y.Doc, events: EditsReplicaEvents): void {
  const [edits, progress, outcomes] = [doc.getMap(EDITS), doc.getMap(PROGRESS), doc.getMap(OUTCOMES)];
  doc.on("afterTransaction", ({ local, changed }: Y.Transaction) => {
    if (local) return;
    const keysOf = (map: Y.Map<unknown>): string[] =>
      [...(changed.get(map as unknown as Y.AbstractType<Y.YEvent<Y.AbstractType<unknown>>>) ?? [])].filter(
        (key) => key !== null,
      );
    for (const key of keysOf(progress))
      if (progress.has(key)) events.onProgress(key, progress.get(key) as Progress);
    for (const key of keysOf(edits)) events.onWish(key, edits.get(key));
    for (const key of keysOf(outcomes)) events.onOutcome(key, outcomes.get(key) as Outcome | undefined);
  });
}
