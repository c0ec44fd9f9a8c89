/** A source changed from its page, on a real daemon in a real Chromium. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { SourceAnswer } from "#contract/rest.ts";
import { serious } from "../support/axe.ts";
import { waitFor } from "../support/daemon-process.ts";
import { cellOf, createWebStage, openTab, type WebStage } from "../support/web-stage.ts";

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
  if (PICTURES) await page.locator("form").screenshot({ path: `${PICTURES}/${name}.png` });
  expect(await serious(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

async function openForm(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("form", { name: "Edit the source" }).waitFor();
}

test("WEB-48 a column made read only from the source's page refuses edits from then on", async () => {
  const page = await stage.visit("/demo");
  await openForm(page);
  await page.getByText("Headers, hidden parts, formulas and rules").click();
  await page.getByLabel("Rules of columns (optional)").fill("Price list / Product = sometimes");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#columnRules-help .field-problem").getByText("no rule").waitFor();
  await page.getByLabel("Rules of columns (optional)").fill("Price list / Product = read-only");
  await look(page, "edit-source");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("form", { name: "Edit the source" }).waitFor({ state: "detached" });
  const source = (await (await stage.rest("GET", "/datasources/demo")).json()) as SourceAnswer;
  expect(source.writes).toEqual({ columns: { "Price list": { Product: { direction: "read-only" } } } });

  const grid = await openTab(stage, "Price list");
  await cellOf(grid, 1, "Product").click();
  await grid.keyboard.type("not here");
  await grid.keyboard.press("Enter");
  await grid.locator('[data-row-id="1"][data-mark="refused"]').waitFor();

  await openForm(page);
  await page.getByLabel("Rules of columns (optional)").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("form", { name: "Edit the source" }).waitFor({ state: "detached" });
  const after = (await (await stage.rest("GET", "/datasources/demo")).json()) as SourceAnswer;
  expect(after.writes).toBeUndefined();
}, 60_000);

test("WEB-47 credentials are replaced from the source's page, mistakes of a key stand at it, a phone will do", async () => {
  const page = await stage.visit("/demo", PHONE);
  const before = (await (await stage.rest("GET", "/datasources/demo")).json()) as SourceAnswer;
  await openForm(page);
  await page.getByRole("button", { name: "Replace how it signs in" }).click();
  await page.getByLabel("Key file").fill("{ not a key");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#secret-help .field-problem").getByText("Is not JSON").waitFor();
  await look(page, "edit-source-phone");
  await page.getByLabel("Key file").fill(JSON.stringify(await newKey()));
  await page.getByText("other@shop.iam.gserviceaccount.com").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("form", { name: "Edit the source" }).waitFor({ state: "detached" });
  const after = (await (await stage.rest("GET", "/datasources/demo")).json()) as SourceAnswer;
  expect(after.credentials).toMatchObject({ type: "serviceAccount" });
  expect(after.credentials?.hint).not.toBe(before.credentials?.hint);
  expect([after.name, after.keyColumns]).toEqual([before.name, before.keyColumns]);
  await stage.typeIntoSheet(2, 1, "Read with the new key");
  expect(await waitFor(async () => (await rows()).includes("Read with the new key"), 15_000)).toBe(true);
}, 60_000);

async function rows(): Promise<string> {
  return (await stage.rest("GET", "/datasources/demo/tabs/Price%20list/rows")).text();
}

/** Another service account, which may edit the sample's workbook. */
async function newKey(): Promise<{ client_email: string }> {
  const sheet = new URL(/Sample sheet (\S+)/.exec(stage.daemon.output())![1]!);
  const ask = (path: string, body: object): Promise<Response> =>
    fetch(`${sheet.origin}/emulator/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const email = "other@shop.iam.gserviceaccount.com";
  const made = await ask("accounts", { kind: "serviceAccount", email });
  await ask(`workbooks/${sheet.pathname.split("/").at(-1)}/share`, { who: email, role: "writer" });
  return (await made.json()) as { client_email: string };
}
