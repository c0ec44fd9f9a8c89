import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LIMIT_SETTINGS, SETTINGS } from "../../src/settings.ts";

test("DOC-8 docs/operations.md names every setting, and every limit with its default", () => {
  const text = readFileSync(resolve(import.meta.dir, "../../docs/operations.md"), "utf8");
  const missing = Object.values(SETTINGS).filter(({ key }) => !text.includes(`\`${key}\``));
  expect(missing.map(({ key }) => key)).toEqual([]);
  for (const { key, fallback } of Object.values(LIMIT_SETTINGS)) {
    const row = new RegExp(`\\| \`${key.replace("LIMIT_", "")}\` +\\| ${fallback.toLocaleString("en")} +\\|`);
    expect([key, row.test(text)]).toEqual([key, true]);
  }
});
