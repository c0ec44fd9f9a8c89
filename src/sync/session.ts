/**
 * One client's socket on one document.
 *
 *     opening --document loaded--> open --either side--> closed
 *        |  frames wait in a bounded queue          ^
 *        '--refused: token, right, name, storage----'
 */
import { CLOSE } from "#contract/close-codes.ts";
import { decodeFrame } from "#contract/frames.ts";
import type { Room } from "./room.ts";
import type { Socket } from "./socket.ts";

export interface Session {
  /** A binary message of the client; text is not part of the protocol. */
  message(data: Uint8Array | string): void;
  /** The socket is closed, whoever did it. */
  closed(): void;
}

type State =
  | { readonly tag: "opening"; readonly waiting: Uint8Array[] }
  | { readonly tag: "open"; readonly room: Room }
  | { readonly tag: "closed" };

/** `enter` gives the document's room; whoever enters joins it in the same tick. */
export type Admitted = { readonly tag: "Admitted"; readonly enter: () => Room | Refusal } | Refusal;

export interface Refusal {
  readonly tag: "Refused";
  readonly code: number;
  readonly reason: string;
}

/** What is sent at once: below any socket's limit for unread bytes. */
const SMALL_ANSWER_BYTES = 64 * 1024;
/** A stock client sends two frames before it hears anything. */
const WAITING_MAX = 16;

/** `admit` resolves to the session's room or to the reason why it gets none. */
export function createSession(socket: Socket, admit: () => Promise<Admitted>): Session {
  let state: State = { tag: "opening", waiting: [] };
  const owner = {};

  function end(code: number, reason: string): void {
    if (state.tag === "closed") return;
    leave();
    socket.close(code, reason);
  }
  function leave(): void {
    if (state.tag === "open") state.room.leave(owner);
    state = { tag: "closed" };
  }

  async function open(): Promise<void> {
    const admitted = await admit();
    if (state.tag !== "opening") return;
    if (admitted.tag === "Refused") return end(admitted.code, admitted.reason);
    const room = admitted.enter();
    if ("tag" in room) return end(room.code, room.reason);
    const { waiting } = state;
    state = { tag: "open", room };
    room.join(owner, end);
    const present = room.presence.everybody();
    if (present) socket.send(present);
    for (const frame of waiting) receive(frame);
  }

  function receive(data: Uint8Array): void {
    if (state.tag !== "open") return;
    const { room } = state;
    const frame = decodeFrame(data);
    if (!frame.ok) return end(CLOSE.malformed, frame.error.why);
    switch (frame.value.type) {
      case "syncStep1":
        void answer(room, frame.value.stateVector.slice());
        return;
      case "syncStep2":
      case "update":
        // A mirror has one writer. An update without content is what a client sends that has nothing to say.
        if (isEmptyUpdate(frame.value.update)) return;
        return end(CLOSE.forbidden, "this document is read-only: send edits to its ~edits document");
      case "awareness": {
        const problem = room.presence.receive(owner, frame.value.update);
        if (problem) return end(CLOSE.malformed, problem);
        return room.presenceChanged();
      }
      case "queryAwareness": {
        const present = room.presence.everybody();
        if (present) socket.send(present);
        return;
      }
      case "unknown":
        return end(CLOSE.malformed, `message type ${frame.value.code} is unknown`);
    }
  }

  /**
   * Sends what the client misses, then subscribes it in the same tick, with nothing on its way to the disk: no gap.
   * A large answer is let drain first, outside the room's traffic, and followed by what changed meanwhile.
   */
  async function answer(room: Room, stateVector: Uint8Array): Promise<void> {
    let from = stateVector;
    for (;;) {
      await room.document.settled();
      if (state.tag !== "open") return;
      const missing = room.missing(from);
      if (missing.tag === "Malformed") return end(CLOSE.malformed, "a state vector that cannot be read");
      if (missing.tag === "OtherHistory") {
        return end(CLOSE.epoch, "another history: start from an empty document");
      }
      if (missing.frame.length <= SMALL_ANSWER_BYTES) {
        socket.subscribe(room.topic);
        return socket.send(missing.frame);
      }
      from = missing.stateVector;
      const release = await room.joins.enter(missing.frame.length);
      if (state.tag === "open") {
        socket.send(missing.frame);
        await socket.drained();
      }
      release();
    }
  }

  open().catch(() => end(CLOSE.overloaded, "the document could not be loaded: try again later"));
  return {
    message(data) {
      if (typeof data === "string") return end(CLOSE.malformed, "a text message: the protocol is binary");
      if (state.tag === "open") return receive(data);
      if (state.tag !== "opening") return;
      if (state.waiting.length >= WAITING_MAX)
        return end(CLOSE.overloaded, "too much sent before the document was loaded");
      state.waiting.push(data.slice());
    },
    closed: leave,
  };
}

function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
