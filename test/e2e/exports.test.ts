/** Exports, templates and files in the web app: a real daemon, the emulator of Google, a real Chromium. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Download, Page } from "playwright-core";
import type { ExportAnswer } from "#contract/exports.ts";
import { waitFor } from "../support/daemon-process.ts";
import { readXlsx } from "../support/read-xlsx.ts";
import { createWebStage, openTab, type WebStage } from "../support/web-stage.ts";

const AXE = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const SHEETS = "/api/v1/export/sheets";

let stage: WebStage;
/** Of the emulator. */
let google: string;
beforeAll(async () => {
  stage = await createWebStage();
  google = new URL(/Sample sheet (\S+)/.exec(stage.daemon.output())![1]!).origin;
}, 60_000);
afterAll(() => stage.stop());
afterEach(async () => {
  await stage.leave();
  await emulator("DELETE", "faults");
  expect(stage.complaints.splice(0)).toEqual([]);
});

async function emulator(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${google}/emulator/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
}

const person = (workbook: string, act: string, ...args: unknown[]): Promise<void> =>
  emulator("POST", `workbooks/${workbook}/person`, { do: act, args });

async function exportsNamed(title: string): Promise<ExportAnswer[]> {
  const all = (await (await stage.rest("GET", SHEETS)).json()) as ExportAnswer[];
  return all.filter((each) => each.title === title);
}

/** A long text in each row: what is written takes several requests. */
const stock = Array.from({ length: 2000 }, (_, at) => ({
  sku: `A-${at + 1}`,
  item: at === 1 ? "=1+1" : `Item ${at + 1}`,
  price: at / 4,
  note: "x".repeat(1500),
}));

async function fillIn(page: Page, title: string, data: unknown): Promise<void> {
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Data as JSON").fill(typeof data === "string" ? data : JSON.stringify(data));
  await page.getByLabel("Key column (optional)").fill("sku");
}

/** Made with REST, and in step. */
async function made(title: string, data: unknown, more: object = {}): Promise<ExportAnswer> {
  const body = { template: "table", title, data, key: "sku", ...more };
  const asked = await stage.rest("POST", `${SHEETS}/create`, body);
  expect(asked.status).toBe(202);
  const { id } = (await asked.json()) as ExportAnswer;
  let answer: ExportAnswer | null = null;
  const isDone = async (): Promise<boolean> => {
    answer = (await (await stage.rest("GET", `${SHEETS}/${id}/status`)).json()) as ExportAnswer;
    return answer.state === "done";
  };
  expect(await waitFor(isDone, 15_000)).toBe(true);
  return answer!;
}

const badge = (page: Page, word: string) => page.locator(".page-head .badge", { hasText: word }).waitFor();
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ sku: `S-${at}`, item: `Thing ${at}`, price: at }));

