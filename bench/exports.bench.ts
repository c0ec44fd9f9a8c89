/**
 * What an export costs: calls to Google, time of the daemon, and the least time that the write quota lets it take, beside
 * one call per row, as connectors do. The emulator answers in process, so that its time is not Google's; calls are exact.
 *
 *     npm run bench -- exports
 */
import { createEmulator } from "../google-emulator/src/index.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createExports } from "../src/exports/exports.ts";
import { planExport } from "../src/exports/plan-export.ts";
import { readyTemplates } from "../src/exports/ready/ready-templates.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { createGoogleDriver } from "../src/sources/google/google-driver.ts";
import { createHandlerNet } from "../test/support/fake-net.ts";
import { print, printAgainst } from "./line.ts";

const ENDPOINT = "http://google.test";
const COLUMNS = 10;
/** Google's, for one account. */
const WRITES_A_MINUTE = 60;
const FREE = { readsPerUser: 1e9, writesPerUser: 1e9, readsPerProject: 1e9, writesPerProject: 1e9 };
const table = readyTemplates.find(({ id }) => id === "table")!;

for (const cells of [10_000, 1_000_000]) await run(cells);

async function run(cells: number): Promise<void> {
  const rows = cells / COLUMNS;
  const calls: string[] = [];
  const emulator = createEmulator({ nowMs: Date.now, random: Math.random, quota: null });
  let googleMs = 0;
  const net = createHandlerNet(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/token") calls.push(pathname.endsWith(":batchUpdate") ? "write" : "other");
    const body = await request.text();
    const startMs = performance.now();
    const answer = emulator.handle({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body,
    });
    googleMs += performance.now() - startMs;
    return new Response(answer.status === 204 ? null : answer.body, {
      status: answer.status,
      headers: answer.headers,
    });
  });
  const runtime: Runtime = { ...createSystemRuntime({ logLevel: "error" }), net };
  const key = emulator.accounts.registerServiceAccount();
  const exports = createExports({
    kv: createMemoryBackend().kv,
    runtime,
    maker: createGoogleDriver({ endpoint: ENDPOINT, quota: FREE }),
    credentials: async () => ({ type: "serviceAccount", key }),
  });
  const data = (changed: number) =>
    Array.from({ length: rows }, (_, at) =>
      Object.fromEntries(
        Array.from({ length: COLUMNS }, (_none, column) => [`c${column}`, cell(at, column, changed)]),
      ),
    );

  /** Runs to its end; prints calls and time. */
  async function measure(name: string, rowsWritten: number, begin: () => Promise<unknown>): Promise<void> {
    calls.length = 0;
    googleMs = 0;
    const startMs = performance.now();
    await begin();
    while (exports.get("x")?.phase.tag !== "Idle" || exports.get("x")?.jobs.length !== 0) await Bun.sleep(1);
    const ms = performance.now() - startMs;
    const writes = calls.filter((call) => call === "write").length;
    const what = `${cells} cells, ${name}`;
    printAgainst(`${what}: writes`, "calls", Math.max(1, writes), {
      name: "one call per row",
      value: rowsWritten,
    });
    print({ name: `${what}: other calls`, value: calls.length - writes, unit: "calls" });
    print({ name: `${what}: time of the daemon`, value: ms - googleMs, unit: "ms" });
    printAgainst(`${what}: least time by quota`, "min", Math.max(1, writes) / WRITES_A_MINUTE, {
      name: "one call per row",
      value: rowsWritten / WRITES_A_MINUTE,
    });
  }

  const planOf = (changed: number) => {
    const planned = planExport(table, data(changed), { title: "Bench", key: "c0" });
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    return planned.value;
  };
  const make = {
    id: "x",
    subject: "admin",
    conversationId: null,
    account: "robot",
    folder: null,
    share: [],
    edits: "overwrite",
    live: null,
    claims: {},
    key: "c0",
  } as const;
  const first = planOf(0);
  await measure("made", rows, () => exports.create({ ...make, plan: first }));
  const next = planOf(100);
  await measure("replaced with 100 rows changed", 100, () =>
    exports.update("x", { id: "u1", type: "replace", plan: next }),
  );
  await exports.close();
}

function cell(row: number, column: number, changed: number): string | number {
  if (column === 0) return `key-${row}`;
  if (column === 1 && row < changed) return "changed";
  return column % 2 === 0 ? row * column : `Text ${row % 97}`;
}
