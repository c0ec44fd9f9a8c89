/** Load generator: a crowd of y-websocket (or Hocuspocus) clients in rooms, that counts what reaches it. */
import * as encoding from "lib0/encoding";
import { syncStep1Frame } from "#contract/frames.ts";
import { serveCommands } from "../children/commands.mjs";
import { type Client, connect } from "./client-pool.ts";

export interface CrowdOptions {
  readonly port: number;
  readonly connections: number;
  readonly rooms: number;
  readonly wire: "y-websocket" | "hocuspocus";
  /** Before the room's name in the opening request, and after it. */
  readonly path: string;
  readonly query: string;
}

/** Since the last `reset`. */
export interface Counted {
  readonly frames: number;
  /** Updates with a time in them, each counted once a client. */
  readonly updates: number;
  /** From the update being made to a client having it, in whole milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly open: number;
}

const OPENING_MAX = 128;
const EMPTY_STATE = new Uint8Array([0]);

const clients = new Set<Client>();
let synced = 0;
let onSynced: () => void = () => {};
let frames = 0;
let latencies: number[] = [];

serveCommands({
  async connect({ connections, rooms, port, path, query, wire }: CrowdOptions) {
    const startMs = performance.now();
    const hello = wire === "hocuspocus" ? hocuspocusHello : () => [syncStep1Frame(EMPTY_STATE)];
    const target = synced + connections;
    let opening = 0;
    let next = 0;
    await new Promise<void>((resolve, reject) => {
      const more = (): void => {
        while (opening < OPENING_MAX && next < connections) void open(next++);
        if (synced === target) resolve();
      };
      onSynced = () => {
        opening--;
        more();
      };
      const open = (index: number): Promise<void> => {
        opening++;
        const room = roomName(index % rooms);
        const host = "127.0.0.1";
        const events = { onOpen: (client: Client) => greet(client, hello(room)), onMessage, onClose };
        return connect({ host, port, path: `${path}${room}${query}`, index }, events).catch(reject);
      };
      more();
    });
    return performance.now() - startMs;
  },
  reset() {
    frames = 0;
    latencies = [];
  },
  count(): Counted {
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const latencyMs = { p50: at(0.5), p99: at(0.99), max: at(1) };
    return { frames, updates: latencies.length, latencyMs, open: clients.size };
  },
  disconnect() {
    for (const client of clients) client.close();
  },
});

export function roomName(index: number): string {
  return `bench/tab-${index}`;
}

/** Told apart from later frames by being the first: a joiner's answer. */
const answered = new Set<Client>();

function greet(client: Client, messages: readonly Uint8Array[]): void {
  clients.add(client);
  for (const message of messages) client.send(message);
}

function onMessage(client: Client, message: Uint8Array | null): void {
  frames++;
  if (!message) return;
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  for (let at = bytes.indexOf("t="); at >= 0; at = bytes.indexOf("t=", at + 2)) {
    const end = bytes.indexOf(";", at);
    const sentMs = Number(bytes.toString("latin1", at + 2, end));
    latencies.push(Date.now() - sentMs);
  }
  if (answered.has(client) || !isSyncStep2(bytes)) return;
  answered.add(client);
  synced++;
  onSynced();
}

function onClose(client: Client): void {
  clients.delete(client);
  answered.delete(client);
}

/** y-websocket: 0 1 ...; Hocuspocus puts the document's name before it. */
function isSyncStep2(bytes: Buffer): boolean {
  const at = bytes[0] === 0 ? 0 : 1 + bytes[0]!;
  return bytes[at] === 0 && bytes[at + 1] === 1;
}

function hocuspocusHello(room: string): Uint8Array[] {
  const authentication = encoding.createEncoder();
  encoding.writeVarString(authentication, room);
  encoding.writeVarUint(authentication, 2);
  encoding.writeVarUint(authentication, 0);
  encoding.writeVarString(authentication, "token");
  encoding.writeVarString(authentication, "4.7.0");
  const step1 = encoding.createEncoder();
  encoding.writeVarString(step1, room);
  encoding.writeVarUint(step1, 0);
  encoding.writeVarUint(step1, 0);
  encoding.writeVarUint8Array(step1, EMPTY_STATE);
  return [encoding.toUint8Array(authentication), encoding.toUint8Array(step1)];
}