describe("an export", () => {
  test("WEB-39 WEB-38 WEB-40 two thousand rows from the form: mistakes, progress, the sheet, an upsert", async () => {
    const page = await stage.visit("/+exports");
    await page.getByText("Make one of your data").click();
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await page.locator("#data-text-help .field-problem").getByText("Is missing").waitFor();
    await fillIn(page, "Stock", '[{"sku": 1,]');
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await page.locator("#data-text-help .field-problem").getByText("Is not JSON").waitFor();
    await page.getByLabel("Data as JSON").fill(JSON.stringify(stock));
    // As a lost answer leaves it: done, and nobody was told.
    await page.route(
      "**/sheets/create",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await emulator("POST", "faults", {
      match: { path: ":batchUpdate" },
      answer: { kind: "delay", delayMs: 1500 },
    });
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await page.getByText("The daemon does not answer.").waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Stock");
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await page.locator("main h1", { hasText: "Stock" }).waitFor();
    const bar = page.getByRole("progressbar", { name: /^Stock: making the sheet: [\d,]+ of 2,000 rows/ });
    await page.waitForFunction(() => {
      const share = document.querySelector("progress")?.value ?? 0;
      return share > 0 && share < 100;
    });
    expect(await bar.count()).toBe(1);
    await badge(page, "done");
    await emulator("DELETE", "faults");
    expect(await exportsNamed("Stock")).toHaveLength(1);
    expect(await countsOf(page)).toEqual(["2,000", "0", "0", "0", "0"]);
    await page.getByTestId("last-sync").waitFor();

    const [sheet] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByRole("link", { name: "Open the sheet" }).click(),
    ]);
    const cell = (row: number, column: number, text: string) =>
      sheet.locator(`[data-row="${row}"][data-col="${column}"]`).filter({ hasText: text }).waitFor();
    await cell(0, 0, "Sku");
    await cell(1, 1, "Item 1");
    // Text that begins like a formula is text.
    await cell(2, 1, "=1+1");
    await page.bringToFront();
    await page.getByLabel("Data as JSON").fill(
      JSON.stringify([
        { sku: "A-1", item: "Mended" },
        { ...stock[0], sku: "A-2001" },
      ]),
    );
    await page.getByRole("button", { name: "Update the workbook" }).click();
    await page.getByText("It is on its way.").waitFor();
    await page.getByRole("heading", { name: /^The last update, rows changed and added/ }).waitFor();
    expect((await countsOf(page)).slice(0, 2)).toEqual(["1", "1"]);
    await cell(1, 1, "Mended");
  }, 90_000);

  test("WEB-39 data that do not fit are listed by row and field, and what was filled in stays", async () => {
    const page = await stage.visit("/+exports/+?template=price_list");
    const data = [{ sku: "A", product: "Tent", list_price: "dear" }, { product: "Mug" }];
    await fillIn(page, "Prices", data);
    await page.getByRole("button", { name: "Make the workbook" }).click();
    const report = page.getByTestId("report");
    await report.locator("strong", { hasText: /Nothing was written: \d+ mistakes in the data/ }).waitFor();
    const mistakes = await report.getByTestId("mistake").allTextContents();
    expect(mistakes.some((text) => /row 1, List price|row 1, list_price/i.test(text))).toBe(true);
    expect(mistakes.some((text) => /row 2, sku/i.test(text))).toBe(true);
    expect(JSON.parse(await page.getByLabel("Data as JSON").inputValue())).toEqual(data);
    expect(await exportsNamed("Prices")).toEqual([]);
    await page.getByRole("button", { name: "Share it" }).click();
    await page.getByRole("group", { name: "Share 1" }).getByLabel("Address").fill("ann");
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await page.locator("#share-0-who-help .field-problem").waitFor();
  }, 60_000);

  test("WEB-39 WEB-43 a tab is exported from its own page, and the export follows it", async () => {
    const page = await openTab(stage, "Matches");
    await page.getByText("Download", { exact: true }).click();
    await page.getByText("Make a workbook that follows it").click();
    expect(await page.getByLabel("Title").inputValue()).toBe("Matches");
    expect(await page.getByLabel("Tab", { exact: true }).inputValue()).toBe("demo/Matches");
    await page.getByText("In code").click();
    const code = await page.getByRole("tabpanel").textContent();
    expect(code).toContain('"data":{"source":"demo","tab":"Matches"}');
    await page.getByRole("tab", { name: "Command line" }).click();
    expect(await page.getByRole("tabpanel").textContent()).toContain(
      "sheetwire export create table --title Matches --live demo/Matches --wait",
    );
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await badge(page, "done");
    expect(await page.locator(".facts").textContent()).toContain("Followsdemo/Matches");
  }, 60_000);

  test("WEB-32 WEB-39 an account is connected for making workbooks, and one is made in its drive", async () => {
    const page = await stage.visit("/+exports/+");
    await page.getByText("Connect an account for making workbooks").click();
    await page.getByLabel("What the daemon may do").selectOption("drive.file");
    await page.getByRole("button", { name: "Connect an account" }).click();
    const [consent] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByText("Continue at Google").click(),
    ]);
    await consent.getByRole("link").first().click();
    await consent.getByText("connected", { exact: false }).first().waitFor();
    await consent.close();
    const account = (await page.getByTestId("account").locator("td").first().textContent())!;
    await page.goto(`${stage.daemon.url}/#/+exports/+`);
    await fillIn(page, "Ours", [{ sku: 1 }]);
    await page.getByLabel("Made with").selectOption({ label: account });
    await page.getByRole("button", { name: "Make the workbook" }).click();
    await badge(page, "done");
    expect(await page.locator(".facts").textContent()).not.toContain("Made withsample");
  }, 60_000);

  test("WEB-38 WEB-40 people's changes are listed; a sheet without its column says so, and is mended and tried again", async () => {
    const { id, link } = await made("Shelf", rowsOf(3));
    const workbook = link!.split("/").at(-1)!;
    const page = await stage.visit(`/+exports/${id}`);
    await badge(page, "done");
    await person(workbook, "setCell", "Table", "B2", "By hand");
    await page.getByLabel("Replace").check();
    await page.getByLabel("Data as JSON").fill(JSON.stringify(rowsOf(2)));
    await page.getByRole("button", { name: "Update the workbook" }).click();
    expect(await page.getByTestId("hand-edit").textContent()).toMatch(/S-0.*By hand.*written over/);
    expect(await countsOf(page)).toEqual(["0", "1", "1", "1", "0"]);

    await person(workbook, "deleteColumns", "Table", 1);
    await page.getByLabel("Data as JSON").fill(JSON.stringify(rowsOf(3)));
    await page.getByRole("button", { name: "Update the workbook" }).click();
    await badge(page, "sheet changed");
    await page.getByText("Nothing of theirs was touched", { exact: false }).waitFor();
    expect(await page.locator(".problem strong").textContent()).toContain("the column");
    await page.goto(`${stage.daemon.url}/#/+exports`);
    const card = page.locator(`[data-testid="export"][data-id="${id}"]`);
    await card.locator(".badge", { hasText: "sheet changed" }).waitFor();
    await card.getByRole("button", { name: "Try Shelf again" }).click();
    await card.getByRole("button", { name: "Cancel Shelf" }).click();
    await card.locator(".badge", { hasText: "cancelled" }).waitFor();

    await card.getByRole("button", { name: "Delete Shelf" }).click();
    const dialog = page.getByRole("dialog");
    expect(
      await dialog.getByRole("button", { name: "Cancel" }).evaluate((node) => node.matches(":focus")),
    ).toBe(true);
    await dialog.getByLabel("Put its workbook into its owner's trash, too").check();
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await card.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("dialog") === null);
    const isGone = async (): Promise<boolean> => {
      const { workbooks } = (await (await fetch(`${google}/emulator/workbooks`)).json()) as {
        workbooks: { id: string }[];
      };
      return workbooks.every((each) => each.id !== workbook);
    };
    expect(await waitFor(isGone, 15_000)).toBe(true);
  }, 60_000);
});

