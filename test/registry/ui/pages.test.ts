import { describe, expect, test } from "bun:test";
import type { HistoryEntry } from "../../../client-sdk/src/contract/history.ts";
import {
  contentOf,
  EMPTY_VIEW,
  isTellable,
  shownView,
  viewBody,
} from "../../../src/registry/ui/access/new-view.ts";
import { parseMetrics, total } from "../../../src/registry/ui/charts/metrics-text.ts";
import { noteLook, type SamplesHolder, sampleOf } from "../../../src/registry/ui/charts/samples.ts";
import { shownValue, typedValue } from "../../../src/registry/ui/edits/shown-value.ts";
import { createTabWords, NO_TAB_WORDS } from "../../../src/registry/ui/edits/tab-words.ts";
import { cellFormatter } from "../../../src/registry/ui/grid/format.ts";
import { entryWords, originWords, restoreWords } from "../../../src/registry/ui/history/entry-words.ts";
import { groupEntries } from "../../../src/registry/ui/history/group-entries.ts";
import { shellWord } from "../../../src/registry/ui/parts/shell-word.ts";
import { stripWords } from "../../../src/registry/ui/sources/strip-words.ts";

describe("views", () => {
  test("WEB-33 a view's columns, order and limit are read from their lines", () => {
    const form = {
      ...EMPTY_VIEW,
      place: "shop/Price/list",
      name: " cheap ",
      columns: "SKU, Price,",
      order: "-Price, SKU",
    };
    expect(viewBody({ ...form, where: " Price < 9 ", limit: "5" })).toEqual({
      source: "shop",
      tab: "Price/list",
      name: "cheap",
      columns: ["SKU", "Price"],
      where: "Price < 9",
      order: [{ key: "Price", descending: true }, { key: "SKU" }],
      limit: 5,
    });
    expect(viewBody({ ...EMPTY_VIEW, place: "a/b", name: "n" })).toEqual({
      source: "a",
      tab: "b",
      name: "n",
    });
  });
});

describe("views that are there", () => {
  const view = {
    ...{ source: "shop", tab: "Price/list", name: "cheap", document: "d", claims: [] },
    columns: ["SKU", "Price"],
    where: "Price < 9",
    order: [{ key: "Price", descending: true }, { key: "SKU" }],
    limit: 5,
    description: "For the counter",
  };

  test("WEB-46 a view that is defined anew keeps all that was not changed", () => {
    const { source: _, tab: __, name: ___, document: ____, claims: _____, ...content } = view;
    expect(contentOf(shownView(view))).toEqual(content);
    expect(contentOf({ ...shownView(view), where: "" })).not.toHaveProperty("where");
  });

  test("WEB-46 a view that the form cannot tell whole is not offered for change", () => {
    expect(isTellable(view)).toBe(true);
    expect(isTellable({ ...view, columns: ["Price, net"] })).toBe(false);
    expect(isTellable({ ...view, order: [{ key: "-Price" }] })).toBe(false);
    expect(isTellable({ source: "a", tab: "b", name: "c", document: "d", claims: [] })).toBe(true);
  });
});

