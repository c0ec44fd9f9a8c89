/**
 * One client's socket on one document.
 *
 *     opening --document loaded--> open --either side--> closed
 *        |  frames wait in a bounded queue          ^
 *        '--refused: token, right, name, storage----'
 */
import { CLOSE } from "#contract/close-codes.ts";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import type { Grant } from "../access/grant.ts";
import type { Clock } from "../runtime/clock.ts";
import { offence } from "./edits-guard.ts";
import { type Account, answerCost, type FrameMeter } from "./frame-meter.ts";
import type { SyncLimits } from "./limits.ts";
import type { Member, Room } from "./room.ts";
import type { ReceivedUpdate } from "./room-document.ts";
import type { ConnectRequest, Socket } from "./socket.ts";

export interface Session {
  /** A binary message of the client; text is not part of the protocol. */
  message(data: Uint8Array | string): void;
  /** The socket is closed, whoever did it. */
  closed(): void;
}

/** Being open is being in a room. */
type State = Opening | Room | { readonly tag: "Closed" };

interface Opening {
  readonly tag: "Opening";
  readonly waiting: Uint8Array[];
  waitingBytes: number;
}

/** `enter` gives the document's room; whoever enters joins it in the same tick. */
export type Admitted = { readonly tag: "Admitted"; readonly enter: () => Room | Refusal } | Refusal;

export interface Refusal {
  readonly tag: "Refused";
  readonly code: number;
  readonly reason: string;
}

/** Who a session stands for, for whoever counts them and may have to send them away. */
export interface Visitor {
  readonly address: string;
  /** The token's, once it is known and counted. */
  grant: Grant | null;
  /** It has come to its end, whichever side made it. */
  readonly ended: boolean;
  end(code: number, reason: string): void;
}

/** What all sessions of a server share. */
export interface SessionHost {
  readonly clock: Clock;
  readonly limits: Pick<SyncLimits, "framesPerSecondMax" | "answerMsMax">;
  readonly meter: FrameMeter;
  /** The topic of signs of life for those that follow no room. */
  readonly lobby: string;
  /** Told of the bytes of answers handed to sockets. */
  onSent(bytes: number): void;
  /** The session's room, or the reason why it gets none. */
  admit(request: ConnectRequest, visitor: Visitor): Promise<Admitted>;
  /** The session's socket is closed; called once. */
  left(visitor: Visitor): void;
}

/** A stock client sends two frames before it hears anything. */
const WAITING_MAX = 16;
const WAITING_BYTES_MAX = 256 * 1024;

const CLOSED = { tag: "Closed" } as const;

export function createSession(socket: Socket, request: ConnectRequest, host: SessionHost): Session {
  const session = new ClientSession(socket, request.address, host);
  socket.subscribe(host.lobby);
  session.open(request).catch(() => {
    session.end(CLOSE.overloaded, "the document could not be loaded: try again later");
  });
  return session;
}

/** A class with plain fields: closures for each of 15,000 sessions cost twice the memory of their sockets [measured]. */
class ClientSession implements Session, Member, Visitor, Account {
  readonly address: string;
  grant: Grant | null = null;
  windowEndMs = 0;
  framesLeft = 0;
  private readonly socket: Socket;
  private readonly host: SessionHost;
  private state: State = { tag: "Opening", waiting: [], waitingBytes: 0 };
  /** The state vector to answer next: of several asked meanwhile, the last says it all. */
  private asked: Uint8Array | null = null;
  private answering = false;
  /** Of a document that clients write: what this one has is here, so that the answer holds what came of it. */
  private told = false;
  /** A part of a large answer is on its way: whatever is sent besides would close the socket as one that reads too slowly. */
  private draining = false;

  constructor(socket: Socket, address: string, host: SessionHost) {
    this.socket = socket;
    this.address = address;
    this.host = host;
  }

  message(data: Uint8Array | string): void {
    const { host, state } = this;
    if (!host.meter.take(this, 1)) {
      return this.end(
        CLOSE.overloaded,
        `more than ${host.limits.framesPerSecondMax} messages a second: slow down`,
      );
    }
    if (typeof data === "string") {
      return this.end(CLOSE.malformed, "a text message: the protocol is binary");
    }
    if (state.tag === "Room") return this.receive(state, data);
    if (state.tag !== "Opening") return;
    state.waitingBytes += data.length;
    if (state.waiting.length >= WAITING_MAX || state.waitingBytes > WAITING_BYTES_MAX) {
      return this.end(CLOSE.overloaded, "too much sent before the document was loaded");
    }
    state.waiting.push(data.slice());
  }

  closed(): void {
    this.leave();
    this.host.left(this);
  }

  end(code: number, reason: string): void {
    if (this.state.tag === "Closed") return;
    this.leave();
    this.socket.close(code, reason);
  }

  get ended(): boolean {
    return this.state.tag === "Closed";
  }

  private leave(): void {
    const { state } = this;
    this.state = CLOSED;
    if (state.tag === "Room") state.leave(this);
  }

