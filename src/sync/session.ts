/**
 * One client's socket on one document.
 *
 *     opening --document loaded--> open --either side--> closed
 *        |  frames wait in a bounded queue          ^
 *        '--refused: token, right, name, storage----'
 */
import { CLOSE } from "#contract/close-codes.ts";
import { decodeFrame } from "#contract/frames.ts";
import type { Clock } from "../runtime/clock.ts";
import { answerCost, createFrameMeter } from "./frame-meter.ts";
import type { SyncLimits } from "./limits.ts";
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

export interface SessionDeps {
  readonly clock: Clock;
  readonly limits: Pick<SyncLimits, "framesPerSecondMax" | "answerMsMax">;
  /** The topic of signs of life. */
  readonly everybody: string;
}

/** What is sent at once: below any socket's limit for unread bytes. */
const SMALL_ANSWER_BYTES = 64 * 1024;
/** A stock client sends two frames before it hears anything. */
const WAITING_MAX = 16;
const WAITING_BYTES_MAX = 256 * 1024;

/** `admit` resolves to the session's room or to the reason why it gets none. */
export function createSession(
  socket: Socket,
  { clock, limits, everybody }: SessionDeps,
  admit: () => Promise<Admitted>,
): Session {
  let state: State = { tag: "opening", waiting: [] };
  let waitingBytes = 0;
  const owner = {};
  const meter = createFrameMeter(clock, limits.framesPerSecondMax);
  /** The state vector to answer next: of several asked meanwhile, the last says it all. */
  let asked: Uint8Array | null = null;
  let answering = false;
  /** A large answer is on its way: whatever is sent besides would close the socket as one that reads too slowly. */
  let draining = false;

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
        asked = frame.value.stateVector.slice();
        if (!answering) void answerAll(room);
        return;
      case "syncStep2":
      case "update":
        // A mirror has one writer. An update without content is what a client sends that has nothing to say.
        if (isEmptyUpdate(frame.value.update)) return;
        return end(CLOSE.forbidden, "this document is read-only: send edits to its ~edits document");
      case "awareness": {
        const received = room.presence.receive(owner, frame.value.update);
        if (received.tag === "Malformed") return end(CLOSE.malformed, received.why);
        if (received.reply && !draining) socket.send(received.reply);
        if (received.changed) room.presenceChanged();
        return;
      }
      case "queryAwareness": {
        const present = room.presence.everybody();
        if (present && !draining) socket.send(present);
        return;
      }
      case "unknown":
        return end(CLOSE.malformed, `message type ${frame.value.code} is unknown`);
    }
  }

  async function answerAll(room: Room): Promise<void> {
    answering = true;
    for (let from = asked; from && state.tag === "open"; from = asked) {
      asked = null;
      await answer(room, from);
    }
    answering = false;
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
      if (!meter.take(answerCost(missing.frame.length))) return end(CLOSE.overloaded, "too much asked for");
      const release = await room.joins.enter(missing.frame.length);
      if (isOpen()) await sendLarge(room, missing.frame);
      release();
    }
  }
  async function sendLarge(room: Room, frame: Uint8Array): Promise<void> {
    const deadlineMs = clock.monotonicMs() + limits.answerMsMax;
    const cancel = clock.wakeAt(deadlineMs, () => end(CLOSE.slow, "the document was not read in time"));
    draining = true;
    socket.unsubscribe(everybody);
    socket.unsubscribe(room.topic);
    socket.send(frame);
    await socket.drained();
    cancel();
    draining = false;
    if (isOpen()) socket.subscribe(everybody);
  }
  const isOpen = (): boolean => state.tag === "open";

  open().catch(() => end(CLOSE.overloaded, "the document could not be loaded: try again later"));
  return {
    message(data) {
      if (!meter.take(1))
        return end(CLOSE.overloaded, `more than ${limits.framesPerSecondMax} messages a second: slow down`);
      if (typeof data === "string") return end(CLOSE.malformed, "a text message: the protocol is binary");
      if (state.tag === "open") return receive(data);
      if (state.tag !== "opening") return;
      waitingBytes += data.length;
      if (state.waiting.length >= WAITING_MAX || waitingBytes > WAITING_BYTES_MAX)
        return end(CLOSE.overloaded, "too much sent before the document was loaded");
      state.waiting.push(data.slice());
    },
    closed: leave,
  };
}

function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
