/**
 * Many WebSocket clients in one process, on bare TCP: a client costs little more than its descriptor, so that what is
 * measured is the server. Just enough of RFC 6455: the opening request, unfragmented frames, pings answered.
 */
import type { Socket } from "bun";

export interface Client {
  readonly index: number;
  /** Sends one binary message of less than 64 KiB. */
  send(message: Uint8Array): void;
  /** Stops and starts reading from the network. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ClientEvents {
  onOpen(client: Client): void;
  /** A whole data message; a view that dies with this call. Beyond `keepBytesMax` only its length is known. */
  onMessage(client: Client, message: Uint8Array | null, length: number): void;
  onClose(client: Client): void;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Of the opening request: path and query. */
  readonly path: string;
  readonly index: number;
}

const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;
const EMPTY = new Uint8Array(0);

/** Resolves when the TCP connection stands; `onOpen` follows. */
export async function connect(
  options: ConnectOptions,
  events: ClientEvents,
  keepBytesMax = 1024 * 1024,
): Promise<void> {
  await Bun.connect<PoolClient>({
    hostname: options.host,
    port: options.port,
    data: new PoolClient(options.index, events, keepBytesMax),
    socket: HANDLER,
  }).then((socket) => {
    socket.data.socket = socket;
    socket.write(
      `GET ${options.path} HTTP/1.1\r\nHost: ${options.host}:${options.port}\r\nUpgrade: websocket\r\n` +
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  });
}

const HANDLER = {
  data: (socket: Socket<PoolClient>, bytes: Uint8Array) => socket.data.receive(bytes),
  close: (socket: Socket<PoolClient>) => socket.data.ended(),
  error: (_: Socket<PoolClient>, error: Error) => console.error("load socket:", error.message),
};

class PoolClient implements Client {
  readonly index: number;
  private readonly events: ClientEvents;
  private readonly keepBytesMax: number;
  socket: Socket<PoolClient> | null = null;
  private opened = false;
  /** An incomplete header or message. */
  private carry: Uint8Array = EMPTY;
  /** Bytes of a long message still to come, which are not kept. */
  private skip = 0;
  private skipped = 0;

  constructor(index: number, events: ClientEvents, keepBytesMax: number) {
    this.index = index;
    this.events = events;
    this.keepBytesMax = keepBytesMax;
  }

  send(message: Uint8Array): void {
    this.socket?.write(frameOf(2, message));
  }
  pause(): void {
    this.socket?.pause();
  }
  resume(): void {
    this.socket?.resume();
  }
  close(): void {
    this.socket?.terminate();
  }
  ended(): void {
    this.events.onClose(this);
  }

  receive(bytes: Uint8Array): void {
    if (this.skip > 0) {
      const taken = Math.min(this.skip, bytes.length);
      this.skip -= taken;
      if (this.skip > 0) return;
      this.events.onMessage(this, null, this.skipped);
      bytes = bytes.subarray(taken);
    }
    const all = this.carry.length === 0 ? bytes : Buffer.concat([this.carry, bytes]);
    let at = this.opened ? 0 : this.opening(all);
    if (at >= 0) at = this.frames(all, at);
    // Bun reuses its buffer.
    this.carry = at < 0 ? all.slice() : at >= all.length ? EMPTY : all.slice(at);
  }

  /** Where the first frame starts, or -1. */
  private opening(all: Uint8Array): number {
    const head = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return -1;
    if (!head.subarray(0, 12).equals(SWITCHING)) throw new Error(head.subarray(0, end).toString());
    this.opened = true;
    this.events.onOpen(this);
    return end + 4;
  }

  /** Where the first incomplete frame starts. */
  private frames(all: Uint8Array, start: number): number {
    let at = start;
    while (all.length - at >= 2) {
      let length = all[at + 1]! & 127;
      let head = 2;
      if (length === 126) {
        if (all.length - at < 4) return at;
        length = (all[at + 2]! << 8) | all[at + 3]!;
        head = 4;
      } else if (length === 127) {
        if (all.length - at < 10) return at;
        length = new DataView(all.buffer, all.byteOffset + at + 2).getUint32(4);
        head = 10;
      }
      const end = at + head + length;
      if (end > all.length) {
        if (length <= this.keepBytesMax) return at;
        this.skip = end - all.length;
        this.skipped = length;
        return all.length;
      }
      this.frame(all[at]! & 15, all.subarray(at + head, end));
      at = end;
    }
    return at;
  }

  private frame(opcode: number, payload: Uint8Array): void {
    if (opcode === OPCODE_PING) this.socket?.write(frameOf(OPCODE_PONG, payload));
    else if (opcode === OPCODE_CLOSE) this.close();
    else if (opcode < OPCODE_CLOSE) this.events.onMessage(this, payload, payload.length);
  }
}

const SWITCHING = Buffer.from("HTTP/1.1 101");

/** Masked, as clients must, with a key of zeros, which leaves the payload as it is. */
function frameOf(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head =
    length < 126 ? [0x80 | opcode, 0x80 | length] : [0x80 | opcode, 0x80 | 126, length >> 8, length & 255];
  const frame = new Uint8Array(head.length + 4 + length);
  frame.set(head);
  frame.set(payload, head.length + 4);
  return frame;
}