describe("templates and files", () => {
  test("WEB-41 WEB-43 the gallery shows pictures; a template is shown with its sample and with other data, and downloaded", async () => {
    const page = await stage.visit("/+templates");
    await page.waitForFunction(() => document.querySelectorAll(".sheet-picture").length === 5);
    await page.getByTestId("template").filter({ hasText: "Sales analysis" }).click();
    const sheet = page.getByTestId("sheet");
    await sheet.getByText("S-1001").waitFor();
    await sheet.locator("label", { hasText: "By region" }).click();
    await sheet.getByRole("cell", { name: "North" }).first().waitFor();
    const background = await sheet
      .getByText("Region", { exact: true })
      .first()
      .evaluate((node) => {
        const head = node.closest("td, th");
        return head ? getComputedStyle(head).backgroundColor : "";
      });
    // Its own style sheet is in force under the page's policy.
    expect(background).not.toBe("rgba(0, 0, 0, 0)");
    const book = await saved(page, "Download as XLSX");
    expect(book.name).toBe("Sales analysis.xlsx");
    const sheets = await readXlsx(book.bytes);
    expect(sheets.map((each) => each.sheet)).toEqual(["Sales", "By region", "By product"]);
    expect(sheets[0]!.data[1]![0]).toBe("S-1001");
    await page.getByLabel("Tab of CSV and NDJSON").selectOption("By region");
    const csv = new TextDecoder().decode((await saved(page, "Download as CSV")).bytes);
    expect(csv).toStartWith("Region,Orders,Quantity");

    await page.goto(`${stage.daemon.url}/#/+templates/table`);
    await page.getByText("Try it with your own data").click();
    await page.getByLabel("Data as JSON").fill('[{"colour": "violet"}]');
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByTestId("sheet").getByText("violet").waitFor();
    const lines = new TextDecoder().decode((await saved(page, "Download as NDJSON")).bytes);
    expect(JSON.parse(lines)).toEqual({ colour: "violet" });

    const file = {
      name: "stock.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(stock)),
    };
    await page.getByLabel("Or a file of it").setInputFiles(file);
    await page.getByText("stock.json").waitFor();
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByTestId("sheet").getByText("1800 more rows").waitFor();
    const [table] = await readXlsx((await saved(page, "Download as XLSX")).bytes);
    expect(table!.data.map((row) => row[0])).toEqual(["Sku", ...stock.map(({ sku }) => sku)]);
    expect(table!.data[2]![1]).toBe("=1+1");
  }, 60_000);

  test("WEB-42 a template begins as a copy, its mistakes come all at once, and it is deleted after a question", async () => {
    const page = await stage.visit("/+templates/table");
    await page.getByText("Copy and change it").click();
    const text = page.getByLabel("Template as JSON");
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>("#template-text")?.value.includes("table-copy"),
    );
    const begun = JSON.parse(await text.inputValue());
    expect(begun).toMatchObject({ id: "table-copy", name: "Table (copy)" });
    expect(begun).not.toHaveProperty("version");
    await text.fill("{");
    await page.getByRole("button", { name: "Save the template" }).click();
    await page.locator("#template-text-help .field-problem").getByText("Is not JSON").waitFor();
    await text.fill(JSON.stringify({ ...begun, tabs: [{ title: "", key: 7 }], colour: 1 }));
    await page.getByRole("button", { name: "Save the template" }).click();
    await page.getByTestId("mistake").nth(1).waitFor();
    await text.fill(JSON.stringify(begun));
    await page.getByRole("button", { name: "Save the template" }).click();
    await page.locator("main h1", { hasText: "Table (copy)" }).waitFor();
    await page.getByText("Change it", { exact: true }).click();
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>("#template-text")?.value.includes("table-copy"),
    );
    await page.getByRole("button", { name: "Save the template" }).click();
    await page.getByText("version 2").waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete all its versions" }).click();
    await page.getByTestId("template").first().waitFor();
    expect(await page.getByTestId("template").count()).toBe(5);
  }, 60_000);

  test("WEB-43 a tab is downloaded from its page in each format", async () => {
    const page = await openTab(stage, "Price list");
    await page.getByText("Download", { exact: true }).click();
    const book = await saved(page, "Download as XLSX");
    expect(book.name).toBe("Price list.xlsx");
    const [sheet] = await readXlsx(book.bytes);
    expect([sheet!.sheet, sheet!.data[0]![0], sheet!.data.length]).toEqual(["Price list", "SKU", 46]);
    expect(new TextDecoder().decode((await saved(page, "Download as CSV")).bytes)).toContain("SKU,");
    const lines = new TextDecoder().decode((await saved(page, "Download as NDJSON")).bytes);
    expect(lines.trim().split("\n")).toHaveLength(45);
  }, 60_000);
});

