import type { Position, StoredUpdate } from "./backend.ts";

/**
 * Who follows which document's log, shared by the embedded backends. A follower reads what is present, then turns
 * live: from there on each new durable update is handed to it, in order, once.
 */
export interface Followers {
  follow(document: string, after: Position, onEntry: (entry: StoredUpdate) => void): () => void;
  /** Tells of updates that have just become durable; call in the order of their positions. */
  publish(document: string, entries: readonly StoredUpdate[]): void;
  /** The document's followers hear nothing more: the log they follow is gone. */
  end(document: string): void;
  /** Ends all, those to come included. */
  endAll(): void;
}

interface Follower {
  cursor: Position;
  active: boolean;
  /** False until it has read what was present; publish passes it by until then. */
  live: boolean;
  readonly onEntry: (entry: StoredUpdate) => void;
}

/**
 * `whenDurable` runs its function once nothing of the document is half way to the disk, at once if that is so
 * already. The function reads and turns live in one go, which closes the gap between replay and live.
 */
export function createFollowers(deps: {
  readonly whenDurable: (document: string, run: () => void) => void;
  readonly read: (document: string, after: Position) => StoredUpdate[];
}): Followers {
  const byDocument = new Map<string, Set<Follower>>();
  let closed = false;

  function replay(document: string, follower: Follower): void {
    if (!follower.active) return;
    // Before delivering: the follower may ask for what publishes, and that must find it live.
    follower.live = true;
    deliver(follower, deps.read(document, follower.cursor));
  }

  function unfollow(document: string, follower: Follower): void {
    follower.active = false;
    const set = byDocument.get(document);
    set?.delete(follower);
    if (set?.size === 0) byDocument.delete(document);
  }

  function end(document: string): void {
    for (const follower of byDocument.get(document) ?? []) follower.active = false;
    byDocument.delete(document);
  }

  return {
    follow(document, after, onEntry) {
      if (closed) return () => {};
      const follower: Follower = { cursor: after, active: true, live: false, onEntry };
      const set = byDocument.get(document) ?? new Set();
      byDocument.set(document, set.add(follower));
      // A follower is never called before `follow` has returned its undo.
      queueMicrotask(() => {
        if (follower.active) deps.whenDurable(document, () => replay(document, follower));
      });
      return () => unfollow(document, follower);
    },
    publish(document, entries) {
      for (const follower of byDocument.get(document) ?? []) {
        if (follower.live) deliver(follower, entries);
      }
    },
    end,
    endAll() {
      closed = true;
      for (const document of [...byDocument.keys()]) end(document);
    },
  };
}

function deliver(follower: Follower, entries: readonly StoredUpdate[]): void {
  for (const entry of entries) {
    if (!follower.active) return;
    if (entry.position <= follower.cursor) continue;
    follower.cursor = entry.position;
    try {
      follower.onEntry(entry);
    } catch (error) {
      // A bug of the follower's: uncaught, as bugs are, but neither the writer nor other followers pay for it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
