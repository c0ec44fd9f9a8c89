/** The sessions of one loaded document: its topic, its presence, its end. */

import { KEEPALIVE_FRAME } from "#contract/frames.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SharedDocument } from "./live-document.ts";
import { createPresence, type Presence } from "./presence.ts";
import type { Publish } from "./socket.ts";

export interface Room {
  readonly document: SharedDocument;
  readonly topic: string;
  readonly presence: Presence;
  /** Sessions in the room. */
  readonly size: number;
  join(owner: object, end: (code: number, reason: string) => void): void;
  leave(owner: object): void;
  /** Presence changes leave with the next tick. */
  presenceChanged(): void;
  missing(stateVector: Uint8Array): Missing;
  /** Lets every client know that the server lives, and renews everybody's presence. */
  keepAlive(): void;
  endAll(code: number, reason: string): void;
}

export type Missing =
  | { readonly tag: "Update"; readonly update: Uint8Array }
  | { readonly tag: "OtherHistory" }
  | { readonly tag: "Malformed" };

/** Time over which presence changes gather, and how it grows with the room. */
const PRESENCE_TICK_MS = 50;
const PRESENCE_TICK_MS_PER_SESSION = 0.5;
const PRESENCE_TICK_MS_MAX = 5_000;

export function createRoom(
  document: SharedDocument,
  { clock, publish, onEmpty }: { clock: Clock; publish: Publish; onEmpty: () => void },
): Room {
  const topic = document.name;
  const presence = createPresence();
  const sessions = new Map<object, (code: number, reason: string) => void>();
  let cancelTick: (() => void) | null = null;

  function tick(): void {
    cancelTick = null;
    const changes = presence.takeChanges();
    if (changes) publish(topic, changes);
  }
  function presenceChanged(): void {
    if (cancelTick) return;
    const ms = PRESENCE_TICK_MS + sessions.size * PRESENCE_TICK_MS_PER_SESSION;
    cancelTick = clock.wakeAt(clock.monotonicMs() + Math.min(PRESENCE_TICK_MS_MAX, ms), tick);
  }

  return {
    document,
    topic,
    presence,
    get size() {
      return sessions.size;
    },
    join(owner, end) {
      sessions.set(owner, end);
    },
    leave(owner) {
      if (!sessions.delete(owner)) return;
      presence.leave(owner);
      if (sessions.size > 0) return presenceChanged();
      cancelTick?.();
      onEmpty();
    },
    presenceChanged,
    missing(stateVector) {
      try {
        const update = document.missing(stateVector);
        return update ? { tag: "Update", update } : { tag: "OtherHistory" };
      } catch {
        return { tag: "Malformed" };
      }
    },
    keepAlive() {
      publish(topic, presence.everybody() ?? KEEPALIVE_FRAME);
    },
    endAll(code, reason) {
      for (const end of [...sessions.values()]) end(code, reason);
    },
  };
}
