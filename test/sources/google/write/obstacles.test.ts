import { describe, expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { WriteEdit } from "../../../../src/model/write.ts";
import { createStage, type Stage, type StageOptions } from "./stage.ts";

/** One cell of the tab, B2 unless told otherwise. */
const range = (row = 1, column = 1, rows = 1, columns = 1) => ({
  sheetId: 0,
  startRowIndex: row,
  endRowIndex: row + rows,
  startColumnIndex: column,
  endColumnIndex: column + columns,
});

function protect(stage: Stage, editors: readonly string[] = [], more: object = {}): void {
  stage.batchUpdate({
    addProtectedRange: { protectedRange: { range: range(), editors: { users: editors }, ...more } },
  });
}

const ALLOWED: StageOptions = {
  settings: { writes: { protectedCells: true, hiddenCells: true } },
};

describe("what must not be written", () => {
  test.each<[string, (stage: Stage) => void, StageOptions?]>([
    ["formula", ({ person }) => person.setCell("Prices", "B2", "=2-1")],
    [
      "spilled",
      ({ person }) => {
        person.setCell("Prices", "B2", "");
        person.setCell("Prices", "B1", '={"price";1}');
      },
    ],
    [
      "merged",
      ({ batchUpdate }) => batchUpdate({ mergeCells: { range: range(1, 0, 1, 2), mergeType: "MERGE_ALL" } }),
    ],
    [
      "hidden",
      ({ batchUpdate }) =>
        batchUpdate({
          updateDimensionProperties: {
            range: { sheetId: 0, dimension: "ROWS", startIndex: 1, endIndex: 2 },
            properties: { hiddenByUser: true },
            fields: "hiddenByUser",
          },
        }),
    ],
    [
      "hidden",
      ({ batchUpdate }) =>
        batchUpdate({
          updateDimensionProperties: {
            range: { sheetId: 0, dimension: "COLUMNS", startIndex: 1, endIndex: 2 },
            properties: { hiddenByUser: true },
            fields: "hiddenByUser",
          },
        }),
    ],
    ["protected", (stage) => protect(stage)],
    ["protected", (stage) => protect(stage, [stage.email])],
    ["protected", (stage) => protect(stage, [], { editors: undefined, warningOnly: true })],
    ["protected", (stage) => protect(stage), ALLOWED],
  ])("GOO-66 a cell that is %s", async (...[code, prepare, options]) => {
    const stage = await createStage(options);
    const edits = [stage.cell("a", "price", 9, { policy: "client" }), stage.cell("b", "stock", 9)];
    prepare(stage);
    const before = stage.formulas();
    expect(await stage.write(...edits)).toMatchObject([{ tag: "refused", code }, { tag: "written" }]);
    const after = stage.formulas();
    before[2]![2] = 9;
    expect(after).toEqual(before);
  });

  test.each<[string, (stage: Stage) => void]>([
    ["protected from others", (stage) => protect(stage, [stage.email])],
    ["protected with a warning", (stage) => protect(stage, [], { editors: undefined, warningOnly: true })],
    [
      "hidden",
      ({ batchUpdate }) =>
        batchUpdate({
          updateDimensionProperties: {
            range: { sheetId: 0, dimension: "ROWS", startIndex: 1, endIndex: 2 },
            properties: { hiddenByUser: true },
            fields: "hiddenByUser",
          },
        }),
    ],
  ])("GOO-66 the settings may allow a cell that is %s", async (_what, prepare) => {
    const stage = await createStage(ALLOWED);
    prepare(stage);
    expect(await stage.write(stage.cell("a", "price", 9))).toMatchObject([{ tag: "written", value: 9 }]);
  });

  test("GOO-66 a formula is written where one is wished, also over another", async () => {
    const { write, cell, formulas } = await createStage({ settings: { writes: { formulas: true } } });
    expect(await write(cell("a", "total", null, { formula: "=B2+C2", base: 10 }))).toEqual([
      { id: "e1", tag: "written", value: 11, formula: "=B2+C2" },
    ]);
    expect(formulas()[1]).toEqual(["a", 1, 10, "=B2+C2"]);
  });

  test.each<[string, readonly string[], CellValue, CellValue]>([
    ["NUMBER_BETWEEN", ["1", "9"], 10, 9],
    ["NUMBER_GREATER", ["1"], "2", 2],
    ["ONE_OF_LIST", ["yes", "no"], "maybe", "yes"],
    ["BOOLEAN", [], "TRUE", true],
    ["BOOLEAN", ["on", "off"], true, "on"],
    ["TEXT_CONTAINS", ["@"], "x", "a@b"],
    ["TEXT_IS_EMAIL", [], "x@y", "x@y.org"],
    ["DATE_IS_VALID", [], "2030-01-01", 47_000],
  ])("GOO-66 a strict rule %s %j refuses %j and takes %j", async (type, values, bad, good) => {
    const stage = await createStage();
    const rule = {
      condition: { type, values: values.map((userEnteredValue) => ({ userEnteredValue })) },
      strict: true,
    };
    stage.batchUpdate({ setDataValidation: { range: range(1, 1, 2), rule } });
    stage.batchUpdate({ setDataValidation: { range: range(3, 1), rule: { ...rule, strict: false } } });
    const { write, cell } = stage;
    expect(
      await write(cell("a", "price", bad), cell("b", "price", good), cell("c", "price", bad)),
    ).toMatchObject([{ tag: "refused", code: "validation" }, { tag: "written" }, { tag: "written" }]);
    expect(await write(cell("a", "price", null))).toMatchObject([{ tag: "written", value: null }]);
  });

  test("GOO-66 errors and texts longer than a cell are refused before anything is sent", async () => {
    const { write, cell, calls } = await createStage();
    expect(
      await write(cell("a", "price", { error: "#REF!" }), cell("b", "price", "x".repeat(50_001))),
    ).toMatchObject([{ code: "error-value" }, { code: "too-long" }]);
    expect(calls.map(({ kind }) => kind)).toEqual(["getByDataFilter"]);
  });

  test("GOO-66 a row with a protected cell, a hidden one, and one merged with another are not removed", async () => {
    const stage = await createStage();
    protect(stage);
    stage.batchUpdate(
      {
        updateDimensionProperties: {
          range: { sheetId: 0, dimension: "ROWS", startIndex: 2, endIndex: 3 },
          properties: { hiddenByUser: true },
          fields: "hiddenByUser",
        },
      },
      { mergeCells: { range: range(3, 1, 2, 1), mergeType: "MERGE_ALL" } },
    );
    const before = stage.read();
    expect(await stage.write(...["a", "b", "c", "d"].map(stage.remove))).toMatchObject([
      { code: "protected" },
      { code: "hidden" },
      { code: "merged" },
      { code: "merged" },
    ]);
    expect(stage.read()).toEqual(before);
  });
});

describe("new rows", () => {
  test("GOO-67 they stand first, after a row, or at the table's end, in their order, and take its formats", async () => {
    const { write, add, row, read, person } = await createStage();
    person.setCells("Prices", "B2", [["€1.00"], ["€2.00"], ["€3.00"], ["€4.00"]]);
    const outcomes = await write(
      add(["top", 0], null),
      add(["b1", 2.1], row("b")),
      add(["end", 9]),
      add(["b2", 2.2], row("b")),
      add(["end2", 10]),
    );
    expect(outcomes.map((one) => one.tag === "written" && one.values)).toEqual([
      ["top", 0],
      ["b1", 2.1],
      ["end", 9],
      ["b2", 2.2],
      ["end2", 10],
    ]);
    expect(read().map((cells) => cells[0])).toEqual([
      "sku",
      "top",
      "a",
      "b",
      "b1",
      "b2",
      "c",
      "d",
      "end",
      "end2",
    ]);
    const shown = person.read("Prices", "B2:B10", "FORMATTED_VALUE").flat();
    expect(shown).toEqual(["€0.00", "€1.00", "€2.00", "€2.10", "€2.20", "€3.00", "€4.00", "€9.00", "€10.00"]);
  });

  test("GOO-67 an empty table gets its first row, one without room in the grid grows", async () => {
    const tab = { title: "Prices", rows: [["sku", "price"]] };
    const { baseline, write, add, read } = await createStage({ seed: { tabs: [tab] } });
    expect(baseline().order).toEqual([]);
    await write(add(["a", 1]), add(["b", 2]));
    expect(read()).toEqual([
      ["sku", "price"],
      ["a", 1],
      ["b", 2],
    ]);
    const small = await createStage({ seed: { tabs: [{ ...tab, size: { rowCount: 1, columnCount: 2 } }] } });
    await small.write(small.add(["a", 1]), small.add(["b", 2]));
    expect(small.read()).toEqual([
      ["sku", "price"],
      ["a", 1],
      ["b", 2],
    ]);
  });

  test("GOO-67 a row comes and goes with its neighbours edited in the same batch", async () => {
    const { write, cell, add, remove, row, read } = await createStage();
    const outcomes = await write(
      cell("d", "price", 44),
      remove("c"),
      add(["b1", 5], row("b")),
      remove("a"),
      cell("b", "price", 22),
      add(["x", 6], row("a")),
    );
    expect(outcomes.every((one) => one.tag === "written")).toBe(true);
    expect(outcomes[0]).toMatchObject({ value: 44 });
    expect(read().map((cells) => cells.slice(0, 2))).toEqual([
      ["sku", "price"],
      ["x", 6],
      ["b", 22],
      ["b1", 5],
      ["d", 44],
    ]);
  });

  test("GOO-67 a key that is there already is refused, also within the batch", async () => {
    const { write, add, read } = await createStage();
    expect(await write(add(["a", 9]), add(["n"]), add(["n"]))).toMatchObject([
      { code: "duplicate-key" },
      { tag: "written" },
      { code: "duplicate-key" },
    ]);
    expect(read()).toHaveLength(6);
  });

  test("GOO-67 a part of a tab gets rows at its end only, where it is blank, and loses none", async () => {
    const rows = [
      ["", "", ""],
      ["", "sku", "price", "beside"],
      ["", "a", 1, "x"],
      ["", "", "", "y"],
      ["", "", "", "z"],
    ];
    const { source, add, read, baseline } = await createStage({
      seed: { tabs: [{ title: "Prices", rows }] },
      settings: { tabs: ["Prices!B2:C4"], keyColumns: {} },
    });
    expect(source.write).toBeDefined();
    const tabId = "0!B2:C4";
    const send = async (edit: WriteEdit) => {
      const batch = { receipt: 9, again: false, tabs: [{ tabId, baseline: baseline(tabId), edits: [edit] }] };
      const result = await source.write!(batch, new AbortController().signal);
      return result.ok ? result.value.outcomes[0] : result;
    };
    const first = baseline(tabId).order[0]!;
    expect(await send({ id: "r", atMs: 0, tag: "remove", row: first })).toMatchObject({
      code: "part-of-tab",
    });
    expect(await send(add(["t"], null))).toMatchObject({ code: "part-of-tab" });
    expect(await send(add(["b", 2]))).toMatchObject({ tag: "written", values: ["b", 2] });
    expect(await send(add(["c", 3]))).toMatchObject({ code: "no-room" });
    rows[3] = ["", "b", 2 as never, "y"];
    expect(read()).toEqual([[], ...rows.slice(1)]);
  });
});
