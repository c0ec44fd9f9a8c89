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
const WARM_UP_UPDATES = 200;
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
  readonly crowd: CrowdOptions;
  connectMs: number;
  bytesPerConnection: number;
}
interface Round {
  readonly frameMicros: number;
  /** Of an update to a room where nobody is: making it, and in our case storing it. */
  readonly updateMicros: number;
  /** Of a frame, without that. */
  readonly beyondMicros: number;
  readonly counted: Counted;
}

for (const shape of SHAPES) await measure(shape);

async function measure(shape: Shape): Promise<void> {
  const sides: Side[] = [];
  try {
    for (const name of names) sides.push(await start(name, shape));
    await fill(sides);
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

/** With a first part of its crowd, and warm. */
async function start(name: Name, shape: Shape): Promise<Side> {
  const { file, wire, path, query } = SERVERS[name];
  const server = startChild(file);
  const load = startChild("load/fan-out-load.ts");
  // As many rooms again, that nobody joins.
  const port = await server.ask<number>("open", { rooms: shape.rooms * 2, ...TABLE });
  const crowd: CrowdOptions = { port, rooms: shape.rooms, wire, path, query, connections: FIRST_CONNECTIONS };
  const connectMs = await load.ask<number>("connect", crowd);
  await server.ask("update", {
    rooms: shape.rooms,
    count: shape.rooms > 1 ? WARM_UP_UPDATES : 10,
    everyMs: 2,
  });
  return { name, server, load, crowd, connectMs, bytesPerConnection: 0 };
}

/** The rest of the crowds; memory is what these add. */
async function fill(sides: readonly Side[]): Promise<void> {
  const connections = CONNECTIONS - FIRST_CONNECTIONS;
  const before: number[] = [];
  for (const { server } of sides) before.push(await server.memory());
  for (const [i, side] of sides.entries()) {
    side.connectMs += await side.load.ask<number>("connect", { ...side.crowd, connections });
    side.bytesPerConnection = ((await side.server.memory()) - before[i]!) / connections;
  }
}

async function deliver({ name, server, load }: Side, shape: Shape): Promise<Round> {
  const { rooms, updates, everyMs } = shape;
  const expected = (updates * CONNECTIONS) / rooms;
  const aloneFromMs = await server.cpuMs();
  // In the one room it is lost in what 15,000 frames cost.
  if (rooms > 1) await server.ask("update", { first: rooms, rooms, count: updates, everyMs });
  const fromMs = await server.cpuMs();
  await load.ask("reset");
  await server.ask("update", { rooms, count: updates, everyMs });
  let counted = await load.ask<Counted>("count");
  for (const endMs = performance.now() + DELIVERY_MS_MAX; counted.updates < expected; ) {
    if (performance.now() > endMs)
      throw new Error(`${name}: ${counted.updates} of ${expected} updates arrived`);
    await Bun.sleep(50);
    counted = await load.ask<Counted>("count");
  }
  const afterMs = await server.cpuMs();
  return {
    frameMicros: ((afterMs - fromMs) * 1000) / counted.frames,
    updateMicros: ((fromMs - aloneFromMs) * 1000) / updates,
    beyondMicros: ((afterMs - fromMs - (fromMs - aloneFromMs)) * 1000) / counted.frames,
    counted,
  };
}

function report(shape: Shape, sides: readonly Side[], rounds: ReadonlyMap<Name, readonly Round[]>): void {
  const of = (name: Name, figure: (round: Round) => number): number => median(rounds.get(name)!.map(figure));
  const ours = sides.find(({ name }) => name === "sheetwire");
  for (const side of sides) {
    const { name } = side;
    const where = `${name}, ${shape.title}`;
    const goal = name === "sheetwire" && shape.rooms > 1 ? { goal: "<= 250 beyond the flush tick" } : {};
    const p50 = of(name, ({ counted }) => counted.latencyMs.p50);
    const p99 = of(name, ({ counted }) => counted.latencyMs.p99);
    print({ name: `connect and join, ${where}`, value: side.connectMs, unit: "ms" });
    print({ name: `update to client p50, ${where}`, value: p50, unit: "ms" });
    print({ name: `update to client p99, ${where}`, value: p99, unit: "ms", ...goal });
    const alone = of(name, (round) => round.updateMicros);
    if (shape.rooms > 1)
      print({ name: `CPU of an update that nobody hears, ${where}`, value: alone, unit: "us" });
    if (!ours || side === ours) continue;
    const [cpuGoal, memoryGoal] =
      name === "raw"
        ? ["ratio >= 0.87 (1 / 1.15)", "ratio >= 0.67 (1 / 1.5)"]
        : ["ratio >= 1.5", "ratio >= 5"];
    const beside = (what: string, unit: string, figure: (side: Side) => number, wanted: string): void =>
      printAgainst(`${what}, ${shape.title}`, unit, figure(ours), { name, value: figure(side) }, wanted);
    const frame = ({ name }: Side): number => of(name, (round) => round.frameMicros);
    const beyond = ({ name }: Side): number => of(name, (round) => round.beyondMicros);
    beside("CPU a delivered frame, all included", "us", frame, cpuGoal);
    if (shape.rooms > 1) beside("CPU a delivered frame, beyond that of its update", "us", beyond, cpuGoal);
    beside("memory a connection", "B", (one) => one.bytesPerConnection, memoryGoal);
  }
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}
