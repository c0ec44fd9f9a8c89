/** Sockets between clients and daemons: in order, late, and sometimes cut. */
import type { Clock } from "../../src/runtime/clock.ts";
import type { ConnectRequest, Publish, Socket } from "../../src/sync/socket.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import { type ClientEnd, createSocketHub } from "../support/socket-hub.ts";

/** What a browser tells when a connection is lost without a close frame. */
export const CLOSE_ABNORMAL = 1006;

/** What a daemon does with sockets; a SyncServer is one. */
export interface Listener {
  connect(socket: Socket, request: ConnectRequest): { message(bytes: Uint8Array): void; closed(): void };
}

/** A client's end. */
export interface Dialled {
  send(frame: Uint8Array): void;
  hangUp(): void;
}

export interface Links {
  readonly publish: Publish;
  listen(listener: Listener): void;
  /** The daemon is gone: all sockets end, and nobody answers until somebody listens again. */
  unplug(): void;
  /** Null when nobody listens. `end.onClose` comes at most once, never after `hangUp`. */
  dial(request: ConnectRequest, end: ClientEnd): Dialled | null;
  /** Ends one socket, chosen at random, for both sides. */
  cutOne(): boolean;
  /** Lets nothing through one socket any more, without telling anybody. */
  muteOne(): boolean;
  /** No further delay to speak of. */
  heal(): void;
  /** Open sockets. */
  readonly size: number;
}

export interface LinksDeps {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly delayMaxMs: number;
}

interface Link {
  readonly toClient: Pipe;
  readonly toServer: Pipe;
  readonly onServerClosed: () => void;
  readonly onClientClosed: (code: number, reason: string) => void;
}

export function createLinks({ clock, random, delayMaxMs }: LinksDeps): Links {
  let listener: Listener | null = null;
  let maxMs = delayMaxMs;
  const open = new Set<Link>();
  const pipes = new Map<ClientEnd, Pipe>();
  const hub = createSocketHub({ deliver: (end, run) => pipes.get(end)?.carry(run) });
  const pipe = (): Pipe => createPipe(clock, () => random.float() * maxMs);

  function cut(link: Link): void {
    if (!open.delete(link)) return;
    for (const end of [link.toClient, link.toServer]) end.mute();
    link.onServerClosed();
    link.onClientClosed(CLOSE_ABNORMAL, "");
  }

  return {
    publish: hub.publish,
    listen(next) {
      listener = next;
    },
    unplug() {
      listener = null;
      for (const link of [...open]) cut(link);
    },
    dial(request, end) {
      if (!listener) return null;
      const [toClient, toServer] = [pipe(), pipe()];
      let over = false;
      const finish = (): boolean => {
        const first = !over;
        over = true;
        open.delete(link);
        return first;
      };
      const hubEnd: ClientEnd = {
        onFrame: (frame) => {
          if (!over) end.onFrame(frame);
        },
        onClose(code, reason) {
          session.closed();
          link.onClientClosed(code, reason);
        },
      };
      const link: Link = {
        toClient,
        toServer,
        onServerClosed: () => session.closed(),
        onClientClosed(code, reason) {
          if (finish()) end.onClose(code, reason);
        },
      };
      pipes.set(hubEnd, toClient);
      open.add(link);
      const session = listener.connect(hub.open(hubEnd), request);
      return {
        send: (frame) => toServer.carry(() => session.message(frame)),
        hangUp() {
          if (!finish()) return;
          toClient.mute();
          toServer.carry(() => session.closed());
        },
      };
    },
    cutOne() {
      const link = choose(open, random);
      if (link) cut(link);
      return link !== null;
    },
    muteOne() {
      const link = choose(open, random);
      link?.toClient.mute();
      link?.toServer.mute();
      return link !== null;
    },
    heal() {
      maxMs = 20;
    },
    get size() {
      return open.size;
    },
  };
}

interface Pipe {
  /** Runs `run` at the other end, after everything carried before. */
  carry(run: () => void): void;
  mute(): void;
}

function createPipe(clock: Clock, delayMs: () => number): Pipe {
  let freeAt = 0;
  let muted = false;
  return {
    carry(run) {
      freeAt = Math.max(freeAt, clock.monotonicMs() + delayMs());
      clock.wakeAt(freeAt, () => {
        if (!muted) run();
      });
    },
    mute() {
      muted = true;
    },
  };
}

function choose<T>(from: ReadonlySet<T>, random: SeededRandom): T | null {
  return from.size === 0 ? null : random.pick([...from]);
}
