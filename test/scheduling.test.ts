/** How a whole daemon shares one account among its sources, and what it tells of that. */
import { describe, expect, test } from "bun:test";
import { createEmulator } from "../google-emulator/src/index.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createDaemon } from "../src/daemon.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createFakeNet, type FakeAnswer } from "./support/fake-net.ts";
import { createSocketHub } from "./support/socket-hub.ts";
import { createTestRuntime } from "./support/test-runtime.ts";

const ENDPOINT = "http://google.test";
const TOKEN = "the-admin-token-of-the-test";
const MINUTE = 60_000;

interface Shown {
  readonly id: string;
  readonly intervalMs: number;
  readonly watched: boolean;
}

async function setUp(count: number) {
  const net = createFakeNet();
  const { runtime, clock, random } = createTestRuntime({ net });
  const emulator = createEmulator({ nowMs: () => clock.nowMs(), random: () => random.float() });
  const statuses: number[] = [];
  net.answer((request): FakeAnswer => {
    const { status, body, headers } = emulator.handle(request);
    statuses.push(status);
    return new Response(body, { status, headers });
  });
  const hub = createSocketHub();
  const daemon = await createDaemon({
    runtime,
    backend: createMemoryBackend(),
    drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
    secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
    publish: hub.publish,
    version: "test",
  });
  const credentials = { type: "apiKey", key: emulator.accounts.registerApiKey() };
  for (let index = 0; index < count; index++) {
    const id = emulator.addWorkbook({
      id: `workbook-${index}`,
      title: "W",
      tabs: [{ title: "T", rows: [["h"], [1]] }],
    });
    emulator.share(id, "anyone", "reader");
    const url = `${ENDPOINT}/spreadsheets/d/${id}`;
    const body = {
      id: `s${index}`,
      name: "S",
      type: "googleSheet",
      url,
      credentials,
      pollingInterval: 2_000,
    };
    const made = await daemon.registry.register(body);
    if (!made.ok) throw new Error(JSON.stringify(made.error));
  }
  async function get(path: string): Promise<Response> {
    const headers = { Authorization: `Bearer ${TOKEN}` };
    return daemon.handle(new Request(`http://daemon.test${path}`, { headers }), "127.0.0.1");
  }
  async function quota() {
    const [account] = (await (await get("/api/v1/quota")).json()) as {
      sources: Shown[];
      usedRatio: number;
    }[];
    return account!;
  }
  const shown = async (id: string): Promise<Shown> => (await quota()).sources.find((one) => one.id === id)!;
  function join(room: string) {
    const socket = hub.open({ onFrame() {}, onClose() {} });
    return daemon.connect(socket, { room, token: TOKEN, epoch: null, address: "127.0.0.1" });
  }
  return { clock, daemon, emulator, statuses, get, quota, shown, join };
}

describe("an account of many sources", () => {
  test("SCH-15 its use, its sources and their pace are answered, and no secret", async () => {
    const { clock, get, quota, daemon, statuses } = await setUp(30);
    await clock.advance(10 * MINUTE);
    const account = await quota();
    expect(account).toMatchObject({ readsPerMinute: 60 });
    expect(account.usedRatio).toBeWithin(0.8, 1.001);
    expect(account.sources).toHaveLength(30);
    for (const { intervalMs } of account.sources) expect(intervalMs).toBeWithin(10_000, 120_000);
    expect(await (await get("/api/v1/quota")).text()).not.toContain("AIza");
    expect(new Set(statuses)).toEqual(new Set([200]));
    await daemon.close();
    expect(clock.pending()).toBe(0);
  });

  test("SCH-16 requests to Google and the share used are counted in metrics", async () => {
    const { clock, get, daemon } = await setUp(3);
    await clock.advance(MINUTE);
    const text = await (await get("/metrics")).text();
    expect(text).toMatch(
      /sheetwire_google_requests_total\{account="key [0-9a-f]+",kind="values",status="200"\} \d+/,
    );
    expect(text).toMatch(/sheetwire_google_quota_used_ratio\{account="key [0-9a-f]+"\} 0\.\d+/);
    await daemon.close();
  });

  test("SCH-4 a source is watched while a socket is open on its document, and for a minute after its rows were asked for", async () => {
    const { clock, get, shown, join, daemon } = await setUp(30);
    await clock.advance(5 * MINUTE);
    const session = join("s3/T");
    await clock.settle();
    await get("/datasources/s5/tabs/T/rows");
    const [open, asked, other] = [await shown("s3"), await shown("s5"), await shown("s7")];
    expect([open.watched, asked.watched, other.watched]).toEqual([true, true, false]);
    expect(other.intervalMs / open.intervalMs).toBeGreaterThan(2);
    await clock.advance(MINUTE);
    expect([(await shown("s3")).watched, (await shown("s5")).watched]).toEqual([true, false]);
    session.closed();
    await clock.settle();
    expect((await shown("s3")).watched).toBe(false);
    await daemon.close();
  });

  test("SCH-10 while Google refuses everything as too fast, sources wait and go on afterwards", async () => {
    const { clock, daemon, emulator } = await setUp(10);
    await clock.advance(MINUTE);
    const fault = emulator.placeFault({ match: { path: "/v4/" }, answer: { kind: "quota" } });
    const states = new Set<string>();
    for (let step = 0; step < 60; step++) {
      await clock.advance(5_000);
      for (const { state } of await daemon.registry.list()) states.add(state);
    }
    expect([...states].sort()).toEqual(["live", "waiting"]);
    emulator.removeFault(fault.id);
    await clock.advance(5 * MINUTE);
    for (const { state } of await daemon.registry.list()) expect(state).toBe("live");
    await daemon.close();
  });
});
