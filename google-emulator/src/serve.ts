/** Puts an emulator on a port of this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { EmulatorResponse } from "./http/message.ts";
import type { Emulator } from "./interface.ts";

export interface ServedEmulator {
  /** "http://127.0.0.1:8900": what replaces every Google host. */
  readonly url: string;
  readonly port: number;
  /** Cuts open connections too. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly hostname?: string;
  /** Waits before a delayed answer; by default with a real timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

export async function serveEmulator(emulator: Emulator, options: ServeOptions): Promise<ServedEmulator> {
  const wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const hostname = options.hostname ?? "127.0.0.1";
  const server = createServer((incoming, outgoing) => {
    void serveOne(emulator, incoming, outgoing, wait).catch((error: unknown) => {
      // A bug of the emulator must not look like an answer of Google's.
      console.error("Emulator failed", incoming.method, incoming.url?.split("?")[0], error);
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, hostname, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  return {
    url: `http://${hostname}:${port}`,
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serveOne(
  emulator: Emulator,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const answer = emulator.handle({
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    headers: headersOf(incoming),
    body: Buffer.concat(chunks),
  });
  if (answer.delayMs !== undefined) await wait(answer.delayMs);
  deliver(answer, outgoing);
}

function deliver(answer: EmulatorResponse, outgoing: ServerResponse): void {
  if (answer.broken === "reset") {
    outgoing.destroy();
    return;
  }
  const bytes = Buffer.from(answer.body);
  if (answer.status === 204) {
    outgoing.writeHead(204, answer.headers).end();
    return;
  }
  outgoing.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
  if (answer.broken === "truncated") {
    outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
  } else {
    outgoing.end(bytes);
  }
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
