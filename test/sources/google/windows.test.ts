/** Large tabs against the emulator, with bounds so small that hundreds of rows are large. */
import { describe, expect, test } from "bun:test";
import type { WorkbookSeed } from "../../../google-emulator/src/index.ts";
import type { TabSnapshot } from "../../../src/model/snapshot.ts";
import type { WantedTab } from "../../../src/sources/google/tab-choice.ts";
import { answerSized } from "../../../src/sources/google/workbook-reading.ts";
import type { PollResult } from "../../../src/sources/source.ts";
import { createEmulated, type Emulated } from "./emulated.ts";
import { changed } from "./test-source.ts";

const ROWS = 400;
const LIMITS = { answerBytesMax: 4_000, windowBytes: 1_500 };
const big = (rows = ROWS) => [
  ["id", "text", "n"],
  ...Array.from({ length: rows }, (_, row) => [row, `text ${row}`, row * 2]),
];
const PLENTY = { quota: { readsPerUser: 10_000, readsPerProject: 10_000 } };
const setup = (tabs: WorkbookSeed["tabs"] = [], options: object = {}) =>
  createEmulated(
    { tabs: [{ title: "Big", rows: big() }, { title: "Small", rows: [["a"], [1]] }, ...tabs] },
    { limits: LIMITS, ...options },
  );

const tabOf = (result: PollResult, title = "Big"): TabSnapshot => {
  const tab = changed(result).tabs.find((one) => one.title === title);
  if (!tab || tab.unchanged) throw new Error(`"${title}" is not in the snapshot`);
  return tab;
};
/** Ranges of "Big" asked for since the last call, and the sizes of the answers. */
function watch({ net, carry }: Emulated) {
  const asked: { range: string; bytes: number }[] = [];
  const hooks: ((range: string) => void)[] = [];
  net.answer(async (request) => {
    const url = new URL(request.url);
    const ranges = url.searchParams.getAll("ranges");
    const values = url.pathname.endsWith(":batchGet");
    if (values && ranges.length === 1) hooks.shift()?.(ranges[0]!);
    const answer = carry(request);
    if (values && answer instanceof Response) {
      const bytes = (await answer.clone().arrayBuffer()).byteLength;
      asked.push({ range: ranges.join(" "), bytes });
    }
    return answer;
  });
  return {
    hooks,
    take: () => asked.splice(0),
  };
}
/** The tab as a person sees it, below its header. */
const shown = ({ person }: Emulated): unknown[][] => person.read("Big").slice(1);

