/**
 * Joining a tab of a million cells: a crowd at once, each with an empty document as stock clients have; some that stop
 * reading for a while; then the crowd again, up to date. Over the daemon's own sockets and LMDB.
 *
 * --connections N   in the crowd
 * --slow-ms N       how long the slow ones do not read
 */
import { startChild } from "./children/child.ts";
import { print } from "./line.ts";
import type { Joined, JoinOptions } from "./load/join-load.ts";

const CONNECTIONS = Number(flag("connections") ?? 5_000);
const SLOW = 8;
/** Longer than the server's signs of life are apart. */
const SLOW_MS = Number(flag("slow-ms") ?? 20_000);
const ROWS = 50_000;
const COLUMNS = 20;
const MIB = 2 ** 20;

const server = startChild("servers/sheetwire.ts");
const load = startChild("load/join-load.ts");
try {
  const port = await server.ask<number>("open", { rooms: 1, rows: ROWS, columns: COLUMNS });
  const where = { port, path: "/sync/bench/tab-0?token=bench" };
  const crowd = `${CONNECTIONS} clients joining ${ROWS} x ${COLUMNS}`;

  const one = await join({ ...where, connections: 1, stateVector: [0] });
  print({ name: `one client joining ${ROWS} x ${COLUMNS}`, value: one.msOf.all, unit: "ms" });
  print({ name: "its answer", value: one.bytesEach, unit: "B" });
  // An edit, so that the crowd finds nothing encoded yet.
  await server.ask("update", { rooms: 1, count: 1, everyMs: 1 });

  const [encodings, before, beforeMs] = [
    await server.ask<number>("encodings"),
    await server.memory(),
    await server.cpuMs(),
  ];
  await server.watchMemory();
  const joined = await join({
    ...where,
    connections: CONNECTIONS,
    stateVector: [0],
    slow: SLOW,
    slowMs: SLOW_MS,
  });
  const [afterMs, peak] = [await server.cpuMs(), await server.peakMemory()];
  const made = (await server.ask<number>("encodings")) - encodings;
  print({ name: `encodings, ${crowd} at once`, value: made, unit: "encodings", goal: "1" });
  print({ name: `half of ${crowd} have it`, value: joined.msOf.p50, unit: "ms" });
  print({ name: `99 % of ${crowd} have it`, value: joined.msOf.p99, unit: "ms" });
  print({ name: `all of ${crowd} have it`, value: joined.msOf.all, unit: "ms" });
  print({
    name: "sent to them",
    value: (joined.bytesEach * CONNECTIONS) / MIB / (joined.msOf.all / 1000),
    unit: "MiB/s",
  });
  print({ name: "CPU of the server for each", value: (afterMs - beforeMs) / CONNECTIONS, unit: "ms" });
  print({ name: "memory of the server before", value: before / MIB, unit: "MiB" });
  print({
    name: "memory of the server at most, beyond that",
    value: (peak - before) / MIB,
    unit: "MiB",
    goal: "<= 256 of answers under way, and sockets",
  });
  print({
    name: "memory of the server afterwards, beyond that",
    value: ((await server.memory()) - before) / MIB,
    unit: "MiB",
  });
  print({
    name: `closed of ${crowd}, ${SLOW} of them not reading for ${SLOW_MS / 1000} s`,
    value: joined.closed,
    unit: "clients",
    goal: "0",
  });
  print({ name: "slow ones that have it", value: joined.slowAnswered, unit: "clients", goal: String(SLOW) });

  const stateVector = await server.ask<number[]>("stateVector");
  const again = await join({ ...where, connections: CONNECTIONS, stateVector });
  print({ name: `${CONNECTIONS} clients up to date rejoin`, value: again.msOf.all, unit: "ms" });
  print({ name: "answer to one that is up to date", value: again.bytesEach, unit: "B", goal: "<= 8" });
} finally {
  await load.end();
  await server.end();
}

function join(options: JoinOptions): Promise<Joined> {
  return load.ask<Joined>("join", options);
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}
