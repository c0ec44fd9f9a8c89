/** autoFill: going on with what a person began. */
import { copiedBy } from "../formulas/adjust.ts";
import { makeFormula } from "../formulas/formula.ts";
import { isBlank, isRich, type Plain, type Stored, withEntry } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import { isObject } from "../http/json.ts";
import { type Box, height, width } from "../ranges/box.ts";
import { isTemporal } from "../values/number-format.ts";
import { effectiveNumberFormat } from "../values/render.ts";
import { type Apply, boxIn, fail, growTo, numberIn } from "./request.ts";

export const autoFill: Apply = (batch, request) => {
  const other = request.useAlternateSeries === true;
  const asked = request.sourceAndDestination;
  const plan = isObject(asked)
    ? {
        ...boxIn(batch, asked, "source"),
        columns: asked.dimension === "COLUMNS",
        length: numberIn(asked, "fillLength") ?? 0,
      }
    : detected(boxIn(batch, request));
  if (!plan) return {};
  const { tab, box, columns, length } = plan;
  if (columns ? box.startColumn + length < 0 : box.startRow + length < 0) {
    fail(batch, "The fill would leave the grid.");
  }
  if (length > 0) growTo(batch, tab, columns ? 0 : box.endRow + length, columns ? box.endColumn + length : 0);
  const lines = columns ? height(box) : width(box);
  const known = columns ? width(box) : height(box);
  for (let line = 0; line < lines; line += 1) {
    const at = (i: number): [row: number, column: number] =>
      columns ? [box.startRow + line, box.startColumn + i] : [box.startRow + i, box.startColumn + line];
    const source = Array.from({ length: known }, (_none, i) => tab.grid.get(...at(i)));
    const temporal = isTemporal(effectiveNumberFormat(batch.workbook, tab, source[0]));
    const next = series(source, temporal, other);
    const targets = Array.from({ length: Math.abs(length) }, (_none, i) => (length > 0 ? known + i : -1 - i));
    for (const i of targets) {
      // Before the source the pattern repeats backwards.
      const from = ((i % known) + known) % known;
      const by = i - from;
      const cell = source[from];
      const filled =
        isRich(cell) && cell.formula
          ? withEntry(cell, {
              value: null,
              formula: makeFormula(copiedBy(cell.formula.text, columns ? 0 : by, columns ? by : 0)),
            })
          : withEntry(cell, { value: next(i) });
      tab.grid.set(...at(i), filled);
    }
  }
  return {};
};

/** The filled beginning of a range is the source, the rest of it what to fill. */
function detected({ tab, box }: { tab: Tab; box: Box }) {
  const blankRow = (row: number): boolean =>
    tab.grid.row(row).slice(box.startColumn, box.endColumn).every(isBlank);
  const blankColumn = (column: number): boolean =>
    Array.from({ length: height(box) }, (_none, i) => tab.grid.get(box.startRow + i, column)).every(isBlank);
  let rows = 0;
  while (rows < height(box) && !blankRow(box.startRow + rows)) rows += 1;
  if (rows > 0 && rows < height(box)) {
    const source = { ...box, endRow: box.startRow + rows };
    return { tab, box: source, columns: false, length: height(box) - rows };
  }
  let columns = 0;
  while (columns < width(box) && !blankColumn(box.startColumn + columns)) columns += 1;
  if (columns === 0 || columns === width(box)) return null;
  const source = { ...box, endColumn: box.startColumn + columns };
  return { tab, box: source, columns: true, length: width(box) - columns };
}

type Series = (i: number) => Plain | null;

/** What stands at place `i`, counted from the first source cell. `other` turns copying and counting round. */
function series(source: readonly Stored[], temporal: boolean, other: boolean): Series {
  const values = source.map((cell) => (isRich(cell) ? cell.value : (cell ?? null)));
  const repeated: Series = (i) => values[((i % values.length) + values.length) % values.length] ?? null;
  const counted = values.map((value) =>
    typeof value === "number" ? { stem: "", number: value } : stemOf(value),
  );
  const [first] = counted;
  const named = namesOf(values);
  if (named) return named;
  if (!first || counted.some((one) => one?.stem !== first.stem)) return repeated;
  const alone = counted.length === 1;
  const counts = !alone || temporal || first.stem !== "";
  if (counts === other) return repeated;
  const { slope, start } = alone
    ? { slope: 1, start: first.number }
    : trend(counted.map((one) => one?.number ?? 0));
  return (i) => {
    const number = Number((start + slope * i).toPrecision(15));
    return first.stem === "" ? number : `${first.stem}${number}`;
  };
}

/** "Item 7" counts on as "Item 8". */
function stemOf(value: Plain | null): { stem: string; number: number } | null {
  const match = typeof value === "string" ? /^(.*\D)(\d{1,15})$/s.exec(value) : null;
  return match ? { stem: match[1]!, number: Number(match[2]) } : null;
}

const NAMES: readonly (readonly string[])[] = [
  ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

/** Days and months go on in their circle. */
function namesOf(values: readonly (Plain | null)[]): Series | null {
  const circle = NAMES.find((names) => names.includes(String(values[0])));
  if (!circle) return null;
  const places = values.map((value) => circle.indexOf(String(value)));
  const step = places.length === 1 ? 1 : (places[1] ?? 0) - (places[0] ?? 0);
  const steady = places.every(
    (place, i) => place === modulo((places[0] ?? 0) + step * i, circle.length) && place >= 0,
  );
  return steady ? (i) => circle[modulo((places[0] ?? 0) + step * i, circle.length)] ?? null : null;
}

/** The straight line nearest to the numbers. */
function trend(numbers: readonly number[]): { slope: number; start: number } {
  const n = numbers.length;
  const middle = (n - 1) / 2;
  const mean = numbers.reduce((sum, one) => sum + one, 0) / n;
  const over = numbers.reduce((sum, one, i) => sum + (i - middle) * (one - mean), 0);
  const under = numbers.reduce((sum, _one, i) => sum + (i - middle) ** 2, 0);
  const slope = over / under;
  return { slope, start: mean - slope * middle };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
