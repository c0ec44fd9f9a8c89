/**
 * The client in Chromium with 50,000 x 20 beside a page that polls the same rows as JSON: until it has them, what comes over the
 * wire, memory, and CPU while one cell changes every second. And the two ways to the first content.
 *
 * --seconds N   for which changes are watched
 */
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession } from "playwright-core";
import { createGate } from "../src/access/gate.ts";
import { createFailureLimits } from "../src/access/limits.ts";
import { createTokens } from "../src/access/tokens.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createSnapshots } from "../src/registry/api/snapshots.ts";
import { noMetrics } from "../src/runtime/metrics.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { startServer } from "../src/server.ts";
import { createDocumentStore } from "../src/sync/document-store.ts";
import { createSyncServer } from "../src/sync/sync-server.ts";
import { launchChromium } from "../test/support/browser.ts";
import { print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";
import { firstDelta, makeGrid } from "./tables.ts";

const SECONDS = numberOption("seconds", 20);
const [ROWS, COLUMNS] = [50_000, 20];
const MIB = 2 ** 20;

const runtime = createSystemRuntime({ logLevel: "warn" });
const documents = await createDocumentStore(createMemoryBackend(), runtime);
const scripts = await bundle();
const server = startServer({ host: "127.0.0.1", port: 0, serveUi: page });
const sync = createSyncServer({
  documents,
  gate: createGate({
    tokens: createTokens({ adminToken: "bench" }),
    limits: createFailureLimits({ clock: runtime.clock }),
  }),
  publish: server.publish,
  runtime,
  metrics: noMetrics,
  isExpected: () => false,
});
const made = await documents.create({ source: "bench", tab: "tab", title: "tab" });
if (!made.ok) throw new Error(made.error.tag);
const document = made.value;
const grid = makeGrid(ROWS, COLUMNS);
await document.apply({ delta: firstDelta(grid), author: "source" });
const snapshots = createSnapshots();
let json = rowsJson();
server.attach({
  async handle(request) {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/snapshot")) return snapshots.answer(document, request);
    if (pathname !== "/rows.json") return new Response(null, { status: 404 });
    const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
    return new Response(json as Uint8Array<ArrayBuffer>, { headers });
  },
  connect: sync.connect,
  waitMs: sync.waitMs,
});

const browser = await launchChromium();
try {
  const over = `${ROWS} x ${COLUMNS}`;
  // Once unmeasured: the server's snapshot is encoded and compressed for the first who asks.
  await run(browser, "sdk-page", 0);
  const client = await run(browser, "sdk-page", SECONDS);
  const socket = await run(browser, "sdk-page?fetch=off", 0);
  const polling = await run(browser, "polling-page", SECONDS);
  const beside = "polling JSON every second, gzip";
  const against = (name: string, unit: string, pick: (run: Run) => number): void =>
    printAgainst(`${name}, ${over}`, unit, pick(client), { name: beside, value: pick(polling) });
  against("until the page has its rows", "ms", ({ loadedMs }) => loadedMs);
  against("memory of the page's heap", "MiB", ({ heapBytes }) => heapBytes / MIB);
  against("CPU of the page a second, one cell changing each", "ms", ({ cpuMs }) => cpuMs);
  against("bytes a second meanwhile", "B", ({ bytes }) => bytes);
  const name = "the socket alone";
  printAgainst("first content over HTTP: bytes", "B", client.firstBytes, { name, value: socket.firstBytes });
  printAgainst("first content over HTTP: until live, no latency", "ms", client.loadedMs, {
    name,
    value: socket.loadedMs,
  });
  const at20Mbit = (run: Run): number => run.loadedMs + (run.firstBytes * 8) / 20_000;
  printAgainst("the same at 20 Mbit/s, computed", "ms", at20Mbit(client), { name, value: at20Mbit(socket) });
  print({
    name: "changes seen by both pages",
    value: Math.min(client.changes, polling.changes),
    unit: "cells",
    goal: `${SECONDS}`,
  });
} finally {
  await browser.close();
  sync.close();
  await server.stop();
  process.exit();
}

interface Run {
  readonly loadedMs: number;
  readonly firstBytes: number;
  readonly heapBytes: number;
  /** These two a second. */
  readonly cpuMs: number;
  readonly bytes: number;
  readonly changes: number;
}

/** A fresh browser context: nothing is cached. */
async function run(chromium: Browser, path: string, seconds: number): Promise<Run> {
  const context = await chromium.newContext();
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  let bytes = 0;
  await cdp.send("Network.enable");
  await cdp.send("Performance.enable");
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  cdp.on("Network.webSocketFrameReceived", ({ response }) => {
    // Binary frames are told as base64.
    bytes += (response.payloadData.length * 3) / 4;
  });
  await tab.goto(`http://127.0.0.1:${server.port}/${path}`);
  await tab.waitForFunction("state.loadedMs > 0", undefined, { timeout: 60_000 });
  const firstBytes = bytes;
  await cdp.send("HeapProfiler.collectGarbage");
  const before = await metric(cdp, "TaskDuration");
  const startMs = performance.now();
  bytes = 0;
  for (let i = 0; i < seconds; i++) {
    await change(i);
    await Bun.sleep(1_000);
  }
  // Making a change takes the server a while: a second here is one of the clock.
  const elapsed = (performance.now() - startMs) / 1_000;
  const cpuMs = (((await metric(cdp, "TaskDuration")) - before) * 1_000) / elapsed;
  await cdp.send("HeapProfiler.collectGarbage");
  const heapBytes = await metric(cdp, "JSHeapUsedSize");
  const { loadedMs, changes } = (await tab.evaluate("state")) as { loadedMs: number; changes: number };
  await context.close();
  return { loadedMs, firstBytes, heapBytes, cpuMs, bytes: bytes / elapsed, changes };
}

async function metric(cdp: CDPSession, wanted: string): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === wanted)!.value;
}

/** Another value in one cell, in the document and in the JSON. */
async function change(step: number): Promise<void> {
  const row = (step * 997) % ROWS;
  const value = `changed ${performance.now()}`;
  grid[row]![3] = value;
  const delta = { added: [], removed: [], order: [], cells: [[row + 1, 3, value] as const] };
  await document.apply({ delta, author: "source" });
  json = rowsJson();
}

function rowsJson(): Uint8Array {
  const rows = grid.map((cells, row) => ({
    $row: row + 1,
    ...Object.fromEntries(cells.map((cell, i) => [`c${i}`, cell])),
  }));
  return gzipSync(JSON.stringify({ rows }));
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputs } = await Bun.build({
    entrypoints: ["sdk-page", "polling-page"].map((name) => `${import.meta.dir}/pages/${name}.ts`),
    target: "browser",
    minify: true,
  });
  return new Map(
    await Promise.all(outputs.map(async (one) => [one.path.replace("./", "/"), await one.text()] as const)),
  );
}

function page(request: Request): Response | null {
  const { pathname } = new URL(request.url);
  const script = scripts.get(pathname);
  if (script) return new Response(script, { headers: { "Content-Type": "text/javascript" } });
  if (!scripts.has(`${pathname}.js`)) return null;
  const html = `<!doctype html><script type="module" src="${pathname}.js"></script>`;
  return new Response(html, { headers: { "Content-Type": "text/html" } });
}
