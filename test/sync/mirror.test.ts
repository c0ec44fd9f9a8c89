import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { cellsEqual } from "#contract/cell.ts";
import {
  COLUMNS,
  type Column,
  type FoldedRow,
  foldEntry,
  LOG,
  type LogEntry,
  ORDER,
} from "#contract/layout.ts";
import type { Baseline } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { TabSnapshot } from "../../src/model/snapshot.ts";
import { createMirror, type Mirror } from "../../src/sync/mirror.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import {
  ALL_ACTIONS,
  act,
  below,
  createTable,
  pick,
  ROW_ACTIONS,
  toSnapshot,
} from "../support/table-script.ts";

const identity = { source: "demo", tab: "Table", epoch: "e1" };
const open = (updates: readonly Uint8Array[] = [], incarnation = 1): Mirror => {
  const doc = new Y.Doc({ guid: "demo/Table" });
  for (const update of updates) Y.applyUpdate(doc, update);
  return createMirror(doc, incarnation, identity);
};

/** What any Yjs client sees, in ten lines. */
function read(doc: Y.Doc): { columns: Column[]; rows: (readonly [number, FoldedRow])[] } {
  const rows = new Map<number, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
  const order = doc.getArray<number>(ORDER).toArray();
  return {
    columns: doc.getArray<Column>(COLUMNS).toArray(),
    rows: order.map((id) => [id, rows.get(id)!] as const),
  };
}

function expectShows(doc: Y.Doc, tab: TabSnapshot): void {
  const { columns, rows } = read(doc);
  expect(columns.map(({ header }) => header)).toEqual(tab.columns.map(({ header }) => header));
  expect(rows.length).toBe(tab.rows.length);
  rows.forEach(([, row], index) => {
    columns.forEach(({ slot }, position) => {
      if (!cellsEqual(row.values[slot], tab.rows[index]![position])) {
        throw new Error(
          `row ${index}, column ${position}: ${row.values[slot]} is not ${tab.rows[index]![position]}`,
        );
      }
    });
  });
}

const plain = (baseline: Baseline): unknown => ({
  ...baseline,
  rows: baseline.order.map((id) => [...baseline.rows.get(id)!.values]),
});

