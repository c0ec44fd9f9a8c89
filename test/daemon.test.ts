/** The daemon without sockets, several sources against one emulated Google, in virtual time. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import { createEmulator } from "../google-emulator/src/index.ts";
import type { Backend } from "../src/backend/backend.ts";
import { createMemoryBackend, createMemoryStore } from "../src/backend/memory.ts";
import { createDaemon } from "../src/daemon.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createFakeNet, type FakeAnswer } from "./support/fake-net.ts";
import { createSocketHub } from "./support/socket-hub.ts";
import { createTestRuntime } from "./support/test-runtime.ts";

const ENDPOINT = "http://google.test";
const TOKEN = "the-admin-token-of-the-test";
const POLL_MS = 5_000;

async function setUp(
  names: readonly string[],
  backend: Backend = createMemoryBackend(),
  endpoint: string | undefined = ENDPOINT,
) {
  const net = createFakeNet();
  const { runtime, clock, random } = createTestRuntime({ net });
  const emulator = createEmulator({ nowMs: () => clock.nowMs(), random: () => random.float(), quota: null });
  const polls = new Map<string, number>();
  net.answer((request): FakeAnswer => {
    const id = emulator.workbookIds().find((known) => request.url.includes(known));
    if (id && request.url.includes("values:batchGet")) polls.set(id, (polls.get(id) ?? 0) + 1);
    const answer = emulator.handle(request);
    if (answer.broken === "reset") return { tag: "Unreachable", detail: "connection reset" };
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
  const hub = createSocketHub();
  const daemon = await createDaemon({
    runtime,
    backend,
    drivers: createDrivers({
      google: { ...(endpoint ? { endpoint } : {}), quota: { readsPerUser: 10_000, readsPerProject: 10_000 } },
    }),
    secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
    publish: hub.publish,
    version: "test",
  });
  async function register(id: string): Promise<void> {
    // A 429 is the account's, and rightly holds all its sources: each has one of its own here.
    const key = emulator.accounts.registerServiceAccount({ email: `${id}@shop.iam.gserviceaccount.com` });
    emulator.addWorkbook({
      id: `workbook-of-${id}`,
      title: id,
      tabs: [{ title: "Prices", rows: [["sku"], ["a"], ["b"]] }],
    });
    emulator.share(`workbook-of-${id}`, key.client_email, "reader");
    const made = await daemon.registry.register({
      id,
      name: id,
      type: "googleSheet",
      url: `${ENDPOINT}/spreadsheets/d/workbook-of-${id}`,
      pollingInterval: POLL_MS,
      credentials: { type: "serviceAccount", key },
    });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
  }
  for (const id of names) await register(id);
  await clock.advance(3 * POLL_MS);

  /** Polls of each source over the next `ms`. */
  async function pollsOver(ms: number): Promise<Record<string, number>> {
    polls.clear();
    await clock.advance(ms);
    return Object.fromEntries(names.map((id) => [id, polls.get(`workbook-of-${id}`) ?? 0]));
  }
  async function source(id: string): Promise<SourceAnswer> {
    const answer = await daemon.handle(
      new Request(`http://daemon.test/datasources/${id}`, { headers: { Authorization: `Bearer ${TOKEN}` } }),
      "127.0.0.1",
    );
    if (answer.status !== 200) throw new Error(await answer.text());
    return (await answer.json()) as SourceAnswer;
  }
  function join(room: string) {
    const client = { doc: new Y.Doc(), closed: 0 };
    const socket = hub.open({
      onFrame(bytes) {
        const frame = decodeFrame(bytes);
        if (!frame.ok) throw new Error(frame.error.why);
        const { value } = frame;
        if (value.type === "syncStep2" || value.type === "update") Y.applyUpdate(client.doc, value.update);
      },
      onClose(code) {
        client.closed = code;
        session.closed();
      },
    });
    const session = daemon.connect(socket, { room, token: TOKEN, epoch: null, address: "127.0.0.1" });
    session.message(syncStep1Frame(Y.encodeStateVector(client.doc)));
    return client;
  }
  return { daemon, clock, emulator, register, pollsOver, source, join };
}

