/** The parsers against recorded real answers, which are no part of the repository. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mapGrid } from "../../../src/model/mapping.ts";
import { explainRefusal, spentQuota } from "../../../src/sources/google/problems.ts";
import { parseTabList } from "../../../src/sources/google/tab-list.ts";
import { columnFormat, parseTypedCells } from "../../../src/sources/google/typed-cells.ts";
import { parseValueRanges } from "../../../src/sources/google/value-ranges.ts";

const folder = resolve(import.meta.dir, "../../../../shared/google");
const recorded = existsSync(folder);
if (!recorded) console.log("recorded answers are not here: their tests are skipped");

interface Step {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly status: number;
  readonly responseBody: object;
}

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function steps(): Step[] {
  const lines = readFileSync(join(folder, "recorded-sessions.jsonl"), "utf8").trim().split("\n");
  return lines.flatMap((line) => (JSON.parse(line) as { steps: Step[] }).steps);
}

describe.skipIf(!recorded)("recorded answers", () => {
  test("GOO-17 every recorded batchGet is read, cell by cell", () => {
    const answers = steps().filter((step) => step.path.endsWith("/values:batchGet") && step.status === 200);
    expect(answers.length).toBeGreaterThan(0);
    for (const { responseBody } of answers) {
      const { valueRanges } = responseBody as { valueRanges: { values?: unknown[][] }[] };
      const read = parseValueRanges(bytes(responseBody), valueRanges.length);
      if (!read.ok) throw new Error(JSON.stringify(read.error));
      const blanked = valueRanges.map(({ values = [] }) => {
        return values.map((row) => row.map((value) => (value === "" ? null : value)));
      });
      expect(read.value.map((range) => range.grid as unknown[][])).toEqual(blanked);
    }
  });

  test("GOO-13 every recorded list of tabs is read", () => {
    let read = 0;
    for (const { responseBody } of steps()) {
      const { sheets, spreadsheetUrl } = responseBody as { sheets?: unknown[]; spreadsheetUrl?: string };
      if (!sheets || !spreadsheetUrl) continue;
      const list = parseTabList(bytes(responseBody));
      expect(list.ok && list.value.tabs.length).toBe(sheets.length);
      read++;
    }
    expect(read).toBeGreaterThan(100);
  });

  test("GOO-20 the formats of a recorded workbook of many types are found", () => {
    const cells = parseTypedCells(readFileSync(join(folder, "mixed-data.json")));
    if (!cells.ok) throw new Error(JSON.stringify(cells.error));
    const tab = cells.value.get(0)!;
    const at = (row: number) => Array.from({ length: 9 }, (_, column) => tab.at(row, column)?.effectiveValue);
    const grid = [0, 1, 2].map((row) =>
      at(row).map((value) => value?.stringValue ?? value?.numberValue ?? null),
    );
    const formats = grid[0]!.map((_, column) => columnFormat(tab, column, { from: 1, to: 6 }));
    expect(mapGrid(grid, { formats }).columns.map((column) => [column.header, column.type])).toEqual([
      ["Date", "date"],
      ["Time", "time"],
      ["Datetime", "datetime"],
      ["Duration", "time"],
      ["Number", "number"],
      ["Percent", "number"],
      ["Accounting", "number"],
      ["Financial", "number"],
      ["Currency", "number"],
    ]);
  });

  test("GOO-21 the recorded 429s say whose quota is spent", () => {
    const bodies = JSON.parse(readFileSync(join(folder, "recorded-429.json"), "utf8")) as object[];
    const answers = bodies.map((body) => ({ status: 429, headers: {}, body: bytes(body) }));
    expect(answers.map(spentQuota)).toEqual([
      { kind: "read", whose: "user" },
      { kind: "write", whose: "user" },
    ]);
    for (const answer of answers)
      expect(explainRefusal(answer, { email: null })).toEqual({ tag: "RateLimited" });
  });
});
