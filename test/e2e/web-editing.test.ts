/** Editing in the web app, as a person does it: real daemon, real Chromium, and the sample's sheet beside it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { waitFor } from "../support/daemon-process.ts";
import { cellOf, createWebStage, openTab, type WebStage } from "../support/web-stage.ts";

const TAB = "Price list";
/** Columns of the sheet, from 0. */
const PRODUCT = 1;
const CATEGORY = 2;

let stage: WebStage;
beforeAll(async () => {
  stage = await createWebStage();
}, 60_000);
afterAll(() => stage.stop());
afterEach(async () => {
  await stage.leave();
  expect(stage.complaints.splice(0)).toEqual([]);
});

const unmarked = (page: Page): Promise<void> =>
  page.locator("[data-mark], [data-row-mark]").first().waitFor({ state: "detached" });

/** Rows of the REST API tell what the sheet has confirmed, and nothing else. */
async function confirmed(product: string): Promise<boolean> {
  const rows = await stage.rest("GET", "/datasources/demo/tabs/Price%20list/rows");
  return (await rows.text()).includes(`"Product":"${product}"`);
}

async function type(page: Page, text: string, key = "Enter"): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press(key);
}

describe("cells", () => {
  test("WEB-22 WEB-24 what is typed shows at once as not confirmed, and stands in the sheet soon after", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 1, "Product").click();
    await type(page, "Larkspur edited");
    expect(await cellOf(page, 1, "Product").textContent()).toStartWith("Larkspur edited");
    await stage.sheetShows(1, PRODUCT, "Larkspur edited");
    await unmarked(page);
    expect(await cellOf(page, 1, "Product").textContent()).toBe("Larkspur edited");
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.rowId)).toBe("2");
  }, 60_000);

  test("WEB-22 Escape leaves the cell as it was, and F2 goes on with what is there", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 3, "Product").click();
    const before = await cellOf(page, 3, "Product").textContent();
    await type(page, "nothing of this", "Escape");
    expect(await cellOf(page, 3, "Product").textContent()).toBe(before);
    await page.keyboard.press("F2");
    await type(page, "!", "Tab");
    await stage.sheetShows(3, PRODUCT, `${before}!`);
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.key)).toBe("Category");
  }, 60_000);

  test("WEB-22 WEB-24 what the column cannot hold is refused with the reason, and dismissed", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 4, "In stock").click();
    await type(page, "many");
    await page.locator('[data-row-id="4"][data-mark="refused"]').waitFor();
    await cellOf(page, 4, "In stock").click();
    await page.getByTestId("mark-words").getByText('"many" is a text').waitFor();
    expect(await cellOf(page, 4, "In stock").textContent()).not.toStartWith("many");
    await page.getByTestId("mark-words").getByRole("button", { name: "Dismiss" }).click();
    await unmarked(page);
  }, 60_000);

  test("WEB-25 an open editor whose cell changes asks whose value is to stand", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 5, "Product").click();
    await page.keyboard.type("mine");
    await stage.typeIntoSheet(5, PRODUCT, "theirs");
    const meanwhile = page.getByTestId("meanwhile");
    await meanwhile.getByText("Changed to theirs meanwhile").waitFor();
    // Enter writes nothing before it is decided.
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Write mine");
    await meanwhile.getByRole("button", { name: "Write mine" }).click();
    await stage.sheetShows(5, PRODUCT, "mine");
    await cellOf(page, 5, "Product").click();
    await page.keyboard.type("again mine");
    await stage.typeIntoSheet(5, PRODUCT, "theirs again");
    await meanwhile.getByRole("button", { name: "Take theirs" }).click();
    await cellOf(page, 5, "Product").filter({ hasText: "theirs again" }).waitFor();
    await unmarked(page);
  }, 60_000);
});

describe("blocks and rows", () => {
  test("WEB-23 a block is pasted, cleared, and taken back in one step", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 8, "Product").click();
    const before = await cellOf(page, 9, "Category").textContent();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "Block A\tTents\nBlock B\tStoves");
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(event);
    });
    await stage.sheetShows(8, PRODUCT, "Block A");
    await stage.sheetShows(9, CATEGORY, "Stoves");
    await page.keyboard.press("Control+z");
    await cellOf(page, 9, "Category").filter({ hasText: before! }).waitFor();
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowRight");
    expect(await page.locator('.grid-cell[aria-selected="true"]').count()).toBe(4);
    await page.keyboard.press("Delete");
    await cellOf(page, 9, "Category")
      .filter({ hasText: /^\s*(Your|$)/ })
      .waitFor();
    await page.keyboard.press("Control+z");
    await stage.sheetShows(9, CATEGORY, before!);
    await unmarked(page);
  }, 60_000);

  test("WEB-26 a row is added whole and removed again", async () => {
    const page = await openTab(stage, TAB);
    const counts = page.getByTestId("counts");
    await page.getByRole("button", { name: "Add row" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("SKU").fill("ZZ-999");
    await dialog.getByLabel("Product").fill("Brand new");
    await dialog.getByRole("button", { name: "Add the row" }).click();
    await counts.filter({ hasText: "46 rows" }).waitFor();
    expect(await waitFor(() => confirmed("Brand new"), 15_000)).toBe(true);
    await page.getByTestId("grid").evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await page.locator(".grid-cell", { hasText: "Brand new" }).click();
    await page.getByRole("button", { name: "Remove row" }).click();
    await counts.filter({ hasText: "45 rows" }).waitFor();
    expect(await confirmed("Brand new")).toBe(false);
  }, 60_000);
});