describe("what it counts", () => {
  test("DMN-7 bytes, connections and documents are counted while somebody watches", async () => {
    const { daemon, clock, emulator, join } = await setUp(["good"]);
    join("good/Prices");
    await clock.advance(100);
    emulator.person("workbook-of-good").setCell("Prices", "A2", "changed");
    await clock.advance(3 * POLL_MS);
    const request = new Request("http://daemon.test/metrics", {
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    const text = await (await daemon.handle(request, "127.0.0.1")).text();
    const value = (name: string): number =>
      Number(new RegExp(`^${name}(?:{[^}]*})? (.*)$`, "m").exec(text)?.[1]);
    expect(value("sheetwire_connections")).toBe(1);
    expect(value("sheetwire_documents")).toBe(1);
    expect(value("sheetwire_egress_bytes_total")).toBeGreaterThan(100);
    expect(value("sheetwire_document_bytes")).toBeGreaterThan(50);
    expect(value("sheetwire_propagation_seconds_count")).toBeGreaterThan(1);
  });
});

describe("other settings than before", () => {
  test("DMN-9 a source that cannot be opened under these settings is failed, with the problem and the fix", async () => {
    const store = createMemoryStore();
    const before = await setUp(["moved"], createMemoryBackend({ store }));
    await before.daemon.close();
    const { source, clock } = await setUp([], createMemoryBackend({ store }), "http://elsewhere.test");
    await clock.advance(POLL_MS);
    const { state, tabs, error } = await source("moved");
    expect([state, tabs.map(({ name }) => name)]).toEqual(["failed", ["Prices"]]);
    expect(error!.message).toContain("google.test");
    expect(error!.fix).toBeTruthy();
  });
});

describe("one source's trouble", () => {
  const MINUTE = 60_000;

  test("DMN-3 500, 429 and garbage for a minute leave the others' pace as it was and heal by themselves", async () => {
    const { emulator, pollsOver, source, clock } = await setUp(["good", "broken", "limited", "garbled"]);
    const calm = await pollsOver(MINUTE);
    expect(calm.good).toBeGreaterThanOrEqual(11);
    for (const [id, answer] of [
      ["broken", { kind: "html" }],
      ["limited", { kind: "quota" }],
      ["garbled", { kind: "garbage" }],
    ] as const) {
      const untilMs = clock.nowMs() + MINUTE;
      emulator.placeFault({ match: { spreadsheetId: `workbook-of-${id}` }, answer, untilMs });
    }
    const troubled = await pollsOver(MINUTE);
    expect(Math.abs(troubled.good! - calm.good!)).toBeLessThanOrEqual(1);
    expect((await source("good")).state).toBe("live");
    expect((await source("broken")).state).toBe("failing");
    expect((await source("broken")).error?.fix).toBeTruthy();
    expect((await source("limited")).state).toBe("waiting");
    expect((await source("garbled")).state).toBe("failing");
    for (const id of ["broken", "limited", "garbled"])
      emulator.person(`workbook-of-${id}`).setCell("Prices", "A2", "new");
    await clock.advance(6 * MINUTE);
    for (const id of ["broken", "limited", "garbled"])
      expect([id, (await source(id)).state]).toEqual([id, "live"]);
  });

  test("DMN-3 deleting a source closes its sessions with 4404 and leaves the others alone", async () => {
    const { daemon, pollsOver, join, clock, emulator } = await setUp(["good", "doomed"]);
    const [kept, lost] = [join("good/Prices"), join("doomed/Prices")];
    await clock.advance(100);
    const calm = await pollsOver(MINUTE);
    expect(await daemon.registry.remove("doomed")).toMatchObject({ ok: true });
    await clock.advance(100);
    expect([kept.closed, lost.closed]).toEqual([0, 4404]);
    const after = await pollsOver(MINUTE);
    expect(after.doomed).toBe(0);
    expect(Math.abs(after.good! - calm.good!)).toBeLessThanOrEqual(1);
    emulator.person("workbook-of-good").setCell("Prices", "A2", "changed");
    await clock.advance(2 * POLL_MS);
    expect(JSON.stringify(kept.doc.getArray("log").toJSON())).toContain("changed");
  });
});

test("FEE-51 a workbook is previewed too, without being registered", async () => {
  const { daemon, emulator } = await setUp([]);
  const key = emulator.accounts.registerServiceAccount({ email: "new@shop.iam.gserviceaccount.com" });
  emulator.addWorkbook({
    id: "workbook-to-try",
    title: "Try",
    tabs: [
      {
        title: "Prices",
        rows: [
          ["sku", "n"],
          ["a", 1],
        ],
      },
    ],
  });
  const body = {
    name: "Try",
    type: "googleSheet",
    url: `${ENDPOINT}/spreadsheets/d/workbook-to-try`,
    credentials: { type: "serviceAccount", key },
  };
  expect(await daemon.registry.preview(body)).toMatchObject({
    ok: true,
    value: { error: { code: "unauthorized" } },
  });
  emulator.share("workbook-to-try", key.client_email, "reader");
  const tab = { title: "Prices", columns: [{ key: "sku" }, { key: "n", type: "number" }], rows: [["a", 1]] };
  expect(await daemon.registry.preview(body)).toMatchObject({ ok: true, value: { tabs: [tab] } });
  expect(await daemon.registry.list()).toEqual([]);
});

describe("a client that is early", () => {
  test("SYN-12 while what the first poll read is not yet stored, a client is told to try again", async () => {
    const disk = Promise.withResolvers<void>();
    let writes = Number.POSITIVE_INFINITY;
    const backend = createMemoryBackend({
      beforeCommit: async () => (--writes < 0 ? disk.promise : undefined),
    });
    const { clock, register, source, join } = await setUp([], backend);
    await register("slow");
    // The actor's new record; what the poll leads to waits for the disk.
    writes = 1;
    await clock.settle();
    expect(await source("slow")).toMatchObject({ state: "loading", lastPollAt: expect.anything() });
    const early = join("slow/Prices");
    await clock.settle();
    expect(early.closed).toBe(1013);
    disk.resolve();
    await clock.settle();
    const patient = join("slow/Prices");
    await clock.settle();
    expect([patient.closed, patient.doc.getArray("order").length]).toEqual([0, 2]);
  });
});
