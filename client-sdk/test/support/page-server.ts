/** Pages built from test/pages for a real browser, and the sync server's side of their documents. */
import { join } from "node:path";
import * as Y from "yjs";
import { decodeFrame, syncStep1Frame, syncStep2Frame, updateFrame } from "../../src/contract/frames.ts";

export interface PageServer {
  readonly url: string;
  /** By encoded name; those of wishes are made when they are asked for. */
  readonly documents: Map<string, Y.Doc>;
  /** No socket is let in, and those that are open end. */
  setDown(down: boolean): void;
  readonly sockets: number;
  stop(): Promise<void>;
}

interface Attached {
  readonly room: string;
  undo: () => void;
}

const pages = join(import.meta.dir, "../pages");

/** `/NAME` is a page that runs test/pages/NAME.ts, or .tsx; `/NAME.js` the script alone. */
export async function startPageServer(names: readonly string[]): Promise<PageServer> {
  const scripts = names.length > 0 ? await build(names) : new Map<string, string>();
  const documents = new Map<string, Y.Doc>();
  const sockets = new Set<Bun.ServerWebSocket<Attached>>();
  let down = false;

  const server = Bun.serve<Attached>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, listening) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/sync/")) {
        const data = { room: pathname.slice("/sync/".length), undo: () => {} };
        return !down && listening.upgrade(request, { data })
          ? undefined
          : new Response(null, { status: 503 });
      }
      const script = scripts.get(pathname);
      if (script) return new Response(script, { headers: { "Content-Type": "text/javascript" } });
      if (!scripts.has(`${pathname}.js`)) return new Response(null, { status: 404 });
      const html = `<!doctype html><div id="root"></div><script type="module" src="${pathname}.js"></script>`;
      return new Response(html, { headers: { "Content-Type": "text/html" } });
    },
    websocket: {
      maxPayloadLength: 64 * 1024 * 1024,
      open(socket) {
        const { room } = socket.data;
        const isEdits = room.endsWith("~edits");
        if (isEdits && !documents.has(room)) documents.set(room, new Y.Doc());
        const doc = documents.get(room);
        if (!doc) return socket.close(4404, "no such document");
        sockets.add(socket);
        const send = (update: Uint8Array, origin: unknown): void => {
          if (origin !== socket) socket.send(updateFrame(update));
        };
        doc.on("update", send);
        socket.data.undo = () => doc.off("update", send);
        if (isEdits) socket.send(syncStep1Frame(Y.encodeStateVector(doc)));
      },
      message(socket, message) {
        const doc = documents.get(socket.data.room);
        const frame = decodeFrame(new Uint8Array(message as unknown as Buffer));
        if (!doc || !frame.ok) return;
        if (frame.value.type === "syncStep1") {
          socket.send(syncStep2Frame(Y.encodeStateAsUpdate(doc, frame.value.stateVector)));
        } else if (frame.value.type === "update" || frame.value.type === "syncStep2") {
          Y.applyUpdate(doc, frame.value.update, socket);
        }
      },
      close(socket) {
        socket.data.undo();
        sockets.delete(socket);
      },
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    documents,
    get sockets() {
      return sockets.size;
    },
    setDown(now) {
      down = now;
      if (down) for (const socket of sockets) socket.close(1012);
    },
    stop: () => server.stop(true),
  };
}

async function build(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { outputs } = await Bun.build({
    entrypoints: names.map((name) => join(pages, name)),
    target: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return new Map(
    await Promise.all(outputs.map(async (one) => [one.path.replace("./", "/"), await one.text()] as const)),
  );
}