describe("charts", () => {
  const text = (polls: number, changes: number, seconds: number, bytes: number): string => `# HELP x
# TYPE sheetwire_source_polls_total counter
sheetwire_source_polls_total{source="a",outcome="changed"} ${changes}
sheetwire_source_polls_total{source="a \\"b\\"",outcome="unchanged"} ${polls}
sheetwire_source_polls_total{source="a",outcome="unreachable"} 1
sheetwire_connections 4
sheetwire_propagation_seconds_count ${changes}
sheetwire_propagation_seconds_sum ${seconds}
sheetwire_egress_bytes_total ${bytes}
sheetwire_document_bytes{source="a",tab="t"} 1000
sheetwire_google_quota_used_ratio{account="x"} 0.25
`;

  test("WEB-34 the text of /metrics is read with its labels", () => {
    const series = parseMetrics(text(1, 2, 3, 4));
    expect(series[1]).toEqual({
      name: "sheetwire_source_polls_total",
      labels: { source: 'a "b"', outcome: "unchanged" },
      value: 1,
    });
    expect(total(series, "source_polls_total")).toBe(4);
    expect(total(series, "source_polls_total", { outcome: "changed" })).toBe(2);
  });

  test("WEB-34 two looks give rates, and means of what happened between them", () => {
    const before = { atMs: 0, series: parseMetrics(text(10, 2, 0.2, 100)) };
    const now = { atMs: 2000, series: parseMetrics(text(12, 4, 0.5, 700)) };
    expect(sampleOf(before, now)).toEqual({
      atS: 2,
      connections: 4,
      changed: 60,
      unchanged: 60,
      failed: 0,
      propagationMs: expect.closeTo(150, 6),
      quotaPercent: 25,
      sent: 300,
      whole: (2 * 1000 * 4) / 2,
    });
    expect(sampleOf(now, { ...now, atMs: 4000 }).propagationMs).toBeNull();
  });

  test("WEB-34 a counter that fell is that of a daemon started anew", () => {
    const before = { atMs: 0, series: parseMetrics(text(10, 2, 0.2, 1000)) };
    const now = { atMs: 1000, series: parseMetrics(text(1, 0, 0, 50)) };
    expect(sampleOf(before, now)).toMatchObject({ sent: 50, unchanged: 60, changed: 0 });
  });
});

describe("history", () => {
  const mark = { id: "1", at: "2026-01-01T00:00:00Z", origin: "edit", by: "user:ann" } as const;
  const entries: readonly [HistoryEntry, string, string][] = [
    [
      { ...mark, kind: "cell", row: 7, slot: 2, column: "Price", before: 1, after: null },
      "row 7, Price",
      "changed",
    ],
    [
      { ...mark, kind: "cell", row: 7, slot: 2, before: 1, after: 2 },
      "row 7, a column that is gone (2)",
      "changed",
    ],
    [{ ...mark, kind: "removed", row: 3, values: ["a", null, 4] }, "row 3", "row removed: a, 4"],
    [
      {
        ...mark,
        kind: "loaded",
        rows: [
          [1, 40],
          [60, 2],
        ],
      },
      "tab",
      "42 rows came at once",
    ],
    [{ ...mark, kind: "rewritten", cells: 9, rows: 1 }, "tab", "rewritten: 9 cells, 1 row gone"],
    [{ ...mark, kind: "order", splices: [{ at: 0, remove: [1], insert: [] }] }, "tab", "rows closed up"],
  ];
  test.each(entries)("WEB-28 %o is told as at %p: %p", (entry, where, what) => {
    expect(entryWords(entry, NO_TAB_WORDS)).toMatchObject({ where, what });
  });

  test("WEB-28 whose change it was is told, and what a restore would do", () => {
    expect(originWords(mark)).toBe("user:ann");
    expect(originWords({ origin: "sheet" })).toBe("in the sheet");
    expect(originWords({ origin: "sheet", by: "bob@x" })).toBe("bob@x, in the sheet");
    expect(restoreWords({ row: 1, column: "Price", from: 2, to: null }, NO_TAB_WORDS)).toEqual({
      where: "row 1, Price",
      what: "becomes",
      change: { before: "2", after: "(empty)" },
    });
    expect(restoreWords({ add: { SKU: "a" }, after: null, was: 9 }, NO_TAB_WORDS).what).toContain(
      "comes back",
    );
  });
});

