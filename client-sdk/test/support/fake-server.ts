/**
 * The sync server's side of the y-websocket protocol over in-process sockets, without a network. Documents of wishes
 * are made when they are asked for, and take what clients write.
 */
import * as Y from "yjs";
import {
  awarenessFrame,
  decodeFrame,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
} from "../../src/contract/frames.ts";

export interface FakeServer {
  /** Hand this class to the SDK. */
  readonly WebSocket: typeof WebSocket;
  /** What is served, by encoded document name; a name that is missing is closed with 4404. */
  readonly documents: Map<string, Y.Doc>;
  /** Sockets that are not closed, oldest first. */
  readonly sockets: readonly FakeSocket[];
  /** Every address that was asked for. */
  readonly urls: readonly string[];
  /** Closes each new socket with this code as soon as it has opened; `room` alone when given. */
  refuseWith: { code: number; reason: string; room?: string } | null;
  /** Sockets of a room open, but nothing that they ask is answered while its name is in here. */
  readonly silent: Set<string>;
}

export interface FakeSocket {
  readonly url: string;
  readonly room: string;
  readonly frames: Uint8Array[];
  hear(frame: Uint8Array): void;
  /** Closes it from the server's side. */
  drop(code: number, reason?: string): void;
}

export function createFakeServer(): FakeServer {
  const sockets: FakeSocket[] = [];
  const urls: string[] = [];
  const server = {
    documents: new Map<string, Y.Doc>(),
    sockets,
    urls,
    refuseWith: null as FakeServer["refuseWith"],
    silent: new Set<string>(),
  };

  class Socket implements FakeSocket {
    static readonly OPEN = 1;
    readonly OPEN = 1;
    readyState = 0;
    binaryType = "blob";
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onerror: (() => void) | null = null;
    readonly frames: Uint8Array[] = [];
    readonly url: string;
    #undo = (): void => {};

    constructor(url: string) {
      this.url = url;
      urls.push(url);
      sockets.push(this);
      queueMicrotask(() => this.#accept());
    }

    #accept(): void {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
      const { refuseWith } = server;
      if (refuseWith && (refuseWith.room ?? this.room) === this.room) {
        return this.drop(refuseWith.code, refuseWith.reason);
      }
      if (this.#writable && !server.documents.has(this.room)) server.documents.set(this.room, new Y.Doc());
      const doc = server.documents.get(this.room);
      if (!doc) return this.drop(4404, "no such document");
      const onUpdate = (update: Uint8Array, origin: unknown): void => {
        if (origin !== this) this.#deliver(updateFrame(update));
      };
      doc.on("update", onUpdate);
      this.#undo = () => doc.off("update", onUpdate);
      if (this.#writable) this.#deliver(syncStep1Frame(Y.encodeStateVector(doc)));
    }

    get room(): string {
      return /\/sync\/([^?]*)/.exec(this.url)?.[1] ?? "";
    }
    get #writable(): boolean {
      return this.room.endsWith("~edits");
    }

    #deliver(bytes: Uint8Array): void {
      this.onmessage?.({ data: bytes.slice().buffer as ArrayBuffer });
    }

    send(data: ArrayBuffer | Uint8Array): void {
      const bytes = new Uint8Array(data);
      this.frames.push(bytes);
      const frame = decodeFrame(bytes);
      if (!frame.ok || server.silent.has(this.room)) return;
      const doc = server.documents.get(this.room);
      switch (frame.value.type) {
        case "update":
        case "syncStep2":
          if (this.#writable) Y.applyUpdate(doc!, frame.value.update, this);
          return;
        case "awareness":
          for (const other of sockets)
            if (other !== this && other.room === this.room) other.hear(awarenessFrame(frame.value.update));
          return;
        case "syncStep1": {
          const { stateVector } = frame.value;
          queueMicrotask(() => {
            if (doc && this.readyState === 1)
              this.#deliver(syncStep2Frame(Y.encodeStateAsUpdate(doc, stateVector)));
          });
        }
      }
    }

    hear(frame: Uint8Array): void {
      if (this.readyState === 1) this.#deliver(frame);
    }

    drop(code: number, reason = ""): void {
      if (this.readyState === 3) return;
      this.#end();
      this.onclose?.({ code, reason });
    }

    close(): void {
      this.#end();
    }

    #end(): void {
      this.readyState = 3;
      this.#undo();
      const at = sockets.indexOf(this);
      if (at >= 0) sockets.splice(at, 1);
    }
  }
  return Object.assign(server, { WebSocket: Socket as unknown as typeof WebSocket });
}

/** Lets everything that waits on microtasks happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
