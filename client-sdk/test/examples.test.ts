/** The examples as a reader runs them: against the real daemon with its sample workbook. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../test/support/browser.ts";
import {
  type DaemonProcess,
  freePort,
  startDaemon,
  TEST_TOKEN,
  waitFor,
} from "../../test/support/daemon-process.ts";
import { tempDir } from "../../test/support/temp-dir.ts";
import { type Client, connect, type Table } from "../src/index.ts";

const root = resolve(import.meta.dir, "../..");
const folder = tempDir();
const port = freePort();
let daemon: DaemonProcess;
let browser: Browser;
let client: Client;
let prices: Table;

beforeAll(async () => {
  Bun.spawnSync([process.execPath, join(root, "client-sdk/build.ts")], { cwd: root });
  const env = { SHEETWIRE_ORIGINS: `http://127.0.0.1:${port}` };
  daemon = await startDaemon({ dataDir: folder.path, port: freePort(), env });
  browser = await launchChromium();
  client = connect({ url: daemon.url, token: TEST_TOKEN });
  prices = client.table("demo/Price list");
  await waitFor(() => prices.status.state === "live" && prices.rows.length > 0, 20_000);
}, 60_000);
afterAll(async () => {
  client.close();
  await browser.close();
  await daemon.kill("SIGKILL");
  folder[Symbol.dispose]();
});

interface Started extends AsyncDisposable {
  output(): string;
  readonly exited: Promise<number>;
}

function start(command: readonly string[]): Started {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      SHEETWIRE_URL: daemon.url,
      SHEETWIRE_TOKEN: TEST_TOKEN,
      PORT: String(port),
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  };
  const ended = Promise.all([child.exited, collect(child.stdout), collect(child.stderr)]);
  return {
    output: () => text,
    exited: ended.then(([code]) => code), // The next one takes the same port.
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

const example = (name: string): Started => start([process.execPath, join(root, "examples/run.ts"), name]);

async function open(served: Started): Promise<{ page: Page; errors: string[] }> {
  expect(await waitFor(() => served.output().includes("http://"), 10_000)).toBe(true);
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${port}`);
  return { page, errors };
}

describe("examples", () => {
  test("SDK-42 plain HTML shows the rows without a build, and what changes in them", async () => {
    await using served = example("plain-html");
    const { page, errors } = await open(served);
    await page.waitForFunction(() => document.querySelector("#status")?.textContent === "live");
    expect(await page.locator("#rows tr").count()).toBe(prices.rows.length);
    const row = prices.rows[3]!.$row;
    await prices.set(row, "Product", "From elsewhere").confirmed;
    await page.waitForFunction(
      (id) => document.querySelector(`[data-row="${id}"]`)?.textContent?.includes("From elsewhere"),
      row,
    );
    expect(errors).toEqual([]);
    await page.close();
  }, 60_000);

  test("SDK-42 React edits a price, which the sheet then has", async () => {
    await using served = example("react");
    const { page, errors } = await open(served);
    await page.waitForFunction(() => document.querySelector("#status")?.textContent === "live");
    const row = prices.rows[2]!.$row;
    await page.fill(`[data-row="${row}"] input`, "12.75");
    await page.press(`[data-row="${row}"] input`, "Enter");
    expect(
      await waitFor(
        () => prices.row(row)?.Price === 12.75 && !prices.cell(row, "Price")?.unconfirmed,
        15_000,
      ),
    ).toBe(true);
    await page.waitForFunction(
      (id) => document.querySelector(`[data-row="${id}"] i`)?.textContent === "",
      row,
    );
    expect(errors).toEqual([]);
    await page.close();
  }, 60_000);

  test("SDK-42 the scoreboard counts a goal", async () => {
    await using served = example("scoreboard");
    const { page, errors } = await open(served);
    const home = page.locator('[data-side="Home score"]');
    const before = Number(await home.textContent());
    await home.click();
    await page.waitForFunction(
      (goals) => document.querySelector('[data-side="Home score"]:not(.pending)')?.textContent === goals,
      String(before + 1),
    );
    expect(errors).toEqual([]);
    await page.close();
  }, 60_000);

  test("SDK-42 the Node script fills up what is sold out, waits for its receipts and ends", async () => {
    const empty = prices.rows.filter((row) => row["In stock"] === 0);
    expect(empty.length).toBeGreaterThan(0);
    await using script = start(["node", "examples/node-script/restock.mjs", "10"]);
    const code = await script.exited;
    expect([code, script.output().trim().split("\n")]).toEqual([
      0,
      empty.map(({ SKU }) => `${SKU} confirmed`),
    ]);
    expect(await waitFor(() => prices.rows.every((row) => row["In stock"] !== 0), 10_000)).toBe(true);
  }, 60_000);

  test("SDK-42 feature flags hear of a switch in the sheet", async () => {
    await using script = example("feature-flags");
    const first = prices.rows[0]!;
    expect(await waitFor(() => script.output().includes(`${first.SKU} is`), 15_000)).toBe(true);
    const was = Number(first["In stock"]) > 0;
    await prices.set(first.$row, "In stock", was ? 0 : 5).confirmed;
    expect(
      await waitFor(() => script.output().includes(`\n${first.SKU} is ${was ? "off" : "on"}`), 10_000),
    ).toBe(true);
  }, 60_000);
});
