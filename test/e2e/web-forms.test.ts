/** Forms and lists of the web app against a stand-in for the daemon, where the real one would have to be brought into trouble. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../support/browser.ts";
import {
  fixtureSource,
  type LivePageServer,
  startLivePageServer,
  TOKEN,
} from "../support/live-page-server.ts";
import { largeTab, pricesTab } from "../support/sample-tabs.ts";

let browser: Browser;
let server: LivePageServer;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startLivePageServer();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.stop();
});

async function signedIn(to: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${server.url}/#token=${TOKEN}&to=${encodeURIComponent(to)}`);
  return page;
}

describe("feeds", () => {
  test("WEB-15 several tabs, columns, pages and OAuth 2 are filled in and sent", async () => {
    const page = await signedIn("/+");
    await page.getByLabel("JSON, XML or CSV feed").check();
    await page.getByLabel("Name").fill("Shops");
    await page.getByLabel("Link", { exact: true }).fill("https://h/feed");
    await page.getByLabel("Path to the rows").fill("$.items");
    await page.getByRole("button", { name: "Several tabs in this feed" }).click();
    const [first, second] = [
      page.getByRole("group", { name: /^Tab 1/ }),
      page.getByRole("group", { name: /^Tab 2/ }),
    ];
    expect(await first.getByLabel("Path to its rows").inputValue()).toBe("$.items");
    await first.getByLabel("Title").fill("Items");
    await first.getByLabel("Columns").fill("id\nprice.amount = Price : number");
    await second.getByLabel("Title").fill("Shops");
    await second.getByLabel("Path to its rows").fill("$.shops");
    await page.getByLabel("OAuth 2").check();
    await page.getByLabel("Address of tokens").fill("https://h/token");
    await page.getByLabel("Client id").fill("c");
    await page.getByLabel("Client secret").fill("s3cret");
    await page.getByText("Pages, events and limits").click();
    await page.getByLabel("Cursor").check();
    await page.getByLabel("Path to the next page").fill("$.next");
    await page.getByRole("button", { name: "Add the source" }).click();
    await page.locator("main h1", { hasText: "Shops" }).waitFor();
    expect(server.registered).toEqual([
      {
        name: "Shops",
        type: "external",
        url: "https://h/feed",
        tabs: [
          {
            title: "Items",
            rowsPath: "$.items",
            columns: [{ path: "id" }, { path: "price.amount", name: "Price", type: "number" }],
          },
          { title: "Shops", rowsPath: "$.shops" },
        ],
        pagination: { type: "cursor", path: "$.next" },
        auth: { type: "oauth2", tokenUrl: "https://h/token", clientId: "c", clientSecret: "s3cret" },
        pollingInterval: 5000,
      },
    ]);
  }, 60_000);

  test("WEB-17 tabs, keys and writing of a workbook are changed, and only they are sent", async () => {
    server.sources = [fixtureSource({ id: "demo", name: "Shop", keyColumns: { Prices: "SKU" } })];
    const page = await signedIn("/demo");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Key columns").fill("");
    await page.getByLabel("Edits").selectOption("yes");
    await page.getByLabel("When both sides changed a cell").selectOption("ask");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("written back; a person is asked").waitFor();
    expect(server.updates).toEqual([{ keyColumns: null, writable: true, conflictPolicy: "ask" }]);
  }, 60_000);
});

describe("dead letters", () => {
  test("WEB-30 one is tried again, another given up after a question", async () => {
    const letter = {
      source: "demo",
      tab: "Prices",
      key: "7:3",
      row: 7,
      slot: 3,
      column: "Price",
      by: "user:ann",
      at: "2026-01-01T00:00:00Z",
      parkedAt: "2026-01-01T00:01:00Z",
      tries: 5,
      why: "The sheet answered nonsense.",
    };
    server.deadLetters = [
      { ...letter, id: "d1", mine: 4.5 },
      { ...letter, id: "d2", key: "+x", mine: { "0": "T-9", "3": 1 } },
    ];
    const page = await signedIn("/+deadletters");
    const [first, second] = [page.locator('[data-id="d1"]'), page.locator('[data-id="d2"]')];
    await first.getByText("The sheet answered nonsense.").waitFor();
    expect(await second.textContent()).toContain("0: T-9, 3: 1");
    await first.getByRole("button", { name: "Try again" }).click();
    await first.waitFor({ state: "detached" });
    await second.getByRole("button", { name: "Give up" }).click();
    await page.getByRole("dialog").getByText("user:ann wished for").waitFor();
    expect(server.acts).toEqual(["requeue d1"]);
    await page.getByRole("dialog").getByRole("button", { name: "Give it up" }).click();
    await page.getByText("No edit is parked.").waitFor();
    expect(server.acts).toEqual(["requeue d1", "discard d2"]);
  }, 60_000);
});

describe("an open editor", () => {
  test("WEB-25 when its row goes, what was typed is told", async () => {
    const prices = pricesTab();
    server.documents.set("demo/Price%20list", prices.doc);
    server.sources = [fixtureSource({ id: "demo", name: "Shop", writable: true })];
    const page = await signedIn("/demo/Price%20list");
    await page.locator('.grid-cell[data-row-id="3"][data-key="Product"]').click();
    await page.keyboard.type("half a sentence");
    prices.write(({ order }) => order.delete(2, 1));
    await page.getByTestId("said").getByText("You had typed: half a sentence").waitFor();
  }, 60_000);

  test("WEB-22 where the source is read only, typing says so and changes nothing", async () => {
    server.documents.set("demo/Price%20list", pricesTab().doc);
    server.sources = [fixtureSource({ id: "demo", name: "Shop" })];
    const page = await signedIn("/demo/Price%20list");
    await page.getByText("Read only").waitFor();
    await page.locator('.grid-cell[data-row-id="3"][data-key="Product"]').click();
    await page.keyboard.type("x");
    await page.getByTestId("said").getByText("This source is read only").waitFor();
    expect(await page.locator(".cell-editor").count()).toBe(0);
  }, 60_000);

  test("WEB-4 a tab whose title holds an @ is no view", async () => {
    server.documents.set("demo/a%40b", pricesTab().doc);
    const page = await signedIn("/demo/a%40b");
    await page.locator(".grid-cell").first().waitFor();
  }, 60_000);
});

describe("large tabs", () => {
  test("WEB-7 a million cells scroll without a long halt", async () => {
    server.documents.set("demo/Large", largeTab(100_000, 10).doc);
    const page = await signedIn("/demo/Large");
    await page.locator(".grid-cell").first().waitFor();
    const frames = await page.getByTestId("grid").evaluate(async (grid) => {
      const times: number[] = [];
      let last = performance.now();
      for (let step = 1; step <= 60; step++) {
        grid.scrollTop = step * 20_000;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      return times.sort((a, b) => a - b);
    });
    const median = frames[frames.length >> 1]!;
    console.log(
      `frames while scrolling a million cells: median ${median.toFixed(1)} ms, worst ${frames.at(-1)!.toFixed(1)} ms`,
    );
    // Far above what it takes alone; below what a person calls a halt.
    expect(median).toBeLessThan(100);
  }, 60_000);

  test("WEB-20 a part that is gone says so and offers to load the page again", async () => {
    const page = await signedIn("/demo");
    await page.route("**/ui/tokens-page-*", (route) => route.fulfill({ status: 404 }));
    await page.goto(`${server.url}/#/+tokens`);
    await page.getByText("This part of the page could not be loaded").waitFor();
    await page.unroute("**/ui/tokens-page-*");
    await page.getByRole("button", { name: "Load the page again" }).click();
    await page.locator("main h1", { hasText: "Tokens" }).waitFor();
  }, 60_000);
});