describe("writing", () => {
  for (let seed = 1; seed <= 20; seed++) {
    test(`SYN-1 deltas read back live and after loading, with chores in between, seed ${seed}`, () => {
      const random = createSeededRandom(`mirror ${seed}`);
      const table = createTable(random, {
        rows: [2, 30, 150][seed % 3]!,
        columns: 5,
        distinct: seed % 2 === 0,
      });
      const updates: Uint8Array[] = [];
      let mirror = open();
      const keep = (update: Uint8Array | null): void => {
        if (update) updates.push(update);
      };
      keep(mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table"));
      for (let poll = 0; poll < 60; poll++) {
        for (let n = 1 + below(random, 8); n > 0; n--)
          act(random, table, pick(random, ALL_ACTIONS), seed % 2 === 0);
        keep(mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta));
        keep(mirror.sweep());
        expectShows(mirror.doc, toSnapshot(table));
        if (random.float() < 0.1) {
          const before = plain(mirror.baseline());
          mirror = open(updates, mirror.doc.clientID + 1);
          expect(plain(mirror.baseline())).toEqual(before);
        }
      }
      const late = new Y.Doc();
      Y.applyUpdate(late, Y.encodeStateAsUpdate(mirror.doc));
      expectShows(late, toSnapshot(table));
    });
  }

  test("SYN-2 writing what is already there gives no update", () => {
    const table = createTable(createSeededRandom(1), { rows: 10, columns: 3, distinct: true });
    const mirror = open();
    expect(mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table")).not.toBeNull();
    expect(mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table")).toBeNull();
    expect(mirror.sweep()).toBeNull();
  });

  test("SYN-3 folding and sweeping change nothing that a reader sees", () => {
    const random = createSeededRandom("chores");
    const table = createTable(random, { rows: 40, columns: 8, distinct: true });
    const mirror = open();
    mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table");
    let sweeps = 0;
    for (let poll = 0; poll < 400; poll++) {
      act(random, table, "editCell", true);
      mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta);
      const before = read(mirror.doc).rows;
      if (mirror.sweep()) sweeps++;
      expect(read(mirror.doc).rows).toEqual(before);
    }
    expect(sweeps).toBeGreaterThan(0);
    const cells = mirror.doc
      .getArray<LogEntry>(LOG)
      .toArray()
      .filter((entry) => !Array.isArray(entry[1]));
    expect(cells.length).toBeLessThan(40 * 8);
  });

  test("SYN-4 a mirror stays below two and a half times a fresh one through 20,000 edits and moves", () => {
    const random = createSeededRandom("size");
    const table = createTable(random, { rows: 100, columns: 20, distinct: true });
    const mirror = open();
    const reader = new Y.Doc();
    mirror.doc.on("update", (update: Uint8Array) => Y.applyUpdate(reader, update));
    let worst = 0;
    for (let edit = 0; edit < 20_000; edit++) {
      act(
        random,
        table,
        edit % 50 === 0 ? pick(random, ["moveRow", "insertRow", "deleteRow"]) : "editCell",
        true,
      );
      mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table");
      mirror.sweep();
      if (edit % 200 !== 199) continue;
      const fresh = open();
      fresh.write(diffTab(fresh.baseline(), toSnapshot(table)).delta, "Table");
      const ratio = Y.encodeStateAsUpdate(mirror.doc).length / Y.encodeStateAsUpdate(fresh.doc).length;
      worst = Math.max(worst, ratio);
    }
    expect(worst).toBeLessThan(2.5);
    expectShows(reader, toSnapshot(table));
  });

  test("SYN-5 the highest row id survives its row and a restart", () => {
    const tab = (rows: string[][]): TabSnapshot => ({
      tabId: "1",
      title: "T",
      columns: [{ header: "a", type: "text" }],
      rows,
    });
    const updates: Uint8Array[] = [];
    const write = (mirror: Mirror, rows: string[][]): void => {
      updates.push(mirror.write(diffTab(mirror.baseline(), tab(rows)).delta)!);
    };
    const mirror = open();
    write(mirror, [["x"], ["y"], ["z"]]);
    write(mirror, [["x"]]);
    const again = open(updates, 2);
    expect(again.baseline().nextRow).toBe(4);
    write(again, [["x"], ["new one"]]);
    expect(again.baseline().order).toEqual([1, 4]);
    expect(open(updates, 3).baseline().order).toEqual([1, 4]);
  });

  test("LAY-3 folding the log in order gives the rows, unknown entries are skipped", () => {
    const rows = new Map<number, FoldedRow>();
    const entries: unknown[] = [
      [1, ["a", 2]],
      [2, 1, "only one cell"],
      [1, 1, 3, { by: "ann", at: 5 }],
      [1, "=1", "=1+2"],
      [1, { shape: "of a later layout" }],
      [2, ["whole"]],
    ];
    for (const entry of entries) foldEntry(rows, entry as LogEntry);
    expect(rows.get(1)).toEqual({
      values: ["a", 3],
      unconfirmed: new Map([[1, { by: "ann", at: 5 }]]),
      formulas: new Map([[1, "=1+2"]]),
    });
    expect(rows.get(2)).toEqual({ values: ["whole"] });
    foldEntry(rows, [1, 1, 3]);
    expect(rows.get(1)!.unconfirmed).toBeUndefined();
  });

  test("LAY-5 a formula's empty text ends the formula", () => {
    const rows = new Map<number, FoldedRow>();
    foldEntry(rows, [1, [3, 4]]);
    foldEntry(rows, [1, "=0", "=1+2"]);
    foldEntry(rows, [1, "=1", "=2+2"]);
    const before = rows.get(1)!;
    foldEntry(rows, [1, "=0", ""]);
    expect(rows.get(1)).toEqual({ values: [3, 4], formulas: new Map([[1, "=2+2"]]) });
    foldEntry(rows, [1, "=1", ""]);
    expect(rows.get(1)).toEqual({ values: [3, 4] });
    expect(before.formulas?.size).toBe(2);
  });

  test("SYN-41 meta tells time zone and locale, and the same again is no update", () => {
    const mirror = open();
    const nothing = { added: [], cells: [], removed: [], order: [] };
    const berlin = { timeZone: "Europe/Berlin", locale: "de_DE" };
    expect(mirror.write(nothing, "Table", berlin)).not.toBeNull();
    expect(mirror.meta()).toMatchObject(berlin);
    expect(mirror.write(nothing, "Table", berlin)).toBeNull();
    expect(mirror.write(nothing, "Table")).toBeNull();
    mirror.write(nothing, "Table", { ...berlin, timeZone: "UTC" });
    expect(mirror.doc.getMap("meta").toJSON()).toMatchObject({ timeZone: "UTC", locale: "de_DE" });
  });

  test("SYN-40 formulas outlive folds, sweeps and reloading, and a row without any is folded again", () => {
    const updates: Uint8Array[] = [];
    const mirror = open();
    const keep = (update: Uint8Array | null): void => {
      if (update) updates.push(update);
    };
    const snapshot = (round: number, formulas: boolean): TabSnapshot => ({
      tabId: "t",
      title: "Table",
      columns: ["a", "b", "c"].map((header) => ({ header, type: "number" })),
      rows: Array.from({ length: 40 }, (_, row) => [row, row + round, round]),
      ...(formulas
        ? { formulas: Array.from({ length: 40 }, (_, row) => [null, `=A${row + 2}+${round}`]) }
        : {}),
    });
    const bring = (tab: TabSnapshot): void => {
      keep(mirror.write(diffTab(mirror.baseline(), tab).delta, "Table"));
      for (let swept = mirror.sweep(); swept; swept = mirror.sweep()) updates.push(swept);
    };
    for (let round = 0; round < 50; round++) bring(snapshot(round, true));
    const formulasOf = (doc: Y.Doc) => read(doc).rows.map(([, row]) => row.formulas?.get(1));
    const expected = Array.from({ length: 40 }, (_, row) => `=A${row + 2}+49`);
    expect(formulasOf(mirror.doc)).toEqual(expected);
    expect(formulasOf(open(updates, 2).doc)).toEqual(expected);
    expectShows(mirror.doc, snapshot(49, true));
    expect(mirror.write(diffTab(mirror.baseline(), snapshot(49, true)).delta)).toBeNull();
    const size = Y.encodeStateAsUpdate(mirror.doc).length;
    for (let round = 50; round < 60; round++) bring(snapshot(round, false));
    expect(formulasOf(mirror.doc)).toEqual(expected.map(() => undefined));
    expect(Y.encodeStateAsUpdate(mirror.doc).length).toBeLessThan(size);
    expectShows(mirror.doc, snapshot(59, false));
  });

  test("LAY-4 a folded row object is replaced, not changed", () => {
    const rows = new Map<number, FoldedRow>();
    foldEntry(rows, [1, ["a", "b"]]);
    const before = rows.get(1)!;
    foldEntry(rows, [1, 0, "c"]);
    expect(before.values).toEqual(["a", "b"]);
    expect(rows.get(1)).not.toBe(before);
  });

  test("SYN-3 a sort of many rows is one piece of order", () => {
    const random = createSeededRandom("sort");
    const table = createTable(random, { rows: 2000, columns: 3, distinct: true });
    const mirror = open();
    mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table");
    act(random, table, ROW_ACTIONS[4]!, true);
    const update = mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta)!;
    expect(update.length / 2000).toBeLessThan(6);
    expectShows(mirror.doc, toSnapshot(table));
  });
});
