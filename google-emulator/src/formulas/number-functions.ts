/** Functions of numbers and dates whose behaviour in Google differs from the library's, and operators by name. */
import { dateToSerial, serialNow } from "../values/serial.ts";
import { criterion } from "./criterion.ts";
import type { Invocation } from "./invocation.ts";
import { binary, unary } from "./operators.ts";
import { FormulaError, matrix, type Scalar, scalar, toNumber, type Value } from "./value.ts";

export const NUMBERS: Readonly<Record<string, (call: Invocation) => Value>> = {
  SUM: (call) => aggregate(call, (all) => all.reduce((sum, one) => sum + one, 0)),
  PRODUCT: (call) => aggregate(call, (all) => all.reduce((sum, one) => sum * one, 1)),
  MIN: (call) => aggregate(call, (all) => all.reduce((a, b) => Math.min(a, b), all[0] ?? 0)),
  MAX: (call) => aggregate(call, (all) => all.reduce((a, b) => Math.max(a, b), all[0] ?? 0)),
  AVERAGE: (call) =>
    aggregate(call, (all) =>
      all.length === 0
        ? new FormulaError("#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error.")
        : all.reduce((sum, one) => sum + one, 0) / all.length,
    ),
  COUNT: (call) => everyScalar(call).filter((one) => typeof one === "number").length,
  COUNTA: (call) => everyScalar(call).filter((one) => one !== null).length,
  COUNTBLANK: (call) => everyScalar(call).filter((one) => one === null || one === "").length,
  COUNTIF: (call) => {
    const matches = criterion(scalar(call.value(1)));
    return matrix(call.value(0)).flat().filter(matches).length;
  },
  COUNTUNIQUEIFS: (call) => {
    const values = matrix(call.value(0)).flat();
    const tests = call.args.slice(1).flatMap((_node, i) => {
      if (i % 2 === 1) return [];
      return [{ cells: matrix(call.value(i + 1)).flat(), matches: criterion(scalar(call.value(i + 2))) }];
    });
    const kept = values.filter((_one, i) => tests.every(({ cells, matches }) => matches(cells[i] ?? null)));
    return new Set(kept).size;
  },
  SUMIF: (call) => {
    const matches = criterion(scalar(call.value(1)));
    const tested = matrix(call.value(0)).flat();
    const summed = call.args.length > 2 ? matrix(call.value(2)).flat() : tested;
    return tested.reduce<number>((sum, one, i) => {
      const addend = summed[i];
      return matches(one) && typeof addend === "number" ? sum + addend : sum;
    }, 0);
  },
  ROUND: (call) => rounded(call, Math.round),
  ROUNDUP: (call) => rounded(call, Math.ceil),
  ROUNDDOWN: (call) => rounded(call, Math.floor),
  "CEILING.MATH": (call) => stepped(call, Math.ceil),
  "FLOOR.MATH": (call) => stepped(call, Math.floor),
  DEC2HEX: (call) => inHex(call, 10),
  BIN2HEX: (call) => inHex(call, 2),
  OCT2HEX: (call) => inHex(call, 8),
  TO_DATE: (call) => scalar(call.value(0)),
  TO_PERCENT: (call) => scalar(call.value(0)),
  TO_DOLLARS: (call) => scalar(call.value(0)),
  TO_PURE_NUMBER: (call) => {
    const number = toNumber(call.value(0), "Function TO_PURE_NUMBER parameter 1");
    return number instanceof FormulaError ? scalar(call.value(0)) : number;
  },
  EPOCHTODATE: (call) =>
    onNumbers(call, ([time = 0, unit = 1]) =>
      dateToSerial(new Date(unit === 1 ? time * 1000 : unit === 2 ? time : time / 1000)),
    ),
  TIMEVALUE: (call) => {
    const match = /(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?\s*$/i.exec(String(scalar(call.value(0))));
    if (!match) return new FormulaError("#VALUE!", "TIMEVALUE parameter cannot be parsed to time.");
    const [, hour = "0", minute = "0", second = "0", half] = match;
    const hours = half ? (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0) : Number(hour);
    return (hours * 3600 + Number(minute) * 60 + Number(second)) / 86_400;
  },
  NOW: (call) => serialNow(call.scope.nowMs()),
  TODAY: (call) => Math.floor(serialNow(call.scope.nowMs())),
  RAND: (call) => call.scope.random(),
  RANDBETWEEN: (call) =>
    onNumbers(call, ([low = 0, high = 0]) => low + Math.floor(call.scope.random() * (high - low + 1))),
  UMINUS: (call) => unary("-", scalar(call.value(0))),
  UPLUS: (call) => scalar(call.value(0)),
  UNARY_PERCENT: (call) => unary("%", scalar(call.value(0))),
  ...operators({ ADD: "+", MINUS: "-", MULTIPLY: "*", DIVIDE: "/", POW: "^", POWER: "^" }),
  ...operators({ EQ: "=", NE: "<>", GT: ">", GTE: ">=", LT: "<", LTE: "<=" }),
};

function operators(names: Readonly<Record<string, string>>): Record<string, (call: Invocation) => Value> {
  return Object.fromEntries(
    Object.entries(names).map(([name, operator]) => [
      name,
      (call: Invocation) => binary(operator, scalar(call.value(0)), scalar(call.value(1))),
    ]),
  );
}

function onNumbers(call: Invocation, apply: (numbers: readonly number[]) => Scalar): Scalar {
  const numbers = call.numbers();
  return numbers instanceof FormulaError ? numbers : apply(numbers);
}

function aggregate(call: Invocation, over: (all: readonly number[]) => Scalar): Scalar {
  return onNumbers(call, over);
}

function everyScalar(call: Invocation): Scalar[] {
  return call.args.flatMap((_node, i) => matrix(call.value(i)).flat());
}

function inHex(call: Invocation, base: number): Scalar {
  const digits = String(scalar(call.value(0)));
  const number = base === 10 ? Number(digits) : Number.parseInt(digits, base);
  if (!Number.isInteger(number)) return new FormulaError("#NUM!");
  const places = call.args.length > 1 ? Number(scalar(call.value(1))) : 0;
  // Ten digits of two's complement for what is below zero.
  return (number < 0 ? number + 2 ** 40 : number).toString(16).toUpperCase().padStart(places, "0");
}

function stepped(call: Invocation, towards: (value: number) => number): Scalar {
  return onNumbers(call, ([value = 0, step = 1]) =>
    step === 0 ? 0 : towards(value / Math.abs(step)) * Math.abs(step),
  );
}

function rounded(call: Invocation, towards: (value: number) => number): Scalar {
  const value = toNumber(call.value(0), `Function ${call.name} parameter 1`);
  const places = toNumber(call.value(1), `Function ${call.name} parameter 2`);
  if (value instanceof FormulaError) return value;
  if (places instanceof FormulaError) return places;
  const factor = 10 ** Math.trunc(places);
  // The rounding undoes binary fractions: 1.005 to two places is 1.01 for a person.
  const size = towards(Number((Math.abs(value) * factor).toPrecision(15))) / factor;
  return value < 0 ? -size : size;
}
