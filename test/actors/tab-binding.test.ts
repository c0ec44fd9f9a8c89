import { describe, expect, test } from "bun:test";
import { mirrorName, NAME_LENGTH_MAX, parseDocumentName } from "#contract/document-name.ts";
import type { TabBinding } from "../../src/actors/record.ts";
import { bindTabs } from "../../src/actors/tab-binding.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { unchangedTab } from "../support/fake-source.ts";

describe("tab names", () => {
  test("ACT-4 a new tab is named after its title, unlike every other name of its source", () => {
    const known = [bound("1", "Prices")];
    const { bindings } = bindTabs(known, snapshot(["1", "Costs"], ["2", "Prices"], ["3", "Prices"]));
    expect(bindings.map(({ name }) => name)).toEqual(["Prices", "Prices 2", "Prices 3"]);
  });

  test("ACT-4 a name on its way out is not given to another tab", () => {
    const { bindings, removed } = bindTabs([bound("1", "Prices")], snapshot(["2", "Prices"]));
    expect(removed).toEqual([bound("1", "Prices")]);
    expect(bindings).toEqual([{ tabId: "2", name: "Prices 2", title: "Prices" }]);
  });

  test("ACT-4 any title gives a name that a document may have", () => {
    const titles = [
      "",
      "  ",
      "a/b?c#d@e~f%",
      "🚀",
      "\ud83d",
      "x".repeat(500),
      `${"x".repeat(199)}🚀`,
      "~edits",
    ];
    const tabs = titles.map((title, index) => [String(index), title] as const);
    const { bindings } = bindTabs([], snapshot(...tabs));
    for (const { name } of bindings) {
      expect(name.length).toBeLessThanOrEqual(NAME_LENGTH_MAX);
      const parsed = parseDocumentName(mirrorName("shop", name));
      expect(parsed).toMatchObject({ ok: true, value: { tab: name, kind: "mirror" } });
    }
    expect(new Set(bindings.map(({ name }) => name)).size).toBe(titles.length);
  });

  test("ACT-5 a renamed tab keeps its name", () => {
    const { bindings, removed } = bindTabs([bound("1", "Prices")], snapshot(["1", "Prices 2026"]));
    expect(bindings).toEqual([{ tabId: "1", name: "Prices", title: "Prices 2026" }]);
    expect(removed).toEqual([]);
  });

  test("ACT-6 what an incomplete or empty snapshot does not show stays bound", () => {
    const known = [bound("1", "A"), bound("2", "B")];
    const incomplete = bindTabs(known, { ...snapshot(["2", "B"]), incomplete: true });
    expect(incomplete).toEqual({ bindings: [bound("2", "B"), bound("1", "A")], removed: [] });
    expect(bindTabs(known, snapshot())).toEqual({ bindings: known, removed: [] });
    expect(bindTabs(known, snapshot(["2", "B"])).removed).toEqual([bound("1", "A")]);
  });

  test("ACT-7 after the address changed a tab is known by its title", () => {
    const known = [
      { ...bound("1", "Prices"), tabId: null },
      { ...bound("2", "Old"), tabId: null },
    ];
    const { bindings, removed } = bindTabs(known, snapshot(["7", "Prices"], ["8", "New"]));
    expect(bindings).toEqual([
      { tabId: "7", name: "Prices", title: "Prices" },
      { tabId: "8", name: "New", title: "New" },
    ]);
    expect(removed.map(({ name }) => name)).toEqual(["Old"]);
  });
});

function bound(tabId: string, title: string): TabBinding {
  return { tabId, name: title, title };
}

function snapshot(...tabs: readonly (readonly [tabId: string, title: string])[]): Snapshot {
  return { tabs: tabs.map(([tabId, title]) => unchangedTab(title, tabId)), notices: [] };
}
