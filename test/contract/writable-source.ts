/** What every source that takes edits owes its actor. Each kind of writable source runs it over a far end of its own. */
import { beforeEach, describe, expect, test } from "bun:test";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { type Baseline, EMPTY_BASELINE } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { WriteBatch, WriteEdit, WriteOutcome } from "../../src/model/write.ts";
import type { Revision, Source, SourceError } from "../../src/sources/source.ts";
import { applyDelta } from "../support/apply-delta.ts";

/** By key: what stands under `name` and `price`, and under `note`, which no edit is about. */
export type FarRows = Readonly<Record<string, { name: CellValue; price: CellValue; note: CellValue }>>;

/** A far end with one tab: rows of the keys a, b, c, d under `id`, with `name`, `price` 1, 2, 3, 4 and `note`. */
export interface WriteHarness {
  /** A new source over the same far end, as after a restart. */
  open(): Source;
  read(): FarRows | Promise<FarRows>;
  /** Somebody else at the far end. */
  readonly others: {
    sort(): void;
    /** A row of this key before all others. */
    insert(key: string): void;
    remove(key: string): void;
    /** Columns in another order, where the far end has one. */
    moveColumns(): void;
    price(key: string, value: CellValue): void;
  };
  /** The next write fails; `applied`: though it took effect. */
  fail(how: "429" | "503" | "network", applied: boolean): void;
  /** So much time passes that no quota refuses the next call. */
  rest(): void | Promise<void>;
  /** Runs once after the next look at the far end, before anything is written; absent: its writes are conditional or by key. */
  between?(act: () => void): void;
}

const RETRIED = ["RateLimited", "Unreachable", "Malformed"];

export function writableSourceContract(
  kind: string,
  create: () => WriteHarness | Promise<WriteHarness>,
): void {
  describe(`${kind} as a source that takes edits`, () => {
    let harness: WriteHarness;
    let stage: Awaited<ReturnType<typeof stageOf>>;
    beforeEach(async () => {
      harness = await create();
      stage = await stageOf(harness);
    });

    const acts: [string, (others: WriteHarness["others"]) => void][] = [
      ["nothing happened", () => {}],
      ["the rows were sorted", (others) => others.sort()],
      ["a row came before it", (others) => others.insert("new")],
      ["a row before it went", (others) => others.remove("a")],
      ["the columns moved", (others) => others.moveColumns()],
      [
        "all of that",
        (others) => {
          others.sort();
          others.insert("new");
          others.remove("a");
          others.moveColumns();
        },
      ],
    ];

    test.each(acts)(
      "SRC-10 the right row is written and removed, and nothing else changes, when %s",
      async (_what, act) => {
        act(harness.others);
        const before = await harness.read();
        const outcomes = await stage.write(stage.cell("c", "price", 33), stage.remove("d"));
        expect(outcomes).toMatchObject([{ tag: "written", value: 33 }, { tag: "written" }]);
        const { d: _gone, ...kept } = before;
        expect(await harness.read()).toEqual({ ...kept, c: { ...before.c!, price: 33 } });
      },
    );

    test.each(acts.slice(1))(
      "SRC-10 somebody acts between the look and the write: %s",
      async (_what, act) => {
        if (!harness.between) return expect(harness.between).toBeUndefined();
        const before = await harness.read();
        harness.between(() => act(harness.others));
        const edit = stage.cell("c", "price", 33);
        let [outcome] = await stage.write(edit);
        if (outcome!.tag === "later") [outcome] = await stage.write({ ...edit, id: "again" });
        expect(outcome).toMatchObject({ tag: "written", value: 33 });
        const after = await harness.read();
        for (const [key, row] of Object.entries(after)) {
          if (key in before) expect(row).toEqual(key === "c" ? { ...before.c!, price: 33 } : before[key]!);
          else expect(key).toBe("new");
        }
      },
    );

    test("SRC-11 a value that stands there already is confirmed, another one is a conflict", async () => {
      harness.others.price("a", 11);
      harness.others.price("b", 22);
      const before = await harness.read();
      expect(await stage.write(stage.cell("a", "price", 11), stage.cell("b", "price", 0))).toMatchObject([
        { tag: "written", value: 11 },
        { tag: "conflict", reason: "changed", theirs: 22 },
      ]);
      expect(await harness.read()).toEqual(before);
    });

    test("SRC-11 a row that is gone is a conflict and does not come back", async () => {
      harness.others.remove("b");
      const before = await harness.read();
      expect(await stage.write(stage.cell("b", "price", 9), stage.remove("b"))).toMatchObject([
        { tag: "conflict", reason: "row-gone" },
        { tag: "written" },
      ]);
      expect(await harness.read()).toEqual(before);
    });

    test.each<CellValue>([
      "0042",
      "1",
      "2030-05-01",
      "=1+1",
      "TRUE",
      "false",
      "",
      "null",
      "{value}",
      'é 🙂\n"x"',
      0,
      -1.5,
      true,
      false,
      null,
    ])("SRC-12 %j is written as what it is", async (value) => {
      expect((await stage.write(stage.cell("a", "name", value)))[0]!.tag).toBe("written");
      const { a } = await harness.read();
      expect(cellsEqual(a!.name, value === "" && a!.name === null ? null : value)).toBe(true);
    });

    test("SRC-13 new rows arrive whole, one for one", async () => {
      const outcomes = await stage.write(stage.add("x", "0042", 5), stage.add("y", "=1", 6));
      expect(outcomes.map(({ tag }) => tag)).toEqual(["written", "written"]);
      const { x, y } = await harness.read();
      expect([x, y]).toMatchObject([
        { name: "0042", price: 5 },
        { name: "=1", price: 6 },
      ]);
    });

    test.each([
      ["429", false],
      ["503", false],
      ["503", true],
      ["network", false],
      ["network", true],
    ] as const)(
      "SRC-14 after %s, applied %p, the same batch comes again and lands once",
      async (how, applied) => {
        const batch = stage.batchOf(stage.cell("a", "price", 9), stage.add("x", "n", 5), stage.remove("b"));
        harness.fail(how, applied);
        const error = await stage.fails(batch);
        expect(RETRIED).toContain(error.tag);
        await harness.rest();
        stage.restart();
        const outcomes = await stage.send({ ...batch, again: true });
        expect(outcomes.map(({ tag }) => tag)).toEqual(["written", "written", "written"]);
        const after = await harness.read();
        expect(Object.keys(after).toSorted()).toEqual(["a", "c", "d", "x"]);
        expect([after.a!.price, after.x!.price]).toEqual([9, 5]);
      },
    );

    test("SRC-16 what was written and taken back at once comes whole with the next poll, until that is taken over", async () => {
      await stage.write(stage.cell("c", "price", 33));
      harness.others.price("c", 3);
      await harness.rest();
      for (const since of [stage.revision, stage.revision]) {
        const { tag, revision, snapshot } = await stage.poll(since);
        expect(tag).toBe("Changed");
        expect(snapshot!.tabs.map(({ unchanged }) => unchanged)).toEqual([undefined]);
        stage.latest = revision;
      }
      expect(await stage.poll(stage.latest)).toMatchObject({ tag: "Unchanged" });
    });

    test("SRC-15 the signal ends a write", async () => {
      const batch = stage.batchOf(stage.cell("a", "price", 9));
      const result = await harness.open().write!(batch, AbortSignal.abort());
      expect(result.ok).toBe(false);
      expect((await harness.read()).a!.price).toBe(1);
    });
  });
}

