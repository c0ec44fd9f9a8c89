/** The pages of the daemon as a whole, on a real daemon: a source from its preview on, tokens, accounts, views, axe. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { serious } from "../support/axe.ts";
import { createWebStage, type WebStage } from "../support/web-stage.ts";

let stage: WebStage;
beforeAll(async () => {
  stage = await createWebStage();
}, 60_000);
afterAll(() => stage.stop());
afterEach(async () => {
  await stage.leave();
  expect(stage.complaints.splice(0)).toEqual([]);
});

const sheetUrl = (): string => /Sample sheet (\S+)/.exec(stage.daemon.output())![1]!;

describe("a source", () => {
  test("WEB-32 WEB-15 WEB-16 an account is connected from the form, the workbook previewed with it, and added", async () => {
    const page = await stage.visit("/+");
    await page.getByLabel("Name").fill("By Ann");
    await page.getByLabel("Link", { exact: true }).fill(sheetUrl());
    await page.getByLabel("Connected account").check();
    await page.getByRole("button", { name: "Connect an account" }).click();
    const [consent] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByText("Continue at Google").click(),
    ]);
    await consent.getByRole("link").first().click();
    await consent.getByText("connected", { exact: false }).first().waitFor();
    await consent.close();
    await page.getByLabel("Account", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByTestId("preview").getByText("Price list").first().waitFor();
    await page.getByRole("button", { name: "Add the source" }).click();
    await page.locator("main h1", { hasText: "By Ann" }).waitFor();
    await page.locator("main .badge", { hasText: "live" }).waitFor();
    await page.goto(`${stage.daemon.url}/#/+accounts`);
    await page.getByTestId("account").getByText("by-ann").waitFor();
    await page.getByRole("button", { name: /^Disconnect/ }).click();
    await page.getByRole("dialog").getByText("These sources can no longer be read: by-ann.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("No account is connected.").waitFor();
  }, 60_000);

  test("WEB-21 home has a row per source with its polls, and greys when the daemon is lost", async () => {
    const page = await stage.visit("/demo");
    await page.locator("main h1").waitFor();
    await page.getByLabel("Sheetwire: all sources").click();
    const row = page.locator('[data-testid="source-row"][data-source-id="demo"]');
    await row.getByRole("img", { name: /polls?, \d+ with a change, none failed/ }).waitFor();
    await row.filter({ hasText: "of 300 reads" }).waitFor();
    expect(await row.textContent()).toMatch(
      /live.*2 tabs.*Checked.*Next check.*Pace.*Waiting editsnone.*Quota\d+ of 300/,
    );
    await page.route("**/datasources", (route) => route.abort());
    await page.getByText("The daemon does not answer").waitFor();
    expect(await page.locator("main").evaluate((node) => getComputedStyle(node).filter)).toBe("grayscale(1)");
  }, 60_000);
});

