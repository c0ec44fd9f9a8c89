import { describe, expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import { createStage } from "./stage.ts";

describe("writing into a workbook", () => {
  test("GOO-60 a batch is one read and one write, and says what stands there then", async () => {
    const { write, cell, add, remove, read, calls } = await createStage();
    const outcomes = await write(cell("b", "price", 7), add(["e", 5, 50]), remove("c"));
    expect(outcomes).toEqual([
      { id: "e1", tag: "written", value: 7 },
      { id: "e2", tag: "written", values: ["e", 5, 50] },
      { id: "e3", tag: "written" },
    ]);
    expect(calls.map((call) => call.kind)).toEqual(["getByDataFilter", "batchUpdate"]);
    expect(read()).toEqual([
      ["sku", "price", "stock", "total"],
      ["a", 1, 10, 10],
      ["b", 7, 20, 140],
      ["d", 4, 40, 160],
      ["e", 5, 50],
    ]);
  });

  test("GOO-60 two tabs are read and written in the same two calls", async () => {
    const { baseline, send, batchOf, cell, read, calls, poll } = await createStage({
      seed: {
        tabs: [
          { title: "Prices", rows: [["sku"], ["a"]] },
          { title: "Stock", sheetId: 7, rows: [["sku"], ["x"]] },
        ],
      },
    });
    await poll();
    const batch = batchOf(cell("a", "sku", "b"));
    const other = {
      ...cell("a", "sku", "y", { row: baseline("7").order[0]!, base: "x" }),
      id: "other",
    };
    const tabs = [...batch.tabs, { tabId: "7", baseline: baseline("7"), edits: [other] }];
    expect((await send({ ...batch, tabs })).map((one) => one.tag)).toEqual(["written", "written"]);
    expect([read(), read("Stock")]).toEqual([
      [["sku"], ["b"]],
      [["sku"], ["y"]],
    ]);
    expect(calls.map((call) => call.kind)).toEqual(["getByDataFilter", "batchUpdate"]);
  });

  test.each<[CellValue, CellValue]>([
    ["0042", "0042"],
    ["1", "1"],
    ["2030-05-01", "2030-05-01"],
    ["=A1", "=A1"],
    ["TRUE", "TRUE"],
    ["#N/A", "#N/A"],
    ["'quoted", "'quoted"],
    [" a\nb 🙂", " a\nb 🙂"],
    [12.5, 12.5],
    [false, false],
    [null, null],
    ["", null],
  ])("GOO-61 %j is written as it is and comes back as %j", async (value, back) => {
    const { write, cell, read, formulas } = await createStage();
    expect(await write(cell("a", "price", value))).toEqual([{ id: "e1", tag: "written", value: back }]);
    const shown = back ?? "";
    const found: unknown = [read()[1]![1], formulas()[1]![1]];
    expect(found).toEqual([shown, shown]);
  });

  test("GOO-61 formats stay, and a date is its number", async () => {
    const { write, cell, person, batchUpdate, poll } = await createStage();
    person.setCell("Prices", "C2", "2030-05-01");
    batchUpdate({
      repeatCell: {
        range: { sheetId: 0, startRowIndex: 1, endRowIndex: 2, startColumnIndex: 1, endColumnIndex: 2 },
        cell: { userEnteredFormat: { numberFormat: { type: "CURRENCY", pattern: '"€"0.00' } } },
        fields: "userEnteredFormat",
      },
    });
    await poll();
    await write(cell("a", "price", 9.5), cell("a", "stock", 47_000));
    expect(person.read("Prices", "B2:C2", "FORMATTED_VALUE")).toEqual([["€9.50", "2028-09-04"]]);
  });

  test("GOO-62 what stands there already is not written, and costs no write", async () => {
    const { write, cell, person, calls } = await createStage();
    person.setCell("Prices", "B2", 9);
    expect(await write(cell("a", "price", 9))).toEqual([{ id: "e1", tag: "written", value: 9 }]);
    expect(calls.map((call) => call.kind)).toEqual(["getByDataFilter"]);
  });

  test("GOO-62 nothing but the wished cells changes", async () => {
    const { write, cell, formulas } = await createStage();
    const before = formulas();
    await write(cell("a", "price", 9), cell("d", "stock", null));
    const after = before.map((row) => [...row]);
    after[1]![1] = 9;
    after[4]![2] = "";
    expect(formulas()).toEqual(after);
  });

  test("GOO-62 a value that a person changed since is a conflict, or is replaced and told, as the policy says", async () => {
    const { write, cell, person, read } = await createStage();
    person.setCell("Prices", "B2", 8);
    person.setCell("Prices", "B3", 8);
    expect(
      await write(cell("a", "price", 9), cell("b", "price", 9, { policy: "client" }), cell("c", "price", 9)),
    ).toEqual([
      { id: "e1", tag: "conflict", reason: "changed", theirs: 8, asked: false },
      { id: "e2", tag: "written", value: 9, lost: 8 },
      { id: "e3", tag: "written", value: 9 },
    ]);
    expect(read().map((row) => row[1])).toEqual(["price", 8, 9, 9, 4]);
  });
});

describe("the right row", () => {
  test.each<[string, (person: Awaited<ReturnType<typeof createStage>>["person"]) => void]>([
    ["sorted", (person) => person.sortRange("Prices", "A2:D5", 1, true)],
    ["a row came above", (person) => person.insertRows("Prices", 1)],
    ["rows came above the header", (person) => person.insertRows("Prices", 0, 3)],
    ["a row above went", (person) => person.deleteRows("Prices", 1)],
    ["the row moved", (person) => person.moveRows("Prices", 3, 1, 1)],
    ["a column came on the left", (person) => person.insertColumns("Prices", 0)],
    ["the column moved", (person) => person.moveColumns("Prices", 1, 1, 3)],
    ["a column went", (person) => person.deleteColumns("Prices", 2)],
    ["the tab got another name", (person) => person.renameTab("Prices", "It's 'new'")],
    ["the column got another header", (person) => person.setCell("Prices", "B1", "cost")],
  ])("GOO-63 is written: %s", async (_what, act) => {
    const { write, cell, person, read } = await createStage();
    act(person);
    const title = person.tabs()[0]!;
    const before = read(title);
    const outcomes = await write(cell("c", "price", 77));
    expect(outcomes).toEqual([{ id: "e1", tag: "written", value: 77 }]);
    const changed = read(title).flatMap((row, i) =>
      row.flatMap((value, j) =>
        value === before[i]?.[j] || typeof before[i]?.[j] === "object" ? [] : [[row, before[i]![j], value]],
      ),
    );
    // The cell, and the total that is computed from it where that can still be.
    const [first] = changed.filter(([, was]) => was === 3);
    expect(first![2]).toBe(77);
    expect(first![0]).toContain("c");
    expect(changed.length).toBeLessThanOrEqual(2);
  });

  const UNKEYED = { settings: { keyColumns: {} } };

  test("GOO-63 without a key column it is found by its content", async () => {
    const { write, cell, person, read } = await createStage(UNKEYED);
    person.sortRange("Prices", "A2:D5", 1, true);
    person.setCell("Prices", "C5", 11);
    expect((await write(cell("b", "price", 7), cell("a", "price", 6)))[0]).toMatchObject({ tag: "written" });
    expect(read().map((row) => row.slice(0, 2))).toEqual([
      ["sku", "price"],
      ["d", 4],
      ["c", 3],
      ["b", 7],
      ["a", 1],
    ]);
  });

  test("GOO-64 a row that moved and changed is not guessed", async () => {
    const { write, cell, person } = await createStage(UNKEYED);
    person.setCell("Prices", "C2", 11);
    person.moveRows("Prices", 1, 1, 4);
    expect(await write(cell("a", "price", 6))).toMatchObject([{ tag: "refused", code: "row-moved" }]);
  });

  test("GOO-64 of equal rows none is guessed once rows came or went", async () => {
    const rows = [["what"], ["x"], ["y"], ["x"], ["z"]];
    const { write, cell, person, read } = await createStage({
      seed: { tabs: [{ title: "Prices", rows }] },
      ...UNKEYED,
    });
    expect((await write(cell("x", "what", "X")))[0]).toMatchObject({ tag: "written" });
    expect(read()).toEqual([["what"], ["X"], ["y"], ["x"], ["z"]]);
    person.setCell("Prices", "A2", "x");
    person.deleteRows("Prices", 2);
    expect(await write(cell("x", "what", "Y"))).toMatchObject([{ tag: "refused", code: "row-moved" }]);
  });

  test("GOO-64 a key in two rows names neither", async () => {
    const { write, cell, remove, person } = await createStage();
    person.setCell("Prices", "A5", "a");
    expect(await write(cell("a", "price", 6), remove("a"))).toMatchObject([
      { tag: "refused", code: "duplicate-key" },
      { tag: "refused", code: "duplicate-key" },
    ]);
  });

  test("GOO-64 of columns with one header none is guessed once columns came or went", async () => {
    const rows = [
      ["sku", "price", "price"],
      ["a", 1, 2],
    ];
    const { write, cell, person } = await createStage({ seed: { tabs: [{ title: "Prices", rows }] } });
    person.insertColumns("Prices", 1);
    person.setCell("Prices", "B1", "note");
    expect(await write(cell("a", "price_2", 6))).toMatchObject([{ tag: "refused", code: "column-moved" }]);
  });

  test("GOO-65 a row or a column that is gone is a conflict, never a new row", async () => {
    const { write, cell, remove, person, read } = await createStage();
    person.deleteRows("Prices", 1);
    person.deleteColumns("Prices", 2);
    const before = read();
    expect(await write(cell("a", "price", 6), cell("b", "stock", 6, { policy: "ask" }), remove("a"))).toEqual(
      [
        { id: "e1", tag: "conflict", reason: "row-gone", theirs: null, asked: false },
        { id: "e2", tag: "conflict", reason: "column-gone", theirs: null, asked: true },
        { id: "e3", tag: "written" },
      ],
    );
    expect(read()).toEqual(before);
  });

  test("GOO-65 with its tab all rows are gone; new ones are refused", async () => {
    const { write, cell, add, remove, person } = await createStage();
    person.addTab("Other");
    person.deleteTab("Prices");
    expect(await write(cell("a", "price", 6), add(["x"]), remove("b"))).toMatchObject([
      { tag: "conflict", reason: "row-gone" },
      { tag: "refused", code: "tab-gone" },
      { tag: "written" },
    ]);
  });
});
