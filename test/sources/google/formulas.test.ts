import { describe, expect, test } from "bun:test";
import type { TabSnapshot } from "../../../src/model/snapshot.ts";
import type { PollResult } from "../../../src/sources/source.ts";
import { createEmulated } from "./emulated.ts";
import { changed } from "./test-source.ts";

const shop = () =>
  createEmulated({
    tabs: [
      {
        title: "Prices",
        rows: [
          ["n", "double"],
          [1, "=A2*2"],
          [2, "=A3*2"],
          ["'=text", "x"],
        ],
      },
      { title: "Stock", rows: [["n"], ["=1+1"]] },
    ],
  });
const tabOf = (result: PollResult, index = 0): TabSnapshot => {
  const tab = changed(result).tabs[index]!;
  if (tab.unchanged) throw new Error(`"${tab.title}" is unchanged`);
  return tab;
};

describe("formulas", () => {
  test("GOO-47 they come beside the values where they are asked for, and else cost nothing", async () => {
    const { follow, net } = shop();
    const first = await follow({ formulas: true }).poll();
    expect(tabOf(first).rows).toEqual([
      [1, 2],
      [2, 4],
      ["=text", "x"],
    ]);
    expect(tabOf(first).formulas).toEqual([[null, "=A2*2"], [null, "=A3*2"], []]);
    expect(tabOf(first, 1).formulas).toEqual([["=1+1"]]);
    const sent = net.requests.length;
    expect(tabOf(await follow().poll())).not.toHaveProperty("formulas");
    expect(net.requests.slice(sent).some(({ url }) => url.includes("FORMULA"))).toBe(false);
  });

  test("GOO-47 those of changed tabs are read with the change, those of all at a look at the structure", async () => {
    const { follow, net, person, clock } = shop();
    const { poll } = follow({ formulas: true });
    await poll();
    person.setCell("Prices", "A2", 5);
    const sent = net.requests.length;
    const second = changed(await poll());
    expect(second.tabs).toMatchObject([{ rows: [[5, 10], {}, {}] }, { unchanged: true }]);
    const asked = net.requests.slice(sent).map(({ url }) => new URL(url).searchParams);
    expect(asked.map((query) => [query.get("valueRenderOption"), query.getAll("ranges")])).toEqual([
      ["UNFORMATTED_VALUE", ["'Prices'", "'Stock'"]],
      ["FORMULA", ["'Prices'"]],
    ]);
    person.setCell("Stock", "A2", "=2*1");
    for (let count = 0; count < 5; count++) expect((await poll()).tag).toBe("Unchanged");
    await clock.advance(60_000);
    expect(changed(await poll()).tabs).toMatchObject([
      { unchanged: true },
      { rows: [[2]], formulas: [["=2*1"]] },
    ]);
    expect((await poll()).tag).toBe("Unchanged");
  });

  test("GOO-48 a workbook that changed between its values and its formulas is Pending, then whole", async () => {
    const { follow, net, carry, person } = shop();
    const { poll } = follow({ formulas: true });
    let once = true;
    net.answer((request) => {
      if (once && request.url.includes("FORMULA")) {
        once = false;
        person.insertRows("Prices", 1, 1);
      }
      return carry(request);
    });
    expect((await poll()).tag).toBe("Pending");
    expect(tabOf(await poll()).formulas).toEqual([[], [null, "=A3*2"], [null, "=A4*2"], []]);
  });
});
