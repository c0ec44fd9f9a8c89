/** `npm run screenshots`: the pictures of the README, taken of the sample in a real Chromium. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/support/browser.ts";
import { freePort, startDaemon, TEST_TOKEN } from "../test/support/daemon-process.ts";
import { tempDir } from "../test/support/temp-dir.ts";

const images = resolve(import.meta.dir, "../docs/images");
const PRICES = "/demo/Price%20list";
/** WebP's: text stays sharp, at a quarter of a PNG's size. */
const QUALITY = 82;
/** Shown in the form; no key at all. */
const KEY_FILE = JSON.stringify({
  type: "service_account",
  client_email: "sheets@your-project.iam.gserviceaccount.com",
  private_key: "-----BEGIN PRIVATE KEY-----\n...",
});

mkdirSync(images, { recursive: true });
using dir = tempDir();
const daemon = await startDaemon({ dataDir: dir.path, port: freePort() });
const browser = await launchChromium();

interface Shot {
  readonly height?: number;
  readonly dark?: boolean;
  /** Leads from the address to what is to be seen. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** Of the app at `to`, or of any address. */
async function take(name: string, to: string, { height = 600, dark = false, act }: Shot = {}): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1100, height },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  const url = to.startsWith("/") ? `${daemon.url}/#token=${TEST_TOKEN}&to=${encodeURIComponent(to)}` : to;
  await page.goto(url);
  await act?.(page);
  const devtools = await context.newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  writeFileSync(join(images, `${name}.webp`), Buffer.from(data, "base64"));
  await context.close();
}

const live = (page: Page): Promise<unknown> =>
  page.waitForSelector('[data-testid="connection"][data-state="live"]');

async function edit(...edits: readonly object[]): Promise<void> {
  const answer = await fetch(`${daemon.url}/datasources/demo/tabs/Price%20list/edits?wait=10`, {
    method: "POST",
    headers: { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ edits }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Link", { exact: true }).fill("https://docs.google.com/spreadsheets/d/1aBcDeFg/edit");
}

try {
  await take("live-page", PRICES, { act: live });
  await take("live-page-dark", PRICES, { act: live, dark: true });
  await take("sample-sheet", /Sample sheet (\S+)/.exec(daemon.output())![1]!, {
    height: 360,
    act: (page) => page.waitForSelector('[data-row="1"][data-col="4"]'),
  });
  await take("service-account", "/+", {
    height: 1340,
    async act(page) {
      await fillIn(page);
      await page.getByLabel("Key file").fill(KEY_FILE);
      await page.getByLabel("Key columns").fill("Prices = SKU");
      await page.getByLabel("Edits").selectOption("yes");
    },
  });
  await take("connected-account", "/+", {
    height: 860,
    async act(page) {
      await fillIn(page);
      await page.getByLabel("Connected account").check();
      await page.getByRole("button", { name: "Connect an account" }).waitFor();
    },
  });
  await edit({ row: 2, column: "Price", value: 119 }, { row: 3, column: "In stock", value: 24 });
  await edit({ row: 4, column: "Price", value: 70, base: 1 });
  await take("history", `/+history${PRICES}`, { act: (page) => page.waitForSelector(".entry") });
  await take("conflicts", "/+conflicts", {
    height: 420,
    act: (page) => page.getByText("Price list").first().waitFor(),
  });
  await take("template", "/+templates/sales_analysis", {
    height: 700,
    act: (page) => page.locator("td").first().waitFor(),
  });
  await take("new-export", "/+exports/+?source=demo&tab=Price%20list", {
    height: 900,
    act: (page) => page.getByRole("heading", { level: 1 }).waitFor(),
  });
  await take("sources", "/demo", {
    height: 420,
    async act(page) {
      await page.waitForSelector("main h1");
      await page.click('[aria-label="Sheetwire: all sources"]');
      await page.waitForSelector(".poll.low");
    },
  });
} finally {
  await browser.close();
  await daemon.kill("SIGKILL");
}