describe("WEB-50 history, conflicts and dead letters tell values and rows as the grid does", () => {
  const columns = [
    { slot: 4, header: "Note", key: "Note", type: "text" },
    { slot: 0, header: "SKU", key: "sku", type: "text" },
    { slot: 1, header: "Due", key: "Due", type: "date" },
    { slot: 2, header: "Price", key: "Price", type: "number", format: "[$$]#,##0.00" },
  ] as const;
  const words = createTabWords(
    columns,
    [
      { $row: 3, sku: "TE-107" },
      { $row: 4, sku: null },
    ],
    "SKU",
  );
  const mark = { id: "1", at: "2026-01-01T00:00:00Z", origin: "sheet" } as const;

  test("a date is a date, money is money, and a row has its key", () => {
    const due = {
      ...mark,
      kind: "cell",
      row: 3,
      slot: 1,
      column: "Due",
      before: 46_165,
      after: null,
    } as const;
    const told = entryWords(due, words);
    expect(told.where).toBe("TE-107 (row 3), Due");
    expect(told.change).toEqual({ before: cellFormatter(columns[2])(46_165).text, after: "(empty)" });
    expect(told.change!.before).toContain("2026");
    const step = restoreWords({ row: 3, column: "Price", from: 1234.5, to: { error: "#REF!" } }, words);
    expect(step.change).toEqual({ before: "$1,234.50", after: "#REF!" });
    expect(words.value(7, 99)).toBe("7");
  });

  test("a row that is gone is named by what it held, one without a name by its number", () => {
    const gone = { ...mark, kind: "removed", row: 9, values: ["TE-9", 46_165, 5] } as const;
    const { where, what } = entryWords(gone, words);
    expect([where, what]).toEqual([
      "TE-9 (row 9)",
      expect.stringMatching(/^row removed: TE-9, .*2026.*, \$5\.00$/),
    ]);
    expect([words.row(4), words.row(77)]).toEqual(["row 4", "row 77"]);
    expect(createTabWords(columns, [{ $row: 3, Note: "n" }]).row(3)).toBe("n (row 3)");
  });
});

describe("values and words", () => {
  test("WEB-29 a value typed instead is a number only where it reads back so", () => {
    expect(["4.5", "007", " yes ", "true", ""].map(typedValue)).toEqual([4.5, "007", " yes ", true, null]);
    expect([null, true, { error: "#REF!" }, 1234.5].map(shownValue)).toEqual([
      "(empty)",
      "yes",
      "#REF!",
      "1,234.5",
    ]);
  });

  test("WEB-21 the strip is told in words", () => {
    const poll = (outcome: string) => ({ at: "x", outcome, tookMs: 12 });
    expect(stripWords([])).toBe("No poll since the daemon's start");
    expect(stripWords([poll("changed"), poll("unchanged"), poll("unreachable")])).toBe(
      "3 polls, 1 with a change, 1 failed, the last took 12 ms (unreachable)",
    );
  });

  test("WEB-35 what stands in a shell's command is quoted where it must be", () => {
    expect(shellWord("demo/Prices")).toBe("demo/Prices");
    expect(shellWord("demo/Price list")).toBe("'demo/Price list'");
    expect(shellWord("it's; rm -rf ~")).toBe("'it'\\''s; rm -rf ~'");
  });
});

describe("what is kept and gathered", () => {
  test("WEB-49 charts go on where they were left, without a point for the time in between", () => {
    const holder: SamplesHolder = { samples: [], before: null };
    for (const atMs of [0, 2_000, 60_000, 62_000]) noteLook(holder, { atMs, series: [] });
    expect(holder.samples.map(({ atS }) => atS)).toEqual([2, 62]);
  });

  test("WEB-49 rows that came at once are one entry of a history, others stand alone", () => {
    const added = (row: number, at: string): HistoryEntry => ({
      ...{ id: `${row}`, at, origin: "sheet", kind: "added", row, values: [] },
    });
    const cell: HistoryEntry = {
      ...{ id: "c", at: "2026-11-20T08:00:00Z", origin: "edit", kind: "cell" },
      ...{ row: 1, slot: 0, before: 1, after: 2 },
    };
    const many = [1, 2, 3, 4, 5].map((row) => added(row, "2026-11-20T08:00:00Z"));
    const few = [6, 7].map((row) => added(row, "2026-11-20T09:00:00Z"));
    expect(groupEntries([...few, cell, ...many]).map((group) => group.map(({ id }) => id))).toEqual([
      ["6"],
      ["7"],
      ["c"],
      ["1", "2", "3", "4", "5"],
    ]);
  });
});
