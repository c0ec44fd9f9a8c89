/** Tokens and views in the web app, on a real daemon in a real Chromium: made, changed, used; and on a phone. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { serious } from "../support/axe.ts";
import { createWebStage, type WebStage } from "../support/web-stage.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

let stage: WebStage;
beforeAll(async () => {
  stage = await createWebStage();
}, 60_000);
afterAll(() => stage.stop());
afterEach(async () => {
  await stage.leave();
  expect(stage.complaints.splice(0)).toEqual([]);
});

/** For a person who wants to look: a folder to keep pictures in. */
const PICTURES = process.env.SHEETWIRE_TEST_PICTURES;
async function look(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  expect(await serious(page)).toEqual([]);
  // Nothing is cut off at the side.
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

const live = (page: Page): Promise<void> =>
  page.locator('[data-testid="connection"][data-state="live"]').waitFor();

test("WEB-45 a token for two places lets its bearer edit in one, and after a change only read", async () => {
  const page = await stage.visit("/+tokens");
  await page.getByLabel("Name").fill("till");
  await page.getByLabel("Act", { exact: true }).selectOption("Read and edit");
  await page.getByLabel("Source", { exact: true }).selectOption("demo");
  await page.getByLabel("Tab", { exact: true }).selectOption("Price list");
  await page.getByRole("button", { name: "And elsewhere" }).click();
  await page.getByLabel("Source", { exact: true }).nth(1).selectOption("demo");
  await page.getByLabel("Tab", { exact: true }).nth(1).selectOption("Matches");
  await page.getByLabel("Claims (optional)").fill("region north");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.locator("#token-claims-help .field-problem").waitFor();
  await page.getByLabel("Claims (optional)").fill("region = north");
  await look(page, "token-form");
  await page.getByRole("button", { name: "Make the token" }).click();
  const token = (await page.getByTestId("made-token").textContent())!;
  const row = page.getByTestId("token");
  await row.getByText("read and edit demo/Price list; read demo/Matches").waitFor();
  await row.getByText("claims region = north").waitFor();

  const till = await stage.visit("/");
  await till.goto(`${stage.daemon.url}/#token=${token}&to=${encodeURIComponent("/demo/Price%20list")}`);
  await till.reload();
  await live(till);
  await till.locator('.grid-cell[data-row-id="1"][data-key="Product"]').click();
  await till.keyboard.type("By the till");
  await till.keyboard.press("Enter");
  await stage.sheetShows(1, 1, "By the till");

  await page.getByRole("button", { name: "Change till" }).click();
  const form = page.getByRole("form", { name: "Change till" });
  await form.getByLabel("Act", { exact: true }).first().selectOption("Read");
  await look(page, "token-change");
  await form.getByRole("button", { name: "Save" }).click();
  await row.getByText("read demo/Price list; read demo/Matches").waitFor();
  await till.locator('.grid-cell[data-row-id="2"][data-key="Product"]').click();
  await till.keyboard.type("No more");
  await till.keyboard.press("Enter");
  await till.locator(".notice, [data-mark]").first().waitFor();
  const rows = await stage.rest("GET", "/datasources/demo/tabs/Price%20list/rows");
  expect(await rows.text()).not.toContain("No more");
}, 60_000);

test("WEB-46 a view is shown live and read only, and shows the rest once it is defined anew", async () => {
  const made = { source: "demo", tab: "Price list", name: "cheap", columns: ["SKU", "Product"], limit: 3 };
  expect((await stage.rest("POST", "/api/v1/views", made)).status).toBe(201);
  const page = await stage.visit("/+views");
  await page.getByTestId("view").getByRole("link", { name: "cheap" }).click();
  await live(page);
  await page.getByTestId("counts").filter({ hasText: "3 rows, 2 columns" }).waitFor();
  await page.getByText("Read only", { exact: true }).waitFor();
  await page.locator(".grid-cell").first().click();
  await page.keyboard.type("x");
  await page.getByTestId("said").getByText("A view is read only").waitFor();
  await look(page, "view-live");

  const desk = await stage.visit("/+views");
  await desk.getByRole("button", { name: "Change cheap" }).click();
  const form = desk.getByRole("form", { name: "Change cheap" });
  expect(await form.getByLabel("Columns (optional)").inputValue()).toBe("SKU, Product");
  await form.getByLabel("Columns (optional)").fill("SKU, Product, Price");
  await form.getByLabel("At most (optional)").fill("5");
  await look(desk, "view-change");
  await form.getByRole("button", { name: "Save" }).click();
  // What was read under the old definition ends (4404), as it does for a view that is deleted.
  await page.locator('[data-testid="connection"]:not([data-state="live"])').waitFor();
  await look(page, "view-ended");
  await page.reload();
  await page.getByTestId("counts").filter({ hasText: "5 rows, 3 columns" }).waitFor();
}, 60_000);

test("WEB-45 WEB-46 WEB-14 the forms and a view fit a phone", async () => {
  const page = await stage.visit("/+tokens", PHONE);
  await page.getByRole("button", { name: "And elsewhere" }).click();
  await look(page, "phone-tokens");
  await page.goto(`${stage.daemon.url}/#/+views`);
  await page.getByRole("button", { name: "Change cheap" }).click();
  await look(page, "phone-views");
  await page.goto(`${stage.daemon.url}/#/demo/Price%20list?view=cheap`);
  await live(page);
  await look(page, "phone-view");
}, 60_000);
