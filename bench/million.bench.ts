/** A tab of 1,000,000 cells through the whole daemon: registered, joined, changed, and restarted after kill -9. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Y from "yjs";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import { createEmulator, serveEmulator } from "../google-emulator/src/index.ts";
import {
  type DaemonProcess,
  freePort,
  startDaemon,
  TEST_TOKEN,
  waitFor,
} from "../test/support/daemon-process.ts";
import { print } from "./line.ts";
import { makeGrid } from "./tables.ts";

const ROWS = 100_000;
const COLUMNS = 10;
const LONG_MS = 120_000;

const emulator = createEmulator({ nowMs: Date.now, random: Math.random, quota: null });
const apiKey = emulator.accounts.registerApiKey();
const header = Array.from({ length: COLUMNS }, (_, i) => `column ${i}`);
const id = emulator.addWorkbook({
  title: "Million",
  tabs: [
    {
      title: "Big",
      rows: [header, ...(makeGrid(ROWS, COLUMNS) as (string | number)[][])],
      size: { rowCount: ROWS + 10, columnCount: COLUMNS },
    },
  ],
});
emulator.share(id, "anyone", "reader");
const google = await serveEmulator(emulator, { port: 0 });
const dataDir = mkdtempSync(join(tmpdir(), "sheetwire-bench-"));
const port = freePort();
let daemon = await start();
try {
  await run();
} finally {
  await daemon.kill("SIGKILL");
  await google.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function start(): Promise<DaemonProcess> {
  const env = { SHEETWIRE_GOOGLE_ENDPOINT: google.url, SHEETWIRE_DEMO: "off", SHEETWIRE_LOG_LEVEL: "warn" };
  return startDaemon({ dataDir, port, env });
}

async function run(): Promise<void> {
  const report = (name: string, value: number, unit: string, goal?: string): void =>
    print({ name: `1,000,000 cells: ${name}`, value, unit, ...(goal ? { goal } : {}) });

  let from = performance.now();
  await rest("POST", "/datasources/register", {
    id: "big",
    name: "Big",
    type: "googleSheet",
    url: `${google.url}/workbook/${id}`,
    pollingInterval: 1000,
    credentials: { type: "apiKey", key: apiKey },
  });
  await until(async () => (await source()).tabs[0]?.rows === ROWS);
  report("registered until live", performance.now() - from, "ms");

  from = performance.now();
  const first = await joinBig();
  await until(() => first.doc.getArray("order").length === ROWS);
  report("joined by a Yjs client", performance.now() - from, "ms");
  report("bytes of the join", first.bytes(), "B");

  const before = first.bytes();
  from = performance.now();
  emulator.person(id).setCell("Big", "D50000", "changed by hand");
  await until(() => JSON.stringify(first.lastEntries()).includes("changed by hand"));
  report(
    "a cell's change until a client has it, polled every second",
    performance.now() - from,
    "ms",
    "<= 2000",
  );
  report("bytes of that change", first.bytes() - before, "B", "<= 40");

  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${daemon.pid}/status`).text())![1]) / 1024;
  report("memory of the daemon", rssMb, "MB");

  const epoch = first.doc.getMap("meta").get("epoch");
  await daemon.kill("SIGKILL");
  emulator.person(id).setCell("Big", "D50001", "changed while it was down");
  from = performance.now();
  daemon = await start();
  report("started after kill -9", performance.now() - from, "ms");
  const behind = await joinBig(first.doc);
  await until(() => JSON.stringify(behind.lastEntries()).includes("changed while it was down"));
  report(
    "started until a client that was there before has the change made meanwhile",
    performance.now() - from,
    "ms",
  );
  report("bytes that client got", behind.bytes(), "B");
  if (behind.doc.getMap("meta").get("epoch") !== epoch) throw new Error("the document was rebuilt");
}

async function rest<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

function source(): Promise<SourceAnswer> {
  return rest("GET", "/datasources/big");
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await waitFor(condition, LONG_MS))) throw new Error(`not within ${LONG_MS} ms`);
}

/** A client that counts what it gets; with `doc`, one that comes back. */
async function joinBig(doc = new Y.Doc()) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/big/Big?token=${TEST_TOKEN}`);
  socket.binaryType = "arraybuffer";
  let bytes = 0;
  const last: unknown[] = [];
  doc.getArray("log").observe((event) => {
    for (const part of event.changes.delta)
      if (Array.isArray(part.insert)) last.push(...part.insert.slice(-5));
    last.splice(0, Math.max(0, last.length - 20));
  });
  socket.onmessage = ({ data }) => {
    const frame = decodeFrame(new Uint8Array(data as ArrayBuffer));
    if (!frame.ok || (frame.value.type !== "syncStep2" && frame.value.type !== "update")) return;
    bytes += frame.value.update.length;
    Y.applyUpdate(doc, frame.value.update);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  socket.send(syncStep1Frame(Y.encodeStateVector(doc)) as Uint8Array<ArrayBuffer>);
  return { doc, bytes: () => bytes, lastEntries: () => last };
}
