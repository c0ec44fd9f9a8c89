/** The web app of a real daemon with its sample, in a real Chromium, and the sample's own sheet beside it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "./browser.ts";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN } from "./daemon-process.ts";
import { tempDir } from "./temp-dir.ts";

export interface WebStage {
  readonly daemon: DaemonProcess;
  /** What went wrong in any page of the app: exceptions, refused resources, requests to other hosts. */
  readonly complaints: string[];
  /** A browser of its own, signed in, at `to`. */
  visit(to: string, options?: BrowserContextOptions): Promise<Page>;
  /** Types into a cell of the sheet's own page, as a person does. */
  typeIntoSheet(row: number, column: number, text: string): Promise<void>;
  /** Waits until a cell of the sheet's own page reads so. */
  sheetShows(row: number, column: number, text: string): Promise<void>;
  /** Closes all pages that were visited. */
  leave(): Promise<void>;
  rest(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
}

/** Two seconds are promised; a busy machine of tests gets more. */
const TIMEOUT_MS = 15_000;

export async function createWebStage(): Promise<WebStage> {
  const folder = tempDir();
  const daemon = await startDaemon({ dataDir: folder.path, port: freePort() });
  const browser: Browser = await launchChromium();
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  const sheetUrl = /Sample sheet (\S+)/.exec(daemon.output())![1]!;
  const sheet = await browser.newPage();
  await sheet.goto(sheetUrl);
  await sheet.waitForSelector('[data-row="1"][data-col="4"]');

  return {
    daemon,
    complaints,
    async visit(to, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      contexts.push(context);
      context.setDefaultTimeout(TIMEOUT_MS);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/Content Security Policy|violates/.test(message.text())) complaints.push(message.text());
      });
      page.on("request", (request) => {
        if (!request.url().startsWith(daemon.url)) complaints.push(`asked ${request.url()}`);
      });
      await page.goto(`${daemon.url}/#token=${TEST_TOKEN}&to=${encodeURIComponent(to)}`);
      return page;
    },
    async typeIntoSheet(row, column, text) {
      await sheet.dblclick(`[data-row="${row}"][data-col="${column}"]`);
      await sheet.keyboard.press("Control+A");
      await sheet.keyboard.type(text);
      await sheet.keyboard.press("Enter");
    },
    async sheetShows(row, column, text) {
      await sheet
        .locator(`[data-row="${row}"][data-col="${column}"]`)
        .filter({ hasText: text })
        .waitFor({ timeout: TIMEOUT_MS });
    },
    async leave() {
      for (const context of contexts.splice(0)) await context.close();
    },
    rest: (method, path, body) =>
      fetch(daemon.url + path, {
        method,
        headers: { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async stop() {
      await browser.close();
      await daemon.kill("SIGKILL");
      folder[Symbol.dispose]();
    },
  };
}

/** A tab of the app, once it is live. */
export async function openTab(stage: WebStage, tab: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await stage.visit(`/demo/${encodeURIComponent(tab)}`, options);
  await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
  await page.locator(".grid-cell").first().waitFor();
  return page;
}

export function cellOf(page: Page, row: number, key: string) {
  return page.locator(`.grid-cell[data-row-id="${row}"][data-key="${key}"]`);
}
