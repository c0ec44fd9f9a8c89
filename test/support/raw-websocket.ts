/** A WebSocket client on a bare TCP socket, for what real ones do not let a test do: read nothing, send anything. */
import { connect, type Socket } from "node:net";

export interface RawWebSocket {
  /** The answer's status line, once it came. */
  readonly status: Promise<string>;
  /** Bytes read so far, those of the upgrade's answer included. */
  readonly bytesRead: number;
  readonly ended: boolean;
  /** All that was read, as text where it is text. */
  text(): string;
  /** A binary message of one frame, masked as clients must. */
  send(message: Uint8Array): void;
  stopReading(): void;
  goOnReading(): void;
  destroy(): void;
}

export function openRawWebSocket(port: number, path: string): RawWebSocket {
  const socket: Socket = connect(port, "127.0.0.1");
  let read = Buffer.alloc(0);
  let [bytesRead, ended] = [0, false];
  const status = Promise.withResolvers<string>();
  socket.on("data", (chunk) => {
    const data = Buffer.from(chunk);
    bytesRead += data.length;
    if (read.length < KEPT_BYTES_MAX) read = Buffer.concat([read, data]);
    status.resolve(read.toString("latin1").split("\r\n")[0]!);
  });
  // The server cutting the connection is what the tests are about.
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    status.resolve("");
  });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  return {
    status: status.promise,
    get bytesRead() {
      return bytesRead;
    },
    get ended() {
      return ended;
    },
    text: () => read.toString("latin1"),
    send: (message) => void socket.write(masked(message)),
    stopReading: () => void socket.pause(),
    goOnReading: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  };
}

const KEPT_BYTES_MAX = 64 * 1024;

/** RFC 6455, section 5.2, with a mask of zeros. */
function masked(message: Uint8Array): Buffer {
  const { length } = message;
  const head =
    length < 126
      ? [0x82, 0x80 | length]
      : length < 65_536
        ? [0x82, 0xfe, length >> 8, length & 255]
        : [0x82, 0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), message]);
}
