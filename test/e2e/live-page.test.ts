/** The live page in a real Chromium, against a stand-in for the daemon. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { TabAnswer } from "#contract/rest.ts";
import type { Writer } from "../../client-sdk/test/support/writer.ts";
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
let prices: Writer;
/** What went wrong in any page: exceptions, refused resources, requests to other hosts. */
let complaints: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  complaints = [];
  server = await startLivePageServer();
  prices = pricesTab();
  server.documents.set("demo/Price%20list", prices.doc);
  server.sources = [
    fixtureSource({ id: "demo", name: "Sample shop", tabs: [tabAnswer("Price list", 48, 7)] }),
    fixtureSource({
      id: "rota",
      name: "Staff rota",
      state: "failed",
      url: "https://docs.google.com/spreadsheets/d/x",
      error: { code: "forbidden", message: "The workbook is not shared.", fix: "Share it with bot@p.iam." },
    }),
  ];
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.stop();
});

const tabAnswer = (title: string, rows: number, columns: number): TabAnswer => ({
  name: title,
  title,
  rows,
  columns,
  revision: "r",
});

/** A fresh browser at `path`; what it complains about is collected. */
async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|violates/.test(message.text())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(server.url + path);
  return page;
}

const signedIn = (to: string, options?: BrowserContextOptions): Promise<Page> =>
  visit(`/#token=${TOKEN}&to=${encodeURIComponent(to)}`, options);

async function openPrices(options?: BrowserContextOptions): Promise<Page> {
  const page = await signedIn("/demo/Price%20list", options);
  await live(page);
  await cell(page, 1, "Product").waitFor();
  return page;
}

const live = (page: Page): Promise<void> =>
  page.locator('[data-testid="connection"][data-state="live"]').waitFor();
const cell = (page: Page, row: number, key: string) =>
  page.locator(`.grid-cell[data-row-id="${row}"][data-key="${key}"]`);
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { rowId, key } = (document.activeElement as HTMLElement).dataset;
    return `${rowId} ${key}`;
  });

describe("signing in", () => {
  test("WEB-1 the first visit asks for the token, refuses a wrong one, and keeps a right one", async () => {
    const page = await visit("/");
    await page.fill("input[name=token]", "wrong");
    await page.click("button[type=submit]");
    await page.getByRole("alert").getByText("this token is not known").waitFor();
    await page.fill("input[name=token]", TOKEN);
    await page.click("button[type=submit]");
    await page.getByTestId("source").first().waitFor();
    await page.reload();
    await page.getByTestId("source").first().waitFor();
    await page.getByText("Sign out").click();
    await page.locator("input[name=token]").waitFor();
    expect(complaints).toEqual([]);
  });

  test("WEB-1 a link that carries the token signs in, and the token leaves the address bar", async () => {
    const page = await signedIn("/demo/Price%20list");
    await live(page);
    expect(page.url()).toBe(`${server.url}/#/demo/Price%20list`);
  });
});

describe("the list of sources", () => {
  test("WEB-2 each source shows its state in words, its freshness, its tabs, and its problem with the cure", async () => {
    const page = await signedIn("/");
    const [shop, rota] = [page.getByTestId("source").nth(0), page.getByTestId("source").nth(1)];
    await rota.waitFor();
    expect(await shop.textContent()).toMatch(/Sample shop.*live.*checked (.* ago|just now)/);
    expect(await shop.textContent()).toContain("48 × 7");
    expect(await shop.getAttribute("data-state")).toBe("live");
    expect(await rota.textContent()).toContain("failed");
    expect(await rota.textContent()).toContain("The workbook is not shared. Share it with bot@p.iam.");
  });

  test("WEB-2 a daemon that does not answer is told, and so is nothing when it is back", async () => {
    const page = await signedIn("/rota");
    await page.getByTestId("source").first().waitFor();
    server.down = true;
    await page.getByText("The daemon does not answer").waitFor();
    server.down = false;
    await page.getByText("The daemon does not answer").waitFor({ state: "detached" });
  });

  test("WEB-4 on a wide page the first tab opens by itself, and its name is its address", async () => {
    const page = await signedIn("/");
    await live(page);
    expect(page.url()).toEndWith("#/demo/Price%20list");
    expect(await page.title()).toBe("Price list · Sheetwire");
  });

  test("WEB-4 what a source reads is one click away, in a tab of its own", async () => {
    const page = await openPrices();
    const link = page.getByText("Open the sample workbook's grid");
    expect(await link.getAttribute("href")).toBe(server.sources[0]!.url);
    expect(await link.getAttribute("target")).toBe("_blank");
    await page.goto(`${server.url}/#/rota`);
    await page.getByText("Open in Google Sheets").waitFor();
  });
});

