import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import type { CellValue } from "#contract/cell.ts";
import {
  type FoldedRow,
  foldEntry,
  LOG,
  type LogEntry,
  ORDER,
  type RowId,
  type Unconfirmed,
} from "#contract/layout.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import type { Baseline, Delta } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { Lifted, Overlay } from "../../src/model/overlay.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createMirror, type Mirror } from "../../src/sync/mirror.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import {
  ALL_ACTIONS,
  act,
  below,
  createTable,
  pick,
  type TrueTable,
  toSnapshot,
} from "../support/table-script.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const identity = { source: "demo", tab: "Table", epoch: "e1" };
const NOTHING: Delta = { added: [], cells: [], removed: [], order: [] };
const ann: Unconfirmed = { by: "ann", at: 5 };

function open(updates: readonly Uint8Array[] = [], incarnation = 1): Mirror {
  const doc = new Y.Doc({ guid: "demo/Table" });
  for (const update of updates) Y.applyUpdate(doc, update);
  return createMirror(doc, incarnation, identity);
}

/** What a reader's own fold gives, in display order. */
function read(doc: Y.Doc): Map<RowId, FoldedRow> {
  const rows = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
  return new Map(
    doc
      .getArray<RowId>(ORDER)
      .toArray()
      .map((id) => [id, rows.get(id)!]),
  );
}

const trimmed = (values: readonly CellValue[]): CellValue[] => {
  const all = Array.from(values, (value) => value ?? null);
  while (all.length > 0 && all[all.length - 1] === null) all.pop();
  return all;
};
const content = ({ columns, order, rows, nextRow }: Baseline) => ({
  columns,
  nextRow,
  rows: order.map((id) => [id, trimmed(rows.get(id)!.values)] as const),
});

/** What is wished, without a document. */
interface Model {
  readonly cells: Map<string, { row: RowId; slot: number; value: CellValue; mark: Unconfirmed }>;
  readonly rows: Map<RowId, { values: readonly CellValue[]; mark: Unconfirmed }>;
  readonly removals: Map<RowId, Unconfirmed>;
}

function expectShows(doc: Y.Doc, baseline: Baseline, model: Model): void {
  const shown = read(doc);
  expect([...shown.keys()]).toEqual([...baseline.order, ...model.rows.keys()]);
  for (const [id, row] of shown) {
    const coming = model.rows.get(id);
    const wished = [...model.cells.values()].filter((cell) => cell.row === id);
    const values = [...(coming?.values ?? baseline.rows.get(id)!.values)];
    for (const { slot, value } of wished) {
      while (values.length < slot) values.push(null);
      values[slot] = value;
    }
    expect(trimmed(row.values)).toEqual(trimmed(values));
    expect(row.added).toEqual(coming?.mark);
    expect(row.removing).toEqual(model.removals.get(id));
    expect(new Map([...(row.unconfirmed ?? [])].sort(([a], [b]) => a - b))).toEqual(
      new Map(wished.map(({ slot, mark }) => [slot, mark] as const).sort(([a], [b]) => a - b)),
    );
  }
}