  async open(request: ConnectRequest): Promise<void> {
    const admitted = await this.host.admit(request, this);
    const opening = this.state;
    if (opening.tag !== "Opening") return;
    if (admitted.tag === "Refused") return this.end(admitted.code, admitted.reason);
    const room = admitted.enter();
    if (room.tag === "Refused") return this.end(room.code, room.reason);
    this.state = room;
    room.join(this);
    const present = room.presence.everybody();
    if (present) this.socket.send(present);
    this.ask(room);
    for (const frame of opening.waiting) if (this.isIn(room)) this.receive(room, frame);
  }

  private receive(room: Room, data: Uint8Array): void {
    const frame = decodeFrame(data);
    if (!frame.ok) return this.end(CLOSE.malformed, frame.error.why);
    switch (frame.value.type) {
      case "syncStep1":
        this.asked = frame.value.stateVector.slice();
        if (this.told || !room.document.receive) this.answerSoon(room);
        return;
      case "syncStep2":
      case "update":
        // A mirror has one writer. An update without content is what a client sends that has nothing to say.
        if (isEmptyUpdate(frame.value.update)) return this.hear(room);
        if (!room.document.receive) {
          return this.end(CLOSE.forbidden, "this document is read-only: only the daemon writes it");
        }
        void this.take(room, room.document.receive(frame.value.update.slice()), frame.value.type);
        return;
      case "awareness": {
        const received = room.presence.receive(this, frame.value.update);
        if (received.tag === "Malformed") return this.end(CLOSE.malformed, received.why);
        if (received.reply && !this.draining) this.socket.send(received.reply);
        if (received.changed) room.presenceChanged();
        return;
      }
      case "queryAwareness": {
        const present = room.presence.everybody();
        if (present && !this.draining) this.socket.send(present);
        return;
      }
      case "unknown":
        return this.end(CLOSE.malformed, `message type ${frame.value.code} is unknown`);
    }
  }

  private async take(
    room: Room,
    receiving: Promise<ReceivedUpdate>,
    type: "syncStep2" | "update",
  ): Promise<void> {
    const received = await receiving.catch(
      (): ReceivedUpdate => offence(CLOSE.overloaded, "the update could not be stored: try again later"),
    );
    if (!this.isIn(room)) return;
    if (received.tag === "Refused") return this.end(received.code, received.why);
    this.hear(room);
    // An update that overtook what the client wrote offline: its next answer holds both.
    if (received.tag === "Incomplete" && type === "update") this.ask(room);
  }

  /** Of a document that clients write: asks for what it misses. */
  private ask({ document }: Room): void {
    if (document.receive && !this.draining) this.socket.send(syncStep1Frame(document.stateVector()));
  }

  private hear(room: Room): void {
    if (this.told) return;
    this.told = true;
    if (this.asked) this.answerSoon(room);
  }

  private answerSoon(room: Room): void {
    if (!this.answering) void this.answerAll(room);
  }

  private async answerAll(room: Room): Promise<void> {
    this.answering = true;
    for (let from = this.asked; from && this.isIn(room); from = this.asked) {
      this.asked = null;
      await this.answer(room, from);
    }
    this.answering = false;
  }

  /**
   * Sends what the client misses, then subscribes it in the same tick, with nothing on its way to the disk: no gap.
   * Who misses much is brought near first, in parts, outside the room's traffic; what changed meanwhile follows.
   */
  private async answer(room: Room, stateVector: Uint8Array): Promise<void> {
    const { socket, host } = this;
    for (let from = stateVector; ; ) {
      const pending = room.catchUp(from);
      const catchUp = pending && (await pending);
      if (!this.isIn(room)) return;
      if (catchUp) {
        if (!host.meter.take(this, answerCost(catchUp.bytes))) {
          return this.end(CLOSE.overloaded, "too much asked for");
        }
        await this.sendParts(room, catchUp.frames);
        from = catchUp.stateVector;
        continue;
      }
      await room.document.settled();
      if (!this.isIn(room)) return;
      const missing = room.missing(from);
      if (missing.tag === "Malformed") return this.end(CLOSE.malformed, "a state vector that cannot be read");
      if (missing.tag === "OtherHistory") {
        return this.end(CLOSE.epoch, "another history: start from an empty document");
      }
      socket.subscribe(room.topic);
      socket.unsubscribe(host.lobby);
      host.onSent(missing.frame.length);
      socket.send(missing.frame);
      return this.ask(room);
    }
  }

  /** Part by part in turn with all who join: each goes on at its own speed, and a slow one holds up nobody. */
  private async sendParts(room: Room, frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) {
      const release = await room.joins.enter(frame.length);
      if (this.isIn(room)) await this.sendLarge(room, frame);
      release();
      if (!this.isIn(room)) return;
    }
  }

  private async sendLarge(room: Room, frame: Uint8Array): Promise<void> {
    const { socket, host } = this;
    const deadlineMs = host.clock.monotonicMs() + host.limits.answerMsMax;
    const cancel = host.clock.wakeAt(deadlineMs, () => {
      this.end(CLOSE.slow, "the document was not read in time");
    });
    this.draining = true;
    socket.unsubscribe(host.lobby);
    socket.unsubscribe(room.topic);
    socket.send(frame);
    host.onSent(frame.length);
    await socket.drained();
    cancel();
    this.draining = false;
    if (this.isIn(room)) socket.subscribe(host.lobby);
  }

  private isIn(room: Room): boolean {
    return this.state === room;
  }
}

function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