describe("adding a source", () => {
  test("WEB-3 the daemon's problems are shown at their fields; then the source is added and opened", async () => {
    const page = await signedIn("/+");
    await page.getByLabel("Name").fill("Prices");
    await page.getByLabel("Link", { exact: true }).fill("nonsense");
    await page.getByRole("button", { name: "Add the source" }).click();
    await page.locator("#secret-help").getByText("Is empty").waitFor();
    await page.getByLabel("Key file").fill('{"client_email":"bot@p.iam","private_key":"pem"}');
    await page.getByText("Share the workbook with").waitFor();
    server.refuseWith = {
      type: "about:blank",
      title: "The request holds mistakes",
      status: 400,
      detail: "url is not a link",
      errors: [{ field: "url", problem: "is not a link", fix: "give a link that begins with https://" }],
    };
    await page.getByRole("button", { name: "Add the source" }).click();
    await page
      .locator("#url-help")
      .getByText("Is not a link. Give a link that begins with https://.")
      .waitFor();
    expect(await page.locator("#secret-help .field-problem").count()).toBe(0);
    await page.getByLabel("Link", { exact: true }).fill("https://docs.google.com/spreadsheets/d/abc");
    await page.getByRole("button", { name: "Add the source" }).click();
    await page.locator("main h1", { hasText: "Prices" }).waitFor();
    expect(server.registered).toEqual([
      {
        name: "Prices",
        type: "googleSheet",
        url: "https://docs.google.com/spreadsheets/d/abc",
        credentials: { type: "serviceAccount", key: { client_email: "bot@p.iam", private_key: "pem" } },
        pollingInterval: 5000,
      },
    ]);
    expect(page.url()).toEndWith("#/added");
    expect(complaints).toEqual([]);
  });

  test("WEB-15 a feed is added with what was filled in, and nothing else", async () => {
    const page = await signedIn("/+");
    await page.getByLabel("JSON, XML or CSV feed").check();
    await page.getByLabel("Name").fill("Teas");
    await page.getByLabel("Link", { exact: true }).fill("https://h/feed");
    await page.getByLabel("Format").selectOption("json");
    await page.getByLabel("Path to the rows").fill("$.items");
    await page.getByLabel("API key").check();
    await page.getByLabel("Where the key goes").selectOption("query");
    await page.getByLabel("Name of the parameter").fill("key");
    await page.getByLabel("Key", { exact: true }).fill("s3cret");
    await page.getByLabel("More headers").fill("Accept-Language: en\nX-A: b:c");
    await page.getByRole("button", { name: "Add the source" }).click();
    await page.locator("main h1", { hasText: "Teas" }).waitFor();
    expect(server.registered).toEqual([
      {
        name: "Teas",
        type: "external",
        url: "https://h/feed",
        format: "json",
        rowsPath: "$.items",
        auth: { type: "apiKey", key: "s3cret", in: "query", name: "key" },
        headers: { "Accept-Language": "en", "X-A": "b:c" },
        pollingInterval: 5000,
      },
    ]);
    expect(complaints).toEqual([]);
  });

  test("WEB-3 a feed's problems are shown at its fields, and the first takes the focus", async () => {
    const page = await signedIn("/+");
    await page.getByLabel("JSON, XML or CSV feed").check();
    await page.getByLabel("Bearer token").check();
    server.refuseWith = {
      type: "about:blank",
      title: "The request holds mistakes",
      status: 400,
      detail: "two",
      errors: [
        { field: "auth.token", problem: "is empty", fix: "give the token as text" },
        { field: "headers.X-A", problem: "is odd", fix: "change it" },
      ],
    };
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#signInSecret-help").getByText("Is empty. Give the token as text.").waitFor();
    await page.locator("#headers-help").getByText("X-A is odd").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("signInSecret");
  });

  test("WEB-15 an account is connected from the form, and offered as soon as it is there", async () => {
    const page = await signedIn("/+");
    await page.getByLabel("Connected account").check();
    await page.getByRole("button", { name: "Connect an account" }).click();
    const consent = page.getByText("Continue at Google");
    expect(await consent.getAttribute("href")).toBe("https://accounts.example/consent");
    server.accounts = [
      {
        id: "ann",
        provider: "google",
        email: "ann@example.com",
        subject: "1",
        scopes: ["spreadsheets.readonly"],
        state: "connected",
        sources: [],
        connectedAt: "2026-01-01T00:00:00Z",
      },
    ];
    const account = page.getByLabel("Account", { exact: true });
    await account.waitFor();
    expect(await account.textContent()).toBe("ann@example.com");
    await page.getByLabel("Key columns").fill("Prices = SKU");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByTestId("preview").waitFor();
    expect(server.previewed[0]).toMatchObject({
      credentials: { type: "account", id: "ann" },
      keyColumns: { Prices: "SKU" },
    });
  });

  test("WEB-16 a preview shows rows, types and notices, saves nothing, and says when it is outdated", async () => {
    server.preview = {
      tabs: [
        {
          title: "items",
          columns: [
            { header: "id", key: "id", type: "text" },
            { header: "amount", key: "amount", type: "number" },
          ],
          keyColumn: "id",
          rows: [["T-1", 4.2]],
          rowCount: 30,
        },
      ],
      notices: ["Two rows have the same id."],
    };
    const page = await signedIn("/+");
    await page.getByLabel("JSON, XML or CSV feed").check();
    await page.getByLabel("Link", { exact: true }).fill("https://h/feed");
    await page.getByRole("button", { name: "Preview" }).click();
    const preview = page.getByTestId("preview");
    await preview.getByText("Two rows have the same id.").waitFor();
    expect(await preview.locator("th").allTextContents()).toEqual(["idtext, key", "amountnumber"]);
    expect(await preview.locator("td").allTextContents()).toEqual(["T-1", "4.2"]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("preview-title");
    expect(server.registered).toEqual([]);
    expect(await preview.getByText("The form has changed since").count()).toBe(0);
    await page.getByLabel("Path to the rows").fill("$.items");
    await preview.getByText("The form has changed since").waitFor();
  });

  test("WEB-16 what cannot be read is told with its cure", async () => {
    server.preview = {
      tabs: [],
      notices: [],
      error: { code: "unauthorized", message: "The feed wants a sign-in.", fix: "Give a token." },
    };
    const page = await signedIn("/+");
    await page.getByLabel("API key").check();
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByTestId("preview").getByText("The feed wants a sign-in.").waitFor();
    await page.getByTestId("preview").getByText("Give a token.").waitFor();
    expect(complaints).toEqual([]);
  });
});

describe("a source's page", () => {
  test("WEB-17 a source is checked, paused and resumed", async () => {
    const page = await signedIn("/demo");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("main .badge", { hasText: "paused" }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("main .badge", { hasText: "live" }).waitFor();
    expect(server.acts).toEqual(["poll demo", "pause demo", "resume demo"]);
  });

  test("WEB-17 of name and pace what was changed is sent, and a problem is shown at its field", async () => {
    const page = await signedIn("/demo");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Check every (seconds)").fill("0.1");
    const errors = [{ field: "pollingInterval", problem: "is too small", fix: "give more" }];
    server.refuseWith = { type: "about:blank", title: "Mistakes", status: 400, detail: "one", errors };
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#interval-help").getByText("Is too small. Give more.").waitFor();
    await page.getByLabel("Check every (seconds)").fill("10");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("every 10 s").waitFor();
    expect(server.updates).toEqual([{ pollingInterval: 10_000 }]);
  });

  test("WEB-18 deleting names what is lost, and only its own button deletes", async () => {
    const page = await signedIn("/demo");
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 tab (Price list) with 48 rows and their history").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(server.acts).toEqual([]);
    await page.getByRole("button", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await page.locator('.source[data-source-id="demo"]').waitFor({ state: "detached" });
    expect(server.acts).toEqual(["delete demo"]);
    expect(complaints).toEqual([]);
  });
});

describe("the grid", () => {
  test("WEB-6 cells show by their type, with an alternative in text for marks", async () => {
    const page = await openPrices();
    expect(await cell(page, 1, "Price").textContent()).toBe("€4.20");
    expect(await cell(page, 1, "Price").evaluate((node) => getComputedStyle(node).textAlign)).toBe("right");
    expect(await cell(page, 1, "Updated").textContent()).toBe("Nov 19, 2025");
    expect(await cell(page, 1, "On sale").getByRole("img").getAttribute("aria-label")).toBe("yes");
    expect(await cell(page, 3, "On sale").getByRole("img").getAttribute("aria-label")).toBe("no");
    expect(await cell(page, 8, "Price").textContent()).toContain("#N/A");
    expect(await page.getByTestId("counts").textContent()).toBe("48 rows, 7 columns");
  });

  test("WEB-7 of a million cells those in view are drawn, from the first to the last", async () => {
    server.documents.set("demo/Large", largeTab(100_000, 10).doc);
    const page = await signedIn("/demo/Large");
    await cell(page, 1, "c0").waitFor();
    const grid = page.getByTestId("grid");
    expect(await grid.getAttribute("aria-rowcount")).toBe("100001");
    await grid.evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await cell(page, 100_000, "c9").waitFor();
    expect(await cell(page, 100_000, "c9").textContent()).toBe("999999");
    expect(await page.locator(".grid-row").count()).toBeLessThan(80);
    const [head, top] = await Promise.all([page.locator(".grid-header").boundingBox(), grid.boundingBox()]);
    expect(head!.y).toBe(top!.y);
    expect(complaints).toEqual([]);
  });

  test("WEB-7 of many columns those in view are drawn", async () => {
    server.documents.set("demo/Wide", largeTab(50, 2000).doc);
    const page = await signedIn("/demo/Wide");
    await cell(page, 1, "c0").waitFor();
    expect(await page.locator('.grid-cell[data-row-id="1"]').count()).toBeLessThan(60);
    await page.getByTestId("grid").evaluate((node) => node.scrollTo(node.scrollWidth, 0));
    await cell(page, 1, "c1999").waitFor();
  });

  test("WEB-8 arrow keys, Home, End and the page keys move a focus that the view follows", async () => {
    const page = await openPrices();
    await cell(page, 1, "SKU").click();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toBe("2 Product");
    expect(await page.getByTestId("active-cell").textContent()).toBe("Product Earl Grey, loose leaf");
    await page.keyboard.press("Control+End");
    expect(await focused(page)).toBe("48 Updated");
    expect(await cell(page, 48, "Updated").isVisible()).toBe(true);
    await page.keyboard.press("Home");
    await page.keyboard.press("PageUp");
    expect(Number((await focused(page)).split(" ")[0])).toBeLessThan(40);
    await page.keyboard.press("Control+Home");
    expect(await focused(page)).toBe("1 SKU");
  });

  test("WEB-8 the focus stays on its cell while rows come above it and the view scrolls away", async () => {
    const page = await openPrices();
    await cell(page, 3, "Product").click();
    prices.write(({ order, log }) => {
      log.push([[900, ["N-1", "New on top"]]]);
      order.insert(0, [900]);
    });
    await cell(page, 900, "Product").waitFor();
    expect(await focused(page)).toBe("3 Product");
    await page.getByTestId("grid").evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await cell(page, 48, "SKU").waitFor();
    expect(await focused(page)).toBe("3 Product");
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe("4 Product");
  });

  test("WEB-10 a change shows with a short highlight of its cell alone", async () => {
    const page = await openPrices();
    expect(await page.locator("[data-flash]").count()).toBe(0);
    prices.write(({ log }) => log.push([[2, 3, 5.45]]));
    await page.locator('[data-row-id="2"][data-key="Price"][data-flash]').waitFor();
    expect(await cell(page, 2, "Price").textContent()).toBe("€5.45");
    expect(await page.locator("[data-flash]").count()).toBe(1);
    await page.waitForFunction(() => document.querySelector("[data-flash]") === null);
  });

  test("WEB-10 who prefers no motion gets the highlight without an animation", async () => {
    const page = await openPrices({ reducedMotion: "reduce" });
    prices.write(({ log }) => log.push([[2, 3, 5.45]]));
    const flashing = page.locator('[data-row-id="2"][data-flash]');
    await flashing.waitFor();
    expect(await flashing.evaluate((node) => getComputedStyle(node).animationName)).toBe("none");
  });

  test("WEB-11 changes are announced politely, gathered into one sentence", async () => {
    const page = await openPrices();
    prices.write(({ log }) => log.push([[2, 3, 5.45]]));
    prices.write(({ log }) => log.push([[2, 4, 1]]));
    const announcement = page.getByTestId("announcement");
    await announcement.filter({ hasText: "Price list: 2 cells changed" }).waitFor({ state: "attached" });
    expect(await announcement.getAttribute("aria-live")).toBe("polite");
  });

  test("WEB-10 a value that the sheet has not confirmed is marked with who wished for it", async () => {
    const page = await openPrices();
    prices.write(({ log }) => log.push([[2, 3, 5.45, { by: "ann", at: 1 }]]));
    await page.locator('[data-row-id="2"][data-key="Price"][data-unconfirmed]').waitFor();
    expect(await cell(page, 2, "Price").getAttribute("title")).toContain("ann");
    prices.write(({ log }) => log.push([[2, 3, 5.45]]));
    await page.locator("[data-unconfirmed]").waitFor({ state: "detached" });
  });
});

describe("the connection", () => {
  test("WEB-9 a lost connection is told and comes back by itself with what was missed", async () => {
    const page = await openPrices();
    server.down = true;
    server.drop(1012);
    await page.locator('[data-testid="connection"][data-state="reconnecting"]').waitFor();
    await page.getByText("Not live: these are the values of").waitFor();
    expect(await cell(page, 1, "SKU").textContent()).toBe("T-101");
    prices.write(({ log }) => log.push([[1, 3, 99]]));
    server.down = false;
    await live(page);
    await cell(page, 1, "Price").filter({ hasText: "€99.00" }).waitFor();
  });

  test("WEB-9 a tab that is deleted says so, and one that does not exist as well", async () => {
    const page = await openPrices();
    server.documents.delete("demo/Price%20list");
    server.drop(4404);
    await page
      .locator('[data-testid="connection"][data-state="error"]')
      .filter({ hasText: "gone" })
      .waitFor();
    const other = await signedIn("/demo/Nothing");
    await other.getByText("No such tab").waitFor();
  });

  test("WEB-9 a refused token is told as signed out", async () => {
    const page = await openPrices();
    server.drop(4401);
    await page.locator('[data-testid="connection"][data-state="signed-out"]').waitFor();
  });
});

describe("any screen", () => {
  test("WEB-14 on a phone the list and a tab take turns, and nothing is wider than the screen", async () => {
    const page = await signedIn("/", {
      viewport: { width: 390, height: 780 },
      isMobile: true,
      hasTouch: true,
    });
    await page.getByTestId("source-row").first().waitFor();
    const fits = (): Promise<boolean> =>
      page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    expect(await fits()).toBe(true);
    await page.getByTestId("source-row").getByText("Price list").tap();
    await cell(page, 1, "SKU").waitFor();
    expect(await page.getByTestId("source-row").count()).toBe(0);
    expect(await fits()).toBe(true);
    await page.getByLabel("All sources", { exact: true }).tap();
    await page.getByTestId("source-row").first().waitFor();
  });

  test("WEB-14 light and dark follow the system", async () => {
    const brightness = async (colorScheme: "light" | "dark"): Promise<number> => {
      const page = await openPrices({ colorScheme });
      const colour = await page
        .locator(".tab-page")
        .evaluate((node) => getComputedStyle(node).backgroundColor);
      const [red, green, blue] = colour.match(/[\d.]+/g)!.map(Number);
      return red! + green! + blue!;
    };
    expect(await brightness("light")).toBeGreaterThan(700);
    expect(await brightness("dark")).toBeLessThan(150);
  });
});
