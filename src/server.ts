/** The daemon on a port: the web app, REST and the sync sockets, on Bun's own server. */
import type { Server, ServerWebSocket } from "bun";
import { clientAddress } from "./access/client-address.ts";
import { createOrigins, type Origins } from "./access/origins.ts";
import type { Daemon } from "./daemon.ts";
import type { Network } from "./runtime/address.ts";
import { SYNC_LIMITS, type SyncLimits } from "./sync/limits.ts";
import type { Session } from "./sync/session.ts";
import type { ConnectRequest, Publish, Socket } from "./sync/socket.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The web app's answer, or null when the request is not for it. */
  readonly serveUi: (request: Request) => Response | null;
  readonly limits?: Pick<SyncLimits, "frameBytesMax" | "unreadBytesMax">;
  /** Pages that may connect; those of the daemon's own address when absent. */
  readonly origins?: Origins;
  readonly trustedProxies?: readonly Network[];
  /** PEM texts; plain HTTP when absent. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

export interface RunningServer {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  readonly publish: Publish;
  /** From now on requests are answered by `daemon`; before, by 503 and Retry-After. */
  attach(daemon: Served): void;
  /** Stops listening and closes what is still open. */
  stop(): Promise<void>;
}

/** What is asked of the daemon here. */
export type Served = Pick<Daemon, "handle" | "connect"> & Partial<Pick<Daemon, "waitMs">>;

const SYNC_PREFIX = "/sync/";
/** An answer counts as drained when less than this waits unread. */
const DRAINED_BYTES = 64 * 1024;
/** The API's own bound is far lower, and answers in words; this one only ends what would never end. */
const REST_BODY_BYTES_MAX = 64 * 1024 * 1024;

export function startServer(options: ServerOptions): RunningServer {
  const { host, port, serveUi, limits = SYNC_LIMITS, trustedProxies = [], tls } = options;
  const { origins = createOrigins({ listed: [] }) } = options;
  let daemon: Served | null = null;

  const server: Server<BunSocket> = Bun.serve<BunSocket>({
    hostname: host,
    port,
    ...(tls && { tls }),
    maxRequestBodySize: REST_BODY_BYTES_MAX,
    async fetch(request, server) {
      const url = new URL(request.url);
      const peer = server.requestIP(request)?.address ?? "unknown";
      const address = clientAddress(peer, request.headers.get("x-forwarded-for"), trustedProxies);
      if (url.pathname.startsWith(SYNC_PREFIX)) return upgrade(request, url, address);
      if (!daemon) return notReady();
      const ui = serveUi(request);
      if (ui) return ui;
      const response = await daemon.handle(request, address);
      // Its heartbeats are further apart than the time after which Bun closes what is silent.
      if (response.headers.get("content-type") === "text/event-stream") server.timeout(request, 0);
      return response;
    },
    websocket: {
      maxPayloadLength: limits.frameBytesMax,
      backpressureLimit: limits.unreadBytesMax,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
      open(ws) {
        if (daemon) ws.data.open(ws, daemon);
        else ws.close(1013, "the server is starting");
      },
      message: (ws, data) => ws.data.session?.message(data),
      drain: (ws) => ws.data.onDrain(),
      close: (ws) => ws.data.onClose(),
    },
  });

  function upgrade(request: Request, url: URL, address: string): Response | undefined {
    if (!daemon) return notReady();
    const origin = request.headers.get("origin");
    const isForeign = origin !== null && !origins.mayConnect(origin, request.headers.get("host"));
    const connect: ConnectRequest = {
      room: url.pathname.slice(SYNC_PREFIX.length),
      token: url.searchParams.get("token"),
      epoch: url.searchParams.get("epoch"),
      address,
      ...(isForeign && { foreignOrigin: origin }),
    };
    const waitMs = daemon.waitMs?.(connect) ?? 0;
    if (waitMs > 0) return tooMany(waitMs);
    if (server.upgrade(request, { data: new BunSocket(connect) })) return undefined;
    return new Response("This address is for WebSockets: use a y-websocket client.\n", { status: 426 });
  }

  return {
    scheme: tls ? "https" : "http",
    host,
    port: server.port ?? port,
    publish(topic, frame) {
      server.publish(topic, frame as Uint8Array<ArrayBuffer>);
    },
    attach(attached) {
      daemon = attached;
    },
    async stop() {
      daemon = null;
      await server.stop(true);
    },
  };
}

/** Bun's socket as sessions see it, and all that is kept for one. */
class BunSocket implements Socket {
  session: Session | null = null;
  /** Until it is open. */
  private request: ConnectRequest | null;
  /** While it is open. */
  private ws: ServerWebSocket<BunSocket> | null = null;
  private waiting: (() => void)[] | null = null;

  constructor(request: ConnectRequest) {
    this.request = request;
  }

  open(ws: ServerWebSocket<BunSocket>, daemon: Served): void {
    const { request } = this;
    this.ws = ws;
    this.request = null;
    if (request) this.session = daemon.connect(this, request);
  }
  send(frame: Uint8Array): void {
    this.ws?.sendBinary(frame as Uint8Array<ArrayBuffer>);
  }
  close(code: number, reason: string): void {
    this.ws?.close(code, reason);
  }
  subscribe(topic: string): void {
    this.ws?.subscribe(topic);
  }
  unsubscribe(topic: string): void {
    this.ws?.unsubscribe(topic);
  }
  drained(): Promise<void> {
    if (this.isDrained()) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting ??= [];
      this.waiting.push(resolve);
    });
  }
  onDrain(): void {
    if (this.waiting && this.isDrained()) this.settle();
  }
  onClose(): void {
    this.ws = null;
    this.settle();
    this.session?.closed();
  }
  private isDrained(): boolean {
    return !this.ws || this.ws.getBufferedAmount() <= DRAINED_BYTES;
  }
  private settle(): void {
    const { waiting } = this;
    this.waiting = null;
    for (const resolve of waiting ?? []) resolve();
  }
}

function notReady(): Response {
  return new Response("Sheetwire is starting.\n", { status: 503, headers: { "Retry-After": "1" } });
}

function tooMany(waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1000);
  return new Response("Too many connections or wrong tokens from this address: try again later.\n", {
    status: 503,
    headers: { "Retry-After": String(seconds) },
  });
}
