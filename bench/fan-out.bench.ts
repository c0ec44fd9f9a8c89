/**
 * Fan-out at 15,000 connections: CPU per delivered frame, memory per connection and time from an update to the
 * clients, beside bare Bun.serve and two peers. Every server has its crowd at the same time and they take turns, so
 * that a busy machine is busy for all of them. Ours stores every update on disk first; the others store nothing.
 *
 * --connections N    per server
 * --only NAME,NAME   of: raw, sheetwire, hocuspocus, y-websocket
 */
import { type Child, startChild } from "./children/child.ts";
import { median, print, printAgainst } from "./line.ts";
import type { Counted, CrowdOptions } from "./load/fan-out-load.ts";

const CONNECTIONS = Number(flag("connections") ?? 15_000);
const ROOMS = 1_000;
const ROUNDS = Number(flag("rounds") ?? 2);
/** Memory is counted from here on, so that compiled code and what a heap starts with are not taken for connections. */
const FIRST_CONNECTIONS = CONNECTIONS / 5;
/** For stragglers after the last update. */
const DELIVERY_MS_MAX = 15_000;
const TABLE = { rows: 20, columns: 8 };

const SERVERS = {
  raw: { file: "servers/raw.ts", wire: "y-websocket", path: "/sync/", query: "" },
  sheetwire: { file: "servers/sheetwire.ts", wire: "y-websocket", path: "/sync/", query: "?token=bench" },
  hocuspocus: { file: "servers/hocuspocus.mjs", wire: "hocuspocus", path: "/", query: "" },
  "y-websocket": { file: "servers/y-websocket.mjs", wire: "y-websocket", path: "/", query: "" },
} as const;
type Name = keyof typeof SERVERS;
const names = (flag("only")?.split(",") ?? Object.keys(SERVERS)) as Name[];

/** How an update reaches the crowd. */
interface Shape {
  readonly title: string;
  readonly rooms: number;
  readonly updates: number;
  /** Between updates; in the one room longer than its flush interval, so that no two travel as one frame. */
  readonly everyMs: number;
}
const SHAPES: readonly Shape[] = [
  { title: `1 room of ${CONNECTIONS}`, rooms: 1, updates: 3, everyMs: 1_100 },
  {
    title: `${ROOMS} rooms of ${CONNECTIONS / ROOMS}, 200 updates/s`,
    rooms: ROOMS,
    updates: 600,
    everyMs: 5,
  },
];

interface Side {
  readonly name: Name;
  readonly server: Child;
  readonly load: Child;
  readonly bytesPerConnection: number;
  readonly connectMs: number;
}
interface Round {
  readonly cpuMicrosPerFrame: number;
  readonly counted: Counted;
}

for (const shape of SHAPES) await measure(shape);

async function measure(shape: Shape): Promise<void> {
  const sides: Side[] = [];
  try {
    for (const name of names) sides.push(await start(name, shape));
    const rounds = new Map<Name, Round[]>(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of sides) rounds.get(side.name)!.push(await deliver(side, shape));
    }
    report(shape, sides, rounds);
  } finally {
    for (const { server, load } of sides) {
      await load.end();
      await server.end();
    }
  }
}

async function start(name: Name, shape: Shape): Promise<Side> {
  const { file, wire, path, query } = SERVERS[name];
  const server = startChild(file);
  const port = await server.ask<number>("open", { rooms: shape.rooms, ...TABLE });
  const crowd: Omit<CrowdOptions, "connections"> = {
    port,
    rooms: shape.rooms,
    wire,
    path,
    query,
  };
  const load = startChild("load/fan-out-load.ts");
  const firstMs = await load.ask<number>("connect", { ...crowd, connections: FIRST_CONNECTIONS });
  await server.ask("update", { rooms: shape.rooms, count: 20, everyMs: 10 });
  await Bun.sleep(500);
  const before = await server.memory();
  const rest = CONNECTIONS - FIRST_CONNECTIONS;
  const restMs = await load.ask<number>("connect", { ...crowd, connections: rest });
  await Bun.sleep(500);
  const after = await server.memory();
  const bytesPerConnection = (after - before) / rest;
  return { name, server, load, connectMs: firstMs + restMs, bytesPerConnection };
}

async function deliver({ name, server, load }: Side, { rooms, updates, everyMs }: Shape): Promise<Round> {
  const expected = (updates * CONNECTIONS) / rooms;
  await load.ask("reset");
  const beforeMs = await server.cpuMs();
  await server.ask("update", { rooms, count: updates, everyMs });
  let counted = await load.ask<Counted>("count");
  for (const endMs = performance.now() + DELIVERY_MS_MAX; counted.updates < expected; ) {
    if (performance.now() > endMs)
      throw new Error(`${name}: ${counted.updates} of ${expected} updates arrived`);
    await Bun.sleep(50);
    counted = await load.ask<Counted>("count");
  }
  const afterMs = await server.cpuMs();
  return { cpuMicrosPerFrame: ((afterMs - beforeMs) * 1000) / counted.frames, counted };
}

function report(shape: Shape, sides: readonly Side[], rounds: ReadonlyMap<Name, readonly Round[]>): void {
  const cpu = (name: Name): number => median(rounds.get(name)!.map((round) => round.cpuMicrosPerFrame));
  const latency = (name: Name, key: "p50" | "p99"): number =>
    median(rounds.get(name)!.map(({ counted }) => counted.latencyMs[key]));
  const ours = sides.find(({ name }) => name === "sheetwire");
  for (const side of sides) {
    const of = `${side.name}, ${shape.title}`;
    print({ name: `connect and join, ${of}`, value: side.connectMs, unit: "ms" });
    print({ name: `update to client p50, ${of}`, value: latency(side.name, "p50"), unit: "ms" });
    const goal = side.name === "sheetwire" && shape.rooms > 1 ? { goal: "<= 250 beyond the flush tick" } : {};
    print({ name: `update to client p99, ${of}`, value: latency(side.name, "p99"), unit: "ms", ...goal });
    if (!ours || side === ours) continue;
    const floor = side.name === "raw";
    const beside = (value: number): { name: string; value: number } => ({ name: side.name, value });
    const [cpuGoal, memoryGoal] = floor
      ? ["ratio >= 0.87 (1 / 1.15)", "ratio >= 0.67 (1 / 1.5)"]
      : ["ratio >= 1.5", "ratio >= 5"];
    printAgainst(
      `CPU a delivered frame, ${shape.title}`,
      "us",
      cpu("sheetwire"),
      beside(cpu(side.name)),
      cpuGoal,
    );
    printAgainst(
      `memory a connection, ${shape.title}`,
      "B",
      ours.bytesPerConnection,
      beside(side.bytesPerConnection),
      memoryGoal,
    );
  }
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}