describe("large tabs", () => {
  test("GOO-50 what outgrew one answer is read in windows of about their size, the rest together", async () => {
    const stage = setup();
    const { poll } = stage.follow();
    const calls = watch(stage);
    const first = await poll();
    expect(calls.take().map(({ range }) => range)).toEqual(["'Big' 'Small'"]);
    expect(tabOf(first).rows).toHaveLength(ROWS);
    await poll();
    const [small, ...windows] = calls.take();
    expect(small!.range).toBe("'Small'");
    const planned = new Set(windows.map(({ range }) => range));
    expect(planned.size).toBeGreaterThan(5);
    // Each but the last once more, so that all are of one moment.
    expect(windows).toHaveLength(2 * planned.size - 1);
    for (const { bytes } of windows) expect(bytes).toBeLessThan(1_500 * 1.3);
    await stage.clock.advance(120_000);
    expect((await poll()).tag).toBe("Unchanged");
    expect(calls.take()).toHaveLength(1 + planned.size);
  });

  test("GOO-50 a grid of more than a million cells is read in windows at once, and with the others once it is known", async () => {
    const stage = createEmulated({
      tabs: [{ title: "Big", rows: big(50), size: { rowCount: 400_000, columnCount: 4 } }],
    });
    const { poll } = stage.follow();
    const calls = watch(stage);
    expect(tabOf(await poll()).rows).toHaveLength(50);
    expect(calls.take().length).toBeGreaterThan(1);
    expect((await poll()).tag).toBe("Unchanged");
    expect(calls.take().map(({ range }) => range)).toEqual(["'Big'"]);
  });

  test("GOO-50 the first reading keeps to a million cells of grids a call", async () => {
    const size = { rowCount: 10_000, columnCount: 40 };
    const tabs = ["A", "B", "C", "D", "E"].map((title) => ({ title, rows: [["n"], [1]], size }));
    const stage = createEmulated({ tabs });
    const { poll } = stage.follow();
    const calls = watch(stage);
    await poll();
    expect(calls.take().map(({ range }) => range)).toEqual(["'A' 'B'", "'C' 'D'", "'E'"]);
    await poll();
    expect(calls.take()).toHaveLength(1);
  });

  /** A followed large tab whose windows are known, and their ranges. */
  async function known(stage = setup()) {
    const { poll, fail } = stage.follow();
    await poll();
    await poll();
    await stage.clock.advance(120_000);
    const calls = watch(stage);
    expect((await poll()).tag).toBe("Unchanged");
    const windows = calls
      .take()
      .slice(1)
      .map(({ range }) => range);
    await stage.clock.advance(120_000);
    return { stage, poll, fail, calls, windows };
  }

  test("GOO-52 one changed window costs one read of each", async () => {
    const { stage, poll, calls, windows } = await known();
    stage.person.setCell("Big", "B200", "changed");
    const after = await poll();
    expect(tabOf(after).rows).toEqual(shown(stage) as TabSnapshot["rows"]);
    expect(changed(after).tabs[1]).toMatchObject({ unchanged: true });
    const asked = calls.take().filter(({ range }) => windows.includes(range));
    // The looks up to the changed window, then the others after it.
    expect(asked.length).toBeLessThan(2 * windows.length);
    expect((await poll()).tag).toBe("Unchanged");
  });

  test("GOO-52 looks take a quarter of the free reads, in turn", async () => {
    const stage = setup();
    const { poll } = stage.follow();
    await poll();
    await poll();
    await stage.clock.advance(120_000);
    const calls = watch(stage);
    const looks: string[][] = [];
    for (let count = 0; count < 12; count++) {
      expect((await poll()).tag).toBe("Unchanged");
      looks.push(
        calls
          .take()
          .slice(1)
          .map(({ range }) => range)
          .filter((range) => range.startsWith("'Big'")),
      );
      await stage.clock.advance(1_000);
    }
    expect(looks[0]!.length).toBeGreaterThan(looks.at(-1)!.length);
    expect(looks.at(-1)!.length).toBeGreaterThan(0);
    const [one, two] = looks.slice(-2);
    expect(one!.at(-1)).not.toBe(two![0]);
  });

  test("GOO-51 what changes while the rest is read is read again, and two edits come together", async () => {
    const { stage, poll, calls, windows } = await known();
    stage.person.setCell("Big", "B200", "first");
    let news = 0;
    const edit = (range: string): void => {
      // Once the windows after the changed one are being read: a cell before and one behind.
      if (range === windows.at(-1) && news++ === 0) {
        stage.person.setCell("Big", "B3", "both");
        stage.person.setCell("Big", "B399", "both");
      }
    };
    for (let count = 0; count < 100; count++) calls.hooks.push(edit);
    const { rows } = tabOf(await poll());
    expect(news).toBeGreaterThan(0);
    expect([rows[1]![1], rows[397]![1]]).toEqual(["both", "both"]);
    expect(rows).toEqual(shown(stage) as TabSnapshot["rows"]);
  });

  test("GOO-51 rows inserted and removed while a tab is read are neither doubled nor lost", async () => {
    for (const at of [5, 150, 390]) {
      const { stage, poll, calls, windows } = await known();
      stage.person.setCell("Big", "C10", -1);
      for (let count = 0; count < 4; count++) calls.hooks.push(() => {});
      calls.hooks.push(
        () => stage.person.insertRows("Big", at, 3),
        () => stage.person.deleteRows("Big", 60, 1),
      );
      const { rows } = tabOf(await poll());
      expect(windows.length).toBeGreaterThan(5);
      expect(rows.map((row) => row[0] ?? null)).toEqual(
        shown(stage).map((row) => (row[0] === "" ? null : (row[0] ?? null))) as never,
      );
    }
  });

  test("GOO-53 a tab that changes all the time is taken as it is, and read on at the next poll", async () => {
    const { stage, poll, calls } = await known(setup([], PLENTY));
    let count = 0;
    const edit = (): void => stage.person.setCell("Big", "B3", `edit ${++count}`);
    stage.person.setCell("Big", "B300", "start");
    for (let hook = 0; hook < 500; hook++) calls.hooks.push(edit);
    expect(tabOf(await poll()).rows).toHaveLength(ROWS);
    expect(count).toBeLessThan(60);
    calls.hooks.length = 0;
    expect(tabOf(await poll()).rows).toEqual(shown(stage) as TabSnapshot["rows"]);
  });

  test("GOO-53 where rows move all the time the poll is Unreachable and says what to do", async () => {
    const { stage, fail, calls } = await known(setup([], PLENTY));
    const insert = (): void => stage.person.insertRows("Big", 1, 1);
    for (let hook = 0; hook < 500; hook++) calls.hooks.push(insert);
    expect(await fail()).toMatchObject({
      tag: "Unreachable",
      detail: expect.stringContaining("sync a smaller part of it"),
    });
  });

  test("GOO-54 windows follow a tab that grows and shrinks", async () => {
    const { stage, poll, calls, windows } = await known(setup([], PLENTY));
    const more = Array.from({ length: 400 }, (_, row) => [row, `appended ${row}`, row]);
    stage.person.setCells("Big", `A${ROWS + 2}`, more);
    expect(tabOf(await poll()).rows).toHaveLength(ROWS + 400);
    await stage.clock.advance(120_000);
    for (let count = 0; count < 8; count++) {
      await poll();
      await stage.clock.advance(120_000);
    }
    calls.take();
    expect((await poll()).tag).toBe("Unchanged");
    const grown = calls.take().slice(1);
    expect(grown.length).toBeGreaterThan(windows.length);
    for (const { bytes } of grown) expect(bytes).toBeLessThan(2 * 1_500);
    stage.person.deleteRows("Big", 10, 780);
    await stage.clock.advance(120_000);
    expect(tabOf(await poll()).rows).toHaveLength(20);
    await stage.clock.advance(120_000);
    calls.take();
    expect((await poll()).tag).toBe("Unchanged");
    expect(calls.take().map(({ range }) => range)).toEqual(["'Big' 'Small'"]);
  });

  test("GOO-55 without room for the whole tab the others go on, and it comes later", async () => {
    const { stage, poll, calls, windows } = await known();
    const spare = 60 - 2 * windows.length - 1;
    for (let count = 0; count < spare + 4; count++) {
      stage.emulator.placeFault({ match: {}, answer: { kind: "html" }, times: 1 });
      await stage.open({ tabs: ["Small"] }).poll(null, new AbortController().signal);
    }
    stage.emulator.clearFaults();
    calls.take();
    stage.person.setCell("Big", "B2", "later");
    stage.person.setCell("Small", "A2", 2);
    const now = changed(await poll());
    expect(now.tabs).toMatchObject([
      { title: "Big", unchanged: true },
      { title: "Small", rows: [[2]] },
    ]);
    await stage.clock.advance(62_000);
    expect(tabOf(await poll()).rows[0]![1]).toBe("later");
  });

  test("GOO-6 GOO-20 a large tab that is renamed or formatted anew comes with its content", async () => {
    const { stage, poll } = await known();
    stage.person.renameTab("Big", "Bigger");
    const results = [await poll()];
    await stage.clock.advance(120_000);
    results.push(await poll());
    expect(tabOf(results.find((one) => one.tag === "Changed")!, "Bigger").rows).toHaveLength(ROWS);
    stage.batchUpdate({
      repeatCell: {
        range: { sheetId: 0, startRowIndex: 1, startColumnIndex: 2, endColumnIndex: 3 },
        cell: { userEnteredFormat: { numberFormat: { type: "DATE", pattern: "yyyy-mm-dd" } } },
        fields: "userEnteredFormat.numberFormat",
      },
    });
    const types: string[] = [];
    for (let count = 0; count < 10; count++) {
      await stage.clock.advance(120_000);
      const polled = await poll();
      const tab = polled.tag === "Changed" ? polled.snapshot.tabs[0]! : null;
      if (tab && !tab.unchanged) types.push(tab.columns[2]!.type);
    }
    expect(types).toEqual(["date"]);
  });

  test("GOO-57 the formulas of a large tab are not synced, and a notice says so", async () => {
    const stage = setup();
    const { poll } = stage.follow({ formulas: true });
    await poll();
    const second = changed(await poll());
    expect(second.notices).toEqual([
      'The formulas of "Big" are not synced: it is too large. Choose a part of it under "tabs".',
    ]);
  });
});

