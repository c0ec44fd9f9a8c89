import { describe, expect, test } from "bun:test";
import { createStage, type Stage } from "./stage.ts";

type Person = Stage["person"];

const ACTS: [string, (person: Person) => void][] = [
  ["sorts", (person) => person.sortRange("Prices", "A2:D5", 1, true)],
  ["puts a row above", (person) => person.insertRows("Prices", 1)],
  ["puts three rows above", (person) => person.insertRows("Prices", 1, 3)],
  ["takes a row above away", (person) => person.deleteRows("Prices", 1)],
  ["moves the row", (person) => person.moveRows("Prices", 3, 1, 1)],
];

/** Keys with what stands beside them, in any order. */
const table = (rows: readonly (readonly unknown[])[]) =>
  Object.fromEntries(
    rows
      .slice(1)
      .filter((row) => row[0])
      .map(([key, price, stock]) => [key, [price, stock]]),
  );

describe("a person acts between our look and our write", () => {
  for (const keyColumns of [{ Prices: "sku" }, {}]) {
    const how = "Prices" in keyColumns ? "with a key" : "without a key";
    test.each(ACTS)(
      `GOO-71 ${how}, who %s: every other cell is as it was, and the edit waits for its row`,
      async (_what, act) => {
        const stage = await createStage({ settings: { keyColumns } });
        const { person, hooks, read, cell, write } = stage;
        const before = table(read());
        hooks.between = () => act(person);
        const [outcome] = await write(cell("c", "price", 77));
        const kept = table(read());
        const expected = { ...before, ...(outcome!.tag === "written" ? { c: [77, 30] } : {}) };
        if (!("a" in kept)) delete expected.a;
        expect(kept).toEqual(expected);
        expect(read().filter((row) => row.length > 0)).toHaveLength(Object.keys(expected).length + 1);
        if (outcome!.tag === "written") return;
        expect(outcome).toMatchObject({ tag: "later" });
        expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
        expect(table(read())).toEqual({ ...expected, c: [77, 30] });
      },
    );
  }

  test.each(ACTS)("GOO-71 who %s: a row that was removed by mistake comes back", async (_what, act) => {
    const { person, hooks, read, formulas, remove, write } = await createStage();
    const before = table(read());
    hooks.between = () => act(person);
    const [outcome] = await write(remove("c"));
    const { a, c: _c, ...rest } = before;
    const kept = table(read());
    const expected = { ...("a" in kept ? { a } : {}), ...rest };
    if (outcome!.tag === "later") {
      expect(kept).toEqual({ ...expected, c: before.c });
      expect(await write(remove("c"))).toMatchObject([{ tag: "written" }]);
    }
    expect(table(read())).toEqual(expected);
    for (const [row, cells] of formulas().entries()) {
      if (row > 0 && cells[0]) expect(cells[3]).toBe(`=B${row + 1}*C${row + 1}`);
    }
  });

  test("GOO-71 who edits beside the cell is not taken for one who moved rows", async () => {
    const { person, hooks, read, cell, write, calls } = await createStage();
    hooks.between = () => person.setCell("Prices", "C4", 31);
    expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
    expect(calls).toHaveLength(2);
    expect(table(read()).c).toEqual([77, 31]);
  });
});