async function stageOf(harness: WriteHarness) {
  let source = harness.open();
  const { signal } = new AbortController();
  const polled = await source.poll(null, signal);
  if (!polled.ok || polled.value.tag !== "Changed") throw new Error("the first poll brought nothing");
  const tab = polled.value.snapshot.tabs[0]!;
  if (tab.unchanged) throw new Error("the first poll brought no tab");
  const baseline: Baseline = applyDelta(EMPTY_BASELINE, diffTab(EMPTY_BASELINE, tab).delta);
  let receipt = 0;
  let edits = 0;
  const slot = (key: string) => baseline.columns.find((column) => column.key === key)!.slot;
  const row = (key: string) =>
    baseline.order.find((id) => baseline.rows.get(id)!.values[slot("id")] === key)!;
  const named = () => ({ id: `e${++edits}`, atMs: 0 });
  const stage = {
    revision: polled.value.revision,
    latest: polled.value.revision,
    async poll(since: Revision) {
      const next = await source.poll(since, signal);
      if (!next.ok || next.value.tag === "Pending") throw new Error(JSON.stringify(next));
      return { snapshot: null, ...next.value };
    },
    restart() {
      source = harness.open();
    },
    cell(key: string, column: string, value: CellValue): WriteEdit {
      const at = { row: row(key), slot: slot(column) };
      const base = baseline.rows.get(at.row)!.values[at.slot] ?? null;
      return { ...named(), tag: "cell", ...at, value, base, policy: "sheet", theirsAtMs: 0 };
    },
    add(key: string, name: CellValue, price: CellValue): WriteEdit {
      const values: CellValue[] = Array.from({ length: baseline.nextSlot }, () => null);
      values[slot("id")] = key;
      values[slot("name")] = name;
      values[slot("price")] = price;
      return { ...named(), tag: "add", values };
    },
    remove: (key: string): WriteEdit => ({ ...named(), tag: "remove", row: row(key) }),
    batchOf: (...list: WriteEdit[]): WriteBatch => ({
      receipt: ++receipt,
      again: false,
      tabs: [{ tabId: tab.tabId, baseline, edits: list }],
    }),
    async send(batch: WriteBatch): Promise<readonly WriteOutcome[]> {
      const result = await source.write!(batch, signal);
      if (!result.ok) throw new Error(`the write failed: ${JSON.stringify(result.error)}`);
      const ids = batch.tabs.flatMap((one) => one.edits).map(({ id }) => id);
      expect(result.value.outcomes.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      return ids.map((id) => result.value.outcomes.find((outcome) => outcome.id === id)!);
    },
    write: (...list: WriteEdit[]) => stage.send(stage.batchOf(...list)),
    async fails(batch: WriteBatch): Promise<SourceError> {
      const result = await source.write!(batch, signal);
      if (result.ok) throw new Error(`the write did not fail: ${JSON.stringify(result.value)}`);
      return result.error;
    },
  };
  return stage;
}