describe("others", () => {
  test("WEB-27 who else is here is told, under the name they chose, and shown at their cell", async () => {
    const ann = await openTab(stage, TAB);
    const bob = await openTab(stage, TAB);
    await bob.getByTestId("people").locator("summary").click();
    await bob.getByLabel("Your name here").fill("Bob");
    await cellOf(bob, 10, "Product").click();
    await ann.locator('[data-row-id="10"][data-key="Product"][data-other="Bob"]').waitFor();
    await ann.getByTestId("people").locator("summary").filter({ hasText: "1 other here" }).waitFor();
    await bob.close();
    await ann.getByTestId("people").locator("summary").filter({ hasText: "Only you" }).waitFor();
  }, 60_000);
});

describe("what became of edits", () => {
  test("WEB-29 a conflict is shown with both values, and resolved", async () => {
    await stage.rest("PUT", "/datasources/demo/update", { conflictPolicy: "ask" });
    const edits = [{ row: 12, column: "Product", value: "by REST", base: "never stood there" }];
    const at = "/datasources/demo/tabs/Price%20list/edits?wait=10";
    const { receipts } = (await (await stage.rest("POST", at, { edits })).json()) as {
      receipts: { state: string }[];
    };
    expect(receipts.map(({ state }) => state)).toEqual(["conflict"]);
    const page = await stage.visit("/+conflicts");
    const conflict = page.getByTestId("conflict");
    await conflict.getByText("never stood there").waitFor();
    await conflict.getByText("by REST").waitFor();
    await conflict.getByRole("button", { name: "Write mine" }).click();
    await page.getByText("No conflict is open.").waitFor();
    await stage.sheetShows(12, PRODUCT, "by REST");
    await page.getByRole("button", { name: "Resolved" }).click();
    await conflict.getByText("admin chose the edit's value").waitFor();
  }, 60_000);

  test("WEB-50 a price in the history of its row is money, and the row has its key, in the restore too", async () => {
    const at = "/datasources/demo/tabs/Price%20list/edits?wait=10";
    const edits = [{ row: 16, column: "Price", value: 1234.5 }];
    await stage.rest("POST", at, { edits });
    const page = await stage.visit("/+history/demo/Price%20list?row=16");
    // The sale price follows by its formula, in the sheet.
    const entry = page.getByTestId("history-entry").filter({ hasText: "admin" }).first();
    await entry.getByText(/^[A-Z]{2}-\d+ \(row 16\), Price$/).waitFor();
    await entry.locator("ins", { hasText: /^\$1,234\.50$/ }).waitFor();
    await entry.getByRole("button", { name: "Back to before this" }).click();
    const step = page.getByTestId("restore").locator("li", { hasText: "$1,234.50" });
    await step.getByText(/^[A-Z]{2}-\d+ \(row 16\), Price$/).waitFor();
  }, 60_000);

  test("WEB-28 a cell's history shows each value, and a restore its difference before it is done", async () => {
    const page = await openTab(stage, TAB);
    await cellOf(page, 14, "Product").click();
    const before = await cellOf(page, 14, "Product").textContent();
    await type(page, "a mistake");
    await stage.sheetShows(14, PRODUCT, "a mistake");
    await unmarked(page);
    await cellOf(page, 14, "Product").click();
    await page.getByRole("link", { name: "Cell history" }).click();
    const entry = page.getByTestId("history-entry").first();
    await entry.locator("del", { hasText: before! }).waitFor();
    await entry.getByText("admin").waitFor();
    await entry.getByRole("button", { name: "Back to before this" }).click();
    const dialog = page.getByTestId("restore");
    await dialog.locator("ins", { hasText: before! }).waitFor();
    await dialog.getByRole("button", { name: "Restore 1 change" }).click();
    await stage.sheetShows(14, PRODUCT, before!);
  }, 60_000);
});
