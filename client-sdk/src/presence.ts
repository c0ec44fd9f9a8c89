/** Who else looks at a table, and where. Nobody is announced who does not say so. */
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from "y-protocols/awareness";
import * as Y from "yjs";
import type { RowId } from "./contract/layout.ts";

/** What a client tells of itself; more may be added, all of it JSON. */
export interface PresenceState {
  readonly name?: string;
  readonly color?: string;
  /** Where it is; `column` is the column's key. */
  readonly cell?: { readonly row: RowId; readonly column: string } | null;
  readonly [key: string]: unknown;
}

export interface Person {
  /** Of one page or process; another one after a reload. */
  readonly id: number;
  readonly state: PresenceState;
}

export interface Presence {
  /** Without this client; another list as soon as anybody is another. */
  readonly others: readonly Person[];
  /** Replaces what this client tells of itself; null: it leaves. */
  set(state: PresenceState | null): void;
  /** Calls `listener` after each change of `others`; returns its undo. */
  subscribe(listener: () => void): () => void;
}

export interface LivePresence extends Presence {
  receive(update: Uint8Array): void;
  connected(): void;
  lost(): void;
  close(): void;
}

export interface PresenceWire {
  send(update: Uint8Array): void;
  /** Asks who is there. */
  query(): void;
}

export function createPresence(wire: PresenceWire): LivePresence {
  // A document of its own: presence outlives a change of the table's.
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const listeners = new Set<() => void>();
  let others: readonly Person[] | null = null;
  awareness.setLocalState(null);

  const own = [awareness.clientID];
  const strangers = (): number[] =>
    [...awareness.getStates().keys()].filter((id) => id !== awareness.clientID);
  const announce = (): void => wire.send(encodeAwarenessUpdate(awareness, own));
  awareness.on("update", (_: unknown, origin: unknown) => {
    // "local" is a change made here, and the sign of life that keeps it.
    if (origin === "local") announce();
  });
  awareness.on("change", (_: unknown, origin: unknown) => {
    if (origin === "local") return;
    others = null;
    for (const listener of [...listeners]) listener();
  });
  wire.query();

  return {
    get others() {
      others ??= Object.freeze(
        strangers().map((id) => ({ id, state: awareness.getStates().get(id) as PresenceState })),
      );
      return others;
    },
    set: (state) => awareness.setLocalState(state),
    subscribe(listener) {
      const one = (): void => listener();
      listeners.add(one);
      return () => {
        listeners.delete(one);
      };
    },
    receive: (update) => applyAwarenessUpdate(awareness, update, "server"),
    connected() {
      if (awareness.getLocalState()) announce();
    },
    lost: () => removeAwarenessStates(awareness, strangers(), "lost"),
    close() {
      awareness.destroy();
      doc.destroy();
    },
  };
}
