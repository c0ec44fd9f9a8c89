/** The subject's own edits document of one tab: where wishes are put, and where news of them comes from. */
import * as Y from "yjs";
import { CLOSE } from "./contract/close-codes.ts";
import {
  type CellEdit,
  EDITS,
  EDITS_FULL,
  OUTCOMES,
  type Outcome,
  PROGRESS,
  type Progress,
  type RemoveEdit,
  type RowEdit,
} from "./contract/edits.ts";
import type { Link, LinkOptions, openLink } from "./link.ts";
import type { KeptCopy, OfflineStore } from "./offline-store.ts";

export type WishBody = CellEdit | RowEdit | RemoveEdit;

export interface EditsReplicaOptions extends Omit<LinkOptions, "epoch" | "prepare" | "writable"> {
  readonly offline: OfflineStore | null;
  /** Handed over by those who have it already: this module is loaded after them. */
  readonly openLink: typeof openLink;
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
  /** The document is a new copy of the same one, which has become too long: what the server never had is to be put again. */
  onRenewed(): void;
  /** What was kept is there: `onWish` has told of it. */
  onLoaded(): void;
  onRefused(code: number, detail: string): void;
}

export interface EditsReplica {
  wish(key: string): unknown;
  /** Whether a wish stood there at any time. */
  hadWish(key: string): boolean;
  outcome(key: string): Outcome | undefined;
  /** Whether news with this id are of the very wish that stands under `key`. */
  isAbout(key: string, id: string): boolean;
  put(key: string, wish: WishBody): void;
  withdraw(key: string): void;
  acknowledge(key: string): void;
  /** What `run` does arrives as one change. */
  transact<T>(run: () => T): T;
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
  /** The document begins anew, and what the server has of it is not here yet. */
  let renewing = false;
  /** It began anew, and no news of a wish came since: once more would not help. */
  let renewed = false;
  const heard: EditsReplicaEvents = {
    ...events,
    onProgress(key, progress) {
      renewed = false;
      events.onProgress(key, progress);
    },
  };
  let edits: Y.Map<unknown>;
  let progress: Y.Map<unknown>;
  let outcomes: Y.Map<unknown>;

  /** In an order that makes sense: an id of a row before the end of its wish. */
  function tell(keysOf: (map: Y.Map<unknown>) => Iterable<string>): void {
    for (const key of keysOf(progress))
      if (progress.has(key)) heard.onProgress(key, progress.get(key) as Progress);
    for (const key of keysOf(edits)) heard.onWish(key, edits.get(key));
    for (const key of keysOf(outcomes)) heard.onOutcome(key, outcomes.get(key) as Outcome | undefined);
  }

  /** Begins with an empty document; `erased`: what was kept of the one before is gone. */
  function open(erased?: Promise<unknown>): void {
    const opened = new Y.Doc();
    doc = opened;
    [edits, progress, outcomes] = [EDITS, PROGRESS, OUTCOMES].map((name) => opened.getMap(name)) as [
      Y.Map<unknown>,
      Y.Map<unknown>,
      Y.Map<unknown>,
    ];
    opened.on("afterTransaction", ({ local, changed }: Y.Transaction) => {
      if (local || renewing) return;
      tell((map) => [...(changed.get(map as never) ?? [])].filter((key) => key !== null));
    });
    const opening = options.openLink(
      opened,
      { ...options, writable: true, epoch: () => null },
      {
        onSynced() {
          if (!renewing) return;
          renewing = false;
          events.onRenewed();
          tell((map) => [...map.keys()]);
        },
        onSent: events.onSent,
        onLost(_why, _failures, _retryAfterMs, detail) {
          if (detail !== EDITS_FULL || renewed) return;
          renewing = renewed = true;
          startAfresh();
        },
        onRefused(code, detail) {
          // An empty document that is refused for its history would be refused for ever.
          if (code !== CLOSE.epoch || opened.store.clients.size === 0) return events.onRefused(code, detail);
          startAfresh();
          events.onFresh();
        },
      },
    );
    link = opening;
    const { offline, room } = options;
    kept = Promise.resolve(null);
    if (!offline) return opening.connect();
    const keep = (): Promise<KeptCopy> => offline.open(room, opened, { everyPage: true });
    // At once where it may be: what is put from now on is kept.
    kept = (erased ? erased.then(keep) : keep()).catch(() => null);
    void kept.then(() => {
      if (closed || doc !== opened) return;
      // What was put while the old copy was erased: put again, it is kept.
      if (erased) for (const [key, wish] of edits) edits.set(key, wish);
      events.onLoaded();
      opening.connect();
    });
  }
  function startAfresh(): void {
    const old = kept;
    link.close();
    open(
      old.then((copy) => {
        copy?.erase();
        return copy?.saved();
      }),
    );
  }
  open();

  return {
    wish: (key) => edits.get(key),
    hadWish: (key) => edits._map.has(key),
    isAbout(key, id) {
      // The daemon names a wish by its element in the document, after a number of the document's own.
      const element = edits._map.get(key)?.id;
      return !element || !/:\d+:\d+$/.test(id) || id.endsWith(`:${element.client}:${element.clock}`);
    },
    outcome: (key) => outcomes.get(key) as Outcome | undefined,
    put(key, wish) {
      // What the server has may be later than what would stand beside it: see `onRenewed`.
      if (!renewing) edits.set(key, wish);
    },
    withdraw: (key) => edits.delete(key),
    acknowledge: (key) => {
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
