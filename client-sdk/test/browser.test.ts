/** The client in a real Chromium: hooks, a worker, and what is kept on the device. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium } from "../../test/support/browser.ts";
import { type PageServer, startPageServer } from "./support/page-server.ts";
import { column, createWriter, type Writer, writePrices } from "./support/writer.ts";

const EDITS = "demo/Prices~edits";
let browser: Browser;
let server: PageServer;
let context: BrowserContext;
let prices: Writer;

beforeAll(async () => {
  browser = await launchChromium();
  server = await startPageServer(["react-page.ts", "worker-page.ts", "worker-script.ts", "offline-page.ts"]);
  prices = createWriter();
  writePrices(prices);
  server.documents.set("demo/Prices", prices.doc);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(async () => {
  server.setDown(false);
  await context.close();
});

async function visit(path: string, again?: BrowserContext): Promise<Page> {
  context = again ?? (await browser.newContext());
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  await page.goto(server.url + path);
  return page;
}

describe("React", () => {
  test("SDK-35 of 50,000 rows one changed cell renders one; what does not concern a component does not render it", async () => {
    const rows = 50_000;
    const big = createWriter();
    big.write(({ columns, order, log }) => {
      columns.push([column(0, "n", "number"), column(1, "label")]);
      order.push(Array.from({ length: rows }, (_, i) => i + 1));
      log.push(Array.from({ length: rows }, (_, i): [number, [number, string]] => [i + 1, [i, `row ${i}`]]));
    });
    server.documents.set("demo/Big", big.doc);
    const page = await visit("/react-page");
    await page.waitForFunction((count) => document.querySelectorAll("li").length === count, rows);
    await page.waitForFunction(() => document.querySelector("#status")?.textContent === "live");
    const renders = (): Promise<Record<string, number>> => page.evaluate("({ ...renders })");
    const before = await renders();
    big.write(({ log }) => log.push([[25_000, 1, "changed"]]));
    await page.waitForFunction(
      () => document.querySelector('[data-row="25000"]')?.textContent === "24999 changed",
    );
    expect(await renders()).toEqual({ ...before, row: before.row! + 1, all: before.all! + 1 });

    await page.evaluate('table().set(7, "label", "mine")');
    await page.waitForFunction(() => document.querySelector("#cell")?.textContent === "mine local");
    expect(await page.textContent('[data-row="7"]')).toBe("6 mine");
    const after = await renders();
    expect([after.row! - before.row!, after.cell! - before.cell!, after.total! - before.total!]).toEqual([
      2, 1, 0,
    ]);
    expect(server.sockets).toBe(2);
    await page.evaluate('show("hidden")');
    await until(() => server.sockets === 0);
    big.write(({ log }) => log.push([[25_000, 1, "meanwhile"]]));
    await page.evaluate('show("visible")');
    await page.waitForFunction(
      () => document.querySelector('[data-row="25000"]')?.textContent === "24999 meanwhile",
    );
    await page.evaluate("unmount()");
    await until(() => server.sockets === 0);
  }, 120_000);
});

describe("workers", () => {
  test("SDK-38 a worker of a page reads and writes", async () => {
    const page = await visit("/worker-page");
    await page.waitForFunction("globalThis.answer !== undefined");
    expect(await page.evaluate("answer")).toMatchObject({
      hasWindow: false,
      rows: [{ $row: 1, Product: "Tea", Price: 3.5 }, { Price: 4 }, { Price: 5 }],
      state: "local",
    });
    await until(() => server.documents.get(EDITS)?.getMap("edits").has("1:1") === true);
    server.documents.delete(EDITS);
  });
});

describe("offline", () => {
  const texts = (page: Page): Promise<unknown[]> =>
    page.evaluate("table.rows.map(({ Product, Price }) => [Product, Price])");

  test("SDK-37 rows and unsent wishes outlive a reload without the server, and are sent when it is back", async () => {
    const page = await visit("/offline-page");
    await page.waitForFunction('table.status.state === "live"');
    await page.evaluate("table.ready.then(() => table.saved())");
    server.setDown(true);
    await page.waitForFunction('table.status.state === "stale"');
    await page.evaluate('table.set(1, "Price", 3.5); table.insert({ Product: "Mate", Price: 7 })');
    await page.evaluate("table.saved()");
    await page.reload();
    await page.waitForFunction("table.rows.length === 4");
    expect(await page.evaluate("states")).toEqual(["loading", "offline-copy"]);
    expect(await texts(page)).toEqual([
      ["Tea", 3.5],
      ["Coffee", 4],
      ["Cocoa", 5],
      ["Mate", 7],
    ]);
    expect(await page.evaluate("client.unsent")).toBe(2);

    prices.write(({ log }) => log.push([[2, 1, 4.4]]));
    server.setDown(false);
    await page.waitForFunction('table.status.state === "live"');
    expect((await texts(page))[1]).toEqual(["Coffee", 4.4]);
    await until(() => server.documents.get(EDITS)?.getMap("edits").size === 2);
    expect(server.documents.get(EDITS)!.getMap("edits").get("1:1")).toMatchObject({ value: 3.5, base: 3 });
  });

  test("SDK-37 another subject sees nothing of it, and who signs out leaves nothing", async () => {
    const page = await visit("/offline-page?subject=ann");
    await page.evaluate("table.ready.then(() => table.saved())");
    server.setDown(true);
    const other = await visit("/offline-page?subject=bo", context);
    await other.waitForTimeout(300);
    expect(await other.evaluate("table.rows.length")).toBe(0);
    await page.evaluate("client.close(); offline.eraseAll()");
    await page.reload();
    expect(await page.evaluate('offline.has("demo/Prices")')).toBe(false);
  });

  test("SDK-37 of several pages one keeps the rows, and the next does when it ends", async () => {
    const first = await visit("/offline-page");
    await first.evaluate("table.ready.then(() => table.saved())");
    const second = await visit("/offline-page", context);
    await second.waitForFunction('table.status.state === "live"');
    const locks = (): Promise<{ held: number; pending: number }> =>
      second.evaluate(async () => {
        const { held, pending } = await navigator.locks.query();
        return { held: held!.length, pending: pending!.length };
      });
    expect(await locks()).toEqual({ held: 1, pending: 1 });
    prices.write(({ log }) => log.push([[3, 1, 5.5]]));
    await first.close();
    await until(async () => (await locks()).pending === 0);
    await second.waitForFunction("table.row(3).Price === 5.5");
    server.setDown(true);
    await second.waitForTimeout(500);
    await second.reload();
    await second.waitForFunction("table.rows.length >= 3");
    expect(await second.evaluate("table.row(3).Price")).toBe(5.5);
  });

  test("SDK-40 leaving a page with unsent wishes is asked about, without them it is not", async () => {
    const page = await visit("/offline-page");
    await page.waitForFunction('table.status.state === "live"');
    await page.evaluate("warn()");
    const asks = (): Promise<boolean> =>
      page.evaluate(() => {
        const event = new Event("beforeunload", { cancelable: true });
        dispatchEvent(event);
        return event.defaultPrevented;
      });
    expect(await asks()).toBe(false);
    server.setDown(true);
    await page.evaluate('table.set(2, "Price", 9)');
    expect(await asks()).toBe(true);
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`never: ${condition}`);
    await Bun.sleep(10);
  }
}
