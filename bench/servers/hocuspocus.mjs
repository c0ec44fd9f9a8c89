// @hocuspocus/server as its manual sets it up, without extensions: nothing is stored.
import { Server } from "@hocuspocus/server";
import { paced, serveCommands, stamp } from "../children/commands.mjs";

const server = new Server({
  port: 0,
  address: "127.0.0.1",
  quiet: true,
  // The load sends no presence, which is what keeps its clients' connections alive.
  timeout: 600_000,
});
await server.listen();
const connections = [];

serveCommands({
  async open({ rooms, rows, columns }) {
    for (let room = 0; room < rooms; room++) {
      const connection = await server.hocuspocus.openDirectConnection(`bench/tab-${room}`);
      const entries = Array.from({ length: rows }, (_, row) => [row, Array(columns).fill(`text ${row}`)]);
      await connection.transact((doc) => doc.getArray("log").push(entries));
      connections.push(connection);
    }
    return server.address.port;
  },
  async update({ first = 0, rooms, count, everyMs }) {
    await paced(count, everyMs, (i) => {
      void connections[first + (i % rooms)].transact((doc) =>
        doc.getArray("log").push([[1 + (i % 10), 3, stamp()]]),
      );
    });
  },
});
