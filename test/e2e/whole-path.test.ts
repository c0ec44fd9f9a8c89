/** From a cell in the sheet to a screen, as a person would try it: real daemon, real Chromium, stock clients. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { LOG, type LogEntry, META, ORDER } from "#contract/layout.ts";
import { launchChromium } from "../support/browser.ts";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";

const SEEN_WITHIN_MS = 2_000;

const folder = tempDir();
const port = freePort();
let daemon: DaemonProcess;
let browser: Browser;
let grid: Page;
const open: { close(): unknown }[] = [];

const start = (): Promise<DaemonProcess> => startDaemon({ dataDir: folder.path, port });
const gridUrl = (): string => /Sample sheet (\S+)/.exec(daemon.output())![1]!;

beforeAll(async () => {
  daemon = await start();
  browser = await launchChromium();
  grid = await browser.newPage();
  await grid.goto(gridUrl());
  await grid.waitForSelector('[data-row="1"][data-col="4"]');
}, 60_000);

afterAll(async () => {
  for (const one of open) one.close();
  await browser?.close();
  await daemon?.kill("SIGKILL");
  folder[Symbol.dispose]();
});

/** Types into a cell of the sheet's own page, as a person does. */
async function typeInto(row: number, column: number, text: string): Promise<void> {
  await grid.dblclick(`[data-row="${row}"][data-col="${column}"]`);
  await grid.keyboard.press("Control+A");
  await grid.keyboard.type(text);
  await grid.keyboard.press("Enter");
}

function stockClient(): Y.Doc {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync`, "demo/Price%20list", doc, {
    params: { token: TEST_TOKEN },
    disableBc: true,
  });
  open.push({ close: () => provider.destroy() });
  return doc;
}

/** The rows as any Yjs client folds them. */
function rowsOf(doc: Y.Doc): (readonly [id: number, values: unknown[]])[] {
  const rows = new Map<number, unknown[]>();
  for (const [row, at, value] of doc.getArray<LogEntry>(LOG).toArray() as [number, unknown, unknown][]) {
    if (Array.isArray(at)) rows.set(row, [...at]);
    else if (typeof at === "number")
      rows.set(row, Object.assign([...(rows.get(row) ?? [])], { [at]: value }));
  }
  return doc
    .getArray<number>(ORDER)
    .toArray()
    .map((id) => [id, rows.get(id)!] as const);
}

describe("the whole path", () => {
  test("DMN-1 an edit in the sheet shows on the live page and at a stock client within two seconds", async () => {
    const page = await browser.newPage();
    await page.goto(`${daemon.url}/#token=${TEST_TOKEN}`);
    await page.waitForSelector('[data-testid="connection"][data-state="live"]');
    const doc = stockClient();
    expect(await waitFor(() => rowsOf(doc).length > 0, 5_000)).toBe(true);

    const texts = ["Larkspur 2 (new)", "Larkspur 2 (newer)", "Larkspur 2 é 🎈"];
    for (const text of texts) {
      await typeInto(1, 1, text);
      const edited = performance.now();
      await page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll('[data-key="Product"]')].some((cell) =>
            cell.textContent?.includes(wanted),
          ),
        text,
        { timeout: SEEN_WITHIN_MS, polling: 20 },
      );
      const left = SEEN_WITHIN_MS - (performance.now() - edited);
      expect(await waitFor(() => rowsOf(doc)[0]?.[1][1] === text, left)).toBe(true);
    }
  }, 60_000);

  test("DMN-2 killed with -9 while cells change, clients come back, converge, and nothing was rebuilt", async () => {
    const doc = stockClient();
    const page = await browser.newPage();
    await page.goto(`${daemon.url}/#token=${TEST_TOKEN}`);
    await page.waitForSelector('[data-testid="connection"][data-state="live"]');
    expect(await waitFor(() => rowsOf(doc).length > 0, 5_000)).toBe(true);
    const epoch = doc.getMap(META).get("epoch");

    for (let round = 1; round <= 2; round++) {
      const before = {
        ids: rowsOf(doc).map(([id]) => id),
        vector: Y.decodeStateVector(Y.encodeStateVector(doc)),
      };
      await typeInto(2, 1, `before kill ${round}`);
      await daemon.kill("SIGKILL");
      daemon = await start();
      await grid.goto(gridUrl());
      await grid.waitForSelector('[data-row="1"][data-col="4"]');
      await typeInto(3, 1, `after kill ${round}`);
      const seen = (): boolean => rowsOf(doc)[2]?.[1][1] === `after kill ${round}`;
      expect(await waitFor(seen, 20_000)).toBe(true);
      await page.waitForFunction(
        (wanted) => document.body.textContent?.includes(wanted),
        `after kill ${round}`,
        { timeout: 20_000 },
      );
      const after = Y.decodeStateVector(Y.encodeStateVector(doc));
      for (const [client, clock] of before.vector) expect(after.get(client)).toBeGreaterThanOrEqual(clock);
      expect(rowsOf(doc).map(([id]) => id)).toEqual(before.ids);
      expect(doc.getMap(META).get("epoch")).toBe(epoch);
    }
  }, 120_000);

  test("DMN-5 on SIGTERM sessions are closed with 1012 and the exit code is 0", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/demo/Price%20list?token=${TEST_TOKEN}`);
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    expect(await daemon.kill("SIGTERM")).toBe(0);
    expect(await closed).toBe(1012);
  }, 30_000);
});
