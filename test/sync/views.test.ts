import { describe, expect, test } from "bun:test";
import type { DocumentName } from "#contract/document-name.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { ViewDefinition } from "../../src/model/view.ts";
import { parseWhere } from "../../src/model/where/parse.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { createViews } from "../../src/sync/views.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const name = (view: string): DocumentName => ({ source: "shop", tab: "Prices", kind: "view", view });
const where = (text: string): NonNullable<ViewDefinition["where"]> => {
  const parsed = parseWhere(text);
  if (!parsed.ok) throw new Error(parsed.error.problem);
  return parsed.value;
};

async function setUp(backend = createMemoryBackend()) {
  const { runtime, clock } = createTestRuntime();
  const documents = await createDocumentStore(backend, runtime);
  const definitions: Record<string, ViewDefinition> = {
    cheap: { where: where("price < 10"), columns: ["sku"] },
    mine: { where: where("region = claims.region") },
    mine2: {},
  };
  const views = createViews({
    documents,
    log: backend.log,
    clock,
    logger: runtime.logger,
    definition: (_source, _tab, view) => definitions[view] ?? null,
  });
  const made = await documents.create({ source: "shop", tab: "Prices", title: "Prices" });
  if (!made.ok) throw new Error(made.error.tag);
  const tab = made.value;
  const columns = ["sku", "price", "region"].map((header) => ({ header, type: "mixed" as const }));
  /** Resolves when the tab has it, whatever its views do. */
  async function writeOnly(...rows: (readonly (string | number)[])[]): Promise<void> {
    const { delta } = diffTab(tab.baseline(), { tabId: "0", title: "Prices", columns, rows });
    await tab.apply({ delta, author: "source" });
  }
  async function write(...rows: (readonly (string | number)[])[]): Promise<void> {
    await writeOnly(...rows);
    await clock.settle();
  }
  async function open(view: string, claims = {}): Promise<SharedDocument> {
    const opened = await views.open(name(view), claims);
    if (!opened.ok) throw new Error(opened.error.tag);
    return opened.value;
  }
  const rowsOf = (document: SharedDocument): unknown[] => {
    const { order, rows, columns } = document.baseline();
    return order.map((id) => columns.map(({ slot }) => rows.get(id)!.values[slot]));
  };
  return { views, documents, definitions, write, writeOnly, open, rowsOf, clock, backend };
}

describe("views as documents", () => {
  test("VIE-4 a view follows its tab while it is open, and only what it shows is written to it", async () => {
    const { write, open, rowsOf } = await setUp();
    await write(["a", 5, "uk"], ["b", 50, "uk"]);
    const cheap = await open("cheap");
    expect(rowsOf(cheap)).toEqual([["a"]]);
    const before = cheap.revision();
    await write(["a", 6, "uk"], ["b", 60, "de"]);
    expect(cheap.revision()).toBe(before);
    await write(["a", 6, "uk"], ["b", 9, "de"], ["c", 1, "fr"]);
    expect(rowsOf(cheap)).toEqual([["a"], ["b"], ["c"]]);
    await write(["c", 1, "fr"], ["b2", 9, "de"]);
    expect(rowsOf(cheap)).toEqual([["c"], ["b2"]]);
  });

  test("VIE-5 what changed while nobody had it open, or while the daemon was down, is a delta of the same document", async () => {
    const first = await setUp();
    await first.write(["a", 5, "uk"]);
    const epoch = (await first.open("cheap")).meta().epoch;
    await first.clock.advance(300_000);
    expect(first.documents.size).toBe(0);
    const again = await setUp(first.backend);
    await again.write(["a", 5, "uk"], ["b", 2, "uk"]);
    const cheap = await again.open("cheap");
    expect(cheap.meta().epoch).toBe(epoch);
    expect(again.rowsOf(cheap)).toEqual([["a"], ["b"]]);
  });

  test("VIE-6 claims make one document for each of their values, and a missing claim none", async () => {
    const { write, open, rowsOf, views } = await setUp();
    await write(["a", 5, "uk"], ["b", 50, "de"], ["c", 1, ""]);
    const [uk, de] = [await open("mine", { region: "uk" }), await open("mine", { region: "de", more: 1 })];
    expect(uk.name).not.toBe(de.name);
    expect((await open("mine", { region: "uk", other: true })).name).toBe(uk.name);
    expect([rowsOf(uk), rowsOf(de)]).toEqual([[["a", 5, "uk"]], [["b", 50, "de"]]]);
    expect(await views.open(name("mine"), {})).toMatchObject({
      error: { tag: "MissingClaim", claim: "region" },
    });
    await write(["a", 5, "de"], ["b", 50, "de"]);
    expect([rowsOf(uk).length, rowsOf(de).length]).toEqual([0, 2]);
  });

  test("VIE-7 an unknown view is no document; a removed one ends, and others of like names stay", async () => {
    const { write, open, views, documents, backend } = await setUp();
    await write(["a", 5, "uk"]);
    expect(await views.open(name("nothing"), {})).toMatchObject({ error: { tag: "NoSuchDocument" } });
    const [mine, other] = [await open("mine", { region: "uk" }), await open("mine2")];
    await views.remove("shop", "Prices", "mine");
    expect([mine.ended, other.ended]).toEqual(["removed", null]);
    await documents.remove("shop/Prices");
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(other.ended).toBe("removed");
    expect(await backend.log.documents("shop/")).toEqual([]);
  });

  test("VIE-13 a view that is defined anew is another document, also for who is just opening it", async () => {
    const { write, open, rowsOf, definitions } = await setUp();
    await write(["a", 5, "uk"], ["b", 50, "uk"]);
    const old = await open("cheap");
    definitions.cheap = { where: where("price < 100"), columns: ["price"] };
    const [opening, after] = [open("cheap"), { where: where("price > 10"), columns: ["region"] }];
    definitions.cheap = after;
    const now = await opening;
    expect(rowsOf(now)).toEqual([["uk"]]);
    expect([old.name === now.name, old.meta().epoch === now.meta().epoch]).toEqual([false, false]);
    expect(await open("cheap")).toBe(now);
  });

  test("VIE-8 changes faster than the disk all arrive", async () => {
    const backend = createMemoryBackend({
      beforeCommit: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const { write, writeOnly, open, rowsOf, clock } = await setUp(backend);
    await write(["a", 5, "uk"]);
    const all = await open("mine2");
    for (let n = 0; n < 30; n++) await writeOnly(["a", n, "uk"], [`row ${n}`, n, "de"]);
    await clock.settle();
    await all.settled();
    await clock.settle();
    expect(rowsOf(all)).toEqual([
      ["a", 29, "uk"],
      ["row 29", 29, "de"],
    ]);
  });
});