describe("tokens and views", () => {
  test("WEB-31 WEB-36 a token is shown once, opens its tab and nothing else, and ends when it is revoked", async () => {
    const page = await stage.visit("/+tokens");
    await page.getByLabel("Name").fill("shop page");
    await page.getByLabel("Source", { exact: true }).selectOption("demo");
    await page.getByLabel("Tab", { exact: true }).selectOption("Matches");
    await page.getByRole("button", { name: "Make the token" }).click();
    const token = (await page.getByTestId("made-token").textContent())!;
    expect(token.length).toBeGreaterThan(20);
    await page.getByRole("button", { name: "I have kept it" }).click();
    expect(await page.locator("body").textContent()).not.toContain(token);

    const reader = await stage.visit("/");
    await reader.getByText("Sign out").click();
    await reader.fill("input[name=token]", token);
    await reader.click("button[type=submit]");
    await reader.getByLabel("Source and tab").fill("demo/Matches");
    await reader.getByRole("button", { name: "Open", exact: true }).click();
    await reader.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await reader.goto(`${stage.daemon.url}/#/+tokens`);
    await reader.getByText("Your token does not reach this").waitFor();

    await page.getByRole("button", { name: "Revoke shop page" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke for good" }).click();
    await page.getByText("No token yet").waitFor();
  }, 60_000);

  test("WEB-33 a view is made and deleted, its mistakes stand at their fields, and the audit tells of both", async () => {
    const page = await stage.visit("/+views");
    await page.getByLabel("Name").fill("cheap");
    await page.getByLabel("Columns (optional)").fill("SKU, Prize");
    await page.getByRole("button", { name: "Make the view" }).click();
    await page.locator("#view-columns-help .field-problem").getByText("Prize", { exact: false }).waitFor();
    await page.getByLabel("Columns (optional)").fill("SKU, Price");
    await page.getByLabel("Order by (optional)").fill("-Price");
    await page.getByRole("button", { name: "Make the view" }).click();
    const view = page.getByTestId("view");
    await view.getByText("by Price descending").waitFor();
    await page.getByRole("button", { name: "Delete cheap" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete the view" }).click();
    await page.getByText("No view yet.").waitFor();
    await page.goto(`${stage.daemon.url}/#/+audit`);
    await page.getByLabel("What").fill("view");
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="audit-entry"]').length === 2);
    const actions = await page.getByTestId("audit-entry").locator("code").allTextContents();
    expect(actions).toEqual(["view.delete", "view.make"]);
  }, 60_000);
});

describe("charts and code", () => {
  test("WEB-34 charts are figures with a name, drawn from /metrics, and told in tables", async () => {
    const page = await stage.visit("/+charts");
    const polls = page.getByRole("figure", { name: "Polls a minute" });
    await polls.locator("canvas").waitFor({ state: "attached" });
    expect(await page.getByRole("figure").count()).toBe(5);
    const cells = await polls.getByRole("table").locator("tbody td").allTextContents();
    expect(cells.length).toBeGreaterThanOrEqual(3);
    expect(Number(cells[0])).toBeGreaterThan(0);
  }, 60_000);

  test("WEB-35 a tab's acts stand in code, for the SDK, curl and the command line", async () => {
    const page = await stage.visit("/demo/Price%20list");
    await page.locator(".grid-cell").first().waitFor();
    await page.getByText("In code").click();
    const code = page.getByRole("tabpanel");
    expect(await code.textContent()).toContain('sheetwire.table("demo/Price list")');
    await page.getByRole("tab", { name: "Command line" }).click();
    expect(await code.textContent()).toContain("sheetwire get 'demo/Price list'");
    await page.getByRole("tab", { name: "curl" }).click();
    const shown = (await code.textContent())!;
    expect(shown).toContain("$SHEETWIRE_TOKEN");
    // As printed, the first line works.
    const first = shown.split("\n")[0]!;
    const run = Bun.spawnSync(["sh", "-c", first], {
      env: { PATH: process.env.PATH ?? "", SHEETWIRE_TOKEN: "test-admin-token-0123456789" },
    });
    expect(run.stdout.toString()).toContain('"columns"');
  }, 60_000);
});

describe("WEB-37 any person", () => {
  const pages: readonly (readonly [to: string, ready: string])[] = [
    ["/demo", ".tab-cards"],
    ["/demo/Price%20list", ".grid-cell"],
    ["/+", "form"],
    ["/+conflicts", ".code-sample"],
    ["/+deadletters", ".code-sample"],
    ["/+charts", "canvas"],
    ["/+views", "form"],
    ["/+tokens", "form"],
    ["/+accounts", ".connect-account"],
    ["/+audit", "table"],
    ["/+history/demo/Price%20list", ".entry"],
  ];
  test.each(["light", "dark"] as const)(
    "axe-core has no serious finding on any page, in %s",
    async (colorScheme) => {
      const page = await stage.visit("/demo", { colorScheme });
      const found: string[] = [];
      for (const [to, ready] of pages) {
        await page.goto(`${stage.daemon.url}/#${to}`);
        await page.locator(ready).first().waitFor();
        found.push(...(await serious(page)).map((finding) => `${to} ${finding}`));
      }
      await page.getByLabel("Sheetwire: all sources").click();
      await page.getByTestId("source-row").first().waitFor();
      found.push(...(await serious(page)).map((finding) => `home ${finding}`));
      expect(found).toEqual([]);
    },
    120_000,
  );
});
