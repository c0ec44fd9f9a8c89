/** Who else looks at a table, and where. Nobody is announced who does not say so. */
import type { Awareness } from "./awareness.ts";
import { listenTo } from "./listeners.ts";
import type { Person, PresenceState, PresenceWire } from "./presence-state.ts";

export interface Presence {
  /** Without this client; another list as soon as anybody is another. */
  readonly others: readonly Person[];
  /** Replaces what this client tells of itself; null: it leaves. */
  set(state: PresenceState | null): void;
  /** Calls `listener` after each change of `others`; returns its undo. */
  subscribe(listener: () => void): () => void;
}

export type LivePresence = Presence & Awareness;

const NOBODY: readonly Person[] = Object.freeze([]);

export function createPresence(wire: PresenceWire): LivePresence {
  const listeners = new Set<() => void>();
  let awareness: Awareness | null = null;
  let own: PresenceState | null = null;
  let closed = false;

  // Most pages never ask who is there: the protocol is loaded for those that do.
  function load(): void {
    void import("./awareness.ts").then(
      ({ createAwareness }) => {
        if (closed || awareness) return;
        awareness = createAwareness(wire, () => {
          for (const listener of [...listeners]) listener();
        });
        awareness.set(own);
      },
      // Tried again with the next connection.
      () => {},
    );
  }
  load();

  return {
    get others() {
      return awareness?.others ?? NOBODY;
    },
    set(state) {
      own = state;
      awareness?.set(state);
    },
    subscribe: (listener) => listenTo(listeners, listener),
    receive: (update) => awareness?.receive(update),
    connected: () => (awareness ? awareness.connected() : load()),
    lost: () => awareness?.lost(),
    close() {
      closed = true;
      awareness?.close();
    },
  };
}
