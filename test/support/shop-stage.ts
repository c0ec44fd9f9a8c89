/** A workbook at an emulated Google, the daemon that follows and writes it, and clients, in virtual time. */
import * as Y from "yjs";
import type { ConflictsAnswer, EditsAnswer } from "#contract/edits-rest.ts";
import { decodeFrame, syncStep1Frame, updateFrame } from "#contract/frames.ts";
import type { RegisterBody, RowsAnswer, SourceAnswer } from "#contract/rest.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import { createDrivers } from "../../src/sources/drivers.ts";
import { createLife, type Life } from "../sim/life.ts";
import { createEmulated } from "../sources/google/emulated.ts";
import { ENDPOINT } from "../sources/google/test-source.ts";
import type { FakeAnswer } from "./fake-net.ts";
import { createSocketHub } from "./socket-hub.ts";

const TOKEN = "the-admin-token-of-the-test";
export const SECOND = 1_000;
const ROWS = [
  ["sku", "price", "note"],
  ["a", 1, "first"],
  ["b", 2, "second"],
  ["c", 3, "third"],
];

/** A workbook that outlives its daemons, and the disk that they share. */
export async function createShopStage(settings: Partial<RegisterBody> = {}) {
  const google = createEmulated({ tabs: [{ title: "Prices", rows: ROWS }] });
  google.emulator.share(google.id, google.email, "writer");
  const store = createMemoryStore();
  const hub = createSocketHub();
  let [life, daemon] = [null as Life | null, null as Daemon | null];
  /** Told of each write of the disk before it is made. */
  let onCommit = (): void => {};

  async function settled<T>(pending: Promise<T>, ms = 100): Promise<T> {
    let done = false;
    const watched = pending.finally(() => {
      done = true;
    });
    watched.catch(() => {});
    for (let turn = 0; !done && turn < 600; turn++) await google.clock.advance(ms);
    return watched;
  }

  async function start(): Promise<void> {
    const mine = createLife(google.runtime);
    life = mine;
    const never = new Promise<never>(() => {});
    const backend = createMemoryBackend({
      store,
      async beforeCommit() {
        if (!mine.dead) onCommit();
        if (mine.dead) await never;
      },
    });
    daemon = await settled(
      createDaemon({
        runtime: mine.runtime,
        backend,
        drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
        secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
        publish: hub.publish,
        version: "test",
      }),
    );
  }

  async function call<T>(method: string, path: string, body?: unknown, more: object = {}): Promise<T> {
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json", ...more };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await settled(daemon!.handle(new Request(`http://daemon.test${path}`, init), "127.0.0.1"));
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  await start();
  await call("POST", "/datasources/register", {
    id: "shop",
    name: "Shop",
    type: "googleSheet",
    url: `${ENDPOINT}/spreadsheets/d/${google.id}`,
    credentials: google.credentials,
    keyColumns: { Prices: "sku" },
    pollingInterval: 30_000,
    writable: true,
    ...settings,
  });
  await google.clock.advance(2 * SECOND);

  /** Carries the requests to the emulator, and lets `lose` answer for it once it has done what was asked. */
  function loseWrites(lose: (number: number) => FakeAnswer | null): void {
    let writes = 0;
    google.net.answer(async (request) => {
      const answer = await google.carry(request);
      const isWrite = request.url.includes(":batchUpdate");
      return (isWrite ? lose(++writes) : null) ?? answer;
    });
  }

  return {
    ...google,
    store,
    loseWrites,
    start,
    /** The daemon's answer; throws on any other status than 2xx. */
    call,
    /** As kill -9 would. */
    kill: () => life!.kill(),
    onCommit(next: () => void) {
      onCommit = next;
    },
    sheet: () => google.person.read("Prices").slice(1),
    rows: async () => (await call<RowsAnswer>("GET", "/datasources/shop/tabs/Prices/rows")).rows,
    source: () => call<SourceAnswer>("GET", "/datasources/shop"),
    conflicts: async () => (await call<ConflictsAnswer>("GET", "/api/v1/conflicts")).conflicts,
    edit: async (...edits: object[]) =>
      (await call<EditsAnswer>("POST", "/datasources/shop/tabs/Prices/edits?wait=20", { edits })).receipts,
    async metrics() {
      const headers = { Authorization: `Bearer ${TOKEN}` };
      const asked = daemon!.handle(new Request("http://daemon.test/metrics", { headers }), "127.0.0.1");
      return (await settled(asked)).text();
    },
    /** Without a token it is the admin. Returns how to leave. */
    join: (doc: Y.Doc, token?: string) => joinEdits(daemon!, hub, doc, token),
    /** A reader's copy of the mirror. */
    read() {
      const doc = new Y.Doc();
      joinRoom(daemon!, hub, doc, { room: "shop/Prices", token: TOKEN });
      return doc;
    },
    async close() {
      await settled(daemon!.close());
    },
  };
}

/** A client's own edits document: what it writes goes up as it is. */
function joinEdits(daemon: Daemon, hub: Hub, doc: Y.Doc, token = TOKEN): () => void {
  const { send, leave } = joinRoom(daemon, hub, doc, { room: "shop/Prices~edits", token });
  doc.on("update", (update, origin) => {
    if (origin !== "server") send(updateFrame(update));
  });
  return leave;
}

type Hub = ReturnType<typeof createSocketHub>;

function joinRoom(
  daemon: Daemon,
  hub: Hub,
  doc: Y.Doc,
  as: { readonly room: string; readonly token: string },
): { readonly send: (frame: Uint8Array) => void; readonly leave: () => void } {
  const end = {
    onFrame(bytes: Uint8Array) {
      const frame = decodeFrame(bytes);
      if (!frame.ok) throw new Error(frame.error.why);
      if (frame.value.type === "syncStep2" || frame.value.type === "update")
        Y.applyUpdate(doc, frame.value.update, "server");
      if (frame.value.type === "syncStep1" && as.room.endsWith("~edits"))
        session.message(updateFrame(Y.encodeStateAsUpdate(doc)));
    },
    onClose() {},
  };
  const session = daemon.connect(hub.open(end), { ...as, epoch: null, address: "127.0.0.1" });
  session.message(syncStep1Frame(Y.encodeStateVector(doc)));
  return {
    send: (frame) => session.message(frame),
    leave() {
      hub.forget(end);
      session.closed();
    },
  };
}
