import { describe, expect, test } from "bun:test";
import { createStage } from "./stage.ts";

const ROWS = [
  ["sku", "price", "stock", "total"],
  ...Array.from({ length: 300 }, (_, i) => [`k${i}`, i, 1, `=B${i + 2}*2`]),
];

const options = (keyColumns: Record<string, string>) => ({
  seed: { tabs: [{ title: "Prices", rows: ROWS }] },
  settings: { keyColumns },
  driver: { factCellsMax: 1_000 },
});

describe("writing into a large tab", () => {
  for (const keyColumns of [{ Prices: "sku" }, {}] as Record<string, string>[]) {
    test(`GOO-72 its values are read whole, and all else of the rows that matter (${"Prices" in keyColumns ? "by key" : "by content"})`, async () => {
      const { write, cell, add, remove, row, person, read, calls } = await createStage(options(keyColumns));
      person.moveRows("Prices", 1, 100, 250);
      person.insertRows("Prices", 5);
      const outcomes = await write(
        cell("k200", "price", -1),
        cell("k201", "total", 1),
        add(["new", 7], row("k150")),
        add(["end", 8]),
        remove("k10"),
      );
      expect(outcomes).toMatchObject([
        { tag: "written", value: -1 },
        { tag: "refused", code: "formula" },
        { tag: "written", values: ["new", 7] },
        { tag: "written", values: ["end", 8] },
        { tag: "written" },
      ]);
      expect(calls.map(({ kind }) => kind)).toEqual(["batchGet", "getByDataFilter", "batchUpdate"]);
      const rows = read();
      const keys = rows.map(([key]) => key);
      expect(rows[keys.indexOf("k200")]!.slice(0, 2)).toEqual(["k200", -1]);
      expect(keys[keys.indexOf("k150") + 1]).toBe("new");
      expect(keys.at(-1)).toBe("end");
      expect([keys.includes("k10"), keys.filter(Boolean)]).toEqual([
        false,
        expect.objectContaining({ length: 302 }),
      ]);
    });
  }

  test("GOO-72 where its rows move between the two looks it is looked at again", async () => {
    const { write, cell, person, net, carry, read } = await createStage(options({ Prices: "sku" }));
    let looks = 0;
    net.answer((request) => {
      if (request.url.includes(":getByDataFilter") && looks++ === 0) person.insertRows("Prices", 1);
      return carry(request);
    });
    expect(await write(cell("k200", "price", -1))).toMatchObject([{ tag: "written", value: -1 }]);
    expect(looks).toBe(2);
    expect(read().filter(([, price]) => price === -1)).toEqual([["k200", -1, 1, -2]]);
  });

  test("GOO-72 a row that somebody moves before the write is put right here too", async () => {
    const { write, cell, person, hooks, read } = await createStage(options({ Prices: "sku" }));
    const before = read().map((row) => row.slice(0, 2));
    hooks.between = () => person.insertRows("Prices", 1);
    expect(await write(cell("k200", "price", -1))).toMatchObject([{ tag: "later" }]);
    expect(
      read()
        .map((row) => row.slice(0, 2))
        .filter((row) => row.length > 0),
    ).toEqual(before);
  });

  test("GOO-72 a row that a removal hit far from its own comes back with its formulas, and in no formula's way", async () => {
    const filled = '=ARRAYFORMULA(IF(B2:B="","",B2:B*3))';
    const rows = ROWS.map((row, at) => [...row, at === 0 ? "triple" : at === 1 ? filled : null]);
    const { write, remove, person, hooks, formulas, read } = await createStage({
      ...options({}),
      seed: { tabs: [{ title: "Prices", rows }] },
    });
    const before = [formulas().slice(1), read().slice(1)];
    hooks.between = () => person.insertRows("Prices", 1, 9);
    expect(await write(remove("k200"))).toMatchObject([{ tag: "later" }]);
    person.deleteRows("Prices", 1, 9);
    expect([formulas().slice(1), read().slice(1)]).toEqual(before);
  });
});
