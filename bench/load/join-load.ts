/** Load generator: a crowd that joins one document, each with a state vector, and waits for its sync step 2. */
import { syncStep1Frame } from "#contract/frames.ts";
import { serveCommands } from "../children/commands.mjs";
import { type Client, connect } from "./client-pool.ts";

export interface JoinOptions {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly stateVector: readonly number[];
  /** This many stop reading as soon as they asked, for this long. */
  readonly slow?: number;
  readonly slowMs?: number;
}

export interface Joined {
  /** From the first opening request until each client had its whole answer, the slow ones aside. */
  readonly msOf: { readonly p50: number; readonly p99: number; readonly all: number };
  readonly bytesEach: number;
  readonly slowAnswered: number;
  readonly closed: number;
}

/** Answers are too large to keep a crowd's in memory: their length says enough. */
const KEPT_BYTES_MAX = 1024;
const OPENING_MAX = 256;
const SYNC_STEP_2 = 1;

serveCommands({
  async join({ port, path, connections, stateVector, slow = 0, slowMs = 0 }: JoinOptions): Promise<Joined> {
    const hello = syncStep1Frame(new Uint8Array(stateVector));
    const startMs = performance.now();
    const clients: Client[] = [];
    const times: number[] = [];
    let slowAnswered = 0;
    let closed = 0;
    const bytes = new Map<Client, number>();
    let next = 0;
    await new Promise<void>((resolve, reject) => {
      const finish = (): void => {
        if (times.length + slowAnswered + closed >= connections) resolve();
      };
      const events = {
        onOpen(client: Client) {
          clients.push(client);
          client.send(hello);
          if (client.index < slow) {
            client.pause();
            setTimeout(() => client.resume(), slowMs);
          }
          if (next < connections) void open(next++);
        },
        onMessage(client: Client, message: Uint8Array | null, length: number) {
          if (answered.has(client)) return;
          bytes.set(client, (bytes.get(client) ?? 0) + length);
          // A large answer ends with a small sync step 2 that says what changed meanwhile.
          if (message?.[0] !== 0 || message[1] !== SYNC_STEP_2) return;
          answered.add(client);
          if (client.index < slow) slowAnswered++;
          else times.push(performance.now() - startMs);
          finish();
        },
        onClose(client: Client) {
          if (answered.has(client)) return;
          closed++;
          finish();
        },
      };
      const answered = new Set<Client>();
      const open = (index: number): Promise<void> => {
        const host = "127.0.0.1";
        return connect({ host, port, path, index }, events, KEPT_BYTES_MAX).catch(reject);
      };
      while (next < Math.min(connections, OPENING_MAX)) void open(next++);
    });
    for (const client of clients) client.close();
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    const bytesEach = Math.max(...bytes.values());
    return { msOf: { p50: at(0.5), p99: at(0.99), all: at(1) }, bytesEach, slowAnswered, closed };
  },
});
