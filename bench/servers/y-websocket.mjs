// The reference server that ships with y-websocket 2, as its own bin/server.cjs puts it together; nothing is stored.
import http from "node:http";
import { createRequire } from "node:module";
import { paced, serveCommands, stamp } from "../children/commands.mjs";

const require = createRequire(import.meta.url);
const peer = createRequire(require.resolve("y-websocket-2/bin/utils"));
const { Server: WebSocketServer } = peer("ws");
const { setupWSConnection, getYDoc } = require("y-websocket-2/bin/utils");

const server = http.createServer();
const sockets = new WebSocketServer({ server });
sockets.on("connection", setupWSConnection);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

serveCommands({
  open({ rooms, rows, columns }) {
    for (let room = 0; room < rooms; room++) {
      const entries = Array.from({ length: rows }, (_, row) => [row, Array(columns).fill(`text ${row}`)]);
      getYDoc(`bench/tab-${room}`).getArray("log").push(entries);
    }
    return server.address().port;
  },
  async update({ first = 0, rooms, count, everyMs }) {
    await paced(count, everyMs, (i) => {
      getYDoc(`bench/tab-${first + (i % rooms)}`)
        .getArray("log")
        .push([[1 + (i % 10), 3, stamp()]]);
    });
  },
});