describe("any person", () => {
  test.each(["light", "dark"] as const)(
    "WEB-37 WEB-14 no serious finding of axe-core on these pages in %s, and nothing wider than a phone",
    async (colorScheme) => {
      const { id } = await made(`Seen in ${colorScheme}`, rowsOf(3));
      const pages: readonly (readonly [to: string, ready: string])[] = [
        ["/+exports", ".export-card"],
        [`/+exports/${id}`, ".counts"],
        ["/+exports/+", "form"],
        ["/+templates", ".sheet-picture"],
        ["/+templates/sales_analysis", ".sheet-preview"],
        ["/+templates/+?from=table", "form"],
      ];
      const page = await stage.visit("/+exports", { colorScheme });
      const phone = await stage.visit("/+exports", { colorScheme, viewport: { width: 360, height: 740 } });
      const found: string[] = [];
      for (const [to, ready] of pages) {
        for (const each of [page, phone]) {
          await each.goto(`${stage.daemon.url}/#${to}`);
          await each.locator(ready).first().waitFor();
        }
        found.push(...(await serious(page)).map((finding) => `${to} ${finding}`));
        const wide = await phone.evaluate(() => document.querySelector("main")!.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${to} is ${wide} px too wide`);
      }
      expect(found).toEqual([]);
    },
    120_000,
  );
});

function countsOf(page: Page): Promise<string[]> {
  return page.getByTestId("counts").locator("dd").allTextContents();
}

async function saved(page: Page, button: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [file]: [Download, unknown] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** What axe-core calls serious or critical. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  // It did look.
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 3)}`);
}