describe("wishes on top of what is confirmed", () => {
  test("LAY-6 fold with the mark of who made them, until a plain entry ends it", () => {
    const rows = new Map<RowId, FoldedRow>();
    const fold = (...entries: LogEntry[]): void => {
      for (const entry of entries) foldEntry(rows, entry);
    };
    fold([1, ["a", 2]], [1, 1, 3, ann], [1, "-", ann], [2, ["new"], ann], [9, "-", ann]);
    expect(rows.get(1)).toEqual({ values: ["a", 3], unconfirmed: new Map([[1, ann]]), removing: ann });
    expect(rows.get(2)).toEqual({ values: ["new"], added: ann });
    expect(rows.has(9)).toBe(false);
    fold([1, 0, "b"]);
    expect(rows.get(1)).toEqual({ values: ["b", 3], unconfirmed: new Map([[1, ann]]), removing: ann });
    fold([1, 1, 2], [1, "-", null]);
    expect(rows.get(1)).toEqual({ values: ["b", 2] });
    fold([1, "-", ann], [1, ["whole"]], [2, ["confirmed"]]);
    expect([rows.get(1), rows.get(2)]).toEqual([{ values: ["whole"] }, { values: ["confirmed"] }]);
  });

  for (let seed = 1; seed <= 24; seed++) {
    test(`SYN-70 show over the confirmed content through polls, sweeps and reloads, seed ${seed}`, () => {
      const random = createSeededRandom(`wishes ${seed}`);
      const distinct = seed % 3 !== 0;
      const table = createTable(random, { rows: [3, 12, 60][seed % 3]!, columns: 5, distinct });
      const updates: Uint8Array[] = [];
      const keep = (update: Uint8Array | null): boolean => {
        if (update) updates.push(update);
        return update !== null;
      };
      let mirror = open();
      keep(mirror.write(diffTab(mirror.baseline(), toSnapshot(table)).delta, "Table"));
      const model: Model = { cells: new Map(), rows: new Map(), removals: new Map() };
      for (let step = 0; step < 120; step++) {
        const before = mirror.baseline();
        const polls = random.float() < 0.6;
        if (polls)
          for (let n = below(random, 4); n >= 0; n--) act(random, table, pick(random, ALL_ACTIONS), distinct);
        const plain = polls ? diffTab(before, toSnapshot(table)).delta : NOTHING;
        const { delta, lifted } = lift(plain, before, model, random, table);
        const gone = new Set(delta.removed);
        for (const [key, { row }] of model.cells) if (gone.has(row)) model.cells.delete(key);
        for (const row of gone) model.removals.delete(row);
        const overlay = wish(before, delta, model, random, step);
        const wrote = keep(mirror.write(delta, undefined, undefined, { lifted, overlay }));
        if (wrote) expect(mirror.write(NOTHING, undefined, undefined, { overlay })).toBeNull();
        const after = mirror.baseline();
        if (polls) expect(confirmedRows(after)).toEqual(toSnapshot(table).rows.map(trimmed));
        expect(after.order.some((id) => model.rows.has(id))).toBe(false);
        for (const id of model.rows.keys()) expect(after.nextRow).toBeGreaterThan(id);
        expectShows(mirror.doc, after, model);
        if (random.float() < 0.5) keep(mirror.sweep());
        expectShows(mirror.doc, mirror.baseline(), model);
        if (random.float() < 0.1) {
          const known = content(mirror.baseline());
          mirror = open(updates, mirror.doc.clientID + 1);
          expect(content(mirror.baseline())).toEqual(known);
          expectShows(mirror.doc, mirror.baseline(), model);
        }
      }
      const late = new Y.Doc();
      Y.applyUpdate(late, Y.encodeStateAsUpdate(mirror.doc));
      expectShows(late, mirror.baseline(), model);
    });
  }

  function confirmedRows(baseline: Baseline): CellValue[][] {
    return baseline.order.map((id) => {
      const { values } = baseline.rows.get(id)!;
      return trimmed(baseline.columns.map(({ slot }) => values[slot] ?? null));
    });
  }

  /** Ends some wishes; a row to come may be confirmed with it, in some place of the sheet. */
  function lift(
    plain: Delta,
    before: Baseline,
    model: Model,
    random: ReturnType<typeof createSeededRandom>,
    table: TrueTable,
  ): { delta: Delta; lifted: Lifted } {
    const chosen = <K, V>(map: Map<K, V>): [K, V][] => [...map].filter(() => random.float() < 0.3);
    const cells = chosen(model.cells);
    const removals = chosen(model.removals);
    const rows = chosen(model.rows);
    for (const [key] of cells) model.cells.delete(key);
    for (const [row] of removals) model.removals.delete(row);
    for (const [row] of rows) model.rows.delete(row);
    const lifted: Lifted = {
      cells: cells.map(([, { row, slot }]) => [row, slot]),
      rows: rows.map(([row]) => row),
      removals: removals.map(([row]) => row),
    };
    const [first] = rows;
    if (!first || plain !== NOTHING) return { delta: plain, lifted };
    const [id, { values }] = first;
    const at = below(random, before.order.length + 1);
    const written = before.columns.map(
      ({ slot }, i) => [table.columns[i]!.id, values[slot] ?? null] as const,
    );
    table.rows.splice(at, 0, { id: table.nextId++, cells: new Map(written) });
    return {
      delta: { ...NOTHING, added: [[id, values]], order: [{ at, remove: 0, insert: [id] }] },
      lifted,
    };
  }

  function wish(
    before: Baseline,
    { added, removed }: Delta,
    model: Model,
    random: ReturnType<typeof createSeededRandom>,
    step: number,
  ): Overlay {
    const stays = before.order.filter((id) => !removed.includes(id));
    const cells: (readonly [RowId, number, CellValue, Unconfirmed])[] = [];
    const rows: (readonly [RowId, readonly CellValue[], Unconfirmed])[] = [];
    const removals: (readonly [RowId, Unconfirmed])[] = [];
    for (let n = below(random, 4); n > 0 && stays.length > 0; n--) {
      const [row, slot] = [pick(random, stays), below(random, before.nextSlot)];
      const mark = { by: pick(random, ["ann", "ben"]), at: step };
      const value = pick<CellValue>(random, [null, "wished", step, { error: "#N/A" }]);
      cells.push([row, slot, value, mark]);
      model.cells.set(`${row}:${slot}`, { row, slot, value, mark });
    }
    if (random.float() < 0.2) {
      const id = added.reduce((next, [row]) => Math.max(next, row + 1), before.nextRow);
      rows.push([id, ["new", step], { by: "ann", at: step }]);
      model.rows.set(id, { values: ["new", step], mark: { by: "ann", at: step } });
    }
    if (random.float() < 0.2 && stays.length > 0) {
      const row = pick(random, stays);
      removals.push([row, { by: "ben", at: step }]);
      model.removals.set(row, { by: "ben", at: step });
    }
    return { cells, rows, removals };
  }

  const two = (): Mirror => {
    const mirror = open();
    mirror.write(
      {
        ...NOTHING,
        columns: [{ slot: 0, header: "a", key: "a", type: "text" }],
        added: [
          [1, ["x"]],
          [2, ["y"]],
        ],
        order: [{ at: 0, remove: 0, insert: [1, 2] }],
      },
      "Table",
    );
    return mirror;
  };
  const lastEntries = (mirror: Mirror, count: number): unknown[] =>
    mirror.doc.getArray<LogEntry>(LOG).toArray().slice(-count);

  test("SYN-71 a poll's change stands beneath a wish, and shows once the wish is over", () => {
    const mirror = two();
    mirror.write(NOTHING, undefined, undefined, { overlay: { cells: [[1, 0, "mine", ann]] } });
    mirror.write({ ...NOTHING, cells: [[1, 0, "theirs"]] });
    expect(lastEntries(mirror, 2)).toEqual([
      [1, 0, "theirs"],
      [1, 0, "mine", ann],
    ]);
    expect(mirror.baseline().rows.get(1)!.values).toEqual(["theirs"]);
    mirror.write(NOTHING, undefined, undefined, { lifted: { cells: [[1, 0]] } });
    expect(lastEntries(mirror, 1)).toEqual([[1, 0, "theirs"]]);
    mirror.write(NOTHING, undefined, undefined, { overlay: { cells: [[1, 0, "again", ann]] } });
    const length = mirror.doc.getArray(LOG).length;
    mirror.write({ ...NOTHING, cells: [[1, 0, "again"]] }, undefined, undefined, {
      lifted: { cells: [[1, 0]] },
    });
    expect(lastEntries(mirror, 1)).toEqual([[1, 0, "again"]]);
    expect(mirror.doc.getArray(LOG).length).toBe(length + 1);
  });

  test("SYN-72 the same wishes, the end of those that are not there, and those for rows that are not there are no update", () => {
    const mirror = two();
    const overlay: Overlay = {
      cells: [[1, 0, "mine", ann]],
      rows: [[3, ["z"], ann]],
      removals: [[2, ann]],
    };
    expect(mirror.write(NOTHING, undefined, undefined, { overlay })).not.toBeNull();
    expect(mirror.write(NOTHING, undefined, undefined, { overlay })).toBeNull();
    const lifted: Lifted = { cells: [[2, 0]], rows: [7], removals: [1] };
    expect(mirror.write(NOTHING, undefined, undefined, { lifted })).toBeNull();
    const nowhere: Overlay = { cells: [[9, 0, "x", ann]], removals: [[9, ann]], rows: [[1, ["no"], ann]] };
    expect(mirror.write(NOTHING, undefined, undefined, { overlay: nowhere })).toBeNull();
  });

  test("SYN-73 a row to come stands last, keeps its id when it is confirmed in its place, and vanishes when it is not", () => {
    const mirror = two();
    mirror.write(NOTHING, undefined, undefined, {
      overlay: {
        rows: [
          [3, ["z"], ann],
          [4, ["w"], ann],
        ],
      },
    });
    expect([...read(mirror.doc).keys()]).toEqual([1, 2, 3, 4]);
    expect(mirror.baseline()).toMatchObject({ order: [1, 2], nextRow: 5 });
    mirror.write(
      { ...NOTHING, added: [[3, ["z!"]]], order: [{ at: 1, remove: 0, insert: [3] }] },
      undefined,
      undefined,
      { lifted: { rows: [3] } },
    );
    expect([...read(mirror.doc)]).toEqual([
      [1, { values: ["x"] }],
      [3, { values: ["z!"] }],
      [2, { values: ["y"] }],
      [4, { values: ["w"], added: ann }],
    ]);
    mirror.write(NOTHING, undefined, undefined, { lifted: { rows: [4] } });
    expect([...read(mirror.doc).keys()]).toEqual([1, 3, 2]);
    const again = open([Y.encodeStateAsUpdate(mirror.doc)], 2);
    expect(again.baseline()).toMatchObject({ order: [1, 3, 2], nextRow: 5 });
  });

  test("SYN-74 a row that the source lost takes its wishes along", () => {
    const mirror = two();
    mirror.write(NOTHING, undefined, undefined, {
      overlay: { cells: [[1, 0, "mine", ann]], removals: [[1, ann]] },
    });
    mirror.write({ ...NOTHING, removed: [1], order: [{ at: 0, remove: 1, insert: [] }] });
    expect([...read(mirror.doc)]).toEqual([[2, { values: ["y"] }]]);
    expect(mirror.write(NOTHING, undefined, undefined, { lifted: { cells: [[1, 0]] } })).toBeNull();
  });

  test("SYN-4 a cell wished and confirmed 20,000 times leaves the mirror small", () => {
    const mirror = two();
    const fresh = Y.encodeStateAsUpdate(mirror.doc).length;
    for (let n = 0; n < 20_000; n++) {
      mirror.write(NOTHING, undefined, undefined, {
        overlay: { cells: [[1, 0, `v${n}`, { by: "ann", at: n }]] },
      });
      mirror.write({ ...NOTHING, cells: [[1, 0, `v${n}`]] }, undefined, undefined, {
        lifted: { cells: [[1, 0]] },
      });
      mirror.sweep();
    }
    expect(Y.encodeStateAsUpdate(mirror.doc).length).toBeLessThan(fresh + 64 * 64);
    expect(Y.decodeStateVector(Y.encodeStateVector(mirror.doc)).size).toBe(1);
  });

  test("SYN-75 listeners hear of no wish, and a wish alone changes no baseline", async () => {
    const { runtime } = createTestRuntime();
    const documents = await createDocumentStore(createMemoryBackend(), runtime);
    const made = await documents.create({ source: "demo", tab: "Table", title: "Table" });
    if (!made.ok) throw new Error(made.error.tag);
    const document = made.value;
    const rows: Delta = { ...NOTHING, added: [[1, ["x"]]], order: [{ at: 0, remove: 0, insert: [1] }] };
    await document.apply({ delta: rows, author: "source" });
    const heard: Delta[] = [];
    const followed: Delta[] = [];
    document.onDelta((delta) => heard.push(delta));
    await document.follow(null, { begin: () => {}, change: ({ delta }) => followed.push(delta) });
    const overlay: Overlay = { cells: [[1, 0, "mine", ann]], rows: [[2, ["new"], ann]] };
    expect(await document.apply({ delta: NOTHING, overlay, author: "edits" })).toEqual({
      ok: true,
      value: { changed: true },
    });
    expect(await document.apply({ delta: NOTHING, overlay, author: "edits" })).toEqual({
      ok: true,
      value: { changed: false },
    });
    expect(document.baseline()).toMatchObject({ order: [1], nextRow: 3 });
    expect(document.baseline().rows.get(1)).toEqual({ values: ["x"] });
    expect([heard, followed]).toEqual([[], []]);
    const delta: Delta = { ...NOTHING, cells: [[1, 0, "mine"]] };
    await document.apply({ delta, lifted: { cells: [[1, 0]], rows: [2] }, author: "source" });
    expect([heard, followed]).toEqual([[delta], [delta]]);
    await documents.close();
  });
});
