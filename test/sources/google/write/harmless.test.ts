/** Nothing that people did is undone where nothing went astray, and no more than was hit where something did. */
import { describe, expect, test } from "bun:test";
import type { Json } from "../../../../google-emulator/src/index.ts";
import type { WriteBatch } from "../../../../src/model/write.ts";
import { createStage, remembering, type Stage } from "./stage.ts";

const stageOf = (rows: Json[][], keyColumns: Record<string, string> = { Prices: "sku" }): Promise<Stage> =>
  createStage({ seed: { tabs: [{ title: "Prices", rows }] }, settings: { keyColumns } });

/** Sends a batch whose answer is lost, and again once somebody acted. */
async function unheard(stage: Stage, batch: WriteBatch, act: () => void) {
  const noted = remembering(batch);
  const answer = { kind: "reset", applied: true } as const;
  stage.emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
  await stage.fail(noted);
  act();
  const before = stage.read();
  const outcomes = await stage.send({ ...noted, again: true });
  return { before, outcomes: outcomes.map(({ tag }) => tag) };
}

describe("a repair", () => {
  const DOUBLED = '=ARRAYFORMULA(IF(A2:A="","",A2:A*2))';
  const TRIPLED = '=ARRAYFORMULA(IF(A2:A="","",A2:A*3))';
  test.each([
    [
      ["qty", "double", "kind"],
      [null, DOUBLED, "x"],
      [3, null, "y"],
      [null, null, "y"],
      [null, null, "z"],
    ],
    [
      ["qty", "double", "triple", "kind"],
      [2, DOUBLED, TRIPLED, "x"],
      [3, null, null, "y"],
      [null, null, null, "v"],
      [null, null, null, "z"],
    ],
  ] as Json[][][])("GOO-71 is not made where a formula fills cells because of the write", async (...rows) => {
    const stage = await stageOf(rows, {});
    const row = stage.baseline().order[2]!;
    const place = { row, slot: stage.slot("qty"), base: null, policy: "sheet" } as const;
    const wish = { id: "q", atMs: 0, tag: "cell", value: 5, theirsAtMs: 0, ...place } as const;
    expect(await stage.write(wish)).toMatchObject([{ tag: "written", value: 5 }]);
    expect(stage.read()[3]![0]).toBe(5);
    expect(stage.calls.map(({ kind }) => kind)).toEqual(["getByDataFilter", "batchUpdate"]);
  });

  test("GOO-71 writes nothing where the same stood there, and brings a removed row back all the same", async () => {
    const stage = await stageOf([
      ["sku", "price", "stock"],
      ...["a", "b", "c", "d", "e"].map((sku, at): Json[] => [sku, sku === "b" ? 77 : at, at * 10]),
    ]);
    const before = stage.read();
    stage.hooks.between = () => stage.person.insertRows("Prices", 1);
    const outcomes = await stage.write(stage.cell("c", "price", 77), stage.remove("e"));
    expect(outcomes).toMatchObject([{ tag: "later" }, { tag: "later" }]);
    expect(stage.read().filter((row) => row.length > 0 && row[0] !== "")).toEqual(before);
    expect(stage.calls.filter(({ kind }) => kind === "batchUpdate").length).toBeLessThan(4);
  });

  test("GOO-71 leaves a new row's value under its header where somebody copied that column", async () => {
    const stage = await stageOf([
      ["sku", "price", "stock"],
      ["a", 1, 10],
    ]);
    stage.hooks.between = () => {
      stage.person.insertColumns("Prices", 2);
      stage.person.setCells("Prices", "C1", [["price"], [1]]);
    };
    const outcomes = await stage.write(stage.add(["c", 3, 30]));
    expect(outcomes).toMatchObject([{ tag: "written", values: ["c", 3, 30] }]);
    expect(stage.read()[2]).toEqual(["c", 3, "", 30]);
  });

  test("GOO-71 is not made where the row that was hit may well be the right one", async () => {
    const stage = await stageOf(
      [["kind", "amount"], ...[5, 6, 7, 8].map((amount): Json[] => ["food", amount])],
      {},
    );
    stage.hooks.between = () => stage.person.deleteRows("Prices", 3);
    const place = { row: stage.baseline().order[1]!, slot: stage.slot("amount"), base: 6 };
    const wish = {
      ...place,
      id: "w",
      atMs: 0,
      tag: "cell",
      value: 60,
      policy: "sheet",
      theirsAtMs: 0,
    } as const;
    expect(await stage.write(wish)).toMatchObject([{ tag: "later" }]);
    expect(stage.read().map((row) => row[1])).toEqual(["amount", 5, 60, 8]);
  });

  const INVOICE: Json[][] = [
    ["sku", "price", "stock", "total", "rest"],
    ["a", 1, 10, "=B2*C2", 90],
    ["b", 2, 20, '=IF(B3>0,"B3: "&B3*$C$2+LOG10(C3),D2)', "=E2-SUM($D$2:D3)"],
    ["c", 3, 30, 5, "=D2"],
    ["d", 4, 40, "=B5*C5", "=E4-D5"],
  ];
  const MOVES: [string, (person: Stage["person"]) => void][] = [
    ["a row above", (person) => person.insertRows("Prices", 1)],
    [
      "a row above and a column between",
      (person) => {
        person.insertRows("Prices", 1);
        person.insertColumns("Prices", 1);
        person.setCell("Prices", "B1", "new");
      },
    ],
  ];
  test.each(MOVES)(
    "GOO-71 who puts %s: a formula that was hit names what it named, where that stands by now",
    async (_what, act) => {
      for (const wish of ["cell", "removal"]) {
        const [stage, alone] = [await stageOf(INVOICE), await stageOf(INVOICE)];
        stage.hooks.between = () => act(stage.person);
        act(alone.person);
        const edit = wish === "cell" ? stage.cell("c", "total", 77) : stage.remove("c");
        expect(await stage.write(edit)).toMatchObject([{ tag: "later" }]);
        expect(stage.formulas()).toEqual(alone.formulas());
      }
    },
  );

  test("GOO-71 empties a row that came above the first one, and puts no header there", async () => {
    const stage = await stageOf([["name"], ["a"], ["b"], ["c"]], {});
    stage.hooks.between = () => {
      stage.person.insertRows("Prices", 1);
      stage.person.setCells("Prices", "A2", [["new"]]);
    };
    await stage.write(stage.cell("a", "name", "X"));
    expect(
      stage
        .read()
        .flat()
        .filter((value) => value === "name"),
    ).toHaveLength(1);
  });
});