describe("limits", () => {
  const LIMITED = { limits: { ...LIMITS, tabCellsMax: 900, sourceCellsMax: 1_000 } };
  const NOTICE =
    '"Big" is not synced: it is larger than a source may be, 900 cells a tab and 1,000 in all. Choose a part of it ' +
    'under "tabs", such as "Big!A1:Z34" or fewer columns than its 26 (A to Z); it is looked at again when its grid ' +
    "changes size.";

  test("GOO-56 a tab beyond the bound is not synced, the others are, and a notice says how to choose", async () => {
    const stage = setup([], LIMITED);
    const { poll } = stage.follow();
    const calls = watch(stage);
    const first = changed(await poll());
    expect(first).toMatchObject({ tabs: [{ title: "Small" }], incomplete: true, notices: [NOTICE] });
    calls.take();
    stage.person.setCell("Small", "A2", 2);
    const second = changed(await poll());
    expect(second).toMatchObject({ tabs: [{ rows: [[2]] }], incomplete: true, notices: [NOTICE] });
    expect(calls.take().map(({ range }) => range)).toEqual(["'Small'"]);
    const part = await stage.follow({ tabs: ["Big!A1:C100"] }).poll();
    expect(tabOf(part, "Big!A1:C100").rows).toHaveLength(99);
  });

  test("GOO-56 a tab that grows beyond the bound stays as it was, and comes back when its grid shrinks", async () => {
    const stage = setup([], { limits: { ...LIMITS, tabCellsMax: 1_300 } });
    const { poll } = stage.follow();
    await poll();
    await poll();
    await stage.clock.advance(120_000);
    stage.person.setCells("Big", `A${ROWS + 2}`, big(100));
    const grown = changed(await poll());
    expect(grown).toMatchObject({ incomplete: true, notices: [expect.stringContaining("not synced")] });
    expect(grown.tabs.map((tab) => tab.title)).toEqual(["Small"]);
    stage.person.deleteRows("Big", 300, 700);
    for (let count = 0; count < 5; count++) await poll();
    await stage.clock.advance(120_000);
    const back = changed(await poll());
    expect(tabOf({ tag: "Changed", revision: "", snapshot: back }).rows).toHaveLength(299);
    expect(back.notices).toEqual([]);
    expect(back).not.toHaveProperty("incomplete");
  });

  test("GOO-56 tabs are taken in order as long as the source has room for the whole of them", async () => {
    const rows = (count: number) => Array.from({ length: count }, () => [1, 2]);
    const stage = createEmulated(
      { tabs: [40, 30, 20, 5].map((count, index) => ({ title: `T${index}`, rows: rows(count) })) },
      { limits: { sourceCellsMax: 130 } },
    );
    const first = changed(await stage.follow().poll());
    expect(first.tabs.map((tab) => tab.title)).toEqual(["T0", "T2", "T3"]);
    expect(first.notices).toHaveLength(1);
  });
});

test("GOO-50 a tab without a byte or a cell is read with the others", () => {
  const tab = (tabId: string, rows: number): WantedTab => ({ tabId, rows, columns: 10 }) as WantedTab;
  const ids = (...tabs: WantedTab[]): string[][] =>
    answerSized(tabs, null, 1000).map((group) => group.map(({ tabId }) => tabId));
  expect(ids(tab("empty", 0))).toEqual([["empty"]]);
  expect(ids(tab("empty", 0), tab("small", 1))).toEqual([["empty", "small"]]);
  expect(ids(tab("small", 1), tab("huge", 100_000_000), tab("empty", 0))).toEqual([
    ["small"],
    ["huge"],
    ["empty"],
  ]);
});
