import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { type ServedEmulator, sampleWorkbook, serveEmulator } from "../src/index.ts";
import { testEmulator } from "./support.ts";

const emulator = testEmulator({});
let served: ServedEmulator;
let browser: Browser;

beforeAll(async () => {
  served = await serveEmulator(emulator, { port: 0 });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

const cell = (row: number, column: number): string => `[data-row="${row}"][data-col="${column}"]`;

async function opened(id: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
  await page.goto(`${served.url}/workbook/${id}`);
  await page.waitForSelector(cell(1, 1));
  return page;
}

async function shows(page: Page, row: number, column: number, text: string): Promise<void> {
  await page.locator(cell(row, column)).filter({ hasText: text }).waitFor();
}

describe("the page", () => {
  test("EMU-50 a person edits cells by double click or typing; Enter and Tab commit and move on", async () => {
    const id = emulator.addWorkbook(sampleWorkbook());
    const page = await opened(id);
    await shows(page, 1, 1, "Larkspur 2");
    await page.dblclick(cell(1, 3));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("$100.00");
    await page.keyboard.press("Enter");
    await shows(page, 1, 6, "$85.00");
    await page.keyboard.type("$7");
    await page.keyboard.press("Tab");
    await page.keyboard.type("9");
    await page.keyboard.press("Enter");
    await shows(page, 2, 6, "$7.00");
    await page.locator(cell(3, 4)).and(page.locator(":focus")).waitFor();
    expect(emulator.person(id).read("Price list", "D3:E3", "FORMATTED_VALUE")).toEqual([["$7.00", "9"]]);
    await page.close();
  });

  test("EMU-51 others' changes show without a reload, rows and tabs can be added, renamed, deleted and sorted", async () => {
    const id = emulator.addWorkbook(sampleWorkbook());
    const person = emulator.person(id);
    const page = await opened(id);
    person.setCell("Price list", "B4", "Changed by another");
    await shows(page, 3, 1, "Changed by another");
    await page.click(cell(2, 1));
    await page.getByRole("button", { name: "Insert above" }).click();
    await shows(page, 4, 1, "Changed by another");
    await page.getByRole("button", { name: "Delete row" }).click();
    await shows(page, 3, 1, "Changed by another");
    await page.click(cell(0, 1));
    await page.getByRole("button", { name: "Sort A-Z" }).click();
    await shows(page, 1, 1, "Altimeter Watch");
    await page.getByRole("tab", { name: "Matches" }).click();
    await shows(page, 0, 2, "Home");
    await page.getByRole("tab", { name: "Matches" }).dblclick();
    await page.keyboard.type("Fixtures");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Fixtures" }).waitFor();
    await page.getByRole("button", { name: "Add a tab" }).click();
    await page.getByRole("tab", { name: "Sheet3" }).waitFor();
    expect(person.tabs()).toEqual(["Price list", "Fixtures", "Sheet3"]);
    await page.close();
  });

  test("EMU-52 a tab of 100,000 rows scrolls with only the rows in sight as elements", async () => {
    const rows = Array.from({ length: 100_000 }, (_none, i) => [i, `row ${i}`]);
    const page = await opened(emulator.addWorkbook({ title: "Big", tabs: [{ title: "T", rows }] }));
    await page.evaluate(() => document.querySelector(".grid")?.scrollTo(0, 26 * 90_000));
    await shows(page, 90_005, 1, "row 90005");
    expect(await page.locator(".row").count()).toBeLessThan(120);
    await page.close();
  });
});