describe("where the answer was lost", () => {
  const TASKS: Json[][] = [
    ["sku", "done", "note"],
    ...["a", "b", "c", "d"].map((sku, at): Json[] => [sku, false, `n${at}`]),
  ];
  const ACTS: [string, (stage: Stage) => void][] = [
    [
      "the row and ticks the one that takes its place",
      ({ person }) => {
        person.deleteRows("Prices", 1);
        person.setCell("Prices", "B2", true);
      },
    ],
    [
      "the row and ticks another",
      ({ person }) => {
        person.deleteRows("Prices", 1);
        person.setCell("Prices", "B4", true);
      },
    ],
  ];
  test.each(ACTS)("GOO-75 somebody who removes %s keeps what he did", async (_what, act) => {
    const stage = await stageOf(TASKS);
    const batch = stage.batchOf(stage.cell("a", "done", true));
    const { before, outcomes } = await unheard(stage, batch, () => act(stage));
    expect([outcomes, stage.read()]).toEqual([["conflict"], before]);
  });

  test("GOO-75 somebody who takes it back, ticks another and sorts keeps what he did", async () => {
    const stage = await stageOf(TASKS);
    const batch = stage.batchOf(stage.cell("a", "done", true));
    const { before, outcomes } = await unheard(stage, batch, () => {
      stage.person.setCell("Prices", "B2", false);
      stage.person.setCell("Prices", "B5", true);
      stage.person.sortRange("Prices", "A2:C5", 2, true);
    });
    expect([outcomes, stage.read()]).toEqual([["conflict"], before]);
  });

  test("GOO-75 of two rows with one value the one that stands is told as written, and stands", async () => {
    const stage = await stageOf([
      ["sku", "status", "stock"],
      ["a", "open", 10],
      ["b", "wait", 20],
      ["c", "open", 30],
    ]);
    const batch = stage.batchOf(stage.cell("a", "status", "done"), stage.cell("b", "status", "done"));
    const { before, outcomes } = await unheard(stage, batch, () => stage.person.deleteRows("Prices", 1));
    expect([outcomes, stage.read()]).toEqual([["conflict", "written"], before]);
  });

  describe.each([{ Prices: "sku" }, {}])("%p", (keyColumns: Record<string, string>) => {
    const MOVES: [string, (person: Stage["person"]) => void][] = [
      ["to the column where it belongs", (person) => person.setCells("Prices", "B3", [[2, 77]])],
      [
        "to the row where it belongs",
        (person) => {
          person.setCell("Prices", "B3", 2);
          person.setCell("Prices", "B4", 77);
        },
      ],
      [
        "down, and goes on with another",
        (person) => {
          person.setCell("Prices", "B3", 78);
          person.setCell("Prices", "B4", 77);
        },
      ],
      [
        "to the row above and removes its own",
        (person) => {
          person.setCell("Prices", "B2", 77);
          person.deleteRows("Prices", 2);
        },
      ],
      [
        "to the column where it belongs, and a row comes above",
        (person) => {
          person.setCells("Prices", "B3", [[2, 77]]);
          person.insertRows("Prices", 1);
        },
      ],
    ];
    test.each(MOVES)("GOO-75 somebody who takes the value %s keeps what he did", async (_what, act) => {
      const rows = ["a", "b", "c", "d"].map((sku, at): Json[] => [sku, at + 1, at * 10 + 10]);
      const stage = await stageOf([["sku", "price", "stock"], ...rows], keyColumns);
      const batch = stage.batchOf(stage.cell("b", "price", 77));
      const { before, outcomes } = await unheard(stage, batch, () => act(stage.person));
      expect([outcomes, stage.read()]).toEqual([["conflict"], before]);
    });
  });
});
