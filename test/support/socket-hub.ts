/** Sockets in process: what Bun.serve does for sessions, without a network and in the caller's time. */
import type { Publish, Socket } from "../../src/sync/socket.ts";

export interface SocketHub {
  readonly publish: Publish;
  /** The server's end of a new socket; the callbacks are the client's. */
  open(client: ClientEnd): Socket;
  /** The client hung up: it gets nothing more. */
  forget(client: ClientEnd): void;
}

export interface ClientEnd {
  onFrame(frame: Uint8Array): void;
  onClose(code: number, reason: string): void;
}

export interface HubOptions {
  /** Carries a frame or a close to the client; at once when absent. */
  readonly deliver?: (client: ClientEnd, run: () => void) => void;
}

export function createSocketHub({ deliver = (_, run) => run() }: HubOptions = {}): SocketHub {
  const topics = new Map<string, Set<ClientEnd>>();
  const gone = new WeakSet<ClientEnd>();
  const send = (client: ClientEnd, frame: Uint8Array): void => {
    const bytes = frame.slice();
    if (!gone.has(client)) deliver(client, () => client.onFrame(bytes));
  };
  const forget = (client: ClientEnd): void => {
    gone.add(client);
    for (const members of topics.values()) members.delete(client);
  };
  return {
    forget,
    publish(topic, frame) {
      for (const client of topics.get(topic) ?? []) send(client, frame);
    },
    open: (client) => ({
      send: (frame) => send(client, frame),
      close(code, reason) {
        if (gone.has(client)) return;
        forget(client);
        deliver(client, () => client.onClose(code, reason));
      },
      subscribe(topic) {
        if (!topics.has(topic)) topics.set(topic, new Set());
        topics.get(topic)!.add(client);
      },
      unsubscribe(topic) {
        topics.get(topic)?.delete(client);
      },
      drained: () => Promise.resolve(),
    }),
  };
}
