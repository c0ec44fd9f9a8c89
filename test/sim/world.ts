/** All that a run consists of: workbooks at an emulated Google, one daemon after another, a disk, clients. */
import type { Credentials } from "#contract/rest.ts";
import { createEmulator, type Emulator, type Person } from "../../google-emulator/src/index.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend, createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import type { NetResponse } from "../../src/runtime/net.ts";
import { createDrivers } from "../../src/sources/drivers.ts";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";
import { createTestRuntime, type LogLine } from "../support/test-runtime.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import type { Editing } from "./edits/editing.ts";
import { createLedger } from "./edits/ledger.ts";
import { markedRows, nameRows } from "./edits/people.ts";
import { createWitness } from "./edits/witness.ts";
import { createLife, type Life } from "./life.ts";
import { createLinks, type Links } from "./links.ts";
import { createSimNet, type FarEnd, type SimNet } from "./network.ts";
import type { EditingOptions, SimOptions } from "./options.ts";
import { createSimClient, type SimClient } from "./sim-client.ts";
import { createTrace, type Trace } from "./trace.ts";
import { firstRows } from "./workload.ts";

export interface World {
  readonly options: SimOptions;
  readonly random: SeededRandom;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly emulator: Emulator;
  readonly workbooks: readonly SimWorkbook[];
  readonly net: SimNet;
  readonly links: Links;
  readonly disk: MemoryStore;
  readonly clients: SimClient[];
  /** Requests sent to Google, each with the daemon that sent it. */
  readonly requests: readonly SentRequest[];
  /** How often Google itself found that the quota was spent. */
  readonly refusals: number;
  readonly logs: readonly LogLine[];
  /** Null where nobody edits but the people at the workbooks. */
  readonly editing: Editing | null;
  /** With the admin's token unless told otherwise. */
  addClient(name: string, room: string, as?: { token?: string; writes?: boolean }): SimClient;
  /** Starts a daemon if none runs, again and again until one does. */
  boot(): void;
  /** Ends the daemon without a word, as kill -9 would. */
  crash(): void;
  /** Whether effects may end the daemon, as the options say. */
  endanger(on: boolean): void;
  /** The daemon's answer; throws on any other status than 2xx. */
  ask<T>(method: string, path: string, body?: unknown, headers?: object): Promise<T>;
  /** Whether a daemon answers. */
  readonly up: boolean;
  close(): Promise<void>;
}

export interface SimWorkbook {
  /** Id of the source that follows it. */
  readonly source: string;
  readonly url: string;
  readonly credentials: Credentials;
  readonly person: Person;
}

export interface SentRequest {
  readonly life: number;
  readonly atMs: number;
  readonly path: string;
}

interface RunningDaemon {
  readonly life: Life;
  readonly backend: Backend;
  /** Null while it starts. */
  daemon: Daemon | null;
}

const TOKEN = "sim-admin-token-0123456789abcdef";
const ENDPOINT = "http://google.test";
const REBOOT_MS = 1_000;
const START_MS = Date.UTC(2030, 0, 1);

