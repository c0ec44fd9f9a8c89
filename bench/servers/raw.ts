/** The floor: Bun.serve with one topic per room and canned answers. No documents, no rights, no storage. */
import { updateFrame } from "#contract/frames.ts";
import { paced, serveCommands, stamp, type Updates } from "../children/commands.mjs";

const ANSWER = new Uint8Array([0, 1, 2, 0, 0]);

const server = Bun.serve<{ topic: string }>({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const topic = new URL(request.url).pathname;
    return server.upgrade(request, { data: { topic } }) ? undefined : new Response(null, { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open: (ws) => void ws.subscribe(ws.data.topic),
    message: (ws) => void ws.sendBinary(ANSWER),
  },
});

serveCommands({
  open: () => server.port,
  async update({ first = 0, rooms, count, everyMs }: Updates) {
    await paced(count, everyMs, (i) => {
      // As long as a one-cell update of a mirror.
      const update = new Uint8Array(42);
      new TextEncoder().encodeInto(stamp(), update.subarray(20));
      server.publish(`/sync/bench/tab-${first + (i % rooms)}`, updateFrame(update));
    });
  },
});
