/** Finding what changed between two polls, beside daff 1.4. */
import daff from "daff";
import { diffTab } from "../src/model/diff.ts";
import { medianMs, print, printAgainst } from "./line.ts";
import { baselineOf, everydayScript, makeGrid, snapshotOf } from "./tables.ts";

const ROWS = 50_000;
const COLUMNS = 20;

const before = makeGrid(ROWS, COLUMNS);
const after = everydayScript(before);
const header = before[0]!.map((_, i) => `column ${i}`);
const baseline = baselineOf(before);

for (const keyed of [false, true]) {
  const snapshot = snapshotOf(after, keyed);
  const ours = await medianMs(7, () => diffTab(baseline, snapshot));
  const peer = await medianMs(1, () => daffDiff(keyed));
  const name = `diff ${ROWS} x ${COLUMNS}, 21 changes, ${keyed ? "with" : "without"} a key`;
  printAgainst(name, "ms", ours, { name: "daff", value: peer }, keyed ? "ratio >= 3" : "ratio >= 30");
}

const { delta } = diffTab(baseline, snapshotOf(after));
const size = delta.cells.length + delta.added.length + delta.removed.length;
print({
  name: "changes found of 10 cells, 5 rows in, 5 rows out",
  value: size,
  unit: "changes",
  goal: "<= 20",
});
const places = delta.order.reduce((sum, { remove, insert }) => sum + remove + insert.length, 0);
print({
  name: "places of order changed by 5 rows in, 5 out, 1 moved",
  value: places,
  unit: "places",
  goal: "<= 12",
});

function daffDiff(keyed: boolean): void {
  const a = new daff.TableView([header, ...before]);
  const b = new daff.TableView([header, ...after]);
  const flags = new daff.CompareFlags();
  if (keyed) flags.addPrimaryKey("column 0");
  const alignment = daff.compareTables(a, b, flags).align();
  new daff.TableDiff(alignment, flags).hilite(new daff.TableView([]));
}