export function createWorld(seed: number, options: SimOptions): World {
  const random = createSeededRandom(seed);
  const { runtime, clock, logs } = createTestRuntime({ seed: `${seed}/daemon` });
  const trace = createTrace(() => clock.monotonicMs());
  const google = random.split("google");
  // Google's clock does not jump with ours.
  const nowMs = (): number => START_MS + clock.monotonicMs();
  const emulator = createEmulator({ nowMs, random: () => google.float() });
  const requests: SentRequest[] = [];
  let refusals = 0;
  const atGoogle = farEndOf(emulator, () => refusals++);
  let marks = 0;
  const nextMark = (): string => `row ${++marks}`;
  const editing = options.editing ? createEditing(options.editing) : null;
  const farEnd = editing?.witness ?? atGoogle;
  const net = createSimNet({
    clock,
    random: random.split("network"),
    farEnd,
    options: options.network,
    trace,
    late: options.editing?.late ?? 0,
    calm: editing !== null,
  });
  const { delayMaxMs } = options.links;
  const links = createLinks({ clock, random: random.split("links"), delayMaxMs });
  const disk = createMemoryStore();
  const diskRandom = random.split("disk");
  const clientRandom = random.split("clients");
  const clients: SimClient[] = [];
  let lives = 0;
  let current = null as RunningDaemon | null;
  let over = false;
  const effects = random.split("effects");
  let effectsLeft = Number.POSITIVE_INFINITY;

  /** One more write or request is about to be done; true: the daemon does not live to do it. */
  function isLast(): boolean {
    if (--effectsLeft > 0) return false;
    effectsLeft = effectsUntilKill();
    const before = effects.float() < 0.5;
    if (before) crash();
    // After it was done, and before anybody hears of that.
    else clock.wakeAt(clock.monotonicMs(), crash);
    return before;
  }

  const effectsUntilKill = (): number => 1 + effects.int(2 * (options.editing?.killAfterEffects ?? 0));

  function boot(): void {
    if (current || over) return;
    const number = ++lives;
    const counted = {
      request: (request: Parameters<typeof net.request>[0]) => {
        if (isLast()) return new Promise<never>(() => {});
        const { pathname } = new URL(request.url);
        requests.push({ life: number, atMs: clock.monotonicMs(), path: pathname });
        editing?.witness.sent(request);
        return net.request(request);
      },
    };
    const life = createLife({ ...runtime, net: counted });
    const beforeCommit = (): Promise<void> => {
      const ms = diskRandom.float() * options.disk.commitMaxMs;
      return isLast() ? new Promise<never>(() => {}) : life.sleep(ms);
    };
    const backend = createMemoryBackend({ store: disk, beforeCommit });
    const mine: RunningDaemon = { life, backend, daemon: null };
    current = mine;
    trace.note(`daemon ${number} starts`);
    createDaemon({
      runtime: life.runtime,
      backend,
      drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
      secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
      publish: links.publish,
      version: "sim",
    }).then(
      (daemon) => {
        if (life.dead) return;
        mine.daemon = daemon;
        links.listen(daemon);
        trace.note(`daemon ${number} is up`);
      },
      (error: unknown) => {
        if (life.dead) return;
        trace.note(`daemon ${number} cannot start: ${error}`);
        crash();
      },
    );
  }

  function crash(): void {
    if (!current) return;
    trace.note(`daemon ${lives} is killed`);
    const { life, backend } = current;
    current = null;
    life.kill();
    // Not awaited: what waits for the disk now is lost.
    void backend.close();
    links.unplug();
    clock.wakeAt(clock.monotonicMs() + REBOOT_MS, boot);
  }

  function createEditing(chosen: EditingOptions): Editing {
    const ledger = createLedger();
    const person = (source: string): Person | undefined =>
      workbooks.find((each) => each.source === source)?.person;
    const { keyed } = chosen;
    const witness = createWitness({ farEnd: atGoogle, ledger, person, nowMs: clock.monotonicMs, keyed });
    return { options: chosen, ledger, witness, editors: [], posters: [], nextMark };
  }

  async function ask<T>(method: string, path: string, body?: unknown, more: object = {}): Promise<T> {
    const daemon = current?.daemon;
    if (!daemon) throw new Error("no daemon is up");
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...more };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const pending = daemon.handle(new Request(`http://daemon.test${path}`, init), "127.0.0.1");
    const response = await soon(pending, clock);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  const credentials: Credentials =
    options.hinted || editing
      ? { type: "serviceAccount", key: emulator.accounts.registerServiceAccount() }
      : { type: "apiKey", key: emulator.accounts.registerApiKey() };
  const workbooks = Array.from({ length: options.workbooks }, (_, index) => {
    const source = `book-${index}`;
    const rows = editing ? markedRows(random.split(source), nextMark) : firstRows(random.split(source));
    const id = emulator.addWorkbook({ id: source, title: source, tabs: [{ title: "Prices", rows }] });
    emulator.share(id, "anyone", editing ? "writer" : "reader");
    const url = `${ENDPOINT}/spreadsheets/d/${id}/edit`;
    const person = emulator.person(id);
    if (editing) nameRows(person, "Prices");
    return { source, url, credentials, person };
  });

  return {
    options,
    random,
    clock,
    trace,
    emulator,
    workbooks,
    net,
    links,
    disk,
    clients,
    requests,
    get refusals() {
      return refusals;
    },
    logs,
    editing,
    addClient(name, room, { token = TOKEN, writes = false } = {}) {
      const split = clientRandom.split(name);
      const client = createSimClient({ name, room, token, clock, random: split, links, trace, writes });
      clients.push(client);
      return client;
    },
    boot,
    crash,
    endanger(on) {
      const kills = on && (options.editing?.killAfterEffects ?? 0) > 0;
      effectsLeft = kills ? effectsUntilKill() : Number.POSITIVE_INFINITY;
    },
    ask,
    get up() {
      return current?.daemon != null;
    },
    async close() {
      over = true;
      for (const client of clients) client.close();
      const daemon = current?.daemon;
      if (daemon) await soon(daemon.close(), clock);
    },
  };
}

/** Waits for what needs virtual time to pass, and lets it pass. */
export async function soon<T>(pending: Promise<T>, clock: VirtualClock): Promise<T> {
  let settled = false;
  const done = pending.finally(() => {
    settled = true;
  });
  done.catch(() => {});
  for (let turn = 0; turn < 10_000 && !settled; turn++) await clock.advance(turn < 10 ? 0 : 10);
  if (!settled) throw new Error("what should take moments takes more than a minute");
  return done;
}

function farEndOf(emulator: Emulator, onRefused: () => void): FarEnd {
  return {
    handle(request): NetResponse {
      const { status, headers, body } = emulator.handle(request);
      if (status === 429) onRefused();
      return { status, headers, body: new TextEncoder().encode(body) };
    },
  };
}
