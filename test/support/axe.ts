/** axe-core in a page of the web app. */
import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** What axe-core calls serious or critical. */
export async function serious(page: Page): Promise<string[]> {
  // By the debugger, since the page's own policy rightly refuses scripts from elsewhere.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  // It did look.
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`)
          .slice(0, 3)
          .join(" | ")}`,
    );
}
