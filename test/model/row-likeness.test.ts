import { expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { Baseline } from "../../src/model/delta.ts";
import { compareRows } from "../../src/model/row-likeness.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const VALUES: readonly CellValue[] = [null, null, "", "a", "b", 1, "1", true, { error: "#REF!" }, "#REF!", 0];

test("GOO-64 which rows are as much alike is found as if each were compared with all", () => {
  const random = createSeededRandom(64);
  for (let round = 0; round < 60; round++) {
    const width = 1 + random.int(6);
    const rowsOf = (length: number): CellValue[][] =>
      Array.from({ length }, () => Array.from({ length: width }, () => VALUES[random.int(VALUES.length)]!));
    const [was, is] = [rowsOf(random.int(20)), rowsOf(1 + random.int(20))];
    const columns = Array.from({ length: width }, (_, slot) => ({
      ...{ slot, header: `c${slot}`, key: `c${slot}`, type: "text" as const },
    }));
    const baseline: Baseline = {
      columns,
      order: was.map((_, at) => at + 1),
      rows: new Map(was.map((values, at) => [at + 1, { values }])),
      nextRow: was.length + 1,
      nextSlot: width,
    };
    const rows = compareRows(baseline, { tabId: "0", title: "t", columns, rows: is }, columns);
    was.forEach((values, before) => {
      is.forEach((row, now) => {
        const least = rows.share(values, row);
        if (least < 0.3) return;
        const alikeNow = is.flatMap((one, at) =>
          at !== now && rows.share(values, one) >= least ? [at] : [],
        );
        expect(rows.alikeNow(values, least, now).toSorted((a, b) => a - b)).toEqual(alikeNow);
        const alikeBefore = was.flatMap((one, at) =>
          at !== before && rows.share(one, row) >= least ? [at + 1] : [],
        );
        expect(rows.alikeBefore(row, least, before + 1).toSorted((a, b) => a - b)).toEqual(alikeBefore);
      });
    });
  }
});
