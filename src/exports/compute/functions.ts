/** The functions that templates are made with, as spreadsheets compute them. */
import { type CellValue, isCellError } from "#contract/cell.ts";

/** One cell, or the cells of a column. */
export type Operand = CellValue | readonly CellValue[];

export const DIV_ZERO: CellValue = { error: "#DIV/0!" };
export const VALUE_ERROR: CellValue = { error: "#VALUE!" };

/** `spend` is called with the cells that are looked at. */
export type FunctionOf = (given: readonly Operand[], spend: (cells: number) => void) => CellValue;

export function isColumn(operand: Operand): operand is readonly CellValue[] {
  return Array.isArray(operand);
}

export function asNumber(value: CellValue): number | null {
  if (typeof value === "number") return value;
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : null;
}

const all = (given: readonly Operand[]): readonly CellValue[] => given.flat() as readonly CellValue[];
const numbers = (given: readonly Operand[]): number[] =>
  all(given).filter((value): value is number => typeof value === "number");
const errorIn = (given: readonly Operand[]): CellValue =>
  all(given).find((value) => isCellError(value)) ?? null;

/** An error in what is given is the result. */
function numeric(compute: (values: number[], given: readonly Operand[]) => CellValue): FunctionOf {
  return (given, spend) => {
    spend(given.reduce<number>((cells, operand) => cells + (isColumn(operand) ? operand.length : 1), 0));
    return errorIn(given) ?? compute(numbers(given), given);
  };
}

function scalars(compute: (...values: number[]) => CellValue): FunctionOf {
  return (given) => {
    const values = given.map((operand) => (isColumn(operand) ? null : asNumber(operand)));
    return errorIn(given) ?? (values.includes(null) ? VALUE_ERROR : compute(...(values as number[])));
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]) => (values.length === 0 ? DIV_ZERO : sum(values) / values.length);
const lowest = (values: readonly number[]) =>
  values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
const highest = (values: readonly number[]) =>
  values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
const orZero = (value: number) => (Number.isFinite(value) ? value : 0);
const filled = (given: readonly Operand[]) => all(given).filter((value) => value !== null).length;

/** 1.005 is kept a little below itself by floating point; what it means is rounded. */
function round(value: number, digits = 0): number {
  const scaled = Math.abs(value) * 10 ** digits;
  return (Math.sign(value) * Math.round(scaled + scaled * Number.EPSILON)) / 10 ** digits;
}

function subtotal(given: readonly Operand[], spend: (cells: number) => void): CellValue {
  const [which, ...rest] = given;
  const name = SUBTOTALS[Number(which) % 100];
  return name ? FUNCTIONS[name]!(rest, spend) : VALUE_ERROR;
}
const SUBTOTALS: Readonly<Record<number, string>> = {
  1: "AVERAGE",
  2: "COUNT",
  3: "COUNTA",
  4: "MAX",
  5: "MIN",
  9: "SUM",
};

/** Of the places that fulfil all pairs of a column and a condition, what `take` makes of them. */
function where(pairs: readonly Operand[], spend: (cells: number) => void): number[] | null {
  const [first] = pairs;
  if (first === undefined || pairs.length % 2 === 1 || !isColumn(first)) return null;
  let places = [...first.keys()];
  for (let at = 0; at < pairs.length; at += 2) {
    const [cells, wanted] = [pairs[at]!, pairs[at + 1]!];
    if (!isColumn(cells) || isColumn(wanted) || cells.length !== first.length) return null;
    spend(places.length);
    const fulfils = criterion(wanted);
    places = places.filter((place) => fulfils(cells[place] ?? null));
  }
  return places;
}

/** As SUMIFS reads its conditions: a value, or a comparison in a text; case does not matter. */
function criterion(wanted: CellValue): (value: CellValue) => boolean {
  const text = typeof wanted === "string" ? wanted : null;
  const [, sign = "=", rest = ""] = text === null ? [] : (/^(<>|<=|>=|=|<|>)?([\s\S]*)$/.exec(text) ?? []);
  const target: CellValue =
    text === null ? wanted : rest !== "" && Number.isFinite(Number(rest)) ? Number(rest) : rest;
  return (value) => {
    if (isCellError(value)) return false;
    const same =
      typeof value === "string" && typeof target === "string"
        ? value.toLowerCase() === target.toLowerCase()
        : value === target || (value === null && target === "");
    if (sign === "=") return same;
    if (sign === "<>") return !same;
    if (typeof value !== typeof target || value === null || target === null) return false;
    if (sign === "<") return value < target;
    if (sign === ">") return value > target;
    return sign === "<=" ? value <= target : value >= target;
  };
}

function overWhere(compute: (values: readonly CellValue[]) => CellValue): FunctionOf {
  return ([cells, ...pairs], spend) => {
    const places = where(pairs, spend);
    return places && isColumn(cells!) ? compute(places.map((place) => cells[place] ?? null)) : VALUE_ERROR;
  };
}

/** The short forms put what is summed last, and may leave it out. */
function shortForm(long: FunctionOf): FunctionOf {
  return ([cells, wanted, summed = cells], spend) => long([summed!, cells!, wanted!], spend);
}

const onlyNumbers = (values: readonly CellValue[]) => numbers([values]);
const sumIfs = overWhere((values) => sum(onlyNumbers(values)));
const averageIfs = overWhere((values) => average(onlyNumbers(values)));
const countIfs: FunctionOf = (pairs, spend) => where(pairs, spend)?.length ?? VALUE_ERROR;

/** What is not here is not computed: the sheet itself does. IF, IFERROR, AND, OR look at what they need alone. */
export const FUNCTIONS: Readonly<Record<string, FunctionOf>> = {
  SUM: numeric(sum),
  AVERAGE: numeric(average),
  MIN: numeric((values) => orZero(lowest(values))),
  MAX: numeric((values) => orZero(highest(values))),
  COUNT: numeric((values) => values.length),
  COUNTA: numeric((_, given) => filled(given)),
  ABS: scalars(Math.abs),
  ROUND: scalars(round),
  INT: scalars(Math.floor),
  MOD: scalars((value, by) => (by === 0 ? DIV_ZERO : value - (by ?? 1) * Math.floor(value / (by ?? 1)))),
  SUBTOTAL: subtotal,
  SUMIFS: sumIfs,
  SUMIF: shortForm(sumIfs),
  AVERAGEIFS: averageIfs,
  AVERAGEIF: shortForm(averageIfs),
  COUNTIFS: countIfs,
  COUNTIF: countIfs,
};
