/** The sessions of one loaded document: its topic, its presence, its end. */

import { KEEPALIVE_FRAME, syncStep2Frame, updateFrame } from "#contract/frames.ts";
import type { Clock } from "../runtime/clock.ts";
import { createFlush } from "./flush.ts";
import type { JoinGate } from "./join-gate.ts";
import type { CatchUp } from "./live-document.ts";
import { createPresence, type Presence, type PresenceLimits } from "./presence.ts";
import type { RoomDocument } from "./room-document.ts";
import type { Publish } from "./socket.ts";

/** A session as its room knows it; what it says about presence is its own. */
export interface Member {
  end(code: number, reason: string): void;
}

export interface Room {
  readonly tag: "Room";
  readonly document: RoomDocument;
  readonly topic: string;
  readonly presence: Presence;
  /** Sessions in the room. */
  readonly size: number;
  join(member: Member): void;
  leave(member: Member): void;
  /** Presence changes leave with the next tick. */
  presenceChanged(): void;
  /** Shared by all rooms: bounds the bytes of large answers on their way. */
  readonly joins: JoinGate;
  /** A durable update on its way to the sessions. */
  deliver(update: Uint8Array): void;
  /** For who misses much: what to send first; null for others, and for a state vector that `missing` will refuse. */
  catchUp(stateVector: Uint8Array): Promise<CatchUp | null> | null;
  missing(stateVector: Uint8Array): Missing;
  /** A sign of life to everybody, and who is here, so that nobody's presence runs out. */
  keepAlive(): void;
  endAll(code: number, reason: string): void;
}

export type Missing =
  /** A sync step 2. */
  | { readonly tag: "Answer"; readonly frame: Uint8Array }
  | { readonly tag: "OtherHistory" }
  | { readonly tag: "Malformed" };

/** Time over which presence changes gather, and how it grows with the room. */
const PRESENCE_TICK_MS = 50;
const PRESENCE_TICK_MS_PER_SESSION = 0.5;
const PRESENCE_TICK_MS_MAX = 5_000;

export interface RoomDeps {
  readonly clock: Clock;
  readonly publish: Publish;
  readonly joins: JoinGate;
  readonly limits: PresenceLimits;
  /** Told of the bytes handed to sockets. */
  readonly onSent: (bytes: number) => void;
  readonly onEmpty: () => void;
}

export function createRoom(
  document: RoomDocument,
  { clock, publish, joins, limits, onSent, onEmpty }: RoomDeps,
): Room {
  const topic = document.name;
  const presence = createPresence(limits);
  const members = new Set<Member>();
  let cancelTick: (() => void) | null = null;
  let lastAnswer: { readonly update: Uint8Array; readonly frame: Uint8Array } | null = null;
  const flush = createFlush({
    clock,
    size: () => members.size,
    send: (update) => sendAll(updateFrame(update)),
  });

  function sendAll(frame: Uint8Array): void {
    publish(topic, frame);
    onSent(frame.length * members.size);
  }

  function tick(): void {
    cancelTick = null;
    const changes = presence.takeChanges();
    if (changes) sendAll(changes);
  }
  function presenceChanged(): void {
    if (cancelTick) return;
    const ms = PRESENCE_TICK_MS + members.size * PRESENCE_TICK_MS_PER_SESSION;
    cancelTick = clock.wakeAt(clock.monotonicMs() + Math.min(PRESENCE_TICK_MS_MAX, ms), tick);
  }

  return {
    tag: "Room",
    document,
    topic,
    presence,
    joins,
    deliver: flush.add,
    get size() {
      return members.size;
    },
    join(member) {
      members.add(member);
    },
    leave(member) {
      if (!members.delete(member)) return;
      presence.leave(member);
      if (members.size > 0) return presenceChanged();
      cancelTick?.();
      flush.stop();
      onEmpty();
    },
    presenceChanged,
    catchUp(stateVector) {
      try {
        return document.catchUp(stateVector);
      } catch {
        return null;
      }
    },
    missing(stateVector) {
      try {
        const update = document.missing(stateVector);
        if (!update) return { tag: "OtherHistory" };
        if (lastAnswer?.update !== update) lastAnswer = { update, frame: syncStep2Frame(update) };
        return { tag: "Answer", frame: lastAnswer.frame };
      } catch {
        return { tag: "Malformed" };
      }
    },
    keepAlive() {
      lastAnswer = null;
      document.rest();
      sendAll(presence.everybody() ?? KEEPALIVE_FRAME);
    },
    endAll(code, reason) {
      for (const member of [...members]) member.end(code, reason);
    },
  };
}
